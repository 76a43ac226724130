"""Where is something named? Dictionary matches over folded text, modifiers in any order, acronyms defined in the text.

Longest match on word borders, within each group of kinds that exclude each other: an organ inside a disease name is
kept as a mention of its own (``cancer du sein`` and ``sein``), a shorter disease inside a longer one is not.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Kind, Mention, Span
from kg.reading.sections import Outline
from kg.reading.text import Words, accents, joined
from kg.reading.vocabulary import JOINING, LONG_TYPO, Sense, Vocabulary, corrected

_GROUP = {Kind.ANATOMY: 0, Kind.MARKER: 1, Kind.DRUG: 2}
_REST = 3
_NOT_WORD = re.compile(r"\W")
_DEFINED = re.compile(r"\(\s*([A-ZÀ-Ý][A-Za-zÀ-ÿ0-9-]{1,7})\s*[);,:]")
_DIAGNOSED = re.compile(r"[Dd]iagn[oó]sti\w*\s+(?:d['’]\s?(?:un\s|une\s)?|de\s|of\s)([A-Z]{2,4})(?![\w-])")
_PLACE = tuple[int, int, int, Kind]  # first and last place in the line, key index, kind


class Surroundings:
    """Where the cues of context rules stand, and whether a rule holds at a place of the text."""

    def __init__(self, words: Words, vocabulary: Vocabulary, outline: Outline) -> None:
        self._rules = vocabulary.lexicon.contexts
        self._outline = outline
        self._words = words
        flat = " " + _NOT_WORD.sub(" ", words.folded) + " "
        self._places: dict[str, list[int]] = defaultdict(list)
        for pattern, start, _ in vocabulary.context_automaton.find_matches_as_indexes(flat, overlapping=True):
            offset = start if words.origin is None else words.origin[min(start, len(words.origin) - 1)]
            for name in vocabulary.context_rules[pattern]:
                self._places[name].append(offset)

    def hold(self, name: str, span: Span) -> bool:
        """Whether the rule ``name`` finds one of its cues within reach of ``span`` (and outside of it)."""
        rule, outline = self._rules[name], self._outline
        if rule.within == "document":
            reach = Span(0, len(self._words.text))
        elif rule.within == "section":
            reach = outline.section_at(span.start).span
        else:
            reach = outline.sentences[outline.sentence_at(span.start)]
        places = self._places.get(name, ())
        i = bisect.bisect_left(places, reach.start)
        return any(reach.start <= p < reach.end and not span.start <= p < span.end for p in places[i:])


def fits(sense: Sense, span: Span, text: str, surroundings: Surroundings) -> bool:
    """Whether a sense that needs a check passes it at this place."""
    if sense.letters:
        written = re.sub(r"[\W_]+", "", text[span.start : span.end])
        loose = sense.concept.kind is Kind.MARKER and len(written) > 2 and not written.islower()
        if written != sense.letters and written.rstrip("s") != sense.letters and not (
                loose and written.lower() == sense.letters.lower()):
            return False
    if sense.accented is not None:
        written = text[span.start : span.end]
        if not written.isupper() and accents(written)[: len(sense.accented) + 1] != sense.accented:
            return False
    return not sense.surface.context or surroundings.hold(sense.surface.context, span)


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
    known, repaired = vocabulary.known, {}
    for place, i in enumerate(words.kept):
        if len(words.forms[i]) >= LONG_TYPO and words.stems[i] not in known:
            better = corrected(words.stems[i], vocabulary)
            if better != words.stems[i]:
                repaired[place] = better
    if not repaired:
        return words.line, words.offsets, frozenset()
    stems = [repaired.get(place, words.stems[i]) for place, i in enumerate(words.kept)]
    offsets, at = [0], 0
    for stem in stems:
        at += len(stem) + 1
        offsets.append(at)
    return joined(stems), offsets, frozenset(words.kept[p] for p in repaired)


def _matches(words: Words, line: str, offsets: list[int], vocabulary: Vocabulary, around: Surroundings) -> list[_PLACE]:
    places: list[_PLACE] = []
    where = {offset: i for i, offset in enumerate(offsets)}
    lengths, kinds, free = vocabulary.lengths, vocabulary.kinds, vocabulary.free
    for pattern, start, _ in vocabulary.automaton.find_matches_as_indexes(line, overlapping=True):
        first = where[start]
        last = first + lengths[pattern] - 1
        for kind in kinds[pattern]:
            if kind in free[pattern]:
                places.append((first, last, pattern, kind))
                continue
            span = words.span(words.kept[first], words.kept[last])
            if any(s.concept.kind is kind and fits(s, span, words.text, around) for s in vocabulary.senses[pattern]):
                places.append((first, last, pattern, kind))
    return places


def _fillers(stems: list[str], places: list[_PLACE]) -> list[bool]:
    """For every word of the line: may it stand inside a name without being part of it (organs, adverbs, commas)?"""
    filler = [stem == "," or stem in JOINING or stem.endswith(("ment", "ly")) for stem in stems]
    for first, last, _, kind in places:
        if kind is Kind.ANATOMY:
            for i in range(first, last + 1):
                filler[i] = True
    return filler


def _window(stems: list[str], filler: list[bool], at: int, step: int, most: int, modifiers: frozenset[str]) -> list[int]:
    """Places of the modifiers that follow ``at`` in the direction ``step``, nearest first."""
    found, i, skipped = [], at + step, 0
    while 0 <= i < len(stems) and len(found) < most and skipped <= 2:
        if stems[i] in modifiers:
            found.append(i)
        elif filler[i]:
            skipped += 1
        else:
            break
        i += step
    return found


def _reordered(line: str, places: list[_PLACE], vocabulary: Vocabulary) -> list[_PLACE]:
    """Longer names whose words stand around a found one in another order: ``lymphome de Hodgkin, sclérose nodulaire``."""
    stems = line.split()
    modifiers, bags = vocabulary.modifiers, vocabulary.bags
    filler: list[bool] = []
    found = []
    for first, last, pattern, kind in places:
        if kind is not Kind.DISEASE:
            continue
        if not (first and stems[first - 1] in modifiers) and not (
                last + 1 < len(stems) and (stems[last + 1] in modifiers or stems[last + 1] == "," or not filler or filler[last + 1])):
            continue
        filler = filler or _fillers(stems, places)
        left = _window(stems, filler, first, -1, 3, modifiers)
        right = _window(stems, filler, last, 1, 4, modifiers)
        head = [stem for stem in stems[first : last + 1] if stem not in JOINING]
        best: _PLACE | None = None
        best_size = 0
        for before in range(len(left) + 1):
            for after in range(len(right), -1, -1):
                size = before + after
                if size > best_size:
                    bag = frozenset([*head, *(stems[i] for i in left[:before]), *(stems[i] for i in right[:after])])
                    key = bags.get(bag)
                    if key is not None and len(bag) == len(head) + size:
                        best, best_size = (left[before - 1] if before else first, right[after - 1] if after else last, key, kind), size
        if best and best[2] != pattern:
            found.append(best)
    return found


_NUMERAL = re.compile(r"[ivx]+|\d{1,2}[ab]?")
_ENUMERATES = frozenset({",", "et", "y", "e", "and", "a"})


def _enumerated(line: str, places: list[_PLACE], vocabulary: Vocabulary) -> list[_PLACE]:
    """The further members of ``segments II/III``: names that differ from the one before in their last numeral only."""
    stems = line.split()
    found = []
    for _, last, pattern, kind in places:
        head, _, numeral = vocabulary.keys[pattern].rpartition(" ")
        at = last + 1
        while kind is Kind.ANATOMY and head and _NUMERAL.fullmatch(numeral) and at < len(stems):
            at += stems[at] in _ENUMERATES
            key = vocabulary.index.get(f"{head} {stems[at]}") if at < len(stems) and _NUMERAL.fullmatch(stems[at]) else None
            if key is None or kind not in vocabulary.kinds[key]:
                break
            found.append((at, at, key, kind))
            at += 1
    return found


def _longest(places: Iterable[_PLACE]) -> list[_PLACE]:
    """Places that no longer one of the same group covers; an acronym's sense with a context beats one without."""
    taken: tuple[set[int], ...] = (set(), set(), set(), set())
    chosen = []
    for place in sorted(set(places), key=lambda p: (p[0] - p[1], p[0], _GROUP.get(p[3], _REST), p[2], p[3])):
        used = taken[_GROUP.get(place[3], _REST)]
        covered = range(place[0], place[1] + 1)
        if used.isdisjoint(covered):
            used.update(covered)
            chosen.append(place)
    return chosen


