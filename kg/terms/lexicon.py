"""Which names does each concept have? The embedded lexicon, read from ``ontologies/lexicon/*.tsv``.

A table is UTF-8, tab-separated, with the header ``id type en fr es parents icdo xrefs note``:

``id``       slug of the concept, unique in all tables (``[a-z0-9-]+``)
``type``     what sort of thing within the table's kind (see ``TYPES``)
``en fr es`` surfaces parted by ``|``, the preferred label first; a surface may end in flags in braces:
             ``{abbr}`` an acronym, matched in its own letter case; ``{ctx:NAME}`` ambiguous, taken only
             where the context NAME of ``contexts.tsv`` holds; ``{broad}``, ``{narrow}``, ``{related}`` scope
``parents``  ids of broader concepts parted by ``|``
``icdo``     ICD-O-3 code: histology and behaviour (``8860/3``), or topography (``C25.9``)
``xrefs``    CURIEs of outside concepts that mean the same, parted by ``|``; ``~`` before one says it is broader
``note``     ``key=value`` pairs parted by ``;``: what a person should know, and fields of one kind
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import TableError
from kg.model import Concept, Kind
from kg.resources import folder

COLUMNS = ("id", "type", "en", "fr", "es", "parents", "icdo", "xrefs", "note")
LANGUAGES = ("en", "fr", "es")

TYPES: dict[str, frozenset[str]] = {
    "morphologies": frozenset({"tumour", "generic", "metastasis", "spread"}),
    "sites": frozenset({"organ", "region", "lymph-node", "bone", "segment", "tissue", "side"}),
    "drugs": frozenset({"ingredient", "class", "regimen", "generic"}),
    "antigens": frozenset({"protein", "group", "genetic"}),
    "procedures": frozenset(
        {
            "surgery",
            "biopsy",
            "imaging",
            "endoscopy",
            "radiotherapy",
            "laboratory",
            "pathology",
            "specimen",
            "other",
            "systemic",
        }
    ),
    "findings": frozenset({"symptom", "sign", "imaging", "laboratory", "exposure", "status", "adverse"}),
    "diseases": frozenset({"disease", "site-cancer", "syndrome"}),
    "courses": frozenset({"response", "stage", "grade", "course", "performance"}),
}

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FLAG = re.compile(r"\{([a-z]+)(?::([a-z-]+))?\}$")
_CURIE = re.compile(r"~?[A-Za-z][A-Za-z0-9]*:[A-Za-z0-9.]+")
_ICDO = re.compile(r"\d{4}/\d|C\d\d(\.\d)?")
SCOPES = ("exact", "broad", "narrow", "related")


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
                raise TableError(
                    f"{where}: unknown flag {match[0]}; flags are {{abbr}}, {{ctx:NAME}}, {{broad}}, {{narrow}}, {{related}}"
                )
        if not text or "{" in text or "}" in text:
            raise TableError(f"{where}: empty surface or stray brace in column {language}")
        yield Surface(text, language, scope, abbreviation, context)


def _entry(cells: list[str], file: str, line: int, where: str) -> Entry:
    row, table = dict(zip(COLUMNS, cells, strict=True)), file.split("-")[0]
    if not _SLUG.fullmatch(row["id"]):
        raise TableError(f"{where}: id {row['id']!r} is not a slug of a-z, 0-9 and single hyphens")
    if row["type"] not in TYPES.get(table, {row["type"]}):
        raise TableError(f"{where}: type {row['type']!r} is none of {', '.join(sorted(TYPES[table]))}")
    surfaces = tuple(s for language in LANGUAGES if row[language] for s in _surfaces(row[language], language, where))
    if not row["en"]:
        raise TableError(f"{where}: column en must hold at least the preferred label")
    if row["icdo"] and not _ICDO.fullmatch(row["icdo"]):
        raise TableError(f"{where}: icdo {row['icdo']!r} is neither dddd/d nor Cdd.d")
    xrefs = tuple(x.strip() for x in row["xrefs"].split("|") if x.strip())
    for curie in xrefs:
        if not _CURIE.fullmatch(curie):
            raise TableError(f"{where}: xref {curie!r} is not a CURIE such as MONDO:0002603 or ~NCIT:C3734")
    note = tuple(
        (key.strip(), value.strip())
        for part in row["note"].split(";")
        if part.strip()
        for key, _, value in [part.partition("=")]
    )
    parents = tuple(p.strip() for p in row["parents"].split("|") if p.strip())
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
            raise TableError(
                f"{where}: {len(cells)} cells instead of {len(COLUMNS)} ({', '.join(COLUMNS)}), parted by tabs"
            )
        entries.append(_entry(cells, path.stem, number, where))
    return entries


_KINDS = {"morphologies": Kind.DISEASE, "diseases": Kind.DISEASE, "sites": Kind.ANATOMY, "drugs": Kind.DRUG,
          "antigens": Kind.MARKER, "procedures": Kind.PROCEDURE, "findings": Kind.FINDING}  # fmt: skip
_STAGES = frozenset({"stage", "grade", "performance"})
# The outside identifier that names a concept of each kind, most wanted first (VOCABULARY.md, "Identifiers").
_PREFERRED = {
    Kind.DISEASE: ("MONDO", "NCIT"), Kind.ANATOMY: ("UBERON",), Kind.DRUG: ("DrugBank",), Kind.MARKER: ("HGNC",),
    Kind.FINDING: ("HP",), Kind.PROCEDURE: ("NCIT", "OBI"), Kind.RESPONSE: ("NCIT",), Kind.STAGE: ("NCIT",),
}  # fmt: skip
_OBO = "http://purl.obolibrary.org/obo/"
BASES = {
    **{p: f"{_OBO}{p}_" for p in ("MONDO", "NCIT", "UBERON", "HP", "DOID", "OBI", "CL", "CHEBI", "OGMS", "PATO")},
    "HGNC": "http://identifiers.org/hgnc/",
    "DrugBank": "https://go.drugbank.com/drugs/",
}
OWN = "https://w3id.org/casekg/concept/"


def kind_of(table: str, sort: str) -> Kind:
    """The kind of a row from its table and type."""
    if table == "courses":
        return Kind.STAGE if sort in _STAGES else Kind.RESPONSE
    return _KINDS[table]


def _iri(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return BASES[prefix] + local if prefix in BASES else ""


def concept_of(entry: Entry) -> Concept:
    """The concept that a row stands for, under the most wanted of its identifiers or, without one, our own."""
    kind = kind_of(entry.table, entry.type)
    exact = [x for x in entry.xrefs if not x.startswith("~")]
    named = next((x for p in _PREFERRED[kind] for x in exact if x.startswith(p + ":")), "")
    own = OWN + entry.id
    iri = _iri(named) or own
    labels = tuple(
        (language, entry.label(language))
        for language in LANGUAGES
        if any(s.language == language for s in entry.surfaces)
    )
    atc = tuple(x[4:] for x in exact if x.startswith("ATC:"))
    return Concept(
        key=entry.id, iri=iri, kind=kind, type=entry.type, labels=labels,
        notations=(*((entry.icdo,) if entry.icdo else ()), *atc),
        exact=tuple(sorted({i for x in exact if (i := _iri(x)) and i != iri} | ({own} if iri != own else set()))),
        broad=tuple(sorted({i for x in entry.xrefs if x.startswith("~") and (i := _iri(x[1:]))})),
        parents=entry.parents,
        morphology=entry.icdo if entry.icdo[:1].isdigit() else "",
        topography=entry.icdo if entry.icdo[:1] == "C" else "",
        note=entry.note, source=f"{entry.file}:{entry.line}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContextRule:
    """What must stand around an ambiguous surface: one of ``cues`` (folded words or beginnings) ``within`` reach."""

    name: str
    within: str
    cues: tuple[str, ...]


class Concepts(Mapping[str, Concept]):
    """The concepts by id. Each is made when it is first asked for: a text uses few of thousands."""

    def __init__(self, rows: dict[str, str]) -> None:
        """``rows`` holds each concept's fields as one line of JSON."""
        self.rows = rows
        self._made: dict[str, Concept] = {}

    def __getitem__(self, key: str) -> Concept:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _from_row(key, self.rows[key])
        return made

    def __contains__(self, key: object) -> bool:
        return key in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def concept_row(concept: Concept) -> str:
    """A concept's fields, but for its key, as one line of JSON."""
    fields = (concept.iri, concept.kind, concept.type, concept.labels, concept.notations, concept.exact, concept.broad,
              concept.parents, concept.morphology, concept.topography, concept.note, concept.source)  # fmt: skip
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _from_row(key: str, row: str) -> Concept:
    iri, kind, sort, labels, notations, exact, broad, parents, morphology, topography, note, source = json.loads(row)
    return Concept(key, iri, Kind(kind), sort, tuple(map(tuple, labels)), tuple(notations), tuple(exact), tuple(broad),
                   tuple(parents), morphology, topography, tuple(map(tuple, note)), source)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The concept of each row's id, and the context rules by name; compared by identity."""

    concepts: Concepts
    contexts: dict[str, ContextRule]
    _above: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def ancestors(self, key: str) -> frozenset[str]:
        """Ids of all broader concepts of ``key``, itself left out."""
        done = self._above.get(key)
        if done is None:
            found: set[str] = set()
            todo = list(self.concepts[key].parents) if key in self.concepts else []
            while todo:
                parent = todo.pop()
                if parent not in found and parent in self.concepts:
                    found.add(parent)
                    todo += self.concepts[parent].parents
            done = self._above[key] = frozenset(found)
        return done


