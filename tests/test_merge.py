"""When are terms of several terminologies one candidate, under which name, with which identifiers?"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from kg.errors import TableError
from kg.model import Kind
from kg.terms.found import Found
from kg.terms.merge import CHAINED, XREF, load_preferences, merge, preference
from kg.terms.term import Mapping

CURATED = "semapv:ManualMappingCuration"
ORDER = {"Disease": ("concept", "mondo", "ncit", "doid"), "*": ("ncit",)}


def found(curie: str, *xrefs: Mapping, score: float = 0.9, kind: str = "Disease", why: str = "exact") -> Found:
    return Found(curie, f"label of {curie}", kind, score, f"name of {curie}", "en", "exact", why, "toy", "1", xrefs)


def exact(target: str, justification: str = CURATED) -> Mapping:
    return Mapping(target, "skos:exactMatch", justification)


def curies(candidates: tuple[Found, ...]) -> list[str]:
    return [f.curie for f in candidates]


def test_an_exact_mapping_makes_one_candidate() -> None:
    (one,) = merge([found("NCIT:C1", score=1.0, why="variant"), found("MONDO:1", exact("NCIT:C1"))], ORDER)
    assert (one.curie, one.label) == ("MONDO:1", "label of MONDO:1")
    assert (one.score, one.term, one.why) == (1.0, "name of NCIT:C1", "variant")
    assert one.xrefs == (exact("NCIT:C1"),)


def test_a_mapping_counts_from_either_side() -> None:
    (one,) = merge([found("MONDO:1"), found("NCIT:C1", exact("MONDO:1"))], ORDER)
    assert (one.curie, one.xrefs) == ("MONDO:1", (exact("NCIT:C1"),))


def test_a_common_third_joins_and_says_so() -> None:
    (one,) = merge([found("MONDO:1", exact("UMLS:7")), found("NCIT:C1", exact("UMLS:7", ""))], ORDER)
    assert one.xrefs == (Mapping("NCIT:C1", "skos:exactMatch", CHAINED), exact("UMLS:7"))


def test_a_cross_reference_joins_where_it_is_the_only_one() -> None:
    assert curies(merge([found("MONDO:1", Mapping("NCIT:C1")), found("NCIT:C1")], ORDER)) == ["MONDO:1"]
    several = [found("MONDO:1", Mapping("NCIT:C1"), Mapping("NCIT:C2")), found("NCIT:C1"), found("NCIT:C2")]
    assert curies(merge(several, ORDER)) == ["MONDO:1", "NCIT:C1", "NCIT:C2"]


def test_a_common_cross_reference_joins_nothing() -> None:
    assert len(merge([found("MONDO:1", Mapping("ICDO:8000/3")), found("NCIT:C1", Mapping("ICDO:8000/3"))], ORDER)) == 2


@pytest.mark.parametrize("predicate", ["skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"])
def test_other_mappings_join_nothing(predicate: str) -> None:
    assert len(merge([found("MONDO:1", Mapping("NCIT:C1", predicate, CURATED)), found("NCIT:C1")], ORDER)) == 2


def test_no_concept_has_two_terms_of_one_terminology() -> None:
    terms = [found("MONDO:1", exact("NCIT:C1")), found("MONDO:2", exact("NCIT:C1")), found("NCIT:C1")]
    for order in itertools.permutations(terms):
        assert curies(merge(order, ORDER)) == ["MONDO:1", "MONDO:2"]


def test_the_stronger_mapping_is_kept() -> None:
    (one,) = merge([found("MONDO:1", Mapping("NCIT:C1", XREF), exact("NCIT:C1")), found("NCIT:C1")], ORDER)
    assert one.xrefs == (exact("NCIT:C1"),)


def test_all_identifiers_are_kept() -> None:
    terms = [found("MONDO:1", exact("NCIT:C1"), Mapping("ICDO:8860/3")), found("NCIT:C1", Mapping("UMLS:7")),
             found("DOID:9", exact("MONDO:1", ""))]  # fmt: skip
    (one,) = merge(terms, ORDER)
    assert {m.target for m in one.xrefs} == {"NCIT:C1", "ICDO:8860/3", "UMLS:7", "DOID:9"}


def test_candidates_are_ranked_by_score_then_preference() -> None:
    terms = [found("DOID:9"), found("NCIT:C1"), found("concept:toy"), found("OTHER:1", score=0.95)]
    assert curies(merge(terms, ORDER)) == ["OTHER:1", "concept:toy", "NCIT:C1", "DOID:9"]


def test_nothing_makes_nothing() -> None:
    assert merge([], ORDER) == ()


def test_the_table_of_preferences_holds_every_kind_lexicon_first() -> None:
    table = load_preferences()
    assert set(table) == {*Kind, "*"}
    assert {order[0] for order in table.values()} == {"concept"}
    assert preference(table, "Disease", "MONDO:1") < preference(table, "Disease", "NCIT:C1")
    assert preference(table, "Disease", "NCIT:C1") < preference(table, "Disease", "UNHEARD:1")


@pytest.mark.parametrize("row", ["Weather\tMONDO", "Disease\t", "Disease\tMONDO\nDisease\tNCIT"])
def test_a_malformed_row_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "preferences.tsv"
    path.write_text(f"# kind\tprefixes\n{row}\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"preferences\.tsv:[23]"):
        load_preferences(path)
