"""Does what follows from a graph follow, is it the same every time, and does a description logic reasoner agree?"""

from __future__ import annotations

import re
import shutil
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from kg.__main__ import main
from kg.errors import GraphError
from kg.identity import ONTOLOGY
from kg.reasoning.classification import classify
from kg.reasoning.facts import Facts, read_facts
from kg.reasoning.fit import Bearing, Result, bearing_of, bearings_of, fit, usual
from kg.reasoning.inference import Reasoner
from kg.reasoning.knowledge import above_of, load_knowledge, profile_of
from kg.reasoning.lines import open_asked
from kg.reasoning.ontology import write_ontology
from kg.reasoning.profiles import Expectation, read_statements
from kg.reasoning.reason import infer
from kg.store.embedded import Graphs
from kg.store.opening import open_graphs
from kg.terms.lexicon import read_lexicon

FIXTURES = Path(__file__).resolve().parent / "fixtures"
STORY = FIXTURES / "graph-story.ttl"
SAMPLE = FIXTURES / "graph-sample.ttl"
KG = Namespace(ONTOLOGY)
CASE = "https://w3id.org/casekg/case/story"
LEXICON = read_lexicon()[1]
MADE = "# What kg reason makes of it\n"
NEW = {KG[name] for name in ("supports", "contradicts", "unexpected", "fit", "impliedKind", "score", "rank")}


def concept(key: str) -> str:
    return LEXICON.concepts[key].iri


def graphs_of(text: str) -> Graphs:
    graphs = Graphs()
    graphs.load(text.encode(), "ttl", "a graph")
    return graphs


def inferred(text: str) -> Graph:
    """What follows from a Turtle text, all cases together."""
    triples = [triple for _, several in infer(graphs_of(text)) for triple in several]
    return Graph().parse(data="".join(f"{s} {p} {o} .\n" for s, p, o in triples), format="nt")


@pytest.fixture(scope="module")
def told() -> str:
    """The story as a text tells it, before anything is inferred."""
    return STORY.read_text(encoding="utf-8").partition(MADE)[0]


def story_with(told: str, *changes: tuple[str, str]) -> Graph:
    for old, new in changes:
        assert old in told
        told = told.replace(old, new)
    return inferred(told)


def test_the_story_is_what_reasoning_makes_of_it(told: str) -> None:
    everything = Graph().parse(STORY)
    assert set(everything) - set(Graph().parse(data=told)) == set(inferred(told)) - set(Graph().parse(data=told))


def test_the_sample_says_what_reasoning_says() -> None:
    written, made = Graph().parse(SAMPLE), inferred(SAMPLE.read_text(encoding="utf-8"))
    for predicate in (KG.supports, KG.contradicts, KG.unexpected, KG.fit, KG.impliedKind):
        demo = {(s, o) for s, o in made.subject_objects(predicate) if "demo#" in s}
        assert demo == set(written.subject_objects(predicate))


def test_reasoning_again_adds_nothing(told: str) -> None:
    once = inferred(told)
    assert set(inferred(STORY.read_text(encoding="utf-8"))) == set(once)


def test_there_are_no_blank_nodes_and_nothing_is_said_of_other_things(told: str) -> None:
    for s, p, o in inferred(told):
        assert isinstance(s, URIRef)
        assert not (p in NEW and not str(s).startswith(CASE + "#"))
        assert o.n3()[:2] != "_:"


def test_a_result_bears_on_its_diagnosis(told: str) -> None:
    graph = inferred(told)
    stated = URIRef(CASE + "#diagnosis-2")

    def results(predicate: URIRef) -> set[str]:
        return {str(s).partition("#result-")[2] for s in graph.subjects(predicate, stated)}

    assert results(KG.supports) == {"actin"}
    assert results(KG.contradicts) == {"hmb45", "melana", "desmin"}
    assert results(KG.unexpected) == {"s100"}
    assert not list(graph.subject_predicates(URIRef(CASE + "#diagnosis-1"))), "a sarcoma has no profile"


