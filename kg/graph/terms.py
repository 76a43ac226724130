"""RDF terms as N-Triples text: the form in which a case's triples are made, sorted and written."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from kg.identity import ONTOLOGY

Triple = tuple[str, str, str]
"""Subject, predicate and object, each in N-Triples syntax."""
Pair = tuple[str, str]
"""Predicate and object."""

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OA = "http://www.w3.org/ns/oa#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
TIME = "http://www.w3.org/2006/time#"
DCTERMS = "http://purl.org/dc/terms/"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_SPECIAL = re.compile(r'[\\"\n\r\t\x08\x0c]|[\x00-\x1f\x7f]')


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def text(value: str, language: str = "") -> str:
    """A string literal, with a language tag where one is given.

    >>> text('say "a"', "fr")
    '"say \\\\"a\\\\""@fr'
    """
    body = f'"{_SPECIAL.sub(_escape, value)}"'
    return f"{body}@{language}" if language else body


def typed(value: str, datatype: str) -> str:
    """A literal with an XSD datatype (``integer``, ``decimal``, ``gYearMonth`` …)."""
    return f'"{value}"^^<{XSD}{datatype}>'


def integer(value: int) -> str:
    """A whole number."""
    return typed(str(value), "integer")


def decimal(value: Decimal) -> str:
    """A decimal number without needless zeros, always with a point.

    >>> decimal(Decimal("60")), decimal(Decimal("12.50"))
    ('"60.0"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"12.5"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    """
    plain = f"{value.normalize():f}"
    return typed(plain if "." in plain else plain + ".0", "decimal")


def iri(value: str) -> str:
    """An IRI."""
    return f"<{value}>"


@cache
def kg(name: str) -> str:
    """A term of our ontology."""
    return f"<{ONTOLOGY}{name}>"


def date(iso: str) -> str:
    """A date at its precision: ``gYear``, ``gYearMonth`` or ``date``."""
    return typed(iso, {4: "gYear", 7: "gYearMonth"}.get(len(iso), "date"))


TYPE = iri(RDF + "type")
EXACT_MATCH, BROAD_MATCH = iri(SKOS + "exactMatch"), iri(SKOS + "broadMatch")
LABEL, NOTATION, BROADER = iri(SKOS + "prefLabel"), iri(SKOS + "notation"), iri(SKOS + "broader")
SOURCE, TITLE, VERSION_OF = iri(DCTERMS + "source"), iri(DCTERMS + "title"), iri(DCTERMS + "isVersionOf")
SCHEME, IN_SCHEME, VERSION = iri(SKOS + "ConceptScheme"), iri(SKOS + "inScheme"), iri(OWL + "versionInfo")
SUBCLASS = iri(RDFS + "subClassOf")
