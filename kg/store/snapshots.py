"""Which state of a store do readers see? The last one that was published, whole, whatever is being written.

A store is an Oxigraph folder. Opening it read-only while another process writes it is undefined behaviour (pyoxigraph,
``Store.read_only``), so nobody does: a writer publishes a copy of its state in ``.snapshots/N`` with ``Store.backup``
(hard links, so it costs next to nothing), then swaps the file ``.snapshots/published``, which holds ``N``, in one step.
A reader opens the published copy, to which nobody ever writes, and holds a shared lock on its folder; a writer
removes the older copies that nobody holds. A store without copies was made by another program and is read as it is.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.graph.write import replacing

_MARK = "CURRENT"
"""The file by which a folder is known for a store."""
_COPIES = ".snapshots"
_POINTER = "published"


@dataclass(frozen=True, slots=True)
class Held:
    """A ``folder`` to read, kept from being removed until ``lock`` (a file descriptor, if any) is released."""

    folder: Path
    lock: int | None = None

    def release(self) -> None:
        """Let writers remove the folder."""
        if self.lock is not None:
            os.close(self.lock)


def is_store(path: Path) -> bool:
    """Whether ``path`` is the folder of an on-disk store."""
    return (path / _MARK).is_file()


def published(path: Path) -> Path | None:
    """The published copy of the store in ``path``; None where nothing was published."""
    try:
        return path / _COPIES / (path / _COPIES / _POINTER).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None


def hold(path: Path) -> Held:
    """The published copy of the store in ``path``, locked for reading; the store itself where nothing was published."""
    while (copy := published(path)) is not None:
        held = Held(copy, _lock(copy, exclusive=False))
        if is_store(copy):
            return held
        held.release()  # a writer published another and removed this one in the meantime
        if copy == published(path):
            break
    return Held(path)


def publish(path: Path, backup: Callable[[str], None]) -> None:
    """Make the state that ``backup`` copies to a folder the one that readers of the store in ``path`` see."""
    before = published(path)
    number = int(before.name) + 1 if before is not None and before.name.isdecimal() else 1
    copy = path / _COPIES / str(number)
    copy.parent.mkdir(exist_ok=True)
    shutil.rmtree(copy, ignore_errors=True)  # left by a writer that was killed
    backup(str(copy))
    with replacing(copy.parent / _POINTER) as out:
        out.write(f"{number}\n".encode())
    for old in copy.parent.iterdir():
        if old.is_dir() and old != copy:
            _remove(old)


def _remove(copy: Path) -> None:
    """Remove a copy unless somebody reads it; the next writer tries again."""
    try:
        lock = _lock(copy, exclusive=True)
    except BlockingIOError:
        return
    shutil.rmtree(copy, ignore_errors=True)
    Held(copy, lock).release()


def _lock(folder: Path, *, exclusive: bool) -> int | None:
    """A lock on a folder; None where there are no such locks. ``BlockingIOError`` where an exclusive one must wait."""
    if sys.platform == "win32":  # there, files in use can't be removed anyway
        return None
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:  # a file system without locks
        os.close(descriptor)
        return None
    return descriptor
