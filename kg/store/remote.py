"""How are graphs kept at a SPARQL 1.1 endpoint? Asked with Query, replaced with Graph Store Protocol or Update.

One named graph a case. ``PUT`` replaces it where the server has the Graph Store Protocol; elsewhere one Update drops
and inserts several graphs. Both give the same when they are sent twice, so both are tried again. What a server says
about a failed request is not told, for it may hold words of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlencode

from kg.errors import GraphError, UsageError
from kg.identity import ONTOLOGY
from kg.store.connection import Connection, open_client
from kg.store.embedded import LONGEST, XSD, Answer, Term, read_triples, write_quads
from kg.store.queries import NamedQuery, Parameter, bind, case_of
from kg.store.servers import Addresses, addresses_of

if TYPE_CHECKING:
    import httpx

_BATCH = 20
"""So many graphs go into one Update."""
_ASIDE = re.compile(r"<[^<>\"{}|^`\\\x00-\x20]*>|#[^\n]*")
_FORM = re.compile(r"(?<![\w.-])(?:SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w.-]*:)\b", re.IGNORECASE)
_GRAPHS = ("CONSTRUCT", "DESCRIBE")
_ROWS, _TRIPLES = "application/sparql-results+json", "application/n-triples"
_CASES = f"GRAPH ?graph {{ ?case a <{ONTOLOGY}ClinicalCase> }}"


class Endpoint:
    """The graphs of cases at an endpoint; those of others that it may hold are left alone."""

    def __init__(self, addresses: Addresses, connection: Connection) -> None:
        self._at = addresses
        self._line = connection
        self.batch = _BATCH if addresses.graphs is None else 1

    @classmethod
    def at(cls, url: str) -> Endpoint:
        """The endpoint at ``url`` (``SERVER+URL`` names its kind); ``UsageError`` for what is no URL."""
        addresses = addresses_of(url)
        return cls(addresses, Connection(addresses.given, open_client(addresses.login)))

    def replace_all(self, graphs: Mapping[str, str]) -> None:
        """Put triples (N-Triples text) in the place of each named graph."""
        if self._at.graphs is None:
            parts = (f"DROP SILENT GRAPH <{g}> ;\nINSERT DATA {{ GRAPH <{g}> {{\n{t}}} }}" for g, t in graphs.items())
            self._update(" ;\n".join(parts))
            return
        for graph, triples in graphs.items():
            headers = {"Content-Type": _TRIPLES}
            self._line.send("PUT", self._named(graph), content=triples.encode(), headers=headers)

    def remove(self, graph: str) -> None:
        """Remove the named graph."""
        if self._at.graphs is None:
            self._update(f"DROP SILENT GRAPH <{graph}>")
        else:
            self._line.send("DELETE", self._named(graph), accepted=(404,))

    def has(self, graph: str) -> bool:
        """Whether the named graph is there."""
        return bool(self._column(f"SELECT ?s WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT 1"))

    def cases(self) -> list[str]:
        """The IRIs of all cases, sorted."""
        return self._column(f"SELECT DISTINCT ?case WHERE {{ {_CASES} }} ORDER BY ?case")

    def texts(self) -> Iterator[tuple[str, str]]:
        """The IRI of each graph that holds a case, with its triples as N-Triples text."""
        for graph in self._column(f"SELECT DISTINCT ?graph WHERE {{ {_CASES} }} ORDER BY ?graph"):
            yield graph, self._triples(graph)

    def counts(self) -> dict[str, int]:
        """The numbers of cases, of their graphs and of the triples in these."""
        cases, graphs = "(COUNT(DISTINCT ?case) AS ?cases)", "(COUNT(DISTINCT ?graph) AS ?graphs)"
        found = self.ask(f"SELECT {cases} {graphs} WHERE {{ {_CASES} }}").rows[0]
        triples = f"SELECT (COUNT(*) AS ?triples) WHERE {{ {_CASES} GRAPH ?graph {{ ?s ?p ?o }} }}"
        numbers = zip(("cases", "graphs", "triples"), (*found, self.ask(triples).rows[0][0]), strict=True)
        return {name: int(term.value) for name, term in numbers if term}

    def dump(self, out: BinaryIO, form: str) -> None:
        """Write all cases to a binary file, in a format for graphs with names."""
        write_quads(self.texts(), out, form)

    def flush(self) -> None:
        """Nothing: what the server took, it keeps."""

    def ask(self, query: str, values: Mapping[str, Term] | None = None) -> Answer:
        """The answer over all graphs together; ``values`` are written into the text as terms, in a ``VALUES`` row.

        ``UsageError`` for a query that the server doesn't accept, ``GraphError`` where it cuts the answer short.
        """
        if not values:
            return self._ask(query)
        types = {"uri": "iri", "literal": "string"}
        parameters = tuple(Parameter(name, types[term.kind], False, "") for name, term in values.items())
        return self.ask_named(NamedQuery("-e", "", parameters, (), query), {n: t.value for n, t in values.items()})

    def ask_named(self, query: NamedQuery, values: Mapping[str, str]) -> Answer:
        """The answer of a named query, of a case's named graph alone where a case is given and has one.

        ``UsageError`` for a parameter that the query lacks or that has the wrong type.
        """
        text, case = bind(query, values), case_of(query, values)
        return self._ask(text, case if case and self.has(case) else "")

    def _ask(self, query: str, graph: str = "") -> Answer:
        """The answer over all graphs together, or over the one named ``graph`` (SPARQL 1.1 Protocol, 2.1.4)."""
        scope = {"default-graph-uri": graph} if graph else dict(self._at.union)
        form, content = _form(query), {"query": query} | scope
        # One format: where it may choose, Virtuoso writes a CONSTRUCT as rows.
        headers = {"Accept": _TRIPLES if form in _GRAPHS else _ROWS}
        response = self._line.send("POST", self._at.query, (400,), data=content, headers=headers)
        if response.status_code == 400:
            # The question is the asker's own, so the server's words about it may be told.
            raise UsageError(f"the query is not accepted by the server: {' '.join(response.text.split())[:LONGEST]}")
        self._check_whole(response)
        try:
            return _answer(response, form)
        except (ValueError, KeyError, TypeError, SyntaxError) as error:
            raise GraphError(f"{self._at.given}: doesn't answer as a SPARQL 1.1 endpoint; check the address") from error

    def _check_whole(self, response: httpx.Response) -> None:
        """Virtuoso cuts answers short and says so in headers only."""
        limit = response.headers.get("X-SPARQL-MaxRows")
        if limit or response.headers.get("X-SQL-State") == "S1TAT":
            told = f"at {limit} rows (ResultSetMaxRows)" if limit else "at its time limit"
            raise GraphError(f"{self._at.given}: the server cut the answer short {told}; raise that, or ask for less")

    def _triples(self, graph: str) -> str:
        """The triples of a named graph as N-Triples text."""
        headers = {"Accept": _TRIPLES}
        if self._at.graphs is not None:
            return self._line.send("GET", self._named(graph), headers=headers).content.decode()
        form = {"query": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"}
        response = self._line.send("POST", self._at.query, data=form, headers=headers)
        self._check_whole(response)
        return response.content.decode()

    def _update(self, text: str) -> None:
        headers = {"Content-Type": "application/sparql-update"}
        self._line.send("POST", self._at.update, content=text.encode(), headers=headers)

    def _named(self, graph: str) -> str:
        """The address of a named graph; encoded here, for httpx takes ``%20`` in a value for encoded already."""
        return f"{self._at.graphs}?{urlencode({'graph': graph})}"

    def _column(self, query: str) -> list[str]:
        return [row[0].value for row in self._ask(query).rows if row[0]]


def _form(query: str) -> str:
    """The keyword that says what a query returns: the first one, prologue and comments aside.

    >>> _form("PREFIX ask: <http://e/#select> CONSTRUCT WHERE { ?s ?p ?o }")
    'CONSTRUCT'
    """
    found = _FORM.search(_ASIDE.sub(" ", query))
    return found[0].upper() if found else "SELECT"


def _answer(response: httpx.Response, form: str) -> Answer:
    if form in _GRAPHS:
        return Answer(("subject", "predicate", "object"), tuple(read_triples(response.content)))
    told = response.json()
    if form == "ASK":
        # Virtuoso says it with a row, or none.
        said = bool(told["boolean"] if "boolean" in told else told["results"]["bindings"])
        return Answer(("answer",), ((Term("literal", str(said).lower(), XSD + "boolean"),),), said)
    columns = tuple(told["head"]["vars"])
    return Answer(columns, tuple(tuple(_term(row.get(c)) for c in columns) for row in told["results"]["bindings"]))


def _term(told: Mapping[str, str] | None) -> Term | None:
    if told is None:
        return None
    kind = "literal" if told["type"] == "typed-literal" else told["type"]
    datatype, language = told.get("datatype", ""), told.get("xml:lang", "")
    return Term(kind, told["value"], "" if language or datatype == XSD + "string" else datatype, language)
