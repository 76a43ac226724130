"""Which terms does a table of ours hold? One row or more a term, CSV or TSV; docs/terms.md describes the columns.

========================  ==========================================================================
``id``                    a CURIE, or a bare code that the layout's prefix goes before
``label``                 the preferred name; ``label@fr`` in French
``synonyms``              exact synonyms parted by ``|``; also ``narrow``, ``broad``, ``related``; each with ``@fr``
``parents``               ids parted by ``|``
``xrefs``                 CURIEs parted by ``|``; a column in the role ``xrefs:CAS`` holds bare codes of CAS
``exact``                 CURIEs of the same concept elsewhere, parted by ``|``
``kind``                  a value of ``kg.model.Kind``
``obsolete``              ``true`` or ``1``
``replaced_by``           ids parted by ``|``
========================  ==========================================================================

Other columns are passed over. Of several rows of one term that stand together, the first one has the label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from kg.errors import InputError
from kg.model import Kind
from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.rows import Row, read_rows
from kg.terms.term import Mapping, Name, Term

NAMES = {"label": "label", "synonyms": "exact", "narrow": "narrow", "broad": "broad", "related": "related"}
ROLES = ("id", *NAMES, "parents", "xrefs", "exact", "kind", "obsolete", "replaced_by")
_KINDS = frozenset(kind.value for kind in Kind)


def read_table(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The terms of a table; ``layout.columns`` tells the roles of columns with other names.

    Raises ``InputError`` with file and line for an unknown role, no id or an unknown kind.
    """
    roles: dict[str, str] = {}

    def numbered() -> Iterator[tuple[str, int, Row]]:
        for line, row in read_rows(path):
            if not roles:
                roles.update(_roles(path, row, layout))
            ids = [row[column] for column, role in roles.items() if role == "id"]
            if not ids[0]:
                raise InputError(f"{path}:{line}: a row without an id")
            yield _identifier(ids[0], layout), line, row

    for curie, group in groupby(numbered(), key=lambda item: item[0]):
        yield _term(path, curie, [(line, row) for _, line, row in group], roles, layout)
    if not roles:
        raise InputError(f"{path}: a table without rows")


def _roles(path: Path, row: Row, layout: Layout) -> dict[str, str]:
    """Column of the file → role, in the order of the columns."""
    wanted = dict(layout.columns)
    roles = {column: wanted.get(column, "" if wanted else column) for column in row}
    unknown = sorted({role for role in wanted.values() if role.partition("@")[0].partition(":")[0] not in ROLES})
    missing = sorted(column for column in wanted if column not in row)
    if unknown or missing:
        what = f"no role {', '.join(unknown)}" if unknown else f"no column {', '.join(missing)}"
        raise InputError(f"{path}:1: {what}; there are the roles {', '.join(ROLES)} and the columns {', '.join(row)}")
    if "id" not in roles.values():
        raise InputError(f"{path}:1: no column is the id; name one with --column COLUMN=id")
    return {column: role for column, role in roles.items() if role.partition("@")[0].partition(":")[0] in ROLES}


def _term(path: Path, curie: str, rows: list[tuple[int, Row]], roles: dict[str, str], layout: Layout) -> Term:
    cells = [(line, role, row[column]) for line, row in rows for column, role in roles.items() if row[column]]
    kinds = [(line, cell) for line, role, cell in cells if role == "kind"]
    for line, kind in kinds:
        if kind not in _KINDS:
            raise InputError(f"{path}:{line}: no kind {kind!r}; there are {', '.join(sorted(_KINDS))}")

    def ids(role: str) -> tuple[str, ...]:
        found = (value for _, other, cell in cells if other == role for value in _values(cell))
        return tuple(dict.fromkeys(_identifier(value, layout) for value in found))

    return Term(
        curie,
        tidy(_names(cells, layout)),
        ids("parents"),
        tuple(dict.fromkeys(_mappings(cells))),
        any(role == "obsolete" and cell.lower() in ("true", "1", "yes") for _, role, cell in cells),
        ids("replaced_by"),
        kinds[0][1] if kinds else "",
    )


def _values(cell: str) -> list[str]:
    return [value for part in cell.split("|") if (value := part.strip())]


def _identifier(text: str, layout: Layout) -> str:
    return curie_of(text if ":" in text or not layout.prefix else f"{layout.prefix}:{text}")


def _names(cells: Iterable[tuple[int, str, str]], layout: Layout) -> Iterator[Name]:
    labelled: set[str] = set()
    for _, role, cell in cells:
        what, _, language = role.partition("@")
        language = language or layout.language
        if what == "label":
            # Of several rows of one term, the first one has the label, the others have synonyms.
            yield Name(cell, language, "exact" if language in labelled else "label")
            labelled.add(language)
        elif what in NAMES:
            yield from (Name(value, language, NAMES[what]) for value in _values(cell))


def _mappings(cells: Iterable[tuple[int, str, str]]) -> Iterator[Mapping]:
    for _, role, cell in cells:
        what, _, prefix = role.partition(":")
        if what in ("xrefs", "exact"):
            predicate = "skos:exactMatch" if what == "exact" else "oboInOwl:hasDbXref"
            for value in _values(cell):
                yield Mapping(curie_of(f"{prefix}:{value}" if prefix else value), predicate)
