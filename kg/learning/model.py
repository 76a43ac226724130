"""What has been learnt? A model of one language: for each task its names, two chains of labels, and codes.

The second chain sees what the first one found, also of the other tasks and elsewhere in the text: whether a tumour
stands near says much about whether an organ is its site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.learning.chain import Chain
from kg.learning.codes import Codes
from kg.learning.dictionary import Dictionary, marks_of
from kg.learning.features import attributes, further
from kg.learning.texts import Task, Text


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt for one task."""

    task: Task
    dictionary: Dictionary
    first: Chain
    second: Chain
    codes: Codes
    refused: frozenset[str] = frozenset()
    """Words (folded) that a person rejected as names."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model as it is used; ``id`` names the file's content, ``figures`` say what was measured of it."""

    id: str
    language: str
    learnt: tuple[Learnt, ...]
    lexicon: str
    corpus: str
    documents: int
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Spotted:
    """A name that a model found: ``sure`` is the least probability of its words' labels, from 0 to 1."""

    first: int
    last: int
    sure: float


def spot(text: Text, model: Model) -> tuple[tuple[Spotted, ...], ...]:
    """The names of each task, in order."""
    stems = text.words.stems
    seen = attributes(text, [marks_of(stems, one.dictionary) for one in model.learnt])
    firsts = [labels_in(text, seen, one.first) for one in model.learnt]
    more = further(text, firsts)
    for own, added in zip(seen, more, strict=True):
        own += added
    return tuple(spotted(text, seen, one.second) for one in model.learnt)


def labels_in(text: Text, seen: Sequence[Sequence[str]], chain: Chain) -> list[int]:
    """The best label of every word."""
    scores = chain.scores(seen)
    return [label for start, end in text.sentences for label in chain.label(scores[start:end])]


def spotted(text: Text, seen: Sequence[Sequence[str]], chain: Chain) -> tuple[Spotted, ...]:
    """The names that a chain finds."""
    scores = chain.scores(seen)
    return tuple(
        Spotted(start + first, start + last, sure)
        for start, end in text.sentences
        for first, last, sure in chain.names(scores[start:end])
    )
