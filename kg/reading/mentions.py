"""Where is something named? Dictionary matches over folded text, modifiers in any order, acronyms defined in the text.

Longest match on word borders, within each group of kinds that exclude each other: an organ inside a disease name is
kept as a mention of its own (``cancer du sein`` and ``sein``), a shorter disease inside a longer one is not.

Tumour names: see ``coding``, which says which of their words carry the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Kind, Mention
from kg.reading.acronyms import defined_acronyms, with_uses
from kg.reading.compilation import LONG_TYPO
from kg.reading.sections import Outline
from kg.reading.spelling import corrected
from kg.reading.surroundings import Surroundings, fits
from kg.reading.text import Words, joined
from kg.reading.vocabulary import Vocabulary
from kg.reading.wordorder import Place, enumerated, reordered

_REST = 3
_GROUP = {**dict.fromkeys(Kind, _REST), Kind.ANATOMY: 0, Kind.MARKER: 1, Kind.DRUG: 2}
_TOLD = frozenset({Kind.RESPONSE, Kind.STAGE})
"""Kinds that win over a tumour of the same words: progression is an answer first; its code stays with the mention."""
_CLOSED = frozenset({Kind.MARKER, Kind.DRUG})


@dataclass(frozen=True, slots=True)
class Found:
    """The mentions of a text in order, the words they stand in, what surrounds them, and acronyms defined here."""

    mentions: tuple[Mention, ...]
    surroundings: Surroundings
    repaired: frozenset[int]
    """Indexes of words that were read with one letter corrected."""
    defined: dict[str, Mention]
    """Acronym as written → the mention that it stands for."""


def _repair(words: Words, vocabulary: Vocabulary) -> tuple[str, list[int], frozenset[int]]:
    """The line with typing errors in long words corrected, its offsets, and the words that were."""
    stems = words.line.split()
    better: dict[str, str] = {}
    for stem in set(stems) - vocabulary.known:
        if len(stem) >= LONG_TYPO - 1:
            repair = corrected(stem, vocabulary)
            if repair != stem:
                better[stem] = repair
    places = [
        place
        for place, stem in enumerate(stems if better else ())
        if stem in better and _may_be_repaired(words.forms[words.kept[place]], stem, better[stem], vocabulary)
    ]
    if not places:
        return words.line, words.offsets, frozenset()
    for place in places:
        stems[place] = better[stems[place]]
    offsets, at = [0], 0
    for stem in stems:
        at += len(stem) + 1
        offsets.append(at)
    return joined(stems), offsets, frozenset(words.kept[p] for p in places)


def _may_be_repaired(form: str, stem: str, better: str, vocabulary: Vocabulary) -> bool:
    """Whether a word is long enough, and no inflected word read as a name: *reclassée* is not Reclast."""
    if len(form) < LONG_TYPO:
        return False
    ending = form[len(stem) :].rstrip("s") if form.startswith(stem) else form
    return better not in vocabulary.names or len(ending) <= 1


def _matches(
    words: Words, line: str, offsets: list[int], vocabulary: Vocabulary, around: Surroundings, outline: Outline
) -> list[Place]:
    places: list[Place] = []
    where = dict(zip(offsets, range(len(offsets)), strict=True))
    lengths, kinds, free = vocabulary.lengths, vocabulary.kinds, vocabulary.free
    for pattern, start, _ in vocabulary.automaton.find_matches_as_indexes(line, overlapping=True):
        first = where[start]
        last = first + lengths[pattern] - 1
        if first != last and outline.sentence_at(words.offset(words.kept[first])) != outline.sentence_at(
            words.offset(words.kept[last])
        ):
            continue  # a name starts in a heading and ends below it
        for kind in kinds[pattern]:
            if kind in free[pattern]:
                places.append((first, last, pattern, kind))
                continue
            span = words.span(words.kept[first], words.kept[last])
            if any(s.concept.kind is kind and fits(s, span, words.text, around) for s in vocabulary.senses[pattern]):
                places.append((first, last, pattern, kind))
    return places


def _longest(places: Iterable[Place], reordered: Iterable[Place], lengths: list[int]) -> list[Place]:
    """Places that no longer one of the same group covers; of as long ones those that are written as they are named.

    Of the same words, the one whose name has most of them.
    """
    written = set(places)
    taken: tuple[set[int], ...] = (set(), set(), set(), set())
    chosen = []
    for place in sorted(
        written.union(reordered), key=lambda p: (p[0] - p[1], p not in written, p[0], -lengths[p[2]], *p[2:])
    ):
        first, last, _, kind = place
        used = taken[_GROUP[kind]]
        if first == last:
            if first not in used:
                used.add(first)
                chosen.append(place)
        elif used.isdisjoint(range(first, last + 1)):
            used.update(range(first, last + 1))
            chosen.append(place)
    return chosen


def _without_doubles(places: list[Place], vocabulary: Vocabulary) -> list[Place]:
    """One kind for the same words (a sense that its surroundings confirm first); nothing inside a marker or drug."""
    best: dict[tuple[int, int], tuple[tuple[bool, bool, Kind], Place]] = {}
    closed: dict[int, Kind] = {}
    for place in places:
        first, last, key, kind = place
        rank = (kind in vocabulary.free[key] and kind not in _TOLD, kind is not Kind.MARKER, kind)
        old = best.get((first, last))
        if old is None or rank < old[0]:
            best[first, last] = (rank, place)
    kept = [place for _, place in best.values()]
    for first, last, _, kind in kept:
        if kind in _CLOSED and first != last:
            closed.update(dict.fromkeys(range(first, last + 1), kind))
    return [p for p in kept if not _is_inside(p, closed)] if closed else kept


def _is_inside(place: Place, closed: dict[int, Kind]) -> bool:
    """Whether a place lies in a marker or drug of several words that is no place of its own kind (cycline in D1's)."""
    first, last, _, kind = place
    owners = {closed.get(first), closed.get(last)}
    if kind in _CLOSED:
        return first == last and owners.isdisjoint({kind, None})
    return None not in owners


def find_mentions(words: Words, vocabulary: Vocabulary, outline: Outline) -> Found:
    """All places of ``words`` that name a concept of ``vocabulary``, in order; a mention has one kind."""
    surroundings = Surroundings(words, vocabulary, outline)
    line, offsets, repaired = _repair(words, vocabulary)
    places = _matches(words, line, offsets, vocabulary, surroundings, outline)
    stems = line.split()
    more = reordered(stems, places, vocabulary) + enumerated(stems, places, vocabulary)
    longest = _longest(places, more, vocabulary.lengths)
    chosen = sorted(_without_doubles(longest, vocabulary), key=lambda p: (p[0], p[1], p[3]))
    kept, keys = words.kept, vocabulary.keys
    mentions = [
        Mention(words.span(kept[first], kept[last]), keys[key], kind, kept[first], kept[last])
        for first, last, key, kind in chosen
    ]
    defined = defined_acronyms(words, mentions)
    if defined:
        mentions = with_uses(words, defined, mentions)
    return Found(tuple(mentions), surroundings, repaired, defined)
