"""Each reader on a small file of its format, and what a stranger may put into one."""

from __future__ import annotations

import gzip
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import InputError, UsageError
from kg.terms.readers import opening
from kg.terms.readers.curies import curie_of
from kg.terms.readers.formats import format_of, read_terms, version_of
from kg.terms.readers.gathering import classified, joined, keep
from kg.terms.readers.jsonstream import items_below
from kg.terms.readers.layout import Layout
from kg.terms.term import Mapping, Name, Term

HERE = Path(__file__).parent / "fixtures" / "terms"


def read(name: str, form: str = "", layout: Layout | None = None) -> dict[str, Term]:
    path = HERE / name
    terms = list(read_terms(path, form or format_of(path), layout or Layout()))
    assert len({term.curie for term in terms}) == len(terms)
    return {term.curie: term for term in terms}


def test_obo() -> None:
    terms = read("demo.obo")
    assert list(terms) == ["DEMO:0000001", "DEMO:0000002", "DEMO:0000003", "DEMO:0000004", "DEMO:0000009"]
    assert terms["DEMO:0000001"].names == (Name("growth", "en", "label"), Name('swelling "of any sort"', "en", "broad"))
    assert terms["DEMO:0000002"] == Term(
        "DEMO:0000002",
        (
            Name("blue growth", "en", "label"),
            Name("azure growth", "en", "exact"),
            Name("growth of the blue kind", "en", "narrow"),
            Name("bluish thing", "en", "related"),
        ),
        ("DEMO:0000001",),
        (
            Mapping("NCIT:C999001", "skos:exactMatch"),
            Mapping("UMLS:C9990001"),
            Mapping("SNOMEDCT:999001", "skos:closeMatch"),
        ),
    )
    old = Name("cyan growth", "en", "label")
    assert terms["DEMO:0000003"] == Term("DEMO:0000003", (old,), (), (), True, ("DEMO:0000002",))
    assert terms["DEMO:0000009"] == Term("DEMO:0000009", (), (), (), True, ("DEMO:0000002",))
    assert version_of(HERE / "demo.obo", "obo") == "2025-02-03"


def test_part_of_counts_where_asked_for() -> None:
    for name in ("demo.obo", "demo.json", "demo.owl"):
        assert read(name)["DEMO:0000002"].parents == ("DEMO:0000001",)
        assert read(name, layout=Layout(part_of=True))["DEMO:0000002"].parents == ("DEMO:0000001", "DEMO:0000004")


def test_obographs_say_the_same_as_obo() -> None:
    obo, graph = read("demo.obo"), read("demo.json")
    assert graph.keys() == obo.keys()
    for curie in ("DEMO:0000001", "DEMO:0000003", "DEMO:0000004", "DEMO:0000009"):
        assert graph[curie] == obo[curie]
    assert graph["DEMO:0000002"].mappings == (Mapping("NCIT:C999001"), Mapping("SNOMEDCT:999001", "skos:closeMatch"))
    assert version_of(HERE / "demo.json", "obographs") == "2025-02-03"


def test_owl_reads_classes_and_fetches_nothing() -> None:
    terms = read("demo.owl")
    assert list(terms) == ["DEMO:0000001", "DEMO:0000002", "DEMO:0000003"]
    assert terms["DEMO:0000001"].names == (Name("growth", "en", "label"), Name("pousse", "fr", "label"))
    assert terms["DEMO:0000002"].mappings == (Mapping("NCIT:C999001"),)
    assert terms["DEMO:0000003"].replaced_by == ("DEMO:0000002",)
    assert terms["DEMO:0000003"].label == "cyan growth"
    assert version_of(HERE / "demo.owl", "owl") == "2025-02-03"


def test_skos_in_turtle() -> None:
    blue = read("demo.ttl")["MESH:D999002"]
    assert blue.names == (Name("blue growth", "en", "label"), Name("pousse bleue", "fr", "exact"))
    assert blue.parents == ("MESH:D999001",)
    assert blue.mappings == (Mapping("DEMO:0000002", "skos:exactMatch"),)


def test_babelon_leaves_out_definitions_and_candidates() -> None:
    terms = read("demo-fr.babelon.tsv")
    assert list(terms) == ["DEMO:0000002", "DEMO:0000077"]
    assert terms["DEMO:0000002"].names == (Name('pousse "bleue"', "fr", "label"), Name("pousse azur", "fr", "exact"))


def test_sssom_keeps_predicate_and_justification() -> None:
    (term,) = read("demo.sssom.tsv").values()
    assert term.names == (Name("blue growth", "en", "label"),)
    assert term.mappings == (Mapping("NCIT:C999001", "skos:exactMatch", "semapv:ManualMappingCuration"),)
    assert version_of(HERE / "demo.sssom.tsv", "sssom") == "2025-02-04"


