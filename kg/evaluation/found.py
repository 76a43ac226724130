"""What does a graph say of a case? Its mentions with kinds, codes and sections, and sets of values.

The graph is the contract: nothing else of the reader is looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from kg.identity import ONTOLOGY
from kg.model import Span
from kg.store.opening import Store

_PREFIXES = (
    f"PREFIX kg: <{ONTOLOGY}> PREFIX prov: <http://www.w3.org/ns/prov#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)
_PLACE = re.compile(r"#char=(\d+),(\d+)$")


@dataclass(frozen=True, slots=True)
class Spot:
    """A mention of the graph: its place, kind, section, concept and codes; ``""`` for what it lacks."""

    span: Span
    kind: str
    section: str
    concept: str = ""
    morphology: str = ""
    topography: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the graph says of one case: mentions in order, and the values of each of ``SETS``."""

    spots: tuple[Spot, ...] = ()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)


def rows(store: Store, query: str) -> Iterator[tuple[str, ...]]:
    """The rows of a query as plain values, ``""`` where there is none."""
    for row in store.ask(_PREFIXES + query).rows:
        yield tuple("" if term is None else term.value for term in row)


def case_of(iri: str) -> str:
    """The id of the case that a part belongs to.

    >>> case_of("https://w3id.org/casekg/case/cas%201#char=1,2")
    'cas 1'
    """
    return unquote(iri.partition("#")[0].rsplit("/", 1)[-1])


def place_of(iri: str) -> Span:
    """The span of a mention, by its IRI."""
    match = _PLACE.search(iri)
    return Span(int(match[1]), int(match[2])) if match else Span(0, 0)


def local(iri: str) -> str:
    """The local name of a term of our ontology."""
    return iri.rpartition("#")[2]


_MENTIONS = """SELECT ?m ?kind ?section ?concept ?mo ?to { ?m a kg:Mention ; kg:kind ?kind ; kg:section ?section
    OPTIONAL { ?m kg:concept ?concept } OPTIONAL { ?m kg:morphology ?mo } OPTIONAL { ?m kg:topography ?to } }"""
SETS = {
    "pairs": """SELECT ?a (CONCAT(?to, " ", ?mo) AS ?v) { ?a kg:morphology ?mo ; kg:topography ?to
        FILTER NOT EXISTS { ?a a kg:Mention } }""",
    "dates": "SELECT ?a (STR(?d) AS ?v) { ?a kg:date ?d FILTER NOT EXISTS { ?a kg:dateBasis kg:Computed } }",
    "ages": "SELECT ?a (STR(?n) AS ?v) { ?a kg:ageYears ?n }",
    "sexes": "SELECT ?a (STRAFTER(STR(?s), '#') AS ?v) { ?a kg:sex ?s }",
    "doses": "SELECT ?a (CONCAT(STR(?n), ' ', ?u) AS ?v) { ?t kg:dose ?a . ?a kg:amount ?n ; kg:unit ?u }",
}
"""Values of a case, wherever they stand: pairs are of site and morphology, doses of amount and UCUM unit."""


def found_in(store: Store) -> dict[str, Found]:
    """What a store says of each of its cases, by id."""
    spots: dict[str, dict[Span, Spot]] = defaultdict(dict)
    for mention, kind, section, *more in rows(store, _MENTIONS):
        span = place_of(mention)
        spot = Spot(span, local(kind).removesuffix("Kind"), local(section).removesuffix("_Section"), *more)
        known = spots[case_of(mention)].setdefault(span, spot)
        spots[case_of(mention)][span] = min(known, spot, key=_order)
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, query in SETS.items():
        for part, value in rows(store, query):
            values[case_of(part)][name].add(value)
    return {
        case: Found(
            tuple(spots[case][span] for span in sorted(spots[case])),
            {name: frozenset(found) for name, found in values[case].items()},
        )
        for case in map(case_of, store.cases())
    }


def _order(spot: Spot) -> tuple[str, ...]:
    """Which of two readings of one place counts: the same one whatever the order of a store."""
    return (spot.kind, spot.concept, spot.morphology, spot.topography)
