"""Which words of a name carry its ICD-O code, and where does a general word stand for a tumour at all?

Pathology codes histology, site and grade apart: of ``adénocarcinome pulmonaire peu différencié`` the first word has
8140/3. The whole name keeps its concept; the words with the code are a mention of their own inside it. ``progression``
or ``atteinte`` are general words that have a code only where the text gives their site. Where the cases of a language
are coded word by word instead, ``codedwords.py`` does it.

Spans of tumour words F1 0.879, span and code 0.821, codes other than 8000 0.783 (FRACCO dev, 251 French texts, 5,176
gold spans, 2026-11-22). 4.6 % of the gold's codes are not the usual one of the same words (8000/9 for
8000/1): each text keeps to one of them, 96 % and more of the uses, and nothing in its words decides which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from kg.model import Concept, Grounding, Kind, Mention
from kg.reading.codedwordrules import coded_word_rules
from kg.reading.codedwords import code_words
from kg.reading.grounding import ground
from kg.reading.mentions import Found
from kg.reading.observed import Item, Observed
from kg.reading.tables import Language
from kg.reading.text import Words, key_of
from kg.reading.vocabulary import Vocabulary

_CODED = frozenset({Kind.DISEASE, Kind.RESPONSE, Kind.STAGE, Kind.FINDING, Kind.PROCEDURE})
_STEMS, _NAMES = (
    ("before", "after", "after-named", "after-general", "along", "kept", "otherwise", "otherwise-before"),
    ("towards", "sited", "uncoded"),
)
_ROLES = frozenset({"organs", "whole", *_STEMS, *_NAMES})
_LEADING = 3
"""A word such as ``risque`` stands among so many words before the name that it bears on."""
Reach = tuple[int, int]
"""First and last place in the line of words that count."""


@dataclass(frozen=True, slots=True)
class CodingRules:
    """The rows of ``coding.tsv``: types of concepts, stems of words, and normal forms of names."""

    organs: frozenset[str]
    """Types of concepts whose names are coded without the organ at their ends."""
    whole: frozenset[frozenset[str]]
    """The stems of names that are coded as a whole, whatever stands between them."""
    before: frozenset[str]
    """Stems of words at the start of a name that are coded apart, or not at all."""
    after: frozenset[str]
    """Stems of words at its end that are coded apart, or not at all."""
    after_named: frozenset[str]
    """The same for names of a histology only: ``adénocarcinome métastatique``, but not ``lésion métastatique``."""
    after_general: frozenset[str]
    """The same for general names only: ``lésion infiltrante``, but not ``carcinome canalaire infiltrant``."""
    along: frozenset[str]
    """Stems of words after a histology, and after its organ, that are coded with it (``mélanome cutané primaire``)."""
    kept: frozenset[str]
    """Stems of words that belong to a histology though they name an organ as well (``carcinome séreux``)."""
    otherwise: frozenset[str]
    """Stems of words right after a general name that tell that it means no tumour (``lésion ischémique``)."""
    otherwise_before: frozenset[str]
    """Stems of words before a name that tell that it means no tumour here (``risque de récidive``)."""
    towards: frozenset[str]
    """Names of ``sited`` with a word that leads to a site (``extension vers``)."""
    sited: frozenset[str]
    """Names that have a code only beside a site."""
    uncoded: frozenset[str]
    """Names that have no code."""

    def only_after(self, stem: str) -> bool | None:
        """Whether a word is coded apart after names of a histology only (True), general names only (False) or else."""
        return True if stem in self.after_named else False if stem in self.after_general else None


@cache
def coding_rules(language: Language) -> CodingRules:
    """The rules of a language; ``TableError`` for a row that is none."""
    rows = language.forms("coding", 2, _ROLES)
    stems = (frozenset(language.stems[word] for word in rows[role,]) for role in _STEMS)
    keys = (frozenset(key_of(name, language) for name in rows[role,]) for role in _NAMES)
    whole = frozenset(frozenset(key_of(name, language).split()) for name in rows["whole",])
    return CodingRules(frozenset(rows["organs",]), whole, *stems, *keys)


def code_names(
    observed: Observed, found: Found, vocabulary: Vocabulary, sites: dict[Item, tuple[Concept, ...]]
) -> tuple[Grounding, ...]:
    """All mentions as they are told: each code with the words that carry it, in the order of the text."""
    if word_rules := coded_word_rules(observed.language):
        return code_words(observed, found, vocabulary, word_rules)
    rules = coding_rules(observed.language)
    organs = {i for item in observed.of(Kind.ANATOMY) for i in range(item.mention.first, item.mention.last + 1)}
    inner: dict[Item, Mention] = {}
    for item in observed.of(*_CODED):
        core = _core(observed.words, item.mention, organs, vocabulary, rules)
        if core is not None:
            inner[item] = core
    cores = ground(observed.words, replace(found, mentions=tuple(inner.values())), vocabulary)
    coded = {item: core for item, core in zip(inner, cores, strict=True) if core.morphology}
    told: list[Grounding] = []
    for item in observed.items:
        named = _whole_reach(coded.get(item, item.grounding), observed.words, organs, rules)
        counts = _counts(named, item, observed, sites, rules)
        if counts and named is item.grounding:
            told.append(named)
        else:
            told += [replace(item.grounding, morphology=""), *([named] if counts else ())]
    return tuple(told)


def _whole_reach(named: Grounding, words: Words, organs: set[int], rules: CodingRules) -> Grounding:
    """The same up to the last of the words after a histology that are coded with it."""
    mention, concept = named.mention, named.concept
    if not named.morphology or concept is None or concept.type != "tumour":
        return named
    last = mention.last
    for index in words.kept[words.place_of(last) + 1 :]:
        if words.stems[index] in rules.along:
            last = index
        elif index not in organs:
            break
    if last == mention.last:
        return named
    return replace(named, mention=replace(mention, span=words.span(mention.first, last), last=last))


def _counts(
    named: Grounding, item: Item, observed: Observed, sites: dict[Item, tuple[Concept, ...]], rules: CodingRules
) -> bool:
    """Whether a name stands for a tumour where it is."""
    key, concept, words = named.mention.key, named.concept, observed.words
    first, last = item.mention.first, item.mention.last
    following = words.stems[last + 1 : last + 3]
    if key in rules.uncoded or not rules.otherwise_before.isdisjoint(_leading(words, first)):
        return False
    if key in rules.sited and item not in sites and " ".join([key, *following[:1]]) not in rules.towards:
        return False
    general = concept is not None and concept.type == "generic"
    return not (general and any(stem in rules.otherwise for stem in following))


def _leading(words: Words, first: int) -> list[str]:
    """The stems of the few words before a name, up to a mark."""
    at = first
    while at > max(first - _LEADING, 0) and words.forms[at - 1].isalpha():
        at -= 1
    return words.stems[at:first]


def _core(
    words: Words, mention: Mention, organs: set[int], vocabulary: Vocabulary, rules: CodingRules
) -> Mention | None:
    """The words of a name that carry its code; None where these are all of them."""
    low, high = words.place_of(mention.first), words.place_of(mention.last)
    stems = {p: words.stems[words.kept[p]] for p in range(low, high + 1)}
    if low == high or any(name.issubset(stems.values()) for name in rules.whole):
        return None
    inside = {p for p, stem in stems.items() if words.kept[p] in organs and stem not in rules.kept}
    joining = {p for p, stem in stems.items() if stem in vocabulary.joining}
    only = {p: named for p, stem in stems.items() if (named := rules.only_after(stem)) is not None}
    before = inside | joining | {p for p, stem in stems.items() if stem in rules.before}
    after = inside | joining | only.keys() | {p for p, stem in stems.items() if stem in rules.after}
    for first, last in _shorter(low, high, before, after):
        dropped = stems.keys() - range(first, last + 1)
        if dropped <= joining:
            continue
        kept = range(first, last + 1)
        for places in (kept, [p for p in kept if p not in inside]):
            key, sort = _tumour([stems[p] for p in places], vocabulary)
            if not key or key in rules.uncoded:
                continue
            fits = sort in rules.organs or dropped.isdisjoint(inside)
            if fits and all(only.get(p, sort == "tumour") is (sort == "tumour") for p in dropped):
                at = words.kept[first], words.kept[last]
                return Mention(words.span(*at), key, Kind.DISEASE, *at)
    return None


def _shorter(low: int, high: int, before: set[int], after: set[int]) -> Iterator[Reach]:
    """The reaches that are left when loose places are dropped at the ends, the shortest first; never nothing."""
    firsts = [low]
    while firsts[-1] in before and firsts[-1] < high:
        firsts.append(firsts[-1] + 1)
    lasts = [high]
    while lasts[-1] in after and lasts[-1] > low:
        lasts.append(lasts[-1] - 1)
    reaches = [(a, b) for a in firsts for b in lasts if a <= b and (a, b) != (low, high)]
    yield from sorted(reaches, key=lambda reach: (reach[1] - reach[0], reach))


def _tumour(stems: list[str], vocabulary: Vocabulary) -> tuple[str, str]:
    """The normal form of the tumour that stems name, in their order or another, and its type; empty for none."""
    bag = frozenset(stems) - vocabulary.joining
    index = vocabulary.index.get(" ".join(stems), vocabulary.bags.get(bag, -1))
    for sense in vocabulary.senses[index] if index >= 0 else ():
        if sense.concept.morphology and sense.concept.kind is Kind.DISEASE:
            return vocabulary.keys[index], sense.concept.type
    return "", ""
