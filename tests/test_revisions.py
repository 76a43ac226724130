"""Which diagnosis took the place of which? Invented texts with their gold: ``sentences/revisions.tsv``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.model import RevisionKind, Span

if TYPE_CHECKING:
    from conftest import Tell

TABLE = Path(__file__).with_name("sentences") / "revisions.tsv"
_MARK = re.compile(r"\[(\d)\|([^\]|]+)\]")
_REVISION = re.compile(r"(\d)>(\d) (\w+)")

Row = tuple[str, list[tuple[str, str, RevisionKind]], str]


def _rows() -> list[object]:
    rows = []
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            rows.append(pytest.param(*line.split("\t"), id=f"{TABLE.name}:{number}"))
    return rows


def _unmarked(marked: str) -> tuple[str, list[tuple[str, Span]]]:
    """The text without its marks, and the number and place of each."""
    text, places, done = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[done : mark.start()]
        places.append((mark[1], Span(len(text), len(text) + len(mark[2]))))
        text += mark[2]
        done = mark.end()
    return text + marked[done:], places


def _gold(cell: str) -> set[tuple[str, str, str]]:
    if cell == "-":
        return set()
    found = [_REVISION.fullmatch(part) for part in cell.split("; ")]
    assert all(found), f"{cell!r} is no list of revisions"
    gold = {match.groups() for match in found if match}
    assert all(RevisionKind(kind) for *_, kind in gold)
    return gold  # type: ignore[return-value]


@pytest.mark.parametrize(("language", "revisions", "marked"), _rows())
def test_revisions(language: str, revisions: str, marked: str, tell: Tell) -> None:
    text, places = _unmarked(marked)
    told = tell(text, language)
    by_id = {a.id: a for a in told.case.assertions}

    def number(diagnosis: str) -> str:
        spans = [m.span for m in by_id[diagnosis].mentions]
        return next((n for n, place in places if any(place.overlaps(span) for span in spans)), told.key(diagnosis))

    assert {(number(r.earlier), number(r.later), r.kind.value) for r in told.case.revisions} == _gold(revisions)
