"""What does a model add to a case? Names that the lexicon doesn't know, and codes as the corpus gives them.

A name that no mention of the lexicon touches becomes a mention like any other, before its context is read; so it gets
assertions as ever. Codes are told by the model alone, for the sorts of codes that it learnt: a mention of the lexicon
where the model finds no name keeps its concept, and its assertions, without a code of its own.

Trained on FRACCO train (751 French texts), on its dev split (251), as the graph tells (2026-11-22): morphology span F1
0.890, span and code 0.826; topography span F1 0.826, span and code 0.751. With 50 of those cases: 0.828, 0.767; 0.741,
0.674. The lexicon and rules had moved on a little since the training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from kg.learning.codes import Coded
from kg.learning.model import Learnt, Model, Spotted, spot
from kg.learning.texts import Task, Text, text_of
from kg.model import Candidate, Concept, Grounding, Kind, Mention
from kg.reading.grounding import ground
from kg.reading.mentions import Found
from kg.reading.sections import Outline
from kg.reading.text import Words
from kg.reading.vocabulary import Vocabulary
from kg.terms.lexicon import Lexicon

LEARNT = 0.6
"""The score of a concept that only the code of a learnt name points to."""
_TUMOURS = frozenset({Kind.DISEASE, Kind.FINDING, Kind.RESPONSE, Kind.STAGE})
"""Kinds whose mentions may have a morphology."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a model found: its task, and the mention with its concepts, its code and how the model came to it."""

    task: Task
    grounding: Grounding


def find_names(
    words: Words,
    outline: Outline,
    found: Found,
    groundings: tuple[Grounding, ...],
    vocabulary: Vocabulary,
    model: Model | None,
) -> tuple[Name, ...]:
    """The names that a model, if there is one, finds in a text, by task and place."""
    if model is None:
        return ()
    text = text_of(words, outline, groundings)
    seen = [
        (one, spotted, _mention(words, one.task, spotted))
        for one, names in zip(model.learnt, spot(text, model), strict=True)
        for spotted in names
        if " ".join(words.forms[spotted.first : spotted.last + 1]) not in one.refused
    ]
    known = tuple(dict.fromkeys(mention for _, _, mention in seen if mention.key in vocabulary.index))
    named = dict(zip(known, ground(words, replace(found, mentions=known), vocabulary), strict=True))
    return tuple(
        _name(text, one, spotted, named.get(m, Grounding(m, ())), vocabulary, model) for one, spotted, m in seen
    )


def _mention(words: Words, task: Task, spotted: Spotted) -> Mention:
    first, last = spotted.first, spotted.last
    return Mention(words.span(first, last), words.key(first, last), task.kinds[0], first, last)


def _name(text: Text, one: Learnt, spotted: Spotted, lexical: Grounding, vocabulary: Vocabulary, model: Model) -> Name:
    coded = _coded(text, one, spotted) if one.task.coded else Coded("", 1.0, "")
    told = f"; {coded.code} {coded.why}, {coded.share:.2f}" if coded.code else ""
    candidates = lexical.candidates or _candidates(coded.code, vocabulary)
    bare = Grounding(lexical.mention, candidates)
    return Name(one.task, _told(bare, one.task, coded.code, f"model {model.id}, {spotted.sure:.2f}{told}"))


def _coded(text: Text, one: Learnt, spotted: Spotted) -> Coded:
    """The code of a name by what was learnt; the lexicon's codes of the place and of its parts come second."""
    first, last = spotted.first, spotted.last
    parts = {
        (g.mention.first - first, g.mention.last - first): code
        for g in text.groundings
        if first <= g.mention.first and g.mention.last <= last and (code := code_of(g, one.task))
    }
    return one.codes.code_of(tuple(text.words.stems[first : last + 1]), parts.get((0, last - first), ""), parts)


def code_of(grounding: Grounding, task: Task) -> str:
    """The code of the task's sort that a mention has."""
    return grounding.morphology if task.coded == "morphology" else grounding.topography if task.coded else ""


def _candidates(code: str, vocabulary: Vocabulary) -> tuple[Candidate, ...]:
    """What a code alone says of the concept of a name."""
    concept = _broadest(code, vocabulary.lexicon) if code else None
    if concept is None:
        return ()
    return (Candidate(concept, LEARNT, concept.label(vocabulary.language.code), f"code {code} of a learnt name"),)


@cache
def _broadest(code: str, lexicon: Lexicon) -> Concept | None:
    """The concept that has a code, where all others that have it lie below."""
    marked = (lexicon.concepts[key] for key, row in lexicon.concepts.rows.items() if f'"{code}"' in row)
    found = [c for c in marked if code in (c.morphology, c.topography)]
    return next((c for c in found if all(o is c or c.key in lexicon.ancestors(o.key) for o in found)), None)


def with_names(groundings: Sequence[Grounding], names: Sequence[Name]) -> tuple[Grounding, ...]:
    """The mentions with those names that touch none of their kinds."""
    taken: dict[Kind, set[int]] = defaultdict(set)
    for g in groundings:
        taken[g.mention.kind].update(range(g.mention.first, g.mention.last + 1))
    added = []
    for name in names:
        mention, kinds = name.grounding.mention, _TUMOURS if name.task.coded == "morphology" else name.task.kinds
        if all(taken[kind].isdisjoint(range(mention.first, mention.last + 1)) for kind in kinds):
            added.append(name.grounding)
    return tuple(sorted([*groundings, *added], key=lambda g: (g.mention.first, g.mention.last, g.mention.kind)))


def with_codes(told: Sequence[Grounding], names: Sequence[Name], model: Model | None) -> tuple[Grounding, ...]:
    """The mentions as they are told, with the codes of the names at their own places and nowhere else."""
    if model is None:
        return tuple(told)
    known = {one.task.coded for one in model.learnt}
    found = [_without(g, known) for g in told]
    at = {g.mention.span: n for n, g in reversed(list(enumerate(found)))}
    for name in names:
        own = name.grounding
        n = at.get(own.mention.span)
        if n is None:
            found.append(own)
        else:
            code = code_of(own, name.task)
            found[n] = _told(found[n], name.task, code, own.learnt)
    return tuple(sorted(found, key=lambda g: (g.mention.first, g.mention.last)))


def _without(g: Grounding, known: set[str]) -> Grounding:
    morphology = "" if "morphology" in known else g.morphology
    topography = "" if "topography" in known else g.topography
    return replace(g, morphology=morphology, topography=topography, learnt="")


def _told(g: Grounding, task: Task, code: str, why: str) -> Grounding:
    if task.coded == "morphology":
        return replace(g, morphology=code, learnt=why)
    return replace(g, topography=code, learnt=why) if task.coded else replace(g, learnt=why)
