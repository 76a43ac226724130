"""From graphs to what follows from them: the work behind ``kg reason``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from kg.corpus.build import Target
from kg.corpus.outputs import file_name, make_folder
from kg.errors import GraphError
from kg.graph.terms import Triple
from kg.graph.write import Part, render, replacing, write_parts
from kg.reasoning.facts import read_facts
from kg.reasoning.inference import Reasoner
from kg.reasoning.knowledge import load_knowledge
from kg.store.opening import Store, make_store


def infer(graphs: Store) -> Iterator[tuple[str, list[Triple]]]:
    """Each case's IRI with the triples that follow from it, in the order of the IRIs."""
    facts = read_facts(graphs)
    reasoner = Reasoner(load_knowledge(), facts.broader)
    for case in facts.cases:
        if triples := reasoner.infer(case):
            yield case.case, triples


def reason(graphs: Store, target: Target) -> None:
    """Write what follows from ``graphs``: alone, or into a store together with the graphs themselves.

    ``GraphError`` where a store is wanted for graphs that have no names, or what is there can't be written.
    """
    if target.kind == "store":
        _write_store(graphs, target.store)
    elif target.kind == "folder":
        make_folder(target.path)
        for case, triples in infer(graphs):
            name = file_name(case.rsplit("/", 1)[-1]).removesuffix(".ttl") + ".inferred.ttl"
            with replacing(target.path / name) as out:
                write_parts([render(triples, case, "ttl")], "ttl", out)
    elif target.kind == "file":
        with replacing(target.path) as out:
            write_parts(_parts(graphs, target.form), target.form, out)
    else:
        write_parts(_parts(graphs, target.form), target.form, sys.stdout.buffer)


def _parts(graphs: Store, form: str) -> Iterator[Part]:
    return (render(triples, case, form) for case, triples in infer(graphs))


def _write_store(graphs: Store, where: str) -> None:
    """Each named graph with what follows from it, in the place of the graph of that name."""
    inferred = dict(infer(graphs))
    store = make_store(where)
    for name, text in graphs.texts():
        if not name:
            raise GraphError("the graphs have no names, which a store needs; build them as .nq, .trig or --store")
        known = text.splitlines()
        more = [f"{s} {p} {o} ." for s, p, o in inferred.get(name, [])]
        store.replace_all({name: "".join(f"{line}\n" for line in dict.fromkeys((*known, *more)))})
    store.flush()
