"""Which concepts does a text find, why, and what must it never find? Terms are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.model import Kind
from kg.terms.found import Found
from kg.terms.index import Index, compile_index, open_index, terms_folder
from kg.terms.lookup import REPLACEMENT, find, find_in
from kg.terms.neighbours import one_off
from kg.terms.term import Mapping, Name, Term


def term(curie: str, *names: Name, kind: str = "Disease") -> Term:
    return Term(curie, names, kind=kind)


def obsolete(curie: str, name: str, *replaced_by: str) -> Term:
    return Term(curie, (label(name),), kind="Disease", obsolete=True, replaced_by=replaced_by)


def label(text: str, language: str = "en") -> Name:
    return Name(text, language, "label")


TERMS = [
    term("TOY:10", label("pleomorphic leiomyosarcoma"), Name("LMSP")),
    term("TOY:11", label("leiomyosarcoma"), label("léiomyosarcome", "fr")),
    term("TOY:12", label("spinocerebellar ataxia type 1")),
    term("TOY:13", label("spinocerebellar ataxia type 2")),
    term("TOY:14", label("hepatic metastasis"), label("métastase hépatique", "fr"), Name("liver seed", "en", "broad")),
    term("TOY:15", label("côté", "fr"), kind="Anatomy"),
    term("TOY:16", label("KIT"), kind="Marker"),
    term("TOY:17", label("gastro-intestinal stromal tumour"), Name("GIST")),
    term("TOY:18", label("glomangioma"), kind=""),
    obsolete("TOY:20", "old glomus growth", "TOY:21"),
    obsolete("TOY:21", "middle glomus growth", "TOY:22", "TOY:20"),
    term("TOY:22", label("glomus tumour")),
    obsolete("TOY:23", "given up glomus", "ELSEWHERE:1"),
    term("TOY:24", label("12"), Name("5 mg")),
    term("TOY:25", label("retroperitoneal haemangiopericytoma")),
    term("TOY:26", label("membrana sinovial", "es"), kind="Anatomy"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path = tmp_path_factory.mktemp("lookup") / "toy.terms"
    compile_index(TERMS, path, name="toy", version="3", licence="CC0-1.0")
    return open_index(path)


def best(index: Index, text: str, language: str = "auto") -> Found:
    return find_in([index], text, language=language)[0]


@pytest.mark.parametrize(
    ("text", "language", "curie", "why", "score"),
    [
        ("leiomyosarcoma", "en", "TOY:11", "exact", 1.0),
        ("Léiomyosarcome", "fr", "TOY:11", "exact", 1.0),
        ("léiomyosarcome", "auto", "TOY:11", "exact", 1.0),
        ("leiomyosarcomas", "en", "TOY:11", "variant", 0.95),
        ("leiomyosarcome", "fr", "TOY:11", "variant", 0.95),
        ("métastases hépatiques", "fr", "TOY:14", "variant", 0.95),
        ("leiomyosarcoma", "fr", "TOY:11", "exact", 0.9),
        ("liver seed", "en", "TOY:14", "exact", 0.7),
        ("gastro-intestinal stromal tumors", "en", "TOY:17", "variant", 0.95),
        ("leiomyosarcoma, pleomorphic", "en", "TOY:10", "variant", 0.9),
        ("léiomyosarcome pléomorphe", "fr", "TOY:10", "cognate", 0.9),
        ("leiomiosarcoma pleomórfico", "es", "TOY:10", "cognate", 0.9),
        ("GIST", "en", "TOY:17", "abbreviation", 0.742),
        ("GISTs", "en", "TOY:17", "abbreviation", 0.742),
        ("kit", "en", "TOY:16", "abbreviation", 0.6),
        ("KIT", "fr", "TOY:16", "abbreviation", 0.675),
        ("côté", "fr", "TOY:15", "exact", 1.0),
        ("COTE", "fr", "TOY:15", "variant", 0.95),
        ("membranas sinoviales", "es", "TOY:26", "variant", 0.95),
    ],
)
def test_why_and_how_well(index: Index, text: str, language: str, curie: str, why: str, score: float) -> None:
    found = best(index, text, language)
    assert (found.curie, found.why, found.score) == (curie, why, score)


@pytest.mark.parametrize(
    ("text", "language", "curie"),
    [
        ("leiomyosaxcoma", "en", "TOY:11"),
        ("leiomyosarcma", "en", "TOY:11"),
        ("leiomyosarcoma pleomprphic", "en", "TOY:10"),
        ("léiomysarcome pléomorphe", "fr", "TOY:10"),
        ("spinocerebellar ataxia of type 1, familial", "en", "TOY:12"),
    ],
)
def test_names_that_are_nearly_the_same(index: Index, text: str, language: str, curie: str) -> None:
    found = find_in([index], text, language=language)
    assert found[0].curie == curie
    assert all(f.why == "fuzzy" and 0.5 < f.score < 0.85 for f in found)


@pytest.mark.parametrize("text", ["12", "5 mg", "12,5 g/m2", "II/III", "4b, 6, 7, 5, 8", "60 %", "", "   "])
def test_numbers_and_units_name_nothing(index: Index, text: str) -> None:
    assert find_in([index], text) == ()


@pytest.mark.parametrize("text", ["xyzzy", "spinocerebellar ataxia type 3", "côte"])
def test_what_is_near_but_another_thing_is_not_found(index: Index, text: str) -> None:
    assert find_in([index], text) == ()


def test_an_obsolete_term_gives_way_and_says_so(index: Index) -> None:
    found = best(index, "old glomus growth")
    assert (found.curie, found.replaces, found.obsolete, found.score) == ("TOY:22", "TOY:20", False, 0.95)
    assert found.term == "old glomus growth"


def test_an_obsolete_term_without_a_successor_here_says_so(index: Index) -> None:
    found = best(index, "given up glomus")
    assert (found.curie, found.obsolete, found.score) == ("TOY:23", True, 0.5)
    assert found.xrefs == (Mapping("ELSEWHERE:1", REPLACEMENT),)


def test_a_kind_keeps_its_terms_and_those_of_none(index: Index) -> None:
    assert find_in([index], "KIT", kind=Kind.DISEASE) == ()
    assert [f.curie for f in find_in([index], "glomangioma", kind=Kind.DISEASE)] == ["TOY:18"]


def test_where_a_candidate_is_from(index: Index) -> None:
    found = best(index, "glomangioma")
    assert (found.terminology, found.version, found.language, found.scope) == ("toy", "3", "en", "label")


def test_at_most_so_many(index: Index) -> None:
    assert len(find_in([index], "spinocerebellar ataxia", limit=1)) == 1


def test_an_unknown_language_names_those_there_are(index: Index) -> None:
    with pytest.raises(UsageError, match="'xx': there are en, es, fr"):
        find_in([index], "sarcoma", language="xx")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEKG_DATA", str(tmp_path))
    rival = Term("TOY:30", (label("malignant angiomyolipoma"), label("angiomyolipome malin", "fr")), kind="Disease")
    compile_index([rival, *TERMS], terms_folder() / "toy.terms", name="toy", version="3", licence="CC0-1.0")
    return tmp_path


@pytest.mark.usefixtures("data")
def test_the_lexicon_wins_ties() -> None:
    found = find("angiomyolipome malin", language="fr")
    assert [f.curie for f in found] == ["concept:malignant-angiomyolipoma", "TOY:30"]
    assert found[0].score == found[1].score
    assert found[0].terminology == "lexicon"


@pytest.mark.usefixtures("data")
def test_terminologies_by_name() -> None:
    assert [f.curie for f in find("angiomyolipome malin", terminologies=["toy"])] == ["TOY:30"]
    with pytest.raises(UsageError, match="'tay' is not installed: there are lexicon, toy"):
        find("angiomyolipome", terminologies=["tay"])


@pytest.mark.usefixtures("data")
def test_mappings_lead_to_the_preferred_term_though_its_names_differ() -> None:
    same = Mapping("TOY:22", "skos:exactMatch", "semapv:ManualMappingCuration")
    terms = [
        Term("MONDO:77", (label("growth of the nail bed"),), mappings=(same, Mapping("UMLS:5")), kind="Disease"),
        Term("MONDO:78", (label("something else"),), mappings=(Mapping("TOY:22", "skos:closeMatch"),)),
    ]
    compile_index(terms, terms_folder() / "mondo.terms", name="mondo", version="9", licence="")
    (found,) = find("glomus tumours", language="en", terminologies=["toy", "mondo"])
    assert (found.curie, found.terminology, found.version) == ("MONDO:77", "mondo", "9")
    assert (found.term, found.why, found.score) == ("glomus tumour", "variant", 0.95)
    assert found.xrefs == (same, Mapping("UMLS:5"))


@pytest.mark.parametrize("word", ["sarcoma", "sarcomas", "sarcma", "sacroma", "saxcoma", "arcoma"])
def test_one_letter_off(word: str) -> None:
    assert one_off("sarcoma", word)
    assert one_off(word, "sarcoma")


@pytest.mark.parametrize(("a", "b"), [("hypotension", "hypertension"), ("sarcoma", "sxrcomx"), ("coma", "sarcoma")])
def test_two_letters_off(a: str, b: str) -> None:
    assert not one_off(a, b)
    assert not one_off(b, a)
