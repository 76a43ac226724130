"""Which concepts does a SNOMED CT release hold? The Snapshot files of RF2.

Layout: https://confluence.ihtsdotools.org/display/DOCRELFMT. Several editions (the international one and a national
extension) may stand in one folder; all their files are read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kg.errors import InputError
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.opening import lines_of
from kg.terms.term import Name, Term

_IS_A = "116680003"
_FULL_NAME, _SYNONYM = "900000000000003001", "900000000000013009"
_PREFERRED = "900000000000548007"
_HEIRS = frozenset({"900000000000526001", "900000000000527005"})
"""The associations REPLACED BY and SAME AS."""
_TAG = re.compile(r" \([^()]+\)$")
_ID = re.compile(r"\d{6,18}")

_COLUMNS = {
    "Concept": ("id", "active"),
    "Description": ("id", "active", "conceptId", "languageCode", "typeId", "term"),
    "Relationship": ("active", "sourceId", "destinationId", "typeId"),
    "Language": ("active", "referencedComponentId", "acceptabilityId"),
    "Association": ("active", "refsetId", "referencedComponentId", "targetComponentId"),
}
_FILES = {
    "Concept": "sct2_Concept_Snapshot*.txt",
    "Description": "sct2_Description_Snapshot*.txt",
    "Relationship": "sct2_Relationship_Snapshot*.txt",
    "Language": "der2_cRefset_Language*Snapshot*.txt",
    "Association": "der2_cRefset_Association*Snapshot*.txt",
}


def read_rf2(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The concepts of a release; ``path`` is its folder.

    The preferred synonym of a language is its label, the fully specified name without its tag a synonym. Inactive
    concepts are obsolete. Raises ``InputError`` where a file is missing or of another layout.
    """
    preferred = {row["referencedComponentId"] for row in _rows(path, "Language") if _says_preferred(row)}
    names: dict[str, list[Name]] = defaultdict(list)
    for row in _rows(path, "Description"):
        language = row["languageCode"]
        if row["active"] == "1" and (not layout.languages or language in layout.languages):
            names[row["conceptId"]] += _names(row, language, row["id"] in preferred)
    parents: dict[str, tuple[str, ...]] = {}
    for row in _rows(path, "Relationship"):
        if row["active"] == "1" and row["typeId"] == _IS_A:
            child = row["sourceId"]
            parents[child] = (*parents.get(child, ()), f"SNOMEDCT:{row['destinationId']}")
    heirs: dict[str, tuple[str, ...]] = {}
    for row in _rows(path, "Association"):
        if row["active"] == "1" and row["refsetId"] in _HEIRS:
            old = row["referencedComponentId"]
            heirs[old] = (*heirs.get(old, ()), f"SNOMEDCT:{row['targetComponentId']}")
    for row in _rows(path, "Concept"):
        id = row["id"]
        yield Term(
            f"SNOMEDCT:{id}",
            _labelled(names.pop(id, [])),
            tuple(dict.fromkeys(parents.get(id, ()))),
            obsolete=row["active"] == "0",
            replaced_by=tuple(dict.fromkeys(heirs.get(id, ()))),
        )


def _says_preferred(row: dict[str, str]) -> bool:
    return row["active"] == "1" and row["acceptabilityId"] == _PREFERRED


def _names(row: dict[str, str], language: str, preferred: bool) -> list[Name]:
    if row["typeId"] == _FULL_NAME:
        return [Name(_TAG.sub("", row["term"]), language, "exact")]
    if row["typeId"] == _SYNONYM:
        return [Name(row["term"], language, "label" if preferred else "exact")]
    return []


def _labelled(names: list[Name]) -> tuple[Name, ...]:
    """The names, with one label a language: its dialects may prefer different ones."""
    labels: dict[str, Name] = {}
    for name in names:
        if name.scope == "label":
            labels.setdefault(name.language, name)
    return tidy((*labels.values(), *(Name(n.text, n.language, "exact") for n in names)))


def _rows(folder: Path, what: str) -> Iterator[dict[str, str]]:
    """The rows of every file of one sort, by the columns that matter here."""
    found = sorted(folder.rglob(_FILES[what]))
    if not found and what in ("Concept", "Description", "Relationship"):
        raise InputError(f"{folder}: no {_FILES[what]} below it; name the folder of a SNOMED CT release")
    for path in found:
        lines = lines_of(path)
        header = next(lines, (1, ""))[1].split("\t")
        missing = [column for column in _COLUMNS[what] if column not in header]
        if missing:
            raise InputError(f"{path}:1: no column {', '.join(missing)}; this is no RF2 file")
        places = [(column, header.index(column)) for column in _COLUMNS[what]]
        for number, line in lines:
            cells = line.split("\t")
            if len(cells) != len(header) or (what == "Concept" and not _ID.fullmatch(cells[0])):
                raise InputError(f"{path}:{number}: not a row of an RF2 file with {len(header)} cells")
            yield {column: cells[at] for column, at in places}
