"""Which times can't be? A year far from all others, an event before the birth, an act after the death: never mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kg.model import Assertion, AssertionType, DateBasis, Experiencer, Finding, Level, Polarity, Span, Temporality, When
from kg.reading.observed import Observed
from kg.reading.tables import Language
from kg.reading.text import alternatives

OUT_OF_LINE = 90
"""A date so many years from the others is one to look at."""
_BIRTH_REACH = 24
"""A word of birth stands at most so many characters before its date."""
_DEATH = "death"
_ACTS = frozenset({"surgery", "radiotherapy", "systemic"})
_GIVEN = frozenset({"Given", "Stopped"})


def contradictions(observed: Observed, assertions: list[Assertion], dates: tuple[When, ...]) -> list[Finding]:
    """Warnings about the stated dates, in the order of the text."""
    stated = [d for d in dates if d.basis is not DateBasis.COMPUTED]
    found = [*_out_of_line(stated), *_before_birth(observed, stated), *_after_death(assertions)]
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


def _before_birth(observed: Observed, dates: list[When]) -> Iterator[Finding]:
    words, born = observed.words, ""
    for d in dates:
        end = words.starts[words.at(d.span.start)]
        if not born and _birth(observed.language).search(words.folded, max(0, end - _BIRTH_REACH), end):
            born = d.iso
    for d in dates if born else ():
        if d.iso < born[: len(d.iso)] and observed.outline.section_at(d.span.start).name != "FamilyHistory":
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
