"""Does the graph say what the case says, in the terms of the vocabulary, and nothing more?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg.graph.write import write
from kg.identity import case_iri
from kg.pipeline import build

if TYPE_CHECKING:
    from conftest import Read

KG = "https://w3id.org/casekg/ontology#"
CASE = case_iri("case")
PREFIXES = f"""
PREFIX kg: <{KG}> PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

TEXT = """Anamnèse
Une femme de 47 ans. En mars 2010, la biopsie est compatible avec un sarcome du rein.

Anatomie pathologique
En mai 2010, pièce opératoire : léiomyosarcome de 60 x 40 mm. L'actine est positive, le CD117 est négatif.

Traitement
Ifosfamide 12,5 g/m2 en perfusion continue pendant 5 jours, 2 cycles, en juin 2010.
Cystite hémorragique au cours du deuxième cycle d'ifosfamide. Réponse partielle.

Évolution
Pas de métastase hépatique. La masse a augmenté de 16 à 40 mm. Nodules de 0,5 à 1,5 cm.
Un homme est vu le 31/02/2011.
"""


@pytest.fixture(scope="module")
def graph(read: Read) -> ox.Store:
    store = ox.Store()
    store.bulk_load(write(build(read(TEXT)), CASE, "nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def ask(graph: ox.Store, where: str, *names: str) -> set[tuple[str, ...]]:
    """Rows of ``names``; the ontology's prefix is left out."""
    found = graph.query(f"{PREFIXES} SELECT {' '.join('?' + n for n in names)} WHERE {{ {where} }}")
    assert isinstance(found, ox.QuerySolutions)
    return {tuple(row[n].value.removeprefix(KG) if row[n] else "" for n in names) for row in found}


QUESTIONS: list[tuple[str, str, str, set[tuple[str, ...]]]] = [
    (
        "case",
        f"<{CASE}> a kg:ClinicalCase ; kg:patient ?p ; dcterms:language ?l ; prov:wasDerivedFrom ?t",
        "p l t",
        {(f"{CASE}#patient", "fr", f"{CASE}#text")},
    ),
    ("patient", f"<{CASE}#patient> a kg:Patient ; kg:sex ?s ; kg:ageYears ?a", "s a", {("Female", "47")}),
    (
        "diagnoses",
        "?d a kg:Diagnosis ; kg:morphology ?m ; kg:certainty ?c ; kg:lifecycle ?l ; kg:date ?w ; kg:dateBasis ?b",
        "m c l w b",
        {
            ("8800/3", "Probable", "Superseded", "2010-03", "Stated"),
            ("8890/3", "Confirmed", "Current", "2010-05", "Stated"),
        },
    ),
    ("site", "?d a kg:Diagnosis ; kg:site/skos:notation ?n ; kg:topography ?t", "n t", {("C64.9", "C64.9")}),
    (
        "revision",
        "?n prov:wasRevisionOf ?o ; kg:revisionKind ?k . ?n kg:morphology ?m . ?o kg:morphology ?e",
        "e m k",
        {("8800/3", "8890/3", "Refinement")},
    ),
    (
        "evidence",
        "?d kg:evidence ?e ; kg:morphology ?m . ?e a kg:MarkerResult ; kg:marker/skos:prefLabel ?l ; kg:result ?r "
        "FILTER(lang(?l) = 'fr')",
        "m l r",
        {("8890/3", "actine", "Positive"), ("8890/3", "antigène CD117", "Negative")},
    ),
    (
        "treatment",
        "?t a kg:Treatment ; kg:status ?s ; kg:dose [ a kg:Quantity ; kg:amount ?a ; kg:unit ?u ] ; kg:cycles ?c ; "
        "kg:route ?r ; kg:daysDuration ?d",
        "s a u c r d",
        {("Given", "12.5", "g/m2", "2", "ContinuousInfusion", "5")},
    ),
    (
        "adverse event",
        "?e a kg:AdverseEvent ; kg:suspectedDrug/kg:concept/skos:prefLabel ?l FILTER(lang(?l) = 'en')",
        "l",
        {("ifosfamide",)},
    ),
    (
        "response",
        "?r a kg:Response ; kg:concept/skos:prefLabel ?l ; kg:follows/kg:cycles ?c FILTER(lang(?l) = 'fr')",
        "l c",
        {("réponse partielle", "2")},
    ),
    (
        "negated finding",
        "?f a kg:FindingAssertion ; kg:polarity kg:Negated ; kg:morphology ?m ; kg:topography ?t ; kg:certainty ?c",
        "m t c",
        {("8000/6", "C22.0", "Excluded")},
    ),
    (
        "sizes",
        "?m a kg:Measurement ; kg:unit ?u OPTIONAL { ?m kg:length ?l ; kg:width ?w } OPTIONAL { ?m kg:lower ?a ; "
        "kg:upper ?b } OPTIONAL { ?m kg:from ?f ; kg:to ?t }",
        "u l w a b f t",
        {
            ("mm", "60", "40", "", "", "", ""),
            ("mm", "", "", "5", "15", "", ""),
            ("mm", "", "", "", "", "16", "40"),
        },
    ),
    (
        "events",
        "?e a kg:Event ; kg:date ?d ; kg:order ?o",
        "o d",
        {("1", "2010-03"), ("2", "2010-05"), ("3", "2010-06")},
    ),
    (
        "findings",
        "?f a kg:Finding ; kg:code ?c ; kg:level ?l",
        "c l",
        {("date-impossible", "Warning"), ("sex-conflict", "Warning")},
    ),
    (
        "sections",
        "?m a kg:Mention ; kg:section ?s",
        "s",
        {
            ("History_Section",),
            ("Pathology_Section",),
            ("Treatment_Section",),
            ("Course_Section",),
        },
    ),
]


@pytest.mark.parametrize(
    ("where", "names", "expected"), [row[1:] for row in QUESTIONS], ids=[row[0] for row in QUESTIONS]
)
def test_the_graph_says(where: str, names: str, expected: set[tuple[str, ...]], graph: ox.Store) -> None:
    assert ask(graph, where, *names.split()) == expected


def test_dates_keep_their_precision(graph: ox.Store) -> None:
    types = ask(graph, "?x kg:date ?d BIND(datatype(?d) AS ?t)", "t")
    assert types == {("http://www.w3.org/2001/XMLSchema#gYearMonth",)}


def test_every_mention_has_its_words_and_its_kind(graph: ox.Store) -> None:
    rows = ask(graph, "?m a kg:Mention ; oa:exact ?x ; kg:kind ?k", "x", "k")
    assert rows >= {
        ("sarcome", "DiseaseKind"), ("rein", "AnatomyKind"), ("CD117", "MarkerKind"), ("Ifosfamide", "DrugKind"),
        ("biopsie", "ProcedureKind"), ("Réponse partielle", "ResponseKind"),
    }  # fmt: skip


def test_every_assertion_has_all_qualifiers_a_case_and_a_passage(graph: ox.Store) -> None:
    wanted = ["case", "mention", "passage", "polarity", "certainty", "temporality", "experiencer"]
    every = ask(graph, "?a kg:polarity ?p", "a")
    assert every == ask(graph, " ; ".join(["?a a ?t"] + [f"kg:{name} ?{name}" for name in wanted]), "a")


def test_a_passage_is_the_sentence_and_no_mention(graph: ox.Store) -> None:
    quotes = ask(graph, "?d a kg:Diagnosis ; kg:morphology '8800/3' ; kg:passage/oa:exact ?x", "x")
    assert quotes == {("En mars 2010, la biopsie est compatible avec un sarcome du rein.",)}


def test_concepts_lead_to_their_roots(graph: ox.Store) -> None:
    rows = ask(
        graph, "?d kg:morphology '8890/3' ; kg:concept/skos:broader*/skos:prefLabel ?l FILTER(lang(?l) = 'en')", "l"
    )
    assert {("leiomyosarcoma",), ("sarcoma",), ("neoplasm",)} <= rows


def test_candidates_are_ranked_with_scores(graph: ox.Store) -> None:
    rows = ask(
        graph, "?a kg:candidate [ kg:rank ?r ; kg:score ?s ; kg:matchedTerm ?t ; kg:sourceRow ?o ]", "r", "s", "t", "o"
    )
    assert {row[0] for row in rows} >= {"1"}
    assert all(0.5 <= float(score) <= 1 and term and ":" in source for _, score, term, source in rows)


def test_no_triple_twice_and_no_blank_node(read: Read) -> None:
    triples = build(read(TEXT))
    assert [t for t, n in Counter(triples).items() if n > 1] == []
    assert not any(part.startswith("_:") for triple in triples for part in triple)


def test_findings_never_quote_the_text(graph: ox.Store) -> None:
    for (message,) in ask(graph, "?f a kg:Finding ; <http://www.w3.org/2000/01/rdf-schema#comment> ?c", "c"):
        assert "31/02/2011" not in message
        assert "homme" not in message.split()


def test_metadata_and_base_are_taken(read: Read) -> None:
    triples = build(read("Une masse."), "https://example.org/c/")
    assert triples[0][0] == "<https://example.org/c/case>"
    assert {s.split("#")[0].strip("<>") for s, _, _ in triples if "example.org" in s} == {"https://example.org/c/case"}
