"""Which terminologies are at hand? The embedded lexicon, and every compiled file in the user's folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

from kg import __version__
from kg.errors import InputError, UsageError
from kg.terms.cache import cache_folder
from kg.terms.compiling import FORMAT
from kg.terms.entries import Entry
from kg.terms.index import SUFFIX, Index, compile_index, open_index, terms_folder
from kg.terms.lexicon import kind_of, lexicon_folder, read_lexicon
from kg.terms.names import stamp
from kg.terms.term import Mapping, Name, Term

LEXICON = "lexicon"
CURATED = "semapv:ManualMappingCuration"


def installed() -> dict[str, Path]:
    """The compiled file of each installed terminology, by name."""
    return {path.stem: path for path in sorted(terms_folder().glob(f"*{SUFFIX}"))}


def check_installed(cell: str) -> tuple[str, ...]:
    """The names in a list such as ``mondo,uberon``; ``all`` is every one. ``UsageError`` for one that is not here."""
    files = list(installed())
    names = tuple(dict.fromkeys(name for part in cell.split(",") if (name := part.strip())))
    if names == ("all",):
        return tuple(files)
    if unknown := [name for name in names if name not in files]:
        there = f"there are {', '.join(files)}" if files else "there is none"
        raise UsageError(f"terminology {unknown[0]!r} is not installed: {there}; kg terms install gets more")
    return names


def _term(entry: Entry) -> Term:
    labelled: set[str] = set()
    names = []
    for surface in entry.surfaces:
        scope = surface.scope if surface.language in labelled else "label"
        labelled.add(surface.language)
        names.append(Name(surface.text, surface.language, scope))
    mappings = [Mapping(f"ICDO:{entry.icdo}")] if entry.icdo else []
    for xref in entry.xrefs:
        predicate = "skos:broadMatch" if xref.startswith("~") else "skos:exactMatch"
        mappings.append(Mapping(xref.lstrip("~"), predicate, CURATED))
    return Term(f"concept:{entry.id}", tuple(names), tuple(f"concept:{p}" for p in entry.parents), tuple(mappings),
                kind=kind_of(entry.table, entry.type))  # fmt: skip


def lexicon_terms(folder: Path | None = None) -> Iterator[Term]:
    """The rows of the embedded lexicon (or of the tables in ``folder``) as terms; ``TableError`` for a wrong row."""
    return map(_term, read_lexicon(folder)[0])


@cache
def lexicon_index(folder: Path | None = None) -> Index:
    """The embedded lexicon as an index, compiled once and kept in the user's cache while its tables stay the same."""
    digest = blake2b(f"{__version__} {FORMAT} {stamp()}".encode(), digest_size=12)
    for table in sorted(lexicon_folder(folder).glob("*.tsv")):
        digest.update(table.read_bytes())
    name = f"{LEXICON}-{digest.hexdigest()}{SUFFIX}"
    try:
        place = cache_folder() / name
        if not place.is_file():
            _compile_lexicon(folder, place)
            for old in place.parent.glob(f"{LEXICON}-*{SUFFIX}"):
                if old != place:
                    old.unlink(missing_ok=True)
        return open_index(place)
    except (InputError, OSError):  # no cache to write to: made anew, and gone from the disk as soon as it is open
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            _compile_lexicon(folder, Path(scratch) / name)
            return open_index(Path(scratch) / name)


def _compile_lexicon(folder: Path | None, path: Path) -> None:
    compile_index(lexicon_terms(folder), path, name=LEXICON, version=__version__, licence="Apache-2.0")


@cache
def _opened(path: Path, changed: int) -> Index:
    return open_index(path)


def open_terminologies(names: Sequence[str] | None = None) -> tuple[Index, ...]:
    """The indexes of some terminologies (``lexicon`` among them), or of all; opened once in a process.

    ``UsageError`` for a name that is not installed, ``InputError`` for a file that is broken.
    """
    files = installed()
    wanted = [LEXICON, *files] if names is None else list(dict.fromkeys(names))
    for name in wanted:
        if name != LEXICON and name not in files:
            raise UsageError(f"terminology {name!r} is not installed: there are {', '.join([LEXICON, *files])}")
    return tuple(
        lexicon_index() if name == LEXICON else _opened(files[name], files[name].stat().st_mtime_ns) for name in wanted
    )
