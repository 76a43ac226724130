"""Do installed terminologies join the lexicon, which wins, and does the graph say where a concept comes from?"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.corpus.batch import digest_of
from kg.errors import TableError, UsageError
from kg.graph.terms import SUBCLASS
from kg.graph.write import write
from kg.identity import case_iri, term_iri, terminology_iri
from kg.model import Case, Document, Grounding, Kind
from kg.pipeline import build, read, reader_for
from kg.reading.terminologies import needed_contexts
from kg.terms.index import compile_index, terms_folder
from kg.terms.installed import check_installed
from kg.terms.term import Mapping, Name, Term

CURATED = "semapv:ManualMappingCuration"
DISEASES = [
    Term("TOY:1", (Name("glaze disorder", "en", "label"),), kind="Disease"),
    Term("TOY:2", (Name("pottery glaze disorder", "en", "label"), Name("glazurose", "fr", "label")), ("TOY:1",),
         (Mapping("ICDO:8999/1"),), kind="Disease"),
    Term("TOY:3", (Name("pottery adenocarcinoma", "en", "label"), Name("céramocarcinome", "fr")),
         mappings=(Mapping("MONDO:0004970", "skos:exactMatch", CURATED),), kind="Disease"),
    Term("TOY:4", (Name("chronic ceramic argilopathy", "en", "label"),), ("TOY:1",),
         (Mapping("OTHER:4", "skos:exactMatch", CURATED),), kind="Disease"),
    Term("TOY:5", (Name("GLZ", "en"), Name("glaz", "fr"), Name("12 mg", "fr"), Name("sévère", "fr", "label")),
         kind="Disease"),
    Term("TOY:6", (Name("vaisselite", "fr", "related"), Name("porcelanite", "fr")), obsolete=True,
         replaced_by=("TOY:2",), kind="Disease"),
    Term("TOY:7", (Name("syndrome de la porcelaine fêlée", "fr", "label"),), ("TOY:1",), kind="Disease"),
    Term("TOY:8", (Name("fêlure", "fr", "label"),), kind="Disease"),
    Term("TOY:10", (Name("potinose", "fr", "label"),), (), (Mapping("MONDO:0004992", "skos:exactMatch", CURATED),),
         kind="Disease"),
    Term("TOY:9", (Name("estomac", "fr", "label"), Name("gastrite", "fr")), kind="Disease"),
]  # fmt: skip
OTHERS = [
    Term("OTHER:4", (Name("ceramic kidney disease", "en", "label"),), ("OTHER:1",), kind="Disease"),
    Term("OTHER:1", (Name("kiln disease", "en", "label"),), kind="Disease"),
    Term("OTHER:5", (Name("émaillumab", "fr", "label"),), kind="Drug"),
]
NAMES = ("others", "toy")


@pytest.fixture(scope="module", autouse=True)
def _here(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two small terminologies as the only ones that are installed."""
    patch = pytest.MonkeyPatch()
    patch.setenv("CASEKG_DATA", str(tmp_path_factory.mktemp("data")))
    for name, terms in (("toy", DISEASES), ("others", OTHERS)):
        compile_index(terms, terms_folder() / f"{name}.terms", name=name, version="2024-01", licence="")
    reader_for.cache_clear()
    yield
    patch.undo()
    reader_for.cache_clear()


def joined(text: str, language: str = "fr") -> Case:
    return read(text, language=language, terms=NAMES)


def named(text: str, language: str = "fr") -> list[tuple[str, str]]:
    """Words with the key of their concept, where a terminology named it."""
    case = joined(text, language)
    found: list[Grounding] = [g for g in case.groundings if g.candidates and g.candidates[0].scheme]
    return [(text[g.mention.span.start : g.mention.span.end], g.candidates[0].concept.key) for g in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Une glazurose a été trouvée.", [("glazurose", "TOY:2")]),
        ("Deux glazuroses, puis des fêlures.", [("glazuroses", "TOY:2"), ("fêlures", "TOY:8")]),
        ("Une argilopathie céramique chronique du côté droit.", [("argilopathie céramique chronique", "OTHER:4")]),
        ("Un syndrome de la porcelaine fêlée.", [("syndrome de la porcelaine fêlée", "TOY:7")]),
        ("Une porcelanite ancienne.", [("porcelanite", "TOY:2")]),
    ],
)
def test_names_that_the_lexicon_lacks_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected
    assert not [g for g in read(text, language="fr").groundings if g.candidates and g.candidates[0].scheme]


@pytest.mark.parametrize(
    "text",
    [
        "Le patient a reçu 12 mg.",
        "GLZ négatif, glaz fine.",
        "Une forme sévère.",
        "Une vaisselite.",
        "La argilopathie est chronique, céramique.",
        "Une argilopathie sans céramique chronique.",
        "Un dosage d'émaillumab.",
    ],
    ids=["quantity", "acronym", "plain", "scope", "comma", "negation", "context"],
)
def test_what_is_no_name_stays_out(text: str) -> None:
    assert named(text) == []


