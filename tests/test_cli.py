"""The commands as a user meets them: what they print, where, and with which exit code."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.__main__ import main

EXAMPLES = Path(__file__).parent / "examples"
FRENCH = EXAMPLES / "fr" / "masse_pleurale.txt"
SECRET = "Zorglub"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Kg = Callable[..., Ran]


@pytest.fixture
def kg(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Kg:
    """Runs the command in this process; ``stdin`` is what it may read."""

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main([str(a) for a in arguments])
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the French example as Turtle."""
    path = tmp_path_factory.mktemp("graph") / "demo.ttl"
    assert main(["build", str(FRENCH), "-o", str(path)]) == 0
    return path


# The whole


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = """
import sys
import kg
light = set(sys.modules)
from kg.__main__ import main
main(["--help"])
heavy = {"rdflib", "pyshacl", "pyoxigraph", "owlready2", "networkx", "ahocorasick_rs"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
assert not {"typer", "rich"} & light
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Commands:" in done.stdout


def test_the_command_in_a_process_of_its_own(tmp_path: Path) -> None:
    """One line on standard error, no traceback, the exit code of the process; a pipe that closes early is no error."""
    command = [sys.executable, "-m", "kg"]
    done = subprocess.run([*command, "show", "missing.txt"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert re.fullmatch(r"kg: missing\.txt: can't be read \(.*\); check the path and its permissions\n", done.stderr)
    piped = subprocess.Popen([*command, "queries", "timeline"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert piped.stdout is not None
    assert piped.stderr is not None
    piped.stdout.close()
    assert piped.stderr.read() == b""
    piped.stderr.close()
    assert piped.wait() == 0


def test_help_and_version(kg: Kg) -> None:
    assert "Commands:" in kg().out
    assert kg("--version").out.startswith("casekg ")
    for command in ("build", "show", "explain", "query", "queries", "check", "demo"):
        assert f"Usage: kg {command}" in kg(command, "-h").out


# build


@pytest.mark.parametrize("ending", ["ttl", "trig", "nq", "nt", "jsonld"])
def test_build_writes_each_format_and_is_quiet(kg: Kg, ending: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Patiente de 40 ans. Le CD20 est négatif.", encoding="utf-8")
    assert kg("build", tmp_path / "a.txt", "-o", tmp_path / f"out.{ending}") == Ran(0, "", "")
    assert (tmp_path / f"out.{ending}").stat().st_size > 1000


def test_build_from_and_to_the_standard_streams(kg: Kg) -> None:
    options = ("--to", "nq", "--language", "fr", "--base", "https://example.org/c")
    ran = kg("build", "-", *options, stdin=b"Homme de 50 ans.")
    assert ran.code == 0
    assert "<https://example.org/c/stdin#patient> " in ran.out
    assert all(line.endswith(" <https://example.org/c/stdin> .") for line in ran.out.splitlines())


def test_build_takes_options_anywhere(kg: Kg, tmp_path: Path) -> None:
    out = tmp_path / "folder"
    assert kg("build", "-o", f"{out}/", EXAMPLES / "fr", "--language", "fr", "--jobs", "1").code == 0
    assert (out / "masse_pleurale.ttl").is_file()


def test_dry_run_reads_and_writes_nothing(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    ran = kg("build", EXAMPLES, tmp_path / "empty.txt", "--dry-run", "-o", tmp_path / "x.nq")
    bundled = [[path.stem, path.parent.name] for path in sorted(EXAMPLES.glob("*/*.txt"))]
    assert [line.split("\t")[:2] for line in ran.out.splitlines()] == bundled
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert not (tmp_path / "x.nq").exists()


def test_a_single_file_is_not_resumed_and_says_so(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Homme de 50 ans.", encoding="utf-8")
    ran = kg("build", tmp_path / "a.txt", "-o", tmp_path / "a.nq", "--resume")
    assert ran.code == 0
    assert ran.err.count("\n") == 1
    assert "only a folder/ or a store can be resumed" in ran.err


def test_a_batch_with_a_broken_file_goes_on(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.txt").write_bytes("Homme de 50 ans, fièvre.".encode("cp1252"))
    (tmp_path / "c.txt").write_bytes(SECRET.encode() + b"\0")
    ran = kg("build", tmp_path, "-o", tmp_path / "out.nq", "--language", "fr")
    first, second, third = ran.err.splitlines()
    assert ran.code == 1
    assert "a.txt: empty" in first
    assert "b: warning encoding-cp1252" in second
    assert "c.txt: a binary file" in third
    assert SECRET not in ran.err
    assert "/b>" in (tmp_path / "out.nq").read_text()


def files(folder: Path) -> Path:
    """A folder of things that can go wrong."""
    (folder / "empty.txt").write_bytes(b"")
    (folder / "blank.txt").write_bytes(b" \n\t")
    (folder / "binary.txt").write_bytes(b"PK\x03\x04\0\0" + SECRET.encode())
    (folder / "no-texts").mkdir()
    (folder / "good.txt").write_text("Homme de 50 ans.", encoding="utf-8")
    (folder / "other").mkdir()
    (folder / "other" / "good.txt").write_text("Femme de 50 ans.", encoding="utf-8")
    (folder / "notes").mkdir()
    (folder / "notes" / "readme").write_text("x")
    (folder / "broken.jsonl").write_text('{"id": "' + SECRET)
    (folder / "broken.ttl").write_text(f"<a> <b> {SECRET} .")
    (folder / "malformed.rq").write_text("# question: What?\nSELECT ?x {}")
    return folder


BAD = [
    ("build empty.txt", 3, "empty.txt: empty, or without a word"),
    ("build blank.txt", 3, "blank.txt: empty, or without a word"),
    ("build binary.txt -o x.nq", 3, "binary.txt: a binary file"),
    ("build missing.txt -o x.nq", 3, "missing.txt: can't be read"),
    ("build no-texts -o x/", 3, "no-texts: a folder without texts"),
    ("build broken.jsonl -o x.nq", 3, "broken.jsonl:1: not a JSON object"),
    ("build empty.txt binary.txt -o x.nq", 3, "none of the 2 documents could be read"),
    ("build good.txt other -o x.nq", 1, "other/good.txt: has the id of good.txt"),
    ("build good.txt -o good.txt/x.nq", 3, "good.txt/x.nq: can't be written"),
    ("build good.txt -o good.txt/sub/", 3, "can't be written"),
    ("build good.txt -o nowhere/x.nq", 3, "nowhere is not a folder"),
    ("build good.txt --store notes", 3, "notes: is not a store"),
    ("build good.txt -o x.doc", 2, ".ttl, .trig, .nq, .nt, .jsonld"),
    ("build good.txt --to doc", 2, ".ttl, .trig, .nq, .nt, .jsonld"),
    ("build good.txt -o x.nq --store y", 2, "either -o or --store"),
    ("build good.txt --language de", 2, "unknown language 'de': there are en, es, fr, or auto"),
    ("build good.txt --engine spark", 2, "there are local, eds"),
    ("build good.txt --base x", 2, "not an absolute IRI"),
    ("build good.txt --jobs 0", 2, "--jobs"),
    ("build good.txt --no-such-option", 2, "--no-such-option"),
    ("build", 2, "Missing argument"),
    ("no-such-command", 2, "No such command"),
    ("show empty.txt", 3, "empty, or without a word"),
    ("show good.txt --html nowhere/x.html", 3, "nowhere/x.html: can't be written"),
    ("explain good.txt diagnosis-000000000000", 2, "no assertion, mention or measurement 'diagnosis-000000000000'"),
    ("query", 2, "Missing argument"),
    ("query timeline", 2, "NAME GRAPH"),
    ("query timelime GRAPH", 2, "is it timeline"),
    ("query no-such GRAPH", 2, "there are adverse-events"),
    ("query missing.rq GRAPH", 3, "missing.rq"),
    ("query malformed.rq GRAPH", 3, "malformed.rq:1"),
    ("query timeline missing.ttl", 3, "missing.ttl: can't be read"),
    ("query timeline broken.ttl", 3, "broken.ttl:1: not valid Turtle"),
    ("query timeline good.txt", 2, ".txt names no RDF format"),
    ("query timeline notes", 3, "notes: neither a store nor a folder of RDF files"),
    ("query timeline GRAPH --to xml", 2, "there are table, csv, tsv, json, md"),
    ("query timeline GRAPH --param case", 2, "name=value"),
    ("query timeline GRAPH --param no=1", 2, "no parameter 'no'"),
    ("query timeline GRAPH --param case=masse", 2, "it has masse_pleurale"),
    ("query -e SELECT GRAPH", 2, "not valid SPARQL"),
    ("queries no-such", 2, "there are adverse-events"),
    ("check broken.ttl", 3, "broken.ttl:1"),
    ("demo --language de", 2, "unknown language"),
    ("terms", 2, "Missing command. (kg terms --help)"),
    ("store", 2, "Missing command. (kg store --help)"),
    ("terms info no-such", 2, "no terminology 'no-such' in the catalogue"),
    ("build good.txt --terms no-such -o x.nq", 2, "terminology 'no-such' is not installed"),
    ("build good.txt --model missing.kgmodel -o x.nq", 3, "missing.kgmodel: can't be read"),
    ("reason missing.ttl", 3, "missing.ttl: can't be read"),
    ("reason GRAPH -o x.doc", 2, "the ending names no format"),
    ("evaluate missing", 3, "missing: can't be read"),
    ("evaluate notes", 3, "notes: no gold there"),
]


@pytest.mark.parametrize(("line", "code", "message"), BAD, ids=[line for line, _, _ in BAD])
def test_bad_input_is_one_clear_line(
    kg: Kg, line: str, code: int, message: str, tmp_path: Path, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    ran = kg(*(graph if word == "GRAPH" else word for word in line.split()))
    assert ran.code == code
    assert ran.err.startswith("kg: ")
    assert message in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err
    assert SECRET not in ran.err + ran.out
    if code > 1:
        assert ran.out == ""
        assert sorted(tmp_path.rglob("*")) == before


def test_a_traceback_where_it_is_asked_for(kg: Kg) -> None:
    from kg.errors import InputError

    with pytest.raises(InputError):
        kg("show", "missing.txt", "--traceback")


def test_what_nobody_foresaw_is_one_line_without_words(kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("kg.corpus.demo.run_demo", broken)
    ran = kg("demo")
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "ZeroDivisionError" in ran.err
    assert SECRET not in ran.err


def test_ctrl_c_ends_with_130_and_leaves_nothing(kg: Kg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.corpus.batch.render", stopped)
    ran = kg("build", FRENCH, "-o", tmp_path / "x.nq")
    assert (ran.code, ran.err) == (130, "kg: stopped\n")
    assert list(tmp_path.iterdir()) == []


# show, explain


def test_show_lists_mentions_timeline_revisions(kg: Kg) -> None:
    ran = kg("show", FRENCH)
    assert ran.code == 0
    assert ran.out.startswith("masse_pleurale  fr  female, 58 years\n\nMentions\n")
    assert "\x1b" not in ran.out
    timeline = ran.out.partition("\nTimeline\n")[2]
    assert timeline.index("  2017-02\n") < timeline.index("  2017-04\n") < timeline.index("  2019-09\n")
    revisions = ran.out.partition("\nRevisions\n")[2]
    assert "2017-04  Reclassification: mésothéliome sarcomatoïde 9051/3 (probable) → " in revisions
    assert "«En septembre 2019, la relecture des lames" in revisions


def test_no_page_is_written_for_several_documents(kg: Kg, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(FRENCH.read_bytes())
    ran = kg("show", tmp_path, "--html", tmp_path / "page.html")
    assert (ran.code, ran.out) == (2, "")
    assert "holds several documents; a page holds one" in ran.err
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("width", [80, 120])
def test_show_in_colour_on_a_terminal(width: int) -> None:
    from rich.cells import cell_len
    from rich.console import Console

    from kg.corpus.batch import read_source
    from kg.corpus.sources import find_sources
    from kg.pipeline import reader_for
    from kg.web.terminal import show
    from kg.web.view import view_of

    out = io.StringIO()
    (source,) = find_sources([str(FRENCH)])
    view = view_of(read_source(source), reader_for("fr").vocabulary.lexicon)
    show(view, Console(file=out, force_terminal=True, width=width, color_system="standard"))
    coloured = out.getvalue()
    assert "\x1b[1;31mmésothéliome sarcomatoïde\x1b[0m" in coloured
    lines = re.sub(r"\x1b\[[\d;]*m", "", coloured).splitlines()
    assert max(map(cell_len, lines)) <= width
    said = " ".join(" ".join(lines).split())
    assert "masse_pleurale · français · femme, 58 ans" in said
    assert "Reclassification: mésothéliome sarcomatoïde" in said
    assert "probable · remplacé →" in said
    assert not re.search("Diagnosis:|MarkerResult|Positive|Given", said)
    table = said[said.index("Chronologie") :]
    assert table.index("2017-02 ") < table.index("2017-04 ") < table.index("2019-09 ") < table.index("À vérifier")


def test_explain_an_assertion_a_mention_and_a_measurement(kg: Kg, graph: Path) -> None:
    turtle = graph.read_text(encoding="utf-8")
    diagnosis = re.search(r"<(masse_pleurale#diagnosis-\w+)> a kg:Diagnosis ;[^.]*?9051/3", turtle)
    assert diagnosis
    told = kg("explain", FRENCH, "https://w3id.org/casekg/case/" + diagnosis[1]).out
    assert re.search(r"^words +«mésothéliome sarcomatoïde» \(\d+–\d+\)$", told, re.MULTILINE)
    assert re.search(r"^row +ontologies/lexicon/morphologies-\w+\.tsv:\d+$", told, re.MULTILINE)
    assert re.search(r"^cue +certainty=Probable  «compatible avec»", told, re.MULTILINE)
    assert re.search(r"^date +2017-02  (Stated|Inherited)  «", told, re.MULTILINE)
    assert re.search(r"^revised by +sarcome synovial", told, re.MULTILINE)
    mention = re.search(r"^words .*\((\d+)–(\d+)\)$", told, re.MULTILINE)
    assert mention
    assert f"Diagnosis {diagnosis[1].partition('#')[2]}" in kg("explain", FRENCH, f"char={mention[1]},{mention[2]}").out
    size = re.search(r"#(measurement-\w+)>", turtle)
    assert size
    assert "measurement" in kg("explain", FRENCH, size[1]).out


def test_explain_names_the_nearest(kg: Kg) -> None:
    ran = kg("explain", FRENCH, "char=75,92")
    assert ran.code == 2
    assert "char=75,91" in ran.err


# query, queries, check, demo


def test_queries_lists_each_with_its_question(kg: Kg) -> None:
    listed = kg("queries").out
    assert f"{'ihc-revised-diagnoses':<34}  Which marker results revised which diagnosis" in listed
    assert "# question: " in kg("queries", "revision-chain").out


@pytest.mark.parametrize("value", ["masse_pleurale", "case:masse_pleurale", "https://w3id.org/casekg/case/masse_pleurale"])
def test_a_case_may_be_named_in_three_ways(kg: Kg, value: str, graph: Path) -> None:
    ran = kg("query", "ihc-revised-diagnoses", graph, "--param", f"case={value}", "--to", "csv")
    rows = ran.out.splitlines()
    assert rows[0].startswith("case,date,earlier,later,kind,marker,result")
    assert any("sarcomatoid mesothelioma,monophasic synovial sarcoma,Reclassification" in row for row in rows)


def test_a_concept_may_be_named_by_its_label(kg: Kg, graph: Path) -> None:
    ran = kg("query", "marker-profile", graph, "-p", "concept=STAT6", "--to", "tsv")
    assert len(ran.out.splitlines()) == 2
    by_synonym = kg("query", "marker-profile", graph, "-p", "marker=stat 6", "--to", "tsv")
    assert by_synonym.out == ran.out
    assert by_synonym.err == "kg: marker: 'stat 6' is hgnc:11368, STAT6\n"


def test_a_value_is_bound_and_never_part_of_the_text(kg: Kg, graph: Path) -> None:
    text = "SELECT ?s ?exact { ?s <http://www.w3.org/ns/oa#exact> ?exact }"
    ran = kg("query", "-e", text, graph, "--param", "exact=STAT6", "--to", "json")
    (row,) = json.loads(ran.out)["results"]["bindings"]
    assert row["exact"] == {"type": "literal", "value": "STAT6"}
    injected = kg("query", "-e", text, graph, "--param", 'exact=STAT6" } #', "--to", "json")
    assert json.loads(injected.out)["results"]["bindings"] == []


def test_answers_in_each_form(kg: Kg, graph: Path) -> None:
    text = "PREFIX kg: <https://w3id.org/casekg/ontology#> SELECT ?sex ?age { ?p kg:sex ?sex ; kg:ageYears ?age }"
    forms = {form: kg("query", "-e", text, graph, "--to", form).out for form in ("table", "csv", "tsv", "md")}
    assert forms == {
        "table": "sex        age\n─────────  ───\nkg:Female  58\n",
        "csv": "sex,age\nhttps://w3id.org/casekg/ontology#Female,58\n",
        "tsv": '?sex\t?age\n<https://w3id.org/casekg/ontology#Female>\t"58"^^<http://www.w3.org/2001/XMLSchema#integer>\n',
        "md": "| sex | age |\n| --- | --- |\n| kg:Female | 58 |\n",
    }
    assert json.loads(kg("query", "-e", "ASK { ?s ?p ?o }", graph, "--to", "json").out) == {"head": {}, "boolean": True}
    assert kg("query", "-e", "CONSTRUCT WHERE { ?s a <urn:x> }", graph).out.startswith("subject  predicate  object")


@pytest.mark.parametrize("form", ["ttl", "nq", "jsonld"])
def test_a_graph_from_standard_input_and_from_a_store(kg: Kg, form: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Patiente de 40 ans. Le CD20 est négatif.", encoding="utf-8")
    text = "SELECT (COUNT(?c) AS ?n) { ?c a <https://w3id.org/casekg/ontology#ClinicalCase> }"
    kg("build", tmp_path / "a.txt", "-o", tmp_path / f"a.{form}")
    data = (tmp_path / f"a.{form}").read_bytes()
    kg("build", tmp_path / "a.txt", "--store", tmp_path / "store")
    assert kg("query", "-e", text, "-", "--to", "csv", stdin=data).out == "n\n1\n"
    assert kg("query", "-e", text, tmp_path / "store", "--to", "csv").out == "n\n1\n"


def test_check_lists_violations_and_findings(kg: Kg, tmp_path: Path) -> None:
    prefix = "@prefix kg: <https://w3id.org/casekg/ontology#> . @prefix : <https://w3id.org/casekg/case/c#> .\n"
    rdfs = "<http://www.w3.org/2000/01/rdf-schema#comment>"
    (tmp_path / "bad.ttl").write_text(prefix + ":patient a kg:Patient ; kg:ageYears 200 .")
    ran = kg("check", tmp_path / "bad.ttl")
    assert ran.code == 1
    level, case, words, path, message, focus = ran.out.rstrip("\n").split("\t")
    assert (level, case, words, path, focus) == ("Error", "case:c", "", "kg:ageYears", "case:c#patient")
    assert "0 to 130" in message
    finding = f':note-1 a kg:Finding ; kg:level kg:Warning ; kg:code "x" ; {rdfs} "look" .'
    (tmp_path / "open.ttl").write_text(prefix + finding)
    ran = kg("check", tmp_path / "open.ttl")
    assert "Warning\tcase:c\t\tx\tlook\tcase:c#note-1\n" in ran.out


def test_demo_answers_the_question_and_leaves_nothing(kg: Kg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = kg("demo")
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"2017-04 .*sarcomatoid mesothelioma +monophasic synovial sarcoma +Reclassification", ran.out)
    assert re.search(r"2019-09 .*malignant solitary fibrous tumor +Reclassification +STAT6 +Positive", ran.out)
    assert list(tmp_path.iterdir()) == []
    assert kg("demo", "-o", "demo.ttl").code == 0
    assert (tmp_path / "demo.ttl").read_text(encoding="utf-8").startswith("@base ")
