"""Where does a part of the story begin without a date? What it tells first stands between the dates around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.model import DateBasis, Span, When
from kg.reading.sections import Outline

_STORY = frozenset({"", "History", "Treatment", "Course"})
"""Sections that tell what happened in its order; the others describe, repeat or judge."""


def openings(dates: Sequence[When], outline: Outline, visit: When | None) -> Iterator[When]:
    """A time known by its order for every section of the story whose first sentence has no date.

    It follows the latest date told in the story before it, else it precedes the first one told after it; a history
    precedes the day of the visit that it was taken on. What stands above the first heading is no story.
    """
    story = [section for section in outline.sections if section.name in _STORY and section.sentences]
    told = [d for d in dates if not d.local and outline.section_at(d.span.start) in story]
    for section in [section for section in story if section.name] or story:
        first = section.sentences[0]
        if any(first.start <= d.span.start < first.end for d in dates):
            continue
        earlier = [d for d in told if d.span.end <= first.start]
        later = [d for d in told if d.span.start >= first.end]
        anchor, away = (max(earlier, key=lambda d: d.iso), 0) if earlier else (later[0], -1) if later else (None, 0)
        if visit and section.name == "History" and (not earlier or anchor == visit):
            anchor, away = visit, -1
        yield When("", DateBasis.COMPUTED, Span(first.start, first.start), anchor, away=away, leads=True)
