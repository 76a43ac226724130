"""How does a terminology come here? Over HTTPS, on command only: resumed, checked, renamed when it is whole.

A file is written as ``NAME.part``; a broken transfer goes on from there if the server still has the same file. Size and
SHA-256 are checked where they are told. What was downloaded, and of which version, is in ``manifest.json`` beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from kg.errors import InputError
from kg.terms.catalogue import Entry, File, downloads_folder
from kg.terms.readers.formats import version_of
from kg.terms.readers.opening import MAX_BYTES, MEBIBYTE, unpack

Watch = Callable[[str, int, int], None]
"""Called with a file's name, the bytes that are here and those of the whole (0: unknown)."""

MANIFEST = "manifest.json"
PATIENCE = 5.0
"""Seconds to wait for another process that installs the same terminology."""
_ATTEMPTS = 3
_TIMEOUT = 30.0
_MAX_DIGEST = 64 * 1024
_DIGEST = re.compile(r"\b[0-9a-fA-F]{64}\b")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A downloaded file, by names beside the manifest; ``read`` is what a reader reads, a member where it is a zip."""

    url: str
    name: str
    read: str
    format: str
    size: int
    sha256: str
    modified: str
    version: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is installed of a terminology, and since when (a date)."""

    name: str
    version: str
    licence: str
    installed: str
    files: tuple[Fetched, ...]


