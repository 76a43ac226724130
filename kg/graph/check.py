"""Does a graph keep its promises? SHACL by ``ontologies/shapes.ttl``, and the findings that are open in it.

Here by pyshacl: slow, and the reference for ``kg.store.checking``, which ``kg check`` uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.identity import ONTOLOGY
from kg.model import Level
from kg.resources import folder

if TYPE_CHECKING:
    from rdflib import Graph

_SH = "http://www.w3.org/ns/shacl#"
LEVELS = {"Violation": Level.ERROR, "Warning": Level.WARNING, "Info": Level.NOTE}
"""How grave each of the severities of SHACL is."""


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What a shape, or the reading itself, objects to: the case and the node that it is about, and what to do.

    ``path`` is the property's IRI, or the code of an open finding. ``level`` is a ``Level``. ``words`` are those of the
    text that it is about, where they are known.
    """

    case: str
    focus: str
    path: str
    message: str
    level: str = Level.ERROR.value
    words: str = ""


def case_of(node: str) -> str:
    """The case to which a node belongs by its IRI."""
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
    from rdflib import Graph, URIRef

    _, report, _ = validate(graph, shacl_graph=shapes)
    assert isinstance(report, Graph)
    found = set()
    for result in report.objects(predicate=URIRef(_SH + "result")):  # those of nested shapes are mere details
        said = {str(p).removeprefix(_SH): str(o) for p, o in report.predicate_objects(result)}
        level = LEVELS[said["resultSeverity"].removeprefix(_SH)]
        # The path of an alternative is a blank node, which says nothing.
        focus, path = said["focusNode"], said.get("resultPath", "")
        path = path if ":" in path else ""
        found.add(Violation(case_of(focus), focus, path, said.get("resultMessage", ""), level.value))
    return found


def _findings(graph: Graph) -> set[Violation]:
    from rdflib import RDF, RDFS, SKOS, URIRef

    found = set()
    for node in graph.subjects(RDF.type, URIRef(ONTOLOGY + "Finding")):
        fields = (URIRef(ONTOLOGY + "code"), RDFS.comment, SKOS.note, URIRef(ONTOLOGY + "level"))
        # Where there are several, which the shapes forbid, the least.
        code, comment, hint, level = (min(map(str, graph.objects(node, field)), default="") for field in fields)
        message = comment + (f"; {hint}" if hint else "")
        found.add(Violation(case_of(str(node)), str(node), code, message, level.removeprefix(ONTOLOGY)))
    return found
