"""Where do graphs live on this machine? In an embedded Oxigraph: in memory, or on disk with one named graph a case.

The one door to pyoxigraph for what is stored and asked. Terms cross it as ``Term``, graphs as text.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from kg.errors import GraphError, UsageError
from kg.identity import ONTOLOGY
from kg.store.queries import NamedQuery, case_of, substitutions
from kg.store.snapshots import hold, is_store, publish, published

if TYPE_CHECKING:
    import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
FILES = ("ttl", "trig", "nq", "nt", "jsonld", "rdf", "owl", "n3")
"""Endings of the files that can be loaded."""
DATASETS = ("nq", "trig", "jsonld")
"""Formats that keep the names of graphs."""
LONGEST = 200
"""So many characters of the parser's words are passed on; it may list hundreds of tokens."""


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


class Graphs:
    """Graphs that can be asked: an in-memory store, or one on disk.

    A store on disk has one writer at a time. Each change is one transaction; readers (other processes too) see the
    state of the last ``flush``, and go on seeing it until they are opened anew.
    """

    batch = 1

    def __init__(self, store: ox.Store | None = None, folder: Path | None = None) -> None:
        import pyoxigraph as ox

        self._store = store if store is not None else ox.Store()
        self._folder = folder

    @classmethod
    def on_disk(cls, path: Path, *, read_only: bool = False) -> Graphs:
        """The store in the folder ``path``, made if it isn't there; ``GraphError`` where it can't be opened."""
        import pyoxigraph as ox

        if path.exists() and not is_store(path) and (not path.is_dir() or any(path.iterdir())):
            raise GraphError(f"{path}: is not a store; name a new or empty folder")
        if not read_only:
            with _on(path, "opened"):
                graphs = cls(ox.Store(str(path)), path)
            if published(path) is None:
                graphs.flush()
            return graphs
        held = hold(path)
        try:
            with _on(path, "opened"):
                graphs = cls(ox.Store.read_only(str(held.folder)))
        except GraphError:
            held.release()
            raise
        weakref.finalize(graphs, held.release)
        return graphs

    def load(self, data: bytes, form: str, where: str) -> None:
        """Add the triples of an RDF file; ``GraphError`` names its line."""
        try:
            self._store.load(data, _format(form), base_iri=None)
        except SyntaxError as error:
            place = f":{error.lineno}" if error.lineno else ""
            raise GraphError(f"{where}{place}: not valid {_format(form)}; check the file and its ending") from error

    def replace(self, graph: str, triples: str) -> None:
        """Put ``triples`` (N-Triples text) in the place of the named graph, in one transaction."""
        import pyoxigraph as ox

        name = ox.NamedNode(graph)
        with _on(self._folder, "written"):
            if self._store.contains_named_graph(name):
                self._store.update(f"DROP GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}")
            else:  # one transaction too, and a quarter faster
                self._store.load(triples, ox.RdfFormat.N_TRIPLES, to_graph=name)

    def replace_all(self, graphs: Mapping[str, str]) -> None:
        """Put triples (N-Triples text) in the place of each named graph, one transaction each."""
        for graph, triples in graphs.items():
            self.replace(graph, triples)

    def remove(self, graph: str) -> None:
        """Remove the named graph."""
        with _on(self._folder, "written"):
            self._store.update(f"DROP SILENT GRAPH <{graph}>")

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

    def counts(self) -> dict[str, int]:
        """The numbers of cases, of named graphs and of triples."""
        graphs = sum(1 for _ in self._store.named_graphs())
        return {"cases": len(self.cases()), "graphs": graphs, "triples": len(self._store)}

    def dump(self, out: BinaryIO, form: str) -> None:
        """Write everything to a binary file, in one of ``DATASETS``; the same content gives the same bytes."""
        self._store.dump(out, _dataset(form))

    def backup(self, folder: Path) -> None:
        """Copy a store on disk to a new folder (by hard links where that can be); ``GraphError`` where it can't."""
        if folder.exists():
            raise GraphError(f"{folder}: is there already; name a new folder")
        with _on(folder, "written"):
            self._store.backup(str(folder))

    def compact(self) -> None:
        """Give back the space of what was replaced or removed, which also makes asking faster."""
        with _on(self._folder, "written"):
            self._store.optimize()

    def flush(self) -> None:
        """Bring everything to disk, and show it to readers."""
        with _on(self._folder, "written"):
            self._store.flush()
            if self._folder is not None:
                publish(self._folder, self._store.backup)

    def ask(self, query: str, values: Mapping[str, Term] | None = None) -> Answer:
        """The answer over all graphs together; ``values`` are bound as RDF terms, never formatted into the text.

        ``UsageError`` for a query that isn't valid SPARQL.
        """
        import pyoxigraph as ox

        bound: dict[ox.Variable, Any] = {ox.Variable(name): _node(term) for name, term in (values or {}).items()}
        return self._run(query, bound)

    def ask_named(self, query: NamedQuery, values: Mapping[str, str]) -> Answer:
        """The answer of a named query; ``UsageError`` for a parameter that it lacks or that has the wrong type."""
        bound, case = dict(substitutions(query, values)), case_of(query, values)
        return self._run(query.text, bound, case if case and self.has(case) else "")

    def _run(self, query: str, bound: dict[ox.Variable, Any], graph: str = "") -> Answer:
        """The answer over all graphs together, or over the one named ``graph``."""
        import pyoxigraph as ox

        scope: dict[str, Any] = {"use_default_graph_as_union": True}
        if graph:
            scope = {"default_graph": ox.NamedNode(graph)}
        try:
            found: Any = self._store.query(query, substitutions=bound, **scope)
            if isinstance(found, ox.QueryBoolean):
                said = bool(found)
                return Answer(("answer",), ((Term("literal", str(said).lower(), XSD + "boolean"),),), said)
            if isinstance(found, ox.QueryTriples):
                return Answer(("subject", "predicate", "object"), _rows(found))
            return Answer(tuple(v.value for v in found.variables), _rows(found))
        except SyntaxError as error:
            told = " ".join(str(error).split())
            raise UsageError(f"the query is not valid SPARQL: {told[:LONGEST]}") from error


