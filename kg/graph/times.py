"""When is an event, in the words of OWL-Time (https://www.w3.org/TR/owl-time/)?

A date is an instant known to its day, month or year; an interval has both bounds, each inside it; what only its order
places is a temporal entity after or before that of another event.
"""

from __future__ import annotations

from kg.graph.draft import Draft
from kg.graph.terms import TIME, TYPE, date, iri
from kg.identity import local_id
from kg.model import Event

_HAS_TIME, _BEGINNING, _END = iri(TIME + "hasTime"), iri(TIME + "hasBeginning"), iri(TIME + "hasEnd")
_AFTER, _BEFORE = iri(TIME + "after"), iri(TIME + "before")
_INSTANT, _INTERVAL, _ENTITY = iri(TIME + "Instant"), iri(TIME + "ProperInterval"), iri(TIME + "TemporalEntity")
_POSITION = {4: iri(TIME + "inXSDgYear"), 7: iri(TIME + "inXSDgYearMonth"), 10: iri(TIME + "inXSDDate")}
"""By the length of a date's ISO form."""


def describe_times(draft: Draft, events: tuple[Event, ...]) -> None:
    """The times of a case's events; events of one date share it."""
    by_id = {event.id: event for event in events}
    for event in events:
        time = _time_of(draft, event)
        draft.add(draft.part(event.id), (_HAS_TIME, time))
        if event.when is None:
            draft.add(time, (TYPE, _ENTITY))
            if event.anchor:
                side = _BEFORE if event.precedes else _AFTER
                draft.add(time, (side, _time_of(draft, by_id[event.anchor])))


def _time_of(draft: Draft, event: Event) -> str:
    if event.when is None:
        return draft.part(local_id("time", event.id))
    start = _instant(draft, event.when.iso)
    if event.when.until is None:
        return start
    end = _instant(draft, event.when.until.iso)
    interval = draft.part(local_id("time", f"{event.when.iso}/{event.when.until.iso}"))
    if draft.first(interval):
        draft.add(interval, (TYPE, _INTERVAL), (_BEGINNING, start), (_END, end))
    return interval


def _instant(draft: Draft, iso: str) -> str:
    instant = draft.part(local_id("time", iso))
    if draft.first(instant):
        draft.add(instant, (TYPE, _INSTANT), (_POSITION[len(iso)], date(iso)))
    return instant
