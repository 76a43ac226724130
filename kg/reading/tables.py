"""Which words does a language use? Tables in ``languages/<code>/*.tsv``, read once, row by row.

A table is UTF-8, tab-separated; ``#`` starts a comment line. A malformed row is a ``TableError`` with file and line.
A new language is a new folder: no Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import TableError, UsageError
from kg.resources import languages

Row = tuple[str, ...]


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
    elided: frozenset[str]
    abbreviations: frozenset[str]
    real: frozenset[str]
    """Stems of words that are never read as typing errors."""
    between_sites: frozenset[str]
    """Words that may stand between a finding and its site."""
    stems: _Stems = field(repr=False, compare=False)

    def stem(self, word: str) -> str:
        """A folded word without its plural and gender endings."""
        return self.stems[word]

    def table(self, name: str, width: int) -> Iterator[tuple[Row, str]]:
        """The rows of one of this language's tables."""
        return read_rows(self.folder / f"{name}.tsv", width)


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


@cache
def load_language(code: str) -> Language:
    """The tables of a language; ``UsageError`` names the languages there are."""
    if code not in language_codes():
        raise UsageError(f"unknown language {code!r}: there are {', '.join(language_codes())}, or auto")
    folder = languages() / code
    words = {role: frozenset(cell.split()) for (role, cell), _ in read_rows(folder / "words.tsv", 2)}
    none: frozenset[str] = frozenset()
    stems = _stem_rules(folder, words.get("unstemmed", none))
    return Language(
        code,
        folder,
        skipped=words.get("skipped", none),
        elided=words.get("elided", none),
        abbreviations=words.get("abbreviations", none),
        real=frozenset(stems[w] for w in words.get("real", none)),
        between_sites=words.get("between-sites", none),
        stems=stems,
    )
