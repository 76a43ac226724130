"""Which concepts may a text mean, and why? Candidates from the lexicon and any compiled terminologies, best first.

Three ways are tried, each only where the one before found nothing: the name itself in its normal form, its
language-neutral stems, the names nearest to them. Scores start from the way: exact 1, variant 0.95, cognate 0.9,
abbreviation 0.75, nearest 0.85 × likeness; names that are not the preferred label lose 0.01, those of another scope than exact
count 0.7, of another language than the text's 0.9, of an obsolete term 0.95 (0.5 where nothing replaces it).
Numbers and units are never looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kg.errors import UsageError
from kg.model import Kind
from kg.reading.tables import language_codes
from kg.reading.text import accents, fold
from kg.terms.found import Found
from kg.terms.index import Index, Place, open_terminologies
from kg.terms.merge import load_preferences, merge, preference
from kg.terms.names import form_of, is_acronym, is_quantity, tokens_of
from kg.terms.neighbours import nearest
from kg.terms.term import Name, Term

SCORES = {"exact": 1.0, "variant": 0.95, "cognate": 0.9, "fuzzy": 0.85, "abbreviation": 0.75}
SYNONYM, SCOPED, FOREIGN, RECASED, REPLACED, OBSOLETE = 0.99, 0.7, 0.9, 0.8, 0.95, 0.5
SHORT_ACCENTED = 5
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text, the language that it is in (``""`` where unknown), and the kind that is wanted (``""`` for any)."""

    text: str
    language: str
    kind: str

    @property
    def languages(self) -> list[str]:
        """The languages by whose rules the text is read."""
        return [self.language] if self.language else language_codes()
