"""Which names are near a text that no name equals? Language-neutral stems in common, one letter off allowed.

The rarest stems of the text say which names are looked at, bounded in number; ``cognates.likeness`` says how near each
one is. Nothing is scanned: a stem's names are one row, and so are the stems that a misspelt one may be.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from kg.terms.cognates import ACCEPT, likeness, needed
from kg.terms.compiling import SHORTEST_TYPO
from kg.terms.index import Index, Place

_LOOKED_AT = 40
_HELD = 1000
"""Names of one stem that are considered, those of the fewest stems first."""


def one_off(a: str, b: str) -> bool:
    """True where two words differ by one letter changed, added or left out, or by two neighbours that changed places.

    >>> one_off("sarcoma", "sarcomas"), one_off("sarcoma", "sracoma"), one_off("sarcoma", "carcinoma")
    (True, True, False)
    """
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest, other = a[start:], b[start:]
    if len(a) != len(b):
        return rest[1:] == other or other[1:] == rest
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])


def mended(index: Index, stem: str) -> list[str]:
    """``stem`` where the index holds it, else the stems of which it may be a misspelling."""
    if index.weight(stem) is not None:
        return [stem]
    if len(stem) < SHORTEST_TYPO or not stem.isalpha():
        return []
    return [other for other in index.misspelt(stem) if one_off(stem, other)]


def _letters(stems: Iterable[str]) -> frozenset[str]:
    """Stems that tell one of a row from the others: ``type B`` is never near ``type C``."""
    return frozenset(s for s in stems if len(s) == 1)


def _holders(index: Index, stems: list[str]) -> Sequence[int]:
    """The numbers of the keys that hold any of some stems, in order."""
    if len(stems) == 1:
        return index.holders(stems[0])
    return sorted({id for stem in stems for id in index.holders(stem)[:_HELD]})


def _narrowed(found: Sequence[int], held: Sequence[int]) -> list[int]:
    """The members of ``found`` that are also in ``held``, both in order."""
    size = len(held)
    if size < 16 * len(found):
        return sorted(set(found).intersection(held))
    return [id for id in found if (at := bisect_left(held, id)) < size and held[at] == id]


def _candidates(index: Index, options: Sequence[list[str]], anchors: int) -> list[int]:
    """Keys with one of the first stems at least, and with as many of the others as any key has: a bounded number."""
    held: list[Sequence[int]] = []
    chosen: set[int] = set()
    each = _LOOKED_AT // max(1, anchors)
    for anchor in range(anchors):
        found: Sequence[int] = ()
        for at in range(anchor, len(options)):
            if at == len(held):
                held.append(_holders(index, options[at]))
            found = (_narrowed(found, held[at]) or found) if at > anchor else held[at][:_HELD]
            if len(found) <= each:
                break
        chosen.update(found[:each])
    return sorted(chosen)


def nearest(index: Index, stems: Sequence[str], least: float = ACCEPT) -> list[tuple[float, list[Place]]]:
    """The names nearest to ``stems`` with their likeness from ``least`` to 1, best first."""
    unknown = index.unknown
    weights = index.weights(stems)
    rarest = sorted(stems, key=lambda stem: (-weights.get(stem, unknown), stem))
    options = [mended(index, stem) for stem in rarest]
    anchors = len(list(filter(None, options[: len(needed(stems, weights, unknown, least))])))
    keys = index.keys(_candidates(index, list(filter(None, options)), anchors))
    letters, found = _letters(stems), []
    for key, places in keys:
        others = key.split(" ")
        theirs = _letters(others)
        if not (letters and theirs and letters != theirs):
            score = likeness(stems, others, weights | index.weights(others), unknown)
            if score >= least:
                found.append((score, key, places))
    found.sort(key=lambda f: (-f[0], f[1]))
    return [(score, places) for score, _, places in found]
