"""Which English name does a French, Spanish, Italian, Portuguese or Latin one look like?

Medical words are Greek and Latin cognates: *léiomyosarcome pléomorphe*, *leiomiosarcoma pleomórfico* and *pleomorphic
leiomyosarcoma* have one key. The table of a language gives its words English endings (*-ite* → *-itis*) and
translates those that are no cognates (*rein* → *kidney*); the English table then takes every word to a stem without
spelling variants, and synonyms to one of them (*renal* → *kidney*). Order of words and articles do not count.

Tables are ``cognate_tables/<code>.tsv``: UTF-8, tab-separated, ``#`` starts a comment line. The first cell says what
a row is, the others what it holds:

``stop``    words left out, parted by blanks
``join``    words that are the beginning of the next one, however it is written, parted by blanks
``spell``   a regular expression, and what replaces it; in the order of the rows
``ending``  step, suffix, what it becomes, shortest word: the longest suffix of a step that fits is replaced.
            Step 1 is done before the spelling
``word``    names of one or more words parted by ``|``, and the English words that say the same
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import TableError, UsageError
from kg.reading.tables import Row, forms, read_rows
from kg.reading.text import fold

_FOLDER = Path(__file__).parent / "cognate_tables"
_PIVOT = "en"
_APOSTROPHES = str.maketrans("’ʼ‘´`ʹ′", "'" * 7)
_POSSESSIVE = re.compile(r"'s\b|s'(?=\s|$)")
_LINKING = re.compile(r"(?<=\wo)[-‐‑](?=\w)")  # gastro-intestinal is gastrointestinal
_WORD = re.compile(r"[^\W\d_]+|\d+")
_GENDER = "aeo"  # what tells blanco from blanca and élevé from élevée at the end of a word

NEAR = 0.75
"""Stems less alike than this have nothing to do with each other."""

Ending = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Table:
    """What the rows of one language say."""

    stop: frozenset[str]
    join: frozenset[str]
    spell: tuple[tuple[re.Pattern[str], str], ...]
    endings: tuple[tuple[Ending, ...], ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a table: forms of their words → stems of the English words that say the same.

    ``reach`` maps the first form of a name to the number of words of the longest name that begins so.
    """

    found: dict[tuple[str, ...], tuple[str, ...]]
    reach: dict[str, int]

    def replace(self, forms: Sequence[str], stems: Sequence[str]) -> list[str]:
        """``stems``, where ``forms`` has no name from left to right, the longest first."""
        out: list[str] = []
        at = 0
        while at < len(forms):
            for length in range(min(self.reach.get(forms[at], 0), len(forms) - at), 0, -1):
                english = self.found.get(tuple(forms[at : at + length]))
                if english is not None:
                    out += english
                    at += length
                    break
            else:
                out.append(stems[at])
                at += 1
        return out


@dataclass(frozen=True, slots=True)
class _Reader:
    """What one language needs: ``form`` is what its names are compared by, ``stem`` an English-like stem."""

    stop: frozenset[str]
    form: Callable[[str], str]
    stem: Callable[[str], str]
    names: _Names


def cognate_languages() -> list[str]:
    """The languages that have a table."""
    return sorted(path.stem for path in _FOLDER.glob("*.tsv"))


def _ending(row: Row, where: str) -> tuple[int, Ending]:
    _, step, suffix, becomes, shortest = row
    if not (step.isdigit() and suffix and shortest.isdigit()):
        raise TableError(f"{where}: an ending is: step, suffix, what it becomes, shortest word")
    return int(step), (suffix, becomes, int(shortest))


def read_table(path: Path) -> _Table:
    """The rows of one table; ``TableError`` names file and line of the first malformed one."""
    stop: set[str] = set()
    join: set[str] = set()
    spell: list[tuple[re.Pattern[str], str]] = []
    steps: dict[int, list[Ending]] = {}
    words: list[tuple[str, str]] = []
    for row, where in read_rows(path, 5):
        match row[0]:
            case "stop":
                stop.update(row[1].split())
            case "join":
                join.update(row[1].split())
            case "spell":
                spell.append((_pattern(row[1], where), row[2]))
            case "ending":
                step, ending = _ending(row, where)
                steps.setdefault(step, []).append(ending)
            case "word" if row[1] and row[2]:
                words += [(form, row[2]) for form in forms(row[1])]
            case _:
                raise TableError(f"{where}: a row is stop, join, spell, ending, or word with a name and English words")
    longest_first = tuple(tuple(sorted(steps[s], key=lambda e: -len(e[0]))) for s in sorted(steps))
    return _Table(frozenset(stop), frozenset(join), tuple(spell), longest_first, tuple(words))


