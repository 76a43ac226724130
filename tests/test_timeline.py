"""Are dates read at their stated precision, and is nothing invented for what has none?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from kg.model import AssertionType, DateBasis
from kg.reading.dates import find_dates
from kg.reading.tables import load_language
from kg.reading.text import split_words

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
    ("en", "on 04/03/2014, the edema was gone", [("2014-04-03", "04/03/2014")]),
    ("en", "on 2014-04-03", [("2014-04-03", "2014-04-03")]),
    ("en", "since 2010", [("2010", "2010")]),
    ("fr", "repris le 03.04.14.", [("2014-04-03", "03.04.14")]),
    ("fr", "contrôle 03.2014", [("2014-03", "03.2014")]),
    ("en", "Admitted: 02-Nov-2021", [("2021-11-02", "02-Nov-2021")]),
    ("en", "Admitted 02NOV2021", [("2021-11-02", "02NOV2021")]),
    ("es", "Abr-22: fin del tratamiento", [("2022-04", "Abr-22")]),
    ("fr", "revu en nov. '21", [("2021-11", "nov. '21")]),
    ("fr", "dès l'automne 2020", [("2020", "2020")]),
    ("es", "en el verano de 2019", [("2019", "2019")]),
    ("en", "by the spring of 2020", [("2020", "2020")]),
    ("fr", "Les douleurs remontent à 2010.", [("2010", "2010")]),
    ("en", "renal cyst, dx 2013.", [("2013", "2013")]),
    ("fr", "ATCD :\n- 2010 : colectomie\n- 2012 : hernie", [("2010", "2010"), ("2012", "2012")]),
    ("en", "since 2010, grade 3 may recur", [("2010", "2010")]),
    ("es", "desde 2010, agua de mar", [("2010", "2010")]),
    # without a year: that of the interval's other end, else of the date before, over New Year going forward
    ("fr", "du 18 novembre au 3 janvier 2020", [("2019-11-18", "18 novembre"), ("2020-01-03", "3 janvier 2020")]),
    ("fr", "de février à août 2013", [("2013-02", "février"), ("2013-08", "août 2013")]),
    ("fr", "le 2 mai 2014, revu le 9 mai", [("2014-05-02", "2 mai 2014"), ("2014-05-09", "9 mai")]),
    (
        "fr",
        "le 20 décembre 2019, sortie le 4 janvier",
        [("2019-12-20", "20 décembre 2019"), ("2020-01-04", "4 janvier")],
    ),
    ("fr", "vu en novembre 2019, toux depuis février", [("2019-11", "novembre 2019"), ("2019-02", "février")]),
    ("fr", "du 20 décembre 2019 au 2 juillet", [("2019-12-20", "20 décembre 2019"), ("2020-07-02", "2 juillet")]),
    (
        "fr",
        "le 5 juin 2013 ; colectomie en 1990 ; le 9 juin",
        [("2013-06-05", "5 juin 2013"), ("1990", "1990"), ("2013-06-09", "9 juin")],
    ),
    (
        "en",
        "02-Nov-2021: clinic (03-Nov); scan 4 Nov",
        [("2021-11-02", "02-Nov-2021"), ("2021-11-03", "03-Nov"), ("2021-11-04", "4 Nov")],
    ),
    (
        "en",
        "On 20 Feb 2019. Seen 1 Mar. Home 2 May.",
        [("2019-02-20", "20 Feb 2019"), ("2019-03-01", "1 Mar"), ("2019-05-02", "2 May")],
    ),
    # English numeric dates: the other dates, else the spelling, else the order of the story decide
    ("en", "on 04/03/2014 and 25/03/2014", [("2014-03-04", "04/03/2014"), ("2014-03-25", "25/03/2014")]),
    ("en", "on 04/03/2014 and 04/25/2014", [("2014-04-03", "04/03/2014"), ("2014-04-25", "04/25/2014")]),
    ("en", "on 04/03/2014, again 2 May 2014", [("2014-03-04", "04/03/2014"), ("2014-05-02", "2 May 2014")]),
    ("en", "on 04/03/2014, again May 2, 2014", [("2014-04-03", "04/03/2014"), ("2014-05-02", "May 2, 2014")]),
    ("en", "on 04/03/2014 in haematology", [("2014-03-04", "04/03/2014")]),
    (
        "en",
        "01/02/14, then 02/01/14, then 03/01/14",
        [("2014-01-02", "01/02/14"), ("2014-02-01", "02/01/14"), ("2014-03-01", "03/01/14")],
    ),
    ("en", "on 04/03/2014", [("2014", "04/03/2014")]),
    (
        "en",
        "on 25/03/2014, 03/25/2014 and 04/03/2014",
        [("2014-03-25", "25/03/2014"), ("2014-03-25", "03/25/2014"), ("2014", "04/03/2014")],
    ),
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
    ("fr", "voir 2.1.10"),
    ("fr", "dilution 1/1000"),
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
    "le 16/12/2915",
    "le 16 décembre 2915",
    pytest.param("le 31 avril 2014"),
    pytest.param("le 29/02/2013"),
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_an_impossible_date_is_a_finding(text: str) -> None:
    found, findings = find_dates(split_words(text, load_language("fr")), load_language("fr"))
    assert found == ()
    assert [f.code for f in findings] == ["date-impossible"]
    assert text[3:] not in findings[0].message


def test_a_date_with_two_readings_is_a_finding_and_no_invented_day() -> None:
    found, findings = find_dates(split_words("Seen on 04/03/2014.", load_language("en")), load_language("en"))
    assert [d.iso for d in found] == ["2014"]
    assert [f.code for f in findings] == ["date-order-open"]


def test_a_year_may_stand_after_the_name_of_an_event(tell: Tell) -> None:
    assert [e.when.iso for e in tell("CABG 2008, gout.", "en").case.events] == ["2008"]
    assert tell("CABG 2008 mL.", "en").case.events == ()


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


STAYS = [
    ("fr", "Hospitalisé du 18 novembre au 3 janvier 2020. Fièvre.", "2019-11-18"),
    ("fr", "Date d'entrée : 03/04/2014\nDate de sortie : 09/04/2014\nFièvre.", "2014-04-03"),
    ("es", "Fecha de ingreso: 03/04/2014 Fecha de alta: 09/04/2014\nFiebre.", "2014-04-03"),
    ("en", "Admitted: 02-Nov-2021   Discharged: 10-Dec-2021\nFever.", "2021-11-02"),
    ("fr", "Imatinib de février à août 2013. Fièvre.", "2013-08"),
]


@pytest.mark.parametrize(("language", "text", "iso"), STAYS)
def test_the_end_of_a_stay_is_not_inherited(language: str, text: str, iso: str, tell: Tell) -> None:
    whens = {a.concept.key: a.when for a in tell(text, language).case.assertions if a.concept and a.when}
    assert whens["fever"].iso == iso


CONTRADICTIONS = [
    ("fr", "Né le 12/03/1950. Gastrectomie en mars 1948.", ["date-before-birth"]),
    ("fr", "Né le 12/03/1950. Gastrectomie en 1950, revu en mars 2014.", []),
    ("en", "DOB: 25/03/1950. Gastrectomy in March 1948.", ["date-before-birth"]),
    ("es", "Fecha de nacimiento: 12/03/1950. Gastrectomía en marzo de 1948.", ["date-before-birth"]),
    ("fr", "Décès du patient en mars 2014. Gastrectomie en mai 2014.", ["event-after-death"]),
    ("fr", "Patient de 45 ans né le 12/03/1951, masse en mars 2020.", ["age-against-birth"]),
    ("fr", "Patient de 68 ans né le 12/03/1951, masse en mars 2020.", []),
    ("en", "A 45-year-old man, born on 25/03/1951. Mass in March 2020.", ["age-against-birth"]),
    ("fr", "Courrier du 12/03/2021. Une fièvre le 14/05/2021. Scanner prévu le 20/06/2021.", ["date-after-letter"]),
    ("fr", "Courrier du 12/03/2021. Une fièvre le 14/01/2021. Scanner prévu le 20/06/2021.", []),
    ("es", "Fecha del informe: 12/03/2021. Fiebre el 14/05/2021.", ["date-after-letter"]),
    ("fr", "Gentamicine du 5 mai 2021 au 3 mai 2021.", ["interval-reversed"]),
    ("fr", "Gastrectomie en mars 2014. Décès du patient en mars 2014.", []),
    ("fr", "Décès du patient en 2014. Gastrectomie en mai 2014.", []),
]


@pytest.mark.parametrize(("language", "text", "codes"), CONTRADICTIONS)
def test_what_cannot_be_is_a_finding(language: str, text: str, codes: list[str], tell: Tell) -> None:
    assert tell(text, language).codes() == codes
