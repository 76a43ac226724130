"""Which names are near a text that no name equals? Language-neutral stems in common, one letter off allowed.

The rarest stems of the text say which names are looked at, bounded in number; ``cognates.likeness`` says how near each
one is. Nothing is scanned: a stem's names are one row, and so are the stems that a misspelt one may be.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from kg.terms.cognates import likeness
from kg.terms.compiling import SHORTEST_TYPO
from kg.terms.index import Index, Place

LEAST = 0.6
"""Names that share less of their weight are not near."""
_ANCHORS = 3
_LOOKED_AT = 40
_HELD = 4000
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


def _numbers(stems: Iterable[str]) -> frozenset[str]:
    """Stems that tell one of a row from the others: ``type 1`` is never near ``type 2``."""
    return frozenset(s for s in stems if s.isdigit() or len(s) == 1)


def _narrowed(found: list[int], held: list[int]) -> list[int]:
    """The members of ``found`` that are also in ``held``, both sorted."""
    if len(found) * 16 > len(held):
        other = set(held)
        return [id for id in found if id in other]
    return [id for id in found if (at := bisect_left(held, id)) < len(held) and held[at] == id]


def _candidates(index: Index, options: Sequence[list[str]]) -> list[int]:
    """Keys that hold the rarest stems together, as many of them as any key holds."""
    posted = [sorted({id for stem in stems for id in index.holders(stem)}) for stems in options if stems]
    posted.sort(key=len)
    chosen: dict[int, None] = {}
    for at, anchor in enumerate(posted[:_ANCHORS]):
        found = anchor[:_HELD]
        for held in posted[at + 1 :]:
            if len(found) <= _LOOKED_AT // _ANCHORS:
                break
            found = _narrowed(found, held) or found
        chosen.update(dict.fromkeys(found[: _LOOKED_AT // _ANCHORS]))
    return sorted(chosen)


def nearest(index: Index, stems: Sequence[str], least: float = LEAST) -> list[tuple[float, list[Place]]]:
    """The names nearest to ``stems`` with their likeness from ``least`` to 1, best first."""
    options = [mended(index, stem) for stem in stems]
    if not any(options):
        return []
    numbers = _numbers(stems)

    def weight(stem: str) -> float:
        known = index.weight(stem)
        return index.heaviest if known is None else known

    found = []
    for key, places in index.keys(_candidates(index, options)):
        others = key.split(" ")
        theirs = _numbers(others)
        if numbers and theirs and numbers != theirs:
            continue
        score = likeness(stems, others, weight)
        if score >= least:
            found.append((score, key, places))
    found.sort(key=lambda f: (-f[0], f[1]))
    return [(score, places) for score, _, places in found]
