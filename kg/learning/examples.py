"""What is there to learn from? Annotated cases as words with the places of names, by what is to be learnt.

The gold is read as ``kg evaluate`` reads it, with the same table of labels (``kg/evaluation/kinds.tsv``): each of its
measures that counts places is a *task*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.evaluation.gold import Corpus, GoldDocument
from kg.evaluation.kinds import Measure, kinds_of
from kg.learning.texts import Task, Text, text_of
from kg.model import Kind
from kg.reading.grounding import ground
from kg.reading.mentions import find_mentions
from kg.reading.sections import outline_of
from kg.reading.text import split_words

if TYPE_CHECKING:
    from kg.pipeline import Reader

_CODES = {"morphology": re.compile(r"\d{4}/\d{1,2}"), "topography": re.compile(r"C\d\d(\.\d)?")}
"""What codes look like, as in the shapes of the graph; ``tocheck`` and such are remarks of annotators."""


@dataclass(frozen=True, slots=True)
class Place:
    """The first and the last word of a name, with its code (``""`` for none)."""

    first: int
    last: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An annotated text: the places of each task's names, in order, none inside another."""

    id: str
    text: Text
    places: tuple[tuple[Place, ...], ...]


def tasks_of(corpus: Corpus) -> list[tuple[Task, Measure]]:
    """The sorts of names that a corpus annotates; sets of a case have no places to learn."""
    seen = {a.label for document in corpus.documents for a in document.annotations}
    return [(_task(m), m) for m in kinds_of(corpus).measures if not (m.a_set or m.labels.isdisjoint(seen))]


def _task(measure: Measure) -> Task:
    if measure.coded:
        kind = Kind.DISEASE if measure.coded == "morphology" else Kind.ANATOMY
        return Task(measure.coded, (kind,), measure.coded)
    kinds = tuple(kind for kind in Kind if kind in measure.found)
    return Task("-".join(kind.lower() for kind in kinds), kinds)


def examples_of(
    documents: Iterable[GoldDocument], tasks: Sequence[tuple[Task, Measure]], reader: Reader
) -> list[Example]:
    """The documents as examples, by id."""
    found = []
    for document in sorted(documents, key=lambda d: d.id):
        words = split_words(document.text, reader.language)
        outline = outline_of(words, reader.language)
        groundings = ground(words, find_mentions(words, reader.vocabulary, outline), reader.vocabulary)
        text = text_of(words, outline, groundings)
        places = tuple(_places(document, measure, text) for _, measure in tasks)
        found.append(Example(document.id, text, places))
    return found


def _places(document: GoldDocument, measure: Measure, text: Text) -> tuple[Place, ...]:
    """The longest annotated places of one sentence each, that don't share a word."""
    words, found = text.words, []
    for a in document.annotations:
        if a.label in measure.labels:
            first, last = words.at(a.span.start), words.at(a.span.end - 1)
            code, form = a.code.partition("/H")[0], _CODES.get(measure.coded)
            found.append(Place(first, last, code if form and form.fullmatch(code) else ""))
    ends = dict(text.sentences)
    limit, limits = 0, []
    for i in range(len(words.forms)):
        limit = ends.get(i, limit)
        limits.append(limit)
    taken: set[int] = set()
    chosen = []
    for place in sorted(found, key=lambda p: (p.first - p.last, p.first, p.code)):
        at = range(place.first, place.last + 1)
        if at and place.last < limits[place.first] and taken.isdisjoint(at):
            taken.update(at)
            chosen.append(place)
    return tuple(sorted(chosen, key=lambda p: p.first))