def _without_doubles(places: list[_PLACE], vocabulary: Vocabulary) -> list[_PLACE]:
    """One kind for the same words, and no organ inside a marker's or drug's name."""
    same: dict[tuple[int, int], list[_PLACE]] = defaultdict(list)
    for place in places:
        same[place[0], place[1]].append(place)
    kept = [min(group, key=lambda p: (p[3] in vocabulary.free[p[2]], p[3] is not Kind.MARKER, p[3]))
            for group in same.values()]
    covering = [(p[0], p[1]) for p in kept if p[3] in (Kind.MARKER, Kind.DRUG)]
    return [p for p in kept if p[3] in (Kind.MARKER, Kind.DRUG)
            or not any(a <= p[0] and p[1] <= b and (a, b) != (p[0], p[1]) for a, b in covering)]


def _abbreviates(acronym: str, name: str) -> bool:
    """Whether all letters of the acronym stand in the name, its first one at the start of one of the name's words."""
    letters = [c for c in acronym.lower() if c.isalpha()]
    pool = list(name)
    if len(letters) < 2 or not any(word.startswith(letters[0]) for word in re.findall(r"\w+", name)):
        return False
    for letter in letters:
        if letter not in pool:
            return False
        pool.remove(letter)
    return True


def _defined(words: Words, mentions: list[Mention]) -> dict[str, Mention]:
    """Acronyms that the text itself defines: ``tumeur stromale gastro-intestinale (GIST)``."""
    ends = {m.last: m for m in mentions if m.kind in (Kind.DISEASE, Kind.DRUG, Kind.MARKER)}
    found: dict[str, Mention] = {}
    for match in _DEFINED.finditer(words.text):
        before = words.at(match.start()) - 1
        mention = ends.get(before)
        if mention and sum(c.isupper() for c in match[1]) >= 2:
            name = words.folded[words.starts[mention.first] : words.ends[mention.last]]
            if _abbreviates(match[1], name):
                found.setdefault(match[1], mention)
    for match in _DIAGNOSED.finditer(words.text):
        meant = {m.key: m for m in mentions if m.kind is Kind.DISEASE and m.span.end < match.start()
                 and _spells(match[1].lower(), words.folded[words.starts[m.first] : words.ends[m.last]])}
        if len(meant) == 1 and not any(m.span.start == match.start(1) for m in mentions):
            found.setdefault(match[1], next(iter(meant.values())))
    return found


