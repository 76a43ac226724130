"""How is an answer shown? As CSV, TSV and JSON of the W3C, as a Markdown table, or as a plain one for people.

The first three hold the terms in full; the tables for people shorten IRIs to prefixed names.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from kg.errors import UsageError
from kg.graph.terms import iri, text
from kg.graph.write import short_name
from kg.store.embedded import Answer, Term


def _lexical(term: Term | None) -> str:
    if term is None:
        return ""
    return f"_:{term.value}" if term.kind == "bnode" else term.value


def _ntriples(term: Term | None) -> str:
    if term is None:
        return ""
    if term.kind == "uri":
        return iri(term.value)
    if term.kind == "bnode":
        return f"_:{term.value}"
    return text(term.value, term.language) + (f"^^{iri(term.datatype)}" if term.datatype else "")


def _csv(answer: Answer) -> str:
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(answer.columns)
    rows.writerows([_lexical(term) for term in row] for row in answer.rows)
    return out.getvalue()


def _tsv(answer: Answer) -> str:
    lines = ["\t".join("?" + column for column in answer.columns)]
    lines += ["\t".join(map(_ntriples, row)) for row in answer.rows]
    return "\n".join(lines) + "\n"


def _binding(term: Term) -> dict[str, str]:
    pairs = {"type": term.kind, "value": term.value, "xml:lang": term.language, "datatype": term.datatype}
    return {key: value for key, value in pairs.items() if value or key == "value"}


def _json(answer: Answer) -> str:
    if answer.boolean is not None:
        return json.dumps({"head": {}, "boolean": answer.boolean}) + "\n"
    bindings = [{c: _binding(t) for c, t in zip(answer.columns, row, strict=True) if t} for row in answer.rows]
    content = {"head": {"vars": answer.columns}, "results": {"bindings": bindings}}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def cells(answer: Answer) -> list[list[str]]:
    """The rows as short text for people: prefixed names, and literals by their value on one line."""
    def cell(term: Term | None) -> str:
        if term is not None and term.kind == "uri":
            return short_name(term.value)
        return " ".join(_lexical(term).split())

    return [[cell(term) for term in row] for row in answer.rows]


def markdown_of(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Lines of cells as a Markdown table."""
    rows = [columns, ["---"] * len(columns), *lines]
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |\n" for row in rows)


def table_of(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Lines of cells as a plain table for people."""
    rows = [columns, *lines]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    rows.insert(1, ["─" * width for width in widths])
    return "".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows)


def _markdown(answer: Answer) -> str:
    return markdown_of(answer.columns, cells(answer))


def _table(answer: Answer) -> str:
    return table_of(answer.columns, cells(answer))


FORMATS: dict[str, Callable[[Answer], str]] = {
    "table": _table, "csv": _csv, "tsv": _tsv, "json": _json, "md": _markdown,
}  # fmt: skip


def check_form(form: str) -> str:
    """``form`` itself; ``UsageError`` lists the formats there are."""
    if form not in FORMATS:
        raise UsageError(f"unknown format {form!r}: there are {', '.join(FORMATS)}")
    return form


def format_answer(answer: Answer, form: str) -> str:
    """The answer as text in one of ``FORMATS``."""
    return FORMATS[check_form(form)](answer)
