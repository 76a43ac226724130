"""What is expected of a tumour, by itself and by what lies above it? The profiles of ``ontologies/markers.ttl``.

A tumour that says nothing about a marker takes what the nearest broader tumours say; where those differ, the marker is
variable. Results of a marker also speak of its groups: a positive one says that the group is positive (CK7, so a
cytokeratin), a negative group says that each member is negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from kg.identity import ONTOLOGY
from kg.reasoning.profiles import Expectation
from kg.resources import folder

Profile = Mapping[str, Expectation]
"""What is expected of each marker, by the marker's IRI."""
Hierarchy = Mapping[str, tuple[str, ...]]
"""IRIs of the concepts directly above each, sorted."""

PROPERTIES = {e: f"expected{e.value.capitalize()}" for e in Expectation}
"""The local name of the property that states each expectation."""
_STATED = f"""PREFIX kg: <{ONTOLOGY}>
SELECT ?tumour ?property ?marker WHERE {{
  VALUES ?property {{ {" ".join(f"kg:{name}" for name in PROPERTIES.values())} }}
  ?tumour ?property ?marker
}}"""
_BROADER = "SELECT ?s ?o WHERE { ?s <http://www.w3.org/2004/02/skos/core#broader> ?o }"
_LABELS = "SELECT ?s ?o WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }"


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """The stated profiles by tumour, the hierarchy of tumours and markers, and labels as (text, language)."""

    stated: Mapping[str, Profile]
    broader: Hierarchy
    labels: Mapping[str, tuple[tuple[str, str], ...]]


def layers_above(start: str, broader: Hierarchy) -> Iterable[tuple[str, ...]]:
    """``start`` alone, then what lies directly above, and so on; no concept twice."""
    layer: tuple[str, ...] = (start,)
    seen = {start}
    while layer:
        yield layer
        layer = tuple(sorted({above for one in layer for above in broader.get(one, ())} - seen))
        seen.update(layer)


def profile_of(tumour: str, stated: Mapping[str, Profile], broader: Hierarchy) -> Profile:
    """What is expected of a tumour: its own statements first, then the nearest above; empty where there are none."""
    found: dict[str, Expectation] = {}
    for layer in layers_above(tumour, broader):
        said: dict[str, set[Expectation]] = {}
        for one in layer:
            for marker, expectation in stated.get(one, {}).items():
                said.setdefault(marker, set()).add(expectation)
        for marker, several in said.items():
            found.setdefault(marker, next(iter(several)) if len(several) == 1 else Expectation.VARIABLE)
    return found


def above_of(concept: str, broader: Hierarchy) -> frozenset[str]:
    """All that lies above a concept, itself left out."""
    return frozenset(one for layer in layers_above(concept, broader) for one in layer) - {concept}


@cache
def load_knowledge() -> Knowledge:
    """The profiles of this installation; read once."""
    from kg.store.embedded import Graphs

    path = folder("ontologies") / "markers.ttl"
    graphs = Graphs()
    graphs.load(path.read_bytes(), "ttl", str(path))
    expected = {ONTOLOGY + name: expectation for expectation, name in PROPERTIES.items()}
    stated: dict[str, dict[str, Expectation]] = {}
    for row in graphs.ask(_STATED).rows:
        tumour, name, marker = (term.value if term else "" for term in row)
        stated.setdefault(tumour, {})[marker] = expected[name]
    broader: dict[str, set[str]] = {}
    for row in graphs.ask(_BROADER).rows:
        below, above = (term.value if term else "" for term in row)
        broader.setdefault(below, set()).add(above)
    labels: dict[str, list[tuple[str, str]]] = {}
    for one, text in graphs.ask(_LABELS).rows:
        if one and text:
            labels.setdefault(one.value, []).append((text.value, text.language))
    return Knowledge(
        stated,
        {one: tuple(sorted(above)) for one, above in broader.items()},
        {one: tuple(sorted(texts, key=lambda t: t[1])) for one, texts in labels.items()},
    )
