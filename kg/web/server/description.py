"""What is served? The service description of the endpoint, and its data set in VoID with counts. No blank nodes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.graph.terms import DCTERMS, TYPE, Triple, integer, iri, text
from kg.graph.write import write
from kg.web.server.jobs import Job, Reply

FORMS = {"text/turtle": "ttl", "application/n-triples": "nt", "application/ld+json": "jsonld"}
"""Media types of descriptions → formats of ``kg.graph.write``."""

_SD, _VOID = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
            "Turtle", "N-Triples", "JSON-LD", "RDF_XML")  # fmt: skip
_PROPERTIES = "SELECT ?key (COUNT(*) AS ?count) WHERE { ?s ?key ?o } GROUP BY ?key ORDER BY ?key"
_CLASSES = "SELECT ?key (COUNT(DISTINCT ?s) AS ?count) WHERE { ?s a ?key } GROUP BY ?key ORDER BY ?key"
_SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?count) WHERE { ?s ?p ?o }"
_GRAPHS = "SELECT (COUNT(*) AS ?count) WHERE { GRAPH ?g {} }"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds: triples by property and subjects by class, both by IRI; all subjects; named graphs."""

    properties: tuple[tuple[str, int], ...]
    classes: tuple[tuple[str, int], ...]
    subjects: int
    graphs: int


def count(ask: Callable[[Job], Reply]) -> Counts | None:
    """What ``ask`` counts; None where it gave no answer to one of the questions."""
    properties, classes, subjects, graphs = (_counts(ask, q) for q in (_PROPERTIES, _CLASSES, _SUBJECTS, _GRAPHS))
    if properties is None or classes is None or not subjects or not graphs:
        return None
    return Counts(properties, classes, subjects[0][1], graphs[0][1])


def describe_service(root: str) -> Iterator[Triple]:
    """The service description; ``root`` is the service's address, such as ``http://localhost:7878``."""
    service = iri(f"{root}/sparql#service")
    yield service, TYPE, iri(_SD + "Service")
    yield service, iri(_SD + "endpoint"), iri(f"{root}/sparql")
    yield service, iri(_SD + "supportedLanguage"), iri(_SD + "SPARQL11Query")
    yield service, iri(_SD + "feature"), iri(_SD + "UnionDefaultGraph")
    for name in _RESULTS:
        yield service, iri(_SD + "resultFormat"), iri(_FORMATS + name)
    data, default = iri(f"{root}/.well-known/void#data"), iri(f"{root}/.well-known/void#all")
    yield service, iri(_SD + "defaultDataset"), data
    yield data, TYPE, iri(_SD + "Dataset")
    yield data, iri(_SD + "defaultGraph"), default
    yield default, TYPE, iri(_SD + "Graph")


def describe_data(root: str, counts: Counts) -> Iterator[Triple]:
    """The data set of the service at ``root`` in VoID."""
    place = f"{root}/.well-known/void"
    data = iri(f"{place}#data")
    yield iri(place), TYPE, iri(_VOID + "DatasetDescription")
    yield iri(place), iri("http://xmlns.com/foaf/0.1/topic"), data
    yield data, TYPE, iri(_VOID + "Dataset")
    yield data, iri(DCTERMS + "title"), text("clinical cases as a graph", "en")
    yield data, iri(DCTERMS + "description"), text(f"{counts.graphs} named graphs, one a case", "en")
    yield data, iri(_VOID + "sparqlEndpoint"), iri(f"{root}/sparql")
    totals = {"triples": sum(many for _, many in counts.properties), "distinctSubjects": counts.subjects,
              "properties": len(counts.properties), "classes": len(counts.classes)}  # fmt: skip
    for name, many in totals.items():
        yield data, iri(_VOID + name), integer(many)
    for kind, amount, parts in (("property", "triples", counts.properties), ("class", "entities", counts.classes)):
        for number, (key, many) in enumerate(parts, 1):
            part = iri(f"{place}#{kind}-{number}")
            yield data, iri(f"{_VOID}{kind}Partition"), part
            yield part, iri(_VOID + kind), iri(key)
            yield part, iri(_VOID + amount), integer(many)


def _counts(ask: Callable[[Job], Reply], query: str) -> tuple[tuple[str, int], ...] | None:
    """The rows of a counting query: what is counted (empty for all) and how many."""
    reply = ask(Job(query, "application/sparql-results+json"))
    if reply.status != 200:
        return None
    rows = json.loads(reply.body)["results"]["bindings"]
    return tuple((row["key"]["value"] if "key" in row else "", int(row["count"]["value"])) for row in rows)


def in_format(triples: Iterable[Triple], media: str) -> bytes:
    """Triples in a media type of ``FORMS``."""
    return write(triples, "", FORMS[media]).encode()
