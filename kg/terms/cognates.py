"""Which English name does a French, Spanish, Italian, Portuguese or Latin one look like?

Medical words are Greek and Latin cognates: *léiomyosarcome pléomorphe*, *leiomiosarcoma pleomórfico* and *pleomorphic
leiomyosarcoma* have one key. The table of a language gives its words English endings (*-ite* → *-itis*) and
translates those that are no cognates (*rein* → *kidney*); the English table then takes every word to a stem without
spelling variants, and synonyms to one of them (*renal* → *kidney*). Articles and the order of words do not count. The
layout of the tables is that of ``cognate_rows``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log
from pathlib import Path

from kg.errors import TableError, UsageError
from kg.reading.text import fold
from kg.terms.cognate_rows import REMEMBERED, Table, read_table, replaced, stemmer

_FOLDER = Path(__file__).parent / "cognate_tables"
_PIVOT = "en"
_APOSTROPHES = str.maketrans("’ʼ‘´`ʹ′", "'" * 7)
_POSSESSIVE = re.compile(r"'s\b|s'(?=\s|$)")
_LINKING = re.compile(r"(?<=\wo)[-‐‑](?=\w)")  # gastro-intestinal is gastrointestinal
_WORD = re.compile(r"[^\W\d_]+|\d+")
_GENDER = re.compile(r"(?<=\w{3})[aeo]$")  # blanco and blanca, élevé and élevée are one word

NEAR = 0.75
"""Stems less alike than this have nothing to do with each other."""

ACCEPT = 0.70
"""The least likeness of a translation, chosen on the learning halves of the label sets (``benchmarks/cognates.py``).

It holds where the index has the concept. Where it has not, half of the labels are as like to one of its kin.
"""

SURE = 0.90
"""From here on, at most one label in ten whose concept the index lacks is as like to one of its kin."""


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a table: forms of their words → stems of the English words that say the same.

    ``reach`` maps the first form of a name to the number of words of the longest name that begins so.
    """

    found: dict[tuple[str, ...], tuple[str, ...]]
    reach: dict[str, int]

    def parts(self, forms: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...] | None]]:
        """First and last of each part of ``forms`` from left to right with the English stems that say the same.

        A part is a name, the longest first, or a single form of which nothing is known (None).
        """
        at = 0
        while at < len(forms):
            for length in range(min(self.reach.get(forms[at], 0), len(forms) - at), 0, -1):
                english = self.found.get(tuple(forms[at : at + length]))
                if english is not None:
                    yield at, at + length - 1, english
                    at += length
                    break
            else:
                yield at, at, None
                at += 1


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


def _words(text: str, stop: Collection[str]) -> list[str]:
    """The words of a name in lower case with their accents, without ``stop``."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_APOSTROPHES)
    parts = _WORD.findall(_LINKING.sub("", _POSSESSIVE.sub("", plain)))
    return [part for part in parts if part not in stop]


@cache
def _table(language: str) -> Table:
    if language not in cognate_languages():
        raise UsageError(f"no table of cognates for {language!r}: there are {', '.join(cognate_languages())}")
    return read_table(_FOLDER / f"{language}.tsv")


@cache
def _english_stem() -> Callable[[str], str]:
    stem = stemmer(_table(_PIVOT))
    return lambda word: stem(fold(word))


def _names(table: Table, form: Callable[[str], str]) -> _Names:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    reach: dict[str, int] = {}
    stem, stop = _english_stem(), _table(_PIVOT).stop
    for name, english, where in table.words:
        forms = tuple(form(word) for word in _words(name, table.stop))
        if not forms:
            raise TableError(f"{where}: a name has nothing but stop words")
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
    respell = stemmer(table)

    @lru_cache(maxsize=REMEMBERED)
    def form(word: str) -> str:
        return fold(_GENDER.sub("", replaced(word, table.endings[0])))

    return _Reader(table.stop, form, lambda word: english(respell(word)), _names(table, form))


def key_tokens(text: str, language: str) -> tuple[str, ...]:
    """The language-neutral stems of a medical name, sorted, each once; ``()`` where nothing but stop words is left.

    ``UsageError`` where ``language`` has no table.

    >>> key_tokens("Léiomyosarcome pléomorphe du rein", "fr")
    ('cidne', 'leiomiosarcom', 'pleomorf')
    """
    spelling = spelling_of(language)
    return tuple(sorted({stem for stem, _, _ in spelling.stems(_words(text, spelling.stop))}))


def cognate_key(text: str, language: str) -> str:
    """The stems of ``key_tokens`` parted by blanks: equal for names that say the same in two languages.

    >>> cognate_key("leiomiosarcoma pleomórfico", "es") == cognate_key("Pleomorphic leiomyosarcoma", "en")
    True
    """
    return " ".join(key_tokens(text, language))


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language's words become stems where their places count; ``stop`` are the words left out."""

    stop: frozenset[str]
    _reader: _Reader
    _word: Callable[[str], tuple[str, str, bool]]
    """A word's form and stem, and whether names or prefixes may begin with it."""

    def stems(self, words: Sequence[str]) -> list[tuple[str, int, int]]:
        """The stems of words without stop words, each with the first and the last of its words."""
        known = [self._word(word) for word in words]
        if not any(special for _, _, special in known):
            return [(stem, at, at) for at, (_, stem, _) in enumerate(known)]
        parts = [
            (stem, first, last)
            for first, last, english in self._reader.names.parts([form for form, _, _ in known])
            for stem in ((known[first][1],) if english is None else english)
        ]
        found: list[tuple[str, int, int]] = []
        start: tuple[str, int] | None = None
        for first, last, english in _synonyms().parts([stem for stem, _, _ in parts]):
            for stem in parts[first][:1] if english is None else english:
                before, begin = start or ("", parts[first][1])
                start = (before + stem, begin) if stem in _prefixes() else None
                if start is None:
                    found.append((before + stem, begin, parts[last][2]))
        return found + ([(*start, len(words) - 1)] if start else [])


