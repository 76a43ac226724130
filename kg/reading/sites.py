"""Where in the body? Which anatomy belongs to which tumour, finding or procedure.

French and Spanish say it after (``métastases pulmonaires et hépatiques``, ``masse au niveau du pancréas``), English
also before (``hepatic metastases``). Sites stand next to what they locate: only prepositions, adjectives and other
sites lie between.

Gold spans of topography found 0.958; pairs of site and morphology of a case F1 0.732 (FRACCO dev, 251 French texts,
2026-11-22).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from kg.model import Concept, Kind
from kg.reading.observed import Item, Observed
from kg.terms.lexicon import Lexicon

REACH = 10
"""At most so many words stand between a thing and its site to the right of it."""
_OWNERS = frozenset({Kind.DISEASE, Kind.FINDING, Kind.PROCEDURE, Kind.RESPONSE})
_NODES = "lymphadenopathy"
"""Concepts at or below this one are told of lymph nodes: their site is a group of nodes (ICD-O C77)."""
_SITUATED = ("situ", "local", "loc", "sieg", "ubic")


def find_sites(observed: Observed) -> dict[Item, tuple[Concept, ...]]:
    """The sites of every item that has any, in the order of the text."""
    found: dict[Item, dict[str, Concept]] = defaultdict(dict)
    for items in observed.by_sentence.values():
        for owner, concept in _located(observed, items):
            found[owner].setdefault(concept.key, _of_nodes(owner, concept, observed.lexicon))
    return {item: tuple(found[item].values()) for item in observed.items if item in found}


def _of_nodes(owner: Item, site: Concept, lexicon: Lexicon) -> Concept:
    """A site with the topography of its lymph nodes, where these are what it locates: C77.3 of the axilla."""
    concept = owner.concept
    if concept is None or _NODES not in {concept.key, *lexicon.ancestors(concept.key)}:
        return site
    todo = [site.key]
    for key in todo:
        nodes = dict(lexicon.concepts[key].note).get("nodes", "")
        if nodes:
            return replace(site, topography=nodes)
        todo += [parent for parent in lexicon.concepts[key].parents if parent in lexicon.concepts]
    return site


def _located(observed: Observed, items: tuple[Item, ...]) -> list[tuple[Item, Concept]]:
    """What the items of one sentence locate, and the site of it."""
    found: list[tuple[Item, Concept]] = []
    previous: tuple[Item, int] | None = None  # the last owner, and the last word of it or of its last site
    for n, item in enumerate(items):
        if item.kind is not Kind.ANATOMY:
            if item.kind in _OWNERS and (previous is None or item.mention.last > previous[1]):
                previous = (item, item.mention.last)
            continue
        concept = item.concept
        if concept is None or concept.type == "side":
            continue
        following = items[n + 1] if n + 1 < len(items) and items[n + 1].kind in _OWNERS else None
        if (owner := _around(items, n)) is not None:
            if owner.grounding.morphology or owner.kind is Kind.PROCEDURE:
                found.append((owner, concept))
            previous = (owner, max(item.mention.last, owner.mention.last))
        elif (
            previous
            and _is_near(observed, previous[1], item.mention.first)
            and (previous[1] != previous[0].mention.last or not _is_parted(observed, previous[1], item.mention.first))
        ):
            found.append((previous[0], concept))
            previous = (previous[0], item.mention.last)
        elif following and _is_adjacent(observed, item, following):
            found.append((following, concept))
    return found


def _is_parted(observed: Observed, left: int, right: int) -> bool:
    """Whether a comma parts an organ from what stands before it: only lists of organs, or ``située``, go on."""
    gap = observed.words.forms[left + 1 : right]
    return "," in gap and not any(form.startswith(_SITUATED) for form in gap)


def _around(items: tuple[Item, ...], n: int) -> Item | None:
    """The thing whose name holds the anatomy ``n`` (``cancer du sein``)."""
    near = (*reversed(items[:n]), *items[n + 1 : n + 3])
    return next((owner for owner in near if owner.kind in _OWNERS and owner.span.holds(items[n].span)), None)


def _is_near(observed: Observed, left: int, right: int) -> bool:
    """Whether only connecting words stand between two word indexes."""
    gap, known = observed.words.forms[left + 1 : right], observed.language.between_sites
    # numbers are measures on the way: "masse d'environ 6 x 6 centimètres, située dans l'hypochondre"
    return sum(map(str.isalpha, gap)) <= REACH and all(g in known or g.isdigit() for g in gap)


def _is_adjacent(observed: Observed, site: Item, owner: Item) -> bool:
    """Whether a site stands right before its tumour (``hepatic metastases``)."""
    gap = owner.mention.first - site.mention.last - 1
    before = observed.words.forms[owner.mention.first - 1]
    return gap == 0 or (0 < gap <= observed.language.site_first and before.isalpha())
