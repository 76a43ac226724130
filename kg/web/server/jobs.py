"""What passes between the service and its workers: a job, a reply, the limits, and a refusal.

Everything that crosses the border of a process has a plain form in JSON, so that nothing is ever unpickled.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import UsageError


class RefusalError(UsageError):
    """A request that is not served: ``status`` is the HTTP status, the message one line for the client."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost: ``memory`` in MiB of address space; ``answer`` and ``body`` in bytes."""

    seconds: float = 10.0
    memory: int = 2048
    rows: int = 100_000
    answer: int = 64 << 20
    body: int = 1 << 20
    nesting: int = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A checked query: ``media`` is the type to write, ``defaults`` and ``named`` the graphs of the protocol.

    Without them and without a FROM of its own (``dataset``) a query asks all graphs together.
    """

    query: str
    media: str
    dataset: bool = False
    defaults: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a job: the body in the type asked for, or a one-line message with a status above 299."""

    status: int
    body: bytes
