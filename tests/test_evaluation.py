"""Are corpora read, and what is found of them counted, as a person would by hand?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.corpus.batch import Task
from kg.errors import InputError, TableError, UsageError
from kg.evaluation.brat import read_brat
from kg.evaluation.evaluate import Compared, compare, compare_graph, sections_of, tally, tally_qualifiers
from kg.evaluation.found import Found, Spot
from kg.evaluation.gold import Annotation, Corpus, GoldDocument, in_language, read_corpus
from kg.evaluation.goldjson import read_gold_json
from kg.evaluation.kinds import Measure, kinds_of, load_kinds
from kg.evaluation.misses import misses_of, told
from kg.evaluation.page import render
from kg.evaluation.scores import Counts, Row, interval, matched, score
from kg.evaluation.spans import score_spans
from kg.evaluation.table import FORMATS, format_scores
from kg.evaluation.xmi import read_xmi
from kg.model import Span
from kg.store.opening import open_graphs

CORPORA = Path(__file__).parent / "fixtures" / "evaluation"
SHARED = Path(os.environ.get("CASEKG_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def words_of(document: GoldDocument, label: str) -> list[str]:
    return [document.text[a.span.start : a.span.end] for a in document.annotations if a.label == label]


def figures(corpus: Path, *, qualifiers: bool = False) -> dict[Row, tuple[int, int, int, int]]:
    gold = read_corpus(corpus)
    kinds = kinds_of(gold)
    if qualifiers:
        tallies = [tally_qualifiers(document, kinds) for document in gold.documents]
    else:
        tallies = [tally(one, kinds) for one in compare(gold, Task())]
    return {s.row: (s.counts.right, s.counts.found, s.counts.hit, s.counts.gold) for s in score(tallies, 1)}


# Reading


def test_brat_spans_with_their_codes() -> None:
    document = read_brat(CORPORA / "brat" / "colon.ann")
    assert words_of(document, "topographie") == ["côlon"]
    assert words_of(document, "morphologie") == ["adénocarcinome", "métastases du foie droit", "nodule"]
    # a remark is no code; of several codes the last counts
    assert [a.code for a in document.annotations if a.label == "morphologie"] == ["8140/3", "8000/6", "8000/1"]


def test_brat_attributes_reach_the_triggers_of_events(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("No fever.", encoding="utf-8")
    lines = ["T1\tSign_symptom 3 8\tfever", "E1\tSign_symptom:T1 ", "A1\tPOLARITY E1 NEG", "*\tOVERLAP E1 E1"]
    (tmp_path / "a.ann").write_text("\n".join(lines), encoding="utf-8")
    (annotation,) = read_brat(tmp_path / "a.ann").annotations
    assert annotation.attribute("POLARITY") == "NEG"
    assert annotation.attribute("TREND") == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("T1\tX 3 99\tfever", r"a\.ann:2: outside the text"),
        ("T1\tX 8 3\tfever", r"a\.ann:2: not a brat line of kind T"),
        ("T1\tX three\tfever", r"a\.ann:2: not a brat line of kind T"),
        ("T1", r"a\.ann:2: not a brat line of kind T"),
        ("R1\tScope T1 T2", r"a\.ann:2: not a brat line of kind R"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "a.txt").write_text("No fever.", encoding="utf-8")
    (tmp_path / "a.ann").write_text(f"T9\tX 3 8\tfever\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=told) as raised:
        read_brat(tmp_path / "a.ann")
    assert "fever" not in str(raised.value)


def test_brat_without_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.ann").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"its text a\.txt is not beside it"):
        read_brat(tmp_path / "a.ann")


def test_mantra_has_the_concept_as_type_and_the_group_in_the_note(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Un comprimé.", encoding="utf-8")
    note = '#1\tAnnotatorNotes T1\t"C0039225", "tablet", "Biomedical Material" ,"CHEM"'
    (tmp_path / "a.ann").write_text(f"T1\tC0039225 3 11\tcomprimé\n{note}\n", encoding="utf-8")
    assert read_brat(tmp_path / "a.ann").annotations == (Annotation(Span(3, 11), "CHEM", "C0039225"),)


def test_xmi_counts_utf16_units() -> None:
    document = read_xmi(CORPORA / "xmi" / "toux.xml")
    assert document.text[0] > "\uffff"
    assert words_of(document, "EVENT") == ["fièvre", "toux", "récidive"]
    assert words_of(document, "TIMEX3:DATE") == ["3 mars 2014"]
    assert [a.attribute("polarity") for a in document.annotations if a.label == "EVENT"] == ["NEG", "POS", "NEG"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<a>\n<b></a>", r"x\.xml:2: not XML"),
        ('<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>', "declares XML entities"),
        ("<a/>", "not UIMA's XMI"),
        ('<x xmlns:cas="http:///uima/cas.ecore" xmlns:c="http:///webanno/custom.ecore">'
         '<cas:Sofa sofaString="Toux."/><c:EVENT begin="0" end="99"/></x>', "EVENT without a place"),
    ],
)  # fmt: skip
def test_xmi_that_is_none(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "x.xml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_xmi(tmp_path / "x.xml")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "not JSON in UTF-8"),
        ("[1]", "not our gold JSON"),
        ('{"patient": {"age": 3, "sex": "male"}}', "no 'ihc'"),
        ('{"patient": 3}', "a value of the wrong type"),
    ],
)
def test_json_that_is_no_gold(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_gold_json(tmp_path / "x.json")


def test_a_corpus_goes_on_after_a_malformed_file(tmp_path: Path) -> None:
    shutil.copytree(CORPORA / "brat", tmp_path / "one")
    shutil.copytree(CORPORA / "brat", tmp_path / "two")
    (tmp_path / "two" / "sein.ann").write_text("T1\tX\n", encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert [d.id for d in corpus.documents] == ["colon", "sein", "colon~2"]
    assert {d.language for d in corpus.documents} == {"fr"}
    assert [line.partition(": ")[2] for line in corpus.problems] == ["not a brat line of kind T; mend the line"]
    assert {d.language for d in in_language(corpus, "es").documents} == {"es"}
    with pytest.raises(UsageError):
        in_language(corpus, "xx")


def test_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no gold there"):
        read_corpus(tmp_path)
    for name in "ab":
        (tmp_path / f"{name}.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"no 'patient'.*nor can 1 more"):
        read_corpus(tmp_path)


# Kinds


def test_a_corpus_is_known_by_its_labels() -> None:
    names = {name: kinds_of(read_corpus(CORPORA / name)).corpus for name in ("brat", "scopes", "xmi", "facts")}
    assert names == {"brat": "fracco", "scopes": "nubes", "xmi": "e3c", "facts": "facts"}


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    corpus, table = read_corpus(CORPORA / "brat"), tmp_path / "kinds.tsv"
    table.write_text("mine\tmorphologie\ttumours\tDisease\n", encoding="utf-8")
    (measure,) = kinds_of(corpus, table).measures
    assert measure == Measure("tumours", frozenset({"morphologie"}), frozenset({"Disease"}))
    table.write_text("mine\tOther\ttumours\tDisease\n", encoding="utf-8")
    with pytest.raises(InputError, match="names none of its labels"):
        kinds_of(corpus, table)


@pytest.mark.parametrize("row", ["mine\tX\ttumours\tTumour", "mine\tX\ttumours", "mine\t\ttumours\tDisease"])
def test_a_malformed_row_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "kinds.tsv").write_text(f"# labels\n{row}\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"kinds\.tsv:2: a row is"):
        load_kinds(tmp_path / "kinds.tsv")


def test_a_malformed_row_of_qualifiers_is_named(tmp_path: Path) -> None:
    (tmp_path / "q.tsv").write_text("e3c\tEVENT\tpolarity\tNEG\tx\tpolarity\tAbsent\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"q\.tsv:1: .*'polarity' has no values 'Absent'"):
        load_kinds(qualifiers=tmp_path / "q.tsv")


# Counting

MORPHOLOGY = Measure("morphology", frozenset({"M"}), frozenset({"morphology"}), "8000")


def spot(start: int, end: int, code: str, section: str = "Body") -> Spot:
    return Spot(Span(start, end), "Disease", section, morphology=code)


def test_spans_are_counted_as_by_hand() -> None:
    gold = [(0, 4, "8140/3"), (10, 14, "8000/6/H"), (20, 24, "8070/3"), (30, 34, "tocheck")]
    document = GoldDocument("d", "d", "x" * 99, annotations=tuple(Annotation(Span(s, e), "M", c) for s, e, c in gold))
    # one right; one right by place alone; two that overlap one gold span; one spurious
    got = Found((spot(0, 4, "8140/3"), spot(10, 14, "8010/6"), spot(20, 22, "8070/3"), spot(22, 24, "8070/3"),
                 spot(50, 54, "8000/1")))  # fmt: skip
    assert score_spans(document, got, [MORPHOLOGY]) == {
        Row("morphology", "exact"): matched(2, 5, 4),
        Row("morphology", "overlap"): Counts(4, 5, 3, 4),
        Row("morphology", "exact and code"): matched(1, 5, 4),
        Row("morphology", "specific"): matched(1, 4, 2),
    }


def test_sections_are_counted_apart() -> None:
    document = GoldDocument("d", "d", "x" * 99, annotations=(Annotation(Span(0, 4), "M"), Annotation(Span(9, 12), "M")))
    got = Found((spot(0, 4, "8140/3", "Diagnosis"), spot(9, 12, "8140/3", "Course")))
    told = {Span(0, 4): "Diagnosis", Span(9, 12): "Diagnosis"}
    tallied = score_spans(document, got, [MORPHOLOGY], told)
    assert tallied[Row("morphology", "exact", "Diagnosis")] == matched(1, 1, 2)
    assert tallied[Row("morphology", "exact", "Course")] == matched(0, 1, 0)
    assert tallied[Row("morphology", "exact")] == matched(2, 2, 2)


def test_a_document_without_gold_of_a_measure_is_left_out_of_it() -> None:
    assert score_spans(GoldDocument("d", "d", "xxxx"), Found((spot(0, 4, "8140/3"),)), [MORPHOLOGY]) == {}


def test_the_brat_corpus_by_hand() -> None:
    told = figures(CORPORA / "brat")
    # métastases is found without its site: it overlaps; the nodule and the adénocarcinome are right with their codes
    assert told[Row("morphology", "exact")] == (2, 3, 2, 3)
    assert told[Row("morphology", "overlap")] == (3, 3, 3, 3)
    assert told[Row("morphology", "exact and code")] == (2, 3, 2, 3)
    assert told[Row("morphology", "specific")] == (1, 1, 1, 1)
    # foie is found, not annotated; the tumour of the text without morphologies isn't held against anyone
    assert told[Row("topography", "exact and code")] == (2, 3, 2, 2)
    assert told[Row("site and morphology", "case set")] == (1, 2, 1, 1)


def test_the_qualifiers_of_spans_by_hand() -> None:
    told = figures(CORPORA / "xmi", qualifiers=True)
    assert told[Row("polarity NEG", "all spans")] == (
        1,
        1,
        1,
        2,
    )  # the gold calls the récidive absent, the text doesn't
    assert told[Row("modality HEDGED", "clinical entities")] == (1, 1, 1, 1)
    assert told[Row("docTimeRel BEFORE", "all spans")] == (3, 3, 3, 3)
    assert figures(CORPORA / "xmi")[Row("dates", "case set")] == (1, 1, 1, 1)


def test_the_words_of_scopes_by_hand() -> None:
    told = figures(CORPORA / "scopes", qualifiers=True)
    assert told[Row("negation scope words", "words")] == (3, 3, 3, 3)  # fiebre ni tos
    assert told[Row("uncertainty scope words", "words")] == (2, 2, 2, 2)  # neumonía izquierda


def test_the_facts_by_hand() -> None:
    told = {row.measure: counts for row, counts in figures(CORPORA / "facts").items()}
    assert told["ihc: marker and result"] == (1, 2, 1, 2)  # CD34 is negative; the gold says positive
    assert told["ihc: marker found"] == (2, 2, 2, 2)
    assert told["evidence: diagnosis and marker"] == (1, 2, 1, 1)  # and CD34 isn't evidence there
    assert told["drugs: dose amount, of found"] == told["drugs: named, of found"] == (1, 1, 1, 1)
    assert told["sizes: values in mm"] == (2, 2, 2, 2)
    assert told["revisions: earlier and later"] == (0, 0, 0, 0)


def test_values_are_compared_as_their_words_read_alone() -> None:
    text = "A 60-year-old woman took 2.50 mg of it on 5 March 2014, since 2012, and the next day."
    labels = {"60-year-old": "Age", "woman": "Sex", "2.50 mg": "Dosage", "5 March 2014": "Date", "2012": "Date",
              "next day": "Date"}  # fmt: skip
    spans = [(Span(text.index(words), text.index(words) + len(words)), label) for words, label in labels.items()]
    document = GoldDocument("d", "d", text, "en", tuple(Annotation(span, label) for span, label in spans))
    measures = [Measure(name, frozenset({label}), frozenset({name})) for name, label in
                (("ages", "Age"), ("sexes", "Sex"), ("doses", "Dosage"), ("dates", "Date"))]  # fmt: skip
    said = {"ages": {"60"}, "sexes": {"Male"}, "doses": {"2.5 mg"}, "dates": {"2014-03-05", "2013"}}
    got = Found(values={name: frozenset(values) for name, values in said.items()})
    assert {row.measure: counts for row, counts in score_spans(document, got, measures).items()} == {
        "ages": matched(1, 1, 1), "sexes": matched(0, 1, 1), "doses": matched(1, 1, 1), "dates": matched(1, 2, 2),
    }  # fmt: skip


def test_the_graph_tells_the_values_of_a_case() -> None:
    (one,) = compare(read_corpus(CORPORA / "facts"), Task())
    assert {name: set(values) for name, values in one.found.values.items()} == {
        "ages": {"52"}, "sexes": {"Female"}, "doses": {"20 mg"}, "dates": {"2014-03"}
    }  # fmt: skip


def test_gold_spans_have_sections() -> None:
    text = "DIAGNOSTIC\nNodule du sein.\n"
    document = GoldDocument("d", "d", text, "fr", (Annotation(Span(11, 17), "M"), Annotation(Span(25, 26), "M")))
    assert sections_of(document) == {Span(11, 17): "Diagnosis", Span(25, 26): "Diagnosis"}


# Intervals


def test_the_bootstrap_is_the_same_again_and_holds_the_figure() -> None:
    counts = [matched(i % 4, 4, 4) for i in range(40)]
    low, high = interval(counts, 200)
    assert (low, high) == interval(counts, 200) != interval(counts, 200, seed=1)
    assert low < score([{Row("x"): c} for c in counts], 1)[0].counts.f1 < high
    assert interval([matched(1, 2, 2)], 50) == (0.5, 0.5)
    assert interval([], 50) == interval(counts, 0) == (0.0, 0.0)


def test_the_interval_narrows_with_more_documents() -> None:
    few, many = ([matched(i % 2, 1, 1) for i in range(n)] for n in (10, 1000))
    (a, b), (c, d) = interval(few, 200), interval(many, 200)
    assert b - a > 3 * (d - c)


# Output


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_says_the_figure(form: str) -> None:
    scores = score([{Row("a|b"): matched(1, 2, 4)}], 1)
    assert "0.333" in format_scores(scores, form)


def test_an_unknown_form_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="table, json, tsv, md"):
        format_scores([], "csv")


def kg(*arguments: str | Path) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "kg", *map(str, arguments)], capture_output=True, encoding="utf-8",
                          timeout=300, check=False)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_the_command_reads_texts_or_takes_a_graph(tmp_path: Path) -> None:
    code, read, told = kg("evaluate", CORPORA / "brat", "--to", "tsv", "--resamples", "20")
    assert (code, told) == (0, "")
    assert read.splitlines()[1].startswith("morphology\texact\t\t0.667\t0.667\t0.667")
    assert kg("build", CORPORA / "brat", "-o", tmp_path / "graph.nq", "--language", "fr")[0] == 0
    again = kg("evaluate", CORPORA / "brat", "--to", "tsv", "--resamples", "20", "--graph", tmp_path / "graph.nq")
    assert again == (0, read, "")


def test_a_case_that_the_graph_lacks_is_told(tmp_path: Path) -> None:
    (tmp_path / "graph.nt").write_text("", encoding="utf-8")
    graphs = open_graphs(str(tmp_path / "graph.nt"))
    problems = [one.problem for one in compare_graph(read_corpus(CORPORA / "brat"), graphs)]
    assert [p.rpartition(": ")[2] for p in problems] == [
        "the graph has no case 'colon'",
        "the graph has no case 'sein'",
    ]


def test_exit_codes(tmp_path: Path) -> None:
    code, out, told = kg("evaluate", tmp_path)
    assert (code, out, told.count("\n")) == (3, "", 1)
    assert kg("evaluate", CORPORA / "brat", "--to", "csv")[0] == 2
    assert "only its qualifiers" in kg("evaluate", CORPORA / "scopes")[2]
    assert "no qualifiers" in kg("evaluate", CORPORA / "brat", "--qualifiers")[2]
    shutil.copytree(CORPORA / "brat", tmp_path / "brat")
    (tmp_path / "brat" / "sein.ann").write_text("T1\tX\n", encoding="utf-8")
    code, out, told = kg("evaluate", tmp_path / "brat", "--resamples", "5")
    assert (code, told.count("\n")) == (1, 1)
    assert "morphology" in out


def test_the_most_frequent_misses_come_first() -> None:
    text = "Nodule, nodule et masse; kyste."
    spans = [Span(0, 6), Span(8, 14), Span(18, 23)]
    document = GoldDocument("d", "d", text, annotations=tuple(Annotation(s, "M", "8000/1") for s in spans))
    one = Compared(document, Found((spot(18, 23, "8010/3"), spot(25, 30, "8000/0"))))
    misses = misses_of([one], [MORPHOLOGY])
    assert [(len(m.places), m.what, m.words, m.gold, m.found) for m in misses] == [
        (2, "missed", "nodule", "8000/1", ""),
        (1, "code", "masse", "8000/1", "8010/3"),
        (1, "spurious", "kyste", "", "8000/0"),
    ]
    (line,) = told(misses, 1)
    assert line == "2\tmorphology\tmissed\t8000/1\td:0\t[[Nodule]], nodule et masse; kyste."


def test_the_page_shows_both_sides_and_nothing_runs_on_it() -> None:
    document = GoldDocument("<d>", "d", "Nodule <b>, masse.", "fr", (Annotation(Span(0, 6), "M", "8000/1"),))
    one = Compared(document, Found((spot(0, 6, "8000/1"), spot(12, 17, "8000/1"), spot(90, 99, "8000/1"))))
    page = render("corpus", [one], [MORPHOLOGY], score([{Row("morphology"): matched(1, 2, 1)}], 1))
    assert page.count("Nodule</mark> &lt;b&gt;, ") == 2
    assert '<mark class="spurious" title="morphology 8000/1 (spurious)">masse</mark>' in page
    assert "<h2>&lt;d&gt;</h2>" in page
    assert "<td>0.667</td>" in page
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert not re.search(r"<script|https?://|<b>|\ssrc=|url\(", page)


def test_the_command_prints_misses_and_writes_the_page(tmp_path: Path) -> None:
    code, out, _ = kg("evaluate", CORPORA / "brat", "--errors", "1", "--html", tmp_path / "p.html", "--resamples", "2")
    assert (code, out.splitlines()[-1].split("\t")[:3]) == (0, ["1", "morphology", "border"])
    assert "adénocarcinome" in (tmp_path / "p.html").read_text(encoding="utf-8")
    assert kg("evaluate", CORPORA / "facts", "--errors", "1")[0] == 2


# The scorer that the corpora come with says the same

SCORER = SHARED / "tools" / "score.py"
NAMES = {
    "morphology: span": Row("morphology", "exact"),
    "morphology: span and code": Row("morphology", "exact and code"),
    "morphology: specific span and code": Row("morphology", "specific"),
    "topography: span": Row("topography", "exact"),
    "topography: span and code": Row("topography", "exact and code"),
    "site and morphology, case set": Row("site and morphology", "case set"),
}


def scored_by_others(kind: str, graph: Path, gold: Path) -> dict[str, tuple[str, ...]]:
    done = subprocess.run(
        [sys.executable, SCORER, kind, graph, gold], capture_output=True, encoding="utf-8", check=True
    )
    return {line[:34].strip(): tuple(line[34:].split()) for line in done.stdout.splitlines()[1:]}


def scored_by_us(corpus: Corpus, graph: Path) -> dict[Row, tuple[str, ...]]:
    kinds = kinds_of(corpus)
    compared = list(compare_graph(corpus, open_graphs(str(graph))))
    assert not [one.problem for one in compared if one.problem]
    scores = score([tally(one, kinds) for one in compared], 1)
    counts = {s.row: s.counts for s in scores}
    return {row: (f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", str(c.gold)) for row, c in counts.items()}


@pytest.mark.skipif(not SCORER.exists(), reason="needs the corpora beside the checkout (CASEKG_SHARED)")
def test_facts_agree_with_the_scorer_of_the_gold(tmp_path: Path) -> None:
    gold, graph = SHARED / "data" / "gold" / "dev", tmp_path / "graph.nq"
    kg("build", gold / "txt", "-o", graph)
    others, ours = scored_by_others("facts", graph, gold / "json"), scored_by_us(read_corpus(gold / "json"), graph)
    assert len(others) == 16
    assert {row.measure: told for row, told in ours.items()} == others


@pytest.mark.skipif(not SCORER.exists(), reason="needs the corpora beside the checkout (CASEKG_SHARED)")
@pytest.mark.parametrize("name", ["fracco-fr", "cantemist-es"])
def test_codes_agree_with_the_scorer_of_the_corpora(tmp_path: Path, name: str) -> None:
    folder, graph = tmp_path / "some", tmp_path / "graph.nq"
    folder.mkdir()
    for file in sorted((SHARED / "data" / "corpora" / name / "dev").glob("*1.*")):
        (folder / file.name).symlink_to(file)
    kg("build", folder, "-o", graph, "--language", name[-2:])
    others, ours = scored_by_others("icdo", graph, folder), scored_by_us(read_corpus(folder), graph)
    assert {k: ours[row] for k, row in NAMES.items() if row in ours} == {k: v for k, v in others.items() if k in NAMES}
    if "topography: gold spans found" in others:
        assert ours[Row("topography", "overlap")][1] == others["topography: gold spans found"][1]
