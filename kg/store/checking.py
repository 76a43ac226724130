"""Does a store keep its promises? The rules of ``kg.graph.shapes``, asked of each named graph on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from kg.graph.check import LEVELS, Violation, case_of
from kg.graph.shapes import Rule, load_rules
from kg.identity import ONTOLOGY
from kg.store.embedded import Graphs
from kg.store.opening import Store

Rows = list[tuple[str, ...]]
Ask = Callable[[str], Rows]
_BATCH = 200
"""So many nodes are named in one query for words."""
_ANY = "SELECT ?s WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1"
_FINDINGS = f"""PREFIX kg: <{ONTOLOGY}>
SELECT ?node ?code ?comment ?hint ?level WHERE {{
  ?node a kg:Finding .
  OPTIONAL {{ ?node kg:code ?code }}
  OPTIONAL {{ ?node <http://www.w3.org/2000/01/rdf-schema#comment> ?comment }}
  OPTIONAL {{ ?node <http://www.w3.org/2004/02/skos/core#note> ?hint }}
  OPTIONAL {{ ?node kg:level ?level }}
}}"""
_WORDS = f"""PREFIX kg: <{ONTOLOGY}>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?node ?start ?words ?rank WHERE {{
  VALUES ?node {{ %s }}
  {{ ?node oa:exact ?words ; oa:start ?start BIND(0 AS ?rank) }}
  UNION {{ ?node kg:mention ?place . ?place oa:exact ?words ; oa:start ?start BIND(1 AS ?rank) }}
  UNION {{ ?node kg:passage ?place . ?place oa:exact ?words ; oa:start ?start BIND(2 AS ?rank) }}
}}"""


def check_store(graphs: Store) -> tuple[Violation, ...]:
    """What is wrong with graphs: broken shapes and open findings, sorted, each with the words that it is about."""

    def ask(query: str) -> Rows:
        return [tuple(term.value if term else "" for term in row) for row in graphs.ask(query).rows]

    named = bool(ask(_ANY))
    found = {*_broken(ask, named), *_findings(ask)}
    if named and isinstance(graphs, Graphs):
        found |= set(_unnamed(graphs))
    return tuple(sorted(_with_words(found, ask)))


def _unnamed(graphs: Graphs) -> tuple[Violation, ...]:
    """What is wrong with the default graph of graphs that have named ones too."""
    name, triples = next(graphs.texts(), ("", ""))
    if name or not triples:
        return ()
    alone = Graphs()
    alone.load(triples.encode(), "nt", "the default graph")
    return check_store(alone)


def _broken(ask: Ask, named: bool) -> Iterator[Violation]:
    ask_once = cache(lambda query: frozenset(ask(query)))
    for rule in load_rules():
        broken, targets = rule.on(named=named)
        if suspects := ask_once(broken):
            for row in suspects & ask_once(targets):
                yield _violation(row[-1], rule)


def _violation(node: str, rule: Rule) -> Violation:
    level = LEVELS[rule.severity.rpartition("#")[2]]
    return Violation(case_of(node), node, rule.path, rule.message, level.value)


def _findings(ask: Ask) -> Iterator[Violation]:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for node, *fields in ask(_FINDINGS):
        rows.setdefault(node, []).append(tuple(fields))
    for node, known in rows.items():
        # Where there are several, which the shapes forbid, the least.
        code, comment, hint, level = map(min, zip(*known, strict=True))
        message = comment + (f"; {hint}" if hint else "")
        yield Violation(case_of(node), node, code, message, level.removeprefix(ONTOLOGY))


def _with_words(found: Iterable[Violation], ask: Ask) -> Iterator[Violation]:
    """Each violation with the words of the node itself, else of its first mention, else of its first passage."""
    violations = list(found)
    nodes = sorted({v.focus for v in violations if ":" in v.focus})
    words: dict[str, str] = {}
    for at in range(0, len(nodes), _BATCH):
        rows = ask(_WORDS % " ".join(f"<{node}>" for node in nodes[at : at + _BATCH]))
        for node, _, said, _ in sorted(rows, key=lambda row: (row[3], int(row[1]) if row[1].isdigit() else 0)):
            words.setdefault(node, said)
    return (replace(v, words=words.get(v.focus, "")) for v in violations)
