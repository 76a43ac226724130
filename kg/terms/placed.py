"""Which language-neutral stems stand where in a text? The keys of names are looked for among them.

The stems are those of ``cognates.key_tokens``, each with its place, in runs that no name crosses: a run ends at a mark
of punctuation, and at a word that stands in no name (``et``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kg.model import Span
from kg.terms.cognates import Spelling

_PIECE = re.compile(r"[^\W\d_]+(?:(?<=o)[-‐‑][^\W\d_]+)*|\d+|[^\w\s]|_")
_INSIDE = frozenset("-‐‑'’ʼ‘")
"""Marks that stand inside of names."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A stem with the place of its words, in code points of the text, and the number of its run."""

    stem: str
    start: int
    end: int
    run: int


def placed_stems(
    text: str, spans: Sequence[Span], spelling: Spelling, between: Collection[str], outside: Collection[str]
) -> list[Placed]:
    """The stems of the sentences ``spans`` in order.

    ``between`` are words that stand inside of names but don't count, ``outside`` those that stand in no name.
    """
    found: list[Placed] = []
    run = 0
    for span in spans:
        for words in _runs(text, span, between, outside):
            run += 1
            stems = spelling.stems([word for word, _, _ in words])
            found += [Placed(stem, words[a][1], words[b][2], run) for stem, a, b in stems]
    return found


def _runs(
    text: str, span: Span, between: Collection[str], outside: Collection[str]
) -> Iterator[list[tuple[str, int, int]]]:
    """Words in small letters with their places, run by run."""
    words: list[tuple[str, int, int]] = []
    for match in _PIECE.finditer(text, span.start, span.end):
        piece = match[0].lower()
        if piece in between or piece in _INSIDE:
            continue
        if piece in outside or not piece[0].isalnum():
            if words:
                yield words
            words = []
        else:
            words.append((piece.replace("-", "").replace("‐", "").replace("‑", ""), match.start(), match.end()))
    if words:
        yield words


def window(placed: Sequence[Placed], at: int, wanted: frozenset[str]) -> tuple[int, int] | None:
    """The shortest stretch of a run around ``at`` with all the stems ``wanted`` and no others, as first and last."""
    run = placed[at].run
    low = high = at
    while low and placed[low - 1].run == run and placed[low - 1].stem in wanted:
        low -= 1
    while high + 1 < len(placed) and placed[high + 1].run == run and placed[high + 1].stem in wanted:
        high += 1
    best: tuple[int, int] | None = None
    for first in range(low, at + 1):
        missing = set(wanted)
        for last in range(first, high + 1):
            missing.discard(placed[last].stem)
            if not missing:
                if last >= at and (best is None or last - first < best[1] - best[0]):
                    best = (first, last)
                break
    return best
