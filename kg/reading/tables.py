"""Which words does a language use? Tables in ``languages/<code>/*.tsv``, read once, row by row.

A table is UTF-8, tab-separated; ``#`` starts a comment line. A malformed row is a ``TableError`` with file and line.
A new language is a new folder: no Python. What all languages write alike stands beside the folders: ``units.tsv``,
``numbers.tsv``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import TableError, UsageError
from kg.reading.text import fold
from kg.resources import languages

Row = tuple[str, ...]
Forms = dict[tuple[str, ...], list[str]]
"""Folded forms by the cells that stand before them in their row."""


def read_rows(path: Path, width: int) -> Iterator[tuple[Row, str]]:
    """The rows of a table with ``file:line``; cells missing at the end are empty, more than ``width`` are an error."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{path.parent.name}/{path.name}:{number}"
        cells = tuple(cell.strip() for cell in line.split("\t"))
        if len(cells) > width:
            raise TableError(f"{where}: {len(cells)} cells instead of at most {width}, parted by tabs")
        yield cells + ("",) * (width - len(cells)), where


def forms(cell: str) -> list[str]:
    """The forms of a cell, parted by ``|``."""
    return [form.strip() for form in cell.split("|") if form.strip()]


def by_role(rows: Iterable[tuple[Row, str]], roles: Collection[str]) -> Forms:
    """The forms of all rows; ``TableError`` where the first cell is none of ``roles``."""
    found: Forms = defaultdict(list)
    for (*head, cell), where in rows:
        if head[0] not in roles:
            raise TableError(f"{where}: {head[0]!r} is no role of this table: {', '.join(sorted(roles))}")
        found[tuple(head)] += map(fold, forms(cell))
    return found


class _Stems(dict[str, str]):
    """Word → stem, worked out by the rules when a word is first met."""

    def __init__(self, rules: list[list[tuple[str, str, int]]], fixed: frozenset[str]) -> None:
        super().__init__()
        self._rules = rules
        self._fixed = fixed

    def __missing__(self, word: str) -> str:
        stem = word
        for step in self._rules:
            if stem in self._fixed:
                break
            for suffix, becomes, shortest in step:
                if len(stem) >= shortest and stem.endswith(suffix):
                    stem = stem[: len(stem) - len(suffix)] + becomes
                    break
        self[word] = stem
        return stem


@dataclass(frozen=True, slots=True)
class Language:
    """The tables that folding and splitting into words need. ``folder`` holds the other tables of the language."""

    code: str
    folder: Path
    skipped: frozenset[str]
    """Words that are left out between the words of a name."""
    elided: frozenset[str]
    """Letters that are dropped before an apostrophe."""
    abbreviations: frozenset[str]
    """Words whose full stop ends no sentence."""
    frequent: frozenset[str]
    """Function words by which the language is told."""
    real: frozenset[str]
    """Stems of words that are never read as typing errors."""
    plain: frozenset[str]
    """Stems of words that, alone, name no concept of a terminology."""
    joining: frozenset[str]
    """Words that don't count when the words of a name are compared as a set."""
    beside: tuple[str, ...]
    """Endings of stems, of adverbs and adjectives, that may stand between the words of a name."""
    inside: frozenset[str]
    """Stems of words of grade and pattern that may stand inside a tumour's name."""
    accented: frozenset[str]
    """Words that accents tell apart, also inside a longer name (``côte gauche``, ``côté gauche``)."""
    listing: frozenset[str]
    """Words between the members of a list."""
    adding: frozenset[str]
    """Those of ``listing`` that add a member to a list, without articles."""
    closing: frozenset[str]
    """Words before the last member of a list of what is absent: after them its commas don't end the negation."""
    enumerating: frozenset[str]
    """Words between the numerals of one name (``segments II et III``)."""
    between_sites: frozenset[str]
    """Words that may stand between a finding and its site."""
    site_first: int
    """At most so many words stand between a site and the tumour named after it; 0 where they touch."""
    away: frozenset[str]
    """Words before a length that make it a distance, where one of ``away_from`` follows it."""
    away_from: frozenset[str]
    stems: _Stems = field(repr=False, compare=False)

    def stem(self, word: str) -> str:
        """A folded word without its plural and gender endings."""
        return self.stems[word]

    def table(self, name: str, width: int) -> Iterator[tuple[Row, str]]:
        """The rows of one of this language's tables."""
        return read_rows(self.folder / f"{name}.tsv", width)

    def forms(self, name: str, width: int, roles: Collection[str]) -> Forms:
        """The forms of one of this language's tables, whose rows start with one of ``roles``."""
        return by_role(self.table(name, width), roles)


def language_codes() -> list[str]:
    """The languages that have a folder of tables."""
    return sorted(path.parent.name for path in languages().glob("*/stems.tsv"))


def _stem_rules(folder: Path, fixed: frozenset[str]) -> _Stems:
    steps: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for (step, suffix, becomes, shortest), where in read_rows(folder / "stems.tsv", 4):
        if not (step.isdigit() and suffix and shortest.isdigit()):
            raise TableError(f"{where}: a stem rule is: step, suffix, what it becomes, shortest word")
        steps[int(step)].append((suffix, becomes, int(shortest)))
    return _Stems([sorted(rules, key=lambda r: -len(r[0])) for _, rules in sorted(steps.items())], fixed)


_WORDS = ("skipped", "elided", "abbreviations", "frequent", "joining", "accented", "listing", "adding", "closing",
          "enumerating", "between-sites", "away", "away-from")  # fmt: skip
"""Rows of ``words.tsv`` that are sets of folded words; ``real``, ``plain``, ``inside`` are sets of stems."""


def _words(folder: Path) -> dict[str, tuple[str, ...]]:
    """The words of ``words.tsv`` by role, folded."""
    roles, found = (*_WORDS, "real", "plain", "beside", "inside", "unstemmed", "site-first"), {}
    for (role, cell), where in read_rows(folder / "words.tsv", 2):
        if role not in roles or role in found:
            raise TableError(f"{where}: a row is one of these, once: {', '.join(sorted(roles))}; then words")
        if role == "site-first" and not cell.isdigit():
            raise TableError(f"{where}: site-first is a number of words")
        found[role] = tuple(fold(cell).split())
    return {role: found.get(role, ()) for role in roles}


@cache
def load_language(code: str) -> Language:
    """The tables of a language; ``UsageError`` names the languages there are."""
    if code not in language_codes():
        raise UsageError(f"unknown language {code!r}: there are {', '.join(language_codes())}, or auto")
    folder = languages() / code
    words = _words(folder)
    stems = _stem_rules(folder, frozenset(words["unstemmed"]))
    sets = {role.replace("-", "_"): frozenset(words[role]) for role in _WORDS}
    stemmed = {role: frozenset(stems[word] for word in words[role]) for role in ("real", "plain", "inside")}
    site_first = int("".join(words["site-first"]) or 0)
    beside = words["beside"]
    return Language(code, folder, stems=stems, beside=beside, site_first=site_first, **stemmed, **sets)


@cache
def joining_words() -> frozenset[str]:
    """The words of all languages that join those of a name: names of other languages are looked for too."""
    return frozenset(word for code in language_codes() for word in load_language(code).joining)
