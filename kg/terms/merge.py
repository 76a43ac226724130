"""Which terms of several terminologies are one concept? Found together, they become one candidate.

Exact mappings (SSSOM's ``skos:exactMatch`` and its kin) join terms, also by way of a third; a plain cross-reference
does where it is the only one into that terminology. No concept holds two terms of one terminology: a mapping that would
join such is left out. Which term then names the concept is data: ``ontologies/preferences.tsv``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from kg.errors import TableError
from kg.model import Kind
from kg.reading.tables import forms, read_rows
from kg.resources import folder
from kg.terms.found import Found
from kg.terms.term import Mapping

EXACT = frozenset({"skos:exactMatch", "owl:equivalentClass", "owl:sameAs"})
XREF = "oboInOwl:hasDbXref"
CHAINED = "semapv:MappingChaining"

Preferences = MappingOf[str, tuple[str, ...]]
"""Kind → prefixes of CURIEs, the most wanted first."""


def prefix_of(curie: str) -> str:
    """The terminology that a CURIE names, in lower case."""
    return curie.partition(":")[0].lower()


@cache
def load_preferences(path: Path | None = None) -> Preferences:
    """The rows of ``preferences.tsv``; the kind ``*`` is for all that have none. ``TableError`` for a malformed row."""
    found: dict[str, tuple[str, ...]] = {}
    for (kind, cell), where in read_rows(path or folder("ontologies") / "preferences.tsv", 2):
        if kind not in {*Kind, "*"} or kind in found or not forms(cell):
            raise TableError(f"{where}: a row is a kind ({', '.join(Kind)}, *), once, and prefixes parted by |")
        found[kind] = tuple(prefix.lower() for prefix in forms(cell))
    return found


def preference(preferences: Preferences, kind: str, curie: str) -> int:
    """How much a CURIE is wanted to name a concept of a kind: 0 is most."""
    order = preferences.get(kind) or preferences.get("*", ())
    prefix = prefix_of(curie)
    return order.index(prefix) if prefix in order else len(order)


@dataclass(slots=True)
class _Groups:
    """CURIEs joined into concepts, at most one of a terminology in each."""

    _group: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, curie: str) -> dict[str, str]:
        """The group of a CURIE: prefix → CURIE."""
        return self._group.setdefault(curie, {prefix_of(curie): curie})

    def join(self, curie: str, mapping: Mapping) -> None:
        """Join a term with the target of its mapping, unless one of them has another term of the same terminology."""
        one, other = self.of(curie), self.of(mapping.target)
        if one is other:
            return
        if one.keys().isdisjoint(other):
            one.update(other)
            self._group.update(dict.fromkeys(other.values(), one))


def _joining(found: Sequence[Found]) -> Iterator[tuple[str, Mapping]]:
    """The mappings that join terms, the strongest first: exact ones, then unambiguous cross-references."""
    curies = {f.curie for f in found}
    links = [(f.curie, m) for f in found for m in f.xrefs]
    yield from sorted(((c, m) for c, m in links if m.predicate in EXACT), key=lambda link: (link[0], link[1].target))
    targets = Counter((c, prefix_of(m.target)) for c, m in links if m.predicate == XREF)
    for curie, mapping in sorted(links, key=lambda link: (link[0], link[1].target)):
        alone = targets[curie, prefix_of(mapping.target)] == 1
        if mapping.predicate == XREF and mapping.target in curies and alone:
            yield curie, mapping


def _rank(mapping: Mapping) -> tuple[bool, bool, bool, str]:
    return mapping.predicate not in EXACT, mapping.predicate != XREF, not mapping.justification, mapping.justification


def _links_to(chosen: Found, other: Found) -> list[Mapping]:
    """What makes ``other`` the same as ``chosen``: a mapping of either one, else the chain that joined them."""
    straight = [m for m in chosen.xrefs if m.target == other.curie]
    back = [Mapping(other.curie, m.predicate, m.justification) for m in other.xrefs if m.target == chosen.curie]
    exact = any(m.predicate in EXACT for m in other.xrefs)
    return straight or back or [Mapping(other.curie, "skos:exactMatch" if exact else XREF, CHAINED)]


def _one(group: Sequence[Found], preferences: Preferences) -> Found:
    """One candidate of the terms of a concept, best match first: the preferred term with everyone's identifiers."""
    best = group[0]
    if len(group) == 1:
        return best
    kind = next((f.kind for f in group if f.kind), "")
    chosen = min(group, key=lambda f: (f.obsolete, preference(preferences, kind, f.curie), f.curie))
    ids: dict[str, Mapping] = {}
    links = [m for f in group if f is not chosen for m in _links_to(chosen, f)]
    for mapping in [*links, *(m for f in group for m in f.xrefs)]:
        old = ids.get(mapping.target)
        if mapping.target != chosen.curie and (old is None or _rank(mapping) < _rank(old)):
            ids[mapping.target] = mapping
    return replace(
        chosen, kind=kind, score=best.score, term=best.term, language=best.language, scope=best.scope, why=best.why,
        replaces=chosen.replaces or best.replaces, xrefs=tuple(ids[target] for target in sorted(ids)),
    )  # fmt: skip


def merge(found: Sequence[Found], preferences: Preferences | None = None) -> tuple[Found, ...]:
    """One candidate for each concept of ``found``, best first; ties go to the preferred terminology, then by CURIE.

    ``found`` holds a term at most once. The candidate has the score and the matched name of its best term.
    """
    order = preferences or load_preferences()

    def rank(f: Found) -> tuple[float, int, str]:
        return -f.score, preference(order, f.kind, f.curie), f.curie

    ranked = sorted(found, key=rank)
    if len(ranked) < 2:
        return tuple(ranked)
    groups = _Groups()
    for curie, mapping in _joining(ranked):
        groups.join(curie, mapping)
    members: dict[int, list[Found]] = {}
    for f in ranked:
        members.setdefault(id(groups.of(f.curie)), []).append(f)
    return tuple(sorted((_one(group, order) for group in members.values()), key=rank))
