"""Is a longer name meant, whose words stand in another order? And further members of ``segments II/III``.

``lymphome de Hodgkin, sclérose nodulaire`` and ``ANGIOMYOLIPOMA MALIGNANT`` name what the lexicon writes in another
order; organs, adverbs and commas may stand between the words, and after the first of them what tells the grade or the
pattern: ``adénocarcinome gastrique peu différencié de type intestinal``.
"""

from __future__ import annotations

import re

from kg.model import Kind
from kg.reading.vocabulary import Vocabulary

Place = tuple[int, int, int, Kind]
"""First and last place in the line, key index, kind."""
LEFT, RIGHT, SKIPPED = 3, 4, 2
"""So many modifiers are looked for on each side, with so many other words between."""

_NUMBERED = frozenset({Kind.ANATOMY, Kind.MARKER})
_NUMERAL = re.compile(r"[ivx]+|\d{1,2}[ab]?")


def _organs(places: list[Place]) -> frozenset[int]:
    return frozenset(i for first, last, _, kind in places if kind is Kind.ANATOMY for i in range(first, last + 1))


def _fillers(stems: list[str], vocabulary: Vocabulary) -> frozenset[int]:
    """Places of the line that may stand inside a name without being part of it, besides organs: adverbs, commas."""
    joining, beside = vocabulary.joining, vocabulary.language.beside
    return frozenset(i for i, stem in enumerate(stems) if stem in joining or stem.endswith(beside))


def _modifiers(
    stems: list[str],
    fillers: frozenset[int],
    at: int,
    step: int,
    most: int,
    known: frozenset[str],
    inside: frozenset[str] = frozenset(),
) -> list[int]:
    """Places of the modifiers that follow ``at`` in the direction ``step``, nearest first, past stems ``inside``."""
    found: list[int] = []
    skipped, i = 0, at + step
    while 0 <= i < len(stems) and len(found) < most and skipped <= SKIPPED:
        if stems[i] in inside:
            pass
        elif stems[i] in known:
            found.append(i)
        elif i in fillers:
            skipped += 1
        else:
            break
        i += step
    return found


def _is_tumour(bag: frozenset[str], vocabulary: Vocabulary) -> bool:
    """Whether a set of words names a histology: ``lobulaire`` is no mere addition to ``carcinome``."""
    key = vocabulary.bags.get(bag)
    return key is not None and any(sense.concept.type == "tumour" for sense in vocabulary.senses[key])


def _choices(places: list[int], loose: frozenset[int]) -> list[tuple[int, ...]]:
    """The ways to take modifiers of one side: all up to one, less one that may just stand between.

    The most come first, and of as many those that reach farther: ``carcinome mammaire infiltrant`` is an invasive
    carcinoma before it is a carcinoma of the breast.
    """
    found: list[tuple[int, ...]] = [()]
    for n in range(len(places)):
        between = [p for p in places[:n] if p in loose]
        found.append(tuple(places[: n + 1]))
        found += [tuple(p for p in places[: n + 1] if p != skipped) for skipped in between]
    return sorted(found, key=lambda taken: (-len(taken), -places.index(taken[-1]) if taken else 0))


def _histologies(key: int, vocabulary: Vocabulary) -> frozenset[str]:
    """Histologies of a name, with the behaviour of a metastasis (``8140/6``)."""
    codes = (s.concept.morphology for s in vocabulary.senses[key] if s.concept.morphology)
    return frozenset(code if code[4:] == "/6" else code[:4] for code in codes)


def _hides(name: Place, chosen: set[int], head: int, diseases: list[Place], vocabulary: Vocabulary) -> bool:
    """Whether a name passes over words that make another histology: ``carcinome lobulaire du sein`` is lobular."""
    own = _histologies(name[2], vocabulary)
    if not any(code.endswith("/6") for code in own):  # "adénocarcinome pulmonaire métastatique" is first of the lung
        own |= _histologies(head, vocabulary)
    return any(
        name[0] <= first and last <= name[1] and not chosen.issuperset(range(first, last + 1))
        and _histologies(key, vocabulary) - own
        for first, last, key, _ in diseases
    )  # fmt: skip


