"""How are scores shown? As a table for people, Markdown, TSV, or JSON; figures have three decimals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from kg.errors import UsageError
from kg.evaluation.scores import Score
from kg.store.answers import markdown_of, table_of

COLUMNS = ("measure", "match", "section", "P", "R", "F1", "low", "high", "found", "gold", "documents")


def cells(score: Score) -> list[str]:
    """A score as text, a cell a column; ``low`` and ``high`` are the ends of the interval of F1."""
    row, counts = score.row, score.counts
    figures = (counts.precision, counts.recall, counts.f1, score.low, score.high)
    numbers = (counts.found, counts.gold, score.documents)
    return [row.measure, row.match, row.section, *(f"{f:.3f}" for f in figures), *map(str, numbers)]


def _lines(scores: Iterable[Score]) -> tuple[list[str], list[list[str]]]:
    """The columns that are not empty everywhere, and their cells."""
    lines = [cells(score) for score in scores]
    kept = [i for i in range(len(COLUMNS)) if any(line[i] for line in lines)]
    return [COLUMNS[i] for i in kept], [[line[i] for i in kept] for line in lines]


def _tsv(scores: Iterable[Score]) -> str:
    return "".join("\t".join(line) + "\n" for line in [list(COLUMNS), *map(cells, scores)])


def _json(scores: Iterable[Score]) -> str:
    records = []
    for one in scores:
        c, texts = one.counts, dict(zip(COLUMNS[:3], cells(one), strict=False))
        figures = {"precision": c.precision, "recall": c.recall, "f1": c.f1, "low": one.low, "high": one.high}
        rounded = {name: round(figure, 4) for name, figure in figures.items()}
        counts = {"right": c.right, "found": c.found, "hit": c.hit, "gold": c.gold, "documents": one.documents}
        records.append(texts | rounded | counts)
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


FORMATS: dict[str, Callable[[Iterable[Score]], str]] = {
    "table": lambda scores: table_of(*_lines(scores)),
    "json": _json,
    "tsv": _tsv,
    "md": lambda scores: markdown_of(*_lines(scores)),
}


def check_form(form: str) -> str:
    """``form`` itself; ``UsageError`` lists the formats there are."""
    if form not in FORMATS:
        raise UsageError(f"unknown format {form!r}: there are {', '.join(FORMATS)}")
    return form


def format_scores(scores: Iterable[Score], form: str = "table") -> str:
    """Scores as text in one of ``FORMATS``."""
    return FORMATS[check_form(form)](tuple(scores))
