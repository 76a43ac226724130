"""Which labels do the words of a sentence bear? A linear-chain CRF read from plain numbers, without any library.

Training is python-crfsuite's (``kg.learning.training``); what it learnt is kept as text, so that reading needs neither
the library nor its binary format, which a hostile file could misuse.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LABELS = ("O", "B", "I", "E", "S")
"""Outside; first, inner and last word of a name; a name of one word."""
_SIZE = len(LABELS)
_OUT, _BEGIN, _INNER, _END, _SINGLE = range(_SIZE)
_FOLLOW = {
    _OUT: (_OUT, _BEGIN, _SINGLE), _BEGIN: (_INNER, _END), _INNER: (_INNER, _END),
    _END: (_OUT, _BEGIN, _SINGLE), _SINGLE: (_OUT, _BEGIN, _SINGLE),
}  # fmt: skip
"""What may follow what: a name that begins also ends."""
_BEFORE = tuple(tuple(a for a in range(_SIZE) if b in _FOLLOW[a]) for b in range(_SIZE))
_FIRST, _LAST = (_OUT, _BEGIN, _SINGLE), (_OUT, _END, _SINGLE)
_NEVER = -1e30

Weights = tuple[tuple[int, float], ...]
"""Indexes of labels with the weight that an attribute adds to each."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Weights of attributes by name, and of one label after another (``transitions[before][after]``)."""

    states: Mapping[str, Weights]
    transitions: tuple[tuple[float, ...], ...]

    def scores(self, attributes: Sequence[Sequence[str]]) -> list[list[float]]:
        """What the attributes of each word add up to, a number a label."""
        known, found = self.states.get, []
        for seen in attributes:
            row = [0.0] * _SIZE
            for name in seen:
                for label, weight in known(name, ()):
                    row[label] += weight
            found.append(row)
        return found

    def label(self, scores: Sequence[Sequence[float]]) -> list[int]:
        """The best labels of one sentence (Viterbi), as indexes of ``LABELS``."""
        if not scores:
            return []
        row = [scores[0][y] if y in _FIRST else _NEVER for y in range(_SIZE)]
        back: list[list[int]] = []
        for now in scores[1:]:
            ways = [[(row[x] + self.transitions[x][y], x) for x in _BEFORE[y]] for y in range(_SIZE)]
            best = [max(way)[1] for way in ways]
            row = [max(way)[0] + now[y] for y, way in enumerate(ways)]
            back.append(best)
        labels = [max(_LAST, key=row.__getitem__)]
        for best in reversed(back):
            labels.append(best[labels[-1]])
        return labels[::-1]

    def names(self, scores: Sequence[Sequence[float]]) -> list[tuple[int, int, float]]:
        """The names of one sentence: first and last word, and how sure the chain is, from 0 to 1."""
        labels = self.label(scores)
        places = name_places(labels)
        sure = self._sure(scores, labels) if places else []
        return [(first, last, round(min(sure[first : last + 1]), 3)) for first, last in places]

    def _sure(self, scores: Sequence[Sequence[float]], labels: Sequence[int]) -> list[float]:
        """The probability of each word's label (forward-backward)."""
        forward = [[scores[0][y] if y in _FIRST else _NEVER for y in range(_SIZE)]]
        for now in scores[1:]:
            last = forward[-1]
            forward.append(
                [_sum([last[x] + self.transitions[x][y] for x in _BEFORE[y]]) + now[y] for y in range(_SIZE)]
            )
        backward = [[0.0 if y in _LAST else _NEVER for y in range(_SIZE)]]
        for now in reversed(scores[1:]):
            last = backward[-1]
            backward.append(
                [_sum([self.transitions[y][x] + now[x] + last[x] for x in _FOLLOW[y]]) for y in range(_SIZE)]
            )
        backward.reverse()
        whole = _sum([forward[-1][y] for y in _LAST])
        return [math.exp(min(0.0, forward[i][y] + backward[i][y] - whole)) for i, y in enumerate(labels)]


def _sum(values: Sequence[float]) -> float:
    """The logarithm of the sum of what the values are logarithms of."""
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


def name_places(labels: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last words of the names that labels mark."""
    found, first = [], 0
    for at, label in enumerate(labels):
        if label in (_BEGIN, _SINGLE):
            first = at
        if label in (_END, _SINGLE):
            found.append((first, at))
    return found


def labels_of(count: int, places: Sequence[tuple[int, int]]) -> list[str]:
    """The labels of ``count`` words, of which ``places`` (first and last, none in another) are names.

    >>> labels_of(5, [(0, 0), (2, 4)])
    ['S', 'O', 'B', 'I', 'E']
    """
    found = ["O"] * count
    for first, last in places:
        found[first : last + 1] = ["S"] if first == last else ["B", *["I"] * (last - first - 1), "E"]
    return found