@cache
def spelling_of(language: str) -> Spelling:
    """The spelling of a language that has a table of cognates; ``UsageError`` for others."""
    reader, synonyms, prefixes = _reader(language), _synonyms(), _prefixes()

    @lru_cache(maxsize=REMEMBERED)
    def word(text: str) -> tuple[str, str, bool]:
        form, stem = reader.form(text), reader.stem(text)
        return form, stem, form in reader.names.reach or stem in synonyms.reach or stem in prefixes

    return Spelling(reader.stop, reader, word)


@cache
def _opposites() -> dict[str, int]:
    """Stems that exclude each other, by the number of their row."""
    rows = enumerate(_table(_PIVOT).apart, 1)
    return {stem: number for number, words in rows for word in words for stem in key_tokens(word, _PIVOT)}


def _sides(key: Iterable[str]) -> dict[int, set[str]]:
    """The stems of a key that exclude others, by their row; all numbers are one row."""
    sides: dict[int, set[str]] = {}
    rows = _opposites()
    for stem in key:
        number = 0 if stem.isdigit() else rows.get(stem)
        if number is not None:
            sides.setdefault(number, set()).add(stem)
    return sides


def contrary(query: Iterable[str], term: Iterable[str]) -> bool:
    """True where one name says left and the other right, benign and malignant, 2 and 3, and neither says both."""
    sides = _sides(query)
    return bool(sides) and any(not stems & sides.get(row, stems) for row, stems in _sides(term).items())


@lru_cache(maxsize=4096)
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


def weight(holders: int, names: int) -> float:
    """What a stem counts that ``holders`` of the ``names`` of an index have; ``holders`` is 1 for an unknown stem."""
    return log(1 + names / holders)


def likeness(query: Sequence[str], term: Sequence[str], weights: Mapping[str, float], unknown: float) -> float:
    """How much two names share, from 0 to 1: the weight of their common stems over that of all their stems.

    ``weights`` are those of the index's stems, ``unknown`` that of all others. A stem of ``query`` that no name of the
    index has counts by the nearest one of ``term``. What is ``contrary`` scores 0, and a name that scores less than
    ``ACCEPT`` is no translation.
    """
    total = sum(weights.get(stem, unknown) for stem in query) + sum(weights.get(stem, unknown) for stem in term)
    shared = 0.0
    for stem in query:
        if stem in term:
            shared += 2 * weights.get(stem, unknown)
        elif stem not in weights:
            alike, other = max((near(stem, t), t) for t in term) if term else (0.0, "")
            shared += alike**2 * (unknown + weights.get(other, unknown)) if alike else 0.0
    return min(1.0, shared / total) if shared and not contrary(query, term) else 0.0


def needed(query: Sequence[str], weights: Mapping[str, float], unknown: float, least: float = ACCEPT) -> list[str]:
    """The rarest stems of ``query``: a name that scores ``least`` or more has one of them, or one that is near.

    Names that share only the other stems, those that thousands have, need not be looked at.
    """
    rarest_first = sorted(query, key=lambda stem: (-weights.get(stem, unknown), stem))
    left = total = sum(weights.get(stem, unknown) for stem in query)
    found: list[str] = []
    for stem in rarest_first:
        if 2 * left < least * (total + left):
            break
        found.append(stem)
        left -= weights.get(stem, unknown)
    return found
