"""Writing graphs: every format says the same, in the same bytes, and nothing half-written stays."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GraphError, UsageError
from kg.graph.terms import Triple, date, iri, kg, text, typed
from kg.graph.write import FORMATS, Names, format_of, join, prefixes, render, replacing, short_name, write, write_parts

OA = "http://www.w3.org/ns/oa#"
BASE = "https://w3id.org/casekg/case/"
ONE, TWO = BASE + "cas-1", BASE + "cas%20deux"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = iri("http://www.w3.org/2004/02/skos/core#prefLabel")
SARCOMA = iri("http://purl.obolibrary.org/obo/MONDO_0005089")


def case(graph: str) -> list[Triple]:
    """Triples that try the writer: awkward IRIs, every sort of literal, ``a`` not first, a concept that cases share."""
    me, mention = iri(graph), iri(graph + "#char=102,110")
    return [
        (me, kg("patient"), iri(graph + "#patient")), (me, TYPE, kg("ClinicalCase")),
        (mention, TYPE, kg("Mention")), (mention, iri(OA + "exact"), text('dit "sarcome"\n\t\\ œ 🧬')),
        (mention, iri(OA + "start"), typed("102", "integer")),
        (me, kg("mention"), mention), (me, kg("mention"), iri(graph + "#char=1,2")),
        (me, kg("score"), typed("0.950", "decimal")), (me, kg("amount"), typed("4", "decimal")),
        (me, kg("date"), date("2010-03")),
        (me, kg("concept"), SARCOMA), (SARCOMA, LABEL, text("sarcome", "fr")),
        (SARCOMA, iri("http://www.w3.org/2004/02/skos/core#exactMatch"), iri("http://identifiers.org/hgnc/6342")),
        (SARCOMA, iri("http://www.w3.org/2004/02/skos/core#exactMatch"), iri("http://example.org/a.b./(c)?d=1")),
    ]  # fmt: skip


FORMAT_OF = {
    "ttl": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS, "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}  # fmt: skip


def triples_of(data: str, form: str) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(data, FORMAT_OF[form])}


def joined(form: str, *graphs: str, base: str = BASE) -> str:
    return "".join(join([render(case(g), g, form, base) for g in graphs], form, base))


def expected(*graphs: str) -> set[str]:
    lines = "".join(f"{s} {p} {o} .\n" for g in graphs for s, p, o in case(g))
    return triples_of(lines, "nt")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_exactly_the_triples(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{form}"
    with replacing(path) as out:
        write_parts([render(case(g), g, form) for g in (ONE, TWO)], form, out)
    assert triples_of(path.read_text(encoding="utf-8"), form) == expected(ONE, TWO)


@pytest.mark.parametrize("form", ["nq", "trig"])
def test_a_case_is_a_named_graph(form: str) -> None:
    names = {quad.graph_name.value for quad in ox.parse(joined(form, ONE, TWO), FORMAT_OF[form])}
    assert names == {ONE, TWO}


@pytest.mark.parametrize("form", ["ttl", "nt"])
def test_shared_triples_are_written_once(form: str) -> None:
    parsed = list(ox.parse(joined(form, ONE, TWO), FORMAT_OF[form]))
    assert len(parsed) == len(set(map(str, parsed)))


def test_turtle_reads_as_vocabulary_shows_it() -> None:
    assert joined("ttl", ONE) == (
        """\
@base <https://w3id.org/casekg/case/> .
@prefix hgnc: <http://identifiers.org/hgnc/> .
@prefix kg: <https://w3id.org/casekg/ontology#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<cas-1> a kg:ClinicalCase ;
    kg:patient <cas-1#patient> ;
    kg:mention <cas-1#char=102,110> , <cas-1#char=1,2> ;
    kg:score 0.950 ;
    kg:amount "4"^^xsd:decimal ;
    kg:date "2010-03"^^xsd:gYearMonth ;
    kg:concept obo:MONDO_0005089 .

<cas-1#char=102,110> a kg:Mention ;
    oa:exact "dit \\"sarcome\\"\\n\\t\\\\ œ 🧬" ;
    oa:start 102 .

obo:MONDO_0005089 skos:prefLabel "sarcome"@fr ;
    skos:exactMatch hgnc:6342 , <http://example.org/a.b./(c)?d=1> .
"""
    )


def test_prefixes_are_declared_once_and_rdflib_agrees() -> None:
    turtle = joined("ttl", ONE, TWO)
    assert turtle.count("@prefix kg:") == turtle.count("@base") == 1
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == len(expected(ONE, TWO))


@pytest.mark.parametrize("base", ["urn:x:cases", "https://example.org/a/../b", "https://example.org/x?y=", "http://e.org"])
def test_relative_iris_only_where_they_resolve_to_the_same(base: str) -> None:
    graph = base.rstrip("/") + "/c1"
    assert triples_of(joined("ttl", graph, base=base), "ttl") == expected(graph)


@pytest.mark.parametrize("case_id", [".", "..", "a.", "-", "%3A", "1", "é".encode().hex(), "a~b", "a%2Fb"])
def test_awkward_ids_survive(case_id: str) -> None:
    assert triples_of(joined("trig", BASE + case_id), "trig") == expected(BASE + case_id)


@given(st.text(), st.sampled_from(["", "fr", "en-GB"]))
def test_any_text_survives_turtle(value: str, language: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in value):
        return
    triple = (iri(ONE), LABEL, text(value, language))
    (quad,) = ox.parse("".join(join([render([triple], ONE, "ttl")], "ttl")), ox.RdfFormat.TURTLE)
    assert (quad.object.value, quad.object.language or "") == (value, language.lower() if language else "")


@pytest.mark.parametrize(("literal", "short"), [
    (typed("12", "integer"), "12"), (typed("0.5", "decimal"), "0.5"), (typed("1.", "decimal"), '"1."^^xsd:decimal'),
    (typed("x", "integer"), '"x"^^xsd:integer'), (text('a"^^<b>'), '"a\\"^^<b>"'),
])  # fmt: skip
def test_literals(literal: str, short: str) -> None:
    assert Names().short(literal) == short


def test_writing_one_case() -> None:
    assert write(case(ONE), ONE, "ttl") == joined("ttl", ONE)


def test_short_names_are_for_people() -> None:
    assert short_name(ONE + "#char=1,2") == "case:cas-1#char=1,2"
    assert short_name("urn:x") == "urn:x"
    assert prefixes()["kg"] == "https://w3id.org/casekg/ontology#"


@pytest.mark.parametrize("name", ["out", "out.xml", "out.", ".ttl.gz"])
def test_unknown_endings_are_named(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.ttl, \.trig, \.nq, \.nt, \.jsonld"):
        format_of(name)


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.nq"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as out:
            out.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert [p.name for p in tmp_path.iterdir()] == ["out.nq"]
    assert path.read_text() == "old"


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    target, link = tmp_path / "target.nt", tmp_path / "link.nt"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as out:
        out.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    with replacing(Path("/dev/null")) as out:
        out.write(b"gone")
    assert Path("/dev/null").is_char_device()


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(GraphError, match=r"file/out\.nt: can't be written"), replacing(tmp_path / "file" / "out.nt"):
        pass
