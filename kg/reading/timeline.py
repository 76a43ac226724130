"""When? The date that each place of the text has or inherits.

A fact in a sentence with a date has that date (Stated); one without inherits the last date of its section. A date
reckoned from another (see ``relative``) stays Computed where it is inherited.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field, replace

from kg.model import DateBasis, Span, When
from kg.reading.sections import Outline

NEAR = 14
"""A date that starts within so many characters after a mention is its date (``Sirolimus, en mars 2014``)."""

CLAUSE = 40
"""A reckoned date is that of what stands at most so many characters before it (``opéré, puis rechute un an après``)."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of a text, ready to be asked for the date that holds at a place."""

    dates: tuple[When, ...]
    starts: tuple[int, ...]
    outline: Outline
    local: tuple[When, ...] = ()
    """Dates of what stands right before them, or leads up to something in their sentence."""
    ends: frozenset[Span] = frozenset()
    """Places of the last dates of intervals: in their sentence the interval holds, after it they do."""
    _known: dict[int, When | None] = field(default_factory=dict, repr=False, compare=False)
    """The date of each sentence that has at most one of its own, kept as it is worked out."""

    def at(self, span: Span) -> When | None:
        """The date of what is said at ``span``: of its sentence, else the last one before in its section."""
        when = self.placed(span)
        return when if when and when.iso else None

    def placed(self, span: Span) -> When | None:
        """As ``at``, but with the times that are known only by their order."""
        index = self.outline.sentence_at(span.start)
        if self.local and (own := self._own(index, span)):
            return own
        if index in self._known:
            return self._known[index]
        when, several = self._of(index, span)
        if not several:
            self._known[index] = when
        return when

    def _own(self, index: int, span: Span) -> When | None:
        """The local date right after ``span`` in its sentence, else one that leads up to it."""
        sentence = self.outline.sentences[index]
        end, leading = min(sentence.end, span.end + NEAR), None
        for d in self.local:
            if d.anchor and d.span.holds(span) and d.span.end == span.end:
                return _inherited(d.anchor)
            if not d.leads and span.end <= d.span.start < end:
                return d
            if d.leads and sentence.start <= d.span.start and d.span.end <= span.start:
                leading = d
        if leading is None:
            return None
        low, high = (bisect.bisect_left(self.starts, place) for place in (leading.span.end, span.start))
        return leading if low == high else None

    def _of(self, index: int, span: Span) -> tuple[When | None, bool]:
        """The date for ``span`` in a sentence, and whether other places of the sentence may have another."""
        outline = self.outline
        sentence = outline.sentences[index]
        low = bisect.bisect_left(self.starts, sentence.start)
        high = bisect.bisect_left(self.starts, sentence.end)
        own = tuple(d for d in self.dates[low:high] if d.span not in self.ends)
        several = len(own) > 1 or any(d.basis is DateBasis.COMPUTED for d in own)
        if own and (when := self._within(own, span)):
            return when, several
        if low == 0:
            return None, several
        last = self.dates[low - 1]
        section = outline.sections[outline.owners[index]]
        if last.span.start < section.span.start or section.name == "PastHistory":
            return None, several
        return _inherited(last), several

    def _within(self, dates: tuple[When, ...], span: Span) -> When | None:
        """The date for ``span`` among those of its sentence; None where it stands too far before a reckoned one."""
        named = next((d.anchor for d in dates if d.anchor and d.span.holds(span) and d.span.end == span.end), None)
        if named:
            return _inherited(named)
        dates = tuple(d for d in dates if d.span.end <= span.start or not d.leads)
        dates = tuple(d for d in dates if d.basis is not DateBasis.COMPUTED or d.span.start - span.end <= CLAUSE)
        after = [d for d in dates if d.span.start >= span.end]
        before = [d for d in dates if d.span.end <= span.start]
        if after and after[0].span.start - span.end <= NEAR:
            return after[0]
        return before[-1] if before else next(iter(after or dates), None)


def _inherited(when: When) -> When:
    basis = when.basis if when.basis is DateBasis.COMPUTED else DateBasis.INHERITED
    return replace(when, basis=basis)


def calendar_of(dates: tuple[When, ...], outline: Outline) -> Calendar:
    """The dates of a text with an index of where they stand."""
    going = tuple(d for d in dates if not d.local)
    ends = frozenset(d.until.span for d in dates if d.until and d.until.span != d.span)
    local = tuple(d for d in dates if d.local and d.span not in ends)
    return Calendar(going, tuple(d.span.start for d in going), outline, local, ends)
