"""Which words of a text are cues of negation, doubt, another person or another time? Rows of ``cues.tsv``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from kg.errors import TableError
from kg.model import Certainty, Experiencer, Polarity, Temporality
from kg.reading.tables import Language, forms
from kg.reading.text import Words, key_of

AXES: dict[str, type[Polarity] | type[Certainty] | type[Experiencer] | type[Temporality]] = {
    "polarity": Polarity, "certainty": Certainty, "experiencer": Experiencer, "temporality": Temporality,
}  # fmt: skip
DIRECTIONS = ("pre", "post", "both", "final", "list")
ENDS = ("-", "experiencer", "polarity")
"""What an end row stops: every scope, also that of somebody else, or only a negation's and a doubt's to the right."""


@dataclass(frozen=True, slots=True)
class Row:
    """A cue: what it says of which axis, which way and how far it reaches, its length in words."""

    axis: str
    value: str
    direction: str
    reach: int
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A cue in the text: its row and its first and last place in the line."""

    row: Row
    first: int
    last: int


@cache
def _cues(language: Language) -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[Row, ...], ...]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for (axis, value, direction, reach, cell), where in language.table("cues", 5):
        if axis not in (*AXES, "pseudo", "end") or direction not in DIRECTIONS or not reach.isdigit():
            raise TableError(
                f"{where}: a cue row is: axis ({', '.join(AXES)}, pseudo, end), value, direction, reach, forms"
            )
        if axis == "end" and value not in ENDS:
            raise TableError(f"{where}: {value!r} is no value of end: {', '.join(ENDS)}")
        if axis in AXES and value not in set(AXES[axis]):
            raise TableError(f"{where}: {value!r} is no value of {axis}: {', '.join(AXES[axis])}")
        for form in forms(cell):
            key = key_of(form, language)
            if len(key) < 2 and key.isalnum() and axis != "end":
                raise TableError(f"{where}: {form!r} shrinks to {key!r}, which stands everywhere; leave it out")
            row = Row(axis, value, direction, int(reach), len(key.split()))
            if key and row not in rows[key]:
                rows[key].append(row)
    return ahocorasick_rs.AhoCorasick([f" {k} " for k in rows]), tuple(tuple(r) for r in rows.values())


def find_cues(words: Words, language: Language) -> list[Hit]:
    """The cues of a text in order; a cue inside a longer one of its axis, or inside a pseudo cue, is left out."""
    automaton, rows = _cues(language)
    hits = []
    for pattern, start, _ in automaton.find_matches_as_indexes(words.line, overlapping=True):
        first = words.place(start)
        hits += [Hit(row, first, first + row.length - 1) for row in rows[pattern]]
    hits.sort(key=lambda h: (h.first - h.last, h.first))
    taken: dict[str, set[int]] = defaultdict(set)
    kept: list[Hit] = []
    for hit in hits:
        covered = range(hit.first, hit.last + 1)
        group = "end" if hit.row.axis == "end" else hit.row.direction
        if taken["pseudo"].isdisjoint(covered) and (taken[group].isdisjoint(covered) or _same(kept, hit)):
            taken["pseudo" if hit.row.axis == "pseudo" else group].update(covered)
            kept.append(hit)
    kept = [h for h in kept if h.row.direction != "list" or not any(_covers(k, h) for k in kept)]
    return sorted((h for h in kept if h.row.axis != "pseudo"), key=lambda h: (h.first, h.last))


def _covers(longer: Hit, hit: Hit) -> bool:
    """Whether another cue goes on where one ends: ``étaient négatives pour`` is not ``étaient négatives``."""
    return longer.first <= hit.first and hit.last < longer.last


def _same(kept: list[Hit], hit: Hit) -> bool:
    """Whether the same words already are a cue of another axis or value (``éventuel`` before and after)."""
    return any(k.first == hit.first and k.last == hit.last for k in kept)