def _pattern(cell: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(cell)
    except re.error as error:
        raise TableError(f"{where}: not a regular expression: {error}") from None


def _replaced(word: str, endings: Iterable[Ending]) -> str:
    for suffix, becomes, shortest in endings:
        if len(word) >= shortest and word.endswith(suffix):
            return word[: len(word) - len(suffix)] + becomes
    return word


def _stemmer(table: _Table) -> Callable[[str], str]:
    """A function of one word, in the order: first endings, spelling, the other endings."""

    @cache
    def stem(word: str) -> str:
        for endings in table.endings[:1]:
            word = _replaced(word, endings)
        for pattern, becomes in table.spell:
            word = pattern.sub(becomes, word)
        for endings in table.endings[1:]:
            word = _replaced(word, endings)
        return word

    return stem


def _words(text: str, stop: Collection[str]) -> list[str]:
    """The words of a name in lower case with their accents, without ``stop``."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_APOSTROPHES)
    parts = _WORD.findall(_LINKING.sub("", _POSSESSIVE.sub("", plain)))
    return [part for part in parts if part not in stop]


def _joined(stems: Iterable[str], join: Collection[str]) -> list[str]:
    found: list[str] = []
    start = ""
    for stem in stems:
        if stem in join:
            start += stem
        else:
            found.append(start + stem)
            start = ""
    return [*found, start] if start else found


@cache
def _table(language: str) -> _Table:
    if language not in cognate_languages():
        raise UsageError(f"no table of cognates for {language!r}: there are {', '.join(cognate_languages())}")
    return read_table(_FOLDER / f"{language}.tsv")


@cache
def _english_stem() -> Callable[[str], str]:
    stem = _stemmer(_table(_PIVOT))
    return lambda word: stem(fold(word))


def _names(table: _Table, form: Callable[[str], str]) -> _Names:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    reach: dict[str, int] = {}
    stem, stop = _english_stem(), _table(_PIVOT).stop
    for name, english in table.words:
        forms = tuple(form(word) for word in _words(name, table.stop))
        found.setdefault(forms, tuple(stem(word) for word in _words(english, stop)))
        reach[forms[0]] = max(len(forms), reach.get(forms[0], 0))
    return _Names(found, reach)


@cache
def _synonyms() -> _Names:
    return _names(_table(_PIVOT), _english_stem())


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(map(_english_stem(), _table(_PIVOT).join))


@cache
def _reader(language: str) -> _Reader:
    table, english = _table(language), _english_stem()
    if language == _PIVOT:
        return _Reader(table.stop, english, english, _Names({}, {}))
    respell = _stemmer(table)

    @cache
    def form(word: str) -> str:
        return fold(_replaced(word, table.endings[0])).rstrip(_GENDER) or word

    return _Reader(table.stop, form, lambda word: english(respell(word)), _names(table, form))


def key_tokens(text: str, language: str) -> tuple[str, ...]:
    """The language-neutral stems of a medical name, sorted, each once; ``()`` where nothing but stop words is left.

    ``UsageError`` where ``language`` has no table.

    >>> key_tokens("Léiomyosarcome pléomorphe du rein", "fr")
    ('cidnei', 'leiomiosarcom', 'pleomorf')
    """
    reader = _reader(language)
    words = _words(text, reader.stop)
    stems = reader.names.replace([reader.form(w) for w in words], [reader.stem(w) for w in words])
    return tuple(sorted(set(_joined(_synonyms().replace(stems, stems), _prefixes()))))


def cognate_key(text: str, language: str) -> str:
    """The stems of ``key_tokens`` parted by blanks: equal for names that say the same in two languages.

    >>> cognate_key("leiomiosarcoma pleomórfico", "es") == cognate_key("Pleomorphic leiomyosarcoma", "en")
    True
    """
    return " ".join(key_tokens(text, language))


def near(a: str, b: str) -> float:
    """How alike two stems are, from 0 to 1: one less the share of letters to change; 0 below ``NEAR``.

    Stems of up to four letters are alike only where they are the same, and the first letter must agree.
    """
    if a == b:
        return 1.0
    longer = max(len(a), len(b))
    allowed = int(longer * (1 - NEAR))
    if min(len(a), len(b)) < 5 or a[0] != b[0] or abs(len(a) - len(b)) > allowed or not a.isalpha():
        return 0.0
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            diagonal, row[j] = row[j], min(diagonal + (letter != other), row[j] + 1, row[j - 1] + 1)
        if min(row) > allowed:
            return 0.0
    return 1 - row[-1] / longer if row[-1] <= allowed else 0.0


def likeness(query: Sequence[str], term: Sequence[str], weight: Callable[[str], float]) -> float:
    """How much two names share, from 0 to 1: the weight of their common stems over that of all their stems.

    ``weight`` is the inverse document frequency of a stem in the index, and that of the rarest for unknown stems. A
    stem of ``query`` that ``term`` lacks counts by its nearest one, if any is ``near``.
    """
    total = sum(map(weight, query)) + sum(map(weight, term))
    shared = 0.0
    for stem in query:
        other, alike = stem, 1.0
        if stem not in term:
            alike, other = max(((near(stem, t), t) for t in term), default=(0.0, ""))
        if alike:
            shared += alike**2 * (weight(stem) + weight(other))
    return min(1.0, shared / total) if total else 0.0
