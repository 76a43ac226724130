"""Which words have been annotated before, how often when they occur, and with which codes?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Mark = tuple[str, ...]
"""What a dictionary says of one word."""
Key = tuple[str, ...]
"""The stems of a name, marks among them."""
LONGEST = 12
"""Names of at most so many words are kept."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Names by their stems: how often each was annotated, and how often it occurs at all."""

    annotated: Mapping[Key, int]
    occurring: Mapping[Key, int]
    firsts: Mapping[str, int]
    """The length of the longest name that begins with a stem."""

    def rate(self, key: Key) -> float:
        """The share of the occurrences of a name that are annotated."""
        return self.annotated.get(key, 0) / max(1, self.occurring.get(key, 0))


def occurrences(stems: Sequence[str], names: Mapping[Key, int], firsts: Mapping[str, int]) -> Iterable[tuple[int, Key]]:
    """Every place where a name stands, overlapping ones too."""
    for i, stem in enumerate(stems):
        for length in range(1, min(firsts.get(stem, 0), len(stems) - i) + 1):
            key = tuple(stems[i : i + length])
            if key in names:
                yield i, key


def firsts_of(names: Iterable[Key]) -> dict[str, int]:
    """Stem → the length of the longest name that begins with it."""
    found: dict[str, int] = {}
    for name in names:
        found[name[0]] = max(found.get(name[0], 0), len(name))
    return found


def learn_dictionary(texts: Sequence[tuple[Sequence[str], Sequence[tuple[int, int]]]]) -> Dictionary:
    """The dictionary of texts, each given as its stems and the annotated (first, last) places."""
    annotated: Counter[Key] = Counter()
    for stems, places in texts:
        annotated.update(tuple(stems[a : b + 1]) for a, b in places if b - a < LONGEST)
    firsts = firsts_of(annotated)
    occurring: Counter[Key] = Counter()
    for stems, _ in texts:
        occurring.update(key for _, key in occurrences(stems, annotated, firsts))
    return Dictionary(annotated, occurring, firsts)


def marks_of(stems: Sequence[str], dictionary: Dictionary) -> list[Mark]:
    """What the dictionary says of each word: its place in the longest name, how often that is annotated."""
    marks: list[Mark] = [()] * len(stems)
    taken = -1
    best: dict[int, Key] = {}
    for i, key in occurrences(stems, dictionary.annotated, dictionary.firsts):
        best[i] = key  # lengths grow: the last one is the longest
    for i, key in sorted(best.items(), key=lambda item: item[0]):
        if i <= taken:
            continue
        last = i + len(key) - 1
        taken = last
        said = f"{_share(dictionary.rate(key))}{_many(dictionary.occurring[key])}"
        for at in range(i, last + 1):
            place = ("S" if len(key) == 1 else "B") if at == i else "E" if at == last else "I"
            marks[at] = (f"{place}{said}",)
    return marks


def _share(rate: float) -> int:
    return min(9, int(rate * 10))


def _many(count: int) -> str:
    return "a" if count < 2 else "b" if count < 5 else "c" if count < 20 else "d"
