"""Which terminologies can be had, and where are those of this user? ``ontologies/catalogue.toml`` and the data folder.

The folder is ``$CASEKG_DATA``, else ``$XDG_DATA_HOME/casekg``, else ``~/.local/share/casekg``: downloads are in
``downloads/<name>`` there, compiled terminologies in ``terms``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from kg.errors import TableError, UsageError
from kg.model import Kind
from kg.resources import folder
from kg.terms.readers.formats import FORMATS
from kg.terms.readers.layout import Layout

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_KINDS = frozenset({"", *(kind.value for kind in Kind)})


@dataclass(frozen=True, slots=True)
class File:
    """A file at its publisher's: ``size`` is about, in MB; ``sha256`` a digest, the URL of one, or ``""``."""

    url: str
    format: str
    size: int
    layout: Layout
    sha256: str = ""

    @property
    def name(self) -> str:
        """What the file is called here: the last part of its URL's path, with an ending that tells the format."""
        last = PurePosixPath(urlsplit(self.url).path).name or "file"
        return last if "." in last else f"{last}.{'json' if self.format == 'oncotree' else 'download'}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A terminology of the catalogue; one without files is for the user to supply, as ``ask`` tells.

    ``kinds`` are (CURIE of a branch's root, kind), ``kind`` that of other terms; ``prefixes`` tell which terms are its
    own; ``version`` how its version is found.
    """

    name: str
    title: str
    homepage: str
    licence: str
    version: str
    files: tuple[File, ...] = ()
    prefixes: tuple[str, ...] = ()
    kind: str = ""
    kinds: tuple[tuple[str, str], ...] = ()
    part_of: bool = field(default=False)
    ask: str = ""

    @property
    def size(self) -> int:
        """About how much is downloaded, in MB."""
        return sum(file.size for file in self.files)


def data_folder() -> Path:
    """The folder of the user's data; it need not exist."""
    if named := os.environ.get("CASEKG_DATA"):
        return Path(named)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "casekg"


def check_name(name: str) -> str:
    """The name, where it can be a terminology's; else ``UsageError``. ``lexicon`` is the embedded one's."""
    if not _NAME.fullmatch(name) or name == "lexicon":
        raise UsageError(f"{name!r} is no name for a terminology: small letters, digits and hyphens, such as cim10")
    return name


def downloads_folder(name: str) -> Path:
    """The folder of what was downloaded of a terminology, with its manifest; it need not exist."""
    return data_folder() / "downloads" / check_name(name)


@cache
def load_catalogue(path: Path | None = None) -> Mapping[str, Entry]:
    """Name → entry, in the order of the file; ``TableError`` names the file and the source that is malformed."""
    path = path or folder("ontologies") / "catalogue.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{path}: {error}") from error
    return {name: _entry(path, name, row) for name, row in tables.get("source", {}).items()}


def find_entry(name: str, catalogue: Mapping[str, Entry] | None = None) -> Entry:
    """The entry of a name; ``UsageError`` suggests the nearest ones."""
    known = load_catalogue() if catalogue is None else catalogue
    if name in known:
        return known[name]
    raise UsageError(f"no terminology {name!r} in the catalogue{_hint(name, known)}; kg terms list shows all")


def _hint(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.lower(), list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _entry(path: Path, name: str, row: Mapping[str, Any]) -> Entry:
    where = f"{path}: source.{name}"
    wanted = ("title", "homepage", "licence", "version")
    missing = [key for key in wanted if not row.get(key)]
    allowed = (*wanted, "files", "prefixes", "kind", "kinds", "part_of", "ask")
    unknown = sorted(set(row) - set(allowed))
    if missing or unknown or bool(row.get("files")) == bool(row.get("ask")) or not _NAME.fullmatch(name):
        told = f"no {', '.join(missing)}" if missing else f"unknown {', '.join(unknown)}" if unknown else ""
        raise TableError(f"{where}: {told or 'a source has a plain name, and either files or ask'}")
    kinds = tuple(row.get("kinds", {}).items())
    for kind in (row.get("kind", ""), *(kind for _, kind in kinds)):
        if kind not in _KINDS:
            raise TableError(f"{where}: no kind {kind!r}; there are {', '.join(sorted(_KINDS - {''}))}")
    part_of = bool(row.get("part_of", False))
    return Entry(
        name, row["title"], row["homepage"], row["licence"], row["version"],
        tuple(_file(where, file, part_of) for file in row.get("files", ())),
        tuple(row.get("prefixes", ())), row.get("kind", ""), kinds, part_of, row.get("ask", ""),
    )  # fmt: skip


def _file(where: str, row: Mapping[str, Any], part_of: bool) -> File:
    unknown = sorted(set(row) - {"url", "format", "size", "sha256", "prefix", "language", "columns"})
    if unknown or row.get("format") not in FORMATS or not str(row.get("url", "")).startswith("https://"):
        raise TableError(f"{where}: a file has an https url and a format ({', '.join(FORMATS)}), and no {unknown}")
    layout = Layout(row.get("prefix", ""), row.get("language", "en"), tuple(row.get("columns", {}).items()), part_of)
    return File(row["url"], row["format"], row.get("size", 0), layout, row.get("sha256", ""))
