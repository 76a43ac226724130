"""Which words carry an ICD-O-3 morphology where a language codes words, not names? And which code?

Spanish cases are coded word by word (docs/decisions/0005): ``tumoral`` and ``metastásica`` in whatever they stand, a
progression or a lesion beside an organ as a metastasis, a tumour's name without its organ, but with its grade and with
what makes it a metastasis (``adenocarcinoma de colon bien diferenciado`` 8140/31, ``melanoma metastásico`` 8720/6).
A language has these rules where its table ``codedwords.tsv`` is.

Spanish: spans F1 0.794, spans with their code 0.776 (CANTEMIST dev, 250 texts, 2026-11-22).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.model import Concept, Grounding, Kind, Mention, Span
from kg.reading.codedwordrules import UNCODED, Phrases, Rules
from kg.reading.grounding import ground
from kg.reading.mentions import Found
from kg.reading.observed import Observed
from kg.reading.vocabulary import Vocabulary

_BLOOD = ("959", "96", "97", "98", "99")
"""Histologies whose sixth digit is the lineage of the cells, not a grade (ICD-O-3)."""
_METASTATIC = "/6"
_M = re.compile(r"(m[01x])[a-d]?(?!\w)")
_BEFORE_M = re.compile(r"(?<!\w)(?:[cpyr]{0,3}t(?:is|[0-4x])[a-d]?)?(?:[cpr]{0,2}n[0-3x][a-d]?)?[cp]?$")
"""What may stand glued to a category of M."""
_LONGEST = 6
"""A name has at most so many words that count."""
_FORMULA = 16
"""A TNM formula up to its M has at most so many characters."""
_BETWEEN = 8
"""At most so many words stand between a tumour and its grade, or its metastases."""


@dataclass(frozen=True, slots=True)
class _Place:
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


class _Line:
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
            if item.kind is not Kind.ANATOMY and not item.grounding.morphology:
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
        """The last place and the concept of the longest coded name that starts at a place."""
        for end in range(place + _LONGEST, place, -1):
            if concept := self.named(place, end):
                return end - 1, concept
        return None

    def named(self, first: int, end: int) -> Concept | None:
        """The coded concept that the words up to the place ``end`` name."""
        index = self.vocabulary.index.get(" ".join(self.stems[first:end]))
        senses = self.vocabulary.senses[index] if index is not None else ()
        return next((s.concept for s in senses if s.concept.kind is Kind.DISEASE and s.concept.morphology), None)


def code_words(observed: Observed, found: Found, vocabulary: Vocabulary, rules: Rules) -> tuple[Grounding, ...]:
    """All mentions as they are told, codes with the words that carry them, in the order of the text."""
    line = _Line(observed, vocabulary, rules)
    coded = {_span(line, place): place for place in _places(line)}
    told = []
    for item in observed.items:
        place = coded.pop(item.span, None) if item.kind is not Kind.ANATOMY else None
        told.append(replace(item.grounding, morphology=place.code if place else ""))
    told += (_grounding(line, found, span, place) for span, place in coded.items())
    return tuple(sorted(told, key=lambda g: (g.mention.first, g.mention.last, g.mention.kind)))


def _span(line: _Line, place: _Place) -> Span:
    return line.words.span(line.words.kept[place.first], line.words.kept[place.last])


def _grounding(line: _Line, found: Found, span: Span, place: _Place) -> Grounding:
    """Coded words that are no mention yet: they mean what they say themselves, else the name that they belong to."""
    kept, key = line.words.kept, " ".join(line.stems[place.first : place.last + 1])
    mention = Mention(span, key, Kind.DISEASE, kept[place.first], kept[place.last])
    candidates = line.meant[place.first].candidates if place.first in line.meant else ()
    if key in line.vocabulary.index:
        (named,) = ground(line.words, replace(found, mentions=(mention,)), line.vocabulary)
        candidates = named.candidates or candidates
    return Grounding(mention, candidates, place.code)


def _places(line: _Line) -> Iterator[_Place]:
    """The coded words; no two places share one."""
    names = _apart(name for item in line.names if (name := _name(line, item)))
    taken = {i for name in names for i in range(name.first, name.last + 1)}
    others = (p for p in (*_worded(line), *_sited(line), *_staged(line)) if taken.isdisjoint((p.first, p.last)))
    return (p for p in _joined(line, sorted([*names, *_apart(others)], key=lambda p: p.first)) if p.code != UNCODED)


def _apart(places: Iterable[_Place]) -> list[_Place]:
    """Places that share no word, the longest first."""
    chosen: list[_Place] = []
    taken: set[int] = set()
    for place in sorted(places, key=lambda p: (p.first - p.last, p.first)):
        if taken.isdisjoint(range(place.first, place.last + 1)):
            taken.update(range(place.first, place.last + 1))
            chosen.append(place)
    return chosen


def _name(line: _Line, g: Grounding) -> _Place | None:
    """The words of a tumour's name that are coded: without its organ, unless its grade follows that."""
    if g.concept is None or g.morphology.startswith(line.rules.unspecific):
        return None
    first, end = line.words.place_of(g.mention.first), line.words.place_of(g.mention.last)
    place = _without_organ(line, _Place(first, end, g.morphology, g.concept, end))
    if place.concept and place.concept.type == "metastasis":
        place = _of_its_tumour(line, place)
    elif place.concept:
        place = replace(place, code=line.rules.coded.get(place.concept.key, place.code))
    return _graded(line, place)


