"""What does a description logic reasoner make of the same facts? HermiT through owlready2, which needs Java.

The reference for the fast path (``kg.reasoning.fit``): a test holds the two together. The reasoner sees ``casekg.ttl``,
``markers.ttl`` and each result with its marker and its outcome, and finds the classes that the result belongs to.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from kg.errors import UsageError
from kg.graph.terms import TYPE, iri, kg
from kg.identity import MARKERS, ONTOLOGY
from kg.reasoning.fit import Bearing, Result
from kg.resources import folder

_SUBJECT = "http://purl.org/dc/terms/subject"


def classify(results: Iterable[Result], markers: str = "") -> frozenset[tuple[str, Bearing, str]]:
    """(result's IRI, bearing, tumour's IRI) of all results, as HermiT infers them; ``UsageError`` without Java.

    ``markers`` is an ontology of markers as Turtle, by default that of this installation, which takes two minutes.
    """
    import owlready2

    if shutil.which("java") is None:
        raise UsageError("the OWL reasoner needs Java, and there is no java on the path; install a Java runtime")
    world = owlready2.World()
    texts = {
        "ontology": _triples("casekg.ttl"),
        "markers": _triples("markers.ttl", markers),
        "facts": "".join(map(_facts, results)),
    }
    for name, text in texts.items():  # as N-Triples, for the reader of owlready2 knows no Turtle
        world.get_ontology(f"https://w3id.org/casekg/{name}").load(fileobj=BytesIO(text.encode()))
    with world.get_ontology("https://w3id.org/casekg/inferred"):
        owlready2.sync_reasoner_hermit(world, debug=0)
    subject = {str(row[0]): str(row[1]) for row in _pairs(world, _SUBJECT)}
    found = set()
    for individual in world[ONTOLOGY + "MarkerResult"].instances():
        for one in individual.INDIRECT_is_a:
            name = getattr(one, "iri", "")
            if name.startswith(MARKERS) and name in subject:
                bearing = name.removeprefix(MARKERS).partition("-")[0]
                found.add((str(individual.iri), Bearing(bearing), subject[name]))
    return frozenset(found)


def _facts(result: Result) -> str:
    subject = iri(result.iri)
    pairs = ((TYPE, kg("MarkerResult")), (kg("marker"), iri(result.marker)), (kg("result"), kg(result.outcome)))
    return "".join(f"{subject} {p} {o} .\n" for p, o in pairs)


def _triples(name: str, turtle: str = "") -> str:
    """An ontology of this installation, or one given as Turtle, as N-Triples."""
    from kg.store.embedded import Graphs

    graphs, path = Graphs(), folder("ontologies") / name
    graphs.load(turtle.encode() or path.read_bytes(), "ttl", str(path))
    return "".join(text for _, text in graphs.texts())


def _pairs(world: Any, predicate: str) -> list[tuple[str, str]]:
    query = f"SELECT ?s ?o WHERE {{ ?s <{predicate}> ?o }}"
    return [(s.iri, o.iri) for s, o in world.sparql(query, error_on_undefined_entities=False)]
