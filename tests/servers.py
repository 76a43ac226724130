"""Real SPARQL servers for the tests: started on a free port of the loopback, stopped for sure."""

from __future__ import annotations

import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds until a server must answer."""

VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
MaxCheckpointRemap = 100
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
MaxCheckpointRemap = 100
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 4
NumberOfBuffers = 2000
MaxDirtyBuffers = 1000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 4
MaxClientConnections = 4
[SPARQL]
ResultSetMaxRows = 100000
[Plugins]
LoadPath = .
"""


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def oxigraph() -> str | None:
    """The program that the wheel ``oxigraph`` carries."""
    return shutil.which("oxigraph", path=sysconfig.get_path("scripts")) or shutil.which("oxigraph")


def virtuoso() -> str | None:
    """Debian's Virtuoso (``apt-get install virtuoso-opensource-7-bin``)."""
    return shutil.which("virtuoso-t")


def _die_with_parent() -> None:
    """On Linux, end with the tests even where these are killed (prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "out.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  preexec_fn=_die_with_parent)  # fmt: skip
        try:
            end = time.monotonic() + PATIENCE
            while not _listens(port):
                assert server.poll() is None, (folder / "out.log").read_text(errors="replace")
                assert time.monotonic() < end, f"{command[0]} doesn't answer"
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@contextmanager
def run_oxigraph(program: str, folder: Path) -> Iterator[str]:
    """The URL of an empty Oxigraph in memory."""
    port = free_port()
    with _running([program, "serve", "--bind", f"127.0.0.1:{port}"], folder, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def run_virtuoso(program: str, folder: Path) -> Iterator[str]:
    """The URL of an empty Virtuoso; the user ``dba`` with the password ``dba`` may write at ``/sparql-auth``."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO_INI.format(sql=sql, http=http))
    with _running([program, "-f", "-c", "virtuoso.ini"], folder, http):
        yield f"http://127.0.0.1:{http}"
