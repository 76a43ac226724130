"""What has been seen in one text so far: the bundle that the assembly of assertions works on.

Made once from the results of the earlier stages; nothing in it changes afterwards.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass

from kg.model import Candidate, Concept, Context, Document, Grounding, Kind, Measure, Mention, Section, Span, When
from kg.reading.sections import Outline
from kg.reading.tables import Language
from kg.reading.text import Words
from kg.reading.timeline import Calendar
from kg.terms.lexicon import Lexicon

HEADING = 48
"""A heading has at most so many characters."""
Noted = tuple[tuple[Grounding, ...], tuple[Context, ...], tuple[Measure, ...], tuple[When, ...]]
"""What was found in a text, before it is put together; one context a grounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A grounded mention with its context and the index of its sentence; compared by identity."""

    grounding: Grounding
    context: Context
    sentence: int
    mention: Mention
    span: Span
    kind: Kind
    concept: Concept | None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates, best first."""
        return self.grounding.candidates


@dataclass(frozen=True, slots=True)
class Observed:
    """Words, outline, mentions with their contexts, measures and dates of one document."""

    document: Document
    language: Language
    lexicon: Lexicon
    words: Words
    outline: Outline
    items: tuple[Item, ...]
    measures: tuple[Measure, ...]
    calendar: Calendar
    by_sentence: dict[int, tuple[Item, ...]]

    def sentence(self, item: Item) -> Span:
        """The sentence of a mention."""
        return self.outline.sentences[item.sentence]

    def section(self, sentence: int) -> Section:
        """The section of a sentence."""
        return self.outline.sections[self.outline.owners[sentence]]

    def of(self, *kinds: Kind) -> Iterator[Item]:
        """Items of some kinds, in order."""
        return (item for item in self.items if item.kind in kinds)

    def between(self, first: int, last: int) -> str:
        """The folded text between two word indexes, both left out."""
        words = self.words
        return words.folded[words.ends[first] : words.starts[last]] if last > first else ""

    def after(self, item: Item, characters: int) -> str:
        """Folded text that follows a mention, within its sentence."""
        words = self.words
        start = words.ends[item.mention.last]
        return words.folded[start : min(start + characters, self.folded_end(item.sentence))]

    def before(self, item: Item, characters: int) -> str:
        """Folded text that precedes a mention, within its sentence."""
        words = self.words
        end = words.starts[item.mention.first]
        return words.folded[max(end - characters, self.folded_start(item.sentence)) : end]

    def folded_start(self, sentence: int) -> int:
        """Where a sentence starts in the folded text."""
        span = self.outline.sentences[sentence]
        return span.start if self.words.origin is None else bisect.bisect_left(self.words.origin, span.start)

    def folded_end(self, sentence: int) -> int:
        """Where a sentence ends in the folded text."""
        span = self.outline.sentences[sentence]
        return span.end if self.words.origin is None else bisect.bisect_left(self.words.origin, span.end)

    def said(self, sentence: int) -> str:
        """A sentence in folded text."""
        return self.words.folded[self.folded_start(sentence) : self.folded_end(sentence)]

    def heading(self, sentence: int) -> str:
        """The folded heading of the line that holds a sentence: at its start, or the short line above it."""
        folded, start = self.words.folded, self.folded_start(sentence)
        line = folded.rfind("\n", 0, start) + 1
        title, colon, _ = folded[line : line + HEADING].partition(":")
        if colon:
            return title
        above = folded[:line].rstrip()
        title = above[above.rfind("\n") + 1 :]
        return title if len(title) <= HEADING and not title.endswith((".", ";", ",")) else ""

    def when(self, span: Span) -> When | None:
        """The date that holds at a place."""
        return self.calendar.at(span)

    def placed(self, span: Span) -> When | None:
        """As ``when``, but with the times that are known only by their order."""
        return self.calendar.placed(span)

    def measures_in(self, span: Span, *dimensions: str) -> list[Measure]:
        """Measures of some dimensions inside a span."""
        return [m for m in self.measures if m.dimension in dimensions and span.holds(m.span)]


def observe(document: Document, language: Language, lexicon: Lexicon, words: Words, outline: Outline,
            groundings: tuple[Grounding, ...], contexts: tuple[Context, ...], measures: tuple[Measure, ...],
            calendar: Calendar) -> Observed:  # fmt: skip
    """The bundle of what the earlier stages returned."""
    items = tuple(
        Item(g, c, outline.sentence_at(g.mention.span.start), g.mention, g.mention.span, g.mention.kind, g.concept)
        for g, c in zip(groundings, contexts, strict=True)
    )
    sentences: dict[int, list[Item]] = {}
    for item in items:
        sentences.setdefault(item.sentence, []).append(item)
    by_sentence = {index: tuple(found) for index, found in sentences.items()}
    return Observed(document, language, lexicon, words, outline, items, measures, calendar, by_sentence)
