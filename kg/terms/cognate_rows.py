"""What do the tables of cognates say? Their rows, read and checked, and the words that their rules make.

Tables are ``cognate_tables/<code>.tsv``: UTF-8, tab-separated, ``#`` starts a comment line. The first cell says what
a row is, the others what it holds:

``stop``    words left out, parted by blanks
``join``    words that are the beginning of the next one, however it is written, parted by blanks
``spell``   a regular expression, and what replaces it; in the order of the rows
``ending``  step, suffix, what it becomes, shortest word: the longest suffix of a step that fits is replaced.
            Step 1 is done before the spelling
``apart``   words parted by blanks, of which a name and its translation can't have different ones
``word``    names of one or more words parted by ``|``, and the English words that say the same
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg.errors import TableError
from kg.reading.tables import Row, forms, read_rows

REMEMBERED = 1 << 16
"""Words whose stems are kept, so that a corpus does not fill the memory."""

Ending = tuple[str, str, int]
"""A suffix, what it becomes, and the letters of the shortest word."""


@dataclass(frozen=True, slots=True)
class Table:
    """What the rows of one language say."""

    stop: frozenset[str]
    join: frozenset[str]
    spell: tuple[tuple[re.Pattern[str], str], ...]
    endings: tuple[tuple[Ending, ...], ...]
    apart: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, str, str], ...]
    """Name, English words, and ``file:line``."""


def _ending(row: Row, where: str) -> tuple[int, Ending]:
    _, step, suffix, becomes, shortest = row
    if not (step.isdigit() and suffix and shortest.isdigit()):
        raise TableError(f"{where}: an ending is: step, suffix, what it becomes, shortest word")
    return int(step), (suffix, becomes, int(shortest))


def read_table(path: Path) -> Table:
    """The rows of one table; ``TableError`` names file and line of the first malformed one."""
    stop: set[str] = set()
    join: set[str] = set()
    spell: list[tuple[re.Pattern[str], str]] = []
    steps: dict[int, list[Ending]] = {}
    apart: list[tuple[str, ...]] = []
    words: list[tuple[str, str, str]] = []
    for row, where in read_rows(path, 5):
        match row[0]:
            case "stop":
                stop.update(row[1].split())
            case "join":
                join.update(row[1].split())
            case "apart":
                apart.append(tuple(row[1].split()))
            case "spell":
                spell.append((_pattern(row[1], where), row[2]))
            case "ending":
                step, ending = _ending(row, where)
                steps.setdefault(step, []).append(ending)
            case "word" if row[1] and row[2]:
                words += [(form, row[2], where) for form in forms(row[1])]
            case _:
                raise TableError(f"{where}: a row is stop, join, apart, spell, ending, or word with name and English")
    longest_first = tuple(tuple(sorted(steps[s], key=lambda e: -len(e[0]))) for s in sorted(steps))
    return Table(frozenset(stop), frozenset(join), tuple(spell), longest_first, tuple(apart), tuple(words))


def _pattern(cell: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(cell)
    except re.error as error:
        raise TableError(f"{where}: not a regular expression: {error}") from None


def replaced(word: str, endings: Iterable[Ending]) -> str:
    """``word`` with the first suffix that fits replaced."""
    for suffix, becomes, shortest in endings:
        if len(word) >= shortest and word.endswith(suffix):
            return word[: len(word) - len(suffix)] + becomes
    return word


def stemmer(table: Table) -> Callable[[str], str]:
    """A function of one word, in the order: first endings, spelling, the other endings."""

    @lru_cache(maxsize=REMEMBERED)
    def stem(word: str) -> str:
        for endings in table.endings[:1]:
            word = replaced(word, endings)
        for pattern, becomes in table.spell:
            word = pattern.sub(becomes, word)
        for endings in table.endings[1:]:
            word = replaced(word, endings)
        return word

    return stem
