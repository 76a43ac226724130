"""Who answers, and for how long? A few worker processes; one that takes too long is killed and another takes its place.

While workers are free a query has all its time. When all are busy and a request has waited for ``PATIENCE``, the query
that has run longest, if it has had half of its time, makes room: so a few bombs never close the service to the others.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, LifoQueue

from kg.web.server.engine import work
from kg.web.server.jobs import Job, Limits, Reply

PATIENCE = 1.0
"""Seconds that a request waits before it makes room for itself."""
_WAIT = 30.0
"""Seconds after which a request that found no free worker is told so."""
_STATUS = 3
"""Bytes of a reply that are its status; the others are its body."""
_START = 20.0
"""Seconds in which a worker must have opened the store."""


class Worker:
    """A process that answers one job at a time; ``since`` is when it began (0.0 while idle)."""

    def __init__(self, path: Path, limits: Limits) -> None:
        context = get_context("spawn")  # a fork would take the service's threads and sockets with it
        self._limits, self.since, self.crowded = limits, 0.0, False
        self._connection: Connection
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(path, limits, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False

    def ready(self) -> bool:
        """Whether the store is open, waiting for it a while, and the process is alive."""
        try:
            self._ready = self._ready or (self._connection.poll(_START) and self._connection.recv_bytes() == b"ready")
        except (EOFError, OSError):
            return False
        return self._ready and self._process.is_alive()

    def ask(self, job: Job) -> Reply | None:
        """The reply to a job; None where the process died or its time was over."""
        try:
            self._connection.send_bytes(json.dumps(asdict(job)).encode())
            if not self._connection.poll(self._limits.seconds):
                return None
            told = self._connection.recv_bytes()
            return Reply(int(told[:_STATUS]), told[_STATUS:])
        except (EOFError, OSError):
            return None

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def close(self) -> None:
        """End the process and give back what it holds."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._connection.close()


class Workers:
    """A number of workers for the store in the folder ``path``; may be asked from any number of threads."""

    def __init__(self, path: Path, limits: Limits, count: int) -> None:
        self._path, self._limits = path, limits
        self._idle: LifoQueue[Worker] = LifoQueue()
        self._all: set[Worker] = set()
        self._lock, self._closed = threading.Lock(), False
        for _ in range(count):
            self._start()

    def _start(self) -> None:
        with self._lock:
            if not self._closed:
                worker = Worker(self._path, self._limits)
                self._all.add(worker)
                self._idle.put(worker)

    def _replace(self, worker: Worker) -> None:
        with self._lock:
            if worker not in self._all:  # the service is being closed
                return
            self._all.discard(worker)
            worker.close()
        self._start()

    def ready(self) -> bool:
        """Whether a worker could open the store."""
        worker = self._idle.get()
        self._idle.put(worker)
        return worker.ready()

    def ask(self, job: Job) -> Reply:
        """The reply to a job, after ``_WAIT`` and the time limit at the latest."""
        worker = self._take()
        if worker is None:
            return Reply(503, b"the service is busy, or its store can't be opened; ask again in a moment")
        worker.since = began = time.monotonic()
        reply = worker.ask(job)
        with self._lock:
            worker.since = 0.0
            crowded = worker.crowded
        if reply is not None and not crowded:
            self._idle.put(worker)
            return reply
        self._replace(worker)
        return reply or Reply(*self._told(crowded, time.monotonic() - began >= self._limits.seconds))

    def _told(self, crowded: bool, late: bool) -> tuple[int, bytes]:
        """Why a query has no answer."""
        if crowded:
            return 503, b"the query was stopped to make room for others; ask again when the service is less busy"
        if late:
            return 504, f"the query was stopped after {self._limits.seconds:g} seconds; narrow it".encode()
        told = f"the query was stopped: it needs more than {self._limits.memory} MiB, or breaks the engine"
        return 500, told.encode()

    def _take(self) -> Worker | None:
        """An idle worker with an open store; None where there was none for ``_WAIT``."""
        until = time.monotonic() + _WAIT
        while time.monotonic() < until:
            try:
                worker = self._idle.get(timeout=PATIENCE)
            except Empty:
                self._make_room()
                continue
            if worker.ready():
                return worker
            self._replace(worker)
        return None

    def _make_room(self) -> None:
        """Kill the worker that has been busy for longest, if that is half of its time or more."""
        with self._lock:
            now = time.monotonic()
            busy = [(worker.since, worker) for worker in self._all if worker.since and not worker.crowded]
            since, oldest = min(busy, key=lambda pair: pair[0], default=(now, None))
            if oldest is not None and now - since >= self._limits.seconds / 2:
                oldest.crowded = True
                oldest.kill()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.close()
            self._all.clear()
