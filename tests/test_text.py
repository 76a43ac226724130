"""Does folding make words comparable, and does every span lead back to the code points of the original text?"""

from __future__ import annotations

import unicodedata

import pytest

from kg.model import Span
from kg.reading.tables import load_language
from kg.reading.text import accents, fold, key_of, split_words

FOLDED = [
    ("Œdème", "oedeme"),
    ("HÉPATIQUE", "hepatique"),
    ("he\u0301patique", "hepatique"),
    ("l’ifosfamide", "l'ifosfamide"),
    ("« oui »", '" oui "'),
    ("“oui” „non”", '"oui" "non"'),
    ("ﬁbrome ﬂou eﬀet eﬃcace", "fibrome flou effet efficace"),
    ("CD\u200b34", "cd34"),
    ("\ufeffMasse", "masse"),
    ("méta\u00adstase", "metastase"),
    ("12\u00a0cm 3\u202fmg", "12 cm 3 mg"),
    ("PS100−, AE1–AE3", "ps100-, ae1-ae3"),
    ("6 × 6", "6 x 6"),
    ("10 µg", "10 ug"),
    ("34βE12", "34betae12"),
    ("TUMORACIÓN NIÑO", "tumoracion nino"),
    ("m²", "m2"),
    ("Straße", "strasse"),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


SLICES = [
    # text, word as folded, slice of the original
    ("Un œdème pulmonaire", "oedeme", "œdème"),
    ("Un œdème pulmonaire", "pulmonaire", "pulmonaire"),
    (unicodedata.normalize("NFD", "Lésion hépatique étendue"), "hepatique", "he\u0301patique"),
    (unicodedata.normalize("NFD", "côté"), "cote", "co\u0302te\u0301"),
    ("\ufeffMasse rénale", "masse", "Masse"),
    ("Masse\u00a0rénale", "renale", "rénale"),
    ("méta\u00adstase osseuse", "metastase", "méta\u00adstase"),
    ("CD\u200b34 positif", "positif", "positif"),
    ("a\r\nb masse", "masse", "masse"),
    ("ﬁbrome ﬂou", "fibrome", "ﬁbrome"),
    ("ﬁbrome ﬂou", "flou", "ﬂou"),
    ("🩺 masse 🩺 rénale", "renale", "rénale"),
    ("L’ostéosarcome…", "osteosarcome", "ostéosarcome"),
]


@pytest.mark.parametrize(("text", "form", "original"), SLICES)
def test_spans_are_code_points_of_the_original(text: str, form: str, original: str) -> None:
    words = split_words(text, load_language("fr"))
    index = words.forms.index(form)
    span = words.span(index, index)
    assert text[span.start : span.end] == original
    assert words.at(span.start) == index
    assert words.offset(index) == span.start


def test_a_span_covers_all_marks_of_its_last_letter() -> None:
    text = "e\u0301\u0323 fin"
    words = split_words(text, load_language("fr"))
    assert words.span(0, 0) == Span(0, 3)


def test_texts_without_a_change_of_length_need_no_map() -> None:
    assert split_words("Masse rénale de 3 cm", load_language("fr")).origin is None


def test_an_empty_text_has_no_words() -> None:
    words = split_words("", load_language("fr"))
    assert (words.forms, words.line.split()) == ([], [])


SAME = [
    # language, spellings of one name
    ("fr", ["métastase hépatique", "Métastases hépatiques", "METASTASES HEPATIQUES", "métastase\u00a0hépatique"]),
    ("fr", ["HMB45", "HMB-45", "HMB 45", "hmb45", "d'HMB45", "l’HMB-45"]),
    ("fr", ["tumeur gastro-intestinale", "tumeurs gastro-intestinales", "tumeur gastro intestinale"]),
    ("fr", ["adénopathie inguinale", "adénopathies inguinales", "l'adénopathie inguinale"]),
    ("fr", ["lésion", "lesion", "le\u0301sions"]),
    ("fr", ["œdème", "oedème", "OEDEME"]),
    ("es", ["masa renal", "masas renales", "la masa renal"]),
    ("es", ["metástasis ósea", "METASTASIS OSEA"]),
    ("es", ["tumor maligno", "tumores malignos"]),
    ("en", ["liver metastasis", "Liver Metastasis"]),
    ("en", ["renal mass", "renal masses"]),
    ("en", ["Hodgkin's lymphoma", "Hodgkin’s lymphoma"]),
]


@pytest.mark.parametrize(("language", "spellings"), SAME)
def test_spellings_have_one_key(language: str, spellings: list[str]) -> None:
    assert len({key_of(s, load_language(language)) for s in spellings}) == 1


APART = [
    ("fr", "foie", "foi"),
    ("fr", "côlon", "colonne"),
    ("fr", "CD3", "CD34"),
    ("fr", "sein", "sinus"),
    ("es", "mama", "mano"),
    ("en", "colon", "colony"),
]


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_other_names_have_other_keys(language: str, one: str, other: str) -> None:
    assert key_of(one, load_language(language)) != key_of(other, load_language(language))


def test_accents_tell_short_words_apart() -> None:
    assert accents("côte") != accents("côté")
    assert accents("cô") == accents("co\u0302")