def test_the_ranking_is_explained_marker_by_marker(told: str) -> None:
    graph = inferred(told)
    ranked = sorted((int(graph.value(f, KG["rank"])), f) for f in graph.objects(URIRef(CASE + "#diagnosis-2"), KG.fit))
    tumours = [str(graph.value(f, KG["concept"])) for _, f in ranked]
    assert tumours[0] == concept("pecoma")
    assert tumours[-1] == concept("leiomyosarcoma")
    scores = [float(graph.value(f, KG.score)) for _, f in ranked]
    assert scores == sorted(scores, reverse=True)
    best = ranked[0][1]
    assert {str(s).partition("#result-")[2] for s in graph.subjects(KG.supports, best)} == {
        "actin", "hmb45", "melana", "cathepsin",
    }  # fmt: skip
    assert not list(graph.subjects(KG.contradicts, best))


SHOWN = ("kg:result kg:Negative", "kg:result kg:Positive")  # the desmin
CALDESMON = ("kg:marker hgnc:10880 ", "kg:marker hgnc:1441 ")  # in the place of HMB-45
QUALIFIED = "kg:certainty kg:{} ; kg:temporality kg:Current ; kg:experiencer kg:PatientSelf ;\n    kg:morphology \"8890"
POSSIBLE = (QUALIFIED.format("Confirmed"), QUALIFIED.format("Possible"))
SUPERSEDED = ('"8890/3" ; kg:lifecycle kg:Current', '"8890/3" ; kg:lifecycle kg:Superseded')


@pytest.mark.parametrize(
    ("changes", "fits"),
    [([SHOWN], 4), ([SHOWN, CALDESMON], 1), ([POSSIBLE], 0), ([SUPERSEDED], 0)],
    ids=["two-against", "one-against", "merely-possible", "superseded"],
)
def test_only_clear_discordance_of_what_still_holds_is_told(
    told: str, changes: list[tuple[str, str]], fits: int
) -> None:
    assert len(set(story_with(told, *changes).objects(predicate=KG.fit))) == fits


def test_an_implied_kind_comes_from_the_hierarchy_alone(told: str) -> None:
    later = URIRef(CASE + "#diagnosis-2")
    assert inferred(told).value(later, KG.impliedKind) == KG.Refinement
    carcinoma = concept("carcinoma").rpartition("/")[2]
    other = story_with(told, ("kg:concept obo:MONDO_0005089 ;", f"kg:concept obo:{carcinoma} ;"))
    assert other.value(later, KG.impliedKind) == KG.Reclassification


def test_results_of_another_tumour_are_left_out(told: str) -> None:
    second = (
        "<story#diagnosis-9> a kg:Diagnosis ; kg:case case:story ; kg:concept obo:MONDO_0011719 ;\n"
        '    kg:morphology "8936/3" ; kg:polarity kg:Affirmed ; kg:certainty kg:Confirmed ;\n'
        "    kg:experiencer kg:PatientSelf ; kg:lifecycle kg:Current .\n"
    )
    graph = inferred(told + second)
    assert not list(graph.subjects(None, URIRef(CASE + "#diagnosis-9"))), "no result is given for it"
    assert list(graph.subjects(KG.supports, URIRef(CASE + "#diagnosis-2"))), "these are its evidence"
    without = re.sub(r" ;\s+kg:evidence [^.;]* \.", " .", told)
    assert without != told
    assert list(inferred(without).subjects(KG.supports, URIRef(CASE + "#diagnosis-2"))), "the case has one tumour only"
    assert not list(inferred(without + second).subjects(KG.supports, URIRef(CASE + "#diagnosis-2")))


def test_what_lies_above_is_complete(told: str) -> None:
    transitive = URIRef("http://www.w3.org/2004/02/skos/core#broaderTransitive")
    above = {str(o) for o in inferred(told).objects(URIRef(concept("leiomyosarcoma")), transitive)}
    assert above >= {LEXICON.concepts[key].iri for key in LEXICON.ancestors("leiomyosarcoma")}


