"""Which concept is meant? Ranked candidates with a score from 0 to 1, the matched term and why; or abstention.

The score falls from 1: other languages 0.9, acronyms 0.95, related scope 0.7, a name that is not the preferred label
−0.01, one corrected letter ×0.85, an acronym defined in the text ×0.95, words in another order ×0.97. Two concepts
that tie are ranked by the lexicon's order; below ``ABSTAIN`` a mention stays unmapped, and is kept.

Histology right 0.815, antigen 0.994, drug 1.000 (gold facts dev, 16 French cases, 2026-11-22).
"""

from __future__ import annotations

from kg.model import Candidate, Grounding, Kind, Mention
from kg.reading.mentions import Found
from kg.reading.surroundings import fits
from kg.reading.text import Words
from kg.reading.vocabulary import Sense, Vocabulary

ABSTAIN = 0.5
TYPO, DEFINED, REORDERED = 0.85, 0.95, 0.97


def _score(sense: Sense, mention: Mention, found: Found, acronym: bool, reordered: bool) -> tuple[float, str]:
    score, why = sense.score, sense.why
    if sense.surface.text not in (sense.concept.label(sense.surface.language), sense.letters):
        score -= 0.01
    if acronym:
        return score * DEFINED, "abbreviation defined in the text"
    if found.repaired and any(i in found.repaired for i in range(mention.first, mention.last + 1)):
        return score * TYPO, "one letter off"
    if reordered:
        return score * REORDERED, "words in another order"
    return score, why


def _candidates(
    words: Words, mention: Mention, found: Found, vocabulary: Vocabulary, acronym: bool
) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    reordered = (
        mention.kind is Kind.DISEASE
        and " " in mention.key
        and not acronym
        and mention.key != words.key(mention.first, mention.last)
    )
    for sense in vocabulary.senses[vocabulary.index[mention.key]]:
        if sense.concept.kind is not mention.kind:
            continue
        if not acronym and not sense.free and not fits(sense, mention.span, words.text, found.surroundings):
            continue
        score, why = _score(sense, mention, found, acronym, reordered)
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
        plain = not found.repaired or found.repaired.isdisjoint(range(mention.first, mention.last + 1))
        written = words.text[mention.span.start : mention.span.end] if found.defined else ""
        acronym = bool(found.defined) and (written.rstrip("s") in found.defined or written in found.defined)
        index = vocabulary.index[mention.key]
        straight = (
            " " not in mention.key
            or mention.kind is not Kind.DISEASE
            or mention.key == words.key(mention.first, mention.last)
        )
        if plain and straight and not acronym and vocabulary.senses.free(index):
            ranked = vocabulary.ranked.get((index, mention.kind))
            if ranked is None:
                ranked = vocabulary.ranked[index, mention.kind] = _candidates(
                    words, mention, found, vocabulary, acronym
                )
        else:
            ranked = _candidates(words, mention, found, vocabulary, acronym)
        concept = ranked[0].concept if ranked else None
        morphology = concept.morphology if concept else ""
        if not morphology and mention.kind in (Kind.RESPONSE, Kind.STAGE, Kind.FINDING):
            morphology = _morphology(words, mention, found, vocabulary)
        result.append(Grounding(mention, ranked, morphology, concept.topography if concept else ""))
    return tuple(result)
