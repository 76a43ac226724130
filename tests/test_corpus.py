"""Many documents: which there are, what their bytes say, where they go, and what goes on when one is broken."""

import codecs
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.corpus import batch, outputs
from kg.corpus.batch import Outcome, Task, open_document, process, process_all
from kg.corpus.build import build, check_base, target_of
from kg.corpus.outputs import MANIFEST, file_name, read_manifest
from kg.corpus.sources import Source, find_sources
from kg.corpus.texts import decode
from kg.errors import InputError, TableError, UsageError
from kg.graph.terms import text as literal
from kg.store.embedded import Graphs

TEXT = "Patiente de 61 ans. En mai 2012, la biopsie montre un carcinome ; le CD20 est négatif."
SECRET = "Zorglub"


def passing(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    return outcomes


def texts(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    return folder


# What the bytes say


@pytest.mark.parametrize(("data", "text", "codes"), [
    ("é à\r\nb\n".encode(), "é à\r\nb\n", []),
    (codecs.BOM_UTF8 + "é".encode(), "é", []),
    (codecs.BOM_UTF16_LE + "é".encode("utf-16-le"), "é", []),
    (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "é", []),
    (codecs.BOM_UTF32_LE + "é".encode("utf-32-le"), "é", []),
    ("fièvre \u2019".encode("cp1252"), "fièvre \u2019", ["encoding-cp1252"]),
    (b"a" * 200 + b"\x02\x0c", "a" * 200 + "\x02\x0c", ["control-characters"]),
])  # fmt: skip
def test_bytes_become_text(data: bytes, text: str, codes: list[str]) -> None:
    found, findings = decode(data, "x")
    assert (found, [f.code for f in findings]) == (text, codes)


@pytest.mark.parametrize(("data", "message"), [
    (b"", "without a word"), (b" \r\n\t\xc2\xa0", "without a word"), (b"...", "without a word"),
    (b"abc\0def", "binary file"), (bytes(range(1, 32)) + b"ab", "binary file"),
    (b"a\x81b", "neither UTF-8"), (codecs.BOM_UTF16_LE + b"abc", "broken utf-16"),
    (codecs.BOM_UTF8 + b"\xff", "broken utf-8"),
])  # fmt: skip
def test_bytes_that_are_no_text(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=f"x: .*{message}"):
        decode(data, "x")


# Which documents there are


def test_folders_are_read_to_the_bottom_in_order(tmp_path: Path) -> None:
    texts(tmp_path, "b.txt", "sub/a.TXT", "sub/a.ann", ".hidden/c.txt", ".d.txt", "notes.md")
    assert [s.id for s in find_sources([str(tmp_path)])] == ["b", "a"]


def test_a_file_given_twice_counts_once_and_two_of_an_id_are_named(tmp_path: Path) -> None:
    texts(tmp_path, "a.txt", "x/a.txt")
    first, second = find_sources([str(tmp_path / "a.txt"), str(tmp_path)])
    assert first.problem == ""
    assert str(tmp_path / "a.txt") in second.problem
    assert str(tmp_path / "x" / "a.txt") in second.problem


RECORDS = [
    ({"id": "a/b", "text": TEXT, "language": "fr", "metadata": {"title": "T", "creator": ["X", "Y"], "n": None}}, ""),
    ({"id": 7, "text": TEXT}, ""), ({"id": "a/b", "text": TEXT}, "has the id of"), ({"text": TEXT}, "no id"),
    ({"id": True, "text": TEXT}, "no id"), ({"id": "c", "text": 3}, "no text"), ([1], "not an object"),
    ({"id": "d", "text": TEXT, "metadata": "x"}, "metadata is not an object"),
]  # fmt: skip


@pytest.mark.parametrize("ending", ["jsonl", "json", "stdin"])
def test_records(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n\n".join(json.dumps(record) for record, _ in RECORDS)
    path = tmp_path / f"r.{ending}"
    path.write_text(json.dumps([record for record, _ in RECORDS]) if ending == "json" else lines)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    found = list(find_sources(["-" if ending == "stdin" else str(path)]))
    assert all(problem in source.problem for source, (_, problem) in zip(found, RECORDS, strict=True))
    assert [bool(source.problem) for source in found] == [bool(problem) for _, problem in RECORDS]
    assert (found[0].language, found[0].metadata) == ("fr", (("title", "T"), ("creator", "X"), ("creator", "Y")))
    assert found[1].id == "7"


@pytest.mark.parametrize(("name", "content", "problem"), [
    ("a.jsonl", b"{broken\n", "a.jsonl:1: not a JSON object in UTF-8"), ("a.jsonl", b'{"id": "\xff"}', "not UTF-8"),
    ("a.jsonl", b"\n", "empty"), ("a.json", b"[]", "empty list"), ("a.json", b"{", "not JSON"),
    ("a.parquet", b"PAR1", "Parquet"),
])  # fmt: skip
def test_broken_records_are_told(name: str, content: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    (source,) = find_sources([str(tmp_path / name)])
    assert problem in source.problem


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"id": ["p1", "p2"], "text": [TEXT, None]}), tmp_path / "a.parquet")
    one, two = find_sources([str(tmp_path / "a.parquet")])
    assert (one.id, one.text) == ("p1", TEXT)
    assert "no text" in two.problem


def test_standard_input_is_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    (source,) = find_sources(["-"])
    assert open_document(source)[0].text == TEXT


# Opening and reading one


def test_language_and_metadata() -> None:
    source = Source("a", "x", text=TEXT, language="es", metadata=(("title", "T"), ("foo bar", "1")))
    document, findings = open_document(source)
    assert (document.language, document.metadata) == ("es", (("title", "T"),))
    assert [f.code for f in findings] == ["metadata-key"]
    assert open_document(source, "en")[0].language == "en"
    with pytest.raises(UsageError, match="'de': there are en, es, fr"):
        open_document(Source("a", "x", text=TEXT, language="de"))


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert "surrogate" in process(Source("a", "x", text="a \ud800"), Task()).problem


def test_what_stops_the_reader_is_told_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> str:
        raise ValueError(text)

    monkeypatch.setattr("kg.reading.detection.detect_language", broken)
    outcome = process(Source("a", "a.txt", text=SECRET), Task())
    assert outcome.problem.startswith("a.txt: stopped by ValueError in test_corpus.py:")
    assert SECRET not in repr(outcome)


def test_a_broken_resource_stops_the_batch(tmp_path: Path) -> None:
    (tmp_path / "drugs.tsv").write_text("x\ty\n")
    with pytest.raises(TableError, match=r"drugs\.tsv:1"):
        process(Source("a", "x", text=TEXT), Task("fr", lexicon=tmp_path))


def test_the_file_s_findings_are_in_the_graph() -> None:
    outcome = process(Source("a", "x", data="fièvre à 39".encode("cp1252")), Task("fr", "nt"))
    assert outcome.part is not None
    assert '"encoding-cp1252"' in outcome.part.text


# Where a batch goes


def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 2)
    sources = [Source(f"c{n}", f"c{n}", text=f"{TEXT} Taille : {n} cm.") for n in range(7)]
    sources[3] = Source("c3", "c3", problem="broken")
    task = Task("fr", "nq")
    assert list(process_all(sources, task, 2)) == list(process_all(sources, task, 1))


