"""Are dates read at their stated precision, and is nothing invented for what has none?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from kg.model import AssertionType, DateBasis
from kg.reading.tables import load_language
from kg.reading.text import split_words
from kg.reading.timeline import find_dates

if TYPE_CHECKING:
    from conftest import Tell

Row = tuple[str, str]
known = partial(pytest.mark.xfail, strict=True)
"""Marks a row that is not read rightly yet."""


def dates(text: str, language: str = "fr") -> list[Row]:
    """(ISO date, words) of every date."""
    return [
        (d.iso, text[d.span.start : d.span.end])
        for d in find_dates(split_words(text, load_language(language)), load_language(language))[0]
    ]


ROWS = [
    ("fr", "En novembre 2003, une masse", [("2003-11", "novembre 2003")]),
    ("fr", "en 12/2011", [("2011-12", "12/2011")]),
    ("fr", "le 3 mars 2014", [("2014-03-03", "3 mars 2014")]),
    ("fr", "le 1er août 2014", [("2014-08-01", "1er août 2014")]),
    ("fr", "le 03/04/2014", [("2014-04-03", "03/04/2014")]),
    ("fr", "le 03.04.2014", [("2014-04-03", "03.04.2014")]),
    ("fr", "le 03-04-2014", [("2014-04-03", "03-04-2014")]),
    ("fr", "le 3/4/14", [("2014-04-03", "3/4/14")]),
    ("fr", "le 2014-04-03", [("2014-04-03", "2014-04-03")]),
    ("fr", "en 2014-04", [("2014-04", "2014-04")]),
    ("fr", "au mois de janvier de l'année 2004", [("2004-01", "janvier de l'année 2004")]),
    ("fr", "en NOVEMBRE 2003", [("2003-11", "NOVEMBRE 2003")]),
    ("fr", "en fe\u0301vrier\u00a02012", [("2012-02", "fe\u0301vrier\u00a02012")]),
    ("fr", "déc. 2009", [("2009-12", "déc. 2009")]),
    ("fr", "opéré en 2013", [("2013", "2013")]),
    ("fr", "depuis 2010", [("2010", "2010")]),
    ("fr", "de mars 2004 à mai 2005", [("2004-03", "mars 2004"), ("2005-05", "mai 2005")]),
    ("fr", "en mars 2004 puis en juin", [("2004-03", "mars 2004"), ("2004-06", "juin")]),
    ("fr", "en juin puis en août 2005", [("2005-06", "juin"), ("2005-08", "août 2005")]),
    ("fr", "le 5 juin 2005 et le 7 juillet", [("2005-06-05", "5 juin 2005"), ("2005-07-07", "7 juillet")]),
    ("es", "En noviembre de 2003", [("2003-11", "noviembre de 2003")]),
    ("es", "el 3 de marzo de 2014", [("2014-03-03", "3 de marzo de 2014")]),
    ("es", "el 03/04/2014", [("2014-04-03", "03/04/2014")]),
    ("es", "en mayo del 2012", [("2012-05", "mayo del 2012")]),
    ("es", "desde 2010", [("2010", "2010")]),
    ("es", "el 3 de marzo de 2014 y en junio", [("2014-03-03", "3 de marzo de 2014"), ("2014-06", "junio")]),
    ("en", "In November 2003", [("2003-11", "November 2003")]),
    ("en", "on March 3, 2014", [("2014-03-03", "March 3, 2014")]),
    ("en", "on March 3rd, 2014", [("2014-03-03", "March 3rd, 2014")]),
    ("en", "on 3 March 2014", [("2014-03-03", "3 March 2014")]),
    pytest.param(
        "en",
        "on the 3rd of March 2014",
        [("2014-03-03", "3rd of March 2014")],
    ),
    ("en", "on 04/03/2014", [("2014-04-03", "04/03/2014")]),
    ("en", "on 2014-04-03", [("2014-04-03", "2014-04-03")]),
    ("en", "since 2010", [("2010", "2010")]),
]


@pytest.mark.parametrize(("language", "text", "expected"), ROWS)
def test_dates(language: str, text: str, expected: list[Row]) -> None:
    assert dates(text, language) == expected


NOTHING = [
    ("fr", "segments II/III"),
    ("fr", "12,5 g/m2"),
    ("fr", "2000 mg"),
    ("fr", "AE1/AE3"),
    ("fr", "en juin, sans année nulle part"),
    ("fr", "tension 12/8"),
    ("fr", "une marche de 10 mars"),
    ("fr", "5/10"),
    ("fr", "vers 2000 mm"),
    ("en", "he may have a mass in March or later"),
    ("en", "the patient may be discharged"),
    ("es", "en mayo, sin año"),
    ("fr", "le 4 à 5 cm"),
    ("fr", "M-8860/3"),
    pytest.param(
        "fr",
        "leucocytes à 2010, plaquettes normales",
    ),
]


@pytest.mark.parametrize(("language", "text"), NOTHING)
def test_no_date(language: str, text: str) -> None:
    assert dates(text, language) == []


def test_a_month_takes_its_year_from_its_neighbours_and_says_so() -> None:
    text = "Opéré en mars 2004, revu en juin."
    found, _ = find_dates(split_words(text, load_language("fr")), load_language("fr"))
    assert [(d.iso, d.basis) for d in found] == [("2004-03", DateBasis.STATED), ("2004-06", DateBasis.INHERITED)]


IMPOSSIBLE = [
    "le 31/04/2014",
    "le 12/13/2014",
    "en 13/2014",
    "le 30/02/2014",
    pytest.param("le 31 avril 2014"),
    pytest.param("le 29/02/2013"),
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_an_impossible_date_is_a_finding(text: str) -> None:
    found, findings = find_dates(split_words(text, load_language("fr")), load_language("fr"))
    assert found == ()
    assert [f.code for f in findings] == ["date-impossible"]
    assert text[3:] not in findings[0].message


WHEN = [
    # text, drug or disease, date, basis
    ("Imatinib débuté en mars 2014.", "2014-03", "Stated"),
    ("Scanner en mars 2014. Imatinib débuté.", "2014-03", "Inherited"),
    ("En mars 2014, biopsie. En mai 2014, imatinib débuté.", "2014-05", "Stated"),
    ("Imatinib, en mars 2014, puis scanner en mai 2014.", "2014-03", "Stated"),
    ("Anamnèse\nVu en mars 2014.\n\nTraitement\nImatinib débuté.", "", ""),
    ("Imatinib débuté. Scanner en mars 2014.", "", ""),
]


@pytest.mark.parametrize(("text", "iso", "basis"), WHEN)
def test_a_fact_has_the_date_of_its_sentence_or_inherits_one(text: str, iso: str, basis: str, tell: Tell) -> None:
    (treatment,) = tell(text).of(AssertionType.TREATMENT)
    assert (treatment.when.iso if treatment.when else "", treatment.when.basis.value if treatment.when else "") == (
        iso,
        basis,
    )


def test_events_stand_in_the_order_of_time(tell: Tell) -> None:
    told = tell("Imatinib en mai 2015. Gastrectomie en mars 2014. Métastase osseuse le 3 mars 2016.")
    events = told.case.events
    assert [(e.order, e.when.iso) for e in events] == [(1, "2014-03"), (2, "2015-05"), (3, "2016-03-03")]
    assert all(e.assertions for e in events)


def test_a_date_far_from_the_others_is_a_finding(tell: Tell) -> None:
    told = tell("Opéré en 1903. Revu en mars 2014. Revu en mai 2014.")
    assert told.codes() == ["date-out-of-line"]
