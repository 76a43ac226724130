"""When is what the text reckons from something else? ``trois mois plus tard``, ``avant la chirurgie``, ``puis``.

A computed date has the finest precision at which anchor and distance leave one date only: March 2014 and three
months is June 2014, 2014 and three months is no date but a place in the order. So is what only follows (``puis``), or
stands before or after something that the text names. Nothing is reckoned where the sentence dates it itself.

No gold corpus at hand states such times. Of the first 73 invented stories of ``tests/test_order.py`` 71 were read right
before anything was changed for them (three languages, 2026-11-22; three slips of the gold itself aside).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from kg.model import DateBasis, Grounding, Kind, Span, When
from kg.reading.distances import Distance, cycle_length, find_distances
from kg.reading.openings import openings
from kg.reading.reckoning import bounds, common, reckon
from kg.reading.sections import SHORT, Outline
from kg.reading.stay import Stay, stay_of
from kg.reading.tables import Language, by_role
from kg.reading.text import Words, alternatives
from kg.reading.timeline import NEAR, Calendar, calendar_of

_ACTS = frozenset({"surgery", "radiotherapy", "systemic"})
_NAMED_REACH = 32
"""The event that an expression names starts at most so many characters after it."""
_STATED_NEAR = 30
"""A date of the same sentence that stands so near says itself when it was."""
_BESIDE = 3
"""A duration starts at most so many characters after the date that it belongs to."""
_DELAY = timedelta(3), timedelta(7)
"""A cycle may end so much earlier or later than its plan."""
_LIFE = 120 * 365
"""No story goes back so many days."""
_CYCLE = 14
"""The fewest days of a cycle, for the order alone, where the text doesn't tell them."""
PLACES = frozenset({"admission", "discharge", "end-of", "day-zero"})
"""Rows of ``times.tsv``: what an expression may name that is no event of the lexicon."""


@cache
def _places(language: Language) -> dict[str, re.Pattern[str]]:
    """Patterns of the words right after an expression, and of the day that a scheme counts from."""
    found = by_role((row for row in language.table("times", 3) if row[0][0] in PLACES), PLACES)
    after = {role: re.compile(rf"\s*(?:[^\W\d]+['\s]\s*){{0,2}}?(?:{alternatives(found[role, '-'])})(?!\w)")
             for role in ("admission", "discharge", "end-of")}  # fmt: skip
    zero = rf"\W{{0,3}}(?:{alternatives(found['day-zero', '-'])})\s?\+?\s?(?P<day>[01])(?!\d)"
    return after | {"day-zero": re.compile(zero)}


