"""What stands in a table? Rows of TSV or CSV by the names of their columns, with file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import InputError
from kg.terms.readers.opening import MAX_LINE, lines_of

Row = dict[str, str]


def read_rows(path: Path, *, commented: bool = False, quoted: bool = True) -> Iterator[tuple[int, Row]]:
    """(line, cells by column) of a table whose first line names its columns, parted by tab, semicolon or comma.

    The parting character is the one that the first line has most of. ``commented`` passes over lines that begin with
    ``#``; where not ``quoted``, quotation marks are letters as others. Raises ``InputError`` for no header, a column
    named twice or a row of another width.
    """
    line = 0

    def texts() -> Iterator[str]:
        nonlocal line
        for number, text in lines_of(path):
            line = number
            if not (commented and text.startswith("#")):
                yield text

    source = texts()
    first = next(source, "")
    part = max("\t;,", key=first.count)
    csv.field_size_limit(MAX_LINE)
    header = [cell.strip() for cell in next(_cells([first], part, quoted), [])]
    if len(header) < 2 or len(set(header)) < len(header):
        raise InputError(f"{path}:1: no header of several different columns parted by tab, comma or semicolon")
    try:
        for cells in _cells(source, part, quoted):
            if cells:
                yield line, dict(zip(header, _fitted(path, line, cells, len(header)), strict=True))
    except csv.Error as error:
        raise InputError(f"{path}:{line}: not a table ({error})") from error


def _cells(lines: Iterable[str], part: str, quoted: bool) -> Iterator[list[str]]:
    if quoted:
        return csv.reader(lines, delimiter=part, strict=True)
    return csv.reader(lines, delimiter=part, quoting=csv.QUOTE_NONE)


def _fitted(path: Path, line: int, cells: list[str], width: int) -> list[str]:
    """Cells missing at the end are empty."""
    if len(cells) > width and any(cells[width:]):
        raise InputError(f"{path}:{line}: {len(cells)} cells under {width} columns")
    return [cell.strip() for cell in cells[:width]] + [""] * (width - len(cells))


def need(path: Path, row: Row, *columns: str) -> None:
    """Raise ``InputError`` where a table lacks one of ``columns``."""
    missing = [column for column in columns if column not in row]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; there are {', '.join(row)}")