def _longer(
    place: Place,
    left: list[tuple[int, ...]],
    right: list[tuple[int, ...]],
    stems: list[str],
    diseases: list[Place],
    vocabulary: Vocabulary,
) -> Place | None:
    """The longest name that the words of ``place`` and modifiers beside it make up together."""
    first, last, _, kind = place
    head = [stem for stem in stems[first : last + 1] if stem not in vocabulary.joining]
    best, most = None, 0
    for before in left:
        for after in right:
            size = len(before) + len(after)
            if size <= most:
                break
            bag = frozenset([*head, *(stems[i] for i in before), *(stems[i] for i in after)])
            key = vocabulary.bags.get(bag)
            if key is None or len(bag) != len(head) + size:
                continue
            name = (min((first, *before)), max((last, *after)), key, kind)
            if not _hides(name, {*range(first, last + 1), *before, *after}, place[2], diseases, vocabulary):
                best, most = name, size
    return best


def reordered(stems: list[str], places: list[Place], vocabulary: Vocabulary) -> list[Place]:
    """Longer disease names whose words stand around a found one."""
    diseases = [p for p in places if p[3] is Kind.DISEASE]
    organs = _organs(places) if diseases else frozenset()
    fillers = _fillers(stems, vocabulary) | organs if diseases else frozenset()
    ends, adding = {last for _, last, _, _ in diseases}, vocabulary.language.adding
    found = []
    for place in diseases:
        joined = vocabulary.partners(stems[place[0] : place[1] + 1])
        left = _modifiers(stems, fillers, place[0], -1, LEFT, joined)
        # "métastase cutanée, lymphome", "lésions épithéliales et tumeurs malignes": of the name before
        left = [i for i in left if i - 1 not in ends and adding.isdisjoint(stems[i + 1 : place[0]])]
        right = _modifiers(stems, fillers, place[1], 1, RIGHT, joined)
        if left or right:
            head = frozenset(stems[place[0] : place[1] + 1]) - vocabulary.joining
            loose = organs | {
                i for i in fillers.intersection(left + right) if not _is_tumour(head | {stems[i]}, vocabulary)
            }
            longer = _longer(place, _choices(left, loose), _choices(right, loose), stems, diseases, vocabulary)
            if longer and longer[2] != place[2]:
                found.append(longer)
        found += _parted(place, stems, organs, fillers, right, diseases, vocabulary)
    return found


def _parted(
    place: Place,
    stems: list[str],
    organs: frozenset[int],
    fillers: frozenset[int],
    right: list[int],
    diseases: list[Place],
    vocabulary: Vocabulary,
) -> list[Place]:
    """Longer names of tumours with words of grade or pattern between their own; ``right`` are the modifiers without."""
    joined = vocabulary.partners(stems[place[0] : place[1] + 1])
    inside = vocabulary.language.inside | vocabulary.joining
    found, tried = [], [right]
    for between in (inside - joined, inside):
        past = _modifiers(stems, fillers, place[1], 1, RIGHT, joined, between)
        if past in tried:
            continue
        tried.append(past)
        longer = _longer(place, [()], _choices(past, organs), stems, diseases, vocabulary)
        if longer and any(sense.concept.type == "tumour" for sense in vocabulary.senses[longer[2]]):
            found.append(longer)
    return found


def enumerated(stems: list[str], places: list[Place], vocabulary: Vocabulary) -> list[Place]:
    """The further members of ``segments II/III`` and ``CK7 et 20``.

    Names that differ from the one before in their last numeral only, and write it alike (Roman or not).
    """
    found = []
    for _, last, pattern, kind in places:
        head, _, numeral = vocabulary.keys[pattern].rpartition(" ")
        if kind not in _NUMBERED or not head or not _NUMERAL.fullmatch(numeral):
            continue
        at = last + 1
        while at < len(stems):
            joined = stems[at] == "," or stems[at] in vocabulary.language.enumerating
            at += joined
            key = _member(head, numeral, stems[at : at + 2], vocabulary)
            if key is None or kind not in vocabulary.kinds[key] or (kind is Kind.MARKER and not joined):
                break
            found.append((at, at, key, kind))
            at += 1
    return found


_MEASURED = frozenset({"%", "mm", "cm", "x", "a", "to", "+"})
"""What follows a number that measures something."""


def _member(head: str, numeral: str, following: list[str], vocabulary: Vocabulary) -> int | None:
    """The key index of ``head`` with the numeral that comes next, written like ``numeral``; a measure is none."""
    if not following or not _NUMERAL.fullmatch(following[0]) or following[0].isalpha() != numeral.isalpha():
        return None
    if following[1:] and following[1] in _MEASURED:
        return None
    return vocabulary.index.get(f"{head} {following[0]}")
