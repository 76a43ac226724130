"""What is the answer? The inside of a worker: a process with a read-only store, one query at a time.

The process may be killed at any moment and may die of any query; nothing but the answer leaves it. It has no standard
error (the engine's last words could quote a query), writes no file and no core, and ends with its service.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
from collections.abc import Iterator
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.store.snapshots import Held, hold, published
from kg.web.server.jobs import Job, Limits

if TYPE_CHECKING:
    import pyoxigraph as ox
    from typing_extensions import Buffer

_SPARE = 2
"""Seconds after which a worker ends itself where its service could not."""
_MESSAGE = 300
_STRINGS = {"application/sparql-results+json": rb'"(?:[^"\\]|\\.)*+"', "text/csv": rb'"[^"]*+"'}
_ROW = {"application/sparql-results+json": b"},{", "application/sparql-results+xml": b"<result>", "text/csv": b"\r\n",
        "text/tab-separated-values": b"\n"}  # fmt: skip


class SizeError(Exception):
    """An answer beyond the limits; the message says which."""


class Sink(BytesIO):
    """Where an answer is written, up to ``limit`` bytes; ``SizeError`` from then on."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, piece: Buffer, /) -> int:
        """Keep a piece."""
        if self.tell() + memoryview(piece).nbytes > self._limit:
            raise SizeError(f"more than {self._limit:,} bytes")
        return super().write(piece)


class Source:
    """The published state of a store, opened read-only; opened again when a writer has published another."""

    def __init__(self, path: Path) -> None:
        self._path, self._held = path, hold(path)
        self._store = _opened(self._held)

    def current(self) -> ox.Store:
        """The store in its last published state."""
        if published(self._path) not in (None, self._held.folder):
            before, self._held = self._held, hold(self._path)
            self._store = _opened(self._held)
            before.release()
        return self._store


def _opened(held: Held) -> ox.Store:
    import pyoxigraph as ox

    return ox.Store.read_only(str(held.folder))


def work(path: Path, limits: Limits, connection: Connection) -> None:
    """Answer jobs from ``connection`` until it is closed; the first message says that the store is open."""
    _confine(limits)
    source = Source(path)
    connection.send_bytes(b"ready")
    while True:
        try:
            job = Job(**json.loads(connection.recv_bytes()))
        except EOFError:
            return
        signal.alarm(int(limits.seconds) + _SPARE)
        status, body = _answer(source, job, limits)
        signal.alarm(0)
        connection.send_bytes(str(status).encode())
        connection.send_bytes(body)


def _confine(limits: Limits) -> None:
    """Take from this process what a query doesn't need."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the service's, which then closes the connection
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    memory = limits.memory << 20
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))


def _answer(source: Source, job: Job, limits: Limits) -> tuple[int, bytes]:
    """Status and body; the message of an error never goes anywhere but to the one who asked."""
    try:
        return 200, _run(source.current(), job, limits)
    except SyntaxError as error:
        return 400, f"the query is not valid SPARQL: {' '.join(str(error).split())[:_MESSAGE]}".encode()
    except SizeError as error:
        return 422, f"the answer has {error}, the most that this endpoint gives; narrow the query, or page it".encode()
    except MemoryError:
        return 500, f"the query was stopped: it needs more than {limits.memory} MiB".encode()
    except (OSError, RuntimeError, ValueError) as error:
        return 500, f"the store could not answer ({type(error).__name__})".encode()


def _run(store: ox.Store, job: Job, limits: Limits) -> bytes:
    import pyoxigraph as ox

    graphs: dict[str, Any] = {"use_default_graph_as_union": not job.dataset}
    if job.defaults or job.named:
        # What the protocol names takes the place of the query's own FROM (SPARQL 1.1 Protocol, 2.1.4).
        graphs = {name: list(map(ox.NamedNode, iris)) for name, iris in
                  (("default_graph", job.defaults), ("named_graphs", job.named))}  # fmt: skip
    found: Any = store.query(job.query, **graphs)
    sink = Sink(limits.answer)
    if isinstance(found, ox.QueryTriples):
        _write_graph(found, job.media, limits.rows, sink)
        return sink.getvalue()
    found.serialize(sink, format=ox.QueryResultsFormat.from_media_type(job.media))
    content = sink.getvalue()
    if isinstance(found, ox.QuerySolutions) and count_rows(content, job.media, limits.rows) > limits.rows:
        raise SizeError(f"more than {limits.rows:,} rows")
    return content


def _write_graph(triples: ox.QueryTriples, media: str, most: int, sink: Sink) -> None:
    import pyoxigraph as ox

    from kg.graph.write import prefixes

    def counted() -> Iterator[ox.Triple]:
        for number, triple in enumerate(triples):
            if number == most:
                raise SizeError(f"more than {most:,} triples")
            yield triple

    ox.serialize(counted(), sink, ox.RdfFormat.from_media_type(media), prefixes=prefixes())


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