def test_table_of_the_documented_layout() -> None:
    terms = read("demo.csv")
    blue = terms["DEMO:0000002"]
    assert blue.names == (
        Name("growth, blue", "en", "label"),
        Name("pousse bleue", "fr", "label"),
        Name("azure growth", "en", "exact"),
        Name("blue one", "en", "exact"),
        Name("bleuet", "fr", "narrow"),
    )
    assert blue.parents == ("DEMO:0000001",)
    assert blue.kind == "Disease"
    assert blue.mappings == (Mapping("UMLS:C9990001"), Mapping("NCIT:C999001", "skos:exactMatch"))
    assert terms["DEMO:0000003"].obsolete
    assert terms["DEMO:0000003"].replaced_by == ("DEMO:0000002",)


def test_table_of_another_layout() -> None:
    layout = Layout("X", "fr", (("Code", "id"), ("Libellé", "label"), ("CAS", "xrefs:CAS")))
    terms = read("codes.tsv", layout=layout)
    assert list(terms) == ["X:X01", "X:X02"]
    assert terms["X:X01"].names == (Name("pousse bleue", "fr", "label"), Name("pousse azur", "fr", "exact"))
    assert terms["X:X01"].mappings == (Mapping("CAS:50-00-0"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,label\n,growth\n", ":2: a row without an id"),
        ("name,label\nx,growth\n", "no column is the id"),
        ("id,id\nx,growth\n", "no header"),
        ("id,label,kind\nX:1,growth,Illness\n", ":2: no kind 'Illness'"),
        ("id,label\nX:1,growth,more,and more\n", ":2: 4 cells under 2 columns"),
        ('id,label\nX:1,"growth\n', "not a table"),
        ("id,label\n", "without rows"),
        ("id,label\nX:1,gro\0wth\n", ":2: a NUL byte"),
    ],
)
def test_a_broken_table_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        list(read_terms(path, "table"))


def test_unknown_columns_and_roles_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column Kode"):
        read("codes.tsv", layout=Layout(columns=(("Kode", "id"),)))
    with pytest.raises(InputError, match="no role title"):
        read("codes.tsv", layout=Layout(columns=(("Code", "id"), ("Libellé", "title"))))


def test_rrf() -> None:
    terms = read("umls")
    assert list(terms) == ["STY:T033", "STY:T184", "UMLS:C9990001", "UMLS:C9990002", "UMLS:C9990009"]
    assert terms["STY:T184"].parents == ("STY:T033",)
    blue = terms["UMLS:C9990002"]
    assert blue.names == (Name("blue growth", "en", "label"), Name("azure growth", "en", "exact"))
    assert blue.parents == ("UMLS:C9990001", "STY:T184")
    assert blue.mappings == (Mapping("NCIT:C999001"),)
    assert terms["UMLS:C9990009"].replaced_by == ("UMLS:C9990002",)
    french = read("umls", layout=Layout(languages=("fr",)))
    assert [name.text for term in french.values() for name in term.names][2:] == ["pousse"]


def test_rf2() -> None:
    terms = read("snomed")
    blue = terms["SNOMEDCT:999002"]
    assert blue.names == (
        Name("Azure growth", "en", "label"),
        Name('Blue "growth"', "en", "exact"),
        Name("pousse bleue", "fr", "exact"),
    )
    assert blue.parents == ("SNOMEDCT:999001",)
    assert terms["SNOMEDCT:999001"].names == (Name("Growth", "en", "label"),)
    assert terms["SNOMEDCT:999003"].obsolete
    assert terms["SNOMEDCT:999003"].replaced_by == ("SNOMEDCT:999002",)


def test_mesh_by_tree_numbers() -> None:
    terms = read("desc.xml", "mesh")
    blue = terms["MESH:D999002"]
    assert blue.parents == ("MESH:D999001", "MESH:A")
    assert blue.names[1:] == (Name("Azure Growths", "en", "exact"), Name("Bluish Spots", "en", "related"))
    assert terms["MESH:D999001"].parents == ("MESH:C",)


def test_ucum_and_oncotree() -> None:
    units = read("ucum.xml", "ucum")
    assert [n.text for n in units["UCUM:[dmo_us]"].names] == ["demo length", "demo", "dl"]
    assert version_of(HERE / "ucum.xml", "ucum") == "9.9"
    tumours = read("oncotree.json", "oncotree")
    assert tumours["ONCOTREE:DEMO"].parents == ("ONCOTREE:TISSUE",)
    assert tumours["ONCOTREE:DEMO"].mappings == (Mapping("NCIT:C999001"),)
    assert tumours["ONCOTREE:OLDDEMO"].replaced_by == tumours["ONCOTREE:GONE"].replaced_by == ("ONCOTREE:DEMO",)