def read_manifest(name: str) -> Manifest | None:
    """What is installed under a name; ``InputError`` where the manifest is broken."""
    path = downloads_folder(name) / MANIFEST
    if not path.is_file():
        return None
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**{**row, "files": tuple(Fetched(**file) for file in row["files"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: broken; run kg terms install {name} again") from error


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Keep other processes from the downloads of a terminology, or wait ``PATIENCE`` seconds for them to end.

    The lock is SQLite's: it goes with the process that holds it. ``InputError`` where another one goes on too long.
    """
    folder = downloads_folder(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / ".lock", timeout=PATIENCE, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise InputError(f"{folder}: can't be written ({error}); set CASEKG_DATA to another folder") from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise InputError(f"{name}: another kg terms install is at work on it; let it end, then run again") from error
    try:
        yield
    finally:
        lock.close()


def install(entry: Entry, watch: Watch | None = None) -> Manifest:
    """Download the files of an entry; the manifest, written when all are here.

    Raises ``InputError`` for an address that isn't HTTPS (or loopback), a file that is not there, a transfer that
    breaks off again and again, a wrong size or checksum, or a hostile archive.
    """
    folder = downloads_folder(entry.name)
    hint = f"see {entry.homepage}, download it by hand and run kg terms build FILE --as {entry.name}"
    if not entry.files:
        raise InputError(f"{entry.name}: its licence lets nobody pass it on ({entry.licence}); give {entry.ask}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _client() as client:
            files = tuple(_fetch_file(client, file, folder, hint, watch) for file in entry.files)
        today = datetime.now(UTC).date().isoformat()
        version = files[0].version or files[0].modified or today
        manifest = Manifest(entry.name, version, entry.licence, today, files)
        _replace(folder / MANIFEST, json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise InputError(f"{folder}: can't be written ({error.strerror}); set CASEKG_DATA to another folder") from error
    return manifest


def _client() -> httpx.Client:
    return httpx.Client(
        follow_redirects=True, max_redirects=10, timeout=_TIMEOUT, event_hooks={"request": [_check_request]},
        headers={"Accept-Encoding": "identity", "User-Agent": "casekg"},
    )  # fmt: skip


def _check_request(request: httpx.Request) -> None:
    check_address(str(request.url))


def check_address(url: str) -> None:
    """Raise ``InputError`` for an address that is neither HTTPS nor this machine's own; redirects are checked too."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise InputError(f"{url}: not HTTPS; nothing is downloaded over an open line")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _fetch_file(client: httpx.Client, file: File, folder: Path, hint: str, watch: Watch | None) -> Fetched:
    target = folder / file.name
    modified = fetch(client, file.url, target, _digest(client, file, hint), hint, watch)
    read = _member(target) if _is_zip(target) else target
    return Fetched(
        file.url, target.name, str(read.relative_to(folder)), file.format, target.stat().st_size, sha256_of(target),
        modified, version_of(read, file.format),
    )  # fmt: skip


def _digest(client: httpx.Client, file: File, hint: str) -> str:
    """The published SHA-256 of a file, or ``""``."""
    if not file.sha256.startswith("http"):
        return file.sha256.lower()
    with client.stream("GET", file.sha256) as response:
        _check_status(response, hint)
        text = b""
        for chunk in response.iter_bytes():
            text += chunk
            if len(text) > _MAX_DIGEST:
                break
    lines = text.decode("utf-8", "replace").splitlines()
    lines = [line for line in lines if file.name in line] or lines
    if not (found := _DIGEST.search("\n".join(lines))):
        raise InputError(f"{file.sha256}: holds no SHA-256; {hint}")
    return found[0].lower()


def fetch(client: httpx.Client, url: str, target: Path, sha256: str, hint: str, watch: Watch | None = None) -> str:
    """Download ``url`` as the file ``target``, going on where an earlier transfer broke off; its date, or ``""``.

    ``sha256`` is what the content must have, ``""`` for whatever. Raises ``InputError``; ``hint`` ends its message.
    """
    part = target.with_name(target.name + ".part")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            modified = _transfer(client, url, part, hint, watch)
            break
        except httpx.HTTPError as error:
            if attempt == _ATTEMPTS or isinstance(error, httpx.TooManyRedirects):
                here = part.stat().st_size // MEBIBYTE if part.exists() else 0
                told = f"broken off after {here} MiB ({type(error).__name__}); run the same again to go on"
                raise InputError(f"{url}: {told}, or {hint}") from error
    if sha256 and sha256_of(part) != sha256:
        part.unlink()
        raise InputError(f"{url}: the content hasn't the SHA-256 that is published; it was thrown away; {hint}")
    part.replace(target)
    _note(part).unlink(missing_ok=True)
    return modified


def _note(part: Path) -> Path:
    """Where it is kept of which state of the file the part is."""
    return part.with_name(part.name + ".json")


def _transfer(client: httpx.Client, url: str, part: Path, hint: str, watch: Watch | None) -> str:
    here, state = _resumable(url, part)
    headers = {"Range": f"bytes={here}-", "If-Range": state} if here else {}
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 416:
            # The part is no part of what the server has now.
            part.unlink(missing_ok=True)
            raise httpx.ReadError("the range is gone")
        _check_status(response, hint)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise InputError(f"{url}: the server packs what was asked for plain; {hint}")
        here, total = _sizes(response, here)
        _keep_state(url, response, part)
        with part.open("ab" if here else "wb") as out:
            for chunk in response.iter_raw():
                out.write(chunk)
                here += len(chunk)
                if here > min(total or MAX_BYTES, MAX_BYTES):
                    raise InputError(f"{url}: more bytes than announced, or than any terminology has; {hint}")
                if watch:
                    watch(part.name.removesuffix(".part"), here, total)
        if total and here != total:
            raise httpx.ReadError(f"{here} of {total} bytes")
        return _date(response.headers.get("Last-Modified", ""))


def _resumable(url: str, part: Path) -> tuple[int, str]:
    """How many bytes of which state of ``url`` are here; 0 where the server named no state."""
    try:
        note = json.loads(_note(part).read_text(encoding="utf-8"))
        if note["url"] == url and note["state"]:
            return part.stat().st_size, str(note["state"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, ""


def _keep_state(url: str, response: httpx.Response, part: Path) -> None:
    tag = response.headers.get("ETag", "")
    # A weak tag doesn't promise the same bytes.
    state = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
    _note(part).write_text(json.dumps({"url": url, "state": state}), encoding="utf-8")


def _sizes(response: httpx.Response, here: int) -> tuple[int, int]:
    """(bytes to keep, bytes of the whole or 0) as the server tells."""
    if response.status_code == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not found or int(found[1]) != here:
            raise httpx.ReadError("another range than asked for")
        return here, int(found[2]) if found[2] != "*" else 0
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else 0


def _check_status(response: httpx.Response, hint: str) -> None:
    code = response.status_code
    if code in (404, 410):
        raise InputError(f"{response.url}: not there any more ({code}); {hint}")
    if code not in (200, 206):
        raise InputError(f"{response.url}: the server answers {code}; try again later, or {hint}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _date(header: str) -> str:
    """The ISO date of an HTTP date, or ``""``."""
    try:
        return parsedate_to_datetime(header).date().isoformat()
    except ValueError:
        return ""


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _member(archive: Path) -> Path:
    """The largest file of an archive, unpacked beside it."""
    files = unpack(archive, archive.with_name(archive.name + ".d"))
    if not files:
        raise InputError(f"{archive}: an empty archive")
    return max(files, key=lambda path: path.stat().st_size)


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
