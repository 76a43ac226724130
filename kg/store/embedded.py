"""Where do graphs live? In an embedded Oxigraph: in memory, or on disk with one named graph a case.

The one door to pyoxigraph for what is stored and asked. Terms cross it as ``Term``, graphs as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import GraphError, UsageError
from kg.identity import ONTOLOGY
from kg.store.queries import NamedQuery, substitutions

if TYPE_CHECKING:
    import pyoxigraph as ox

_XSD = "http://www.w3.org/2001/XMLSchema#"
_FILES = ("ttl", "trig", "nq", "nt", "jsonld", "rdf", "owl", "n3")
LONGEST = 200
"""So many characters of the parser's words are passed on; it may list hundreds of tokens."""
_MARK = "CURRENT"
"""The file by which a folder is known for a store."""


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term: ``kind`` is ``uri``, ``bnode`` or ``literal``; ``datatype`` is empty for plain strings."""

    kind: str
    value: str
    datatype: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a query: rows of terms, None where a variable is unbound.

    ASK answers with ``boolean`` and one row in the column ``answer``; CONSTRUCT with the columns ``subject``,
    ``predicate``, ``object``.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    boolean: bool | None = None


def is_store(path: Path) -> bool:
    """Whether ``path`` is the folder of an on-disk store."""
    return (path / _MARK).is_file()


class Graphs:
    """Graphs that can be asked: an in-memory store, or one on disk."""

    def __init__(self, store: ox.Store | None = None) -> None:
        import pyoxigraph as ox

        self._store = store if store is not None else ox.Store()

    @classmethod
    def on_disk(cls, path: Path, *, read_only: bool = False) -> Graphs:
        """The store in the folder ``path``, made if it isn't there; ``GraphError`` where it can't be opened."""
        import pyoxigraph as ox

        if path.exists() and not is_store(path) and (not path.is_dir() or any(path.iterdir())):
            raise GraphError(f"{path}: is not a store; name a new or empty folder")
        try:
            return cls(ox.Store.read_only(str(path)) if read_only else ox.Store(str(path)))
        except OSError as error:
            hint = "it is damaged, or the folder can't be written"
            if "lock" in str(error).lower():
                hint = "another program has it open, close that first"
            raise GraphError(f"{path}: the store can't be opened; {hint}") from error

    def load(self, data: bytes, form: str, where: str) -> None:
        """Add the triples of an RDF file; ``GraphError`` names its line."""
        try:
            self._store.load(data, _format(form), base_iri=None)
        except SyntaxError as error:
            place = f":{error.lineno}" if error.lineno else ""
            raise GraphError(f"{where}{place}: not valid {_format(form)}; check the file and its ending") from error

    def replace(self, graph: str, triples: str) -> None:
        """Put ``triples`` (N-Triples text) in the place of the named graph, in one transaction."""
        self._store.update(f"DROP SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}")

    def has(self, graph: str) -> bool:
        """Whether the named graph is there."""
        import pyoxigraph as ox

        return bool(self._store.contains_named_graph(ox.NamedNode(graph)))

    def cases(self) -> list[str]:
        """The IRIs of all cases, sorted."""
        answer = self.ask(f"SELECT DISTINCT ?case WHERE {{ ?case a <{ONTOLOGY}ClinicalCase> }} ORDER BY ?case")
        return [row[0].value for row in answer.rows if row[0]]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Each graph's IRI (empty for the default graph) with its triples as N-Triples text; no empty ones."""
        import pyoxigraph as ox

        names = sorted(self._store.named_graphs(), key=str)
        for graph in (ox.DefaultGraph(), *names):
            quads = list(self._store.quads_for_pattern(None, None, None, graph))
            if quads:
                text = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES) or b""
                yield ("" if isinstance(graph, ox.DefaultGraph) else graph.value), text.decode()

    def flush(self) -> None:
        """Bring everything to disk."""
        self._store.flush()

    def ask(self, query: str, values: Mapping[str, Term] | None = None) -> Answer:
        """The answer over all graphs together; ``values`` are bound as RDF terms, never formatted into the text.

        ``UsageError`` for a query that isn't valid SPARQL.
        """
        import pyoxigraph as ox

        bound: dict[ox.Variable, Any] = {ox.Variable(name): _node(term) for name, term in (values or {}).items()}
        return self._run(query, bound)

    def ask_named(self, query: NamedQuery, values: Mapping[str, str]) -> Answer:
        """The answer of a named query; ``UsageError`` for a parameter that it lacks or that has the wrong type."""
        return self._run(query.text, dict(substitutions(query, values)))

    def _run(self, query: str, bound: dict[ox.Variable, Any]) -> Answer:
        import pyoxigraph as ox

        try:
            found: Any = self._store.query(query, use_default_graph_as_union=True, substitutions=bound)
            if isinstance(found, ox.QueryBoolean):
                said = bool(found)
                return Answer(("answer",), ((Term("literal", str(said).lower(), _XSD + "boolean"),),), said)
            if isinstance(found, ox.QueryTriples):
                return Answer(("subject", "predicate", "object"), tuple(tuple(map(_term, triple)) for triple in found))
            return Answer(tuple(v.value for v in found.variables), tuple(tuple(map(_term, row)) for row in found))
        except SyntaxError as error:
            told = " ".join(str(error).split())
            raise UsageError(f"the query is not valid SPARQL: {told[:LONGEST]}") from error


