"""Where does a batch go? Into one file, a folder with one Turtle file a case, or a store with one named graph a case.

Nothing appears half-written. A folder or store remembers in ``.kg-manifest.jsonl`` from which text each case was made
(id and hash, no words), so that a batch that was stopped can be resumed. What was sent to an endpoint is remembered
in the user's cache, so it is resumed on the machine where it began.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from kg.corpus.batch import Outcome
from kg.corpus.sources import Source
from kg.errors import GraphError
from kg.graph.write import Part, join, replacing, write_parts
from kg.identity import CASE_BASE, case_iri
from kg.store.opening import Store
from kg.terms.cache import cache_folder

MANIFEST = ".kg-manifest.jsonl"
_UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|%]|^\.')


def write_stream(outcomes: Iterable[Outcome], out: BinaryIO, form: str, base: str = CASE_BASE) -> None:
    """All cases to an open binary file."""
    write_parts(_parts(outcomes), form, out, base)


def write_file(outcomes: Iterable[Outcome], path: Path, form: str, base: str = CASE_BASE) -> None:
    """All cases to one file, which appears when the last is written and not at all on an error."""
    if not path.parent.is_dir():
        raise GraphError(f"{path}: can't be written ({path.parent} is not a folder); make it, or name another with -o")
    with replacing(path) as out:
        write_stream(outcomes, out, form, base)


def _parts(outcomes: Iterable[Outcome]) -> Iterator[Part]:
    return (outcome.part for outcome in outcomes if outcome.part is not None)


def file_name(case_id: str) -> str:
    """The name of a case's file in a folder: its id, with what a file name can't hold percent-encoded.

    >>> file_name("../cas 1")
    '%2E.%2Fcas 1.ttl'
    """
    return _UNSAFE.sub(lambda m: "%2E" if m[0] == "." else quote(m[0], safe=""), case_id) + ".ttl"


def resumed_folder(sources: Iterable[Source], folder: Path) -> Iterator[Source]:
    """The sources with the digest of the output that the folder has for them already."""
    done = read_manifest(folder)
    for source in sources:
        known = done.get(source.id, "")
        yield replace(source, done=known) if known and (folder / file_name(source.id)).is_file() else source


def resumed_store(sources: Iterable[Source], graphs: Store, folder: Path, base: str = CASE_BASE) -> Iterator[Source]:
    """The sources with the digest of the graph that the store has for them already."""
    done = read_manifest(folder)
    for source in sources:
        known = done.get(source.id, "")
        yield replace(source, done=known) if known and graphs.has(case_iri(source.id, base)) else source


def write_folder(outcomes: Iterable[Outcome], folder: Path, base: str = CASE_BASE) -> None:
    """One Turtle file a case; each is complete and on disk before the next is begun."""
    for outcome in outcomes:
        if outcome.part is not None:
            make_folder(folder)
            with replacing(folder / file_name(outcome.id)) as out:
                write_parts([outcome.part], "ttl", out, base)
            _remember(folder, outcome)


def write_store(outcomes: Iterable[Outcome], graphs: Store, folder: Path) -> None:
    """One named graph a case, replaced as a whole; the outcomes are rendered as N-Triples.

    Readers of a store on disk see the cases when this ends, by an error too.
    """
    make_folder(folder)
    read = (outcome for outcome in outcomes if outcome.part is not None)
    try:
        while batch := list(islice(read, graphs.batch)):
            graphs.replace_all({o.graph: "".join(join(_parts([o]), "nt")) for o in batch})
            for outcome in batch:
                _remember(folder, outcome)
    finally:
        graphs.flush()


def notes_of(url: str) -> Path:
    """The folder that remembers what was sent to an endpoint."""
    return cache_folder() / "endpoints" / blake2b(url.encode(), digest_size=12).hexdigest()


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where it isn't there; ``GraphError`` where that can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraphError(f"{folder}: can't be written ({error.strerror}); name another place") from error


def _remember(folder: Path, outcome: Outcome) -> None:
    """Add a row to the manifest, on a line of its own even after one that a crash cut short."""
    row = json.dumps({"id": outcome.id, "digest": outcome.digest})
    with (folder / MANIFEST).open("a+b") as manifest:
        size = manifest.seek(0, os.SEEK_END)
        manifest.seek(max(0, size - 1))
        whole = manifest.read(1) in (b"", b"\n")
        manifest.write((row if whole else "\n" + row).encode() + b"\n")


def read_manifest(folder: Path) -> dict[str, str]:
    """Case id → digest; the last row of an id counts, a row cut short by a crash is passed over."""
    path, found = folder / MANIFEST, {}
    if os.path.isfile(path):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
                found[str(row["id"])] = str(row["digest"])
            except (ValueError, KeyError, TypeError):
                continue
    return found
