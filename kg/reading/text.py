"""What are the words, and where do they stand in the original text?

Folding makes texts comparable (case, accents, ligatures, quotes, hyphens, invisible characters) and keeps the way
back: every span handed out is in code points of the original text, and ``text[start:end]`` is the mention.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from kg.model import Span

if TYPE_CHECKING:
    from kg.reading.tables import Language

# Characters whose folded form is not one character: ligatures, letters of names such as 34βE12, invisible marks.
_LONGER = {
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ß": "ss",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda",
    "Α": "alpha", "Β": "beta", "Γ": "gamma", "Δ": "delta", "…": "...",
}  # fmt: skip
_GONE = "".join(map(chr, range(0x300, 0x370))) + "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_LENGTH_CHANGES = re.compile(f"[{''.join(_LONGER)}{_GONE}]")
_SAME = {
    **dict.fromkeys("’ʼ‘´`ʹ′", "'"), **dict.fromkeys("«»“”„″", '"'), **dict.fromkeys("‐‑‒–—−", "-"),
    "×": "x", "µ": "u", "μ": "u", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "º": "o", "ª": "a", "•": "-", "·": "-",
}  # fmt: skip


class _Fold(dict[int, str]):
    """A translation table that works a character out when it first meets it."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)).lower()
        self[code] = plain if len(plain) == 1 else char.lower() if len(char.lower()) == 1 else char
        return self[code]


_TABLE = _Fold({ord(c): "" for c in _GONE} | {ord(c): t for c, t in (_LONGER | _SAME).items()})
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


def fold(text: str) -> str:
    """``text`` in lower case without accents, ligatures or invisible characters.

    >>> fold("L’Œdème HÉPATIQUE")
    "l'oedeme hepatique"
    """
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Words:
    """A text as folded words with the way back to the original.

    ``starts``/``ends`` are offsets into ``folded``; ``forms`` the folded words and punctuation marks there.
    ``line`` is what dictionaries match on: the stems of the words that count, each between single spaces;
    ``kept[i]`` is the index in ``forms`` of the line's i-th stem and ``offsets[i]`` where the space before it stands.
    ``origin`` maps offsets of ``folded`` to ``text``; ``None`` where they are the same.
    """

    text: str
    folded: str
    starts: list[int]
    ends: list[int]
    forms: list[str]
    stems: list[str]
    line: str
    kept: list[int]
    offsets: list[int]
    origin: list[int] | None
    numbers: list[int]
    """Indexes of the words that are numbers."""

    def offset(self, index: int) -> int:
        """Where a word starts in the original text."""
        return self.starts[index] if self.origin is None else self.origin[self.starts[index]]

    def span(self, first: int, last: int) -> Span:
        """The original span from word ``first`` to word ``last``, inclusive."""
        return self.span_of(self.starts[first], self.ends[last])

    def span_of(self, start: int, end: int) -> Span:
        """The original span of ``folded[start:end]``."""
        if self.origin is None:
            return Span(start, end)
        text, stop = self.text, self.origin[end - 1] + 1
        while stop < len(text) and unicodedata.combining(text[stop]):
            stop += 1
        return Span(self.origin[start], stop)

    def at(self, offset: int) -> int:
        """The index of the word that holds or follows the original ``offset``."""
        if self.origin is not None:
            offset = bisect.bisect_left(self.origin, offset)
        return bisect.bisect_right(self.ends, offset)

    def key(self, first: int, last: int) -> str:
        """The stems that count from word ``first`` to word ``last``, parted by blanks: the normal form of a name."""
        low, high = self.place_of(first), self.place_of(last)
        return self.line[self.offsets[low] + 1 : self.offsets[high + 1]]

    def place_of(self, index: int) -> int:
        """The place in ``kept`` of the word ``index`` (or of the next one that is kept)."""
        return bisect.bisect_left(self.kept, index)

    def place(self, position: int) -> int:
        """The index in ``kept`` of the stem before which ``position`` of the line stands."""
        return bisect.bisect_left(self.offsets, position)


