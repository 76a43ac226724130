"""Which markers does a tumour show as a rule? The rows of ``ontologies/profiles.tsv``, read one by one and checked.

A row is one statement: ``tumour`` and ``marker`` are ids of the lexicon, ``expectation`` is ``positive``, ``negative``
or ``variable`` (some show it, others don't, or the literature differs), ``source`` holds references parted by ``|`` or
nothing. A reference is ``PMID:…`` or ``DOI:…``, whose title stands in ``profile-sources.tsv``, or ``NCIT:…``, the
disease whose role or definition in the NCI Thesaurus says the same. How to add a row: ``docs/profiles.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kg.errors import TableError
from kg.resources import folder

_ROWS = ("tumour", "marker", "expectation", "source")
_TITLES = ("source", "title")
_SOURCE = re.compile(r"PMID:[1-9]\d*|DOI:10\.\d{4,9}/\S+|NCIT:C\d+")


class Expectation(StrEnum):
    """What a tumour does with a marker."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Statement:
    """One row: what a tumour does with a marker, and who says so; ``line`` counts from 1."""

    tumour: str
    marker: str
    expectation: Expectation
    sources: tuple[str, ...]
    line: int


def read_statements(path: Path | None = None, titles: Path | None = None) -> tuple[Statement, ...]:
    """All rows in their order; ``TableError`` names file and line of the first that is wrong."""
    table = path or folder("ontologies") / "profiles.tsv"
    known = read_titles(titles)
    found: dict[tuple[str, str], Statement] = {}
    for line, cells in _rows(table, _ROWS):
        statement = _statement(table, line, cells, known)
        key = (statement.tumour, statement.marker)
        before = found.setdefault(key, statement)
        if before is not statement:
            raise TableError(f"{table}:{line}: {' and '.join(key)} stand in line {before.line} too")
    return tuple(found.values())


def read_titles(path: Path | None = None) -> dict[str, str]:
    """The title of each paper by its reference; ``TableError`` as above."""
    table = path or folder("ontologies") / "profile-sources.tsv"
    titles: dict[str, str] = {}
    for line, (source, title) in _rows(table, _TITLES):
        if not _SOURCE.fullmatch(source) or source.startswith("NCIT:") or not title:
            raise TableError(f"{table}:{line}: a row is PMID:… or DOI:10.… and the title of the paper")
        if source in titles:
            raise TableError(f"{table}:{line}: {source} stands twice")
        titles[source] = title
    return titles


def source_iri(source: str) -> str:
    """The address of a reference: PubMed, the DOI's resolver, or the NCIT term.

    >>> source_iri("PMID:123"), source_iri("DOI:10.1000/a.b")
    ('https://pubmed.ncbi.nlm.nih.gov/123/', 'https://doi.org/10.1000/a.b')
    """
    kind, _, local = source.partition(":")
    if kind == "PMID":
        return f"https://pubmed.ncbi.nlm.nih.gov/{local}/"
    return f"https://doi.org/{local}" if kind == "DOI" else f"http://purl.obolibrary.org/obo/NCIT_{local}"


def _rows(table: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    try:
        lines = table.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{table}: can't be read; reinstall casekg, or name the right file") from error
    if not lines or tuple(lines[0].split("\t")) != columns:
        raise TableError(f"{table}:1: the columns must be {', '.join(columns)}")
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise TableError(f"{table}:{number}: {len(cells)} cells; there must be {len(columns)}, parted by tabs")
        yield number, cells


def _statement(table: Path, line: int, cells: list[str], titles: dict[str, str]) -> Statement:
    tumour, marker, expectation, source = cells
    if expectation not in tuple(Expectation):
        raise TableError(f"{table}:{line}: expectation {expectation!r} is none of {', '.join(Expectation)}")
    sources = tuple(source.split("|")) if source else ()
    for one in sources:
        if not _SOURCE.fullmatch(one):
            raise TableError(f"{table}:{line}: source {one!r} is not PMID:…, DOI:10.… or NCIT:C…")
        if not one.startswith("NCIT:") and one not in titles:
            raise TableError(f"{table}:{line}: {one} has no row in profile-sources.tsv; add it with its title")
    return Statement(tumour, marker, Expectation(expectation), sources, line)
