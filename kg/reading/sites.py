"""Where in the body? Which anatomy belongs to which tumour, finding or procedure.

French and Spanish say it after (``métastases pulmonaires et hépatiques``, ``masse au niveau du pancréas``), English also
before (``hepatic metastases``). Sites stand next to what they locate: only prepositions, adjectives and other sites
lie between.
"""

from __future__ import annotations

from collections import defaultdict

from kg.model import Concept, Kind
from kg.reading.observed import Item, Observed
from kg.reading.tables import Language

RIGHT, LEFT = 6, 2
"""At most so many words between a thing and its site, to the right and to the left of it."""
_NEVER = frozenset(".;:!?")


def _near(observed: Observed, left: int, right: int, reach: int, language: Language) -> bool:
    """Whether only connecting words stand between two word indexes."""
    gap = observed.words.forms[left + 1 : right]
    known = language.between_sites
    # numbers are measures on the way: "masse d'environ 6 x 6 centimètres, située dans l'hypochondre"
    return len([g for g in gap if g.isalpha()]) <= reach + 4 and all(g in known or g.isdigit() for g in gap)


def find_sites(observed: Observed) -> dict[Item, tuple[Concept, ...]]:
    """The sites of every item that has any, in the order of the text."""
    found: dict[int, list[Concept]] = defaultdict(list)
    owners = (Kind.DISEASE, Kind.FINDING, Kind.PROCEDURE, Kind.RESPONSE)
    language = observed.language
    for items in observed.by_sentence.values():
        previous: tuple[int, int] | None = None  # the owner's index and the last word of its last site
        for n, item in enumerate(items):
            concept = item.concept
            if item.kind is not Kind.ANATOMY:
                if item.kind in owners and (previous is None or item.mention.last > previous[1]):
                    previous = (n, item.mention.last)
                continue
            if concept is None or concept.type == "side":
                continue
            inside = next(
                (k for k in range(n - 1, -1, -1) if items[k].kind in owners and items[k].span.holds(item.span)), None
            )
            inside = (
                inside
                if inside is not None
                else next(
                    (
                        k
                        for k in range(n + 1, min(n + 3, len(items)))
                        if items[k].kind in owners and items[k].span.holds(item.span)
                    ),
                    None,
                )
            )
            if inside is not None:
                owner = items[inside]
                if owner.grounding.morphology or owner.kind is Kind.PROCEDURE:
                    found[id(owner)].append(concept)
                previous = (inside, max(item.mention.last, items[inside].mention.last))
            elif previous and _near(observed, previous[1], item.mention.first, RIGHT, language):
                found[id(items[previous[0]])].append(concept)
                previous = (previous[0], item.mention.last)
            elif (
                n + 1 < len(items) and items[n + 1].kind in owners and _adjacent(observed, item, items[n + 1], language)
            ):
                found[id(items[n + 1])].append(concept)
    return {item: tuple({c.key: c for c in found[id(item)]}.values()) for item in observed.items if id(item) in found}


def _adjacent(observed: Observed, site: Item, owner: Item, language: Language) -> bool:
    """English order: the site right before its tumour (``hepatic metastases``)."""
    gap = owner.mention.first - site.mention.last - 1
    return gap == 0 or (
        language.code == "en" and 0 < gap <= LEFT and observed.words.forms[owner.mention.first - 1].isalpha()
    )
