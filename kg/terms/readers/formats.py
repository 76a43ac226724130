"""Which reader reads a file? By the format that is named, else by the file's ending."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from kg.errors import InputError, UsageError
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.term import Term

FORMATS = {
    "obo": "obo:read_obo",
    "obographs": "obographs:read_obographs",
    "owl": "owl:read_owl",
    "babelon": "babelon:read_babelon",
    "sssom": "sssom:read_sssom",
    "table": "table:read_table",
    "rrf": "rrf:read_rrf",
    "rf2": "rf2:read_rf2",
    "mesh": "trees:read_mesh",
    "ucum": "trees:read_ucum",
    "oncotree": "trees:read_oncotree",
}
"""Format → module and function, imported when a file of the format is read."""
_VERSIONS = {
    "obo": "obo:version_of_obo",
    "obographs": "obographs:version_of_obographs",
    "owl": "owl:version_of_owl",
    "sssom": "sssom:version_of_sssom",
    "ucum": "trees:version_of_ucum",
}
_ENDINGS = (
    (".babelon.tsv", "babelon"),
    (".sssom.tsv", "sssom"),
    (".obo", "obo"),
    (".json", "obographs"),
    (".owl", "owl"),
    (".rdf", "owl"),
    (".ttl", "owl"),
    (".nt", "owl"),
    (".rrf", "rrf"),
    (".tsv", "table"),
    (".csv", "table"),
    (".txt", "table"),
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CONTENTS = (("MRCONSO.RRF*", "rrf"), ("sct2_Concept_*", "rf2"))


def format_of(path: Path) -> str:
    """The format that a file's ending, or the files in a folder, name; ``UsageError`` lists the formats there are."""
    if path.is_dir():
        found = [form for pattern, form in _CONTENTS if any(True for _ in path.rglob(pattern))]
    else:
        name = path.name.lower().removesuffix(".gz")
        found = [form for ending, form in _ENDINGS if name.endswith(ending)]
    if not found:
        raise UsageError(f"{path}: the name tells no format; give --format: {', '.join(FORMATS)}")
    return found[0]


def read_terms(path: Path, form: str, layout: Layout = PLAIN) -> Iterator[Term]:
    """The terms of a file or folder in a format of ``FORMATS``; ``InputError`` as its reader raises it."""
    if form not in FORMATS:
        raise UsageError(f"no format {form!r}; there are {', '.join(FORMATS)}")
    if not path.exists():
        raise InputError(f"{path}: no such file; check the path")
    reader: Callable[[Path, Layout], Iterator[Term]] = _function(FORMATS[form])
    return reader(path, layout)


def version_of(path: Path, form: str) -> str:
    """The version that a file tells of itself, its date where there is one in it, or ``""``."""
    if form not in _VERSIONS:
        return ""
    teller: Callable[[Path], str] = _function(_VERSIONS[form])
    told = teller(path)
    dated = _DATE.search(told)
    return dated[0] if dated else told


def _function(home: str) -> Any:
    module, _, name = home.partition(":")
    return getattr(import_module(f"kg.terms.readers.{module}"), name)