def _format(form: str) -> ox.RdfFormat:
    import pyoxigraph as ox

    found = ox.RdfFormat.from_extension(form) if form in _FILES else None
    if found is None:
        raise UsageError(f".{form} names no RDF format; there are {', '.join('.' + f for f in _FILES)}")
    return found


def _node(term: Term) -> ox.NamedNode | ox.Literal:
    import pyoxigraph as ox

    if term.kind == "uri":
        try:
            return ox.NamedNode(term.value)
        except ValueError as error:
            raise UsageError(f"{term.value!r} is not an IRI") from error
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype or _XSD + "string"))


def _term(node: Any) -> Term | None:
    import pyoxigraph as ox

    if node is None:
        return None
    if isinstance(node, ox.Literal):
        datatype = "" if node.language or node.datatype.value == _XSD + "string" else node.datatype.value
        return Term("literal", node.value, datatype, node.language or "")
    return Term("uri" if isinstance(node, ox.NamedNode) else "bnode", node.value)


def open_graphs(where: str, data: bytes | None = None) -> Graphs:
    """The graphs of an RDF file, of a folder of RDF files, of a store's folder, or of ``data`` (standard input).

    ``GraphError`` where nothing is there, or what is there is no RDF.
    """
    graphs = Graphs()
    if data is not None:
        _load_unnamed(graphs, data)
        return graphs
    path = Path(where)
    if is_store(path):
        return Graphs.on_disk(path, read_only=True)
    files = sorted(p for p in path.rglob("*") if p.suffix[1:] in _FILES) if path.is_dir() else [path]
    if not files:
        raise GraphError(f"{where}: neither a store nor a folder of RDF files; name a graph that kg build wrote")
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise GraphError(f"{file}: can't be read ({error.strerror}); name a graph that kg build wrote") from error
        graphs.load(content, file.suffix[1:].lower(), str(file))
    return graphs


def _load_unnamed(graphs: Graphs, data: bytes) -> None:
    """Load standard input: JSON-LD by its bracket, else N-Quads, else TriG (which holds Turtle)."""
    if data.lstrip()[:1] in (b"{", b"["):
        graphs.load(data, "jsonld", "<stdin>")
        return
    try:
        graphs.load(data, "nq", "<stdin>")
    except GraphError:
        graphs.load(data, "trig", "<stdin>")
