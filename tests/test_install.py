"""Downloads against a server of our own on this machine, and the commands that use them. Nothing leaves the machine."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from kg.errors import InputError, TableError, UsageError
from kg.terms import index as indexing
from kg.terms import install as installing
from kg.terms.building import build_file, build_installed, entry_for
from kg.terms.catalogue import Entry, File, downloads_folder, find_entry, load_catalogue
from kg.terms.commands import info
from kg.terms.index import open_index
from kg.terms.install import alone, install, read_manifest
from kg.terms.installed import installed
from kg.terms.readers.layout import Layout
from kg.terms.term import Term

HERE = Path(__file__).parent / "fixtures" / "terms"
OBO = (HERE / "demo.obo").read_bytes()


@dataclass
class Page:
    """What the server has under a path, and how it behaves."""

    body: bytes
    tag: str = '"one"'
    breaks_after: int = -1
    """Bytes after which the next transfer breaks off, once."""
    status: int = 200
    location: str = ""
    ignores_range: bool = False
    announced: int = -1


@dataclass
class Server:
    """Pages by path, and the Range headers that were asked for."""

    pages: dict[str, Page] = field(default_factory=dict)
    ranges: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            server.ranges.append((self.path, asked))
            page = server.pages.get(self.path, Page(b"gone", status=404))
            first = int(asked[6:-1]) if asked and self.headers.get("If-Range") == page.tag else 0
            first = 0 if page.ignores_range or page.status != 200 else first
            self.send_response(206 if first else page.status)
            if page.location:
                self.send_header("Location", page.location)
            if first:
                self.send_header("Content-Range", f"bytes {first}-{len(page.body) - 1}/{len(page.body)}")
            length = len(page.body) - first if page.announced < 0 else page.announced
            self.send_header("Content-Length", str(length))
            self.send_header("ETag", page.tag)
            self.send_header("Last-Modified", "Tue, 04 Feb 2025 10:00:00 GMT")
            self.end_headers()
            end, page.breaks_after = page.breaks_after, -1
            self.wfile.write(page.body[first : None if end < 0 else end])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(told)) as running:
        told.address = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield told
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEKG_DATA", str(tmp_path / "data"))
    for proxy in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)


def entry(server: Server, *paths: str, form: str = "obo", sha256: str = "") -> Entry:
    files = tuple(File(server.address + path, form, 1, Layout(), sha256) for path in paths)
    return Entry("demo", "Demo", "https://example.org/demo", "CC0-1.0", "in the header", files, ("DEMO",), "Finding")


def test_a_file_comes_whole_with_its_manifest(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO)
    seen: list[tuple[str, int, int]] = []
    manifest = install(entry(server, "/demo.obo"), lambda *told: seen.append(told))
    assert manifest == read_manifest("demo")
    assert manifest.version == "2025-02-03"
    (file,) = manifest.files
    assert (file.name, file.size, file.modified) == ("demo.obo", len(OBO), "2025-02-04")
    assert file.sha256 == hashlib.sha256(OBO).hexdigest()
    assert seen[-1] == ("demo.obo", len(OBO), len(OBO))
    assert sorted(path.name for path in downloads_folder("demo").iterdir()) == ["demo.obo", "manifest.json"]


def test_a_broken_transfer_goes_on_where_it_broke(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO, breaks_after=300)
    install(entry(server, "/demo.obo"))
    assert server.ranges == [("/demo.obo", ""), ("/demo.obo", "bytes=300-")]
    assert (downloads_folder("demo") / "demo.obo").read_bytes() == OBO


def test_a_later_call_resumes_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "_ATTEMPTS", 1)
    server.pages["/demo.obo"] = Page(OBO, breaks_after=300)
    with pytest.raises(InputError, match="run the same again to go on"):
        install(entry(server, "/demo.obo"))
    assert read_manifest("demo") is None
    assert not (downloads_folder("demo") / "demo.obo").exists()
    install(entry(server, "/demo.obo"))
    assert server.ranges[-1][1] == "bytes=300-"
    assert (downloads_folder("demo") / "demo.obo").read_bytes() == OBO


@pytest.mark.parametrize("changed", [{"tag": '"two"'}, {"ignores_range": True}, {"tag": 'W/"weak"'}])
def test_another_state_of_the_file_starts_anew(
    server: Server, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    monkeypatch.setattr(installing, "_ATTEMPTS", 1)
    server.pages["/demo.obo"] = Page(b"x" * 1_000, breaks_after=300)
    with pytest.raises(InputError):
        install(entry(server, "/demo.obo"))
    server.pages["/demo.obo"] = replace(Page(OBO), **changed)  # type: ignore[arg-type]
    install(entry(server, "/demo.obo"))
    assert (downloads_folder("demo") / "demo.obo").read_bytes() == OBO


def test_the_checksum_is_checked(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO)
    right = hashlib.sha256(OBO).hexdigest()
    with pytest.raises(InputError, match="SHA-256"):
        install(entry(server, "/demo.obo", sha256="0" * 64))
    assert not [path for path in downloads_folder("demo").iterdir() if path.suffix == ".part"]
    install(entry(server, "/demo.obo", sha256=right))
    server.pages["/sums"] = Page(f"{'1' * 64}  other.obo\n{right.upper()}  demo.obo\n".encode())
    install(entry(server, "/demo.obo", sha256=f"{server.address}/sums"))
    server.pages["/sums"] = Page(b"none")
    with pytest.raises(InputError, match="holds no SHA-256"):
        install(entry(server, "/demo.obo", sha256=f"{server.address}/sums"))


def test_the_size_is_checked(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO, announced=len(OBO) + 7)
    with pytest.raises(InputError, match="broken off"):
        install(entry(server, "/demo.obo"))


def test_what_is_gone_is_told_with_a_way_out(server: Server) -> None:
    with pytest.raises(InputError, match=r"not there any more \(404\); see https://example.org/demo.* --as demo"):
        install(entry(server, "/demo.obo"))
    server.pages["/demo.obo"] = Page(b"", status=503)
    with pytest.raises(InputError, match="answers 503"):
        install(entry(server, "/demo.obo"))
    with pytest.raises(UsageError, match="did you mean mondo"):
        find_entry("modno")


def test_redirects_are_followed_but_not_to_an_open_line(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO)
    server.pages["/moved.obo"] = Page(b"", status=302, location="/demo.obo")
    assert install(entry(server, "/moved.obo")).files[0].name == "moved.obo"
    server.pages["/open.obo"] = Page(b"", status=302, location="http://example.org/demo.obo")
    with pytest.raises(InputError, match="not HTTPS"):
        install(entry(server, "/open.obo"))
    server.pages["/round.obo"] = Page(b"", status=302, location="/round.obo")
    with pytest.raises(InputError, match="broken off"):
        install(entry(server, "/round.obo"))


@pytest.mark.parametrize(
    "url", ["http://example.org/a", "ftp://example.org/a", "file:///etc/hostname", "http://10.0.0.1/"]
)
def test_only_https_or_this_machine(url: str) -> None:
    with pytest.raises(InputError, match="not HTTPS"):
        installing.check_address(url)


def test_a_packed_file_is_read_from_its_archive(server: Server) -> None:
    server.pages["/demo"] = Page(_zip({"notes.txt": b"x", "demo vocabulary.csv": (HERE / "demo.csv").read_bytes()}))
    demo = entry(server, "/demo", form="table")
    manifest = install(demo)
    assert manifest.version == "2025-02-04"
    build_installed(demo, manifest)
    assert _term("demo", "DEMO:0000002").kind == "Disease"


def test_a_hostile_archive_is_refused(server: Server, tmp_path: Path) -> None:
    server.pages["/demo.zip"] = Page(_zip({"../../../out.csv": b"id,label\n"}))
    with pytest.raises(InputError, match="hostile"):
        install(entry(server, "/demo.zip", form="table"))
    assert not list(tmp_path.rglob("out.csv"))
    assert read_manifest("demo") is None


def _zip(members: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return packed.getvalue()


def _term(name: str, curie: str) -> Term:
    index = open_index(installed()[name])
    try:
        found = index.term(curie)
        assert found is not None
        return found
    finally:
        index.close()


def test_translations_are_compiled_into_their_terminology(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO)
    server.pages["/fr.babelon.tsv"] = Page((HERE / "demo-fr.babelon.tsv").read_bytes())
    base = entry(server, "/demo.obo", "/fr.babelon.tsv")
    demo = replace(base, files=(base.files[0], replace(base.files[1], format="babelon")))
    build_installed(demo, install(demo))
    term = _term("demo", "DEMO:0000002")
    assert {"blue growth", 'pousse "bleue"', "pousse azur"} <= {name.text for name in term.names}
    assert term.kind == "Finding"


def test_a_broken_manifest_is_told(server: Server) -> None:
    server.pages["/demo.obo"] = Page(OBO)
    install(entry(server, "/demo.obo"))
    (downloads_folder("demo") / "manifest.json").write_text(json.dumps({"name": "demo"}))
    with pytest.raises(InputError, match="run kg terms install demo again"):
        read_manifest("demo")


def test_files_of_ones_own_are_built(tmp_path: Path) -> None:
    build_file(HERE / "demo.csv", entry_for("mine", licence="ours"), Layout(), version="7")
    index = open_index(installed()["mine"])
    assert (index.name, index.version, index.licence) == ("mine", "7", "ours")
    index.close()
    archive = tmp_path / "release.zip"
    archive.write_bytes(_zip({f"META/{p.name}": p.read_bytes() for p in (HERE / "umls").iterdir()}))
    build_file(archive, entry_for("umls"), Layout())
    assert _term("umls", "UMLS:C9990002").kind == "Finding"
    with pytest.raises(UsageError, match="small letters"):
        build_file(HERE / "demo.csv", entry_for("../mine"), Layout())
    with pytest.raises(InputError, match="no such file"):
        build_file(tmp_path / "none.csv", entry_for("mine"), Layout())


def test_the_catalogue_is_whole() -> None:
    catalogue = load_catalogue()
    wanted = "mondo ncit uberon hp doid chebi hgnc drugbank oncotree ordo mesh ucum cl obi biomappings"
    assert set(wanted.split()) | {"umls", "snomedct", "icdo3", "atc", "cim10"} == set(catalogue)
    assert all(file.url.startswith("https://") and file.size for e in catalogue.values() for file in e.files)
    with pytest.raises(InputError, match="its licence"):
        install(catalogue["snomedct"])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('title = "x"', "no homepage"),
        ('kind = "Illness"\nask = "x"', "no kind 'Illness'"),
        ("colour = 1\nask = 'x'", "unknown colour"),
        ('files = [{ url = "http://example.org/x.obo", format = "obo" }]', "https"),
        ('files = [{ url = "https://example.org/x.obo", format = "pdf" }]', "format"),
        ("", "either files or ask"),
        ("= 1", "catalogue.toml"),
    ],
)
def test_a_malformed_catalogue_is_told(tmp_path: Path, row: str, told: str) -> None:
    whole = '[source.demo]\ntitle = "x"\nhomepage = "x"\nlicence = "x"\nversion = "x"\n'
    path = tmp_path / "catalogue.toml"
    path.write_text("[source.demo]\n" + row if row.startswith("title") else whole + row, encoding="utf-8")
    with pytest.raises(TableError, match=told):
        load_catalogue(path)


def run(*arguments: str) -> None:
    """The commands as a user calls them, in this process."""
    from typer.main import get_command

    from kg.terms.commands import terms

    with get_command(terms).make_context("terms", list(arguments)) as context:
        get_command(terms).invoke(context)


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    run("build", str(HERE / "codes.tsv"), "--as", "codes", "--prefix", "X", "--language", "fr", "--version", "3",
        "--kind", "disease", "--column", "Code=id", "--column", "Libellé=label")  # fmt: skip
    assert capsys.readouterr().out == "codes\t3, 2 terms\n"
    assert _term("codes", "X:X01").kind == "Disease"
    run("list")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("mondo") and "50 MB" in line for line in lines)
    assert lines[-1].split() == ["codes", "3,", "2", "terms", "built", "here"]
    run("info", "ncit")
    told = capsys.readouterr().out
    assert "CC-BY-4.0" in told
    assert "Disease below NCIT:C2991" in told
    with pytest.raises(UsageError, match="COLUMN=ROLE"):
        run("build", str(HERE / "codes.tsv"), "--as", "codes", "--column", "Code")
    with pytest.raises(UsageError, match="no kind 'illness'"):
        run("build", str(HERE / "codes.tsv"), "--as", "codes", "--kind", "illness")


def test_two_installs_of_one_terminology_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "PATIENCE", 0.1)
    with alone("demo"):
        with pytest.raises(InputError, match="demo: another kg terms install is at work on it"), alone("demo"):
            pass
        with alone("other"):
            pass
    with alone("demo"):
        pass


def test_an_install_waits_for_another_to_end() -> None:
    held, order = threading.Event(), []

    def first() -> None:
        with alone("demo"):
            held.set()
            time.sleep(0.2)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait()
    with alone("demo"):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_a_stale_index_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.tsv"
    source.write_text("id\tlabel\nMONDO:1\tglaze\n", encoding="utf-8")
    build_file(source, entry_for("mondo"), Layout(), version="1")
    info("mondo")
    assert "stale" not in capsys.readouterr().out
    monkeypatch.setattr(indexing, "stamp", lambda: "other tables")
    info("mondo")
    assert "stale: build or install it again" in capsys.readouterr().out
