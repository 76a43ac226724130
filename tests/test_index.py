"""Does a compiled terminology hold what went in, the same bytes whatever the order, and refuse what is broken?"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from kg.errors import InputError, TableError
from kg.terms import compiling
from kg.terms.compiling import closure, unpacked
from kg.terms.index import Index, compile_index, open_index
from kg.terms.installed import LEXICON, lexicon_index, lexicon_terms, open_terminologies
from kg.terms.names import form_of, is_acronym, is_quantity
from kg.terms.term import Mapping, Name, Term

TERMS = [
    Term("TOY:1", (Name("Growth", "en", "label"),), kind="Disease"),
    Term(
        "TOY:2",
        (Name("Zebroma", "en", "label"), Name("zébrome", "fr", "label"), Name("ZBR"), Name("stripes", "en", "broad")),
        parents=("TOY:1", "ELSEWHERE:9"),
        mappings=(Mapping("OTHER:7", "skos:exactMatch", "semapv:ManualMappingCuration"),),
        kind="Disease",
    ),
    Term("TOY:3", (Name("Old zebroma", "en", "label"),), obsolete=True, replaced_by=("TOY:2",)),
    Term("TOY:4", (Name("12", "en", "label"), Name("twelve")), parents=("TOY:2",)),
]


def compiled(folder: Path, terms: list[Term], name: str = "toy") -> Path:
    path = folder / f"{name}.terms"
    compile_index(terms, path, name=name, version="2024-01", licence="CC0-1.0")
    return path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return open_index(compiled(tmp_path_factory.mktemp("index"), TERMS))


def test_an_index_says_what_it_is(index: Index) -> None:
    assert (index.name, index.version, index.licence, index.terms) == ("toy", "2024-01", "CC0-1.0", 4)
    assert not index.stale
    assert index.rules == ("en", "fr")


@pytest.mark.parametrize("term", TERMS, ids=lambda t: t.curie)
def test_a_term_comes_back_whole(index: Index, term: Term) -> None:
    assert index.term(term.curie) == term


def test_an_unknown_term_is_none(index: Index) -> None:
    assert index.term("TOY:99") is None
    assert index.id_of("TOY:99") is None


@pytest.mark.parametrize(("text", "language"), [("zébromes", "fr"), ("ZEBROMA", "en"), ("Stripes", "en")])
def test_names_are_kept_by_their_normal_form(index: Index, text: str, language: str) -> None:
    assert [index.curie_at(id) for id, _ in index.named(form_of(text, language))] == ["TOY:2"]


def test_numbers_are_no_names(index: Index) -> None:
    assert index.named("12") == []
    assert index.named("twelve")


def test_the_closure_holds_terms_of_the_file_only(index: Index) -> None:
    top, mid, low = (index.id_of(f"TOY:{n}") for n in (1, 2, 4))
    assert low is not None
    assert mid is not None
    assert set(index.ancestors(low)) == {top, mid}
    assert index.parents(mid) == [top]
    assert index.children(top) == [mid]


def test_the_same_terms_give_the_same_bytes(tmp_path: Path) -> None:
    first = compiled(tmp_path, TERMS).read_bytes()
    for seed in range(3):
        shuffled = random.Random(seed).sample(TERMS, len(TERMS))
        assert compiled(tmp_path, shuffled).read_bytes() == first


def test_several_terms_of_one_curie_are_united(tmp_path: Path) -> None:
    translation = Term("TOY:1", (Name("Croissance", "fr", "label"),), mappings=(Mapping("OTHER:1"),))
    term = open_index(compiled(tmp_path, [*TERMS, translation])).term("TOY:1")
    assert term is not None
    assert {n.text for n in term.names} == {"Growth", "Croissance"}
    assert (term.kind, term.mappings) == ("Disease", (Mapping("OTHER:1"),))


def test_no_terms_are_an_error_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="toy: no terms"):
        compiled(tmp_path, [])
    assert list(tmp_path.iterdir()) == []


def test_a_failing_source_leaves_the_old_file(tmp_path: Path) -> None:
    path = compiled(tmp_path, TERMS)
    before = path.read_bytes()

    def broken() -> Term:
        raise InputError("source:3: broken")

    with pytest.raises(InputError, match="source:3"):
        compile_index((broken() for _ in range(2)), path, name="toy", version="2", licence="")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_missing_or_broken_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_index(tmp_path / "none.terms")
    for content in (b"", b"not a database, but long enough to look at" * 50):
        (tmp_path / "bad.terms").write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.terms: not a terminology compiled by this version"):
            open_index(tmp_path / "bad.terms")


def test_an_index_of_other_tables_is_stale(tmp_path: Path) -> None:
    path = compiled(tmp_path, TERMS)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE about SET value = 'other' WHERE key = 'stamp'")
    db.close()
    assert open_index(path).stale


def test_an_index_cannot_be_written_to(index: Index) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index._db.execute("DELETE FROM term")


def test_cycles_are_walked() -> None:
    parents = {1: [0], 2: [1, 3], 3: [2], 4: [3]}
    children = {0: [1], 1: [2], 3: [2, 4], 2: [3]}
    above = {node: set(unpacked(blob)) for node, blob in closure(parents, children).items()}
    assert above == {1: {0}, 2: {0, 1, 3}, 3: {0, 1, 2}, 4: {0, 1, 2, 3}}


@pytest.mark.parametrize(
    "text", ["12,5 g/m2", "II/III", "4b, 6, 7, 5, 8", "mg", "5 mg/kg", "60 %", "3 x 4 cm", "", "-", "5 MM"]
)
def test_quantities(text: str) -> None:
    assert is_quantity(text)


@pytest.mark.parametrize("text", ["S100", "CD34", "HER2", "p16", "MM", "mitosis", "vitamin B12", "5-FU", "grade 2"])
def test_names_that_look_like_quantities(text: str) -> None:
    assert not is_quantity(text)


def test_acronyms() -> None:
    assert all(map(is_acronym, ("GIST", "HER2", "CD117", "NHL")))
    assert not any(map(is_acronym, ("PEComa", "Sarcoma", "SARCOMA", "T cell", "A", "kit", "12")))


def test_the_lexicon_is_an_index_too() -> None:
    (lexicon,) = open_terminologies([LEXICON])
    assert lexicon.terms == len({t.curie for t in lexicon_terms()})
    assert lexicon is open_terminologies([LEXICON])[0]


def test_the_lexicon_needs_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CASEKG_CACHE", str(tmp_path / "file" / "cache"))
    lexicon_index.cache_clear()
    assert lexicon_index().term("concept:angiomyolipoma")
    lexicon_index.cache_clear()


def test_processes_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "CHUNK", 1)
    one, two = tmp_path / "one.terms", tmp_path / "two.terms"
    for path, jobs in ((one, 1), (two, 2)):
        compile_index(TERMS, path, name="toy", version="1", licence="", jobs=jobs)
    assert one.read_bytes() == two.read_bytes()


def test_a_key_is_kept_under_its_rarest_stem(index: Index) -> None:
    assert index.anchored("sebrom") == ["sebrom"]
    assert "old sebrom" not in index.anchored("sebrom")
    assert index.anchored("old") == ["old sebrom"]
    assert index.anchored("giraffom") == []


def test_an_index_knows_its_prefixes(index: Index) -> None:
    assert index.prefixes == {"TOY"}
