"""Have names that say the same in two languages one key, and names that don't another?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TableError, UsageError
from kg.reading.text import fold
from kg.terms.cognate_rows import read_table
from kg.terms.cognates import (
    ACCEPT,
    NEAR,
    cognate_key,
    cognate_languages,
    contrary,
    key_tokens,
    likeness,
    near,
    needed,
    weight,
)

TABLES = sorted((Path(__file__).parent.parent / "kg/terms/cognate_tables").glob("*.tsv"))

SAME = [
    ("fr", "léiomyosarcome pléomorphe du rein", "renal pleomorphic leiomyosarcoma"),
    ("fr", "LÉIOMYOSARCOME PLÉOMORPHE DU REIN", "Kidney pleomorphic leiomyosarcomas"),
    ("fr", "tumeur maligne du sein", "breast cancer"),
    ("fr", "carcinome hépatocellulaire peu différencié", "poorly differentiated hepatocellular carcinoma"),
    ("fr", "tumeur stromale gastro-intestinale", "gastrointestinal stromal tumour"),
    ("fr", "douleurs osseuses", "bone pain"),
    ("fr", "œdème de la paupière gauche", "left eyelid oedema"),
    ("fr", "photophobie", "photophobia"),
    ("fr", "bronchite chronique", "chronic bronchitis"),
    ("fr", "obésité", "obesity"),
    ("fr", "sclérose tubéreuse", "tuberous sclerosis"),
    ("fr", "carcinome épidermoïde non kératinisant", "nonkeratinizing squamous carcinoma"),
    ("fr", "phalange distale du cinquième orteil", "distal phalanx of the 5th toe"),
    ("fr", "lymphome non hodgkinien du côlon", "non-Hodgkinian colonic lymphoma"),
    ("es", "leiomiosarcoma pleomórfico de riñón", "pleomorphic leiomyosarcoma of the kidney"),
    ("es", "escoliosis torácica izquierda", "left thoracic scoliosis"),
    ("es", "dolor de cabeza", "headache"),
    ("es", "quiste renal", "kidney cyst"),
    ("es", "linfoma de células grandes", "large cell lymphoma"),
    ("es", "inmunodeficiencia congénita", "congenital immunodeficiency"),
    ("it", "leiomiosarcoma del fegato", "hepatic leiomyosarcoma"),
    ("it", "carcinoma epatocellulare", "hepatocellular carcinoma"),
    ("pt", "carcinoma do pulmão", "lung carcinoma"),
    ("pt", "artéria renal direita", "right renal artery"),
    ("la", "nervus opticus", "optic nerve"),
    ("la", "vena pulmonalis dextra", "right pulmonary vein"),
]


@pytest.mark.parametrize(("language", "name", "english"), SAME)
def test_a_name_and_its_translation_have_one_key(language: str, name: str, english: str) -> None:
    assert cognate_key(name, language) == cognate_key(english, "en")


APART = [
    ("fr", "tumeur bénigne du sein", "breast cancer"),
    ("fr", "côté", "rib"),
    ("fr", "côte", "side"),
    ("fr", "artérite", "artery"),
    ("fr", "hyperkaliémie", "hypokalemia"),
    ("fr", "sténose sans calcification", "stenosis with calcification"),
    ("es", "ano", "year"),
    ("es", "bazo", "base"),
]


@pytest.mark.parametrize(("language", "name", "english"), APART)
def test_names_that_mean_something_else_have_other_keys(language: str, name: str, english: str) -> None:
    assert cognate_key(name, language) != cognate_key(english, "en")


def test_forms_of_unicode_and_apostrophes_do_not_matter() -> None:
    assert cognate_key("l’oedème", "fr") == cognate_key("l'œde\u0300me", "fr") == cognate_key("edema", "en")


def test_stop_words_and_nothing_have_no_key() -> None:
    assert key_tokens("de la", "fr") == key_tokens("", "es") == key_tokens("…", "en") == ()


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="en, es, fr, it, la, pt"):
        key_tokens("sarcoma", "xx")


@given(st.permutations(["sarcome", "rein", "gauche", "kystique", "nerf", "hépatite", "tendon"]))
def test_the_order_of_words_does_not_matter(words: list[str]) -> None:
    assert key_tokens(" ".join(words), "fr") == key_tokens(" ".join(sorted(words)), "fr")


@given(st.text(max_size=40), st.sampled_from(cognate_languages()))
def test_any_text_has_a_key_of_sorted_stems(text: str, language: str) -> None:
    tokens = key_tokens(text, language)
    assert list(tokens) == sorted(set(tokens))
    assert all(token and " " not in token for token in tokens)


def test_near_stems_differ_in_few_letters() -> None:
    assert near("neuroblastom", "neuroblastom") == 1
    assert NEAR <= near("neuroblastom", "neroblastom") < 1
    assert near("gliom", "lipom") == near("sin", "son") == near("ureter", "uterin") == 0


WEIGHTS = {"sarcom": weight(50, 1000), "left": weight(400, 1000), "right": weight(400, 1000), "condil": weight(1, 1000)}
UNKNOWN = weight(1, 1000)


def test_likeness_counts_rare_stems_more_than_common_ones() -> None:
    rare = likeness(("condil", "left"), ("condil",), WEIGHTS, UNKNOWN)
    common = likeness(("condil", "left"), ("left",), WEIGHTS, UNKNOWN)
    assert likeness(("condil", "left"), ("condil", "left"), WEIGHTS, UNKNOWN) == pytest.approx(1)
    assert ACCEPT < rare < 1
    assert 0 < common < ACCEPT


def test_a_misspelt_stem_counts_by_its_nearest() -> None:
    assert 0.5 < likeness(("sarkom",), ("sarcom",), WEIGHTS, UNKNOWN) < 1
    assert likeness(("left",), ("right",), WEIGHTS, UNKNOWN) == likeness((), ("left",), WEIGHTS, UNKNOWN) == 0


CONTRARY = [
    ("left nephroblastoma", "right nephroblastoma", True),
    ("left nephroblastoma", "left or right nephroblastoma", False),
    ("nephroblastoma", "right nephroblastoma", False),
    ("benign thymoma", "malignant thymoma", True),
    ("thymic cancer", "benign thymic tumor", True),
    ("phalanx of the 2nd toe", "phalanx of the 3rd toe", True),
    ("phalanx of the second toe", "phalanx of the 2nd toe", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), CONTRARY)
def test_opposites_are_never_translations(one: str, other: str, expected: bool) -> None:
    query, term = key_tokens(one, "en"), key_tokens(other, "en")
    assert contrary(query, term) is contrary(term, query) is expected
    assert (likeness(query, term, {}, 1.0) == 0) is expected


STEMS = st.lists(st.sampled_from([*WEIGHTS, "unheard"]), unique=True)


@given(STEMS, STEMS)
def test_what_is_like_enough_has_a_needed_stem(query: list[str], term: list[str]) -> None:
    if likeness(query, term, WEIGHTS, UNKNOWN) >= ACCEPT:
        assert set(needed(query, WEIGHTS, UNKNOWN)) & set(term)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_names_of_a_table_are_sorted_and_told_once(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t")[1] for line in lines if line.startswith("word\t")]
    assert [fold(cell) for cell in cells] == sorted(fold(cell) for cell in cells)
    names = [name for name, _, _ in read_table(path).words]
    assert len(names) == len(set(names))


BROKEN = [
    ("word\trein\n", "a row is"),
    ("wort\trein\tkidney\n", "a row is"),
    ("ending\t1\tome\toma\tfour\n", "an ending is"),
    ("spell\t(y\ti\n", "not a regular expression"),
]


@pytest.mark.parametrize(("row", "message"), BROKEN)
def test_a_malformed_row_is_named_with_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "xx.tsv"
    path.write_text("# cognates\n" + row, encoding="utf-8")
    with pytest.raises(TableError, match=rf"xx\.tsv:2: {message}"):
        read_table(path)
