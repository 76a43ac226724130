"""When is what the text reckons from something else? ``trois mois plus tard``, ``avant la chirurgie``, ``puis``.

A computed date has the finest precision at which anchor and distance leave one date only: March 2014 and three
months is June 2014, 2014 and three months is no date but a place in the order. So is what only follows (``puis``), or
stands before or after something that the text names. Nothing is reckoned where the sentence dates it itself.

No gold corpus at hand states such times. Of the first 73 invented stories of ``tests/test_order.py`` 71 were read right
before anything was changed for them (three languages, 2026-11-22; three slips of the gold itself aside).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kg.model import DateBasis, Grounding, Kind, Span, When
from kg.reading.distances import Distance, find_distances
from kg.reading.openings import openings
from kg.reading.reckoning import bounds, common, reckon
from kg.reading.sections import Outline
from kg.reading.stay import stay_of
from kg.reading.story import Story
from kg.reading.tables import Language
from kg.reading.text import Words
from kg.reading.timeline import Calendar, calendar_of

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


def with_computed(
    dates: tuple[When, ...], words: Words, language: Language, outline: Outline, groundings: tuple[Grounding, ...]
) -> tuple[When, ...]:
    """The stated dates and those reckoned from them, in the order of the text.

    One that no date can be had for has the ISO form ``""`` and, where it is known, its anchor: it is only in order.
    """
    starts = tuple(g.mention.span.start for g in groundings)
    story = Story(words, language, outline, groundings, starts, stay_of(dates, words, language))
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


def _resolved(told: Distance, known: list[When], dates: tuple[When, ...], story: Story) -> When | None:
    """The time that an expression tells, or None."""
    place = story.words.span_of(told.start, told.end)
    if told.origin == "named":
        end = story.follows(told, "admission", "discharge")
        place = story.words.span_of(told.start, end) if end else story.name(place)
    elif told.origin == "act":
        place = story.until_named(place)
    if told.origin == "none" or _is_dated(told, place, dates, story.outline):
        return None
    if told.origin in ("lasting", "held"):
        return _lasting(told, place, known, story)
    anchor, iso, away = _reckoned(told, place, known, story)
    beside = told.back or told.origin in ("while", "letter")
    if not (iso or anchor or told.count or beside) or (told.origin == "back" and told.days > _LIFE):
        return None
    leads = told.origin in ("next", "while") or (beside and not story.governed(place)[1])
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


def _lasting(told: Distance, place: Span, known: list[When], story: Story) -> When | None:
    """The interval of what goes on for a time from the date that holds; a sign ``for six months`` began before it."""
    dated = next((d.span for d in known if not d.local and 0 <= place.start - d.span.end < _BESIDE), place)
    whole = Span(dated.start, place.end)  # "en mars 2014 pendant six mois"
    governed, right_before = story.governed(whole)
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


def _reckoned(told: Distance, place: Span, known: list[When], story: Story) -> tuple[When | None, str, int]:
    """The time to reckon from, the date that comes of it, and about how many days lie between."""
    calendar = calendar_of(tuple(known), story.outline)
    if told.origin in ("cycle", "within"):
        return _of_cycle(told, *story.cycles(calendar, place))
    anchor, count, loose = _anchor(told, place, known, story, calendar)
    away = told.days - (told.count - count if count and told.unit == "d" else 0)
    if anchor is None and not told.back and told.count:
        anchor, loose = story.before(known, place), True
    start = anchor.iso if anchor else ""
    if anchor and told.origin == "named" and story.follows(told, "end-of"):
        start = anchor.until.iso if anchor.until else ""
        away += (bounds(start)[1] - bounds(anchor.iso)[0]).days if start else 0
    leaving = told.origin == "letter" and bool(told.unit and story.stay.left)  # "à la sortie"
    same = leaving or (told.origin in ("act", "stay") and told.count > 0 and not loose)  # "hospital day 1"
    far = start and told.unit and (count or same)
    iso = reckon(start, count, told.unit, back=told.back, loose=loose) if far else ""
    return anchor, iso, -max(away, 1) if told.back else away


def _anchor(
    told: Distance, place: Span, known: list[When], story: Story, calendar: Calendar
) -> tuple[When | None, int, bool]:
    """The time to reckon from, how many units away (0 where that can't be said), and whether that is loose."""
    stay, count = story.stay, told.count
    if told.origin == "named" and story.follows(told, "admission"):
        return stay.entered or calendar.placed(place) or stay.visit, count, False
    if told.origin == "named" and story.follows(told, "discharge"):
        return stay.left, count if stay.left else 0, False
    if told.origin == "named":
        named = story.named(calendar, place, told)
        return named, count if named else 0, False
    if told.origin == "back":
        here = calendar.placed(place)
        return here if here and here.iso else stay.visit or here, count, False
    if told.origin == "letter":
        end = stay.left or stay.written or stay.seen
        return (end, count, False) if end else (story.before(known, place), 0, False)
    if told.origin == "stay":
        return stay.entered, count - 1 if stay.entered else 0, False
    if told.origin in ("act", "surgery"):
        act, loose = story.act(calendar, place, told.origin)
        zero, first = story.day_zero(known, place) if told.origin == "act" and told.unit == "d" else (None, 0)
        if zero and not (act and act.basis is not DateBasis.COMPUTED and act.iso > zero.iso):
            return zero, count - first, False
        return act, count, loose
    last = story.before(known, place)
    if told.origin == "next" and last and last.anchor and last.anchor.until and not last.until:
        last = last.anchor.until  # what comes next comes after a treatment, not after one of its cycles
    return last, count, False


def _of_cycle(told: Distance, start: When | None, days: int) -> tuple[When | None, str, int]:
    """As ``_reckoned``, after so many cycles or within the last of them; some are given late."""
    first, last = told.count - (told.origin == "within"), told.count
    away = first * (days or _CYCLE) + 1
    if start is None or not (start.iso and days):
        return start, "", away
    (low, high), (early, late) = bounds(start.iso), _DELAY
    return start, common(low + timedelta(first * days) - early, high + timedelta(last * days) + late, 7), away
