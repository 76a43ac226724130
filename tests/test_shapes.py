"""Do the shapes as queries say the same as pyshacl, on what is right and on everything that is wrong?"""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, Namespace
from test_ontology import MISTAKES, PREFIXES, SAMPLE, SHAPES, Breach, broken, rounds

from kg.errors import GraphError
from kg.graph.check import Violation, check
from kg.graph.shapes import load_rules
from kg.store.checking import check_store
from kg.store.embedded import Graphs

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*/expected.ttl"))
PREFIX = "@prefix kg: <https://w3id.org/casekg/ontology#> . @prefix : <https://w3id.org/casekg/case/c#> .\n"

Said = set[tuple[str, str, str, str]]


def said(violations: tuple[Violation, ...]) -> Said:
    """What both must agree on; blank nodes have no name that lasts."""
    return {(v.focus if ":" in v.focus else "_", v.path, v.message, v.level) for v in violations}


def as_queries(graph: Graph, *, named: bool = False) -> Said:
    graphs = Graphs()
    triples = graph.serialize(format="nt", encoding="utf-8").decode()
    if named:
        graphs.replace("https://w3id.org/casekg/case/demo", triples)
    else:
        graphs.load(triples.encode(), "nt", "graph")
    return said(check_store(graphs))


def both(graph: Graph) -> tuple[Said, Said]:
    return as_queries(graph), said(check(graph.serialize(format="nt", encoding="utf-8").decode(), SHAPES))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_both_accept_the_expected_graphs(path: Path) -> None:
    queries, reference = both(Graph().parse(path))
    assert queries == reference


@pytest.mark.parametrize("group", rounds(), ids=lambda group: f"{len(group)}-at-once")
def test_both_refuse_the_same_in_broken_properties(group: list[Breach]) -> None:
    queries, reference = both(broken(group))
    assert queries == reference
    found = {(focus, message) for focus, _, message, _ in queries}
    assert {(str(breach.focus), breach.message) for breach in group} <= found


@pytest.mark.parametrize(("name", "update"), MISTAKES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(MISTAKES)])
def test_both_refuse_the_same_in_a_broken_node(name: str, update: str) -> None:
    graph = Graph() + SAMPLE
    graph.update(update, initNs={prefix: Namespace(base) for prefix, base in PREFIXES.items()})
    queries, reference = both(graph)
    assert queries == reference != set()
    if "_" not in {focus for focus, *_ in queries}:
        assert as_queries(graph, named=True) == queries


def test_each_named_graph_is_held_on_its_own() -> None:
    graphs = Graphs()
    for case, age in (("a", 40), ("b", 400)):
        graphs.load(
            f"{PREFIX} <https://w3id.org/casekg/case/{case}> {{ :patient a kg:Patient ; kg:ageYears {age} }}".encode(),
            "trig",
            "x",
        )
    assert {v.path for v in check_store(graphs)} == {"https://w3id.org/casekg/ontology#ageYears"}
    graphs.load(f"{PREFIX} :b a kg:Patient ; kg:ageYears 500 .".encode(), "ttl", "x")
    assert {v.focus.rpartition("#")[2] for v in check_store(graphs)} == {"patient", "b"}


def test_a_violation_shows_the_words_and_how_to_mend() -> None:
    graphs = Graphs()
    text = """:x a kg:FindingAssertion ; kg:mention <#char=3,9> .
        <#char=3,9> oa:exact "fièvre" ; oa:start 3 . :y a kg:Patient ; kg:ageYears 200 ."""
    head = f"@base <https://w3id.org/casekg/case/c> . @prefix oa: <http://www.w3.org/ns/oa#> . {PREFIX}"
    graphs.load((head + text).encode(), "ttl", "x")
    found = {v.path.rpartition("#")[2]: v for v in check_store(graphs)}
    assert (found["polarity"].case, found["polarity"].words) == ("https://w3id.org/casekg/case/c", "fièvre")
    assert "one of Affirmed, Negated" in found["polarity"].message
    assert (found["ageYears"].words, found["ageYears"].level) == ("", "Error")


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("sh:targetClass <x:C> ; sh:hasValue 1", "sh:hasValue"),
        ("sh:targetClass <x:C> ; sh:nodeKind sh:Literal", "nodeKind"),
        ("sh:targetClass <x:C> ; sh:property [ sh:path ( <x:p> <x:q> ) ; sh:minCount 1 ]", "path"),
        ('sh:targetClass <x:C> ; sh:sparql [ sh:select "SELECT ?x WHERE { ?x ?p 1 }" ]', "SELECT \\$this"),
    ],
)
def test_what_cannot_be_asked_is_said(shape: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(f"@prefix sh: <http://www.w3.org/ns/shacl#> . <x:S> {shape} .")
    with pytest.raises(GraphError, match=message):
        load_rules(tmp_path / "s.ttl")
