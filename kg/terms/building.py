"""How does a file become a terminology? Read by its format, told apart by branches, compiled into one index."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from kg.errors import InputError
from kg.terms.catalogue import Entry, check_name, data_folder, downloads_folder, load_catalogue
from kg.terms.index import SUFFIX, compile_index, terms_folder
from kg.terms.install import Manifest
from kg.terms.readers.formats import format_of, read_terms, version_of
from kg.terms.readers.gathering import Source, classified, joined, keep
from kg.terms.readers.layout import Layout
from kg.terms.readers.opening import unpack
from kg.terms.term import Term

JOBS = min(2, os.cpu_count() or 1)
"""Processes that share the work on a large terminology; more would only wait for the one that writes."""


def terms_of(source: Source, entry: Entry) -> Iterator[Term]:
    """The terms of an entry's own prefixes with their kinds; foreign terms count as links between them only."""
    return keep(classified(source, dict(entry.kinds), entry.kind), entry.prefixes)


def build_installed(entry: Entry, manifest: Manifest) -> Path:
    """Compile what was downloaded of an entry; the path of the index."""
    folder = downloads_folder(entry.name)
    layouts = [file.layout for file in entry.files]
    readers = [
        partial(read_terms, folder / fetched.read, fetched.format, layout)
        for fetched, layout in zip(manifest.files, layouts, strict=True)
    ]

    def source() -> Iterator[Term]:
        others = chain.from_iterable(read() for read in readers[1:])
        return joined(readers[0](), others) if readers[1:] else readers[0]()

    return _compile(source, entry, manifest.version)


def build_file(path: Path, entry: Entry, layout: Layout, form: str = "", version: str = "") -> Path:
    """Compile a local file, folder or zip under the name of ``entry``; the path of the index.

    ``form`` is one of ``kg.terms.readers.formats.FORMATS``, by the ending where ``""``; ``version`` what the file
    tells of itself where ``""``. Raises ``InputError`` where the file can't be read, ``UsageError`` for a name that
    tells no format.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file; check the path")
    if path.suffix.lower() != ".zip":
        form = form or format_of(path)
        source = partial(read_terms, path, form, layout)
        return _compile(source, entry, version or version_of(path, form))
    data_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_folder(), prefix=".unpacked-") as scratch:
        files = unpack(path, Path(scratch))
        inner = files[0] if len(files) == 1 else Path(scratch)
        return build_file(inner, entry, layout, form or _form_inside(path, inner), version)


def _form_inside(archive: Path, inner: Path) -> str:
    if inner.is_file() and inner.suffix.lower() == ".zip":
        raise InputError(f"{archive}: an archive in an archive; unpack it yourself")
    return format_of(inner)


def entry_for(name: str, *, kind: str = "", licence: str = "") -> Entry:
    """What is known of a name that a user builds: the catalogue's entry, or a new one; what is given goes before."""
    known = load_catalogue().get(check_name(name)) or Entry(name, name, "", "", "")
    return replace(known, kind=kind or known.kind, licence=licence or known.licence)


def _compile(source: Source, entry: Entry, version: str) -> Path:
    path = terms_folder() / f"{check_name(entry.name)}{SUFFIX}"
    compile_index(terms_of(source, entry), path, name=entry.name, version=version, licence=entry.licence, jobs=JOBS)
    return path