REACHES = ("sentence", "section", "document")


def read_contexts(path: Path) -> Iterator[ContextRule]:
    """The context rules of one ``contexts-*.tsv``."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith(("#", "name\t")):
            continue
        cells = line.split("\t")
        if len(cells) != 3 or cells[1] not in REACHES:
            raise TableError(f"{path.name}:{number}: a context rule is: name, within ({', '.join(REACHES)}), cues")
        yield ContextRule(cells[0], cells[1], tuple(c.strip() for c in cells[2].split("|") if c.strip()))


def lexicon_folder(path: Path | None = None) -> Path:
    """The folder of the embedded tables, or ``path``."""
    return path or folder("ontologies") / "lexicon"


def read_lexicon(path: Path | None = None) -> tuple[tuple[Entry, ...], Lexicon]:
    """All rows of the tables and the lexicon that they make; ``TableError`` for the first row that is wrong."""
    where = lexicon_folder(path)
    tables = sorted(p for p in where.glob("*.tsv") if not p.name.startswith("contexts"))
    if not tables:
        raise TableError(f"{where}: no lexicon tables (*.tsv); reinstall casekg, or name the right folder")
    entries = tuple(entry for table in tables for entry in read_table(table))
    rows: dict[str, str] = {}
    for entry in entries:
        if entry.id in rows:
            raise TableError(f"{entry.file}.tsv:{entry.line}: id {entry.id!r} stands twice")
        rows[entry.id] = concept_row(concept_of(entry))
    contexts = {r.name: r for p in sorted(where.glob("contexts*.tsv")) for r in read_contexts(p)}
    for entry in entries:
        for surface in entry.surfaces:
            if surface.context and surface.context not in contexts:
                raise TableError(f"{entry.file}.tsv:{entry.line}: {surface.context!r} is not a row of contexts-*.tsv")
    return entries, Lexicon(Concepts(rows), contexts)


@cache
def load_lexicon(path: Path | None = None) -> Lexicon:
    """The embedded lexicon (or the tables of the folder ``path``); ``TableError`` for the first row that is wrong."""
    return read_lexicon(path)[1]