@contextmanager
def _on(path: Path | None, what: str) -> Iterator[None]:
    """What RocksDB says about a folder, as one line."""
    try:
        yield
    except OSError as error:
        hint = "it is damaged, the folder can't be written, or the disk is full"
        if "lock" in str(error).lower():
            hint = "another program is writing to it, wait for that to end or name another store"
        raise GraphError(f"{path or 'the store in memory'}: the store can't be {what}; {hint}") from error


def read_triples(data: bytes) -> Iterator[tuple[Term | None, ...]]:
    """The triples of N-Triples as terms; ``SyntaxError`` where it isn't."""
    import pyoxigraph as ox

    return (tuple(map(_term, quad.triple)) for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES))


def write_quads(graphs: Iterable[tuple[str, str]], out: BinaryIO, form: str) -> None:
    """Write graphs (IRI, N-Triples text) to a binary file, in one of ``DATASETS``."""
    import pyoxigraph as ox

    def quads() -> Iterator[ox.Quad]:
        for graph, triples in graphs:
            name = ox.NamedNode(graph)
            for quad in ox.parse(triples, ox.RdfFormat.N_TRIPLES):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, name)

    ox.serialize(quads(), out, _dataset(form))


def _dataset(form: str) -> ox.RdfFormat:
    if form not in DATASETS:
        raise UsageError(f"{form!r} doesn't keep the names of graphs; there are {', '.join(DATASETS)}")
    return _format(form)


def _format(form: str) -> ox.RdfFormat:
    import pyoxigraph as ox

    found = ox.RdfFormat.from_extension(form) if form in FILES else None
    if found is None:
        raise UsageError(f".{form} names no RDF format; there are {', '.join('.' + f for f in FILES)}")
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
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype or XSD + "string"))


def _rows(found: Iterable[Iterable[Any]]) -> tuple[tuple[Term | None, ...], ...]:
    """Rows of the library's terms as rows of ours; a term that stands often is made once."""
    known: dict[Any, Term | None] = {}

    def term(node: Any) -> Term | None:
        if node not in known:
            known[node] = _term(node)
        return known[node]

    return tuple(tuple(map(term, row)) for row in found)


def _term(node: Any) -> Term | None:
    import pyoxigraph as ox

    if node is None:
        return None
    if isinstance(node, ox.Literal):
        datatype = "" if node.language or node.datatype.value == XSD + "string" else node.datatype.value
        return Term("literal", node.value, datatype, node.language or "")
    return Term("uri" if isinstance(node, ox.NamedNode) else "bnode", node.value)
