"""Where does the service listen, and may it? What can be checked before anything of the extra ``serve`` is imported."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from kg.errors import InputError, UsageError
from kg.store.snapshots import is_store
from kg.web.server.jobs import Limits

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts of this machine alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service listens and to whom: ``hosts`` are names beside the loopback's, ``origins`` those of CORS."""

    store: Path
    host: str = "127.0.0.1"
    port: int = 7878
    workers: int = 4
    limits: Limits = field(default_factory=Limits)
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    token: str = field(default="", repr=False)


def settings_for(store: str, host: str, port: int, workers: int, limits: tuple[float, int, int],
                 hosts: Sequence[str], origins: Sequence[str]) -> Settings:  # fmt: skip
    """The settings of a command line; ``limits`` are seconds, MiB and rows. ``UsageError`` for a wrong one."""
    if not is_store(Path(store)):
        raise UsageError(f"{store}: is not a store; make one with kg build INPUT --store {store}")
    if "*" in origins:
        raise UsageError("--cors takes origins, such as https://example.org; pages of any site are never allowed")
    token = environ.get("CASEKG_TOKEN", "")
    if host not in LOOPBACK and not token:
        raise UsageError(f"--host {host} opens the store to others; set a token in CASEKG_TOKEN first")
    return Settings(Path(store), host, port, workers, Limits(*limits), tuple(hosts), tuple(origins), token)


def start(settings: Settings, note: Callable[[str], None]) -> None:
    """Serve until the process is told to stop; ``note`` takes the line that says where."""
    try:
        from kg.web.server.app import run
    except ImportError as error:
        raise InputError(f"kg serve needs {error.name}; run: pip install 'casekg[serve]' (Linux, macOS)") from error
    with _listening(settings) as listening:
        run(settings, listening, note)


def _listening(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say; ``UsageError`` where that is not possible."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        # With the protocol named, asyncio sends what is written at once (TCP_NODELAY): 40 ms a request otherwise.
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)  # before anybody is told of it
    except OSError as error:
        told = f"{settings.host}:{settings.port}: can't listen there ({error.strerror}); choose another --port"
        raise UsageError(told) from error
    return listening
