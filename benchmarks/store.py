"""How fast are stores? Loading, writing, the named queries and the check, beside the bare libraries in one run.

    python benchmarks/store.py [--large] [--triples N] [--folder DIR]

The graphs are those of the bundled examples, over and over under new names: 1 million triples, with ``--large``
10 million. They and the store go to DIR (a temporary folder without it). Prints tables, asserts nothing. Times are
processor time of this process; on a noisy machine compare ratios of one run, not runs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyoxigraph as ox
from rdflib import Graph

from kg.graph.write import render, write
from kg.identity import case_iri
from kg.pipeline import build, read
from kg.resources import folder
from kg.store.checking import check_store
from kg.store.embedded import Graphs
from kg.store.queries import NamedQuery, load_queries, substitutions

TEMPLATE = "TEMPLATE"
RDFLIB_TRIPLES = 100_000
"""So many are enough for rdflib, which takes a minute for a million."""


def templates() -> list[tuple[list[tuple[str, str, str]], str]]:
    """The triples of each example, and its N-Quads."""
    found = []
    for path in sorted(folder("examples").glob("*/*.txt")):
        case = read(path.read_text(encoding="utf-8"), id=TEMPLATE, language=path.parent.name)
        triples = build(case)
        found.append((triples, render(triples, case_iri(TEMPLATE), "nq").text))
    return found


def name(number: int) -> str:
    return f"case{number:07d}"


def write_quads(path: Path, count: int) -> int:
    """Write about ``count`` quads; the number of cases."""
    made, known, number = 0, templates(), 0
    with path.open("w", encoding="utf-8") as out:
        while made < count:
            triples, text = known[number % len(known)]
            out.write(text.replace(case_iri(TEMPLATE), case_iri(name(number))))
            made, number = made + len(triples), number + 1
    return number


def seconds(step: Callable[[], Any], times: int = 1) -> float:
    """The median of ``times`` runs, in seconds."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        step()
        spent.append(time.process_time() - start)
    return median(spent)


def row(label: str, *cells: str) -> None:
    print(f"{label:<30}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def loading(quads: Path) -> None:
    data = quads.read_bytes()

    def ours() -> None:
        Graphs().load(data, "nq", quads.name)

    raw = seconds(lambda: ox.Store().bulk_load(data, ox.RdfFormat.N_QUADS))
    mine = seconds(ours)
    row("load N-Quads (memory)", f"{mine:.2f} s", f"raw {raw:.2f} s", f"{raw / mine:.2f} ×")


def replacing(where: Path, copies: int = 8) -> None:
    """Cases put into a store one by one, as ``kg build --store`` does, then put there again."""
    known = [("".join(f"{s} {p} {o} .\n" for s, p, o in triples), len(triples)) for triples, _ in templates()]
    graphs = Graphs.on_disk(where)

    def put() -> None:
        for number in range(copies * len(known)):
            case = case_iri(name(number))
            graphs.replace(case, known[number % len(known)][0].replace(case_iri(TEMPLATE), case))

    total = copies * sum(size for _, size in known)
    new, again = seconds(put), seconds(put)
    row("cases into a store, triples/s", f"new {total / new:,.0f}", f"again {total / again:,.0f}")


def turtle(quads: int) -> None:
    """Our Turtle of whole cases beside rdflib's, in triples a second."""
    known = [triples for triples, _ in templates()]
    size = sum(map(len, known))
    rounds = max(1, quads // size)

    def ours() -> None:
        for _ in range(rounds):
            for triples in known:
                write(triples, case_iri(TEMPLATE), "ttl")

    graph = Graph()
    few = max(1, RDFLIB_TRIPLES // size)
    for number in range(few):
        for at, triples in enumerate(known):
            text = "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
            graph.parse(data=text.replace(TEMPLATE, name(number * len(known) + at)), format="nt")
    mine = rounds * size / seconds(ours)
    theirs = len(graph) / seconds(lambda: graph.serialize(format="turtle"))
    row("Turtle, triples a second", f"{mine:,.0f}", f"rdflib {theirs:,.0f}", f"{mine / theirs:.0f} ×")
    whole = "".join(f"{s} {p} {o} .\n" for triples in known for s, p, o in triples) * rounds
    parsed = [quad.triple for quad in ox.parse(whole, ox.RdfFormat.N_TRIPLES)]
    bare = len(parsed) / seconds(lambda: ox.serialize(parsed, format=ox.RdfFormat.TURTLE))
    row("  pyoxigraph's, parsed already", f"{bare:,.0f}", "", f"{bare / theirs:.0f} ×")


def raw_rows(store: ox.Store, query: NamedQuery, **scope: Any) -> list[tuple[Any, ...]]:
    """All answers, as the bare library gives them."""
    found = store.query(query.text, **scope)
    return [tuple(solution) for solution in found]  # type: ignore[union-attr]


def queries(store: ox.Store, cases: int, examples: int) -> None:
    graphs = Graphs(store)
    row("query", "a case", "raw", "all cases", "raw", "ratio")
    asked = [case_iri(name(cases // 2 + at)) for at in range(examples)]
    for query in load_queries(folder("queries")).values():

        def ours(query: NamedQuery = query) -> None:
            for case in asked:
                graphs.ask_named(query, {"case": case})

        def raw(query: NamedQuery = query) -> None:
            for case in asked:
                bound = substitutions(query, {"case": case})
                raw_rows(store, query, default_graph=ox.NamedNode(case), substitutions=bound)

        one, bare = seconds(ours, 5) / examples, seconds(raw, 5) / examples
        every_bare = seconds(partial(raw_rows, store, query, use_default_graph_as_union=True))
        every = seconds(partial(graphs.ask_named, query, {}))
        row(query.name, f"{one * 1e3:.1f} ms", f"{bare * 1e3:.1f} ms", f"{every:.2f} s", f"{every_bare:.2f} s",
            f"{every / every_bare:.2f} ×")  # fmt: skip


def steps(quads: Path, where: Path, cases: int) -> Iterator[Callable[[], None]]:
    """What is measured, in order."""
    yield lambda: loading(quads)
    yield lambda: turtle(min(1_000_000, cases * 1000))
    yield lambda: replacing(where.with_name("cases"))
    store = ox.Store(str(where))
    loaded = seconds(lambda: store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS))
    row("bulk_load to disk", f"{loaded:.2f} s")
    row("compact", f"{seconds(store.optimize):.2f} s")
    yield lambda: queries(store, cases, len(templates()))
    yield lambda: row("check", f"{seconds(lambda: check_store(Graphs(store))):.2f} s", "(on disk)")
    yield lambda: row("check again", f"{seconds(lambda: check_store(Graphs(store))):.2f} s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--large", action="store_true", help="10 million triples")
    options.add_argument("--triples", type=int, default=1_000_000, metavar="N")
    options.add_argument("--folder", type=Path, metavar="DIR")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        quads = Path(made) / "graphs.nq"
        wanted = 10_000_000 if given.large else given.triples
        cases = write_quads(quads, wanted)
        row(f"{wanted:,} triples, {cases:,} cases", f"{quads.stat().st_size / 1e6:,.0f} MB")
        for step in steps(quads, Path(made) / "store", cases):
            step()


if __name__ == "__main__":
    main()
