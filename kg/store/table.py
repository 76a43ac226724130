"""What does an answer look like in Python? A table of plain values, for programs, notebooks and data frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from kg.errors import UsageError
from kg.graph.terms import Triple
from kg.store.answers import cells, format_answer
from kg.store.asking import Tell, find_query
from kg.store.asking import ask as answer_of
from kg.store.embedded import XSD, Answer, Graphs, Term
from kg.store.opening import Store, open_graphs

Value = str | int | float | bool | Decimal | None
_SHOWN = 50
"""So many rows are shown in a notebook."""


def _value(term: Term | None) -> Value:
    """A term as a plain value; IRIs, and dates at their stated precision, are strings."""
    if term is None:
        return None
    kind = term.datatype.removeprefix(XSD)
    try:
        if kind == "integer":
            return int(term.value)
        if kind == "decimal":
            return Decimal(term.value)
        if kind in ("double", "float"):
            return float(term.value)
    except (ValueError, ArithmeticError):
        return term.value
    return term.value in ("true", "1") if kind == "boolean" else term.value


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of a query: named ``columns`` and ``rows`` of plain values, None where there is none.

    ``answer`` holds the RDF terms.
    """

    answer: Answer

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.answer.columns

    @property
    def rows(self) -> list[tuple[Value, ...]]:
        """The rows, each with a value a column."""
        return list(self)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return (tuple(map(_value, row)) for row in self.answer.rows)

    def __len__(self) -> int:
        return len(self.answer.rows)

    def __str__(self) -> str:
        return format_answer(self.answer, "table")

    def format(self, form: str = "table") -> str:
        """The table as text: ``table``, ``csv``, ``tsv``, ``json`` (as the W3C defines it) or ``md``."""
        return format_answer(self.answer, form)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``; ``UsageError`` where pandas isn't installed."""
        return _imported("pandas").DataFrame.from_records(self.rows, columns=list(self.columns))

    def to_polars(self) -> Any:
        """A ``polars.DataFrame``; ``UsageError`` where polars isn't installed."""
        return _imported("polars").DataFrame(
            self.rows, schema=list(self.columns), orient="row", infer_schema_length=None
        )

    def _repr_html_(self) -> str:
        """The first rows, for notebooks."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        shown = cells(Answer(self.columns, self.answer.rows[:_SHOWN]))
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in shown)
        more = f"<p>{len(self) - _SHOWN} more rows</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"{name} is not installed: pip install {name}, or take the rows as they are") from error


def ask(
    graphs: str | Path | Store | Iterable[Triple], query: str, *, tell: Tell | None = None, **parameters: object
) -> Table:
    """The answer of a query to graphs, as a table.

    ``graphs`` is an RDF file, a folder of them, a store's folder or URL, an opened store, or triples as ``kg.build``
    makes them. ``query`` is the name of a named query, a ``.rq`` file, or the text of a SPARQL query. Parameters are
    bound as RDF terms; a case may be given by its id, a concept by a prefixed name or any name that the lexicon has.
    ``tell`` is called with a line for each such name: what it was taken to mean. Raises ``UsageError`` for an unknown
    query or value, ``GraphError`` for graphs that can't be read.
    """
    asked = query if "{" in query else find_query(query)
    return Table(answer_of(_opened(graphs), asked, {k: str(v) for k, v in parameters.items() if v is not None}, tell))


def _opened(graphs: str | Path | Store | Iterable[Triple]) -> Store:
    if isinstance(graphs, (str, Path)):
        return open_graphs(str(graphs))
    if not isinstance(graphs, Iterable):
        return graphs
    opened = Graphs()
    opened.load("".join(f"{s} {p} {o} .\n" for s, p, o in graphs).encode(), "nt", "the triples")
    return opened
