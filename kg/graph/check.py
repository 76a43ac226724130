"""Does a graph keep its promises? SHACL by ``ontologies/shapes.ttl``, and the findings that are open in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.identity import ONTOLOGY
from kg.model import Level
from kg.resources import folder

if TYPE_CHECKING:
    from rdflib import Graph

_SH = "http://www.w3.org/ns/shacl#"
_LEVELS = {"Warning": Level.WARNING, "Info": Level.NOTE}


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What a shape, or the reading itself, objects to: the case and the node that it is about, and what to do.

    ``path`` is the property's IRI, or the code of an open finding. ``level`` is a ``Level``.
    """

    case: str
    focus: str
    path: str
    message: str
    level: str = Level.ERROR.value


def _case_of(node: str) -> str:
    return node.partition("#")[0]


def load_shapes() -> Graph:
    """The shapes of this installation."""
    from rdflib import Graph

    return Graph().parse(folder("ontologies") / "shapes.ttl", format="turtle")


def check(triples: str, shapes: Graph) -> tuple[Violation, ...]:
    """What is wrong with a graph (N-Triples text): violations of ``shapes`` and open findings, sorted."""
    from rdflib import Graph

    graph = Graph().parse(data=triples, format="nt")
    return tuple(sorted({*_violations(graph, shapes), *_findings(graph)}))


def _violations(graph: Graph, shapes: Graph) -> set[Violation]:
    from pyshacl import validate
    from rdflib import RDF, Graph, URIRef

    _, report, _ = validate(graph, shacl_graph=shapes)
    assert isinstance(report, Graph)
    found = set()
    for result in report.subjects(RDF.type, URIRef(_SH + "ValidationResult")):
        said = {str(p).removeprefix(_SH): str(o) for p, o in report.predicate_objects(result)}
        level = _LEVELS.get(said["resultSeverity"].removeprefix(_SH), Level.ERROR)
        focus, path = said["focusNode"], said.get("resultPath", "")
        found.add(Violation(_case_of(focus), focus, path, said.get("resultMessage", ""), level.value))
    return found


def _findings(graph: Graph) -> set[Violation]:
    from rdflib import RDF, RDFS, SKOS, URIRef

    found = set()
    for node in graph.subjects(RDF.type, URIRef(ONTOLOGY + "Finding")):
        level = str(graph.value(node, URIRef(ONTOLOGY + "level")) or "").removeprefix(ONTOLOGY)
        code, hint = str(graph.value(node, URIRef(ONTOLOGY + "code")) or ""), graph.value(node, SKOS.note)
        message = str(graph.value(node, RDFS.comment) or "") + (f"; {hint}" if hint else "")
        found.add(Violation(_case_of(str(node)), str(node), code, message, level))
    return found
