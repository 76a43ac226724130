"""Which words tell a marker's result, and where do they stand in the text? Rows of ``languages/<code>/results.tsv``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from kg.errors import TableError
from kg.reading.tables import Forms, Language, by_role
from kg.reading.text import Words, key_of, pattern_of

RESULTS = ("Positive", "Negative", "Weak", "Focal", "Equivocal")
_TOLD = ("result", "forward", "neutral", "untold")
UNTOLD = "-"
"""The result of a marker whose result the text says is not known."""
_ROLES = frozenset((*_TOLD, "copula", "glue", "break", "ihc", "serum", "serology", "and", "or", "inside", "group",
                    "figure", "figure-to", "mutated", "mutated-in", "mutated-after", "gene-test", "level",
                    "score"))  # fmt: skip


@cache
def result_forms(language: Language) -> Forms:
    """The forms of ``results.tsv`` by role and value; only ``result`` and ``forward`` rows have a value, a result."""
    rows = list(language.table("results", 3))
    for (role, value, _), where in rows:
        if role in ("result", "forward") and value not in RESULTS:
            raise TableError(f"{where}: {value!r} is no result: {', '.join(RESULTS)}")
    return by_role(rows, _ROLES)


@dataclass(frozen=True, slots=True)
class Tables:
    """The result words as an automaton over stems (``rows[i]``: result, forward, length), and the words around them."""

    automaton: ahocorasick_rs.AhoCorasick
    rows: tuple[tuple[tuple[str, bool, int], ...], ...]
    glue: frozenset[str]
    copula: frozenset[str]
    breaks: frozenset[str]
    conjunctions: frozenset[str]
    group: re.Pattern[str]
    ihc: re.Pattern[str]
    serum: frozenset[str]
    serology: re.Pattern[str]


@cache
def result_tables(language: Language) -> Tables:
    """The result words of a language, and the words that may stand between them and their markers."""
    return compiled(result_forms(language), language)


def compiled(words: Forms, language: Language) -> Tables:
    """Forms by role and value, ready to be looked for."""
    rows: dict[str, list[tuple[str, bool, int]]] = defaultdict(list)
    for (role, value), forms in words.items():
        for key in filter(None, (key_of(form, language) for form in forms if role in _TOLD)):
            rows[key].append((role if role == "neutral" else value, role == "forward", len(key.split())))
    glue, copula, breaks, joins, serum = (
        frozenset(words[role, "-"]) for role in ("glue", "copula", "break", "and", "serum")
    )
    group, ihc, serology = (re.compile(pattern_of(words[role, "-"])) for role in ("group", "ihc", "serology"))
    automaton = ahocorasick_rs.AhoCorasick([f" {key} " for key in rows])
    return Tables(automaton, tuple(map(tuple, rows.values())), glue, copula, breaks, joins, group, ihc, serum, serology)


@dataclass(frozen=True, slots=True)
class Hit:
    """A result word in the text: whether it looks forward or backward for its markers, its first and last place."""

    result: str
    forward: bool
    backward: bool
    first: int
    last: int


def find_hits(words: Words, tables: Tables) -> list[Hit]:
    """Result words of the text; of overlapping ones the longest, with both directions where both are known."""
    found: dict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for pattern, start, _ in tables.automaton.find_matches_as_indexes(words.line, overlapping=True):
        first = words.place(start)
        for value, forward, length in tables.rows[pattern]:
            found[first, first + length - 1].append((value, forward))
    hits: list[Hit] = []
    taken: set[int] = set()
    for (first, last), values in sorted(found.items(), key=lambda f: (f[0][0] - f[0][1], f[0][0])):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            if values[0][0] in (*RESULTS, UNTOLD):
                hits.append(Hit(values[0][0], any(f for _, f in values), any(not f for _, f in values), first, last))
    return sorted(hits, key=lambda h: h.first)
