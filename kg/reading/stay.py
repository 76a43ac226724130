"""When did the stay or the visit that a letter tells of begin and end, and when was the letter written?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kg.model import DateBasis, When
from kg.reading.tables import Language, by_role
from kg.reading.text import Words, alternatives

_LABELS = ("entering", "leaving", "visit", "written")
"""Rows of ``times.tsv``: labels of the days of a stay, of a visit and of a letter."""
_REACH = 40
"""A label stands at most so many characters before its date."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Dates of the text, None where it gives none."""

    entered: When | None = None
    left: When | None = None
    seen: When | None = None
    written: When | None = None

    @property
    def visit(self) -> When | None:
        """The date that the past is told from: of the first day, else of a visit or of the letter."""
        return self.entered or self.seen or self.written


@cache
def _labels(language: Language) -> dict[str, re.Pattern[str]]:
    roles = (*_LABELS, "article")
    found = by_role((row for row in language.table("times", 3) if row[0][0] in roles), roles)
    ends = rf"\s*:?\s*(?:(?:{alternatives(found['article', '-'])})\s+)?$"
    between = {"visit": r"(?:\s+[^\W\d]['\w]*){0,3}?"}  # "RCP d'urologie du"
    return {role: re.compile(rf"(?<!\w)(?:{alternatives(found[role, '-'])}){between.get(role, '')}{ends}")
            for role in _LABELS}  # fmt: skip


def stay_of(dates: Sequence[When], words: Words, language: Language) -> Stay:
    """The dates that stand after the labels of a stay or of a letter, the first of each."""
    labels, found = _labels(language), dict[str, When]()
    for when in dates:
        if when.basis is DateBasis.COMPUTED or len(when.iso) < 10:
            continue
        start = words.starts[words.at(when.span.start)]
        for role in _LABELS:
            if labels[role].search(words.folded, max(0, start - _REACH), start):
                found.setdefault(role, when)
    entered, left = found.get("entering"), found.get("leaving")
    if left is None and entered is not None:
        left = entered.until
    return Stay(entered, left, found.get("visit"), found.get("written"))
