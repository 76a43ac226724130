"""How good is it, and how sure is that? Precision, recall and F1 with intervals by bootstrap over documents.

Percentile bootstrap (Efron 1979): documents are drawn with replacement, the figures of each draw are those of its sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

RESAMPLES = 1000
LEVEL = 0.95
SEED = 2026


@dataclass(frozen=True, slots=True)
class Counts:
    """Of ``found`` so many are right, of ``gold`` so many are hit; the two differ where several overlap one."""

    right: int
    found: int
    hit: int
    gold: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.found + other.found, self.hit + other.hit, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 0 where nothing was found."""
        return self.right / (self.found or 1)

    @property
    def recall(self) -> float:
        """The share of gold that is hit; 0 where there is none."""
        return self.hit / (self.gold or 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / (both or 1)


def matched(right: int, found: int, gold: int) -> Counts:
    """Counts where what is right is paired one to one with gold.

    >>> matched(2, 4, 3).f1
    0.5714285714285714
    """
    return Counts(right, found, right, gold)


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted: a ``measure``, how it must ``match``, and in which ``section`` (``""`` for all)."""

    measure: str
    match: str = ""
    section: str = ""


Tally = Mapping[Row, Counts]
"""The counts of one document."""


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of a row over all documents that have it, with the interval of F1."""

    row: Row
    counts: Counts
    low: float
    high: float
    documents: int


def score(tallies: Sequence[Tally], resamples: int = RESAMPLES, seed: int = SEED) -> tuple[Score, ...]:
    """The scores of all rows; the same seed gives the same intervals.

    Measures stand in the order in which they first appear, each before its sections.
    """
    by_row: dict[Row, list[Counts]] = {}
    for tally in tallies:
        for row, counts in tally.items():
            by_row.setdefault(row, []).append(counts)
    measures = list(dict.fromkeys(row.measure for row in by_row))
    rows = sorted(by_row, key=lambda row: (measures.index(row.measure), row.section))
    return tuple(_score(row, by_row[row], resamples, seed) for row in rows)


def _score(row: Row, found: list[Counts], resamples: int, seed: int) -> Score:
    low, high = interval(found, resamples, seed)
    return Score(row, total(found), low, high, len(found))


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    parts = [(c.right, c.found, c.hit, c.gold) for c in counts]
    return Counts(*(sum(column) for column in zip(*parts, strict=True))) if parts else Counts(0, 0, 0, 0)


def interval(found: Sequence[Counts], resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float]:
    """The interval of F1 at ``LEVEL``; a single document gives no width."""
    if resamples < 1 or not found:
        return (0.0, 0.0)
    random, size = Random(seed), len(found)
    figures = sorted(total(random.choices(found, k=size)).f1 for _ in range(resamples))
    tail = int((1 - LEVEL) / 2 * resamples)
    return figures[tail], figures[resamples - 1 - tail]
