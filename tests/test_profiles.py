"""Are the profiles of tumours whole, honest about their sources, and the same in the table as in OWL?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rdflib import OWL, RDF, Graph, Namespace, URIRef

from kg.errors import TableError
from kg.identity import ONTOLOGY
from kg.reasoning.knowledge import PROPERTIES, load_knowledge, profile_of
from kg.reasoning.ontology import write_ontology
from kg.reasoning.profiles import Expectation, Statement, read_statements, read_titles, source_iri
from kg.terms.lexicon import read_lexicon

ONTOLOGIES = Path(__file__).resolve().parent.parent / "ontologies"
KG = Namespace(ONTOLOGY)
SOURCE = URIRef("http://purl.org/dc/terms/source")
STATEMENTS = read_statements()
LEXICON = read_lexicon()[1]


def test_tumours_and_markers_are_rows_of_the_lexicon() -> None:
    for s in STATEMENTS:
        assert LEXICON.concepts[s.tumour].kind.value == "Disease", s
        assert LEXICON.concepts[s.marker].kind.value == "Marker", s


def test_many_tumours_have_a_profile_that_tells_something() -> None:
    tumours = Counter(s.tumour for s in STATEMENTS)
    assert len(tumours) >= 120
    stated = {t: {s.marker: s.expectation for s in STATEMENTS if s.tumour == t} for t in tumours}
    parents = {key: LEXICON.concepts[key].parents for key in LEXICON.concepts}
    for tumour in tumours:
        profile = profile_of(tumour, stated, parents)
        assert set(profile.values()) - {Expectation.VARIABLE}, f"{tumour}: expects nothing"


def test_it_is_known_how_many_are_sourced() -> None:
    """Exact numbers: a source that is lost, or a statement that comes without one, must be seen."""
    kinds = Counter(
        " and ".join(sorted({"NCIT" if source.startswith("NCIT:") else "paper" for source in s.sources})) or "none"
        for s in STATEMENTS
    )
    assert kinds == {"none": 1401, "paper": 536, "NCIT": 52, "NCIT and paper": 27}
    by_expectation = Counter(s.expectation.value for s in STATEMENTS if s.sources)
    assert by_expectation == {"positive": 286, "negative": 193, "variable": 136}
    titles = read_titles()
    used = {source for s in STATEMENTS for source in s.sources if not source.startswith("NCIT:")}
    assert used == set(titles), "each paper is cited, and each cited paper has its title"
    assert len({title.casefold() for title in titles.values()}) == len(titles), "a paper is cited by one identifier"


def test_the_ontology_is_made_of_the_table() -> None:
    made = write_ontology(STATEMENTS, LEXICON)
    assert made == (ONTOLOGIES / "markers.ttl").read_text(encoding="utf-8"), (
        "run: python -m kg.reasoning.ontology > ontologies/markers.ttl"
    )


def test_every_statement_has_its_sources_or_says_that_it_has_none() -> None:
    graph = Graph().parse(ONTOLOGIES / "markers.ttl")
    found = {}
    for axiom in graph.subjects(RDF.type, OWL.Axiom):
        triple = tuple(graph.value(axiom, OWL[f"annotated{part}"]) for part in ("Source", "Property", "Target"))
        sources = {str(source) for source in graph.objects(axiom, SOURCE)}
        assert bool(sources) != bool(graph.value(axiom, KG.unsourced)), triple
        assert triple in graph
        found[triple] = sources
    triples = [triple for name in PROPERTIES.values() for triple in graph.triples((None, KG[name], None))]
    assert len(found) == len(STATEMENTS) == len(triples)
    for s in STATEMENTS:
        tumour, marker = (URIRef(LEXICON.concepts[key].iri) for key in (s.tumour, s.marker))
        assert found[tumour, KG[PROPERTIES[s.expectation]], marker] == set(map(source_iri, s.sources))


def test_what_is_loaded_is_what_the_table_says() -> None:
    stated = load_knowledge().stated
    wanted: dict[str, dict[str, Expectation]] = {}
    for s in STATEMENTS:
        wanted.setdefault(LEXICON.concepts[s.tumour].iri, {})[LEXICON.concepts[s.marker].iri] = s.expectation
    assert stated == wanted


@pytest.mark.parametrize(
    ("tumour", "positive", "negative"),
    [
        ("pecoma", {"pmel", "mlana", "acta2"}, {"cytokeratin", "kit"}),
        ("gist", {"kit", "ano1"}, {"des", "s100b"}),
        ("leiomyosarcoma", {"acta2", "des", "cald1"}, {"kit", "pmel"}),
        ("lung-adenocarcinoma", {"nkx2-1", "napsa", "krt7", "pan-cytokeratin"}, {"krt20"}),
        ("uterine-leiomyosarcoma", {"des"}, {"pmel"}),
    ],
)
def test_profiles_that_everybody_knows(tumour: str, positive: set[str], negative: set[str]) -> None:
    knowledge = load_knowledge()
    broader = {c.iri: tuple(LEXICON.concepts[p].iri for p in c.parents) for c in LEXICON.concepts.values()}
    profile = profile_of(LEXICON.concepts[tumour].iri, knowledge.stated, broader)
    for markers, expectation in ((positive, Expectation.POSITIVE), (negative, Expectation.NEGATIVE)):
        for marker in markers:
            assert profile[LEXICON.concepts[marker].iri] is expectation, marker


def test_the_nearest_statement_counts_and_a_tie_is_variable() -> None:
    plus, minus = Expectation.POSITIVE, Expectation.NEGATIVE
    stated = {"top": {"m": plus, "n": plus}, "left": {"m": minus}, "right": {"n": minus}, "other": {"n": plus}}
    broader = {"left": ("top",), "low": ("left",), "both": ("right", "other")}
    assert profile_of("low", stated, broader) == {"m": minus, "n": plus}
    assert profile_of("both", stated, broader) == {"n": Expectation.VARIABLE}
    assert profile_of("circle", {"circle": {"m": plus}}, {"circle": ("circle",)}) == {"m": plus}


TITLES = "source\ttitle\nPMID:1\tOn a marker\n"
HEAD = "tumour\tmarker\texpectation\tsource\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", r"profiles\.tsv:1: the columns must be"),
        (HEAD + "gist\tkit\tpositive\n", r"profiles\.tsv:2: 3 cells; there must be 4"),
        (HEAD + "gist\tkit\tmaybe\t\n", r":2: expectation 'maybe' is none of positive, negative, variable"),
        (HEAD + "gist\tkit\tpositive\tmy book\n", r":2: source 'my book' is not PMID"),
        (HEAD + "gist\tkit\tpositive\tPMID:2\n", r":2: PMID:2 has no row in profile-sources\.tsv"),
        (HEAD + "gist\tkit\tpositive\tPMID:1\ngist\tkit\tnegative\t\n", r":3: gist and kit stand in line 2 too"),
    ],
)
def test_malformed_rows_name_file_and_line(rows: str, message: str, tmp_path: Path) -> None:
    table, titles = tmp_path / "profiles.tsv", tmp_path / "profile-sources.tsv"
    table.write_text(rows, encoding="utf-8")
    titles.write_text(TITLES, encoding="utf-8")
    with pytest.raises(TableError, match=message):
        read_statements(table, titles)


@pytest.mark.parametrize("row", ["PMID:1\t", "NCIT:C1\tNo paper", "Book\tTitle", "PMID:1\tOne\nPMID:1\tTwo"])
def test_malformed_titles_name_file_and_line(row: str, tmp_path: Path) -> None:
    titles = tmp_path / "profile-sources.tsv"
    titles.write_text("source\ttitle\n" + row, encoding="utf-8")
    with pytest.raises(TableError, match=r"profile-sources\.tsv:[23]: "):
        read_titles(titles)


def test_an_unknown_id_is_refused() -> None:
    for tumour, marker in (("kit", "kit"), ("gist", "nix")):
        wrong = Statement(tumour, marker, Expectation.POSITIVE, (), 7)
        with pytest.raises(TableError, match=r"profiles\.tsv:7: '\w+' is no (disease|marker) of the lexicon"):
            write_ontology([wrong], LEXICON)


