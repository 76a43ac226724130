"""Are relative expressions reckoned from the right date, as fine as is sure, and never counted as stated?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.graph.describe import describe
from kg.model import DateBasis
from kg.pipeline import reader_for
from kg.reading.reckoning import reckon

if TYPE_CHECKING:
    from conftest import Tell

SUMS = [
    # anchor, count, unit, back → date
    ("2014-03-05", 3, "d", False, "2014-03-08"),
    ("2014-12-30", 3, "d", False, "2015-01-02"),
    ("2014-03-05", 2, "wk", False, "2014-03"),
    ("2014-03-15", 2, "wk", False, "2014"),  # 29 March or 1 April
    ("2014-12-17", 2, "wk", False, ""),  # about New Year: not even the year is sure
    ("2014-03", 15, "d", False, "2014"),
    ("2014-03", 2, "a", False, "2016-03"),
    ("2014-11", 3, "mo", False, "2015-02"),
    ("2014-01-31", 1, "mo", False, "2014-02"),
    ("2014", 3, "mo", False, ""),
    ("2014", 3, "a", False, "2017"),
    ("2014-03", 6, "mo", True, "2013-09"),
    ("2014-03", 10, "a", True, "2004"),
]


@pytest.mark.parametrize(("anchor", "count", "unit", "back", "expected"), SUMS)
def test_a_sum_is_as_fine_as_it_is_sure(anchor: str, count: int, unit: str, back: bool, expected: str) -> None:
    assert reckon(anchor, count, unit, back=back) == expected


def test_days_of_a_treatment_are_counted_from_none_or_one() -> None:
    assert reckon("2014-03-01", 1, "d", loose=True) == "2014-03"


ROWS = [
    # text, the computed times as (date, words, date of the anchor)
    ("fr", "Gastrectomie le 3 mars 2014. Trois mois plus tard, fièvre.",
     [("2014-06", "Trois mois plus tard", "2014-03-03")]),
    ("fr", "Gastrectomie le 3 mars 2014. À J3 postopératoire, fièvre.",
     [("2014-03-06", "À J3 postopératoire", "2014-03-03")]),
    ("fr", "Gastrectomie le 3 mars 2014. Scanner en mai 2015. Un an après la gastrectomie, fièvre.",
     [("2015-03", "Un an après la gastrectomie", "2014-03-03")]),
    ("fr", "Imatinib débuté en mars 2014. Après 3 mois de traitement, fièvre.",
     [("2014-06", "Après 3 mois de traitement", "2014-03")]),
    ("fr", "Imatinib débuté en 2014. Après 3 mois de traitement, fièvre.",
     [("", "Après 3 mois de traitement", "2014")]),
    ("fr", "Gastrectomie le 3 mars 2014. Quelques jours plus tard, fièvre. Deux mois plus tard, toux.",
     [("", "Quelques jours plus tard", "2014-03-03"), ("", "Deux mois plus tard", "")]),
    ("fr", "Gastrectomie en mars 2014. Avec un recul de 6 mois, fièvre.",
     [("2014-09", "Avec un recul de 6 mois", "2014-03")]),
    ("fr", "Gastrectomie le 3 mars 2014. Hépatectomie dans un deuxième temps, fièvre.",
     [("", "dans un deuxième temps", "2014-03-03")]),
    ("fr", "Vu en mai 2014 pour une fièvre il y a 900 ans.", []),
    ("fr", "Gastrectomie en mars 2014. Un mois plus tard, ou 4 semaines plus tard, fièvre. Deux mois plus tard, toux.",
     [("2014-04", "Un mois plus tard", "2014-03"), ("2014", "4 semaines plus tard", "2014-04"),
      ("", "Deux mois plus tard", "2014")]),
    ("fr", "Gastrectomie en mars 2014. Au 10e mois, fièvre.", [("2015-01", "Au 10e mois", "2014-03")]),
    ("fr", "Vu en mai 2014 pour une fièvre depuis 2 mois.", [("2014-03", "depuis 2 mois", "2014-05")]),
    ("es", "Gastrectomía en marzo de 2014. A los 3 meses, fiebre.", [("2014-06", "A los 3 meses", "2014-03")]),
    ("es", "Acude en mayo de 2014 por fiebre desde hace 2 meses.", [("2014-03", "desde hace 2 meses", "2014-05")]),
    ("en", "Gastrectomy on March 5, 2014. On POD 3, fever.", [("2014-03-08", "POD 3", "2014-03-05")]),
    ("en", "Gastrectomy on March 5, 2014. Two weeks later, fever.", [("2014-03", "Two weeks later", "2014-03-05")]),
    ("en", "Gastrectomy on March 5, 2014. On postoperative day 4, fever.",
     [("2014-03-09", "postoperative day 4", "2014-03-05")]),
    # a stated date beside it says when; treatment days and doses are no dates; nothing to reckon from
    ("fr", "Gastrectomie le 3 mars 2014. Trois mois plus tard, en juin 2014, fièvre.", []),
    ("fr", "Le 3 mars 2014, cisplatine à J1, J8 et J15, fièvre.", []),
    ("fr", "En mars 2014, imatinib pendant 3 mois, fièvre.", []),
    ("fr", "Fumeur jusqu'à il y a 12 ans, vu en mars 2014.", []),
    ("fr", "Trois mois plus tard, fièvre.", []),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), ROWS)
def test_relative_expressions(language: str, text: str, expected: list[tuple[str, str, str]], tell: Tell) -> None:
    told = tell(text, language)
    dates = {e.id: e.when.iso for e in told.case.events if e.when}
    assert [
        (e.when.iso if e.when else "", told.quote(e.reckoned), dates.get(e.anchor, ""))
        for e in told.case.events
        if e.reckoned
    ] == expected


def test_what_is_reckoned_stays_computed_where_it_is_inherited(tell: Tell) -> None:
    told = tell("Gastrectomie le 3 mars 2014. Trois mois plus tard, fièvre. Toux associée.")
    fever, cough = (a.when for a in told.case.assertions[1:])
    assert fever
    assert cough
    assert (fever.basis, cough.basis) == (DateBasis.COMPUTED, DateBasis.COMPUTED)


def test_an_expression_dates_neither_its_anchor_nor_what_stands_far_before(tell: Tell) -> None:
    told = tell("Le 3 mars 2014, gastrectomie. Fièvre un an après la gastrectomie.")
    first, fever = told.case.assertions
    assert (first.when.iso if first.when else "") == "2014-03-03"
    assert len(first.mentions) == 2
    assert [e.assertions for e in told.case.events] == [(first.id,), (fever.id,)]


def test_depuis_dates_only_what_stands_before_it(tell: Tell) -> None:
    told = tell("Vu en mai 2014 pour une fièvre depuis 2 mois, avec une toux.")
    assert [a.when.iso if a.when else "" for a in told.case.assertions] == ["2014-03", "2014-05"]


def test_a_time_known_by_its_order_stands_after_its_anchor(tell: Tell) -> None:
    told = tell("Gastrectomie le 3 mars 2014. Scanner en mai 2014. Quelques jours après la gastrectomie, fièvre.")
    assert [e.when.iso if e.when else "" for e in told.case.events] == ["2014-03-03", "", "2014-05"]
    assert [e.order for e in told.case.events] == [1, 2, 3]


def test_a_second_time_is_next_without_a_distance(tell: Tell) -> None:
    told = tell("El 2/05/2014 se realizó una colectomía. En un segundo tiempo se realizó una hepatectomía.", "es")
    dates = {a.concept.key: a.when.iso if a.when else "" for a in told.case.assertions if a.concept}
    assert dates == {"colectomy": "2014-05-02", "hepatectomy": ""}


def test_the_graph_links_the_anchor_and_keeps_the_words(tell: Tell) -> None:
    told = tell("Gastrectomie le 3 mars 2014. Trois mois plus tard, fièvre.")
    lines = {" ".join(triple) for triple in describe(told.case, reader_for("fr").vocabulary.lexicon)}
    first, second = told.case.events
    assert any(f"#{second.id}> " in line and "#anchor>" in line and f"#{first.id}>" in line for line in lines)
    assert any(f"#{second.id}> " in line and "#mention>" in line and "#char=29,49>" in line for line in lines)
    assert any(f"#{second.id}> " in line and "#Computed>" in line for line in lines)
