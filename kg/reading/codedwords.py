"""Which words carry an ICD-O-3 morphology where a language codes words, not names? And which code?

Spanish cases are coded word by word (docs/decisions/0005): ``tumoral`` and ``metastásica`` in whatever they stand, a
progression or a lesion beside an organ as a metastasis, a tumour's name without its organ, but with its grade and with
what makes it a metastasis (``adenocarcinoma de colon bien diferenciado`` 8140/31, ``melanoma metastásico`` 8720/6).
A language has these rules where its table ``codedwords.tsv`` is.

Spanish: spans F1 0.827, spans with their code 0.809, beyond 8000 0.741 (CANTEMIST dev, 250 texts, 2026-11-22).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.model import Grounding, Kind, Mention, Span
from kg.reading.codedplaces import Line, Place
from kg.reading.codedwordrules import JOINED, UNCODED, Rules
from kg.reading.grounding import ground
from kg.reading.mentions import Found
from kg.reading.observed import Observed
from kg.reading.vocabulary import Vocabulary

_BLOOD = ("959", "96", "97", "98", "99")
"""Histologies whose sixth digit is the lineage of the cells, not a grade (ICD-O-3)."""
_METASTATIC = "/6"
_NONE = (UNCODED, JOINED)
_M = re.compile(r"(m[01x])[a-d]?(?!\w)")
_BEFORE_M = re.compile(r"(?<!\w)(?:[cpyr]{0,3}t(?:is|[0-4x])[a-d]?)?(?:[cpr]{0,2}n[0-3x][a-d]?)?[cp]?$")
"""What may stand glued to a category of M."""
_FORMULA = 16
"""A TNM formula up to its M has at most so many characters."""


def code_words(observed: Observed, found: Found, vocabulary: Vocabulary, rules: Rules) -> tuple[Grounding, ...]:
    """All mentions as they are told, codes with the words that carry them, in the order of the text."""
    line = Line(observed, vocabulary, rules)
    coded = {_span(line, place): place for place in _places(line)}
    told = []
    for item in observed.items:
        place = coded.pop(item.span, None) if item.kind is not Kind.ANATOMY else None
        code = place.code if place else ""
        told.append(item.grounding if code == item.grounding.morphology else replace(item.grounding, morphology=code))
    told += (_grounding(line, found, span, place) for span, place in coded.items())
    return tuple(sorted(told, key=lambda g: (g.mention.first, g.mention.last, g.mention.kind)))


def _span(line: Line, place: Place) -> Span:
    return line.words.span(line.words.kept[place.first], line.words.kept[place.last])


def _grounding(line: Line, found: Found, span: Span, place: Place) -> Grounding:
    """Coded words that are no mention yet: they mean what they say themselves, else the name that they belong to."""
    kept, key = line.words.kept, " ".join(line.stems[place.first : place.last + 1])
    mention = Mention(span, key, Kind.DISEASE, kept[place.first], kept[place.last])
    candidates = line.meant[place.first].candidates if place.first in line.meant else ()
    if key in line.vocabulary.index:
        (named,) = ground(line.words, replace(found, mentions=(mention,)), line.vocabulary)
        candidates = named.candidates or candidates
    return Grounding(mention, candidates, place.code)


def _places(line: Line) -> Iterator[Place]:
    """The coded words; no two places share one."""
    words = list(_worded(line))
    named = (name for item in line.names if (name := _name(line, item)))
    names = _apart((*named, *(p for p in words if p.code == UNCODED)))
    taken = {i for name in names for i in range(name.first, name.last + 1)}
    others = (
        p
        for p in (*words, *_sited(line, _primaries(line, [*names, *words])), *_staged(line))
        if taken.isdisjoint((p.first, p.last))
    )
    return (p for p in _joined(line, sorted([*names, *_apart(others)], key=lambda p: p.first)) if p.code not in _NONE)


def _apart(places: Iterable[Place]) -> list[Place]:
    """Places that share no word, the longest first."""
    chosen: list[Place] = []
    taken: set[int] = set()
    for place in sorted(places, key=lambda p: (p.first - p.last, p.first)):
        if taken.isdisjoint(range(place.first, place.last + 1)):
            taken.update(range(place.first, place.last + 1))
            chosen.append(place)
    return chosen


def _name(line: Line, g: Grounding) -> Place | None:
    """The words of a tumour's name that are coded: without its organ, unless its grade follows that."""
    first, end = line.words.place_of(g.mention.first), line.words.place_of(g.mention.last)
    place = Place(first, end, g.morphology, g.concept, end)
    if not g.morphology:  # adenocarcinoma gástrico: a name that has no code, of a tumour that has one
        if first == end or (found := line.name_at(first)) is None or found[0] >= end:
            return None
        place = replace(place, last=found[0], code=found[1].morphology, concept=found[1])
    if place.concept is None or place.code.startswith(line.rules.unspecific):
        return None
    if place.concept.type == "metastasis":
        place = _of_its_tumour(line, place)
    else:
        place = _without_organ(line, _from_its_head(line, place, g.mention.key))
        concept = place.concept.key if place.concept else ""
        place = replace(place, code=line.rules.coded.get(concept, place.code))
    return _graded(line, place)


