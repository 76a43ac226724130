"""Which query is meant, and which values? From what a person typed to a question that the graphs can answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

from kg.errors import UsageError
from kg.graph.write import prefixes, short_name
from kg.resources import folder
from kg.store.embedded import Answer, Term
from kg.store.opening import Store
from kg.store.queries import NamedQuery, Parameter, load_queries, read_query

_LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
_LABELS = f"SELECT DISTINCT ?concept ?label WHERE {{ ?concept {_LABEL} ?label }} ORDER BY ?concept ?label"
_USED = f"SELECT DISTINCT ?concept WHERE {{ VALUES ?concept {{ %s }} ?concept {_LABEL} ?label }}"

Tell = Callable[[str], None]


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


def ask(graphs: Store, query: NamedQuery | str, values: Mapping[str, str], tell: Tell | None = None) -> Answer:
    """The answer of a query with values as they were typed.

    An IRI may be typed in full or as a prefixed name, a case also as its id, a concept also by any of its names in the
    lexicon or by a label in the graph. ``tell`` is given a line for each name: what it was taken to mean.
    """
    if isinstance(query, str):
        return graphs.ask(query, {name: _term(value) for name, value in values.items()})
    named = {name: p for p in query.parameters for name in (p.alias, p.name) if name}
    meant = {}
    for name, value in values.items():
        parameter = named.get(name)
        key = parameter.name if parameter else name
        if key in meant:
            raise UsageError(f"{name} and {key} of {query.name} are the same parameter; give it one value")
        meant[key] = _resolved(value, parameter, graphs, tell or (lambda line: None)) if parameter else value
    return graphs.ask_named(query, meant)


def _expanded(value: str) -> str:
    """An IRI in full, from ``<…>`` or a prefixed name; else the value as it is."""
    if value.startswith("<") and value.endswith(">"):
        return value[1:-1]
    prefix, _, local = value.partition(":")
    return prefixes()[prefix] + local if prefix in prefixes() else value


def _term(value: str) -> Term:
    full = _expanded(value)
    return Term("uri", full) if full != value or "://" in value else Term("literal", value)


def _resolved(value: str, parameter: Parameter, graphs: Store, tell: Tell) -> str:
    if parameter.type in ("string", "integer"):
        return value
    full = _expanded(value)
    if ":" in full or parameter.type == "iri":
        return full
    if parameter.type == "case":
        return _case(value, graphs)
    concept, label = _concept(value, graphs)
    tell(f"{parameter.alias or parameter.name}: {value!r} is {short_name(concept)}, {label}")
    return concept


def _case(case_id: str, graphs: Store) -> str:
    cases = {iri.rsplit("/", 1)[-1]: iri for iri in graphs.cases()}
    found = cases.get(quote(case_id, safe="-._~%"))
    if found is None:
        raise UsageError(f"the graph has no case {case_id!r}; it has {_some(case_id, cases)}")
    return found


def _concept(name: str, graphs: Store) -> tuple[str, str]:
    """The concept with this name in the lexicon, else with this label in the graph; and its label."""
    known = _in_lexicon(name)
    if len(known) > 1:  # a name of several concepts means those of which the graph speaks
        rows = graphs.ask(_USED % " ".join(f"<{iri}>" for iri in known)).rows
        used = {row[0].value for row in rows if row[0]}
        known = {iri: label for iri, label in known.items() if iri in used} or known
    if len(known) > 1:
        told = ", ".join(f"{short_name(iri)} ({label})" for iri, label in sorted(known.items()))
        raise UsageError(f"{name!r} names several concepts: {told}; give one of these")
    return next(iter(known.items()), None) or _in_graph(name, graphs)


def _in_lexicon(name: str) -> dict[str, str]:
    """The label of each concept of the lexicon that has the name, by IRI."""
    from kg.terms.lexicon import read_lexicon

    entries, lexicon = read_lexicon()
    wanted = _folded(name)
    found = [e.id for e in entries if e.id == name or any(_folded(s.text) == wanted for s in e.surfaces)]
    return {concept.iri: concept.label() for concept in map(lexicon.concepts.__getitem__, found)}


def _folded(name: str) -> str:
    """A name without case, accents, spaces and hyphens."""
    return re.sub(r"[\W_]+", "", normalize("NFKD", name).casefold())


def _in_graph(label: str, graphs: Store) -> tuple[str, str]:
    rows = [(row[1].value, row[0].value) for row in graphs.ask(_LABELS).rows if row[0] and row[1]]
    concepts = {text.casefold(): (concept, text) for text, concept in rows}
    found = concepts.get(label.casefold())
    if found is None:
        raise UsageError(f"the graph has no concept {label!r}; it has {_some(label.casefold(), concepts)}")
    return found


def _some(wanted: str, known: Iterable[str]) -> str:
    """A few of the alternatives, the nearest where any is near."""
    names = list(known)
    return ", ".join(get_close_matches(wanted, names, n=5, cutoff=0.4) or names[:5]) or "none"
