"""What is the one CURIE of an identifier? Publishers write ``NCI:C3088``, ``ncit:C3088`` and three kinds of IRI.

The spellings are rows of ``[prefixes]`` in ``ontologies/catalogue.toml``; an unknown prefix stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from kg.resources import folder

_DATED = re.compile(r"_\d{4}_\d\d_\d\d$")
_OBO = re.compile(r"https?://purl\.obolibrary\.org/obo/(?:[a-z]+[#/])?([A-Za-z]+)_(\w+)$")


@cache
def _spellings() -> dict[str, str]:
    """Spelling of a prefix in lower case → the prefix."""
    table = tomllib.loads((folder("ontologies") / "catalogue.toml").read_text(encoding="utf-8"))["prefixes"]
    return {word.lower(): prefix for prefix, row in table.items() for word in (prefix, *row.get("also", []))}


@cache
def _namespaces() -> tuple[tuple[str, str], ...]:
    """(beginning of an IRI, prefix), the longest first."""
    table = tomllib.loads((folder("ontologies") / "catalogue.toml").read_text(encoding="utf-8"))["prefixes"]
    pairs = [(iri, prefix) for prefix, row in table.items() for iri in row.get("iris", [])]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def curie_of(identifier: str) -> str:
    """The CURIE of a CURIE in any spelling or of an IRI; an IRI of an unknown place stays an IRI.

    >>> curie_of("http://purl.obolibrary.org/obo/NCIT_C3088"), curie_of("SNOMEDCT_US_2016_03_01:33176006")
    ('NCIT:C3088', 'SNOMEDCT:33176006')
    """
    prefix, colon, local = identifier.partition(":")
    if not colon:
        return identifier
    if local.startswith("//"):
        return _of_iri(identifier)
    return f"{_prefix(prefix)}:{local}"


@cache
def _prefix(written: str) -> str:
    return _spellings().get(_DATED.sub("", written).lower(), written)


def _of_iri(iri: str) -> str:
    for namespace, prefix in _namespaces():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    if found := _OBO.match(iri):
        return f"{_prefix(found[1])}:{found[2]}"
    return iri
