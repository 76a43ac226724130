"""Are identifiers stable, apart from each other, and free of the text's words?"""

from __future__ import annotations

import re

import pytest

from kg.identity import case_iri, local_id
from kg.model import Span


def test_an_id_is_the_same_on_every_machine() -> None:
    assert local_id("diagnosis", "sarcoma", Span(637, 644)) == "diagnosis-db03fd1188ea"


def test_kind_concept_offsets_and_extra_all_count() -> None:
    span = Span(1, 2)
    ids = [
        local_id("finding", "mass", span), local_id("procedure", "mass", span), local_id("finding", "nodule", span),
        local_id("finding", "mass", Span(1, 3)), local_id("finding", "mass", span, Span(5, 6)),
        local_id("finding", "mass"), local_id("finding", "mass", span, extra="Negative"),
    ]  # fmt: skip
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"(finding|procedure)-[0-9a-f]{12}", i) for i in ids)


IRIS = [
    ("demo", "https://w3id.org/casekg/case/demo"),
    ("cas n° 1", "https://w3id.org/casekg/case/cas%20n%C2%B0%201"),
    ("a/b#c?d", "https://w3id.org/casekg/case/a%2Fb%23c%3Fd"),
    ("a-b_c.d~e", "https://w3id.org/casekg/case/a-b_c.d~e"),
    ("<script>", "https://w3id.org/casekg/case/%3Cscript%3E"),
]


@pytest.mark.parametrize(("id", "iri"), IRIS)
def test_case_iris_are_percent_encoded(id: str, iri: str) -> None:
    assert case_iri(id) == iri


@pytest.mark.parametrize("base", ["https://example.org/c", "https://example.org/c/"])
def test_a_base_may_end_in_a_slash(base: str) -> None:
    assert case_iri("demo", base) == "https://example.org/c/demo"
