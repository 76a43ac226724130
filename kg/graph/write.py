"""How are triples written? N-Quads, N-Triples, Turtle and TriG by joining strings; JSON-LD through pyoxigraph.

A case is *rendered* on its own, in any process, to a ``Part``; ``join`` puts parts together in their order, so that the
bytes depend on neither machine nor parallelism. In N-Quads and TriG each case is a named graph. The other formats hold
one graph: a triple about a concept that several cases use is written once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from kg.errors import GraphError, UsageError
from kg.graph.terms import Triple
from kg.identity import CASE_BASE
from kg.resources import folder

FORMATS = ("ttl", "trig", "nq", "nt", "jsonld")
_NAMED = frozenset({"trig", "nq"})
_TURTLE = frozenset({"ttl", "trig"})
_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PLAIN_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?!.*/\.)[^?#]*/")
_RELATIVE = re.compile(r"[A-Za-z0-9_~%-][A-Za-z0-9_.~%-]*(?:#\S*)?")
_SHORT = {"integer": re.compile(r"[+-]?\d+"), "decimal": re.compile(r"[+-]?\d*\.\d+")}


@dataclass(frozen=True, slots=True)
class Part:
    """One case, rendered: its own triples as text, the prefixes used there, and triples that others may share."""

    text: str
    prefixes: tuple[str, ...] = ()
    shared: tuple[Triple, ...] = ()


def format_of(name: str) -> str:
    """The format that an output's ending names; ``UsageError`` lists the endings there are.

    >>> format_of("cases.nq")
    'nq'
    """
    ending = name.rsplit(".", 1)[-1].lower()
    if "." not in name or ending not in FORMATS:
        endings = ", ".join("." + f for f in FORMATS)
        raise UsageError(f"{name}: the ending names no format; there are {endings}, or a folder (ending in /)")
    return ending


@cache
def prefixes() -> dict[str, str]:
    """Prefix → namespace, the rows of ``ontologies/prefixes.tsv``."""
    rows = (folder("ontologies") / "prefixes.tsv").read_text(encoding="utf-8").splitlines()
    return dict(row.split("\t") for row in rows if row and not row.startswith("#"))


class Names:
    """Short forms of IRIs and literals in Turtle, and which prefixes they used.

    IRIs below ``base`` become relative (``<demo#char=1,2>``), the others prefixed names where Turtle allows it.
    """

    def __init__(self, base: str = CASE_BASE) -> None:
        self.base = base.rstrip("/") + "/"
        self.relative = bool(_PLAIN_BASE.fullmatch(self.base))
        self.used: dict[str, None] = {}
        self._by_namespace = {namespace: prefix for prefix, namespace in prefixes().items()}
        self._known: dict[str, str] = {}

    def predicate(self, term: str) -> str:
        """The short form of a predicate (``a`` for rdf:type)."""
        return "a" if term == _A else self.short(term)

    def short(self, term: str) -> str:
        """The short form of a term in N-Triples syntax."""
        if term[-1] != ">":
            return term
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = self._iri(term[1:-1]) if term[0] == "<" else self._typed(term)
        return found

    def _typed(self, term: str) -> str:
        lexical, _, datatype = term[:-1].rpartition("^^<")
        kind = datatype.removeprefix(_XSD)
        if kind in _SHORT and _SHORT[kind].fullmatch(lexical, 1, len(lexical) - 1):
            return lexical[1:-1]
        return f"{lexical}^^{self._iri(datatype)}"

    def _iri(self, iri: str) -> str:
        if self.relative and iri.startswith(self.base) and _RELATIVE.fullmatch(iri, len(self.base)):
            return f"<{iri[len(self.base) :]}>"
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._by_namespace.get(iri[:cut])
        if prefix is None or not _LOCAL.fullmatch(iri, cut):
            return f"<{iri}>"
        self.used[prefix] = None
        return f"{prefix}:{iri[cut:]}"


def short_name(iri: str) -> str:
    """An IRI for people: a prefixed name, as far as there is a prefix (``case:demo#char=1,2``).

    >>> short_name("http://purl.obolibrary.org/obo/MONDO_0005089")
    'obo:MONDO_0005089'
    """
    found = [(namespace, prefix) for prefix, namespace in prefixes().items() if iri.startswith(namespace)]
    namespace, prefix = max(found, default=("", ""))
    return f"{prefix}:{iri[len(namespace) :]}" if found else iri


def _turtle(triples: Iterable[Triple], names: Names) -> str:
    """Triples grouped by subject in the order given, ``a`` first, objects of one predicate parted by commas."""
    subjects: dict[str, dict[str, str]] = {}
    short = names.short
    for subject, predicate, value in triples:
        pairs = subjects.get(subject)
        if pairs is None:
            pairs = subjects[subject] = {}
        before = pairs.get(predicate)
        pairs[predicate] = short(value) if before is None else f"{before} , {short(value)}"
    blocks = []
    for subject, pairs in subjects.items():
        ordered = pairs if next(iter(pairs)) == _A else sorted(pairs, key=lambda p: p != _A)
        lines = [f"{names.predicate(p)} {pairs[p]}" for p in ordered]
        blocks.append(f"{short(subject)} " + " ;\n    ".join(lines) + " .\n")
    return "\n".join(blocks)


def render(triples: Iterable[Triple], graph: str, form: str, base: str = CASE_BASE) -> Part:
    """The triples of the case with the IRI ``graph``, ready to be joined with others in the format ``form``."""
    if form == "nq":
        end = f" <{graph}> .\n"
        return Part("".join([f"{s} {p} {o}{end}" for s, p, o in triples]))
    names = Names(base)
    if form == "trig":
        return Part(f"{names.short(f'<{graph}>')} {{\n\n{_turtle(triples, names)}\n}}\n", tuple(names.used))
    own: list[Triple] = []
    shared: list[Triple] = []
    mine = (f"<{graph}>", f"<{graph}#")
    for triple in triples:
        (own if triple[0].startswith(mine) else shared).append(triple)
    text = _turtle(own, names) if form == "ttl" else "".join(f"{s} {p} {o} .\n" for s, p, o in own)
    return Part(text, tuple(names.used), tuple(shared))


def join(parts: Iterable[Part], form: str, base: str = CASE_BASE) -> Iterator[str]:
    """The text of an RDF file, piece by piece: base, prefixes (once, before their first use), parts."""
    declared: set[str] = set()
    seen: set[Triple] = set()
    names = Names(base)
    head = f"@base <{names.base}> .\n" if form in _TURTLE and names.relative else ""
    for part in parts:
        yield head
        head = ""
        new = [triple for triple in part.shared if triple not in seen]
        seen.update(new)
        names.used.clear()
        more = _turtle(new, names) if form == "ttl" else "".join(f"{s} {p} {o} .\n" for s, p, o in new)
        if form in _TURTLE:
            fresh = sorted({*part.prefixes, *names.used} - declared)
            declared.update(fresh)
            yield "".join(f"@prefix {p}: <{prefixes()[p]}> .\n" for p in fresh)
            yield "\n"
        yield part.text
        if more:
            yield "\n" + more if form == "ttl" else more


def write_parts(parts: Iterable[Part], form: str, out: BinaryIO, base: str = CASE_BASE) -> None:
    """Write parts, rendered for ``form``, to a binary file as they come."""
    if form == "jsonld":
        _write_jsonld(parts, out)
        return
    for piece in join(parts, form, base):
        out.write(piece.encode())


def _write_jsonld(parts: Iterable[Part], out: BinaryIO) -> None:
    import pyoxigraph as ox

    quads = (quad.triple for piece in join(parts, "jsonld") for quad in ox.parse(piece, ox.RdfFormat.N_TRIPLES))
    ox.serialize(quads, out, ox.RdfFormat.JSON_LD)


def write(triples: Iterable[Triple], graph: str, form: str, base: str = CASE_BASE) -> str:
    """One case as the text of an RDF file in the format ``form`` (one of ``FORMATS``)."""
    from io import BytesIO

    if form == "nq":
        return render(triples, graph, form, base).text
    out = BytesIO()
    write_parts([render(triples, graph, form, base)], form, out, base)
    return out.getvalue().decode()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of ``path`` when it is complete and on disk, and is removed on any error.

    Devices and pipes are written directly. Raises ``GraphError`` where the folder can't be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as out:
                yield out
            return
        target = path.resolve()
        unfinished = target.with_name(f".{target.name[:200]}.{os.getpid()}.tmp")
        try:
            with unfinished.open("wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise GraphError(f"{path}: can't be written ({error.strerror}); name another place") from error
