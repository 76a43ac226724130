"""What is above, below and between? On a small lattice with a diamond, a cycle and a stranger."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.terms.hierarchy import ancestors, descendants, distance, is_a, lineage, lowest_common_ancestors
from kg.terms.index import Index, compile_index, open_index
from kg.terms.term import Name, Term

PARENTS = {
    "growth": [], "tumour": ["growth"], "soft": ["tumour"], "muscle": ["tumour"], "myosarcoma": ["soft", "muscle"],
    "pleomorphic": ["myosarcoma"], "lipoma": ["soft"], "fever": [], "round": ["about"], "about": ["round", "growth"],
}  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path: Path = tmp_path_factory.mktemp("hierarchy") / "toy.terms"
    terms = [Term(c, (Name(c, "en", "label"),), tuple(parents)) for c, parents in PARENTS.items()]
    compile_index(terms, path, name="toy", version="1", licence="")
    return open_index(path)


@pytest.mark.parametrize(
    ("curie", "above"),
    [("growth", ""), ("pleomorphic", "myosarcoma soft muscle tumour growth"), ("lipoma", "soft tumour growth"),
     ("round", "about growth"), ("stranger", "")],
)  # fmt: skip
def test_ancestors(index: Index, curie: str, above: str) -> None:
    assert ancestors(index, curie) == set(above.split())


@pytest.mark.parametrize(
    ("curie", "below"),
    [("soft", "myosarcoma pleomorphic lipoma"), ("lipoma", ""), ("about", "round"), ("stranger", "")],
)
def test_descendants(index: Index, curie: str, below: str) -> None:
    assert descendants(index, curie) == set(below.split())


def test_descendants_are_the_other_side_of_ancestors(index: Index) -> None:
    for one in PARENTS:
        assert descendants(index, one) == {other for other in PARENTS if one in ancestors(index, other)}


@pytest.mark.parametrize(
    ("one", "other", "lowest", "steps"),
    [
        ("pleomorphic", "lipoma", ["soft"], 3),
        ("soft", "muscle", ["tumour"], 2),
        ("pleomorphic", "soft", ["soft"], 2),
        ("soft", "pleomorphic", ["soft"], 2),
        ("lipoma", "lipoma", ["lipoma"], 0),
        ("lipoma", "fever", [], None),
        ("lipoma", "stranger", [], None),
    ],
)
def test_where_two_meet(index: Index, one: str, other: str, lowest: list[str], steps: int | None) -> None:
    assert list(lowest_common_ancestors(index, one, other)) == lowest
    assert distance(index, one, other) == steps


def test_is_a(index: Index) -> None:
    assert is_a(index, "pleomorphic", "tumour")
    assert is_a(index, "tumour", "tumour")
    assert not is_a(index, "tumour", "pleomorphic")
    assert not is_a(index, "stranger", "tumour")


def test_lineage_is_the_part_of_the_tree_that_is_needed(index: Index) -> None:
    assert lineage(index, ["lipoma", "muscle", "stranger"]) == (
        ("lipoma", "soft"), ("muscle", "tumour"), ("soft", "tumour"), ("tumour", "growth"),
    )  # fmt: skip
