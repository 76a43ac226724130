"""Which terms does an OWL, RDFS or SKOS file hold? Triple by triple; ``owl:imports`` are never fetched.

RDF/XML, Turtle and N-Triples, by the file's ending. What a term needs is gathered by subject while the triples stream
by; all else is dropped, so that a file of gigabytes needs memory for its names only. A document that declares XML
entities is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox

from kg.errors import InputError
from kg.terms.readers.checkedxml import CheckedXml
from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.opening import open_bytes
from kg.terms.term import Mapping, Name, Term

_RDFS, _OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
_SKOS, _OBO_IN_OWL = "http://www.w3.org/2004/02/skos/core#", "http://www.geneontology.org/formats/oboInOwl#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_PART_OF = "http://purl.obolibrary.org/obo/BFO_0000050"
_REPLACED = "http://purl.obolibrary.org/obo/IAO_0100001"
_VERSIONS = frozenset({_OWL + "versionInfo", _OWL + "versionIRI"})
_CLASSES = frozenset({_OWL + "Class", _RDFS + "Class", _SKOS + "Concept"})

_SCOPES = {
    _RDFS + "label": "label",
    _SKOS + "prefLabel": "label",
    _SKOS + "altLabel": "exact",
    _SKOS + "hiddenLabel": "related",
    _OBO_IN_OWL + "hasExactSynonym": "exact",
    _OBO_IN_OWL + "hasNarrowSynonym": "narrow",
    _OBO_IN_OWL + "hasBroadSynonym": "broad",
    _OBO_IN_OWL + "hasRelatedSynonym": "related",
    "http://purl.obolibrary.org/obo/IAO_0000118": "exact",
    "http://www.ebi.ac.uk/efo/alternative_term": "exact",
}
_PARENTS = frozenset({_RDFS + "subClassOf", _SKOS + "broader"})
_MAPPINGS = {
    _OBO_IN_OWL + "hasDbXref": "oboInOwl:hasDbXref",
    **{f"{_SKOS}{kind}Match": f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")},
}
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".owl": ox.RdfFormat.RDF_XML,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}


@dataclass(slots=True)
class _Gathered:
    """What is known of one subject so far."""

    names: list[Name] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    mappings: list[Mapping] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    obsolete: bool = False
    is_class: bool = False


def read_owl(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The named classes and SKOS concepts of a file, in the order in which they first appear.

    Raises ``InputError`` for a document that can't be parsed, declares entities, or names no class.
    """
    subjects: dict[str, _Gathered] = defaultdict(_Gathered)
    wholes: dict[str, str] = {}
    restrictions: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value in _triples(path):
        if isinstance(subject, ox.NamedNode):
            _gather(subjects[subject.value], predicate, value, layout)
        elif layout.part_of and predicate in (_OWL + "onProperty", _OWL + "someValuesFrom"):
            part = restrictions[subject.value]
            part[predicate] = value.value
            if len(part) == 2:
                if part[_OWL + "onProperty"] == _PART_OF:
                    wholes[subject.value] = part[_OWL + "someValuesFrom"]
                del restrictions[subject.value]
    if not any(gathered.is_class for gathered in subjects.values()):
        raise InputError(f"{path}: names no class and no concept; is this an ontology?")
    for iri, gathered in subjects.items():
        if gathered.is_class and (gathered.names or gathered.mappings or gathered.obsolete):
            yield _term(iri, gathered, wholes)


def version_of_owl(path: Path) -> str:
    """``owl:versionInfo`` or ``owl:versionIRI`` where it stands among the first triples, else ``""``."""
    for number, (_, predicate, value) in enumerate(_triples(path)):
        if predicate in _VERSIONS:
            return str(value.value)
        if number > 10_000:
            break
    return ""


def _triples(path: Path) -> Iterator[tuple[ox.NamedNode | ox.BlankNode, str, ox.NamedNode | ox.BlankNode | ox.Literal]]:
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    form = _FORMATS.get(ending)
    if form is None:
        raise InputError(f"{path}: the ending names no RDF format; there are {', '.join(_FORMATS)}")
    try:
        with open_bytes(path) as stream:
            checked = cast("BinaryIO", CheckedXml(path, stream)) if form == ox.RdfFormat.RDF_XML else stream
            for quad in ox.parse(checked, form, base_iri="http://invalid.example/"):
                subject, value = quad.subject, quad.object
                if not isinstance(subject, ox.Triple) and not isinstance(value, ox.Triple):
                    yield subject, quad.predicate.value, value
    except SyntaxError as error:
        where = f":{error.lineno}" if error.lineno else ""
        raise InputError(f"{path}{where}: not {form.name} ({error.msg})") from error


def _gather(known: _Gathered, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal, layout: Layout) -> None:
    """Add what one triple tells."""
    if predicate in _SCOPES and isinstance(value, ox.Literal):
        known.names.append(Name(value.value, (value.language or layout.language)[:2].lower(), _SCOPES[predicate]))
    elif predicate in _PARENTS:
        # A blank node is a restriction, told by its own triples.
        known.parents.append(value.value if isinstance(value, ox.NamedNode) else f"_:{value.value}")
    elif predicate in _MAPPINGS:
        known.mappings.append(Mapping(curie_of(value.value), _MAPPINGS[predicate]))
    elif predicate == _TYPE:
        known.is_class = known.is_class or value.value in _CLASSES
    elif predicate == _OWL + "deprecated":
        known.obsolete = value.value in ("true", "1")
    elif predicate == _REPLACED:
        known.replaced.append(curie_of(value.value))


def _term(iri: str, known: _Gathered, wholes: dict[str, str]) -> Term:
    parents = (wholes.get(parent[2:], "") if parent.startswith("_:") else parent for parent in known.parents)
    return Term(
        curie_of(iri),
        tidy(known.names, obsolete=known.obsolete),
        tuple(dict.fromkeys(curie_of(parent) for parent in parents if parent and parent != _OWL + "Thing")),
        tuple(dict.fromkeys(known.mappings)),
        known.obsolete,
        tuple(dict.fromkeys(known.replaced)),
    )