def test_gzip_is_transparent(tmp_path: Path) -> None:
    for name in ("demo.obo", "demo.json", "demo.owl", "demo.csv"):
        packed = tmp_path / f"{name}.gz"
        packed.write_bytes(gzip.compress((HERE / name).read_bytes()))
        assert list(read_terms(packed, format_of(packed))) == list(read_terms(HERE / name, format_of(HERE / name)))


def test_formats_by_ending() -> None:
    names = ("a.obo", "a.json.gz", "a.OWL", "a-fr.babelon.tsv", "a.sssom.tsv", "a.csv", "MRCONSO.RRF")
    assert [format_of(Path(name)) for name in names] == ["obo", "obographs", "owl", "babelon", "sssom", "table", "rrf"]
    assert format_of(HERE / "umls") == "rrf"
    assert format_of(HERE / "snomed") == "rf2"
    with pytest.raises(UsageError, match="--format"):
        format_of(Path("a.pdf"))


@pytest.mark.parametrize(
    ("written", "curie"),
    [
        ("NCI:C3088", "NCIT:C3088"),
        ("ncit:C3088", "NCIT:C3088"),
        ("SNOMEDCT_US_2025_09_01:39000009", "SNOMEDCT:39000009"),
        ("http://purl.obolibrary.org/obo/NCIT_C3088", "NCIT:C3088"),
        ("http://identifiers.org/hgnc/10001", "HGNC:10001"),
        ("http://www.orpha.net/ORDO/Orphanet_404", "Orphanet:404"),
        ("http://example.org/thing", "http://example.org/thing"),
        ("galen:Pancreas", "galen:Pancreas"),
        ("bare", "bare"),
    ],
)
def test_curies(written: str, curie: str) -> None:
    assert curie_of(written) == curie


def test_translations_join_the_terms_that_they_translate() -> None:
    terms = {t.curie: t for t in joined(read("demo.obo").values(), read("demo-fr.babelon.tsv").values())}
    assert "DEMO:0000077" not in terms
    assert Name('pousse "bleue"', "fr", "label") in terms["DEMO:0000002"].names
    twice = joined([Term("A:1", (Name("a", "en", "label"),))], [Term("A:1", (Name("b", "en", "label"),))])
    assert next(iter(twice)).names == (Name("a", "en", "label"), Name("b", "en", "exact"))


