"""Which concept is meant? Ranked candidates with a score from 0 to 1, the matched term and why; or abstention.

The score falls from 1: other languages 0.9, acronyms 0.95, related scope 0.7, a name that is not the preferred label
−0.01, one corrected letter ×0.85, an acronym defined in the text ×0.95, words in another order ×0.97. Two concepts
that tie are ranked by the lexicon's order; below ``ABSTAIN`` a mention stays unmapped, and is kept.

Histology right 0.907, antigen 0.994, drug 1.000 (gold facts dev, 16 French cases, 2026-11-22).
"""

from __future__ import annotations

from kg.model import Candidate, Grounding, Kind, Mention
from kg.reading.mentions import Found
from kg.reading.surroundings import fits
from kg.reading.text import Words
from kg.reading.vocabulary import Sense, Vocabulary

ABSTAIN = 0.5
TYPO, DEFINED, REORDERED = 0.85, 0.95, 0.97


_Way = tuple[float, str]
_DEFINED: _Way = (DEFINED, "abbreviation defined in the text")
_TYPO: _Way = (TYPO, "one letter off")
_REORDERED: _Way = (REORDERED, "words in another order")


def _way(words: Words, mention: Mention, found: Found) -> _Way | None:
    """How the text departs from the name, with what that costs; None where it writes the name itself."""
    if found.defined:
        written = words.text[mention.span.start : mention.span.end]
        if written in found.defined or written.rstrip("s") in found.defined:
            return _DEFINED
    if found.repaired and not found.repaired.isdisjoint(range(mention.first, mention.last + 1)):
        return _TYPO
    several = mention.kind is Kind.DISEASE and " " in mention.key
    return _REORDERED if several and mention.key != words.key(mention.first, mention.last) else None


def _score(sense: Sense, way: _Way | None) -> tuple[float, str]:
    score = sense.score
    if sense.surface.text not in (sense.concept.label(sense.surface.language), sense.letters):
        score -= 0.01
    return (score, sense.why) if way is None else (score * way[0], way[1])


def _candidates(
    words: Words, mention: Mention, found: Found, vocabulary: Vocabulary, way: _Way | None
) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for sense in vocabulary.senses[vocabulary.index[mention.key]]:
        if sense.concept.kind is not mention.kind:
            continue
        checked = way is _DEFINED or sense.free or fits(sense, mention.span, words.text, found.surroundings)
        if not checked:
            continue
        score, why = _score(sense, way)
        old = best.get(sense.concept.key)
        if score >= ABSTAIN and (old is None or score > old.score):
            best[sense.concept.key] = Candidate(sense.concept, round(score, 3), sense.surface.text, why)
    return tuple(sorted(best.values(), key=lambda c: (-c.score, c.concept.source)))


def _morphology(words: Words, mention: Mention, found: Found, vocabulary: Vocabulary) -> str:
    """The ICD-O code that a name also has as a tumour word: ``progression de la maladie`` is a response and 8000/1."""
    for sense in vocabulary.senses[vocabulary.index[mention.key]]:
        if sense.concept.morphology and (sense.free or fits(sense, mention.span, words.text, found.surroundings)):
            return sense.concept.morphology
    return ""


def ground(words: Words, found: Found, vocabulary: Vocabulary) -> tuple[Grounding, ...]:
    """The candidates of every mention, in the mentions' order."""
    result = []
    for mention in found.mentions:
        index, way = vocabulary.index[mention.key], _way(words, mention, found)
        known = (index, mention.kind) if way is None and vocabulary.senses.free(index) else None
        ranked = vocabulary.ranked.get(known) if known else None
        if ranked is None:
            ranked = _candidates(words, mention, found, vocabulary, way)
            if known:
                vocabulary.ranked[known] = ranked
        concept = ranked[0].concept if ranked else None
        morphology = concept.morphology if concept else ""
        if not morphology and mention.kind in (Kind.RESPONSE, Kind.STAGE, Kind.FINDING):
            morphology = _morphology(words, mention, found, vocabulary)
        result.append(Grounding(mention, ranked, morphology, concept.topography if concept else ""))
    return tuple(result)
