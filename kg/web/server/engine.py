"""What is the answer? The inside of a worker: a process with a read-only store, one query at a time.

The process may be killed at any moment and may die of any query; nothing but the answer leaves it. It has no standard
error (the engine's last words could quote a query), writes no file and no core, and ends with its service.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from kg.errors import UsageError
from kg.store.reader import LimitError, Reader, Scope
from kg.web.server.jobs import Job, Limits

_SPARE = 2
"""Seconds after which a worker ends itself where its service could not."""


def work(path: Path, limits: Limits, connection: Connection) -> None:
    """Answer jobs from ``connection`` until it is closed; the first message says that the store is open.

    A job is a message of JSON; a reply is one too, of the three digits of its status and the bytes of its body.
    """
    _confine(limits)
    reader = Reader(path)
    connection.send_bytes(b"ready")
    while True:
        try:
            job = Job(**json.loads(connection.recv_bytes()))
        except EOFError:
            return
        signal.alarm(int(limits.seconds) + _SPARE)
        status, body = _answer(reader, job, limits)
        signal.alarm(0)
        connection.send_bytes(b"%d" % status + body)  # one message: what costs is waking up for it


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


def _answer(reader: Reader, job: Job, limits: Limits) -> tuple[int, bytes]:
    """Status and body; the message of an error never goes anywhere but to the one who asked."""
    scope = Scope(job.dataset, job.defaults, job.named)
    try:
        return 200, reader.answer(job.query, job.media, scope, limits.rows, limits.answer)
    except LimitError as error:
        return 422, f"the answer has {error}, the most that this endpoint gives; narrow the query, or page it".encode()
    except UsageError as error:
        return 400, str(error).encode()
    except MemoryError:
        return 500, f"the query was stopped: it needs more than {limits.memory} MiB".encode()
    except (OSError, RuntimeError, ValueError) as error:
        return 500, f"the store could not answer ({type(error).__name__})".encode()
