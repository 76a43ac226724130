"""Are numbers read with their units, as products, ranges and changes, and is nothing else read as a measure?"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from kg.reading.quantities import decimal, find_measures
from kg.reading.tables import load_language
from kg.reading.text import split_words

Row = tuple[str, str, str, str]
known = partial(pytest.mark.xfail, strict=True)
"""Marks a row that is not read rightly yet."""


def measures(text: str, language: str = "fr") -> list[Row]:
    """(values parted by blanks, unit, form, words) of every measure."""
    found = find_measures(split_words(text, load_language(language)))
    return [(" ".join(map(str, m.values)), m.unit, m.form, text[m.span.start : m.span.end]) for m in found]


ROWS = [
    ("masse de 6 x 6 centimètres", [("6 6", "cm", "product", "6 x 6 centimètres")]),
    ("masse de 70×60mm", [("70 60", "mm", "product", "70×60mm")]),
    ("masse de 7 cm x 5 cm x 4 cm", [("7 5 4", "cm", "product", "7 cm x 5 cm x 4 cm")]),
    ("masse de 7,5 x 5 x 4,2 cm", [("7.5 5 4.2", "cm", "product", "7,5 x 5 x 4,2 cm")]),
    ("masse de 7 * 5 cm", [("7 5", "cm", "product", "7 * 5 cm")]),
    ("masse de 7 par 5 cm", [("7 5", "cm", "product", "7 par 5 cm")]),
    ("nodules de 0,5 à 1,5 cm", [("0.5 1.5", "cm", "range", "0,5 à 1,5 cm")]),
    ("nodules de 5-15 mm", [("5 15", "mm", "range", "5-15 mm")]),
    ("nodules entre 5 et 15 mm", [("5 15", "mm", "range", "5 et 15 mm")]),
    ("deux nodules de 5 et 15 mm", [("5 15", "mm", "list", "5 et 15 mm")]),
    ("la masse a augmenté de 16 à 40 mm", [("16 40", "mm", "change", "16 à 40 mm")]),
    ("la lésion est passée de 35 à 22 mm", [("35 22", "mm", "change", "35 à 22 mm")]),
    ("la lésion a diminué de 4 à 2,5 cm", [("4 2.5", "cm", "change", "4 à 2,5 cm")]),
    ("ifosfamide 12,5 g/m2", [("12.5", "g/m2", "product", "12,5 g/m2")]),
    ("ifosfamide 12.5 g/m²", [("12.5", "g/m2", "product", "12.5 g/m²")]),
    ("ifosfamide 3000 mg par m2", [("3000", "mg/m2", "product", "3000 mg par m2")]),
    ("4mg toutes les 24 heures", [("4", "mg", "product", "4mg"), ("24", "h", "product", "24 heures")]),
    ("75 mg/m2 pendant 5 jours", [("75", "mg/m2", "product", "75 mg/m2"), ("5", "d", "product", "5 jours")]),
    ("60 % du deuxième cycle", [("60", "%", "product", "60 %")]),
    pytest.param("Ki-67 à 15%", [("15", "%", "product", "15%")]),
    ("plaquettes à 250 000 /mm3", [("250000", "/mm3", "product", "250 000 /mm3")]),
    ("héparine 5 000 UI", [("5000", "[IU]", "product", "5 000 UI")]),
    ("héparine 5\u00a0000\u202fUI", [("5000", "[IU]", "product", "5\u00a0000\u202fUI")]),
    pytest.param("50 mg/kg/j", [("50", "mg/kg/d", "product", "50 mg/kg/j")]),
    pytest.param("50 mg/m2/j", [("50", "mg/m2/d", "product", "50 mg/m2/j")]),
    ("400 mg/j", [("400", "mg/d", "product", "400 mg/j")]),
    ("50 Gy en 25 fractions", [("50", "Gy", "product", "50 Gy")]),
    ("morphine 10 µg/kg", [("10", "ug/kg", "product", "10 µg/kg")]),
    ("âgé de 52 ans", [("52", "a", "product", "52 ans")]),
    ("nourrisson de 7 mois", [("7", "mo", "product", "7 mois")]),
    ("créatinine à 9,1 mg/L", [("9.1", "mg/L", "product", "9,1 mg/L")]),
    ("12 mitoses pour 10 champs", [("12", "{mitosis}", "product", "12 mitoses")]),
    ("masse de\u00a06\u00a0x\u00a06\u00a0cm", [("6 6", "cm", "product", "6\u00a0x\u00a06\u00a0cm")]),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_measures(text: str, expected: list[Row]) -> None:
    assert measures(text) == expected


FOREIGN = [
    ("es", "masa de 6 x 6 centímetros", [("6 6", "cm", "product", "6 x 6 centímetros")]),
    ("es", "nódulos de 0,5 a 1,5 cm", [("0.5 1.5", "cm", "range", "0,5 a 1,5 cm")]),
    ("es", "la lesión aumentó de 16 a 40 mm", [("16 40", "mm", "change", "16 a 40 mm")]),
    ("es", "nódulos entre 5 y 15 mm", [("5 15", "mm", "range", "5 y 15 mm")]),
    ("es", "20 mg cada 12 horas", [("20", "mg", "product", "20 mg"), ("12", "h", "product", "12 horas")]),
    ("en", "a 6 x 6 cm mass", [("6 6", "cm", "product", "6 x 6 cm")]),
    ("en", "a 2.5-cm nodule", [("2.5", "cm", "product", "2.5-cm")]),
    ("en", "nodules of 0.5 to 1.5 cm", [("0.5 1.5", "cm", "range", "0.5 to 1.5 cm")]),
    ("en", "the lesion increased from 16 to 40 mm", [("16 40", "mm", "change", "16 to 40 mm")]),
    ("en", "a mass of 7 by 5 cm", [("7 5", "cm", "product", "7 by 5 cm")]),
    ("en", "leukocytes 12,500 /mm3", [("12500", "/mm3", "product", "12,500 /mm3")]),
]


@pytest.mark.parametrize(("language", "text", "expected"), FOREIGN)
def test_measures_in_other_languages(language: str, text: str, expected: list[Row]) -> None:
    assert measures(text, language) == expected


NOTHING = [
    "segments II/III",
    "segments 4b, 6, 7, 5 et 8",
    "C25.9",
    "M-8860/3",
    "grade 3/3",
    "score de Gleason 3+4",
    "CD34 et CD99",
    "en novembre 2003",
    "le 12/03/2014",
    "T2N1M0",
    "3 cycles",
    "CK7 multifocale",
    "niveau L5 C7 D12",
    "AE1/AE3",
    "p16 m",
]


@pytest.mark.parametrize("text", NOTHING)
def test_no_measure(text: str) -> None:
    assert measures(text) == []


def test_a_dose_and_its_days_are_two_measures() -> None:
    assert [(v, u) for v, u, *_ in measures("150 mg/m2 x 7 jours")] == [("150", "mg/m2"), ("7", "d")]


def test_decimals_are_exact() -> None:
    assert [decimal(t) for t in ("12,5", "12.5", "1 200", "0,10")] == [
        Decimal(t) for t in ("12.5", "12.5", "1200", "0.10")
    ]