@dataclass(frozen=True, slots=True)
class _Story:
    """What a time may be reckoned from: the words, and the places of names in order."""

    words: Words
    language: Language
    outline: Outline
    groundings: tuple[Grounding, ...]
    starts: tuple[int, ...]
    stay: Stay

    def before(self, dates: Sequence[When], place: Span) -> When | None:
        """The time told last before a place: in its section, else in an earlier one that tells the story."""
        here = self.outline.section_at(place.start)
        for when in reversed(dates):
            if when.span.end <= place.start and not when.local and self._is_told(when.span, place):
                section = self.outline.section_at(when.span.start)
                if section is here or (section.name not in SHORT and here.name not in SHORT):
                    return when
        return None

    def _is_told(self, start: Span, place: Span) -> bool:
        """Whether a time has words of its own, or anything is named between its place and another."""
        return start.end > start.start or bisect_left(self.starts, start.start) < bisect_left(self.starts, place.start)

    def act(self, calendar: Calendar, place: Span, origin: str) -> tuple[When | None, bool]:
        """The time of the last operation (or treatment) before a place, and whether it is a treatment."""
        types = _ACTS if origin == "act" else {"surgery"}
        for g in reversed(self.groundings[: bisect_left(self.starts, place.start)]):
            sort = _sort(g)
            if sort in types and (when := calendar.placed(g.mention.span)):
                return when, sort == "systemic"
        return None, False

    def name(self, place: Span) -> Span:
        """A place with the name that follows it."""
        at = bisect_left(self.starts, place.end)
        end = min(self.outline.sentences[self.outline.sentence_at(place.start)].end, place.end + _NAMED_REACH)
        if at == len(self.starts) or self.starts[at] >= end:
            return place
        return Span(place.start, self.groundings[at].mention.span.end)

    def named(self, calendar: Calendar, place: Span, told: Distance) -> When | None:
        """The time of the event that the last name in ``place`` means: told before, or, looking back, after it.

        Without a distance only acts count: ``avant la chirurgie``, not ``après un scanner normal``.
        """
        at = bisect_left(self.starts, place.end) - 1
        if at < 0 or self.starts[at] < place.start:
            return None
        concept, sort = self.groundings[at].concept, _sort(self.groundings[at])
        if concept is None or self.groundings[at].mention.kind is Kind.ANATOMY or not (told.count or sort in _ACTS):
            return None
        others = [*reversed(self.groundings[:at]), *(self.groundings[at + 1 :] if told.back else ())]
        same = [g for g in others if g.concept and g.concept.key == concept.key]
        alike = [g for g in others if sort in _ACTS and _sort(g) == sort]
        whens = (calendar.placed(g.mention.span) for g in (*same, *alike))
        return next(filter(None, whens), None)

    def treated(self, place: Span) -> Grounding | None:
        """What the sentence names last before a place, if it is something given or done."""
        at = bisect_left(self.starts, place.start) - 1
        sentence = self.outline.sentences[self.outline.sentence_at(place.start)]
        last = self.groundings[at] if at >= 0 and self.starts[at] >= sentence.start else None
        return last if last and last.mention.kind in (Kind.DRUG, Kind.PROCEDURE) else None

    def day_zero(self, dates: Iterable[When], place: Span) -> tuple[When | None, int]:
        """The last date before a place that the text calls the first day of a scheme, and its number: 0 or 1."""
        found: tuple[When | None, int] = None, 0
        for when in dates:
            if when.span.end <= place.start and len(when.iso) == 10:
                end = self.words.ends[self.words.at(when.span.end - 1)]
                if match := _places(self.language)["day-zero"].match(self.words.folded, end):
                    found = when, int(match["day"])
        return found

    def cycles(self, calendar: Calendar, place: Span) -> tuple[When | None, int]:
        """When the last drug before a place was started, and the days of its cycle, 0 where they aren't told."""
        before = [g for g in self.groundings[: bisect_left(self.starts, place.start)] if _sort(g) == "systemic"]
        if not before:
            return None, 0
        last = before[-1].concept
        same = [g for g in before if last and g.concept and g.concept.key == last.key]
        whens = [(g, when) for g in same or before[-1:] if (when := calendar.placed(g.mention.span))]
        if not whens:
            return None, 0
        started = [w for w in whens if w[1].basis is not DateBasis.INHERITED] or whens
        g, when = started[-1]
        sentence = self.outline.sentences[self.outline.sentence_at(g.mention.span.start)]
        low, high = (self.words.starts[self.words.at(offset)] for offset in (sentence.start, place.start))
        return when, cycle_length(self.words.folded[low:high], self.language)

    def follows(self, told: Distance, *roles: str) -> int:
        """Where the words right after an expression end, if they are those of a role; 0 where they are not."""
        found = (_places(self.language)[role].match(self.words.folded, told.end) for role in roles)
        return next((match.end() for match in found if match), 0)


def _sort(g: Grounding) -> str:
    """The type of what is named; a drug is a treatment."""
    return "systemic" if g.mention.kind is Kind.DRUG else g.concept.type if g.concept else ""


def with_computed(
    dates: tuple[When, ...], words: Words, language: Language, outline: Outline, groundings: tuple[Grounding, ...]
) -> tuple[When, ...]:
    """The stated dates and those reckoned from them, in the order of the text.

    One that no date can be had for has the ISO form ``""`` and, where it is known, its anchor: it is only in order.
    """
    starts = tuple(g.mention.span.start for g in groundings)
    story = _Story(words, language, outline, groundings, starts, stay_of(dates, words, language))
    told = list(find_distances(words, language))
    # what looks ahead, or has an end but no start of its own, comes after what can be had from the story so far
    later = [t for t in told if t.origin in ("lasting", "held") or (t.origin == "named" and t.back)]
    known = sorted([*dates, *openings(dates, outline, story.stay.visit)], key=_place)
    for one in [*(t for t in told if t not in later), *later]:
        if when := _resolved(one, known, dates, story):
            known.append(when)
            known.sort(key=_place)
    return tuple(known) if any(when.span.end > when.span.start for when in known) else dates


def _place(when: When) -> Span:
    return when.span


def _resolved(told: Distance, known: list[When], dates: tuple[When, ...], story: _Story) -> When | None:
    """The time that an expression tells, or None."""
    place = story.words.span_of(told.start, told.end)
    if told.origin == "named":
        end = story.follows(told, "admission", "discharge")
        place = story.words.span_of(told.start, end) if end else story.name(place)
    if told.origin == "none" or _is_dated(told, place, dates, story.outline):
        return None
    if told.origin in ("lasting", "held"):
        return _lasting(told, place, known, story)
    anchor, iso, away = _reckoned(told, place, known, story)
    beside = told.back or told.origin in ("while", "letter")
    if not (iso or anchor or told.count or beside) or (told.origin == "back" and told.days > _LIFE):
        return None
    leads = told.origin in ("next", "while") or (beside and not _governed(place, story)[1])
    return When(iso, DateBasis.COMPUTED, place, anchor, beside, away=away, leads=leads)


def _is_dated(told: Distance, place: Span, dates: tuple[When, ...], outline: Outline) -> bool:
    """Whether the sentence itself says when it was: a date near, or any date for what has no distance of its own."""
    if told.origin in ("back", "lasting", "held"):
        return False
    sentence = outline.sentence_at(place.start)
    own = [d for d in dates if outline.sentence_at(d.span.start) == sentence]
    if not told.count:
        return bool(own)
    return any(d.span.start - place.end <= _STATED_NEAR and place.start - d.span.end <= _STATED_NEAR for d in own)


