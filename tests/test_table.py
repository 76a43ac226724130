"""Is an answer a table of plain values, and is the library of queries what others can read?"""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

import kg
from kg.errors import UsageError
from kg.resources import folder
from kg.store.embedded import Answer, Graphs, Term
from kg.store.publication import library
from kg.store.queries import load_queries
from kg.store.table import Table

SAMPLE = Path(__file__).resolve().parent / "fixtures" / "graph-sample.ttl"
QUERIES = load_queries(folder("queries"))
VALUES = (
    'SELECT * { VALUES (?a ?b ?c ?d ?e ?f) { (<x:y> 1 2.50 1e0 true "2010-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>)'
    ' (UNDEF "a|<b>"@fr UNDEF UNDEF false "x"^^<http://www.w3.org/2001/XMLSchema#integer>) } }'
)


def test_values_are_plain() -> None:
    table = kg.ask(SAMPLE, VALUES)
    assert table.columns == ("a", "b", "c", "d", "e", "f")
    assert table.rows == [
        ("x:y", 1, Decimal("2.5"), 1.0, True, "2010-03"), (None, "a|<b>", None, None, False, "x"),
    ]  # fmt: skip
    assert (len(table), list(table)) == (2, table.rows)
    assert str(table) == table.format("table")


def test_graphs_are_files_stores_and_triples(tmp_path: Path) -> None:
    graphs = Graphs()
    graphs.load(SAMPLE.read_bytes(), "ttl", "sample")
    triples = [tuple(map(str, quad.triple)) for quad in ox.parse(path=str(SAMPLE))]
    wanted = kg.ask(SAMPLE, "marker-profile").rows
    assert wanted
    for place in (str(SAMPLE), graphs, triples):
        assert kg.ask(place, "marker-profile").rows == wanted  # type: ignore[arg-type]


COUNTS = {"marker-by-diagnosis-counts", "adverse-events-by-drug"}
"""Queries whose figures are of one case or of all."""
REASONED = {"discordant-profiles", "marker-panel-coverage"}
"""Queries of what ``kg reason`` writes; the sample's first case has nothing of it."""


def test_a_case_of_a_store_is_asked_alone() -> None:
    graphs = Graphs()
    triples = ox.serialize((q.triple for q in ox.parse(path=str(SAMPLE))), format=ox.RdfFormat.N_TRIPLES) or b""
    for case in ("a", "b"):
        own = re.sub(r"casekg/case/demo(?=[#>])", f"casekg/case/{case}", triples.decode())
        graphs.replace(f"https://w3id.org/casekg/case/{case}", own)
    for name in QUERIES:
        alone = kg.ask(graphs, name, case="a")
        assert len(alone) or name in REASONED, name
        among_all = set(kg.ask(graphs, name).format("csv").splitlines())
        assert name in COUNTS or set(alone.format("csv").splitlines()) <= among_all, name


def test_parameters_are_resolved_and_told() -> None:
    told: list[str] = []
    by_name = kg.ask(SAMPLE, "marker-profile", marker="c-Kit", case="demo", tell=told.append)
    assert len(by_name) == 2
    assert told == ["marker: 'c-Kit' is hgnc:6342, KIT"]
    assert by_name == kg.ask(SAMPLE, "marker-profile", concept="hgnc:6342", case="demo")
    assert by_name == kg.ask(SAMPLE, "marker-profile", concept="<http://identifiers.org/hgnc/6342>", case="case:demo")
    assert kg.ask(SAMPLE, "marker-profile", case=None) == kg.ask(SAMPLE, "marker-profile")
    for wrong, message in (
        ({"marker": "no such marker"}, "has no concept"),
        ({"marker": "KIT", "concept": "KIT"}, "the same parameter"),
        ({"drug": "KIT"}, "has no parameter 'drug'; it has case, concept"),
    ):
        with pytest.raises(UsageError, match=message):
            kg.ask(SAMPLE, "marker-profile", **wrong)


def test_notebooks_get_html() -> None:
    html = kg.ask(SAMPLE, VALUES)._repr_html_()
    assert html.startswith("<table><thead><tr><th>a</th>")
    assert "<td>a|&lt;b&gt;</td>" in html
    long = Table(Answer(("n",), ((Term("literal", "1"),),) * 60))
    assert long._repr_html_().count("<td>") == 50
    assert "10 more rows" in long._repr_html_()


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_frames_need_their_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=f"{name} is not installed: pip install {name}"):
        getattr(kg.ask(SAMPLE, VALUES), f"to_{name}")()


def test_frames_hold_the_rows() -> None:
    table = kg.ask(SAMPLE, "sites-and-sizes")
    frame = pytest.importorskip("pandas", exc_type=ImportError)
    assert frame is not None
    assert list(table.to_pandas().columns) == list(table.columns)
    assert len(table.to_pandas()) == len(table)
    pytest.importorskip("polars")
    assert table.to_polars().shape == (len(table), len(table.columns))


def test_the_library_is_published() -> None:
    text = library(QUERIES.values())
    graph = Graph().parse(data=text, format="turtle")
    assert text == library(QUERIES.values())
    published = {URIRef(f"https://w3id.org/casekg/query/{name}"): query for name, query in QUERIES.items()}
    assert set(graph.subjects(RDF.type, SH.SPARQLExecutable)) == set(published)
    declared = {
        str(graph.value(d, SH.prefix)): str(graph.value(d, SH.namespace)) for d in graph.objects(predicate=SH.declare)
    }
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in declared.items())
    graphs = Graphs()
    graphs.load(SAMPLE.read_bytes(), "ttl", "sample")
    for iri, query in published.items():
        select = str(graph.value(iri, SH.select))
        assert "PREFIX" not in select
        assert graphs.ask(head + select) == graphs.ask(query.text)
        assert graph.value(iri, RDFS.comment) == Literal(query.question, lang="en")
        paths = {str(graph.value(p, SH.path)).rpartition("#")[2] for p in graph.objects(iri, SH.parameter)}
        assert paths == {p.name for p in query.parameters}
