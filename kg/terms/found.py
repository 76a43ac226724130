"""What does a look-up answer? One value a concept."""

from __future__ import annotations

from dataclasses import dataclass

from kg.terms.term import Mapping


@dataclass(frozen=True, slots=True)
class Found:
    """A term that a text may mean: ``score`` from 0 to 1, the matched name and ``why`` it matched.

    ``why`` is ``exact``, ``variant`` (plural, gender, hyphen, word order), ``cognate``, ``fuzzy`` or ``abbreviation``.
    ``terminology`` and ``version`` say where the term is from, ``xrefs`` its identifiers elsewhere. ``replaces`` is the
    obsolete term that has the matched name and gave way to this one; ``obsolete`` is one that nothing replaces.
    """

    curie: str
    label: str
    kind: str
    score: float
    term: str
    language: str
    scope: str
    why: str
    terminology: str
    version: str
    xrefs: tuple[Mapping, ...] = ()
    replaces: str = ""
    obsolete: bool = False
