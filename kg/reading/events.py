"""What happened when, and in which order? One event for each time that the text tells."""

from __future__ import annotations

from kg.identity import local_id
from kg.model import Assertion, DateBasis, Event, Measurement, When
from kg.reading.observed import Observed

_Time = str
"""The ISO form of a date; of a time that only follows another, also where its words stand."""


def _follows(when: When) -> bool:
    """Whether a time is no finer than its anchor, so that only its place after it sets it apart."""
    return not when.iso or (when.anchor is not None and not when.local and when.anchor.iso.startswith(when.iso))


def _time(when: When) -> _Time:
    return f"{when.iso}@{when.span.start}" if _follows(when) else when.iso


def _in_order(when: When) -> tuple[str, tuple[int, ...]]:
    """Sorts times; one that only follows its anchor stands right after it, in the order of the text."""
    if when.anchor and _follows(when):
        iso, before = _in_order(when.anchor)
        return iso, (*before, when.span.start)
    return when.iso, ()


def read_events(
    observed: Observed, assertions: list[Assertion], dates: tuple[When, ...], measurements: list[Measurement]
) -> tuple[Event, ...]:
    """One event a time, in their order; a fact told at several times is part of each of them."""
    whens: dict[_Time, When] = {}
    reckoned: dict[_Time, When] = {}
    for when in sorted(dates, key=lambda when: when.basis is DateBasis.COMPUTED):
        whens.setdefault(_time(when), when)
        if when.anchor:
            reckoned.setdefault(_time(when), when)
    members: dict[_Time, dict[str, None]] = {time: {} for time in whens}
    for a in assertions:
        for told in (*(observed.placed(mention.span) for mention in a.mentions), a.when):
            if told:
                members[_time(told)][a.id] = None
    for m in measurements:
        if told := observed.placed(m.measure.span):
            members[_time(told)][m.id] = None
    anchors = {_time(when.anchor) for when in dates if when.anchor}
    kept = [time for time, when in whens.items() if _is_told(when, bool(members[time])) or time in anchors]
    ids = {time: local_id("event", time, whens[time].span) for time in kept}
    events = []
    for order, time in enumerate(sorted(kept, key=lambda time: _in_order(whens[time])), 1):
        when, told = whens[time], reckoned.get(time)
        anchor = ids[_time(told.anchor)] if told and told.anchor else ""
        date, words = (when if when.iso else None), (told.span if told else None)
        events.append(Event(ids[time], order, date, tuple(members[time]), anchor, words))
    return tuple(events)


def _is_told(when: When, has_members: bool) -> bool:
    """Whether a time is an event: a date of the text always, a reckoned one where something happened."""
    return when.basis is not DateBasis.COMPUTED or (has_members and bool(when.iso or when.anchor))
