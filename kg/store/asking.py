"""Which query is meant, and which values? From what a person typed to a question that the graphs can answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote

from kg.errors import UsageError
from kg.graph.write import prefixes
from kg.resources import folder
from kg.store.embedded import Answer, Graphs, Term
from kg.store.queries import NamedQuery, load_queries, read_query

_LABELS = """SELECT DISTINCT ?concept ?label WHERE {
  ?concept <http://www.w3.org/2004/02/skos/core#prefLabel> ?label
} ORDER BY ?concept ?label"""


def find_query(name: str) -> NamedQuery | str:
    """The named query ``name``, or the one of a ``.rq`` file (its plain text where it has no header)."""
    known = load_queries(folder("queries"))
    if name in known:
        return known[name]
    path = Path(name)
    if path.suffix == ".rq":
        text = path.read_text(encoding="utf-8") if path.is_file() else "# question:"
        return read_query(path) if text.startswith("# question:") else text
    near = get_close_matches(name, known, n=3)
    hint = f"is it {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    raise UsageError(f"no query is called {name!r}; {hint} (or name a .rq file)")


def parse_values(pairs: Iterable[str]) -> dict[str, str]:
    """``name=value`` pairs as a mapping."""
    values = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--param takes name=value, not {pair!r}")
        values[name.strip()] = value.strip()
    return values


def ask(graphs: Graphs, query: NamedQuery | str, values: Mapping[str, str]) -> Answer:
    """The answer of a query with values as they were typed.

    An IRI may be typed in full, as a prefixed name, or as a case's id; a concept also by its label.
    """
    if isinstance(query, str):
        return graphs.ask(query, {name: _term(value) for name, value in values.items()})
    types = {parameter.name: parameter.type for parameter in query.parameters}
    return graphs.ask_named(query, {n: _resolved(v, types.get(n, ""), graphs) for n, v in values.items()})


def _expanded(value: str) -> str:
    """An IRI in full, from ``<…>`` or a prefixed name; else the value as it is."""
    if value.startswith("<") and value.endswith(">"):
        return value[1:-1]
    prefix, _, local = value.partition(":")
    return prefixes()[prefix] + local if prefix in prefixes() else value


def _term(value: str) -> Term:
    full = _expanded(value)
    return Term("uri", full) if full != value or "://" in value else Term("literal", value)


def _resolved(value: str, type_: str, graphs: Graphs) -> str:
    if type_ not in ("iri", "concept"):
        return value
    full = _expanded(value)
    if ":" in full:
        return full
    return _case(value, graphs) if type_ == "iri" else _concept(value, graphs)


def _case(case_id: str, graphs: Graphs) -> str:
    cases = {iri.rsplit("/", 1)[-1]: iri for iri in graphs.cases()}
    found = cases.get(quote(case_id, safe="-._~%"))
    if found is None:
        raise UsageError(f"the graph has no case {case_id!r}; it has {_some(case_id, cases)}")
    return found


def _concept(label: str, graphs: Graphs) -> str:
    rows = [(row[1].value, row[0].value) for row in graphs.ask(_LABELS).rows if row[0] and row[1]]
    concepts = {text.casefold(): concept for text, concept in rows}
    found = concepts.get(label.casefold())
    if found is None:
        raise UsageError(f"the graph has no concept {label!r}; it has {_some(label.casefold(), concepts)}")
    return found


def _some(wanted: str, known: Iterable[str]) -> str:
    """A few of the alternatives, the nearest where any is near."""
    names = list(known)
    return ", ".join(get_close_matches(wanted, names, n=5, cutoff=0.4) or names[:5]) or "none"
