"""How is a file from outside opened safely? gz transparently, with caps; archives member by member.

A terminology comes from the net or from a stranger's disk. What it unpacks to is bounded in size and in ratio, its
lines are bounded in length, and a name inside an archive can't leave the folder that it is unpacked to.
"""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from kg.errors import InputError

MEBIBYTE = 1 << 20
MAX_BYTES = 32 * 1024 * MEBIBYTE
"""No terminology unpacks to more (the whole of UMLS is near this)."""
MAX_RATIO = 200
"""Text packs 5 to 30 to 1; a bomb 1,000 to 1."""
FREE_BYTES = 64 * MEBIBYTE
"""Below this size the ratio is not looked at: little files of spaces are harmless."""
MAX_LINE = MEBIBYTE
"""Longest line, in characters."""
MAX_MEMBERS = 10_000


class _Capped(io.RawIOBase):
    """A decompressed stream that ends in ``InputError`` where it grows beyond its caps."""

    def __init__(self, path: Path, packed: int, stream: BinaryIO) -> None:
        self._path, self._packed, self._stream, self._read = path, max(packed, 1), stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._stream.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{self._path}: broken gzip ({error}); download it again") from error
        view[: len(data)] = data
        self._read += len(data)
        check_growth(self._path, self._packed, self._read)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def check_growth(path: Path | str, packed: int, unpacked: int) -> None:
    """Raise ``InputError`` where ``packed`` bytes have become more ``unpacked`` ones than any terminology does."""
    if unpacked > MAX_BYTES or (unpacked > FREE_BYTES and unpacked > MAX_RATIO * max(packed, 1)):
        raise InputError(
            f"{path}: unpacks to more than {unpacked // MEBIBYTE} MiB from {packed // MEBIBYTE} MiB, like a"
            " decompression bomb; unpack it yourself if you trust it"
        )


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed where its first two are gzip's; ``InputError`` where it can't be read."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror}); check the path and its permissions") from error
    with raw:
        if raw.peek(2)[:2] == b"\x1f\x8b":
            unpacked = gzip.GzipFile(fileobj=raw)
            yield io.BufferedReader(_Capped(path, path.stat().st_size, unpacked), MEBIBYTE)  # type: ignore[arg-type]
        else:
            yield raw


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 text (gz too) with their numbers from 1, without their ends.

    Raises ``InputError`` with file and line for bytes that aren't UTF-8, a NUL, or a line without end.
    """
    number = 0
    with open_bytes(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline=None) as text:
        try:
            while line := text.readline(MAX_LINE):
                number += 1
                if "\0" in line:
                    raise InputError(f"{path}:{number}: a NUL byte; this is no text")
                if line[-1] == "\n":
                    yield number, line[:-1]
                elif len(line) < MAX_LINE:
                    yield number, line
                else:
                    raise InputError(f"{path}:{number}: a line of more than {MAX_LINE:,} characters")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}:{number + 1}: not UTF-8; convert the file") from error


def unpack(archive: Path, folder: Path) -> list[Path]:
    """Unpack a zip below ``folder``; the paths of its files, sorted.

    Raises ``InputError`` for a broken archive, a member that would leave the folder, a link, or a bomb; nothing of a
    refused member is written.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [m for m in packed.infolist() if not m.is_dir()]
            if len(members) > MAX_MEMBERS:
                raise InputError(f"{archive}: more than {MAX_MEMBERS:,} members")
            targets = [(m, folder / _inside(archive, m)) for m in members]
            total = sum(m.file_size for m in members)
            check_growth(archive, archive.stat().st_size, total)
            for member, target in targets:
                _extract(archive, packed, member, target)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError) as error:
        raise InputError(f"{archive}: a broken zip ({error}); download it again") from error
    except RuntimeError as error:
        raise InputError(f"{archive}: an encrypted zip; unpack it yourself") from error
    return sorted(target for _, target in targets)


def _inside(archive: Path, member: zipfile.ZipInfo) -> PurePosixPath:
    """The relative path of a member that stays in its folder."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.filename or "\0" in member.orig_filename:
        raise InputError(f"{archive}: the member {member.filename!r} would leave its folder; this archive is hostile")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InputError(f"{archive}: the member {member.filename!r} is a link; this archive is hostile")
    return name


def _extract(archive: Path, packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(member) as source, target.open("wb") as out:
        while chunk := source.read(MEBIBYTE):
            # The directory of a zip may lie about sizes, so what comes out is counted.
            written += len(chunk)
            check_growth(archive, member.compress_size, written)
            out.write(chunk)
