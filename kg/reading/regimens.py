"""What is in a regimen? The drugs that the text lists for it, and those that its name alone stands for.

A name such as FOLFOX says which ingredients were given; one that no word of the same sentence lists becomes a treatment
of its own, ``implied``, at the place of the name, with the regimen's status, date, cycles and plan but without a dose.
"""

from __future__ import annotations

from dataclasses import replace

from kg.identity import local_id
from kg.model import Assertion, AssertionType, Candidate, Concept
from kg.reading.merging import in_order
from kg.terms.lexicon import Lexicon

AGAINST_TUMOURS = ("L01", "L02")
"""ATC groups: antineoplastic agents and endocrine therapy."""
_CLASSES = frozenset({"antineoplastic-agent", "immunotherapy-agent"})


def ingredients_of(concept: Concept | None, lexicon: Lexicon) -> list[Concept]:
    """The drugs that the name of a regimen stands for, as the lexicon lists them; none for any other drug."""
    if concept is None or concept.type != "regimen":
        return []
    listed = dict(concept.note).get("components", "")
    return [lexicon.concepts[key] for key in map(str.strip, listed.split(",")) if key]


def is_against_tumours(concept: Concept | None, lexicon: Lexicon) -> bool:
    """Whether a drug is a regimen or one against tumours, by its class or its ATC code."""
    if concept is None:
        return False
    coded = any(code.startswith(AGAINST_TUMOURS) for code in concept.notations)
    return concept.type == "regimen" or coded or not _CLASSES.isdisjoint(lexicon.ancestors(concept.key))


def with_ingredients(assertions: list[Assertion], lexicon: Lexicon) -> list[Assertion]:
    """The assertions in the order of the text, regimens with their components and those that they imply."""
    drugs = [a for a in assertions if a.type is AssertionType.TREATMENT]
    found = []
    for a in assertions:
        parts = [_part(a, concept, drugs) for concept in ingredients_of(a.concept, lexicon)]
        found += [replace(a, components=tuple(p.id for p in parts)) if parts else a, *(p for p in parts if p.implied)]
    return sorted(found, key=lambda a: (*in_order(a)[:2], a.implied, *in_order(a)[2:]))


def _part(regimen: Assertion, concept: Concept, drugs: list[Assertion]) -> Assertion:
    """The treatment that the regimen's sentence lists for an ingredient, else one that the regimen implies."""
    for a in drugs:
        same = a.concept is not None and a.concept.key == concept.key
        if same and any(regimen.passage.holds(m.span) for m in a.mentions):
            return a
    named = regimen.candidates[0]
    return replace(
        regimen,
        id=local_id("treatment", concept.key, regimen.mentions[0].span),
        candidates=(Candidate(concept, named.score, named.term, f"an ingredient of {named.concept.label()}"),),
        dose=None,
        route="",
        days=None,
        plan=replace(regimen.plan, days=""),
        implied=True,
    )
