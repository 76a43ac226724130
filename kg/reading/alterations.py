"""Which gene, and which kind of alteration, does a row of the lexicon name?

The kinds (mutation, amplification, rearrangement, …) are rows of type ``alteration``; rows of type ``genetic`` descend
from them, and name their gene in the note ``gene``.
"""

from __future__ import annotations

from functools import cache

from kg.model import Concept
from kg.terms.lexicon import Lexicon


def meant_by(concept: Concept, lexicon: Lexicon) -> Concept:
    """The alteration that a row names, or denies by its name (``KRAS sauvage``, note ``denies``)."""
    denied = dict(concept.note).get("denies", "")
    return lexicon.concepts[denied] if denied else concept


def kind_of(concept: Concept, lexicon: Lexicon) -> Concept | None:
    """The kind of alteration that a genetic row is of: the nearest row of type ``alteration`` above it."""
    if concept.type == "alteration":
        return concept
    level = [concept.key]
    while level:
        above = [lexicon.concepts[p] for key in level for p in lexicon.concepts[key].parents]
        if found := next((c for c in above if c.type == "alteration"), None):
            return found
        level = [c.key for c in above]
    return None


def gene_of(concept: Concept, lexicon: Lexicon) -> Concept:
    """The one gene that a genetic row is of, where the lexicon has it; else the row itself (a fusion, a karyotype)."""
    return lexicon.concepts.get(dict(concept.note).get("gene", "").lower(), concept)


def usual_kind(marker: Concept, lexicon: Lexicon) -> Concept | None:
    """The kind of the first genetic row of a gene: how it is altered as a rule."""
    row = _first_rows(lexicon).get(dict(marker.note).get("gene", ""))
    return kind_of(lexicon.concepts[row], lexicon) if row else None


@cache
def _first_rows(lexicon: Lexicon) -> dict[str, str]:
    rows = (lexicon.concepts[key] for key, row in lexicon.concepts.rows.items() if '"genetic"' in row)
    found: dict[str, str] = {}
    for concept in rows:
        found.setdefault(dict(concept.note).get("gene", ""), concept.key)
    return found
