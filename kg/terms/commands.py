"""The commands ``kg terms …``: arguments in, calls out. What a command needs is imported when it runs."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option, Typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.terms.catalogue import Entry
    from kg.terms.install import Watch

terms = Typer(name="terms", help="Terminologies: have them, build them, look them up.")

Names = Annotated[list[str], Argument(metavar="NAME...", help="Terminologies of the catalogue.")]
Words = Annotated[str, Argument(metavar="TEXT", help="Words of a text.")]
Local = Annotated[Path, Argument(metavar="FILE", help="A file, a folder (UMLS, SNOMED CT) or a zip.")]
As = Annotated[str, Option("--as", metavar="NAME", help="What the terminology is called here.")]
Form = Annotated[str, Option("--format", metavar="FORMAT", help="obo, obographs, owl, table …; else by the ending.")]
Version = Annotated[str, Option("--version", metavar="TEXT", help="Its version; else what the file tells.")]
Licence = Annotated[str, Option("--licence", metavar="TEXT", help="Its licence; else the catalogue's.")]
Prefix = Annotated[str, Option("--prefix", metavar="PREFIX", help="Goes before ids without one (CIM10).")]
Language = Annotated[str, Option("--language", metavar="CODE", help="The language of names that don't tell theirs.")]
Columns = Annotated[list[str] | None, Option("--column", metavar="COLUMN=ROLE", help="The role of a table's column.")]
Kept = Annotated[str, Option("--languages", metavar="CODE,…", help="Languages to keep; else all (UMLS, SNOMED CT).")]
KindName = Annotated[str, Option("--kind", metavar="KIND", help="Disease, Anatomy, Drug, Marker, Finding …")]
PartOf = Annotated[bool, Option("--part-of", help="Part-of counts as a parent.")]
Within = Annotated[str, Option("--terms", metavar="NAME,…", help="Only these terminologies.")]
Limit = Annotated[int, Option("--limit", "-n", min=1, metavar="N", help="So many candidates.")]
NoBuild = Annotated[bool, Option("--download-only", help="Don't compile what was downloaded.")]


@terms.command(name="list")
def list_terms() -> None:
    """What can be had, and what is here."""
    from kg.terms.catalogue import load_catalogue
    from kg.terms.installed import installed

    rows = [(e.name, f"{e.size} MB" if e.files else "yours", _state(e), e.title) for e in load_catalogue().values()]
    known = {row[0] for row in rows}
    rows += [(name, "", _state_of(name), "built here") for name in installed() if name not in known]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True)).rstrip())


def _state_of(name: str) -> str:
    from kg.errors import InputError
    from kg.terms.index import open_index
    from kg.terms.installed import installed

    path = installed().get(name)
    if path is None:
        return "-"
    try:
        index = open_index(path)
    except InputError:
        return "to be built again"
    told = f"{index.version or 'no version'}, {index.terms:,} terms"
    stale = "; stale: build or install it again, or names will be missed" if index.stale else ""
    index.close()
    return told + stale


def _state(entry: Entry) -> str:
    from kg.terms.install import read_manifest

    state = _state_of(entry.name)
    return "downloaded" if state == "-" and read_manifest(entry.name) else state


@terms.command()
def info(name: Annotated[str, Argument(metavar="NAME", help="A terminology of the catalogue.")]) -> None:
    """All that is known of one terminology."""
    from kg.terms.catalogue import find_entry
    from kg.terms.install import read_manifest

    entry = find_entry(name)
    rows = [("title", entry.title), ("homepage", entry.homepage), ("licence", entry.licence)]
    rows += [("version", entry.version), ("here", _state(entry))]
    rows += [("file", f"{file.url} ({file.format}, about {file.size} MB)") for file in entry.files]
    rows += [("yours", entry.ask)] if entry.ask else []
    rows += [("kind", f"{kind or 'none'} below {root}") for root, kind in entry.kinds]
    rows += [("kind", f"{entry.kind}{' otherwise' if entry.kinds else ''}")] if entry.kind else []
    manifest = read_manifest(name)
    for file in manifest.files if manifest else ():
        rows += [("downloaded", f"{file.name}, {file.size:,} bytes, sha256 {file.sha256}, {file.version}")]
    for title, told in rows:
        print(f"{title:<10}  {told}")


@terms.command()
def install(names: Names, download_only: NoBuild = False) -> None:
    """Download terminologies and compile them."""
    from kg.terms.building import build_installed
    from kg.terms.catalogue import find_entry
    from kg.terms.install import alone
    from kg.terms.install import install as download

    for entry in [find_entry(name) for name in names]:
        with alone(entry.name):
            with _progress() as watch:
                manifest = download(entry, watch)
            if not download_only:
                build_installed(entry, manifest)
        print(entry.name, manifest.version, _state(entry), sep="\t")


@contextmanager
def _progress() -> Iterator[Watch | None]:
    """A bar for each file on standard error, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def watch(name: str, here: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total or None)
            bars.update(tasks[name], completed=here)

        yield watch


@terms.command()
def build(file: Local, name: As, form: Form = "", version: Version = "", licence: Licence = "", prefix: Prefix = "",
          language: Language = "en", columns: Columns = None, languages: Kept = "", kind: KindName = "",
          part_of: PartOf = False) -> None:  # fmt: skip
    """Compile a file of your own."""
    from kg.errors import UsageError
    from kg.terms.building import build_file, entry_for
    from kg.terms.readers.layout import Layout

    pairs = [tuple(column.rpartition("=")[::2]) for column in columns or []]
    if wrong := [role for column, role in pairs if not (column and role)]:
        raise UsageError(f"--column {wrong[0]}: give COLUMN=ROLE, such as code=id")
    entry = entry_for(name, kind=_kind(kind), licence=licence)
    kept = tuple(code for code in languages.split(",") if code)
    layout = Layout(prefix, language, tuple((c, r) for c, r in pairs), part_of or entry.part_of, kept)
    build_file(file, entry, layout, form, version)
    print(name, _state_of(name), sep="\t")


def _kind(name: str) -> str:
    from kg.errors import UsageError
    from kg.model import Kind

    kinds = {kind.value.lower(): kind.value for kind in Kind}
    if name and name.lower() not in kinds:
        raise UsageError(f"no kind {name!r}; there are {', '.join(kinds.values())}")
    return kinds.get(name.lower(), "")


@terms.command()
def find(text: Words, kind: KindName = "", language: Language = "auto", within: Within = "", limit: Limit = 10) -> None:
    """Look words up in the lexicon and every compiled terminology."""
    from kg.model import Kind
    from kg.terms.lookup import find as look_up

    wanted = [name for name in within.split(",") if name] or None
    known = Kind(_kind(kind)) if kind else None
    candidates = look_up(text, kind=known, language=language, terminologies=wanted, limit=limit)
    if not candidates:
        print("kg: nothing found", file=sys.stderr)
    for found in candidates:
        told = f"{found.why} {found.term!r} ({found.language}, {found.scope})"
        if found.replaces:
            told += f", in place of the obsolete {found.replaces}"
        told += ", obsolete" if found.obsolete else ""
        ids = " ".join(mapping.target for mapping in found.xrefs)
        print(f"{found.score:.2f}", found.curie, found.label, found.kind, told, found.terminology, ids, sep="\t")
