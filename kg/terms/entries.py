"""What is a row of the lexicon? The tables ``ontologies/lexicon/*.tsv``, read row by row and checked.

A table is UTF-8, tab-separated, with the header ``id type en fr es parents icdo xrefs note``:

``id``       slug of the concept, unique in all tables (``[a-z0-9-]+``)
``type``     what sort of thing within the table's kind (see ``TYPES``)
``en fr es`` surfaces parted by ``|``, the preferred label first; a surface may end in flags in braces:
             ``{abbr}`` an acronym, matched in its own letter case; ``{ctx:NAME}`` ambiguous, taken only
             where the context NAME of a ``contexts-*.tsv`` holds; ``{broad}``, ``{narrow}``, ``{related}`` scope
``parents``  ids of broader concepts parted by ``|``
``icdo``     ICD-O-3 code: histology and behaviour (``8860/3``), or topography (``C25.9``)
``xrefs``    CURIEs of outside concepts that mean the same, parted by ``|``; ``~`` before one says it is broader
``note``     ``key=value`` pairs parted by ``;``: what a person should know, and fields of one kind
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import TableError
from kg.terms.term import SCOPES

COLUMNS = ("id", "type", "en", "fr", "es", "parents", "icdo", "xrefs", "note")
LANGUAGES = ("en", "fr", "es")

TYPES: dict[str, frozenset[str]] = {
    "morphologies": frozenset({"tumour", "generic", "metastasis", "spread"}),
    "sites": frozenset({"organ", "region", "lymph-node", "bone", "segment", "tissue", "side"}),
    "drugs": frozenset({"ingredient", "class", "regimen", "generic"}),
    "antigens": frozenset({"protein", "group", "genetic", "alteration"}),
    "procedures": frozenset(
        {"surgery", "biopsy", "imaging", "endoscopy", "radiotherapy", "systemic"}
        | {"laboratory", "pathology", "specimen", "other"}
    ),
    "findings": frozenset({"symptom", "sign", "imaging", "laboratory", "exposure", "status", "adverse"}),
    "diseases": frozenset({"disease", "site-cancer", "syndrome"}),
    "courses": frozenset({"response", "stage", "grade", "course", "performance"}),
}

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FLAG = re.compile(r"\{([a-z]+)(?::([a-z-]+))?\}$")
_CURIE = re.compile(r"~?[A-Za-z][A-Za-z0-9]*:[A-Za-z0-9.]+")
_ICDO = re.compile(r"\d{4}/\d|C\d\d(\.\d)?")
_FLAGS = "{abbr}, {ctx:NAME}, {broad}, {narrow}, {related}"
REACHES = ("sentence", "list", "section", "document")


@dataclass(frozen=True, slots=True)
class Surface:
    """One written form of a concept: ``text`` in ``language``; ``context`` names what must hold around it."""

    text: str
    language: str
    scope: str = "exact"
    abbreviation: bool = False
    context: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a lexicon table; ``line`` counts from 1 in ``<file>.tsv``."""

    id: str
    table: str
    type: str
    surfaces: tuple[Surface, ...]
    parents: tuple[str, ...]
    icdo: str
    xrefs: tuple[str, ...]
    note: tuple[tuple[str, str], ...]
    line: int
    file: str = ""

    def label(self, language: str) -> str:
        """The preferred label in ``language``, else in English."""
        for wanted in (language, "en"):
            for surface in self.surfaces:
                if surface.language == wanted:
                    return surface.text
        return self.id


def _surfaces(cell: str, language: str, where: str) -> Iterator[Surface]:
    for text in cell.split("|"):
        text, scope, abbreviation, context = text.strip(), "exact", False, ""
        while match := _FLAG.search(text):
            text = text[: match.start()].rstrip()
            if match[1] == "abbr":
                abbreviation = True
            elif match[1] == "ctx" and match[2]:
                context = match[2]
            elif match[1] in SCOPES:
                scope = match[1]
            else:
                raise TableError(f"{where}: unknown flag {match[0]}; flags are {_FLAGS}")
        if not text or "{" in text or "}" in text:
            raise TableError(f"{where}: empty surface or stray brace in column {language}")
        yield Surface(text, language, scope, abbreviation, context)


def _check(row: dict[str, str], table: str, where: str) -> None:
    """``TableError`` for the first cell that is not what its column holds."""
    if not _SLUG.fullmatch(row["id"]):
        raise TableError(f"{where}: id {row['id']!r} is not a slug of a-z, 0-9 and single hyphens")
    if row["type"] not in TYPES.get(table, {row["type"]}):
        raise TableError(f"{where}: type {row['type']!r} is none of {', '.join(sorted(TYPES[table]))}")
    if not row["en"]:
        raise TableError(f"{where}: column en must hold at least the preferred label")
    if row["icdo"] and not _ICDO.fullmatch(row["icdo"]):
        raise TableError(f"{where}: icdo {row['icdo']!r} is neither dddd/d nor Cdd.d")
    for curie in _parts(row["xrefs"], "|"):
        if not _CURIE.fullmatch(curie):
            raise TableError(f"{where}: xref {curie!r} is not a CURIE such as MONDO:0002603 or ~NCIT:C3734")


def _parts(cell: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(mark) if part.strip())


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key.strip(), value.strip()


def _entry(cells: list[str], file: str, line: int, where: str) -> Entry:
    row, table = dict(zip(COLUMNS, cells, strict=True)), file.split("-")[0]
    _check(row, table, where)
    surfaces = tuple(s for language in LANGUAGES if row[language] for s in _surfaces(row[language], language, where))
    note = tuple(map(_pair, _parts(row["note"], ";")))
    parents, xrefs = _parts(row["parents"], "|"), _parts(row["xrefs"], "|")
    return Entry(row["id"], table, row["type"], surfaces, parents, row["icdo"], xrefs, note, line, file)


def read_table(path: Path) -> list[Entry]:
    """The rows of one lexicon table; ``TableError`` names file and line of the first malformed row."""
    entries: list[Entry] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{path.name}:{number}"
        cells = line.split("\t")
        if tuple(cells) == COLUMNS:
            continue
        if len(cells) != len(COLUMNS):
            wanted = f"{len(COLUMNS)} ({', '.join(COLUMNS)}), parted by tabs"
            raise TableError(f"{where}: {len(cells)} cells instead of {wanted}")
        entries.append(_entry(cells, path.stem, number, where))
    return entries


@dataclass(frozen=True, slots=True)
class ContextRule:
    """What must stand around an ambiguous surface: one of ``cues`` (folded words or beginnings) ``within`` reach."""

    name: str
    within: str
    cues: tuple[str, ...]


def read_contexts(path: Path) -> Iterator[ContextRule]:
    """The context rules of one ``contexts-*.tsv``."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith(("#", "name\t")):
            continue
        cells = line.split("\t")
        if len(cells) != 3 or cells[1] not in REACHES:
            raise TableError(f"{path.name}:{number}: a context rule is: name, within ({', '.join(REACHES)}), cues")
        yield ContextRule(cells[0], cells[1], _parts(cells[2], "|"))
