"""Does every marker of a list get its own result, and is a negative one a result and never a negated finding?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from kg.model import AssertionType, Polarity, Temporality

if TYPE_CHECKING:
    from conftest import Tell

known = partial(pytest.mark.xfail, strict=True)
"""Marks a row that is not read rightly yet."""

P, N, W, F, E = "Positive", "Negative", "Weak", "Focal", "Equivocal"

FRENCH = [
    # a word after the list
    ("Le CD34 est positif.", [("cd34", P, "")]),
    ("La desmine était négative.", [("des", N, "")]),
    ("EMA et GFAP étaient négatifs.", [("muc1", N, ""), ("gfap", N, "")]),
    ("CD34, STAT6 et BCL2 sont fortement positifs.", [("cd34", P, ""), ("stat6", P, ""), ("bcl2", P, "")]),
    ("Le CD117 est focalement positif.", [("kit", F, "")]),
    ("La chromogranine est faiblement positive.", [("chga", W, "")]),
    ("Le marquage par p53 est douteux.", [("tp53", E, "")]),
    ("Perte d'expression de MLH1 et PMS2.", [("mlh1", N, ""), ("pms2", N, "")]),
    ("MLH1 non exprimé.", [("mlh1", N, "")]),
    # a word before the list
    ("Immunohistochimie : positif pour CD34, CD99 et BCL2.", [("cd34", P, ""), ("cd99", P, ""), ("bcl2", P, "")]),
    ("Les cellules sont négatives pour la desmine et la PS100.", [("des", N, ""), ("s100b", N, "")]),
    ("Les cellules expriment la vimentine et le CD34.", [("vim", P, ""), ("cd34", P, "")]),
    pytest.param(
        "Les cellules n'expriment pas la desmine ni l'EMA.",
        [("des", N, ""), ("muc1", N, "")],
    ),
    ("Positivité de TLE1 et de CD99, négativité de la desmine.", [("tle1", P, ""), ("cd99", P, ""), ("des", N, "")]),
    ("Positivité focale de l'EMA.", [("muc1", F, "")]),
    ("Absence de marquage par le CD34.", [("cd34", N, "")]),
    # two lists in one sentence
    (
        "Positif pour HMB45 et Melan-A, négatif pour CD117 et desmine.",
        [("pmel", P, ""), ("mlana", P, ""), ("kit", N, ""), ("des", N, "")],
    ),
    (
        "HMB45 et Melan-A sont positifs, CD117 et desmine sont négatifs.",
        [("pmel", P, ""), ("mlana", P, ""), ("kit", N, ""), ("des", N, "")],
    ),
    (
        "Les cellules expriment la vimentine ; la calrétinine et le WT1 sont négatifs.",
        [("vim", P, ""), ("calb2", N, ""), ("wt1", N, "")],
    ),
    ("Le CD34 est positif mais le CD117 est négatif.", [("cd34", P, ""), ("kit", N, "")]),
    (
        "Seul le CD34 est positif, alors que PS100 et EMA sont négatifs.",
        [("cd34", P, ""), ("s100b", N, ""), ("muc1", N, "")],
    ),
    # a sign or a figure at the marker
    ("CD34+, CD117−, desmine -.", [("cd34", P, ""), ("kit", N, ""), ("des", N, "")]),
    ("CD34 +, CD99 ++, PS100 -.", [("cd34", P, ""), ("cd99", P, "++"), ("s100b", N, "")]),
    ("CD34 (+/-).", [("cd34", E, "+/-")]),
    pytest.param("CD34 +, EMA +/-.", [("cd34", P, ""), ("muc1", E, "+/-")]),
    ("CD34 (+), PS100 (-), EMA (++).", [("cd34", P, ""), ("s100b", N, ""), ("muc1", P, "++")]),
    ("CD20 (pos), CD3 (neg).", [("ms4a1", P, ""), ("cd3", N, "")]),
    ("Ki-67 20 %.", [("mki67", P, "20 %")]),
    ("Ki67 à 15%.", [("mki67", P, "15%")]),
    ("Index de prolifération Ki-67 estimé à 30 %.", [("mki67", P, "30 %")]),
    ("Ki-67 < 5 %.", [("mki67", P, "< 5 %")]),
    ("Ki-67 de 10 à 15 %.", [("mki67", P, "10 à 15 %")]),
    pytest.param("Ki-67 entre 10 et 15 %.", [("mki67", P, "10 et 15 %")], marks=known(reason="'entre' is not known")),
    pytest.param("HER2 2+.", [("erbb2", E, "2+")]),
    ("HER2 3+, HER2 amplifié.", [("erbb2", P, "3+")]),
    ("Score HER2 : 0+.", [("erbb2", N, "0+")]),
    ("HER2 (1+).", [("erbb2", N, "1+")]),
    ("Récepteurs aux œstrogènes 90 %, récepteurs à la progestérone 0 %.", [("esr1", P, "90 %"), ("pgr", N, "0 %")]),
    (
        "RE 90 %, RP négatifs, HER2 négatif, Ki-67 25 %.",
        [("esr1", P, "90 %"), ("pgr", N, ""), ("erbb2", N, ""), ("mki67", P, "25 %")],
    ),
    pytest.param(
        "Récepteurs hormonaux : RE positif, RP négatif.",
        [("esr1", P, ""), ("pgr", N, "")],
    ),
    # names that stand twice, and names with marks inside
    ("CD117 (c-kit) est négatif.", [("kit", N, "")]),
    ("AE1/AE3 positif.", [("pan-cytokeratin", P, "")]),
    ("CK7+/CK20-.", [("krt7", P, ""), ("krt20", N, "")]),
]

OTHERS = [
    ("es", "Las células son positivas para CD34, STAT6 y BCL2.", [("cd34", P, ""), ("stat6", P, ""), ("bcl2", P, "")]),
    ("es", "Negativo para desmina y S100.", [("des", N, ""), ("s100b", N, "")]),
    ("es", "CD117 y CD34 fueron negativos.", [("kit", N, ""), ("cd34", N, "")]),
    ("es", "CD34+, S100-, EMA (+).", [("cd34", P, ""), ("s100b", N, ""), ("muc1", P, "")]),
    ("es", "Ki-67 del 20 %.", [("mki67", P, "20 %")]),
    ("es", "Expresan vimentina; no expresan desmina.", [("vim", P, ""), ("des", N, "")]),
    ("es", "Positivo para HMB45 y Melan-A y negativo para CD117.", [("pmel", P, ""), ("mlana", P, ""), ("kit", N, "")]),
    ("en", "The cells were positive for CD34, STAT6 and BCL2.", [("cd34", P, ""), ("stat6", P, ""), ("bcl2", P, "")]),
    ("en", "The cells were negative for desmin and S100.", [("des", N, ""), ("s100b", N, "")]),
    ("en", "CD117 and CD34 were negative.", [("kit", N, ""), ("cd34", N, "")]),
    ("en", "CD34+, S100-, EMA (+).", [("cd34", P, ""), ("s100b", N, ""), ("muc1", P, "")]),
    ("en", "The Ki-67 index was 20%.", [("mki67", P, "20%")]),
    pytest.param("en", "HER2 2+ by immunohistochemistry.", [("erbb2", E, "2+")]),
    (
        "en",
        "Positive for HMB45 and Melan-A but negative for CD117.",
        [("pmel", P, ""), ("mlana", P, ""), ("kit", N, "")],
    ),
]

SILENT = [
    # serum markers and words that are no result of a stain
    "Le PSA est à 12 ng/ml.",
    "Le taux sérique d'ACE est élevé.",
    "CA 19-9 normal dans le sang.",
    "L'alpha-fœtoprotéine était à 400 ng/ml.",
    "Marqueurs tumoraux négatifs : ACE, CA 19-9.",
    "Sérologie VIH négative.",
    "Un panel avec CD34, CD99 et desmine est demandé.",
    "Présence d'une mutation de KIT.",
]


@pytest.mark.parametrize(("text", "expected"), FRENCH)
def test_results(text: str, expected: list[tuple[str, str, str]], tell: Tell) -> None:
    assert tell(text).results() == expected


@pytest.mark.parametrize(("language", "text", "expected"), OTHERS)
def test_results_in_other_languages(language: str, text: str, expected: list[tuple[str, str, str]], tell: Tell) -> None:
    assert tell(text, language).results() == expected


@pytest.mark.parametrize("text", SILENT)
def test_no_result(text: str, tell: Tell) -> None:
    assert tell(text).results() == []


def test_a_negative_result_is_no_negated_finding(tell: Tell) -> None:
    told = tell("Les cellules n'expriment pas la desmine ; le CD117 est négatif, sans expression de PS100.")
    assert told.results() == [("des", N, ""), ("kit", N, ""), ("s100b", N, "")]
    assert {a.type for a in told.case.assertions} == {AssertionType.MARKER_RESULT}
    assert {a.context.polarity for a in told.case.assertions} == {Polarity.AFFIRMED}


def test_the_same_result_told_twice_is_one_with_two_mentions(tell: Tell) -> None:
    told = tell("En mars 2014, le CD34 est positif. Au total, en mars 2014, CD34 positif.")
    (result,) = told.of(AssertionType.MARKER_RESULT)
    assert [told.quote(m.span) for m in result.mentions] == ["CD34", "CD34"]


def test_another_date_or_another_result_is_another_assertion(tell: Tell) -> None:
    told = tell(
        "En mars 2014, le CD34 est positif. En mai 2015, le CD34 est positif. En mai 2016, le CD34 est négatif."
    )
    found = [(a.result, a.when.iso if a.when else "") for a in told.of(AssertionType.MARKER_RESULT)]
    assert found == [(P, "2014-03"), (P, "2015-05"), (N, "2016-05")]


def test_a_result_of_the_history_is_of_the_history(tell: Tell) -> None:
    told = tell("Antécédents\nSarcome du bras, CD34 positif.")
    (result,) = told.of(AssertionType.MARKER_RESULT)
    assert result.context.temporality is Temporality.HISTORICAL
