"""How do others see the named queries? The library as RDF, each an ``sh:SPARQLExecutable`` with ``sh:prefixes``.

Editors and servers that know SHACL's vocabulary for queries (SHACL-AF, section 5) can list and run them from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.graph.terms import Triple, iri, text, typed
from kg.graph.write import prefixes, write
from kg.identity import QUERY_BASE
from kg.store.queries import NamedQuery, Parameter

_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_COMMENT, _LABEL = (iri("http://www.w3.org/2000/01/rdf-schema#" + name) for name in ("comment", "label"))
_XSD = "http://www.w3.org/2001/XMLSchema#"
_PREFIX = re.compile(r"PREFIX\s+(\w+):\s*<[^>]*>\s*", re.IGNORECASE)


def _sh(name: str) -> str:
    return iri("http://www.w3.org/ns/shacl#" + name)


def library(queries: Iterable[NamedQuery]) -> str:
    """The queries as Turtle: question, parameters and text of each."""
    known = list(queries)
    triples = [triple for query in known for triple in _query(query)]
    used = sorted({name for query in known for name in _PREFIX.findall(query.text)})
    return write([*triples, *(triple for name in used for triple in _prefix(name))], QUERY_BASE, "ttl", QUERY_BASE)


def _query(query: NamedQuery) -> Iterator[Triple]:
    me = iri(QUERY_BASE + query.name)
    yield me, _A, _sh("SPARQLExecutable")
    yield me, _A, _sh("SPARQLSelectExecutable")
    yield me, _LABEL, text(query.name)
    yield me, _COMMENT, text(query.question, "en")
    yield me, _sh("prefixes"), iri(QUERY_BASE + "prefixes")
    yield me, _sh("select"), text(_plain(query.text))
    for order, parameter in enumerate(query.parameters):
        yield from _parameter(me, parameter, order)


def _plain(query: str) -> str:
    """The query without its header and its prefixes, which stand in the graph."""
    lines = query.splitlines()
    start = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    return _PREFIX.sub("", "\n".join(lines[start:])).strip()


def _parameter(query: str, parameter: Parameter, order: int) -> Iterator[Triple]:
    """A parameter; the local name of its path is the variable, as SHACL has it."""
    me = f"{query[:-1]}#{parameter.name}>"
    yield query, _sh("parameter"), me
    yield me, _A, _sh("Parameter")
    yield me, _sh("path"), iri(f"{QUERY_BASE}parameter#{parameter.name}")
    yield me, _sh("description"), text(parameter.description, "en")
    yield me, _sh("optional"), typed(str(not parameter.required).lower(), "boolean")
    yield me, _sh("order"), typed(str(order), "integer")
    if parameter.type in ("string", "integer"):
        yield me, _sh("datatype"), iri(_XSD + parameter.type)
    else:
        yield me, _sh("nodeKind"), _sh("IRI")


def _prefix(name: str) -> Iterator[Triple]:
    me = iri(f"{QUERY_BASE}prefixes#{name}")
    yield iri(QUERY_BASE + "prefixes"), _sh("declare"), me
    yield me, _A, _sh("PrefixDeclaration")
    yield me, _sh("prefix"), text(name)
    yield me, _sh("namespace"), typed(prefixes()[name], "anyURI")
