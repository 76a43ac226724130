"""What happened when, and in which order? One event for each time that the text tells.

Two times are in order where the one is over before the other can begin; else, as far as that allows, they stand as
the text tells them (2014-03 and 2014-03-05). A time known only by its anchor stands at its side, by its distance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kg.identity import local_id
from kg.model import Assertion, DateBasis, Event, Measurement, Span, When
from kg.reading.observed import Observed
from kg.reading.reckoning import bounds

_FAR = 30
"""A time so many days after its anchor, or more, may have others between."""
_Time = str
"""The ISO form of a date, of an interval both; of a time that only follows another, also where its words stand."""


def _follows(when: When) -> bool:
    """Whether a time is no finer than its anchor, so that only its place beside it sets it apart."""
    coarse = when.anchor is not None and not when.local and len(when.iso) < 10
    return not when.iso or bool(coarse and when.anchor and when.anchor.iso.startswith(when.iso))


def _is_opening(when: When) -> bool:
    """Whether a time is where a part of the story begins: it has no words of its own."""
    return when.span.start == when.span.end


def _time(when: When) -> _Time:
    iso = f"{when.iso}/{when.until.iso}" if when.until else when.iso
    return f"{iso}@{when.span.start}{'|' if _is_opening(when) else ''}" if _follows(when) else iso


def _from(when: When) -> tuple[When, int, tuple[Span, ...]]:
    """The time that another one comes after, about how many days, and the words on the way there."""
    days, way = 0, list[Span]()
    while when.anchor and _follows(when) and when.away >= 0:
        days, way = days + when.away, [when.span, *way]
        when = when.anchor
    return when, days, tuple(way)


def _beside(when: When) -> _Time:
    """The time that another one stands beside, ``""`` for one with a date of its own or far after that one's."""
    start, days, way = _from(when)
    if start.anchor and _follows(start) and not way:
        return _time(start.anchor)
    return _time(start) if way and not (start.iso and days >= _FAR) else ""


def _span_of_days(when: When) -> tuple[date, date]:
    """The first and last day that a time may mean; one far from its anchor is somewhere about there."""
    start, days, _ = _from(when)
    if not start.iso:
        return date.min, date.max
    low, high = bounds(start.iso)
    low, high = low + timedelta(days), high + timedelta(2 * days)
    end = bounds(start.until.iso)[0] - timedelta(1) if start.until and days else high
    return low, min(high, end) if low < end else high


def _dated_order(whens: dict[_Time, When], times: Iterable[_Time]) -> Iterator[_Time]:
    """Times in their order: always the one told first of those that none of the others wholly precedes."""
    left = {time: _span_of_days(whens[time]) for time in sorted(times, key=lambda time: whens[time].span)}
    while left:
        over = min(high for _, high in left.values())
        yield (time := next(time for time, (low, _) in left.items() if low <= over))
        del left[time]


def _in_order(whens: dict[_Time, When], kept: Iterable[_Time]) -> Iterator[_Time]:
    """The dated times in order, each with those that are known by it around it, by their distance."""
    around: dict[_Time, list[_Time]] = defaultdict(list)
    for time in kept:
        around[_beside(whens[time])].append(time)

    def with_others(time: _Time) -> Iterator[_Time]:
        others = around.get(time, [])
        before = [other for other in others if whens[other].away < 0]
        for other in sorted(before, key=lambda other: (whens[other].away, whens[other].span)):
            yield from with_others(other)
        yield time
        after = [other for other in others if whens[other].away >= 0]
        for other in sorted(after, key=lambda other: _from(whens[other])[1:]):
            yield from with_others(other)

    for time in _dated_order(whens, around[""]):
        yield from with_others(time)


def _placed(observed: Observed, a: Assertion) -> list[When]:
    """The times at which a fact is told; where it has a finer date than one of them, that one says nothing new."""
    told = [when for mention in a.mentions if (when := observed.placed(mention.span))]
    told += [a.when] if a.when else []
    finest = a.when.iso if a.when else max((when.iso for when in told), default="")
    return [when for when in told if when.iso == finest or not finest.startswith(when.iso)]


def _members(
    observed: Observed, assertions: list[Assertion], measurements: list[Measurement]
) -> Iterator[tuple[When, str]]:
    for a in assertions:
        yield from ((when, a.id) for when in _placed(observed, a))
    for m in measurements:
        if when := observed.placed(m.measure.span):
            yield when, m.id


def read_events(
    observed: Observed, assertions: list[Assertion], dates: tuple[When, ...], measurements: list[Measurement]
) -> tuple[Event, ...]:
    """One event a time, in their order; a fact told at several times is part of each of them."""
    whens: dict[_Time, When] = {}
    reckoned: dict[_Time, When] = {}
    members: dict[_Time, dict[str, None]] = defaultdict(dict)
    for when in sorted(dates, key=lambda when: when.basis is DateBasis.COMPUTED):
        whens.setdefault(_time(when), when)
        if when.anchor:
            reckoned.setdefault(_time(when), when)
    for when, part in _members(observed, assertions, measurements):
        whens.setdefault(_time(when), when)
        members[_time(when)][part] = None
    kept = _kept(whens, reckoned, members)
    ids = {time: local_id("event", time, whens[time].span) for time in kept}
    events = []
    for order, time in enumerate(_in_order(whens, kept), 1):
        when, told = whens[time], reckoned.get(time)
        anchor = ids[_time(told.anchor)] if told and told.anchor and _time(told.anchor) != time else ""
        words, precedes = (told.span, told.away < 0) if told else (None, False)
        words = None if _is_opening(when) else words
        dated = when if when.iso else None
        events.append(Event(ids[time], order, dated, tuple(members[time]), anchor, words, precedes))
    return tuple(events)


def _kept(whens: dict[_Time, When], reckoned: dict[_Time, When], members: dict[_Time, dict[str, None]]) -> list[_Time]:
    """The times that are events, and those that these are reckoned from; no day that only starts an interval."""
    kept = dict.fromkeys(time for time, when in whens.items() if _is_told(when, time in members))
    started = {whens[time].iso for time in kept if whens[time].until}
    anchors: set[_Time] = set()
    for time in list(kept):
        while (told := reckoned.get(time)) and told.anchor and (time := _time(told.anchor)) not in anchors:
            whens.setdefault(time, told.anchor)
            anchors.add(time)
    kept |= dict.fromkeys(anchors)
    if all(_is_opening(whens[time]) for time in kept):  # nothing to stand before or after
        return []
    return [time for time in kept if time in members or time in anchors or time not in started]


def _is_told(when: When, has_members: bool) -> bool:
    """Whether a time is an event: a date of the text always, a reckoned one where something happened."""
    if when.basis is not DateBasis.COMPUTED and not (when.until and when.until.basis is DateBasis.COMPUTED):
        return True
    return has_members and bool(when.iso or when.anchor or _is_opening(when))
