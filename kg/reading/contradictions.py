"""Which times can't be? They are told to a person, never mended.

A year far from all others, an event before the birth, an act after the death, an age that the birth date rules out, a
result dated after the letter that tells it. Intervals that run backwards are found where they are read (``years``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kg.model import (
    Assertion,
    AssertionType,
    DateBasis,
    Experiencer,
    Finding,
    Level,
    Patient,
    Polarity,
    Span,
    Temporality,
    When,
)
from kg.reading.observed import Observed
from kg.reading.reckoning import runs_backwards
from kg.reading.stay import stay_of
from kg.reading.tables import Language
from kg.reading.text import alternatives

OUT_OF_LINE = 90
"""A date so many years from the others is one to look at."""
_BIRTH_REACH = 24
"""A word of birth stands at most so many characters before its date."""
_DEATH = "death"
_ACTS = frozenset({"surgery", "radiotherapy", "systemic"})
_GIVEN = frozenset({"Given", "Stopped"})
_FOUND = frozenset(
    {AssertionType.DIAGNOSIS, AssertionType.FINDING, AssertionType.MARKER_RESULT, AssertionType.RESPONSE}
)


def contradictions(
    observed: Observed, patient: Patient, assertions: list[Assertion], dates: tuple[When, ...]
) -> list[Finding]:
    """Warnings about the stated dates, in the order of the text."""
    stated = [d for d in dates if d.basis is not DateBasis.COMPUTED]
    born = _born(observed, stated)
    found = [
        *_out_of_line(stated),
        *(_before_birth(observed, stated, born) if born else ()),
        *(_other_age(patient, stated, born) if born else ()),
        *_after_death(assertions),
        *_after_letter(observed, assertions, stated),
    ]
    return sorted(found, key=lambda f: (f.span or Span(0, 0), f.code))


def _out_of_line(dates: list[When]) -> Iterator[Finding]:
    years = sorted(int(d.iso[:4]) for d in dates)
    message = f"a date lies more than {OUT_OF_LINE} years from the others of the case"
    for d in dates:
        if abs(int(d.iso[:4]) - years[len(years) // 2]) > OUT_OF_LINE:
            yield Finding(Level.WARNING, "date-out-of-line", message, d.span, "check the year in the text")


@cache
def _birth(language: Language) -> re.Pattern[str]:
    forms = [form for (role, _, cell), _ in language.table("times", 3) if role == "birth" for form in cell.split("|")]
    return re.compile(rf"(?<!\w)(?:{alternatives(forms)})\W*$")


def _born(observed: Observed, dates: list[When]) -> When | None:
    """The date of the patient's birth."""
    words = observed.words
    for d in dates:
        end = words.starts[words.at(d.span.start)]
        if _birth(observed.language).search(words.folded, max(0, end - _BIRTH_REACH), end):
            return d
    return None


def _other_age(patient: Patient, dates: list[When], born: When) -> Iterator[Finding]:
    """An age that the patient has at none of the dates of the case; a year is allowed for."""
    years = [int(d.iso[:4]) - int(born.iso[:4]) for d in dates if d.iso[:4] > born.iso[:4]]
    if patient.age_years is not None and years and not min(years) - 2 <= patient.age_years <= max(years) + 1:
        message = "the patient's age does not agree with the date of birth"
        yield Finding(Level.WARNING, "age-against-birth", message, born.span, "check both in the text")


def _after_letter(observed: Observed, assertions: list[Assertion], dates: list[When]) -> Iterator[Finding]:
    """What was found, dated by its own sentence after the day on which the letter was written."""
    written = stay_of(dates, observed.words, observed.language).written
    if written is None:
        return
    for a in assertions:
        told = a.type in _FOUND and a.context.temporality is not Temporality.PLANNED
        if told and a.when and a.when.basis is DateBasis.STATED and runs_backwards(a.when.iso, written.iso):
            message, hint = "a finding is dated after the letter that tells it", "check both dates in the text"
            yield Finding(Level.WARNING, "date-after-letter", message, a.mentions[0].span, hint)


def _before_birth(observed: Observed, dates: list[When], born: When) -> Iterator[Finding]:
    for d in dates:
        if d.iso < born.iso[: len(d.iso)] and observed.outline.section_at(d.span.start).name != "FamilyHistory":
            message = "a date lies before the patient's birth"
            yield Finding(Level.WARNING, "date-before-birth", message, d.span, "check both dates in the text")


def _is_death(a: Assertion) -> bool:
    concept, context = a.concept, a.context
    named = concept is not None and (concept.key == _DEATH or _DEATH in concept.parents)
    present = context.polarity is Polarity.AFFIRMED and context.temporality is Temporality.CURRENT
    return named and present and context.experiencer is Experiencer.PATIENT


def _is_act(a: Assertion) -> bool:
    if a.type is AssertionType.TREATMENT:
        return a.status in _GIVEN
    return a.type is AssertionType.PROCEDURE and a.concept is not None and a.concept.type in _ACTS


def _after_death(assertions: list[Assertion]) -> Iterator[Finding]:
    """An act whose own sentence dates it after the date that the text gives for the patient's death."""
    stated = [(a, a.when.iso) for a in assertions if a.when and a.when.basis is DateBasis.STATED]
    died = min((iso for a, iso in stated if _is_death(a)), default="")
    for a, iso in stated:
        if died and _is_act(a) and iso[: len(died)] > died[: len(iso)]:
            message = "a treatment or an operation is dated after the patient's death"
            span, hint = a.mentions[0].span, "check both dates in the text"
            yield Finding(Level.WARNING, "event-after-death", message, span, hint)
