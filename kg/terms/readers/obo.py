"""Which terms does an OBO file hold? Stanza by stanza: https://owlcollab.github.io/oboformat/doc/obo-syntax.html."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.errors import InputError
from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.opening import lines_of
from kg.terms.term import Mapping, Name, Term

Clause = tuple[str, str]

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(\w*)')
_ESCAPE = re.compile(r"\\(.)")
_COMMENT = re.compile(r"\s+!.*$")
_MATCH = re.compile(r"(?:skos:|\S*core#)?(exact|close|broad|narrow|related)Match\s+(\S+)")
_PART_OF = frozenset({"part_of", "BFO:0000050"})


def read_obo(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The terms of an OBO file, its secondary ids (``alt_id``) last, as obsolete terms.

    Raises ``InputError`` with file and line for a malformed stanza, or where the file holds no term at all.
    """
    own: set[str] = set()
    secondary: dict[str, str] = {}
    for number, clauses in _stanzas(path):
        term = _term(path, number, clauses, layout)
        own.add(term.curie)
        secondary.update({curie_of(value): term.curie for tag, value in clauses if tag == "alt_id"})
        if term.names or term.mappings or term.obsolete:
            yield term
    if not own:
        raise InputError(f"{path}: not OBO, or without a [Term]")
    for curie, primary in secondary.items():
        if curie not in own:
            yield Term(curie, (), obsolete=True, replaced_by=(primary,))


def version_of_obo(path: Path) -> str:
    """What ``data-version`` says in the header, or ``""``."""
    for _, line in lines_of(path):
        if line.startswith("data-version:"):
            return line.partition(":")[2].strip()
        if line.startswith("[Term]"):
            break
    return ""


def _stanzas(path: Path) -> Iterator[tuple[int, list[Clause]]]:
    """(line of its start, clauses) of each ``[Term]``; comments after values are taken off but inside quotes."""
    start, clauses, inside = 0, list[Clause](), False
    for number, line in lines_of(path):
        if line.startswith("["):
            if inside:
                yield start, clauses
            start, clauses, inside = number, [], line.startswith("[Term]")
        elif inside and line and line[0] != "!":
            tag, colon, value = line.partition(":")
            if not colon:
                raise InputError(f"{path}:{number}: not OBO: a line without 'tag: value'")
            clauses.append((tag, value.strip()))
    if inside:
        yield start, clauses


def _term(path: Path, number: int, clauses: list[Clause], layout: Layout) -> Term:
    values: dict[str, list[str]] = {}
    for tag, value in clauses:
        values.setdefault(tag, []).append(value)
    if "id" not in values:
        raise InputError(f"{path}:{number}: a [Term] without an id")
    obsolete = values.get("is_obsolete", ["false"])[0].startswith("true")
    parents = [_first(value) for value in values.get("is_a", [])]
    if layout.part_of:
        pairs = (value.split() for value in values.get("relationship", []))
        parents += [pair[1] for pair in pairs if len(pair) > 1 and pair[0] in _PART_OF]
    return Term(
        curie_of(_first(values["id"][0])),
        tidy(_names(path, number, values, layout.language), obsolete=obsolete),
        tuple(dict.fromkeys(map(curie_of, parents))),
        tuple(dict.fromkeys(_mappings(values))),
        obsolete,
        tuple(curie_of(_first(value)) for value in values.get("replaced_by", [])),
    )


def _first(value: str) -> str:
    return value.split(None, 1)[0] if value else ""


def _names(path: Path, number: int, values: dict[str, list[str]], language: str) -> Iterator[Name]:
    for value in values.get("name", []):
        yield Name(_ESCAPE.sub(r"\1", _COMMENT.sub("", value)), language, "label")
    for value in values.get("synonym", []):
        found = _QUOTED.match(value)
        if not found:
            raise InputError(f"{path}:{number}: a synonym without quotes in this [Term]")
        scope = found[2].lower()
        yield Name(
            _ESCAPE.sub(r"\1", found[1]), language, scope if scope in ("exact", "narrow", "broad") else "related"
        )


def _mappings(values: dict[str, list[str]]) -> Iterator[Mapping]:
    for value in values.get("xref", []):
        target = _ESCAPE.sub(r"\1", _first(value))
        # Mondo marks which of its cross-references are equivalences.
        exact = "MONDO:equivalentTo" in value
        yield Mapping(curie_of(target), "skos:exactMatch" if exact else "oboInOwl:hasDbXref")
    for value in values.get("equivalent_to", []):
        yield Mapping(curie_of(_first(value)), "skos:exactMatch")
    for value in values.get("property_value", []):
        if found := _MATCH.match(value):
            yield Mapping(curie_of(_ESCAPE.sub(r"\1", found[2])), f"skos:{found[1]}Match")