def test_kinds_come_from_the_nearest_branch() -> None:
    def source() -> Iterator[Term]:
        links = {"A:1": (), "A:2": ("A:1",), "A:3": ("A:2",), "A:4": ("A:3", "A:1"), "A:5": ("A:6",), "A:6": ("A:5",)}
        yield from (Term(curie, (), parents) for curie, parents in links.items())

    kinds = {t.curie: t.kind for t in classified(source, {"A:3": "Stage", "A:1": "Disease", "A:2": ""}, "Drug")}
    # A:4 is as near to both; the one named first counts. A:5 and A:6 go round in a circle.
    assert kinds == {"A:1": "Disease", "A:2": "", "A:3": "Stage", "A:4": "Stage", "A:5": "Drug", "A:6": "Drug"}
    assert [t.curie for t in keep(source(), [])] == list(kinds)
    assert not list(keep(source(), ["B"]))


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/x"><e:p>&b;</e:p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize(("name", "form"), [("a.owl", "owl"), ("a.xml", "mesh"), ("a.xml", "ucum")])
@pytest.mark.parametrize("text", [ENTITIES, ENTITIES.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/hostname"')])
def test_xml_entities_are_refused(tmp_path: Path, name: str, form: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="XML entities"):
        list(read_terms(path, form))


@pytest.mark.parametrize(
    ("name", "form", "text", "told"),
    [
        ("a.json", "obographs", '{"graphs":' + "[" * 100_000, "nested too deep|not JSON"),
        ("a.json", "obographs", '{"graphs":[{"nodes":[' + '{"a":' * 100_000, "nested too deep"),
        ("a.json", "oncotree", "[" * 100_000, "nested too deep"),
        ("a.xml", "mesh", "<a>" * 1_000, "nested too deep"),
        ("a.owl", "owl", "<a>" * 100_000, "nested too deep"),
        ("a.json", "obographs", '{"graphs":[{"nodes":[{"id":"x"', "cut off"),
        ("a.json", "obographs", '{"graphs":[{"nodes":[1]}]}', "no OBO graph"),
        ("a.json", "obographs", '{"graphs":[]} {}', "something follows"),
        ("a.obo", "obo", "[Term]\nname: nameless\n", ":1: a .Term. without an id"),
        ("a.obo", "obo", "[Term]\nid: X:1\nsynonym: bare EXACT []\n", ":1: a synonym without quotes"),
        ("a.obo", "obo", "hello\n", "not OBO"),
        ("a.obo", "obo", "[Term]\nid: X:1\0\n", ":2: a NUL"),
        ("a.owl", "owl", "<rdf:RDF", "not XML|not RDF/XML"),
        ("a.ttl", "owl", "<http://e/a> <http://e/b> .", "not Turtle"),
        ("a.owl", "owl", '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "no class"),
        ("MRCONSO.RRF", "rrf", "C0000001|ENG|P\n", ":1: not a row of MRCONSO.RRF"),
        ("a.babelon.tsv", "babelon", "a\tb\n1\t2\n", "no column subject_id"),
        ("a.sssom.tsv", "sssom", "a\tb\n1\t2\n", "no column subject_id"),
    ],
)
def test_a_broken_or_hostile_file_is_one_clear_error(
    tmp_path: Path, name: str, form: str, text: str, told: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told) as raised:
        list(read_terms(path, form))
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_missing_broken_and_undecodable_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read_terms(tmp_path / "none.obo", "obo"))
    cut = tmp_path / "cut.obo.gz"
    cut.write_bytes(gzip.compress((HERE / "demo.obo").read_bytes())[:-20])
    with pytest.raises(InputError, match="broken gzip"):
        list(read_terms(cut, "obo"))
    latin = tmp_path / "latin.csv"
    latin.write_bytes("id,label\nX:1,l\xe9sion\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        list(read_terms(latin, "table"))


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_LINE", 1_000)
    path = tmp_path / "long.obo"
    path.write_text("[Term]\nid: X:1\nname: " + "a" * 2_000, encoding="utf-8")
    with pytest.raises(InputError, match=":3: a line of more than"):
        list(read_terms(path, "obo"))


def test_a_decompression_bomb_is_refused_before_it_fills_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FREE_BYTES", opening.MEBIBYTE)
    bomb = tmp_path / "bomb.obo.gz"
    with gzip.open(bomb, "wb") as out:
        for _ in range(64):
            out.write(b"! comment\n" * 100_000)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="decompression bomb"):
            list(read_terms(bomb, "obo"))
        assert tracemalloc.get_traced_memory()[1] < 32 * opening.MEBIBYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/out.txt", "..\\out.txt", "C:\\out.txt"])
def test_archive_members_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("fine.txt", "fine")
        packed.writestr(name, "out")
    with pytest.raises(InputError, match="hostile"):
        opening.unpack(archive, tmp_path / "inside")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.zip"]


def test_archives_that_are_links_bombs_or_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "a.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(link, "/etc/hostname")
    with pytest.raises(InputError, match="is a link"):
        opening.unpack(archive, tmp_path / "inside")
    monkeypatch.setattr(opening, "FREE_BYTES", opening.MEBIBYTE)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros.txt", b"0" * 16 * opening.MEBIBYTE)
    with pytest.raises(InputError, match="decompression bomb"):
        opening.unpack(archive, tmp_path / "inside")
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(InputError, match="a broken zip"):
        opening.unpack(archive, tmp_path / "inside")


def test_json_is_read_item_by_item(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(' {"skip": [1, {"x": [2]}], "a": [{"b": [1, "two", {"c": 3.5}, []]}, {"b": 4}], "z": null} ')
    assert list(items_below(path, ("a", "b"))) == [1, "two", {"c": 3.5}, [], 4]
    assert list(items_below(path, ("nothing",))) == []


def test_large_files_stream(tmp_path: Path) -> None:
    """Memory follows the terms' links, not the file."""
    path = tmp_path / "large.obo"
    filler = 'def: "' + "words " * 1_000 + '" []\n'
    with path.open("w", encoding="utf-8") as out:
        for number in range(2_000):
            out.write(f"[Term]\nid: X:{number}\nname: growth {number}\n{filler}is_a: X:{number // 2}\n\n")
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_terms(path, "obo")) == 2_000
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 4
    finally:
        tracemalloc.stop()


REAL = Path(__file__).parents[2] / "shared" / "data" / "terms"


@pytest.mark.skipif(not REAL.is_dir(), reason="the publishers' files are not here")
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("doid/doid_2016-09-01_full.obo", 10_000),
        ("ncit/ncit-disease-2018-06-08.json.gz", 20_000),
        ("hpo/hp-fr.babelon.tsv", 13_000),
        ("biomappings/positive.sssom.tsv", 11_000),
        ("atc/atc_fr_en_ANS_2022.rdf", 6_000),
    ],
)
def test_files_of_publishers(name: str, least: int) -> None:
    terms = list(read_terms(REAL / name, format_of(REAL / name)))
    assert len(terms) >= least
    assert all(n.text == n.text.strip() and n.text for term in terms for n in term.names)
