"""Which English name does a French, Spanish, Italian, Portuguese or Latin one look like?

Medical words are Greek and Latin cognates: *léiomyosarcome pléomorphe*, *leiomiosarcoma pleomórfico* and *pleomorphic
leiomyosarcoma* have one key. Tables in ``cognate_tables/<code>.tsv`` turn each word into English-like spelling, by
word where it is no cognate (*rein* → *kidney*) and by ending where it is (*-ome* → *-oma*); ``en.tsv`` then takes
every word to a stem without spelling variants, and synonyms to one of them (*renal* → *kidney*). The order of words
and the articles between them do not count.

A table is UTF-8, tab-separated, ``#`` starts a comment line. The first cell says what the row is:

``stop``    words left out, parted by blanks
``join``    word beginnings written apart or with a hyphen that belong to the next word, parted by blanks
``spell``   a regular expression and what replaces it, in the order of the rows
``ending``  step, suffix, what it becomes, shortest word: the longest suffix of a step that fits is replaced
``word``    forms parted by ``|`` (of one or several words), and the English words that say the same
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import TableError, UsageError
from kg.reading.tables import forms, read_rows
from kg.reading.text import fold

_FOLDER = Path(__file__).parent / "cognate_tables"
_PIVOT = "en"
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ORDINAL = re.compile(r"\b(\d+)\s?(?:st|nd|rd|th|er|ere|e|eme|ieme|o|a|er|ro|ra|do|da|to|ta)\b")
_ELIDED = re.compile(r"\b(?:[ldnsjmtc]|qu|dell|all|nell|sull|un)'")

Ending = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Cognates:
    """The table of one language: ``words`` and ``phrases`` map keys of its own words to English words."""

    code: str
    stop: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    spellings: tuple[tuple[re.Pattern[str], str], ...] = ()
    endings: tuple[tuple[Ending, ...], ...] = ()
    words: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    """First word of a phrase → the number of words of the longest phrase that begins so."""
    seen: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Stems worked out so far."""
