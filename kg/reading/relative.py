"""Which dates does the text reckon from others? ``trois mois plus tard``, ``à J15``, ``un an après la chirurgie``.

The templates of ``times.tsv`` say from what: ``story`` from the date told before, ``act`` from the last operation or
treatment, ``surgery`` from the last operation, ``named`` from the event that the next words name, ``back`` from the
date that holds at this place, into the past. ``none`` is no date (``jusqu'à il y a 12 ans``).

A computed date has the finest precision at which anchor and distance leave one date only: March 2014 and three
months is June 2014, 2014 and three months is no date but a place in the order. How right it is, is not measured:
no gold corpus at hand states such dates.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.model import DateBasis, Grounding, Kind, Span, When
from kg.reading.datewords import RECKONING
from kg.reading.reckoning import reckon
from kg.reading.sections import SHORT, Outline
from kg.reading.tables import Language, by_role
from kg.reading.text import Words, alternatives
from kg.reading.timeline import Calendar, calendar_of

_ORIGINS = frozenset(("story", "act", "surgery", "named", "back", "none"))
_FIXED = {"{days}": "d", "{weeks}": "wk", "{months}": "mo", "{years}": "a"}
"""Places of a number whose unit the template implies."""
_ACTS = frozenset({"surgery", "radiotherapy", "systemic"})
_BEFORE = 8
"""A template starts at most so many words before its unit."""
_NAMED_REACH = 32
"""The event that an expression names starts at most so many characters after it."""
_STATED_NEAR = 30
"""A date of the same sentence that stands so near says itself when it was."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """``pattern`` has one group for each template, ``origins`` and ``units`` what its group means.

    ``numbers`` are the words for numbers, 0 where the words leave it open; ``keys`` are the words that hold a place
    to look at: units, and what stands before the number of a template that has none; ``heads`` start an expression.
    """

    pattern: re.Pattern[str]
    origins: dict[str, str]
    fixed: dict[str, str]
    numbers: dict[str, int]
    number: re.Pattern[str]
    units: dict[str, str]
    unit: re.Pattern[str]
    keys: frozenset[str]
    heads: frozenset[str]


@cache
def _tables(language: Language) -> _Tables:
    rows = [row for row in language.table("times", 3) if row[0][0] in RECKONING]
    for (role, value, _), where in rows:
        if (role == "number" and not value.isdigit()) or (role == "relative" and value not in _ORIGINS):
            raise TableError(f"{where}: a number has digits as its value, a relative one of {', '.join(_ORIGINS)}")
    found = by_role(rows, RECKONING)
    numbers = {form: int(value) for (role, value), forms in found.items() if role == "number" for form in forms}
    units = {form: value for (role, value), forms in found.items() if role == "unit" for form in forms}
    number = rf"(?:\d{{1,3}}|(?:{alternatives(numbers)})(?!\w))"
    groups, origins, fixed, keys = [], {}, {}, set(units)
    templates = [(form, value) for (role, value), forms in found.items() if role == "relative" for form in forms]
    for n, (form, origin) in enumerate(sorted(templates, key=lambda t: -len(t[0]))):
        written = re.escape(form).replace(r"\ ", r"\s+")
        for place in ("{n}", *_FIXED):
            written = written.replace(re.escape(place), number)
        groups.append(f"(?P<t{n}>{written.replace(re.escape('{unit}'), f'(?:{alternatives(units)})')})")
        origins[f"t{n}"] = origin
        for place, ucum in _FIXED.items():
            if place in form:
                fixed[f"t{n}"] = ucum
                keys.add(re.findall(r"[^\W\d]+", form.partition(place)[0])[-1])
    numeral = re.compile(rf"\d{{1,3}}|(?<!\w)(?:{alternatives(numbers)})(?!\w)")
    unit = re.compile(rf"(?<![^\W\d])(?:{alternatives(units)})(?!\w)")
    pattern = re.compile(rf"(?<![\w/,.-])(?:{'|'.join(groups) or '(?!)'})(?!\w|\s*[-,/+]\s*[a-z]?\d)")
    heads = frozenset(word for form, _ in templates for word in re.findall(r"^[^\W\d]+", form)) | frozenset(numbers)
    return _Tables(pattern, origins, fixed, numbers, numeral, units, unit, frozenset(keys), heads)


@dataclass(frozen=True, slots=True)
class _Distance:
    """How far from what: an expression at ``folded[start:end]``, with its ``origin``; ``count`` 0 is not said."""

    start: int
    end: int
    origin: str
    count: int
    unit: str


def _distances(words: Words, tables: _Tables) -> Iterator[_Distance]:
    done = 0
    for i in [i for i, form in enumerate(words.forms) if form in tables.keys]:
        for first in range(max(0, i - _BEFORE), i + 1):
            form, start = words.forms[first], words.starts[first]
            if start >= done and (form in tables.heads or form.isdigit()):
                match = tables.pattern.match(words.folded, start)
                if match and words.ends[i] <= match.end():
                    yield _distance(match, tables)
                    done = match.end()
                    break


def _distance(match: re.Match[str], tables: _Tables) -> _Distance:
    """What a template says: the number is the last one before the unit, or the last one at all."""
    group = match.lastgroup or ""
    unit = None if group in tables.fixed else tables.unit.search(match[0])
    number = tables.number.findall(match[0][: unit.start()] if unit else match[0])[-1]
    count = int(number) if number.isdigit() else tables.numbers[number]
    ucum = tables.units[unit[0]] if unit else tables.fixed[group]
    return _Distance(*match.span(), tables.origins[group], count, ucum)


@dataclass(frozen=True, slots=True)
class _Story:
    """What a date may be reckoned from: the dates known so far and the places of names, both in order."""

    outline: Outline
    groundings: tuple[Grounding, ...]
    starts: tuple[int, ...]

    def before(self, dates: Sequence[When], place: Span) -> When | None:
        """The date told last before a place: in its section, else in an earlier one that tells the story."""
        here = self.outline.section_at(place.start)
        for when in reversed(dates):
            if when.span.end <= place.start and not when.local:
                section = self.outline.section_at(when.span.start)
                if section is here or (section.name not in SHORT and here.name not in SHORT):
                    return when
        return None

    def act(self, calendar: Calendar, place: Span, types: frozenset[str]) -> tuple[When | None, bool]:
        """The date of the last operation or treatment before a place, and whether it is a treatment."""
        for g in reversed(self.groundings[: bisect_left(self.starts, place.start)]):
            sort = "systemic" if g.mention.kind is Kind.DRUG else g.concept.type if g.concept else ""
            if sort in types and (when := calendar.at(g.mention.span)):
                return when, sort == "systemic"
        return None, False

    def name(self, place: Span) -> Span:
        """A place with the name that follows it."""
        at = bisect_left(self.starts, place.end)
        end = min(self.outline.sentences[self.outline.sentence_at(place.start)].end, place.end + _NAMED_REACH)
        if at == len(self.starts) or self.starts[at] >= end:
            return place
        return Span(place.start, self.groundings[at].mention.span.end)

    def named(self, calendar: Calendar, place: Span) -> tuple[When | None, bool]:
        """The date of the event that the last name in ``place`` means, where the text has told it before."""
        at = bisect_left(self.starts, place.end) - 1
        if at < 0 or self.starts[at] < place.start:
            return None, False
        concept = self.groundings[at].concept
        if concept is None or self.groundings[at].mention.kind is Kind.ANATOMY:
            return None, False
        for g in reversed(self.groundings[:at]):
            if g.concept and g.concept.key == concept.key and (when := calendar.at(g.mention.span)):
                return when, False
        if concept.type in _ACTS:
            return self.act(calendar, place, frozenset({concept.type}))
        return None, False


def _anchor(told: _Distance, place: Span, dates: list[When], story: _Story) -> tuple[When | None, bool]:
    """The date to reckon from, and whether days are counted from a treatment."""
    if told.origin == "story":
        return story.before(dates, place), False
    calendar = calendar_of(tuple(dates), story.outline)
    if told.origin == "back":
        return calendar.at(place), False
    if told.origin == "named":
        return story.named(calendar, place)
    when, loose = story.act(calendar, place, _ACTS if told.origin == "act" else frozenset({"surgery"}))
    return (when, loose) if when else (story.before(dates, place), True)


def with_computed(
    dates: tuple[When, ...], words: Words, language: Language, outline: Outline, groundings: tuple[Grounding, ...]
) -> tuple[When, ...]:
    """The stated dates and those reckoned from them, in the order of the text.

    One that no date can be had for has the ISO form ``""`` and, where it is known, its anchor: it is only in order.
    """
    story = _Story(outline, groundings, tuple(g.mention.span.start for g in groundings))
    known = list(dates)
    for told in _distances(words, _tables(language)):
        place = words.span_of(told.start, told.end)
        place = story.name(place) if told.origin == "named" else place
        sentence = outline.sentence_at(place.start)
        near = [d for d in dates if outline.sentence_at(d.span.start) == sentence
                and d.span.start - place.end <= _STATED_NEAR and place.start - d.span.end <= _STATED_NEAR]  # fmt: skip
        if told.origin == "none" or (near and told.origin != "back"):
            continue
        anchor, loose = _anchor(told, place, known, story)
        back = told.origin == "back"
        if anchor and not anchor.iso:
            iso, anchor = "", anchor.anchor
        else:
            iso = reckon(anchor.iso, told.count, told.unit, back=back, loose=loose) if anchor and told.count else ""
        if iso or not back:
            known.append(When(iso, DateBasis.COMPUTED, place, anchor, back))
            known.sort(key=lambda when: when.span)
    return tuple(known)
