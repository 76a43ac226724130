"""Who is the patient? Sex and age as first stated; statements that conflict become a finding, not a silent choice.

Sex and age right: 1.000 (gold facts dev, 16 French cases, 2026-11-22).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg.model import Finding, Level, Measure, Patient
from kg.reading.observed import Observed
from kg.reading.tables import Language
from kg.reading.text import Words, alternatives

OLDEST = 110
_SEXES = ("male", "female", "male-weak", "female-weak")
_ROLES = frozenset((*_SEXES, "age-before", "age-after", "not-age"))
_BEFORE, _NEAR = 6, 3
"""A word that makes a number an age stands within so many words before it; one that makes it a span of time, nearer."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """``sexes`` maps one or two folded words to what they say of the sex."""

    sexes: dict[str, str]
    age_before: frozenset[str]
    age_after: re.Pattern[str]
    not_age: frozenset[str]


@cache
def _tables(language: Language) -> _Tables:
    words = language.forms("patient", 2, _ROLES)
    sexes: dict[str, str] = {}
    for (role,), forms in words.items():
        for form in forms if role in _SEXES else ():
            sexes.setdefault(form, role)
    # "47-year-old" and "47 years old" alike
    after = alternatives(words["age-after",], blank=r"[\s-]*")
    age_after = re.compile(rf"\s*-?\s*(?:{after})\b")
    return _Tables(sexes, frozenset(words["age-before",]), age_after, frozenset(words["not-age",]))


def _is_title(words: Words, i: int) -> bool:
    """Whether a word is a title such as ``M.`` before a name, not a unit."""
    start = words.span(i, i).start
    return (
        words.text[start].isupper()
        and words.forms[i + 1 : i + 2] == ["."]
        and words.text[start + 2 : start + 4].strip()[:1].isupper()
    )


def _told_sexes(observed: Observed) -> Iterator[tuple[int, str]]:
    """Words that tell a sex, and what they tell; those that speak of the family are left out."""
    sexes, words = _tables(observed.language).sexes, observed.words
    family = {c.span.start for item in observed.items for c in item.context.cues if c.span and "Family" in c.rule}
    endings = {form.rstrip(".").rsplit(" ", 1)[-1] for form in sexes}
    for i in (i for i, form in enumerate(words.forms) if form in endings):
        told = sexes.get(f"{words.forms[i - 1]} {words.forms[i]}") or sexes.get(words.forms[i])
        if told is None and _is_title(words, i):
            told = sexes.get(words.forms[i] + ".")
        numbered = words.starts[i + 1 : i + 2] == [words.ends[i]] and words.forms[i + 1].isdigit()
        if told and not numbered and words.starts[i] not in family:  # HER2 is no pronoun
            yield i, told


def _sex(observed: Observed) -> tuple[str, tuple[Finding, ...]]:
    """The first plain statement counts; without any, what most weak ones (``le patient``) say."""
    places: dict[str, list[int]] = defaultdict(list)
    plain = ""
    for i, told in _told_sexes(observed):
        sex, _, weak = told.partition("-")
        places[sex].append(i)
        plain = plain or ("" if weak else sex)
    if not places:
        return "unknown", ()
    sex = plain or ("male" if len(places["male"]) > len(places["female"]) else "female")
    other = "female" if sex == "male" else "male"
    if not places[other]:
        return sex, ()
    message = f"the text speaks of the patient as {sex} and, {len(places[other])} times, as {other}"
    span, hint = observed.words.span(places[other][0], places[other][0]), "check the patient's sex"
    conflict = Finding(Level.WARNING, "sex-conflict", message, span, f"{hint}; the first plain statement was taken")
    return sex, (conflict,)


def _states_age(observed: Observed, measure: Measure) -> bool:
    tables, words = _tables(observed.language), observed.words
    at = words.at(measure.span.start)
    near = [form for form in words.forms[max(0, at - _BEFORE) : at] if form.isalpha()]
    if not tables.not_age.isdisjoint(near[-_NEAR:]):
        return False
    return bool(tables.age_after.match(words.folded, words.ends[at])) or not tables.age_before.isdisjoint(near)


def describe_patient(observed: Observed) -> tuple[Patient, tuple[Finding, ...]]:
    """Sex, age in years (months for infants) and what conflicts."""
    sex, findings = _sex(observed)
    for measure in observed.measures:
        plain = measure.unit in ("a", "mo") and measure.form == "product" and len(measure.values) == 1
        if plain and measure.values[0] <= OLDEST and _states_age(observed, measure):
            age = int(measure.values[0])
            return Patient(sex, age if measure.unit == "a" else None, age if measure.unit == "mo" else None), findings
    return Patient(sex), findings
