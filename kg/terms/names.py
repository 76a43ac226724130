"""In which form is a name kept, and which names are not worth keeping? The same when an index is made and asked."""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path

from kg.reading.tables import Language, forms, language_codes, load_language, read_rows
from kg.reading.text import fold, key_of
from kg.resources import languages
from kg.terms import cognates

_COGNATES = Path(__file__).parent / "cognate_tables"
_CODE = tuple(Path(__file__).parent / f"{name}.py" for name in ("cognates", "cognate_rows"))
_FALLBACK = "en"
_ACRONYM = re.compile(r"[^\W_]{2,6}")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+\d?|[^\w\s]")
_SHORT_UNIT = 3
_ROMAN = re.compile(r"[IVX]+[a-c]?")


@cache
def reading_languages() -> tuple[str, ...]:
    """The languages whose rules make normal forms."""
    return tuple(language_codes())


@cache
def cognate_languages() -> tuple[str, ...]:
    """The languages that have a table of cognates."""
    return tuple(cognates.cognate_languages())


@cache
def tables_of(language: str) -> Language:
    """The reading tables of a language tag (``en-GB`` is ``en``); English ones where there are none."""
    code = language.partition("-")[0]
    return load_language(code if code in reading_languages() else _FALLBACK)


def form_of(name: str, language: str) -> str:
    """The normal form of a name, the same as in reading; ``""`` where it has none.

    >>> form_of("Métastases hépatiques", "fr") == form_of("métastase hépatique", "fr")
    True
    """
    return key_of(name, tables_of(language))


def tokens_of(name: str, language: str) -> tuple[str, ...]:
    """The language-neutral stems of a name, none for a language without a table of cognates."""
    code = language.partition("-")[0]
    return cognates.key_tokens(name, code) if code in cognate_languages() else ()


def is_acronym(name: str) -> bool:
    """True for one short word that is mostly capitals and digits (``GIST``, ``HER2``, ``DLBCL``).

    >>> [is_acronym(name) for name in ("GIST", "HER2", "PEComa", "Sarcoma", "T cell")]
    [True, True, False, False, False]
    """
    if not _ACRONYM.fullmatch(name):
        return False
    capitals, digits = sum(map(str.isupper, name)), sum(map(str.isdigit, name))
    return capitals > 0 and capitals + digits > 1 and 2 * (capitals + digits) > len(name)


@cache
def _units() -> frozenset[str]:
    """The folded words of all units of measure."""
    rows = read_rows(languages() / "units.tsv", 3)
    words = {piece for (_, _, cell), _ in rows for form in forms(cell) for piece in _PIECE.findall(fold(form))}
    return frozenset(word for word in words if word[0].isalpha())


def is_quantity(text: str) -> bool:
    """True where a text is nothing but numbers, units, stages and signs, which never name a concept.

    >>> [is_quantity(text) for text in ("12,5 g/m2", "II/III", "4b, 6, 7", "5 mg", "S100", "HER2", "grade 2")]
    [True, True, True, True, False, False, False]
    """
    measured = False
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece[0].isdigit() or not piece[0].isalpha():
            measured = measured or piece[0].isdigit()
        elif _ROMAN.fullmatch(piece):
            continue
        elif not measured and (len(piece) > _SHORT_UNIT or (piece.isupper() and len(piece) > 1)):
            return False  # alone, a long word is no unit, nor is an acronym: MM is not mm
        elif not (fold(piece) in _units() or (len(piece) == 1 and measured)):
            return False
    return True


@cache
def stamp() -> str:
    """A hash of the tables and the code that decide about forms and stems.

    An index made with others would miss names without a word.
    """
    digest = blake2b(digest_size=8)
    for path in sorted([*languages().glob("*/stems.tsv"), *_COGNATES.glob("*.tsv"), *_CODE]):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    for code in reading_languages():
        tables = load_language(code)
        digest.update(f"{code}\0{sorted(tables.skipped)}\0{sorted(tables.elided)}".encode())
    return digest.hexdigest()
