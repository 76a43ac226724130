"""Which concepts are there, under which identifiers, and what lies above them? Made from the rows of the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from kg.errors import TableError
from kg.identity import BASES, term_iri
from kg.model import Concept, Kind
from kg.resources import folder
from kg.terms.entries import LANGUAGES, ContextRule, Entry, read_contexts, read_table

_KINDS = {"morphologies": Kind.DISEASE, "diseases": Kind.DISEASE, "sites": Kind.ANATOMY, "drugs": Kind.DRUG,
          "antigens": Kind.MARKER, "procedures": Kind.PROCEDURE, "findings": Kind.FINDING}  # fmt: skip
_STAGES = frozenset({"stage", "grade", "performance"})
# The outside identifier that names a concept of each kind, most wanted first (VOCABULARY.md, "Identifiers").
_PREFERRED = {
    Kind.DISEASE: ("MONDO", "NCIT"), Kind.ANATOMY: ("UBERON",), Kind.DRUG: ("DrugBank",), Kind.MARKER: ("HGNC",),
    Kind.FINDING: ("HP",), Kind.PROCEDURE: ("NCIT", "OBI"), Kind.RESPONSE: ("NCIT",), Kind.STAGE: ("NCIT",),
}  # fmt: skip
OWN = "https://w3id.org/casekg/concept/"


def kind_of(table: str, sort: str) -> Kind:
    """The kind of a row from its table and type."""
    if table == "courses":
        return Kind.STAGE if sort in _STAGES else Kind.RESPONSE
    return _KINDS[table]


def _iri(curie: str) -> str:
    return term_iri(curie) if curie.partition(":")[0] in BASES else ""


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


class Beyond(Protocol):
    """Concepts that the lexicon has not, by CURIE, and what stands above those that it has."""

    def __getitem__(self, curie: str, /) -> Concept: ...

    def __contains__(self, curie: object, /) -> bool: ...

    def above(self, concept: Concept) -> tuple[str, ...]:
        """Keys of what stands right above a concept of the lexicon."""


class Concepts(Mapping[str, Concept]):
    """The concepts by id. Each is made when it is first asked for: a text uses few of thousands."""

    def __init__(self, rows: dict[str, str], beyond: Beyond | None = None) -> None:
        """``rows`` holds each concept's fields as one line of JSON; ``beyond`` has the concepts that are no rows."""
        self.rows = rows
        self._beyond = beyond
        self._made: dict[str, Concept] = {}

    def __getitem__(self, key: str) -> Concept:
        made = self._made.get(key)
        if made is None:
            if self._beyond is not None and key not in self.rows:
                return self._beyond[key]
            made = _from_row(key, self.rows[key])
            if self._beyond is not None and not made.parents:
                made = replace(made, parents=self._beyond.above(made))
            self._made[key] = made
        return made

    def __contains__(self, key: object) -> bool:
        return key in self.rows or (self._beyond is not None and key in self._beyond)

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


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The concept of each row's id, and the context rules by name; compared by identity."""

    concepts: Concepts
    contexts: dict[str, ContextRule]
    _above: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def composites(self) -> tuple[tuple[str, tuple[str, str]], ...]:
        """Concepts that are made of two others (``parts=`` in the note), with those."""
        rows = self.concepts.rows
        whole = [(key, dict(self.concepts[key].note)["parts"]) for key in rows if '["parts",' in rows[key]]
        pairs = [(key, pair.strip().split("+")) for key, cell in whole for pair in cell.split(",")]
        return tuple((key, (first, second)) for key, (first, second) in pairs)

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
    contexts = {r.name: r for p in sorted(where.glob("contexts*.tsv")) for r in read_contexts(p)}
    rows: dict[str, str] = {}
    for entry in entries:
        if entry.id in rows:
            raise TableError(f"{entry.file}.tsv:{entry.line}: id {entry.id!r} stands twice")
        rows[entry.id] = concept_row(concept_of(entry))
        unknown = next((s.context for s in entry.surfaces if s.context and s.context not in contexts), "")
        if unknown:
            raise TableError(f"{entry.file}.tsv:{entry.line}: {unknown!r} is not a row of contexts-*.tsv")
    return entries, Lexicon(Concepts(rows), contexts)