def _of_its_tumour(line: Line, place: Place) -> Place:
    """``metástasis de carcinoma`` with the rest of the tumour's name, where that is longer (``… lobulillar``)."""
    for at in range(place.first, place.last + 1):
        if found := line.name_at(at):
            last, concept = found
            code = line.rules.coded.get(concept.key, concept.morphology)
            tumour = _without_organ(line, replace(place, first=at, last=last, end=last, code=code, concept=concept))
            last = max(tumour.last, place.last) if at == place.first else tumour.last
            return replace(tumour, first=place.first, last=last, code=_metastatic(tumour.code))
    return place


def _from_its_head(line: Line, place: Place, key: str) -> Place:
    """A name in another order from its head on, where only a modifier stands before that (``cutáneo, carcinoma …``)."""
    if " ".join(line.stems[place.first : place.last + 1]) == key or line.name_at(place.first):
        return place
    for at in range(place.first + 1, place.last + 1):
        if (found := line.name_at(at)) and found[0] >= place.last:
            last, concept = found
            return replace(place, first=at, last=last, end=last, code=concept.morphology, concept=concept)
    return place


def _without_organ(line: Line, place: Place) -> Place:
    """A name less the organ or other words at its end, with the code of what is left, where the lexicon knows that."""
    dropped = line.stems[place.last] in line.rules.dropped
    start = place.last if dropped else line.organ_to.get(place.last, place.first)
    whole = place.concept is not None and place.concept.key in line.rules.whole
    if start <= place.first or whole or line.stems[start - 1] in line.rules.pattern:
        return place
    for end in (start, start - 1) if dropped else (start,):
        if concept := line.named(place.first, end):
            return _without_organ(line, replace(place, last=end - 1, code=concept.morphology, concept=concept))
    if not dropped and (found := line.name_at(place.first)) and found[0] < start:  # a grade stands before the organ
        return replace(place, last=found[0], end=start - 1, code=found[1].morphology, concept=found[1])
    return place


def _graded(line: Line, place: Place) -> Place:
    """A name with the grade inside it or after it, and the words that belong to it."""
    rules = line.rules
    end = max(place.end, place.last)
    at = line.past(end + 1, frozenset())
    if at < len(line.stems) and line.stems[at] in rules.after:
        place, end = replace(place, last=at), at
    if place.code == UNCODED or place.code.startswith((*_BLOOD, *rules.ungraded)):
        return place
    for at in dict.fromkeys((end + 1, line.past(end + 1, rules.beside))):
        if found := line.phrase_at(at, rules.grades):
            return replace(place, last=_followed(line, found[0]), code=place.code + found[1])
    for at in range(place.first, end + 1):
        if found := line.phrase_at(at, rules.grades):
            return replace(place, last=max(place.last, found[0]), code=place.code + found[1])
    return place


def _followed(line: Line, last: int) -> int:
    """The last place with the word that belongs to a name behind its grade (``bien diferenciado e infiltrante``)."""
    at = last + 1 + (line.stems[last + 1 : last + 2] in (["e"], ["y"], [","]))
    return at if line.stems[at : at + 1] and line.stems[at] in line.rules.after else last


