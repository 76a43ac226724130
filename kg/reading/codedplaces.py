"""What stands in a text where its words are coded? Its stems, the organs and the names among them, coded places."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Concept, Grounding, Kind
from kg.reading.codedwordrules import Phrases, Rules
from kg.reading.observed import Observed
from kg.reading.vocabulary import Vocabulary

_LONGEST = 6
"""A name has at most so many words that count."""
_BETWEEN = 8
"""At most so many words stand between a tumour and its grade, or its metastases."""


@dataclass(frozen=True, slots=True)
class Place:
    """Coded words, from the ``first`` place of the line to the ``last``, inclusive."""

    first: int
    last: int
    code: str
    concept: Concept | None = None
    end: int = -1
    """The last place of the name with the organ that is not coded with it."""
    spreads: bool = False
    """Whether the words say that there are metastases; M0 is coded, but says that there are none."""
    staged: bool = False
    """Whether the words are a TNM formula."""


class Line:
    """The stems of a text with the organs and names that stand in it."""

    def __init__(self, observed: Observed, vocabulary: Vocabulary, rules: Rules) -> None:
        """Organs are known by the place of their first word and of their last."""
        self.words, self.vocabulary, self.rules = observed.words, vocabulary, rules
        self.stems = self.words.line.split()
        self.organ_from: dict[int, int] = {}
        self.organ_to: dict[int, int] = {}
        self.meant: dict[int, Grounding] = {}
        self.names: list[Grounding] = []
        for item in observed.items:
            if item.kind not in (Kind.ANATOMY, Kind.DISEASE) and not item.grounding.morphology:
                continue
            first, last = self.words.place_of(item.mention.first), self.words.place_of(item.mention.last)
            if item.kind is Kind.ANATOMY:
                self.organ_from[first], self.organ_to[last] = last, first
            else:
                self.meant.update(dict.fromkeys(range(first, last + 1), item.grounding))
                if item.kind is Kind.DISEASE:
                    self.names.append(item.grounding)

    def phrase_at(self, place: int, phrases: Phrases) -> tuple[int, str] | None:
        """The last place and the value of the longest phrase that starts at a place."""
        stems = self.stems
        if place < len(stems):
            for rest, value in phrases.get(stems[place], ()):
                end = place + 1 + len(rest)
                if tuple(stems[place + 1 : end]) == rest:
                    return end - 1, value
        return None

    def past(self, place: int, known: frozenset[str]) -> int:
        """The first place from ``place`` on that is no organ, number, known word or in parentheses."""
        for _ in range(_BETWEEN):
            if place in self.organ_from:
                place = self.organ_from[place] + 1
            elif place >= len(self.stems):
                break
            elif self.stems[place] in known or self.stems[place].isdecimal():
                place += 1
            elif self.stems[place] == "(" and ")" in self.stems[place : place + _BETWEEN]:
                place = self.stems.index(")", place) + 1
            else:
                break
        return place

    def name_at(self, place: int) -> tuple[int, Concept] | None:
        """The last place and the concept of the longest name of a tumour that starts at a place."""
        for end in range(place + _LONGEST, place, -1):
            concept = self.named(place, end)
            if concept and concept.type != "metastasis":
                return end - 1, concept
        return None

    def named(self, first: int, end: int) -> Concept | None:
        """The coded concept that the words up to the place ``end`` name."""
        index = self.vocabulary.index.get(" ".join(self.stems[first:end]))
        senses = self.vocabulary.senses[index] if index is not None else ()
        return next((s.concept for s in senses if s.concept.kind is Kind.DISEASE and s.concept.morphology), None)
