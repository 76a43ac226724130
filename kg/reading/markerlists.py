"""Which result word does a list of markers belong to? Lists, result words, and what may stand between them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from kg.errors import TableError
from kg.reading.observed import Item, Observed
from kg.reading.tables import Language, forms
from kg.reading.text import fold, key_of

RESULTS = ("Positive", "Negative", "Weak", "Focal", "Equivocal")
_AND = frozenset({"et", "y", "e", "and"})
GAP = 8
"""A result word may stand at most so many words from the list that it belongs to."""


@dataclass(frozen=True, slots=True)
class Tables:
    automaton: ahocorasick_rs.AhoCorasick
    rows: tuple[tuple[tuple[str, bool, int], ...], ...]
    glue: frozenset[str]
    copula: frozenset[str]
    breaks: frozenset[str]
    ihc: re.Pattern[str]
    serum: frozenset[str]


@cache
def result_tables(language: Language) -> Tables:
    rows: dict[str, list[tuple[str, bool, int]]] = defaultdict(list)
    words: dict[str, list[str]] = defaultdict(list)
    for (role, value, cell), where in language.table("results", 3):
        if role not in ("result", "forward", "neutral"):
            words[role] += [fold(f) for f in forms(cell)]
            continue
        if role != "neutral" and value not in RESULTS:
            raise TableError(f"{where}: {value!r} is no result: {', '.join(RESULTS)}")
        for form in forms(cell):
            key = key_of(form, language)
            if key:
                rows[key].append((value, role == "forward", len(key.split())))
    ihc = "|".join(re.escape(f.rstrip("*")) + (r"\w*" if f.endswith("*") else "") for f in words["ihc"])
    return Tables(
        ahocorasick_rs.AhoCorasick([f" {k} " for k in rows]),
        tuple(tuple(r) for r in rows.values()),
        frozenset(words["glue"]),
        frozenset(words["copula"]),
        frozenset(words["break"]),
        re.compile(rf"\b(?:{ihc})\b"),
        frozenset(words["serum"]),
    )


@dataclass(frozen=True, slots=True)
class Hit:
    result: str
    forward: bool
    backward: bool
    first: int
    last: int


def find_hits(observed: Observed, tables: Tables) -> list[Hit]:
    """Result words of the text; of overlapping ones the longest, with both directions where both are known."""
    found: dict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for pattern, start, _ in tables.automaton.find_matches_as_indexes(observed.words.line, overlapping=True):
        first = observed.words.place(start)
        for value, forward, length in tables.rows[pattern]:
            found[first, first + length - 1].append((value, forward))
    hits: list[Hit] = []
    taken: set[int] = set()
    for (first, last), values in sorted(found.items(), key=lambda f: (f[0][0] - f[0][1], f[0][0])):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            if values[0][0] not in RESULTS:
                continue
            hits.append(Hit(values[0][0], any(f for _, f in values), any(not f for _, f in values), first, last))
    return sorted(hits, key=lambda h: h.first)


class Sentence:
    """One sentence with markers: places in the line, forms, lists of markers, result words."""

    def __init__(self, observed: Observed, items: list[Item], hits: list[Hit], tables: Tables) -> None:
        words = observed.words
        self.tables = tables
        self.items = items
        self.places = [(words.place_of(i.mention.first), words.place_of(i.mention.last)) for i in items]
        self._words = words
        self.hits = hits

    def _forms(self, low: int, high: int) -> list[str]:
        """The forms between two places of the line, both left out."""
        return [self._words.forms[i] for i in self._words.kept[low + 1 : high]]

    def lists(self) -> list[list[int]]:
        """Indexes of markers that stand in one list, parted by commas, ``et`` and such only."""
        glue = self.tables.glue
        groups: list[list[int]] = []
        for i in range(len(self.items)):
            if groups:
                gap = self._forms(self.places[i - 1][1], self.places[i][0])
                if (
                    not {";", "."} & set(gap)
                    and not self._marked(i - 1, i)
                    and (
                        (len(gap) <= 6 and all(g in glue or not g.isalpha() for g in gap)) or self._unknown_member(gap)
                    )
                ):
                    groups[-1].append(i)
                    continue
            groups.append([i])
        return groups

    def parted(self, group: list[int]) -> list[list[int]]:
        """``positif pour A et B, C, D négatifs``: a list between two results ends where ``et`` closes it."""
        first, last = self.places[group[0]][0], self.places[group[-1]][1]
        before = next((h for h in reversed(self.hits) if h.last < first), None)
        after = next((h for h in self.hits if h.first > last), None)
        if not (before and after and before.forward and after.backward and len(group) > 2) or self._leads(after):
            return [group]
        for n in range(1, len(group) - 1):
            left = self._forms(self.places[group[n - 1]][1], self.places[group[n]][0])
            right = self._forms(self.places[group[n]][1], self.places[group[n + 1]][0])
            if set(left) & _AND and right == [","]:
                return [group[: n + 1], group[n + 1 :]]
        return [group]

    def _unknown_member(self, gap: list[str]) -> bool:
        """Whether a gap holds one list member that the lexicon does not know: ``, facteur XIII,`` or ``(nucléaire) et``."""
        joins = (",", "/", "et", "y", "e", "and", "(")
        return 2 < len(gap) <= 7 and gap[0] in joins and gap[-1] in (*joins, ")") and not set(gap) & self.tables.breaks

    def _marked(self, left: int, right: int) -> bool:
        return any(self.places[left][1] < h.first < self.places[right][0] for h in self.hits)

    def _gap(self, low: int, high: int) -> list[str] | None:
        """Forms between two places, or None where a marker, a break or too many words lie there."""
        if high - low - 1 > GAP + 4 or any(low < a < high for a, _ in self.places):
            return None
        gap = self._forms(low, high)
        if sum(g.isalnum() for g in gap) > GAP or any(g in self.tables.breaks or g in ";" for g in gap):
            return None
        return gap

    def _leads(self, hit: Hit) -> bool:
        """Whether a result word is followed by markers of its own (``négatif pour CD34``)."""
        if not hit.forward:
            return False
        gap_ok = [a for a, _ in self.places if a > hit.last]
        if not gap_ok:
            return False
        gap = self._gap(hit.last, gap_ok[0])
        return gap is not None and len(gap) <= 5 and all(g in self.tables.glue or g in ":('" for g in gap)

    def result_of(self, group: list[int]) -> tuple[Hit, str] | None:
        """The result word that a list of markers belongs to, and the way in which it does."""
        first, last = self.places[group[0]][0], self.places[group[-1]][1]
        after = next((h for h in self.hits if h.first > last), None)
        before = next((h for h in reversed(self.hits) if h.last < first), None)
        gap_after = self._gap(last, after.first) if after else None
        gap_before = self._gap(before.last, first) if before else None
        strong = (
            before is not None
            and before.forward
            and gap_before is not None
            and all(g in self.tables.glue or not g.isalnum() for g in gap_before)
        )
        if (
            after
            and gap_after is not None
            and not (strong and "," in gap_after)
            and not self._leads(after)
            and (after.backward or not after.forward)
        ):
            light = all(g in self.tables.copula or g in self.tables.glue or not g.isalnum() for g in gap_after)
            if light and not (strong and len(gap_after) > 1):
                return after, "word after the list"
            if not strong and "," not in gap_after:
                return after, "word after the list"
        if strong and before:
            return before, "word before the list"
        near = gap_before is not None and (before is None or before.backward or _close(gap_before))
        if before and gap_before is not None and near and not ("," in gap_before and after and gap_after is not None):
            return before, "word before the list"
        if after and gap_after is not None and not self._leads(after):
            return after, "word after the list"
        return None


def _close(gap: list[str]) -> bool:
    """Whether a result word that only looks forward reaches over these words: few, or naming the markers' group."""
    return "," not in gap and (
        len(gap) <= 3 or any(g.startswith(("marqueur", "marcador", "marker", "anticorp")) for g in gap)
    )
