"""Do whole cases become the graphs that a person has read and accepted?

A case is a folder ``cases/<language>_<name>`` with ``case.txt`` and ``expected.ttl``, ``gold.json`` (``test_gold.py``)
or both; ``cases/README.md`` tells of them. Read what changed before you take it: ``git diff tests/cases`` after
``python tests/test_cases.py --accept``, which writes the graphs anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.corpus.texts import decode
from kg.graph.check import check, load_shapes
from kg.graph.terms import Triple, kg
from kg.graph.write import write
from kg.identity import case_iri
from kg.model import Document
from kg.pipeline import build, read_case, reader_for

CASES = Path(__file__).resolve().parent / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/case.txt"))
ACCEPTED = [name for name in NAMES if (CASES / name / "expected.ttl").is_file()]
NOT_YET: dict[str, str] = {}
"""Cases whose right graph, written down in ``expected.ttl``, is not reached; ``--accept`` leaves them alone."""
OA = "http://www.w3.org/ns/oa#"


def text_of(name: str) -> str:
    text, findings = decode((CASES / name / "case.txt").read_bytes(), name)
    assert not findings
    return text


def settled(triples: Iterable[Triple]) -> list[Triple]:
    """Triples without the lines of the lexicon's tables: they move with every row that is added above."""
    return [t for t in triples if t[1] != kg("sourceRow")]


def graph_of(name: str, form: str = "ttl") -> str:
    """The graph of a case as it is compared."""
    document = Document(name, name.partition("_")[0], text_of(name))
    case = read_case(document, reader_for(document.language))
    return write(settled(build(case)), case_iri(name), form)


def expected(name: str) -> str:
    return (CASES / name / "expected.ttl").read_bytes().decode()


def test_there_are_cases_in_every_language() -> None:
    assert {name.partition("_")[0] for name in ACCEPTED} == {"en", "es", "fr"}


def test_every_case_says_what_is_right() -> None:
    folders = sorted(path.name for path in CASES.iterdir() if path.is_dir())
    assert folders == NAMES
    assert [name for name in NAMES if name not in ACCEPTED and not (CASES / name / "gold.json").is_file()] == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_graph_is_the_accepted_one(name: str, request: pytest.FixtureRequest) -> None:
    if name in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True, reason=NOT_YET[name]))
    assert graph_of(name) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_keeps_the_shapes(name: str) -> None:
    violations = check(graph_of(name, "nt"), load_shapes())
    assert [v for v in violations if v.path.startswith("http") or not v.path] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_blank_nodes_and_every_quote_is_the_text(name: str) -> None:
    text, quotes = text_of(name), 0
    graph = ox.Store()
    graph.bulk_load(graph_of(name).encode(), format=ox.RdfFormat.TURTLE)
    for quad in graph:
        assert not isinstance(quad.subject, ox.BlankNode)
        assert not isinstance(quad.object, ox.BlankNode)
    for quad in graph.quads_for_pattern(None, ox.NamedNode(OA + "exact"), None):
        (start,) = graph.quads_for_pattern(quad.subject, ox.NamedNode(OA + "start"), None)
        (end,) = graph.quads_for_pattern(quad.subject, ox.NamedNode(OA + "end"), None)
        assert quad.object.value == text[int(start.object.value) : int(end.object.value)]
        assert quad.subject.value.endswith(f"#char={start.object.value},{end.object.value}")
        quotes += 1
    assert quotes > 10


def test_the_same_bytes_again_in_another_order_and_in_other_processes() -> None:
    backwards = {name: graph_of(name) for name in reversed(NAMES)}
    assert {name: graph_of(name) for name in NAMES} == backwards
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert dict(zip(NAMES, pool.map(graph_of, NAMES), strict=True)) == backwards


def accept() -> None:
    """Write the graphs of the cases as the expected ones."""
    for name in sorted(set(ACCEPTED) - set(NOT_YET)):
        (CASES / name / "expected.ttl").write_bytes(graph_of(name).encode())


if __name__ == "__main__":
    if sys.argv[1:] != ["--accept"]:
        sys.exit("python tests/test_cases.py --accept: write all expected graphs anew")
    accept()