def run(folder: Path, output: str, store: str = "", **options: bool) -> dict[str, int]:
    return build(find_sources([str(folder)]), target_of(output, store), Task("fr"), passing, **options)


def test_a_folder_is_resumed_by_what_the_texts_say(tmp_path: Path) -> None:
    source, out = texts(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "out"
    assert run(source, f"{out}/") == {"read": 2, "errors": 0}
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "a.ttl", "b.ttl"]
    assert run(source, f"{out}/", resume=True) == {"skipped": 2, "errors": 0}
    (source / "a.txt").write_text(TEXT + " Fièvre.", encoding="utf-8")
    (out / "b.ttl").unlink()
    texts(source, "c.txt")
    assert run(source, str(out), resume=True) == {"read": 3, "errors": 0}
    assert TEXT not in (out / MANIFEST).read_text()


def test_a_store_holds_one_graph_a_case_and_is_resumed(tmp_path: Path) -> None:
    source, out = texts(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "store"
    assert run(source, "", str(out)) == {"read": 2, "errors": 0}
    (source / "a.txt").write_text("Patient de 40 ans.", encoding="utf-8")
    assert run(source, "", str(out), resume=True) == {"read": 1, "skipped": 1, "errors": 0}
    graphs = Graphs.on_disk(out, read_only=True)
    assert [iri.rsplit("/")[-1] for iri, _ in graphs.texts()] == ["a", "b"]
    assert [iri.rsplit("/")[-1] for iri in graphs.cases()] == ["a", "b"]
    first, second = (text for _, text in graphs.texts())
    assert "CD20" not in first
    assert "CD20" in second


def test_one_broken_file_stops_nothing(tmp_path: Path) -> None:
    source = texts(tmp_path / "in", "a.txt", "c.txt")
    (source / "b.txt").write_bytes(b"\0")
    assert run(source, str(tmp_path / "out.nq")) == {"read": 2, "failed": 1, "errors": 0}


@pytest.mark.parametrize("output", ["out.nq", "out/"])
def test_where_nothing_can_be_read_nothing_is_written(output: str, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes(b"")
    (source / "b.txt").write_bytes(b"\0")
    with pytest.raises(InputError, match="none of the 2 documents"):
        run(source, f"{tmp_path}/{output}")
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_a_crash_in_the_middle_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = texts(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "out"
    real = outputs.write_parts

    def crashing(parts: list[object], *rest: object) -> None:
        real(parts, *rest)
        if (out / "a.ttl").exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(outputs, "write_parts", crashing)
    with pytest.raises(KeyboardInterrupt):
        run(source, f"{out}/")
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "a.ttl"]
    monkeypatch.undo()
    assert run(source, f"{out}/", resume=True) == {"read": 1, "skipped": 1, "errors": 0}


def test_a_manifest_cut_short_is_read_and_mended(tmp_path: Path) -> None:
    path = tmp_path / MANIFEST
    path.write_text('{"id": "a", "digest": "1"}\n{"id": "b", "dig')
    outputs._remember(tmp_path, Outcome("c", "c.txt", digest="2"))
    assert read_manifest(tmp_path) == {"a": "1", "c": "2"}


@pytest.mark.parametrize(("case_id", "name"), [
    ("cas é_1", "cas é_1.ttl"), ("../x", "%2E.%2Fx.ttl"), ("a%2Fb", "a%252Fb.ttl"), ("a:b\n", "a%3Ab%0A.ttl"),
])  # fmt: skip
def test_file_names_stay_in_the_folder(case_id: str, name: str) -> None:
    assert file_name(case_id) == name


@pytest.mark.parametrize(("output", "store", "form", "kind"), [
    ("", "", "", "stream"), ("-", "", "nq", "stream"), ("x.nq", "", "", "file"), ("x.dat", "", "nq", "file"),
    ("x/", "", "", "folder"), ("", "s", "", "store"), ("", "http://localhost/sparql", "", "store"),
])  # fmt: skip
def test_targets(output: str, store: str, form: str, kind: str) -> None:
    assert target_of(output, store, form).kind == kind


@pytest.mark.parametrize(("output", "store", "form"), [
    ("a.nq", "s", ""), ("a.doc", "", ""), ("x/", "", "nq"), ("", "ftp://localhost/x", ""), ("-", "", "xml"),
])  # fmt: skip
def test_targets_that_make_no_sense(output: str, store: str, form: str) -> None:
    with pytest.raises(UsageError):
        target_of(output, store, form)


@pytest.mark.parametrize("base", ["", "foo", "https://x y/", "https://x/#", "https://x/?q="])
def test_bases_that_are_no_base(base: str) -> None:
    with pytest.raises(UsageError, match="absolute IRI"):
        check_base(base)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("\\u0041 \\U0001F600 \x07 \"\\")
@example("} } ; DROP ALL #")
def test_any_text_survives_a_store(value: str) -> None:
    graphs = Graphs()
    graphs.replace("urn:g", f"<urn:s> <urn:p> {literal(value)} .\n")
    (row,) = graphs.ask("SELECT ?o { ?s ?p ?o }").rows
    assert row[0] is not None
    assert row[0].value == value
