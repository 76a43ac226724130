"""What is one terminology, where several files tell of it? Names joined, imports left out, kinds given by branch.

A *source* is a call that reads a file anew each time, so that what needs two passes (parents first, then terms) holds
the parents only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from kg.terms.term import Name, Term

Source = Callable[[], Iterator[Term]]


def keep(terms: Iterable[Term], prefixes: Iterable[str]) -> Iterator[Term]:
    """The terms with one of these prefixes, all where there are none: ontologies carry parts of others."""
    wanted = frozenset(prefixes)
    return (term for term in terms if not wanted or term.curie.partition(":")[0] in wanted)


def joined(terms: Iterable[Term], others: Iterable[Term]) -> Iterator[Term]:
    """The terms with the names and mappings that ``others`` (translations, mappings) tell of them.

    Others are held in memory; what they tell of unknown terms is left out. A second label of a language counts as an
    exact synonym.
    """
    more: dict[str, list[Term]] = {}
    for other in others:
        more.setdefault(other.curie, []).append(other)
    for term in terms:
        yield _join(term, more[term.curie]) if term.curie in more else term


def _join(term: Term, others: list[Term]) -> Term:
    names: dict[tuple[str, str], Name] = {}
    labelled: set[str] = set()
    for name in (n for one in (term, *others) for n in one.names):
        scope = "exact" if name.scope == "label" and name.language in labelled else name.scope
        if names.setdefault((name.text, name.language), replace(name, scope=scope)).scope == "label":
            labelled.add(name.language)
    mappings = dict.fromkeys(m for one in (term, *others) for m in one.mappings)
    return replace(term, names=tuple(names.values()), mappings=tuple(mappings))


def classified(source: Source, kinds: Mapping[str, str], otherwise: str = "") -> Iterator[Term]:
    """The terms of ``source`` with the kind of the nearest branch above them; their own kind goes before.

    ``kinds`` are CURIE of a branch's root → value of ``kg.model.Kind`` or ``""`` (no kind at all); of two roots at the
    same distance the one named first counts. Terms of no branch, and obsolete ones, get ``otherwise``.
    """
    if not kinds:
        yield from (term if term.kind else replace(term, kind=otherwise) for term in source())
        return
    parents: dict[str, tuple[str, ...]] = {}
    for term in source():
        if term.parents:
            parents[term.curie] = parents.get(term.curie, ()) + term.parents
    order = {root: number for number, root in enumerate(kinds)}
    for term in source():
        root = _nearest(term.curie, parents, order)
        yield term if term.kind else replace(term, kind=otherwise if root is None else kinds[root])


def _nearest(curie: str, parents: Mapping[str, tuple[str, ...]], order: Mapping[str, int]) -> str | None:
    """The nearest root at or above ``curie``, level by level; cycles end by themselves."""
    level, seen = {curie}, {curie}
    while level:
        if found := level & order.keys():
            return min(found, key=lambda root: order[root])
        level = {above for one in level for above in parents.get(one, ())} - seen
        seen |= level
    return None
