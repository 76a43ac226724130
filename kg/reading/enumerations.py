"""Do two mentions stand in one list, so that what is said of one is said of the other?"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Kind
from kg.reading.cues import Hit
from kg.reading.tables import Language
from kg.reading.text import Words

_MARKS = frozenset(",/")
"""Signs between the members of a list."""
_STOPS = frozenset(".;:()[]?!")
MODIFIERS, UNKNOWN = 3, 4
"""So many words may follow the name of a member (``un lymphome de bas grade``), or name one that is not known."""
_LISTED = frozenset({Kind.DISEASE, Kind.FINDING})


@dataclass(frozen=True, slots=True)
class Member:
    """A mention with its first and last place in the line, and the cues that hold for it."""

    sentence: int
    kind: Kind
    first: int
    last: int
    cues: tuple[Hit, ...]

    @property
    def listed(self) -> bool:
        """Whether it may be one of several things that are found or excluded together."""
        return self.kind in _LISTED


def in_list(words: Words, low: int, high: int, language: Language) -> bool:
    """Whether only what stands between the members of a list lies between two places of the line."""
    listing = language.listing | _MARKS
    return all(words.forms[i] in listing for i in words.kept[low + 1 : high])


def joined_at(words: Words, low: int, high: int, language: Language) -> int | None:
    """Where the words start that join a member to the one before; None where it is no member of the same list.

    A few modifiers may follow the member before; before ``et`` there may be members that are not known.
    """
    forms = [words.forms[i] for i in words.kept[low + 1 : high]]
    listing = language.listing | _MARKS
    start = len(forms)
    while start and forms[start - 1] in listing:
        start -= 1
    closed = not language.adding.isdisjoint(forms[start:])
    if closed and goes_on(words, low, high, language):
        return low + 1 + start
    if start > MODIFIERS or not (closed or "," in forms[start:]) or not (_STOPS | _MARKS).isdisjoint(forms[:start]):
        return None
    return low + 1 + start


def goes_on(words: Words, low: int, high: int, language: Language) -> bool:
    """Whether a list goes on between two places: its members are parted by commas and such, some may be unknown."""
    forms, adding = [words.forms[i] for i in words.kept[low + 1 : high]], language.adding | _MARKS
    run, parted = 0, False
    for form in forms:
        if form in _STOPS:
            return False
        parted = parted or form in adding
        run = 0 if form in adding else run + (form not in language.listing)
        if run > UNKNOWN:
            return False
    return parted