def _spells(letters: str, name: str) -> bool:
    """Whether the letters stand in the name in their order, the first one at its start (HP, hémangiopéricytome)."""
    rest = iter(name)
    return name.startswith(letters[0]) and all(letter in rest for letter in letters)


def _uses(words: Words, defined: dict[str, Mention], mentions: list[Mention]) -> list[Mention]:
    """Every place where an acronym defined in the text is used."""
    found = []
    for acronym, mention in sorted(defined.items()):
        for match in re.finditer(rf"(?<![\w-]){re.escape(acronym)}s?(?![\w-])", words.text):
            first, last = words.at(match.start()), words.at(match.end() - 1)
            found.append(Mention(Span(match.start(), match.end()), mention.key, mention.kind, first, last))
    spans = [m.span for m in found]
    kept = [m for m in mentions if not any(s.overlaps(m.span) and m.kind is not Kind.ANATOMY for s in spans)]
    return sorted([*kept, *found], key=lambda m: (m.span, m.kind))


def find_mentions(words: Words, vocabulary: Vocabulary, outline: Outline) -> Found:
    """All places of ``words`` that name a concept of ``vocabulary``, in order; a mention has one kind."""
    surroundings = Surroundings(words, vocabulary, outline)
    line, offsets, repaired = _repair(words, vocabulary)
    places = _matches(words, line, offsets, vocabulary, surroundings)
    places = _without_doubles(_longest(places + _reordered(line, places, vocabulary) + _enumerated(line, places, vocabulary)), vocabulary)
    kept = words.kept
    mentions = sorted(
        (Mention(words.span(kept[a], kept[b]), vocabulary.keys[key], kind, kept[a], kept[b]) for a, b, key, kind in places),
        key=lambda m: (m.span, m.kind),
    )
    defined = _defined(words, mentions)
    if defined:
        mentions = _uses(words, defined, mentions)
    return Found(tuple(mentions), surroundings, repaired, defined)
