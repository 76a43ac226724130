"""Where are the graphs that are meant? In a file, a folder of files, a store on disk, or at a SPARQL endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote

from kg.errors import GraphError, UsageError
from kg.store.embedded import FILES, Answer, Graphs, Term
from kg.store.queries import NamedQuery
from kg.store.servers import is_url
from kg.store.snapshots import is_store


class Store(Protocol):
    """What every place of graphs can do, embedded (``Graphs``) or remote (``Endpoint``); one named graph a case.

    ``batch`` is how many graphs ``replace_all`` is best given at a time.
    """

    batch: int

    def ask(self, query: str, values: Mapping[str, Term] | None = None) -> Answer: ...
    def ask_named(self, query: NamedQuery, values: Mapping[str, str]) -> Answer: ...
    def cases(self) -> list[str]: ...
    def has(self, graph: str) -> bool: ...
    def texts(self) -> Iterator[tuple[str, str]]: ...
    def counts(self) -> dict[str, int]: ...
    def dump(self, out: BinaryIO, form: str) -> None: ...
    def replace_all(self, graphs: Mapping[str, str]) -> None: ...
    def remove(self, graph: str) -> None: ...
    def flush(self) -> None: ...


def open_graphs(where: str, data: bytes | None = None) -> Store:
    """The graphs of an RDF file, of a folder of RDF files, of a store's folder or URL, or of ``data`` (standard input).

    ``GraphError`` where nothing is there, or what is there is no RDF.
    """
    if data is not None:
        return _unnamed(data)
    if is_url(where):
        return _endpoint(where)
    path = Path(where)
    if is_store(path):
        return Graphs.on_disk(path, read_only=True)
    files = sorted(p for p in path.rglob("*") if p.suffix[1:] in FILES) if path.is_dir() else [path]
    if not files:
        raise GraphError(f"{where}: neither a store nor a folder of RDF files; name a graph that kg build wrote")
    graphs = Graphs()
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise GraphError(f"{file}: can't be read ({error.strerror}); name a graph that kg build wrote") from error
        graphs.load(content, file.suffix[1:].lower(), str(file))
    return graphs


def open_store(where: str, *, write: bool = False) -> Store:
    """The store in the folder ``where`` (or at the URL); ``GraphError`` where there is none."""
    if is_url(where):
        return _endpoint(where)
    return open_folder(Path(where), write=write)


def open_folder(path: Path, *, write: bool = False) -> Graphs:
    """The store in the folder ``path``; ``GraphError`` where there is none."""
    if not is_store(path):
        raise GraphError(f"{path}: is not a store; name a folder that kg build --store wrote")
    return Graphs.on_disk(path, read_only=not write)


def make_store(where: str) -> Store:
    """The store in the folder ``where``, to be written and made if it isn't there; or the endpoint at the URL."""
    return _endpoint(where) if is_url(where) else Graphs.on_disk(Path(where))


def find_case(store: Store, name: str) -> str:
    """The IRI of the case with this id or IRI; ``UsageError`` where the store has none."""
    cases = store.cases()
    for case in cases:
        if name == case or case.endswith("/" + quote(name, safe="-._~%")):
            return case
    near = get_close_matches(name, (case.rsplit("/", 1)[-1] for case in cases), n=3)
    hint = f"is it {' or '.join(near)}?" if near else f"it has {len(cases)} others"
    raise UsageError(f"the store has no case {name!r}; {hint}")


def _endpoint(url: str) -> Store:
    from kg.store.remote import Endpoint

    return Endpoint.at(url)


def _unnamed(data: bytes) -> Graphs:
    """The graphs of standard input: JSON-LD by its bracket, else N-Quads, else TriG (which holds Turtle)."""
    graphs = Graphs()
    if data.lstrip()[:1] in (b"{", b"["):
        graphs.load(data, "jsonld", "<stdin>")
        return graphs
    try:
        graphs.load(data, "nq", "<stdin>")
    except GraphError:
        graphs.load(data, "trig", "<stdin>")
    return graphs
