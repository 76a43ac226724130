"""Which terms of several terminologies are one concept? Found together, they become one candidate with all its names.

Exact mappings (SSSOM's ``skos:exactMatch`` and its kin) join terms, also by way of a third; a plain cross-reference does
where it is the only one into that terminology. No concept holds two terms of one terminology: where a mapping would join
such, it is left out. Which term then names the concept is data: ``ontologies/preferences.tsv``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping as MappingOf, Sequence
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
            raise TableError(f"{where}: a row is a kind ({', '.join(Kind)}, or * for others), once, and prefixes parted by |")
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
    links: dict[str, list[tuple[str, Mapping]]] = field(default_factory=lambda: defaultdict(list))

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
    return mapping.predicate not in EXACT, mapping.predicate == XREF, not mapping.justification, mapping.justification


def _one(group: Sequence[Found], preferences: Preferences) -> Found:
    """One candidate of the terms of a concept: the preferred one, with the best match and everyone's identifiers."""
    best = max(group, key=lambda f: f.score)
    chosen = min(group, key=lambda f: (f.obsolete, preference(preferences, f.kind or best.kind, f.curie), f.curie))
    ids: dict[str, Mapping] = {}
    reverse = [Mapping(f.curie, m.predicate, m.justification) for f in group for m in f.xrefs if m.target == chosen.curie]
    for mapping in [*(m for f in group for m in f.xrefs), *reverse]:
        old = ids.get(mapping.target)
        if mapping.target != chosen.curie and (old is None or _rank(mapping) < _rank(old)):
            ids[mapping.target] = mapping
    return replace(
        best, curie=chosen.curie, label=chosen.label, kind=chosen.kind or best.kind, terminology=chosen.terminology,
        version=chosen.version, xrefs=tuple(ids[t] for t in sorted(ids)), obsolete=chosen.obsolete,
        replaces=chosen.replaces or best.replaces,
    )  # fmt: skip