# --- fits ------------------------------------------------------------------------------------------------------------


def no_groups(concept: str) -> frozenset[str]:
    return frozenset()


def test_groups_and_members() -> None:
    broader = {"ck7": ("ck",), "ae1": ("ck",), "ck": ("epithelial",)}
    profile = {"ck": Expectation.NEGATIVE, "ae1": Expectation.POSITIVE}
    results = [Result("1", "ck7", "Positive"), Result("2", "ck", "Negative"), Result("3", "ae1", "Equivocal")]
    assert bearings_of(results, profile, partial(above_of, broader=broader)) == (
        ("1", Bearing.CONTRADICTS), ("2", Bearing.CONTRADICTS), ("2", Bearing.SUPPORTS),
    )  # fmt: skip


def test_scores_lie_between_none_and_one_and_fall_with_each_contradiction() -> None:
    profile = {str(n): Expectation.POSITIVE for n in range(5)}
    share = usual([profile])
    last = 1.0
    for wrong in range(6):
        results = [Result(str(n), str(n), "Negative" if n < wrong else "Positive") for n in range(5)]
        found = fit("t", profile, results, no_groups, share)
        assert 0 < found.score < last
        assert found.count(Bearing.CONTRADICTS) == wrong
        last = found.score
    assert fit("t", profile, [], no_groups, share).score == 0


def test_what_a_profile_is_silent_about_says_little() -> None:
    share = {"m": 0.0, "n": 1.0}
    for marker in share:
        for outcome in ("Positive", "Negative"):
            assert 0.15 < fit("t", {}, [Result("1", marker, outcome)], no_groups, share).score < 0.85


PANELS = [line.split("\t") for line in (FIXTURES / "panels.tsv").read_text(encoding="utf-8").splitlines()[1:]]
"""Invented panels of classical teaching: the tumour, what it shows (~ is weak), what it must be told from."""
_SAID = {"+": "Positive", "-": "Negative", "~": "Weak"}


@pytest.mark.parametrize(("tumour", "panel", "others"), PANELS, ids=[panel[0] for panel in PANELS])
def test_classical_panels_rank_their_tumour_first(tumour: str, panel: str, others: str) -> None:
    results = [Result(said, concept(said[:-1]), _SAID[said[-1]]) for said in panel.split()]
    knowledge = load_knowledge()
    profiles = {one: profile_of(one, knowledge.stated, knowledge.broader) for one in knowledge.stated}
    above, share = partial(above_of, broader=knowledge.broader), usual(profiles.values())

    def likelihood(key: str) -> float:
        return fit(key, profiles[concept(key)], results, above, share).likelihood

    assert all(likelihood(tumour) > likelihood(other) for other in others.split())


# --- a description logic reasoner -----------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java (apt-get install default-jre-headless)")
def test_hermit_agrees_with_the_fast_path() -> None:
    kept = {"pecoma", "gist", "leiomyosarcoma", "melanoma", "carcinoma", "lung-adenocarcinoma", "adenocarcinoma"}
    ontology = write_ontology([s for s in read_statements() if s.tumour in kept], LEXICON)
    outcomes = ("Positive", "Negative", "Weak", "Focal", "Equivocal")
    markers = ("kit", "pmel", "s100b", "krt7", "cytokeratin", "pan-cytokeratin", "nkx2-1", "actin", "acta2", "mki67")
    results = [Result(f"{CASE}#r-{m}-{o}", concept(m), o) for m in markers for o in outcomes]
    knowledge = load_knowledge()
    fast = {
        (result, bearing, concept(tumour))
        for tumour in kept
        for result, bearing in bearings_of(
            results,
            profile_of(concept(tumour), knowledge.stated, knowledge.broader),
            partial(above_of, broader=knowledge.broader),
        )
    }
    assert classify(results, ontology) == fast
    assert {bearing for _, bearing, _ in fast} == set(Bearing)


