"""What does a reader that stays open see, and how does it write answers? The last published state, as bytes.

For services: the engine writes the formats of the W3C itself; an answer beyond the limits is refused, never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.graph.write import prefixes
from kg.store.embedded import LONGEST
from kg.store.snapshots import Held, hold, published

if TYPE_CHECKING:
    import pyoxigraph as ox
    from typing_extensions import Buffer

_STRINGS = {"application/sparql-results+json": rb'"(?:[^"\\]|\\.)*+"', "text/csv": rb'"[^"]*+"'}
_ROW = {"application/sparql-results+json": b"},{", "application/sparql-results+xml": b"<result>", "text/csv": b"\r\n",
        "text/tab-separated-values": b"\n"}  # fmt: skip


class LimitError(UsageError):
    """An answer beyond the limits; the message says which."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which graphs are asked: the ``defaults`` and ``named`` ones, else those of the query's own FROM (``dataset``).

    Without any of them all graphs together are the default graph.
    """

    dataset: bool = False
    defaults: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Reader:
    """The published state of the store in a folder, read-only; opened again when a writer has published another."""

    def __init__(self, path: Path) -> None:
        self._path, self._held = path, hold(path)
        self._store = _opened(self._held)

    def _current(self) -> ox.Store:
        if published(self._path) not in (None, self._held.folder):
            before, self._held = self._held, hold(self._path)
            self._store = _opened(self._held)
            before.release()
        return self._store

    def answer(self, query: str, media: str, scope: Scope, rows: int, size: int) -> bytes:
        """The answer in the media type ``media``.

        ``LimitError`` where it has more than ``rows`` rows (or triples) or ``size`` bytes, ``UsageError`` for a query
        that isn't valid SPARQL.
        """
        import pyoxigraph as ox

        out = _Sink(size)
        try:
            found: Any = self._current().query(query, **_graphs(scope))
        except SyntaxError as error:
            raise UsageError(f"the query is not valid SPARQL: {' '.join(str(error).split())[:LONGEST]}") from error
        if isinstance(found, ox.QueryTriples):
            form = ox.RdfFormat.from_media_type(media)
            ox.serialize(_counted(found, rows), out, form, prefixes=prefixes())
            return out.getvalue()
        found.serialize(out, format=ox.QueryResultsFormat.from_media_type(media))
        content = out.getvalue()
        if isinstance(found, ox.QuerySolutions) and count_rows(content, media, rows) > rows:
            raise LimitError(f"more than {rows:,} rows")
        return content


class _Sink(BytesIO):
    """Where an answer is written, up to ``limit`` bytes; ``LimitError`` from then on."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, piece: Buffer, /) -> int:
        """Keep a piece."""
        if self.tell() + memoryview(piece).nbytes > self._limit:
            raise LimitError(f"more than {self._limit:,} bytes")
        return super().write(piece)


def _opened(held: Held) -> ox.Store:
    import pyoxigraph as ox

    return ox.Store.read_only(str(held.folder))


def _graphs(scope: Scope) -> dict[str, Any]:
    """The graphs as the library takes them."""
    import pyoxigraph as ox

    if scope.defaults or scope.named:
        # What the protocol names takes the place of the query's own FROM (SPARQL 1.1 Protocol, 2.1.4).
        both = (("default_graph", scope.defaults), ("named_graphs", scope.named))
        return {name: list(map(ox.NamedNode, iris)) for name, iris in both}
    return {"use_default_graph_as_union": not scope.dataset}


def _counted(triples: ox.QueryTriples, most: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples):
        if number == most:
            raise LimitError(f"more than {most:,} triples")
        yield triple


def count_rows(content: bytes, media: str, enough: int) -> int:
    """How many rows an answer of SELECT has; an upper bound where that is no more than ``enough``.

    >>> count_rows(b'x' + b'\\r\\n' + b'"a' + b'\\r\\n' + b'b"' + b'\\r\\n', "text/csv", 1)
    1
    """
    header = media in ("text/csv", "text/tab-separated-values")
    extra = -1 if header else int(media == "application/sparql-results+json")
    rows = content.count(_ROW[media]) + extra
    if rows > enough and media in _STRINGS:
        # What parts rows may also stand within a value.
        rows = re.sub(_STRINGS[media], b"", content).count(_ROW[media]) + extra
    return rows
