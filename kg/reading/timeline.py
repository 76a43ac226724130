"""When? The date that each place of the text has or inherits.

A fact in a sentence with a date has that date (Stated); one without inherits the last date of its section.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field, replace

from kg.model import DateBasis, Span, When
from kg.reading.sections import Outline

NEAR = 14
"""A date that starts within so many characters after a mention is its date (``Sirolimus, en mars 2014``)."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of a text, ready to be asked for the date that holds at a place."""

    dates: tuple[When, ...]
    starts: tuple[int, ...]
    outline: Outline
    _known: dict[int, When | None] = field(default_factory=dict, repr=False, compare=False)
    """The date of each sentence that has at most one of its own, kept as it is worked out."""

    def at(self, span: Span) -> When | None:
        """The date of what is said at ``span``: of its sentence, else the last one before in its section."""
        index = self.outline.sentence_at(span.start)
        if index in self._known:
            return self._known[index]
        when, several = self._of(index, span)
        if not several:
            self._known[index] = when
        return when

    def _of(self, index: int, span: Span) -> tuple[When | None, bool]:
        """The date for ``span`` in a sentence, and whether other places of the sentence may have another."""
        outline = self.outline
        sentence = outline.sentences[index]
        low = bisect.bisect_left(self.starts, sentence.start)
        high = bisect.bisect_left(self.starts, sentence.end)
        if low < high:
            return self._within(self.dates[low:high], span), high - low > 1
        if low == 0:
            return None, False
        last = self.dates[low - 1]
        section = outline.sections[outline.owners[index]]
        if last.span.start < section.span.start or section.name == "PastHistory":
            return None, False
        return replace(last, basis=DateBasis.INHERITED), False

    def _within(self, dates: tuple[When, ...], span: Span) -> When:
        after = [d for d in dates if d.span.start >= span.end]
        before = [d for d in dates if d.span.end <= span.start]
        if after and after[0].span.start - span.end <= NEAR:
            return after[0]
        return before[-1] if before else (after or dates)[0]


def calendar_of(dates: tuple[When, ...], outline: Outline) -> Calendar:
    """The dates of a text with an index of where they stand."""
    return Calendar(dates, tuple(d.span.start for d in dates), outline)
