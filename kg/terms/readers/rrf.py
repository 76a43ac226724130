"""Which concepts does a UMLS release hold? ``MRCONSO.RRF`` and, beside it, ``MRREL``, ``MRSTY`` and ``MRCUI``.

Layout: https://www.ncbi.nlm.nih.gov/books/NBK9685/. Concepts are read in the order of MRCONSO, one at a time; what the
other files say is held in arrays of numbers, 8 bytes a row.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from kg.errors import InputError
from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.opening import lines_of
from kg.terms.term import Mapping, Name, Term

LANGUAGES = {
    "BAQ": "eu", "CHI": "zh", "CZE": "cs", "DAN": "da", "DUT": "nl", "ENG": "en", "EST": "et", "FIN": "fi", "FRE": "fr",
    "GER": "de", "GRE": "el", "HEB": "he", "HUN": "hu", "ITA": "it", "JPN": "ja", "KOR": "ko", "LAV": "lv", "NOR": "no",
    "POL": "pl", "POR": "pt", "RUS": "ru", "SCR": "hr", "SPA": "es", "SWE": "sv", "TUR": "tr", "UKR": "uk",
}  # fmt: skip
_CUI = re.compile(r"C\d{7}")
_TUI = re.compile(r"T\d{3}")
_SHIFT = 32


class _Pairs:
    """A relation between numbers, kept as one sorted array."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._pairs = array("q", sorted(array("q", (left << _SHIFT | right for left, right in pairs))))

    def of(self, left: int) -> Iterator[int]:
        """What ``left`` is related to, once each, in order."""
        at, before = bisect_left(self._pairs, left << _SHIFT), -1
        while at < len(self._pairs) and self._pairs[at] >> _SHIFT == left:
            right = self._pairs[at] & ((1 << _SHIFT) - 1)
            if right != before:
                yield right
            at, before = at + 1, right


def read_rrf(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The concepts of a release; ``path`` is its folder META (or one above it) or its MRCONSO.RRF.

    Semantic types are terms too (``STY:T191``), parents of their concepts. Suppressed names are left out. Raises
    ``InputError`` with file and line for a row of another layout.
    """
    names = next(iter(sorted(path.rglob("MRCONSO.RRF*"))), None) if path.is_dir() else path
    if names is None:
        raise InputError(f"{path}: no MRCONSO.RRF below it; name the folder META of a UMLS release")
    folder = names.parent
    parents = _Pairs(_parents(folder))
    types = _Pairs(_types(folder))
    yield from _semantic_types(folder)
    rows = _rows(names, 18, _CUI)
    for cui, group in groupby(rows, key=lambda item: item[1][0]):
        term = _concept(cui, [row for _, row in group], parents, types, layout)
        if term.names:
            yield term
    yield from _retired(folder)


def _file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _rows(path: Path | None, width: int, first: re.Pattern[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of a file whose rows end with a bar, or nothing where there is no such file."""
    for number, line in lines_of(path) if path else ():
        cells = line.split("|")
        if len(cells) < width or not first.fullmatch(cells[0]):
            raise InputError(f"{path}:{number}: not a row of {path.name if path else ''} with {width} cells")
        yield number, cells


def _concept(cui: str, rows: list[list[str]], parents: _Pairs, types: _Pairs, layout: Layout) -> Term:
    names: list[Name] = []
    codes: dict[Mapping, None] = {}
    for row in rows:
        language = LANGUAGES.get(row[1], row[1].lower())
        if row[16] in ("O", "E", "Y") or (layout.languages and language not in layout.languages):
            continue
        preferred = row[2] == "P" and row[4] == "PF" and row[6] == "Y"
        names.append(Name(row[14], language, "label" if preferred else "exact"))
        if row[13] and row[13] != "NOCODE":
            codes[Mapping(curie_of(f"{row[11]}:{row[13].removeprefix(row[11] + ':')}"))] = None
    number = int(cui[1:])
    above = [f"UMLS:C{parent:07d}" for parent in parents.of(number)] + [f"STY:T{tui:03d}" for tui in types.of(number)]
    return Term(f"UMLS:{cui}", tidy(names), tuple(above), tuple(codes))


def _parents(folder: Path) -> Iterator[tuple[int, int]]:
    for _, row in _rows(_file(folder, "MRREL.RRF"), 16, _CUI):
        # REL is what the second concept is to the first one.
        if row[3] == "PAR" and row[0] != row[4]:
            yield int(row[0][1:]), int(row[4][1:])


def _types(folder: Path) -> Iterator[tuple[int, int]]:
    for _, row in _rows(_file(folder, "MRSTY.RRF"), 6, _CUI):
        yield int(row[0][1:]), int(row[1][1:])


def _semantic_types(folder: Path) -> Iterator[Term]:
    """The semantic types that are used, with those above them by their tree numbers (``B2.2.1.2`` below ``B2.2.1``)."""
    found = {row[2]: (row[1], row[3]) for _, row in _rows(_file(folder, "MRSTY.RRF"), 6, _CUI)}
    for tree, (tui, label) in sorted(found.items()):
        if not _TUI.fullmatch(tui):
            raise InputError(f"{folder / 'MRSTY.RRF'}: {tui!r} is no semantic type")
        above = tree
        while "." in above and (above := above.rpartition(".")[0]) not in found:
            pass
        parents = (f"STY:{found[above][0]}",) if above != tree and above in found else ()
        yield Term(f"STY:{tui}", (Name(label, "en", "label"),), parents)


def _retired(folder: Path) -> Iterator[Term]:
    """Concepts of earlier releases that were merged into others (``SY`` in MRCUI)."""
    merged: dict[str, list[str]] = {}
    for _, row in _rows(_file(folder, "MRCUI.RRF"), 7, _CUI):
        if row[2] == "SY" and row[5]:
            merged.setdefault(row[0], []).append(f"UMLS:{row[5]}")
    for cui, heirs in merged.items():
        yield Term(f"UMLS:{cui}", (), obsolete=True, replaced_by=tuple(dict.fromkeys(heirs)))
