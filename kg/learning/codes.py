"""Which code do these words have? What the annotated cases gave them; else what they gave to parts of them.

In this order: the same words; the lexicon's own code of exactly this place; the same words in another order; the
longest part that has a code, with what the other words do to it (``métastatique`` makes a behaviour of 6,
``peu différencié`` a grade of 3, as far as the cases say so); the single words. Each step says why.

The words around a name don't help: of the 15 most frequent names with several codes (FRACCO train, 2,607 places,
5-fold by case, 2026-11-22) a classifier of context got 2,072 right, the most frequent code 2,086. There the
annotators differ, not the texts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Stems = tuple[str, ...]
_MORPHOLOGY = re.compile(r"(\d{4})/(\d)(\d?)")
_SURE = 0.6
"""A word changes a behaviour or grade where so much of what the cases say agrees."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with the share of the evidence that speaks for it, from 0 to 1, and why."""

    code: str
    share: float
    why: str


@dataclass(frozen=True, slots=True)
class Codes:
    """Counts of codes by what they were given to: ``names``, the words of names as sets, single stems.

    ``changes`` holds, by stem, how often a word beside a name that has a code of its own gave it a behaviour or a
    grade (``/6``, ``//2``), or nothing (``""``).
    """

    names: Mapping[Stems, Counter[str]]
    bags: Mapping[frozenset[str], Counter[str]]
    stems: Mapping[str, Counter[str]]
    changes: Mapping[str, Counter[str]]
    prior: Counter[str]

    def code_of(self, stems: Stems, own: str = "", parts: Mapping[tuple[int, int], str] | None = None) -> Coded:
        """The code of a name; ``own`` is the lexicon's for it, ``parts`` those of places (first, last) inside."""
        if stems in self.names:
            return _best(self.names[stems], "annotated")
        if own:
            return Coded(own, 1.0, "lexicon")
        bag = _bag(stems)
        if bag in self.bags:
            return _best(self.bags[bag], "annotated in another order")
        part = self._longest(stems, parts or {})
        if part is not None:
            return part
        return self._by_words(stems)

    def _longest(self, stems: Stems, parts: Mapping[tuple[int, int], str]) -> Coded | None:
        for length in range(len(stems) - 1, 0, -1):
            for first in range(len(stems) - length + 1):
                inner = stems[first : first + length]
                code = (
                    _best(self.names[inner], "").code if inner in self.names else parts.get((first, first + length - 1))
                )
                if code:
                    others = [*stems[:first], *stems[first + length :]]
                    return Coded(self._changed(code, others), length / len(stems), f"part of {length} words")
        return None

    def _changed(self, code: str, others: Iterable[str]) -> str:
        match = _MORPHOLOGY.fullmatch(code)
        if not match:
            return code
        histology, behaviour, grade = match.groups()
        for stem in others:
            said = self.changes.get(stem)
            if said:
                change, count = min(said.items(), key=lambda item: (-item[1], item[0]))
                if change and count >= _SURE * said.total():
                    if change.startswith("//"):
                        grade = change[2:]
                    else:
                        behaviour = change[1:]
        return f"{histology}/{behaviour}{grade}"

    def _by_words(self, stems: Stems) -> Coded:
        best = Coded("", 0.0, "")
        for stem in stems:
            found = self.stems.get(stem)
            if found:
                one = _best(found, "single word")
                if one.share > best.share:
                    best = one
        return best if best.code else _best(self.prior, "most frequent code")


def _best(counts: Counter[str], why: str) -> Coded:
    code, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return Coded(code, round(count / counts.total(), 3), why)


def _bag(stems: Sequence[str]) -> frozenset[str]:
    return frozenset(s for s in stems if len(s) > 2 or s.isdigit())


def learn_codes(names: Mapping[Stems, Counter[str]]) -> Codes:
    """The statistics of names with their codes."""
    bags: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
    stems: dict[str, Counter[str]] = defaultdict(Counter)
    prior: Counter[str] = Counter()
    for name, counts in names.items():
        bags[_bag(name)].update(counts)
        prior.update(counts)
        for stem in dict.fromkeys(name):
            if stem.isalpha() and len(stem) > 2:
                stems[stem].update(counts)
    return Codes(names, bags, stems, _changes(names), prior)


def _changes(names: Mapping[Stems, Counter[str]]) -> dict[str, Counter[str]]:
    """How the words beside a shorter name change its code."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name, counts in names.items():
        code = _MORPHOLOGY.fullmatch(_best(counts, "").code)
        if code is None:
            continue
        for inner, others in _shorter(name, names):
            base = _MORPHOLOGY.fullmatch(_best(names[inner], "").code)
            if base is None or base[1] != code[1]:
                continue
            change = f"//{code[3]}" if code[3] != base[3] else f"/{code[2]}" if code[2] != base[2] else ""
            for stem in others:
                found[stem][change] += 1
    return found


def _shorter(name: Stems, names: Mapping[Stems, Counter[str]]) -> Iterator[tuple[Stems, Stems]]:
    """The longest name within another, with the words around it."""
    for length in range(len(name) - 1, 0, -1):
        for first in range(len(name) - length + 1):
            inner = name[first : first + length]
            if inner in names:
                yield inner, name[:first] + name[first + length :]
                return