def _governed(place: Span, story: _Story) -> tuple[Grounding | None, bool]:
    """What an expression speaks of: what its sentence names right before it (True), else next."""
    sentence = story.outline.sentences[story.outline.sentence_at(place.start)]
    at = bisect_left(story.starts, place.start)
    for g in reversed(story.groundings[max(0, at - 3) : at]):
        span = g.mention.span
        if sentence.start <= span.start and place.start - span.end < NEAR and g.mention.kind is not Kind.ANATOMY:
            return g, True
    following = (g for g in story.groundings[at:] if g.mention.span.start >= place.end)
    after = next((g for g in following if g.mention.kind is not Kind.ANATOMY), None)
    return (after, False) if after and after.mention.span.end <= sentence.end else (None, False)


def _lasting(told: Distance, place: Span, known: list[When], story: _Story) -> When | None:
    """The interval of what goes on for a time from the date that holds; a sign ``for six months`` began before it."""
    dated = next((d.span for d in known if not d.local and 0 <= place.start - d.span.end < _BESIDE), place)
    whole = Span(dated.start, place.end)  # "en mars 2014 pendant six mois"
    governed, right_before = _governed(whole, story)
    if governed is None and (last := story.treated(whole)):
        governed, right_before, whole = last, True, Span(last.mention.span.end + 1, place.end)
    if governed is None:
        return None
    if told.origin == "held" and governed.mention.kind in (Kind.FINDING, Kind.DISEASE):
        return _resolved(replace(told, origin="back", back=True), known, (), story)
    start = calendar_of(tuple(known), story.outline).placed(governed.mention.span)
    if start is None or not start.iso or start.until or not told.count:
        return None
    days = told.count - (told.unit == "d")  # the first day is one of them
    end = reckon(start.iso, days, told.unit)
    if len(end) < min(len(start.iso), 7) or end <= start.iso:
        return None
    until = When(end, DateBasis.COMPUTED, place)
    return replace(start, span=whole, anchor=None, until=until, local=True, leads=not right_before)


def _reckoned(told: Distance, place: Span, known: list[When], story: _Story) -> tuple[When | None, str, int]:
    """The time to reckon from, the date that comes of it, and about how many days lie between."""
    calendar = calendar_of(tuple(known), story.outline)
    if told.origin in ("cycle", "within"):
        return _of_cycle(told, *story.cycles(calendar, place))
    count, away, loose = told.count, told.days, False
    stay = story.stay
    if told.origin == "named" and story.follows(told, "admission"):
        anchor = stay.entered or calendar.placed(place)
    elif told.origin == "named" and story.follows(told, "discharge"):
        anchor, count = (stay.left, count) if stay.left else (None, 0)
    elif told.origin == "back":
        anchor = calendar.placed(place)
        anchor = anchor if anchor and anchor.iso else stay.visit or anchor
    elif told.origin == "letter":
        anchor = stay.left or stay.written
    elif told.origin == "stay":
        anchor, count, away = stay.entered, count - 1, away - 1
    elif told.origin == "named":
        anchor = story.named(calendar, place, told)
        count = count if anchor else 0
    elif told.origin in ("act", "surgery"):
        anchor, loose = story.act(calendar, place, told.origin)
        zero, first = story.day_zero(known, place) if told.origin == "act" and told.unit == "d" else (None, 0)
        if zero and not (anchor and anchor.basis is not DateBasis.COMPUTED and anchor.iso > zero.iso):
            anchor, loose, count, away = zero, False, count - first, away - first
    else:
        anchor = story.before(known, place)
        if told.origin == "next" and anchor and anchor.anchor and anchor.anchor.until and not anchor.until:
            anchor = anchor.anchor.until  # what comes next comes after a treatment, not after one of its cycles
    if anchor is None and not told.back and told.count:
        anchor, loose = story.before(known, place), True
    start = anchor.iso if anchor else ""
    if anchor and told.origin == "named" and story.follows(told, "end-of"):
        start = anchor.until.iso if anchor.until else ""
        away += (bounds(start)[1] - bounds(anchor.iso)[0]).days if start else 0
    iso = reckon(start, count, told.unit, back=told.back, loose=loose) if start and count else ""
    return anchor, iso, -max(away, 1) if told.back else away


def _of_cycle(told: Distance, start: When | None, days: int) -> tuple[When | None, str, int]:
    """As ``_reckoned``, after so many cycles or within the last of them; some are given late."""
    first, last = told.count - (told.origin == "within"), told.count
    away = first * (days or _CYCLE) + 1
    if start is None or not (start.iso and days):
        return start, "", away
    (low, high), (early, late) = bounds(start.iso), _DELAY
    return start, common(low + timedelta(first * days) - early, high + timedelta(last * days) + late, 7), away
