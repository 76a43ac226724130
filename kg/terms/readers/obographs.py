"""Which terms does an OBO Graphs JSON hold? Node by node: https://github.com/geneontology/obographs.

The file is never held as a whole: a first pass gathers the edges, a second one yields the nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.terms.readers.curies import curie_of
from kg.terms.readers.jsonstream import items_below
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.term import Mapping, Name, Term

_SCOPE = re.compile(r"has(Exact|Narrow|Broad|Related)Synonym$")
_MATCH = re.compile(r"(exact|close|broad|narrow|related)Match$")
_PART_OF = "http://purl.obolibrary.org/obo/BFO_0000050"
_REPLACED = "http://purl.obolibrary.org/obo/IAO_0100001"
_ALTERNATIVE = "http://www.geneontology.org/formats/oboInOwl#hasAlternativeId"


def read_obographs(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The classes of every graph in the file, secondary ids last; a class of several graphs is several terms.

    Raises ``InputError`` for text that is no JSON, or no OBO graph.
    """
    wanted = {"is_a", "part_of", _PART_OF} if layout.part_of else {"is_a"}
    parents: dict[str, tuple[str, ...]] = {}
    for edge in items_below(path, ("graphs", "edges")):
        if isinstance(edge, dict) and edge.get("pred") in wanted:
            child = curie_of(str(edge.get("sub", "")))
            parents[child] = (*parents.get(child, ()), curie_of(str(edge.get("obj", ""))))
    own: set[str] = set()
    secondary: dict[str, str] = {}
    for node in items_below(path, ("graphs", "nodes")):
        if not isinstance(node, dict) or "id" not in node:
            raise InputError(f"{path}: a node without an id; this is no OBO graph")
        if node.get("type", "CLASS") == "CLASS":
            term = _term(node, parents, layout.language)
            own.add(term.curie)
            secondary.update({curie_of(value): term.curie for value in _properties(node, _ALTERNATIVE)})
            if term.names or term.mappings or term.obsolete:
                yield term
    if not own:
        raise InputError(f"{path}: no graphs with classes; this is no OBO graph")
    for curie, primary in secondary.items():
        if curie not in own:
            yield Term(curie, (), obsolete=True, replaced_by=(primary,))


def version_of_obographs(path: Path) -> str:
    """The version of the first graph, or ``""``."""
    for meta in items_below(path, ("graphs", "meta")):
        if isinstance(meta, dict) and meta.get("version"):
            return str(meta["version"])
    return ""


def _term(node: dict[str, Any], parents: dict[str, tuple[str, ...]], language: str) -> Term:
    meta = node.get("meta") or {}
    obsolete = meta.get("deprecated") is True
    curie = curie_of(str(node["id"]))
    return Term(
        curie,
        tidy(_names(node, meta, language), obsolete=obsolete),
        tuple(dict.fromkeys(parents.get(curie, ()))),
        tuple(dict.fromkeys(_mappings(meta))),
        obsolete,
        tuple(map(curie_of, _properties(node, _REPLACED))),
    )


def _properties(node: dict[str, Any], name: str) -> list[str]:
    """The values of an annotation property of a node."""
    found = (node.get("meta") or {}).get("basicPropertyValues", [])
    return [str(p.get("val", "")) for p in found if p.get("pred") == name]


def _names(node: dict[str, Any], meta: dict[str, Any], language: str) -> Iterator[Name]:
    yield Name(str(node.get("lbl") or ""), language, "label")
    for synonym in meta.get("synonyms", []):
        scope = _SCOPE.match(str(synonym.get("pred", "")))
        yield Name(str(synonym.get("val") or ""), language, scope[1].lower() if scope else "related")


def _mappings(meta: dict[str, Any]) -> Iterator[Mapping]:
    for xref in meta.get("xrefs", []):
        if target := str(xref.get("val") or "").strip():
            yield Mapping(curie_of(target))
    for pair in meta.get("basicPropertyValues", []):
        if found := _MATCH.search(str(pair.get("pred", ""))):
            yield Mapping(curie_of(str(pair.get("val", ""))), f"skos:{found[1]}Match")
