"""Who is the patient? Sex and age as first stated; statements that conflict become a finding, not a silent choice."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from kg.model import Finding, Level, Measure, Patient
from kg.reading.observed import Observed
from kg.reading.tables import Language, forms
from kg.reading.text import Words, fold

_AFTER = re.compile(r"\s*-?\s*(?:year|month|yr)s?[\s-]*old|\s*(?:anos|meses)\s+de\s+edad|\s*-?years?\b|\s*y/?o\b")
OLDEST = 110


@cache
def _roles(language: Language) -> tuple[dict[str, str], frozenset[str]]:
    roles: dict[str, str] = {}
    before: set[str] = set()
    for (role, cell), _ in language.table("patient", 2):
        for form in forms(cell):
            if role == "age-before":
                before.add(fold(form))
            else:
                roles.setdefault(fold(form), role)
    return roles, frozenset(before)


def _is_title(words: Words, i: int) -> bool:
    """Whether a word is a title such as ``M.`` before a name, not a unit."""
    start = words.span(i, i).start
    return (
        words.text[start].isupper()
        and words.forms[i + 1 : i + 2] == ["."]
        and words.text[start + 2 : start + 4].strip()[:1].isupper()
    )


def _sex(observed: Observed) -> tuple[str, list[Finding]]:
    roles, _ = _roles(observed.language)
    words, counts, first = observed.words, Counter[str](), ""
    family = {c.span.start for item in observed.items for c in item.context.cues if c.span and "Family" in c.rule}
    places: dict[str, list[int]] = {}
    endings = {form.rstrip(".").rsplit(" ", 1)[-1] for form in roles}
    for i in (i for i, form in enumerate(words.forms) if form in endings):
        role = roles.get(f"{words.forms[i - 1]} {words.forms[i]}") or roles.get(words.forms[i])
        if role is None and _is_title(words, i):
            role = roles.get(words.forms[i] + ".")
        if role and words.starts[i] not in family:
            counts[role] += 1
            places.setdefault(role.split("-")[0], []).append(i)
            first = first or (role if "-" not in role else "")
    male, female = counts["male"] * 2 + counts["male-weak"], counts["female"] * 2 + counts["female-weak"]
    findings: list[Finding] = []
    if not male and not female:
        return "unknown", findings
    sex = first if first else "male" if male > female else "female"
    other = "female" if sex == "male" else "male"
    if places.get(other) and places.get(sex):
        at = places[other][0]
        findings.append(Finding(
            Level.WARNING, "sex-conflict", f"the text speaks of the patient as {sex} and, {len(places[other])} times, as {other}",
            words.span(at, at), "check the patient's sex; the first plain statement was taken"))  # fmt: skip
    return sex, findings


def _states_age(observed: Observed, measure: Measure, before: frozenset[str]) -> bool:
    words = observed.words
    at = words.at(measure.span.start)
    near = [f for f in words.forms[max(0, at - 6) : at] if f.isalpha()]
    if any(
        f
        in (
            "depuis",
            "pendant",
            "durant",
            "apres",
            "desde",
            "hace",
            "durante",
            "tras",
            "for",
            "after",
            "since",
            "recul",
        )
        for f in near[-3:]
    ):
        return False
    following = words.folded[words.ends[at] : words.ends[at] + 20]
    return bool(_AFTER.match(following)) or any(f in before for f in near)


def describe_patient(observed: Observed) -> tuple[Patient, tuple[Finding, ...]]:
    """Sex, age in years (months for infants) and what conflicts."""
    _, before = _roles(observed.language)
    sex, findings = _sex(observed)
    years = months = None
    for measure in observed.measures:
        if measure.unit not in ("a", "mo") or measure.form != "product" or len(measure.values) != 1:
            continue
        if measure.values[0] <= OLDEST and _states_age(observed, measure, before):
            if measure.unit == "a":
                years = int(measure.values[0])
            else:
                months = int(measure.values[0])
            break
    return Patient(sex, years, months), tuple(findings)
