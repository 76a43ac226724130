"""Is every time as long and as fine as the text says: intervals with both their ends, in the graph and in OWL-Time?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg.graph.describe import describe
from kg.pipeline import reader_for
from kg.store.queries import load_queries

if TYPE_CHECKING:
    from conftest import Tell, Told

QUERIES = load_queries(Path(__file__).resolve().parent.parent / "queries")

INTERVALS = [
    # text, what each drug or operation spans; the end is part of it
    ("fr", "Gentamicine du 18 novembre au 3 janvier 2020.", ["2019-11-18/2020-01-03"]),
    ("fr", "Gentamicine du 20/11/2019 au 02/01/2020.", ["2019-11-20/2020-01-02"]),
    ("fr", "Gentamicine du 13/02 au 17/03/2023.", ["2023-02-13/2023-03-17"]),
    ("fr", "13/11 - 17/01/2023 : gentamicine.", ["2022-11-13/2023-01-17"]),
    ("fr", "05/2018 à 10/2018 : gentamicine.", ["2018-05/2018-10"]),
    ("fr", "De mars à mai 2017, gentamicine.", ["2017-03/2017-05"]),
    ("fr", "Gentamicine entre mars et mai 2017.", ["2017-03/2017-05"]),
    ("fr", "Gentamicine en mars et en mai 2017.", ["2017-03"]),
    ("fr", "Gentamicine de 2015 à 2018.", ["2015/2018"]),
    ("fr", "Gentamicine (2015-2018).", ["2015/2018"]),
    ("fr", "Gentamicine de 2015 à mars 2018.", ["2015/2018-03"]),
    ("fr", "Gentamicine du 15 mars 2018 au 3 janvier 2018.", ["2018-03-15"]),
    ("fr", "Gentamicine de mars à mars 2017.", ["2017-03"]),
    ("fr", "Gentamicine entre le 1er et le 9 juin 2021.", ["2021-06-01/2021-06-09"]),
    ("es", "Gentamicina del 18 de noviembre al 3 de enero de 2020.", ["2019-11-18/2020-01-03"]),
    ("es", "Gentamicina entre mayo y noviembre de 2018.", ["2018-05/2018-11"]),
    ("es", "Gentamicina desde mayo hasta noviembre de 2018.", ["2018-05/2018-11"]),
    ("es", "Gentamicina de 2015 a 2018.", ["2015/2018"]),
    ("en", "Gentamicin from March 2 to March 16, 2019.", ["2019-03-02/2019-03-16"]),
    ("en", "Gentamicin from December 20 to January 5, 2021.", ["2020-12-20/2021-01-05"]),
    ("en", "Gentamicin between March and May 2015.", ["2015-03/2015-05"]),
    ("en", "Gentamicin (2010-2014).", ["2010/2014"]),
    ("en", "Gentamicin from 2015 until 2018.", ["2015/2018"]),
]


def spans(told: Told) -> list[str]:
    return [f"{a.when.iso}/{a.when.until.iso}" if a.when.until else a.when.iso for a in told.case.assertions if a.when]


@pytest.mark.parametrize(("language", "text", "expected"), INTERVALS)
def test_an_interval_is_one_time_with_both_ends(language: str, text: str, expected: list[str], tell: Tell) -> None:
    assert spans(tell(text, language)) == expected


def test_a_day_without_year_falls_in_the_interval_told_before(tell: Tell) -> None:
    told = tell("Hospitalisé du 18 novembre au 3 janvier 2020. Gentamicine le 20 novembre. Gastrectomie le 4 janvier.")
    assert [a.when.iso for a in told.case.assertions if a.when][-2:] == ["2019-11-20", "2020-01-04"]


def test_what_is_told_after_an_interval_has_its_end(tell: Tell) -> None:
    assert spans(tell("Gentamicine de mars à mai 2017. Fièvre.")) == ["2017-03/2017-05", "2017-05"]


def test_an_interval_that_runs_backwards_is_a_finding(tell: Tell) -> None:
    told = tell("Gentamicine du 15 mars 2018 au 3 janvier 2018.")
    assert told.codes() == ["interval-reversed"]
    assert [e.when.iso for e in told.case.events if e.when] == ["2018-01-03", "2018-03-15"]


PREFIXES = """PREFIX kg: <https://w3id.org/casekg/ontology#>
PREFIX time: <http://www.w3.org/2006/time#>
"""


def ask(told: Told, query: str) -> list[tuple[str, ...]]:
    store = ox.Store()
    triples = describe(told.case, reader_for(told.case.document.language).vocabulary.lexicon)
    lines = "".join(f"{' '.join(triple)} .\n" for triple in triples)
    store.load(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    found = store.query(query if query.startswith("#") else PREFIXES + query)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if cell is None else str(cell.value) for cell in row) for row in found]


def test_every_event_has_a_time_of_owl_time_that_says_its_dates(tell: Tell) -> None:
    told = tell("Gastrectomie en 2014. Gentamicine du 3 mai 2015 au 9 juin 2015. Scanner en mars 2016.")
    query = """SELECT ?type ?begin ?end WHERE {
      ?event kg:order ?order ; time:hasTime ?time . ?time a ?type .
      OPTIONAL { ?time time:hasBeginning/(time:inXSDDate|time:inXSDgYearMonth|time:inXSDgYear) ?begin ;
                       time:hasEnd/(time:inXSDDate|time:inXSDgYearMonth|time:inXSDgYear) ?end }
      OPTIONAL { ?time time:inXSDDate|time:inXSDgYearMonth|time:inXSDgYear ?begin }
    } ORDER BY ?order"""
    time = "http://www.w3.org/2006/time#"
    assert ask(told, query) == [
        (f"{time}Instant", "2014", ""),
        (f"{time}ProperInterval", "2015-05-03", "2015-06-09"),
        (f"{time}Instant", "2015-06-09", ""),
        (f"{time}Instant", "2016-03", ""),
    ]


def test_the_precision_of_a_date_is_that_of_its_property(tell: Tell) -> None:
    told = tell("Gastrectomie en 2014. Scanner en mars 2016. Fièvre le 3 mai 2017.")
    query = (
        "SELECT ?property ?date { ?t a time:Instant ; ?property ?date FILTER(isLiteral(?date)) } ORDER BY STR(?date)"
    )
    assert [(p.partition("#")[2], d) for p, d in ask(told, query)] == [
        ("inXSDgYear", "2014"), ("inXSDgYearMonth", "2016-03"), ("inXSDDate", "2017-05-03"),
    ]  # fmt: skip


def test_a_time_known_by_its_order_is_after_that_of_its_anchor(tell: Tell) -> None:
    told = tell("Gastrectomie le 3 mars 2014. Quelques jours plus tard, fièvre.")
    query = """SELECT ?date WHERE {
      ?event time:hasTime ?time FILTER NOT EXISTS { ?event kg:date ?any }
      ?time a time:TemporalEntity ; time:after/time:inXSDDate ?date
    }"""
    assert ask(told, query) == [("2014-03-03",)]


def test_a_revision_without_a_date_took_at_most_the_time_between_its_neighbours(tell: Tell) -> None:
    told = tell(
        "En mars 2015, la biopsie conclut à un léiomyosarcome. Ensuite, relecture : le diagnostic de léiomyosarcome "
        "est révisé en liposarcome myxoïde. Scanner en mai 2016."
    )
    query = QUERIES["time-to-revision"]
    columns = [column.name for column in query.columns]
    (row,) = (dict(zip(columns, row, strict=True)) for row in ask(told, query.text))
    assert (row["firstDate"], row["finalDate"], row["months"], row["atMost"]) == ("2015-03", "", "", "14")


def test_the_timeline_says_between_which_dates_an_event_without_one_lies(tell: Tell) -> None:
    told = tell("Gastrectomie en mars 2015. Ensuite, fièvre. Scanner du 3 mai 2016 au 4 mai 2016.")
    query = QUERIES["timeline"]
    columns = [column.name for column in query.columns]
    rows = [dict(zip(columns, row, strict=True)) for row in ask(told, query.text)]
    assert [(row["order"], row["date"], row["until"], row["after"], row["before"]) for row in rows] == [
        ("1", "2015-03", "", "", ""), ("2", "", "", "2015-03", "2016-05-03"), ("3", "2016-05-03", "2016-05-04", "", ""),
    ]  # fmt: skip