def test_every_outcome_has_a_bearing_but_on_variable_markers() -> None:
    for outcome in ("positive", "limited", "negative"):
        assert bearing_of(outcome, Expectation.VARIABLE) is None
        assert bearing_of(outcome, Expectation.POSITIVE)
        assert bearing_of(outcome, Expectation.NEGATIVE)


# --- the command -----------------------------------------------------------------------------------------------------


def test_each_form_says_the_same_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    seen = []
    for form in ("ttl", "nt", "nq", "trig", "jsonld"):
        first, second = tmp_path / f"a.{form}", tmp_path / f"b.{form}"
        assert main(["reason", str(STORY), "-o", str(first)]) == main(["reason", str(STORY), "-o", str(second)]) == 0
        assert first.read_bytes() == second.read_bytes()
        seen.append({line for _, text in open_graphs(str(first)).texts() for line in text.splitlines()})
    assert all(one == seen[0] for one in seen)
    assert len(seen[0]) > 50


def test_a_folder_gets_a_file_a_case_beside_those_of_build(tmp_path: Path) -> None:
    folder = tmp_path / "turtle"
    folder.mkdir()
    (folder / "story.ttl").write_bytes(STORY.read_bytes())
    assert main(["reason", str(folder), "-o", f"{folder}/"]) == 0
    assert sorted(p.name for p in folder.iterdir()) == ["story.inferred.ttl", "story.ttl"]
    assert (folder / "story.ttl").read_bytes() == STORY.read_bytes()


def test_a_store_holds_the_graphs_with_what_follows(tmp_path: Path, told: str) -> None:
    named = tmp_path / "told.trig"
    body = re.sub(r"(?m)^(@\w+ .*)\n", "", told)
    named.write_text("".join(re.findall(r"(?m)^@\w+ .*\n", told)) + f"<{CASE}> {{\n{body}\n}}\n", encoding="utf-8")
    store = tmp_path / "cases"
    assert main(["reason", str(named), "--store", str(store)]) == 0
    (text,) = (text for name, text in open_graphs(str(store)).texts() if name == CASE)
    assert set(Graph().parse(data=text, format="nt")) == set(Graph().parse(data=told)) | set(inferred(told))


def test_lines_that_nothing_asks_for_change_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, lines = open_graphs(str(STORY)), tmp_path / "story.nt"
    lines.write_text("".join(text for _, text in whole.texts()), encoding="utf-8")
    assert list(infer(open_asked(str(lines)))) == list(infer(whole))
    lines.write_text("<http://x/s> nonsense\n", encoding="utf-8")
    assert main(["reason", str(lines)]) == GraphError.exit_code
    assert "story.nt:1: not valid" in capsys.readouterr().err


def test_graphs_without_names_go_into_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reason", str(STORY), "--store", str(tmp_path / "cases")]) == GraphError.exit_code
    assert "have no names" in capsys.readouterr().err


def test_an_empty_graph_says_nothing() -> None:
    assert read_facts(Graphs()) == Facts((), {})
    assert not list(infer(Graphs()))


def test_cases_do_not_mix() -> None:
    graphs = Graphs()
    graphs.load(SAMPLE.read_bytes(), "ttl", "sample")
    graphs.load(STORY.read_bytes(), "ttl", "story")
    facts = read_facts(graphs)
    reasoner = Reasoner(load_knowledge(), facts.broader)
    both = {case.case: reasoner.infer(case) for case in facts.cases}
    assert set(both) == {CASE, CASE.replace("story", "demo"), CASE.replace("story", "demo-2")}
    for case, triples in both.items():
        mine = Graph().parse(BytesIO("".join(f"{s} {p} {o} .\n" for s, p, o in triples).encode()), format="nt")
        assert all(str(s).startswith(case + "#") for s in mine.subjects(RDF.type, KG.ProfileFit))
