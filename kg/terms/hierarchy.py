"""What is above and below a term, and where do two terms meet? The is-a closure of an index, by CURIE.

A term that the index doesn't hold has nothing above or below it.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from kg.terms.index import Index


def ancestors(index: Index, curie: str) -> frozenset[str]:
    """All terms above one, itself left out."""
    id = index.id_of(curie)
    return frozenset() if id is None else frozenset(map(index.curie_at, index.ancestors(id)))


def descendants(index: Index, curie: str) -> frozenset[str]:
    """All terms below one, itself left out; walked from row to row, so the whole tree takes its time."""
    id = index.id_of(curie)
    if id is None:
        return frozenset()
    seen: set[int] = {id}
    todo = [id]
    while todo:
        below = [child for child in index.children(todo.pop()) if child not in seen]
        seen.update(below)
        todo += below
    return frozenset(map(index.curie_at, seen - {id}))


def is_a(index: Index, curie: str, ancestor: str) -> bool:
    """True where ``ancestor`` is ``curie`` itself or above it."""
    if curie == ancestor:
        return True
    id, above = index.id_of(curie), index.id_of(ancestor)
    return id is not None and above is not None and above in index.ancestors(id)


def _upward(index: Index, ids: Iterable[int]) -> nx.DiGraph:
    """The terms and all that is above them, an edge from each to its parents."""
    nodes = {above for id in ids for above in (id, *index.ancestors(id))}
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(nodes))
    graph.add_edges_from((node, parent) for node in sorted(nodes) for parent in index.parents(node))
    return graph


def _meeting(index: Index, one: str, other: str) -> tuple[nx.DiGraph, dict[int, int]]:
    """The graph above two terms, and how many steps they are apart by way of each common term, themselves counted."""
    ids = [id for curie in (one, other) if (id := index.id_of(curie)) is not None]
    if len(ids) < 2:
        return nx.DiGraph(), {}
    graph = _upward(index, ids)
    up, across = (nx.single_source_shortest_path_length(graph, id) for id in ids)
    return graph, {node: up[node] + across[node] for node in up.keys() & across.keys()}


def lowest_common_ancestors(index: Index, one: str, other: str) -> tuple[str, ...]:
    """The terms above both (or one of the two) that have no such term below them, the nearest first, then by CURIE."""
    graph, steps = _meeting(index, one, other)
    shared = graph.subgraph(steps)
    lowest = [node for node in shared if not any(n != node for n in shared.predecessors(node))]
    return tuple(curie for _, curie in sorted((steps[node], index.curie_at(node)) for node in lowest))


def distance(index: Index, one: str, other: str) -> int | None:
    """The fewest is-a steps up from both to a common term; None where they have none.

    A term is 0 from itself, 1 from its parents, 2 from its siblings.
    """
    _, steps = _meeting(index, one, other)
    return min(steps.values(), default=None)


def lineage(index: Index, curies: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The is-a pairs (term, parent) of some terms and of all above them, sorted: the part of the tree they need."""
    graph = _upward(index, [id for curie in curies if (id := index.id_of(curie)) is not None])
    names = {node: index.curie_at(node) for node in graph}
    return tuple(sorted((names[child], names[parent]) for child, parent in graph.edges))
