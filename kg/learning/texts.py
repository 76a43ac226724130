"""What is looked at, and what for? A text as it is read, and the sorts of names that are to be found in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kg.model import Grounding, Kind
from kg.reading.sections import Outline
from kg.reading.text import Words


@dataclass(frozen=True, slots=True)
class Task:
    """Names to be found: their kinds, the first for names that the lexicon doesn't know.

    ``coded`` is ``morphology`` or ``topography`` where the names have codes of that sort, else ``""``.
    """

    name: str
    kinds: tuple[Kind, ...]
    coded: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it is read, with its sentences as half-open ranges of words."""

    words: Words
    outline: Outline
    groundings: tuple[Grounding, ...]
    sentences: tuple[tuple[int, int], ...]


def text_of(words: Words, outline: Outline, groundings: tuple[Grounding, ...]) -> Text:
    """A text with the ranges of words that its sentences are; words between two belong to the one before."""
    count = len(words.forms)
    owners = [outline.sentence_at(words.offset(i)) for i in range(count)]
    edges = [0, *(i for i in range(1, count) if owners[i] != owners[i - 1]), count]
    return Text(words, outline, groundings, tuple(pairwise(edges)) if count else ())