def _of_its_tumour(line: _Line, place: _Place) -> _Place:
    """``metástasis de carcinoma`` with the rest of the tumour's name, where that is longer (``… lobulillar``)."""
    for at in range(place.first + 1, place.last + 1):
        if found := line.name_at(at):
            last, concept = found
            return replace(place, last=last, end=last, code=_metastatic(concept.morphology))
    return place


def _without_organ(line: _Line, place: _Place) -> _Place:
    """A name less the organ at its end, with the code of what is left, where the lexicon knows that."""
    start = line.organ_to.get(place.last, place.first)
    if start <= place.first or (place.concept and place.concept.key in line.rules.whole):
        return place
    concept = line.named(place.first, start)
    if concept is None:
        return place
    return _without_organ(line, replace(place, last=start - 1, code=concept.morphology, concept=concept))


def _graded(line: _Line, place: _Place) -> _Place:
    """A name with the grade inside it or after it, and the words that belong to it."""
    rules = line.rules
    end = max(place.end, place.last)
    at = line.past(end + 1, frozenset())
    if at < len(line.stems) and line.stems[at] in rules.after:
        place, end = replace(place, last=at), at
    if place.code.startswith((*_BLOOD, *rules.ungraded)):
        return place
    for at in dict.fromkeys((end + 1, line.past(end + 1, rules.beside))):
        if found := line.phrase_at(at, rules.grades):
            return replace(place, last=found[0], code=place.code + found[1])
    for at in range(place.first, end + 1):
        if found := line.phrase_at(at, rules.grades):
            return replace(place, last=max(place.last, found[0]), code=place.code + found[1])
    return place


def _worded(line: _Line) -> Iterator[_Place]:
    """Words that are coded wherever they stand."""
    for at, stem in enumerate(line.stems):
        if stem in line.rules.words and (found := line.phrase_at(at, line.rules.words)):
            last, code = found
            place = _Place(at, last, code, spreads=code.endswith(_METASTATIC))
            yield place if place.spreads or code == UNCODED else _graded(line, place)


def _sited(line: _Line) -> Iterator[_Place]:
    """Heads with the organ that makes them a metastasis."""
    rules, forms, kept = line.rules, line.words.forms, line.words.kept
    for head, word in enumerate(kept):
        sites = rules.sited.get(forms[word])
        if sites is None:
            continue
        at = head + 1
        while at < len(kept) and line.stems[at] in rules.link:
            at += 1
        for length in (3, 2, 1):
            if code := sites.get(" ".join(line.stems[at : at + length])):
                yield _Place(head, at + length - 1, code, spreads=True)
                break


def _staged(line: _Line) -> Iterator[_Place]:
    """TNM formulas with a category of M that is coded, as far as they are written in one."""
    codes, words = line.rules.staged, line.words
    for match in _M.finditer(words.folded) if codes else ():
        before = _BEFORE_M.search(words.folded, max(match.start() - _FORMULA, 0), match.start())
        if before and (code := codes.get(match[1])):
            first, last = bisect.bisect_left(words.starts, before.start()), bisect.bisect_left(words.ends, match.end())
            yield _Place(words.place_of(first), words.place_of(last), code, spreads=match[1] == "m1", staged=True)


def _joined(line: _Line, places: list[_Place]) -> Iterator[_Place]:
    """The places in order, a tumour and the words that make it a metastasis as one."""
    waiting: _Place | None = None
    for place in places:
        if waiting is None:
            waiting = place
        elif place.last <= waiting.last:
            continue
        elif both := _metastasis_of(line, waiting, place) or _with_metastases(line, waiting, place):
            waiting = both
        else:
            yield waiting
            waiting = place
    if waiting:
        yield waiting


def _metastatic(code: str) -> str:
    return f"{code[:4]}{_METASTATIC}{code[6:]}"


def _is_tumour(place: _Place) -> bool:
    return not place.spreads and place.code != UNCODED and place.code[-1] not in "09" and place.code[:4] != "8001"


def _metastasis_of(line: _Line, left: _Place, right: _Place) -> _Place | None:
    """``metástasis hepáticas de un adenocarcinoma``."""
    if not left.spreads or not _is_tumour(right) or line.past(left.last + 1, line.rules.of) < right.first:
        return None
    return replace(right, first=left.first, code=_metastatic(right.code), spreads=False)


def _with_metastases(line: _Line, left: _Place, right: _Place) -> _Place | None:
    """``adenocarcinoma de colon, estadio IV por metástasis``."""
    if not right.spreads or not _is_tumour(left):
        return None
    rules, start = line.rules, max(left.last, left.end) + 1
    between = line.stems[start : right.first]
    if between and not right.staged and rules.with_.isdisjoint(between) and line.past(start, frozenset()) < right.first:
        return None
    if line.past(start, rules.with_ | rules.towards) < right.first:
        return None
    return replace(left, last=right.last, code=_metastatic(left.code), spreads=False)
