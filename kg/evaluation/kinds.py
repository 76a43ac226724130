"""Which labels of a corpus are which of ours? Rows of ``kinds.tsv`` and ``qualifiers.tsv``, by corpus.

A corpus is known by its labels: it is the one of the table that names most of its annotations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError, TableError
from kg.evaluation.found import SETS
from kg.evaluation.gold import Corpus
from kg.model import Certainty, Kind, Polarity, Temporality
from kg.reading.tables import read_rows

KINDS, QUALIFIERS = (Path(__file__).with_name(name) for name in ("kinds.tsv", "qualifiers.tsv"))
CODED = ("morphology", "topography")
"""Codes that a mention has of its own."""
_AXES: dict[str, frozenset[str]] = {
    "polarity": frozenset(Polarity), "certainty": frozenset(Certainty), "temporality": frozenset(Temporality),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """Gold ``labels`` against what is ``found`` in the graph: kinds of mentions, one of ``CODED``, or one of ``SETS``.

    A code that begins with ``general`` says nothing specific.
    """

    name: str
    labels: frozenset[str]
    found: frozenset[str]
    general: str = ""

    @property
    def coded(self) -> str:
        """The code that its mentions have, or ``""``."""
        return next((name for name in CODED if name in self.found), "")

    @property
    def a_set(self) -> bool:
        """Whether cases are compared, not places."""
        return not self.found.isdisjoint(SETS)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Gold ``values`` of an attribute (or a relation, where there are none) against values of an ``axis`` of ours."""

    name: str
    labels: frozenset[str]
    attributes: frozenset[str]
    values: frozenset[str]
    axis: str
    ours: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is measured on one corpus; ``corpus`` is its name in the tables."""

    corpus: str
    measures: tuple[Measure, ...] = ()
    qualifiers: tuple[Qualifier, ...] = ()


def _several(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split("|") if part.strip())


def load_kinds(path: Path = KINDS, qualifiers: Path = QUALIFIERS) -> dict[str, Kinds]:
    """All rows of the tables, by corpus; ``TableError`` names the line of a malformed one."""
    labels: dict[str, dict[tuple[str, str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for (corpus, label, measure, found, general, _), where in read_rows(path, 6):
        known = {*Kind, *CODED, *SETS}
        if not label or bool(measure) != bool(found) or not _several(found) <= known:
            raise TableError(f"{where}: a row is corpus, label, measure and found, of {', '.join(sorted(known))}")
        labels[corpus][measure, found, general].add(label)
    asked: dict[str, list[Qualifier]] = defaultdict(list)
    for (corpus, label, attribute, values, measure, axis, ours), where in read_rows(qualifiers, 7):
        if axis not in _AXES or not _several(ours) <= _AXES[axis] or not measure:
            raise TableError(f"{where}: no measure, or {axis!r} has no values {ours!r}; axes are {', '.join(_AXES)}")
        parts = _several(label), _several(attribute), _several(values)
        asked[corpus].append(Qualifier(measure, *parts, axis, _several(ours)))
    return {
        corpus: Kinds(
            corpus,
            tuple(Measure(m, frozenset(names), _several(f), g) for (m, f, g), names in rows.items() if m),
            tuple(asked[corpus]),
        )
        for corpus, rows in labels.items()
    }


def _labels(kinds: Kinds, path: Path) -> frozenset[str]:
    return frozenset(label for (corpus, label, *_), _ in read_rows(path, 6) if corpus == kinds.corpus)


def kinds_of(corpus: Corpus, path: Path = KINDS) -> Kinds:
    """What is measured on a corpus, by the labels that it has; gold facts need no table.

    ``InputError`` where the table names none of its labels.
    """
    if all(document.facts is not None for document in corpus.documents):
        return Kinds("facts")
    counts = Counter(a.label for document in corpus.documents for a in document.annotations)
    known = load_kinds(path)
    named = {name: sum(counts[label] for label in _labels(kinds, path)) for name, kinds in known.items()}
    best = max(named, key=lambda name: named[name], default="")
    if not best or not named[best]:
        seen = ", ".join(label for label, _ in counts.most_common(5)) or "none"
        raise InputError(f"{corpus.name}: {path.name} names none of its labels ({seen}); give your own with --kinds")
    return known[best]
