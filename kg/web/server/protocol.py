"""What does a request ask? The SPARQL 1.1 Protocol: from method, headers and body to a checked ``Job``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from kg.web.server.guard import READ_ONLY, check, is_file
from kg.web.server.jobs import Job, Limits, RefusalError

_JSON, _XML = "application/sparql-results+json", "application/sparql-results+xml"
OFFERS = {
    "rows": {
        _JSON: _JSON, _XML: _XML, "text/csv": "text/csv", "text/tab-separated-values": "text/tab-separated-values",
        "application/json": _JSON, "application/xml": _XML, "text/xml": _XML,
    },
    "graph": {
        "text/turtle": "text/turtle", "application/n-triples": "application/n-triples",
        "application/ld+json": "application/ld+json", "application/rdf+xml": "application/rdf+xml",
        "application/x-turtle": "text/turtle", "text/plain": "application/n-triples",
        "application/json": "application/ld+json", "application/xml": "application/rdf+xml",
        "text/xml": "application/rdf+xml",
    },
}  # fmt: skip
"""Media types that a client may ask for → the type that is written, in the order of preference."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_FORM = "application/x-www-form-urlencoded"
_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """A request as far as the protocol looks at it; ``parameters`` is the query string, ``content`` a media type."""

    method: str
    parameters: bytes
    accept: str
    content: str = ""
    body: bytes = b""


def job_of(request: Request, limits: Limits) -> Job:
    """The query that a request asks, checked, with the format of its answer.

    Raises RefusalError: 400 for a malformed request, 403 for what is not allowed, 406 for formats that there are not,
    415 for a body of another type.
    """
    fields = _fields(request)
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise RefusalError(403, READ_ONLY)
    if len(queries) != 1:
        raise RefusalError(400, f"a request holds one query; this one holds {len(queries)}")
    checked = check(queries[0], limits.nesting)
    offered = OFFERS["rows" if checked.form in ("SELECT", "ASK") else "graph"]
    graphs = {name: _graphs(fields, name) for name in ("default-graph-uri", "named-graph-uri")}
    return Job(queries[0], negotiate(request.accept, offered), checked.dataset, *graphs.values())


def _fields(request: Request) -> list[tuple[str, str]]:
    """The parameters of the query string, and those of the body."""
    fields = _decoded(request.parameters)
    if request.method != "POST":
        return fields
    content, _, options = (part.strip().lower() for part in request.content.partition(";"))
    charset = options.partition("charset=")[2].strip('"') or "utf-8"
    if charset not in ("utf-8", "utf8"):
        raise RefusalError(415, "the body must be UTF-8")
    if content == _FORM:
        return fields + _decoded(request.body)
    if content == "application/sparql-query":
        return [*fields, ("query", _text(request.body))]
    if content == "application/sparql-update":
        raise RefusalError(403, READ_ONLY)
    raise RefusalError(415, f"a body is application/sparql-query or {_FORM}")


def _decoded(encoded: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as error:
        raise RefusalError(400, f"more than {_FIELDS} parameters") from error
    return [(_text(name), _text(value)) for name, value in pairs]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise RefusalError(400, f"not UTF-8 (byte {error.start} of a parameter or of the body)") from error


def _graphs(fields: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    graphs = tuple(value for key, value in fields if key == name)
    for graph in graphs:
        if not _ABSOLUTE.fullmatch(graph):
            raise RefusalError(400, f"{name} is not an absolute IRI")
        if is_file(graph):
            raise RefusalError(403, f"{name} names a file; this endpoint reads no files")
    return graphs


def negotiate(accept: str, offered: dict[str, str]) -> str:
    """The media type to write: the one with the best quality in ``accept``, the first offered among equals.

    Raises RefusalError (406) where the client takes none.

    >>> negotiate("text/csv;q=0.5, application/sparql-results+xml", OFFERS["rows"])
    'application/sparql-results+xml'
    """
    if not accept.strip():
        return next(iter(offered.values()))
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    best, chosen = 0.0, ""
    for name, written in offered.items():
        # The most specific range speaks for a type (RFC 9110, 12.5.1).
        matching = [(len(r.rstrip("*")), q) for r, q in ranges if r == name or r in ("*/*", name.split("/")[0] + "/*")]
        quality = max(matching)[1] if matching else 0.0
        if quality > best:
            best, chosen = quality, written
    if not chosen:
        raise RefusalError(406, f"the answer can be had as {', '.join(dict.fromkeys(offered.values()))}")
    return chosen


def _range(part: str) -> tuple[str, float]:
    name, *options = (piece.strip().lower() for piece in part.split(";"))
    quality = next((option[2:] for option in options if option.startswith("q=")), "1")
    return name, float(quality) if re.fullmatch(r"[01](?:\.\d{0,3})?", quality) else 0.0