def test_a_drug_needs_its_treatment() -> None:
    assert named("Traitement par émaillumab 3 mg par jour.") == [("émaillumab", "OTHER:5")]


def test_the_lexicon_wins_its_own_words_and_lends_its_concepts() -> None:
    text = "Une gastrite de l'estomac."
    assert named(text) == []
    assert joined(text) == read(text, language="fr")
    ((words, key),) = named("Un céramocarcinome a été réséqué.")
    concept = reader_for("fr").vocabulary.lexicon.concepts[key]
    assert (words, concept.iri) == ("céramocarcinome", term_iri("MONDO:0004970"))
    assert concept.morphology


def test_terms_that_mappings_join_are_one_concept() -> None:
    (grounding,) = [g for g in joined("Une argilopathie céramique chronique.").groundings if g.candidates[0].scheme]
    (candidate,) = grounding.candidates
    assert candidate.why == "cognate"
    assert candidate.scheme == ("others", "2024-01")
    assert candidate.concept.schemes == (("others", "2024-01"), ("toy", "2024-01"))
    assert set(candidate.concept.parents) == {"OTHER:1", "TOY:1"}
    assert candidate.concept.kind is Kind.DISEASE


def test_an_icdo_code_of_a_mapping_is_its_morphology() -> None:
    (grounding,) = [g for g in joined("Une glazurose.").groundings if g.candidates]
    assert grounding.morphology == "8999/1"
    assert grounding.candidates[0].concept.notations == ("8999/1",)


def stored(case: Case, *, hierarchy: bool = False) -> ox.Store:
    store = ox.Store()
    text = write(build(case, terms=NAMES, hierarchy=hierarchy), case_iri("x"), "nt")
    store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def test_the_graph_says_which_version_of_what() -> None:
    rows = stored(joined("Une glazurose.")).query("""
        PREFIX kg: <https://w3id.org/casekg/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?concept ?scheme ?title ?version ?of WHERE {
          ?candidate kg:concept ?concept ; dcterms:source ?scheme . ?concept skos:inScheme ?scheme .
          ?scheme a skos:ConceptScheme ; dcterms:title ?title ; owl:versionInfo ?version ; dcterms:isVersionOf ?of }""")
    ((concept, scheme, title, version, of),) = list(rows)
    assert concept.value == term_iri("TOY:2")
    assert scheme.value == terminology_iri("toy", "2024-01")
    assert (title.value, version.value, of.value) == ("toy", "2024-01", terminology_iri("toy"))


def test_the_hierarchy_is_written_on_demand() -> None:
    case = joined("Une glazurose de l'estomac.")
    edge = (f"<{term_iri('TOY:2')}>", SUBCLASS, f"<{term_iri('TOY:1')}>")
    assert edge in build(case, terms=NAMES, hierarchy=True)
    assert SUBCLASS not in {predicate for _, predicate, _ in build(case, terms=NAMES)}
    ask = "ASK { ?organ <http://www.w3.org/2000/01/rdf-schema#subClassOf>+ ?other . FILTER(?organ = <%s>) }"
    assert stored(case, hierarchy=True).query(ask % term_iri("UBERON:0000945"))


def test_a_finer_name_of_a_terminology_refines() -> None:
    lexicon = reader_for("fr", terms=NAMES).vocabulary.lexicon
    assert lexicon.ancestors("TOY:2") == {"TOY:1"}
    assert "TOY:99" not in lexicon.concepts


def test_names_are_checked_before_anything_is_read() -> None:
    assert check_installed("all") == NAMES
    assert check_installed("toy, toy") == ("toy",)
    assert check_installed("") == ()
    with pytest.raises(UsageError, match="'moondo' is not installed: there are others, toy"):
        check_installed("moondo")


def test_a_resumed_batch_notes_the_terminologies() -> None:
    document = Document("a", "fr", "Une glazurose.")
    plain, joined_, classed = ((), False), (NAMES, False), ((), True)
    digests = {digest_of(document, "b", terms=terms, hierarchy=above) for terms, above in (plain, joined_, classed)}
    assert len(digests) == 3
    assert digest_of(document, "b") in digests


def test_a_wrong_row_of_contexts_names_file_and_line(tmp_path: Path) -> None:
    table = tmp_path / "joining.tsv"
    table.write_text("Drug\ttreatment\nDrugs\ttreatment\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"joining\.tsv:2"):
        needed_contexts(table)


def test_a_name_lends_no_generic_word() -> None:
    assert named("Une potinose.") == []


def test_a_concept_without_an_english_label_is_shown_by_its_curie() -> None:
    labels = dict(reader_for("fr", terms=NAMES).vocabulary.lexicon.concepts["TOY:8"].labels)
    assert labels == {"en": "TOY:8", "fr": "fêlure"}
