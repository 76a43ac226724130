"""Who is the patient? Sex and age as first stated; statements that conflict become a finding, not a silent choice.

Besides words (``homme de 47 ans``) two shorthands are read at the head of a text: ``41F``, ``H 62 ans``, ``74 y/o M``,
and an age that stands alone between commas (``né le 3 mai 1958, 64 ans``).

Sex and age right: 1.000 (gold facts dev, 16 French cases, 2026-11-22); 1.000 on the 27 invented cases
of ``tests/cases`` (scored blind before anything was changed for them: sex 0.889, age 0.778).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from kg.model import Finding, Level, Measure, Patient
from kg.reading.observed import Observed
from kg.reading.tables import Language
from kg.reading.text import Words, alternatives

OLDEST = 110
_SEXES = ("male", "female", "male-weak", "female-weak")
_SHORT = ("short-male", "short-female")
_ROLES = frozenset((*_SEXES, *_SHORT, "age-before", "age-after", "not-age", "not-alone", "age-unit", "half"))
HEAD = 500
"""Shorthands of sex and age count within so many characters of the start."""
_BEFORE, _NEAR = 6, 3
"""A word that makes a number an age stands within so many words before it; one that makes it a span of time, nearer."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """``sexes`` maps one or two folded words to what they say of the sex."""

    sexes: dict[str, str]
    age_before: frozenset[str]
    age_after: re.Pattern[str]
    not_age: frozenset[str]
    not_alone: frozenset[str]
    alone: re.Pattern[str]
    short: re.Pattern[str]
    letters: dict[str, str]
    age_unit: re.Pattern[str]


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
    before, not_age, not_alone = (frozenset(words[role,]) for role in ("age-before", "not-age", "not-alone"))
    alone = re.compile(rf"\s*(?:{alternatives(words['half',])})?\s*(?:[,;.)\n]|$)")
    letters = {form.upper(): role.removeprefix("short-") for role in _SHORT for form in words[role,]}
    short, unit = _short(letters, words["age-unit",]), alternatives(words["age-unit",])
    age_unit = re.compile(rf"\s?(?:{unit})(?![\w'])")
    return _Tables(sexes, before, age_after, not_age, not_alone, alone, short, letters, age_unit)


def _short(letters: Iterable[str], units: Iterable[str]) -> re.Pattern[str]:
    """``41F``, ``62 ans, H``, ``F 45 ans``, ``M/74``: a letter in upper case at an age; 18F alone is an isotope."""
    letter, unit = alternatives(letters).upper(), alternatives(units)
    return re.compile(
        rf"(?<![\w.,/+-])(?:(?P<age>\d{{1,3}})(?:\s?-?(?i:{unit})[\s,/-]*|(?<!18)/?)(?P<sex>{letter})"
        rf"|(?P<sex2>{letter})(?:[\s,/]*(?P<age2>\d{{1,3}})\s?-?(?i:{unit})|/(?P<age3>\d{{1,3}})))(?![\w'’/+-])"
    )


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


def _stands_alone(observed: Observed, measure: Measure) -> bool:
    """Whether an age at the head of a text stands by itself: a mark follows it, no word of a span of time precedes."""
    tables, words = _tables(observed.language), observed.words
    at = words.at(measure.span.start)
    near = [form for form in words.forms[max(0, at - _BEFORE) : at] if form.isalnum()][-_NEAR:]
    spans = not tables.not_age.isdisjoint(near) or (bool(near) and near[-1] in tables.not_alone)
    last = words.at(measure.span.end - 1)
    return measure.span.end <= HEAD and not spans and tables.alone.match(words.folded, words.ends[last]) is not None


def _ages(observed: Observed) -> Iterator[Measure]:
    """Measures that may be an age: those that the words say to be one, then those that stand alone."""
    plain = [m for m in observed.measures if m.unit in ("a", "mo") and m.form == "product" and len(m.values) == 1]
    ages = [m for m in plain if m.values[0] <= OLDEST]
    yield from (m for m in ages if _states_age(observed, m))
    yield from (m for m in ages if m.unit == "a" and _stands_alone(observed, m))


def _shorthand(observed: Observed) -> tuple[str, int | None]:
    """Sex and age of a shorthand such as ``41F``; ``unknown`` and None without one."""
    tables = _tables(observed.language)
    match = tables.short.search(observed.document.text[:HEAD])
    if not match:
        return "unknown", None
    letter, age = match["sex"] or match["sex2"], int(match["age"] or match["age2"] or match["age3"])
    return (tables.letters[letter], age) if age <= OLDEST else ("unknown", None)


def _short_age(observed: Observed) -> int | None:
    """An age whose unit is abbreviated (``paciente de 76 a.``), right after a word that makes it one."""
    tables, words = _tables(observed.language), observed.words
    for at in words.numbers:
        if words.ends[at] > HEAD:
            break
        near = [form for form in words.forms[max(0, at - _NEAR) : at] if form.isalpha()]
        followed = tables.age_unit.match(words.folded, words.ends[at])
        if followed and not tables.age_before.isdisjoint(near) and int(words.forms[at]) <= OLDEST:
            return int(words.forms[at])
    return None


def describe_patient(observed: Observed) -> tuple[Patient, tuple[Finding, ...]]:
    """Sex, age in years (months for infants) and what conflicts."""
    sex, findings = _sex(observed)
    short_sex, short_age = _shorthand(observed)
    if sex == "unknown":
        sex = short_sex
    measure = next(_ages(observed), None)
    if short_age is None and measure is None:
        short_age = _short_age(observed)
    if measure is None or (short_age is not None and not _states_age(observed, measure)):
        return Patient(sex, short_age), findings
    age = int(measure.values[0])
    return Patient(sex, age if measure.unit == "a" else None, age if measure.unit == "mo" else None), findings
