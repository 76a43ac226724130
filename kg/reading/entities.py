"""Do two diagnoses name the same thing? Entities, their sites, and shorter names for what was named in full."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.model import Assertion, Kind
from kg.reading.merging import merge
from kg.reading.observed import Observed
from kg.terms.lexicon import Lexicon

ORIGIN_REACH = 5
"""A tumour stands at most so many words and marks after the metastasis that comes of it."""
_NODES = "C77"
_VAGUE = frozenset({"8000/1", "8000/3", "8010/3"})
"""Codes of names that say no more than cancer or carcinoma: they revise nothing."""


def entity_of(a: Assertion) -> str:
    """The entity of a diagnosis: its concept, or the one that the lexicon calls the same (``same=`` in the note)."""
    if a.concept is None:
        return a.mentions[0].key
    return dict(a.concept.note).get("same", a.concept.key)


def is_tumour(a: Assertion) -> bool:
    """Whether a diagnosis is a tumour: it has a morphology, or is a cancer named by its site."""
    return bool(a.morphology) or bool(a.concept and a.concept.type in ("tumour", "site-cancer"))


def is_generic(a: Assertion) -> bool:
    """Whether the name says no more than a mass, a tumour or a cancer."""
    return a.concept is not None and a.concept.type == "generic"


def is_vague(a: Assertion) -> bool:
    """Whether a name says no more than a tumour, a carcinoma, or a cancer of an organ."""
    if a.concept is None:
        return a.morphology in _VAGUE
    own_code = ("icdo", "as its parent") not in a.concept.note
    return (own_code and a.morphology in _VAGUE) or a.concept.type in ("generic", "site-cancer")


def is_background(a: Assertion) -> bool:
    """Whether a disease is what others arise in (``neurofibromatose``): it holds on beside them."""
    return holds_on(a) or (a.concept is not None and a.concept.type == "syndrome")


def holds_on(a: Assertion) -> bool:
    """Whether the lexicon says that no disease that arises in it takes its place (``background=yes``)."""
    return a.concept is not None and ("background", "yes") in a.concept.note


def places_of(a: Assertion, observed: Observed) -> set[str]:
    """Three-letter topographies of a diagnosis: of its sites, else of its sentence; never of nodes or metastases."""
    own = {s.topography[:3] for s in a.sites if s.topography} or {a.topography[:3]}
    own -= {_NODES, ""}
    if own:
        return own
    found, spread = set(), False
    for item in observed.by_sentence.get(observed.outline.sentence_at(a.mentions[0].span.start), ()):
        if item.kind is Kind.DISEASE:
            spread = item.concept is not None and item.concept.type in ("metastasis", "spread")
        elif item.kind is Kind.ANATOMY and item.concept and item.concept.topography and not spread:
            found.add(item.concept.topography[:3])
    return found - {_NODES}


def is_origin(a: Assertion, observed: Observed) -> bool:
    """Whether a tumour is what a metastasis comes of (``métastase d'un adénocarcinome``): it has its site elsewhere."""
    first = a.mentions[0]
    for item in observed.by_sentence.get(observed.outline.sentence_at(first.span.start), ()):
        spread = item.concept is not None and item.concept.type == "metastasis"
        if spread and 0 < first.first - item.mention.last <= ORIGIN_REACH:
            return True
    return False


def shares_site(a: Assertion, b: Assertion, observed: Observed) -> bool:
    """False where both have sites and none is shared at three letters of topography."""
    one, two = places_of(a, observed), places_of(b, observed)
    return not one or not two or bool(one & two)


def is_elsewhere(a: Assertion, b: Assertion) -> bool:
    """Whether both diagnoses are told with a site of their own, and none is shared."""
    one, two = ({s.topography[:3] for s in x.sites if s.topography} for x in (a, b))
    return bool(one and two) and one.isdisjoint(two)


def is_shorter_name(later: Assertion, earlier: Assertion, lexicon: Lexicon) -> bool:
    """Whether the later name is only a shorter one: its concept above the earlier's, its words among the earlier's."""
    if later.concept == earlier.concept:
        return True
    if later.concept is None or earlier.concept is None:
        return False
    if later.concept.key not in lexicon.ancestors(earlier.concept.key):
        return False
    words = set(later.mentions[0].key.split())
    named = [*(m.key.split() for m in earlier.mentions), re.findall(r"\w+", entity_of(earlier))]
    return any(words <= set(name) for name in named)


def shares_code(a: Assertion, b: Assertion) -> bool:
    """Whether two tumours have one morphology code."""
    return bool(a.morphology) and a.morphology == b.morphology


def adds_site(later: Assertion, earlier: Assertion) -> bool:
    """Whether the later name only adds the organ: ``adénocarcinome pulmonaire`` after ``adénocarcinome``."""
    return shares_code(later, earlier) and later.concept is not None and "site" in dict(later.concept.note)


def joined_names(diagnoses: list[Assertion], observed: Observed) -> list[Assertion]:
    """Diagnoses with later, shorter names for the same tumour joined to the full one."""
    kept: list[Assertion] = []
    for a in diagnoses:
        n = next((n for n in range(len(kept) - 1, -1, -1) if _is_told_again(a, kept[n], observed)), None)
        if n is None:
            kept.append(a)
        else:
            full = kept[n]
            kept[n] = replace(merge([full, a]), candidates=full.candidates, morphology=full.morphology)
    return kept


def _is_told_again(later: Assertion, earlier: Assertion, observed: Observed) -> bool:
    return (
        earlier.context.certainty is later.context.certainty
        and is_tumour(later)
        and is_shorter_name(later, earlier, observed.lexicon)
        and shares_site(earlier, later, observed)
    )