def _worded(line: Line) -> Iterator[Place]:
    """Words that are coded wherever they stand."""
    words = line.rules.words
    for at in [at for at, stem in enumerate(line.stems) if stem in words]:
        if found := line.phrase_at(at, words):
            last, code = found
            place = Place(at, last, code, spreads=code == JOINED or code.endswith(_METASTATIC))
            yield place if place.spreads or code == UNCODED else _graded(line, place)


def _primaries(line: Line, places: list[Place]) -> frozenset[str]:
    """The stems that follow a tumour: those of the organs that the text gives one."""
    found: set[str] = set()
    for place in filter(_is_tumour, places):
        found.update(line.stems[place.last + 1 : line.past(place.last + 1, frozenset())])
    return frozenset(found)


def _sited(line: Line, primaries: frozenset[str]) -> Iterator[Place]:
    """Heads with the organ that makes them a metastasis; some only where no tumour of the organ itself is named."""
    rules, forms, kept, sited = line.rules, line.words.forms, line.words.kept, line.rules.sited
    for place in [place for place, word in enumerate(kept) if forms[word] in sited]:
        head = forms[kept[place]]
        sites, at = sited[head], place + 1
        while at < len(kept) and line.stems[at] in rules.link:
            at += 1
        for length in (3, 2, 1):
            site = " ".join(line.stems[at : at + length])
            if (code := sites.get(site)) and primaries.isdisjoint(rules.elsewhere.get((head, site), ())):
                yield Place(place, at + length - 1, code, spreads=True)
                break


def _staged(line: Line) -> Iterator[Place]:
    """TNM formulas with a category of M that is coded, as far as they are written in one."""
    codes, words = line.rules.staged, line.words
    for match in _M.finditer(words.folded) if codes else ():
        before = _BEFORE_M.search(words.folded, max(match.start() - _FORMULA, 0), match.start())
        if before and (code := codes.get(match[1])):
            first, last = bisect.bisect_left(words.starts, before.start()), bisect.bisect_left(words.ends, match.end())
            yield Place(words.place_of(first), words.place_of(last), code, spreads=match[1] == "m1", staged=True)


def _joined(line: Line, places: list[Place]) -> Iterator[Place]:
    """The places in order, a tumour and the words that make it a metastasis as one."""
    waiting: Place | None = None
    for place in places:
        if waiting is None:
            waiting = place
        elif place.last <= waiting.last:
            continue
        elif (
            both := _metastasis_of(line, waiting, place)
            or _with_metastases(line, waiting, place)
            or _with_component(line, waiting, place)
        ):
            waiting = both
        else:
            yield waiting
            waiting = place
    if waiting:
        yield waiting


def _metastatic(code: str) -> str:
    return f"{code[:4]}{_METASTATIC}{code[6:]}"


def _is_tumour(place: Place) -> bool:
    return not place.spreads and place.code != UNCODED and place.code[-1] not in "09" and place.code[:4] != "8001"


def _metastasis_of(line: Line, left: Place, right: Place) -> Place | None:
    """``metástasis hepáticas de un adenocarcinoma``."""
    if not left.spreads or not _is_tumour(right) or line.past(left.last + 1, line.rules.of) < right.first:
        return None
    return replace(right, first=left.first, code=_metastatic(right.code), spreads=False)


def _with_metastases(line: Line, left: Place, right: Place) -> Place | None:
    """``adenocarcinoma de colon, estadio IV por metástasis``."""
    if not right.spreads or not _is_tumour(left) or left.code[4:6] == _METASTATIC:
        return None
    rules, start = line.rules, max(left.last, left.end) + 1
    between = line.stems[start : right.first]
    if between and not right.staged and rules.with_.isdisjoint(between) and line.past(start, frozenset()) < right.first:
        return None
    if line.past(start, rules.with_ | rules.towards) < right.first:
        return None
    closed = right.staged and "(" in between and line.stems[right.last + 1 : right.last + 2] == [")"]
    return replace(left, last=right.last + closed, code=_metastatic(left.code), spreads=False)


def _with_component(line: Line, left: Place, right: Place) -> Place | None:
    """``adenocarcinoma de colon con células en anillo de sello``: the component has the more precise code."""
    rules, start = line.rules, max(left.last, left.end) + 1
    component = right.concept is not None and right.concept.key in rules.components
    if not component or not _is_tumour(left) or line.past(start, rules.including) < right.first:
        return None
    return replace(right, first=left.first, code=right.code[:6] + left.code[6:])