def _origin(text: str, folded: str) -> list[int] | None:
    """Offsets of the original for every offset of the folded text, or None where nothing moved."""
    origin: list[int] = []
    done = 0
    for match in _LENGTH_CHANGES.finditer(text):
        origin.extend(range(done, match.start()))
        origin.extend([match.start()] * len(_LONGER.get(match[0], "")))
        done = match.end()
    if not done:
        return None
    origin.extend(range(done, len(text) + 1))
    assert len(origin) == len(folded) + 1
    return origin


def _counts(forms: list[str], starts: list[int], ends: list[int], language: Language) -> list[int]:
    """Indexes of the words that dictionaries match on.

    Left out: articles and such between words, elided letters, and marks that stand glued inside a name (HMB-45).
    """
    kept, skipped, elided = [], language.skipped, language.elided
    last = len(forms) - 1
    for i, form in enumerate(forms):
        if form.isalnum():
            if form in skipped:
                continue
            if form in elided and i < last and forms[i + 1] == "'":
                continue
            if form == "s" and i and forms[i - 1] == "'":
                continue
        elif form in "-/'." and 0 < i < last and starts[i] == ends[i - 1] and starts[i + 1] == ends[i]:
            if form != "." or (len(forms[i - 1]) <= 2 and len(forms[i + 1]) <= 2) or forms[i + 1].isdigit():
                continue
        elif form in "'\"":
            continue
        kept.append(i)
    return kept


def _tokens(folded: str) -> tuple[list[int], list[int], list[str]]:
    """Starts, ends and forms of the words and marks of a folded text."""
    spans = [match.span() for match in _WORD.finditer(folded)]
    return [a for a, _ in spans], [b for _, b in spans], [folded[a:b] for a, b in spans]


def split_words(text: str, language: Language) -> Words:
    """The words of ``text``, folded and stemmed by the tables of ``language``."""
    folded = fold(text)
    starts, ends, forms = _tokens(folded)
    known = language.stems
    stems = [known[form] for form in forms]
    kept = _counts(forms, starts, ends, language)
    line_stems = [stems[i] for i in kept]
    offsets = list(accumulate((len(s) + 1 for s in line_stems), initial=0))
    line = " " + " ".join(line_stems) + " "
    numbers = [i for i, form in enumerate(forms) if form[0] in "0123456789"]
    return Words(text, folded, starts, ends, forms, stems, line, kept, offsets, _origin(text, folded), numbers)


def key_of(surface: str, language: Language) -> str:
    """The normal form of a name: its stems as they stand in a line, without the outer spaces.

    >>> from kg.reading.tables import load_language
    >>> key_of("Métastases hépatiques", load_language("fr"))
    'metastas hepatiqu'
    """
    starts, ends, forms = _tokens(fold(surface))
    return " ".join([language.stems[forms[i]] for i in _counts(forms, starts, ends, language)])


def accents(text: str) -> str:
    """The accents of a text in order, to tell ``côte`` from ``côté`` where folding makes them one."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.combining(c))


def joined(parts: Iterable[str]) -> str:
    """Stems as a piece of a line, between spaces."""
    return " " + " ".join(parts) + " "


_NEVER = "(?!)"


def alternatives(cells: Iterable[str], blank: str = r"\s+") -> str:
    """A pattern of folded forms, the longest first, without word borders; ``blank`` is what a blank stands for.

    Without any form it never matches.

    >>> alternatives(["j", "par jour"])
    'par\\\\s+jour|j'
    """
    folded = sorted({fold(cell) for cell in cells}, key=lambda form: (-len(form), form))
    return "|".join(re.escape(form).replace(r"\ ", blank) for form in folded) or _NEVER


def pattern_of(cells: Iterable[str]) -> str:
    """A pattern of folded forms, the longest first; ``*`` stands for the rest of a word, or alone for one word.

    Without any form it never matches.

    >>> pattern_of(["traité*", "per os"])
    '\\\\b(?:traite\\\\w*|per\\\\s+os\\\\b)'
    """
    words: list[str] = []
    others: list[str] = []
    for form in sorted(cells, key=lambda f: (-len(f), f)):
        escaped = re.escape(fold(form)).replace(r"\ \*\ ", r" \S+ ").replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
        (words if form[0].isalnum() else others).append(escaped + (r"\b" if form[-1].isalnum() else ""))
    parts = [*([rf"\b(?:{'|'.join(words)})"] if words else []), *others]  # one border before all: branches fail fast
    return "|".join(parts) or _NEVER
