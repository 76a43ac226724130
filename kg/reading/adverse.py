"""Which findings came of a treatment, of which drug, and how grave were they?

A finding is an adverse event where its sentence says so (``compliqué de``, ``toxicité``), or gives it a grade of
toxicity, and a drug was given in the same or the sentences just before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from kg.model import Assertion, AssertionType, Experiencer, Kind, Polarity
from kg.reading.clauses import treatment_tables
from kg.reading.observed import Item, Observed
from kg.reading.plans import grade_in, plan_tables

ADVERSE_REACH = 2
"""An adverse event is told at most so many sentences after its drug."""
GRADE_AFTER, GRADE_BEFORE = 45, 14
"""A grade stands at most so many characters after its finding, or right before it."""
_MAY_BE_ADVERSE = frozenset({AssertionType.FINDING, AssertionType.DIAGNOSIS})
_NEVER_GRADED = frozenset({"imaging", "status", "exposure"})
"""Types of findings whose grade is none of toxicity."""
_SHARING = frozenset({Kind.FINDING, Kind.DISEASE})
LINK = 10
"""Two findings no further apart share the grade after them (``anémie et thrombopénie de grade 3``)."""
_Given = dict[int, list[tuple[int, str]]]
"""Sentence → offset and id of the treatments given there."""


def with_suspects(observed: Observed, assertions: list[Assertion]) -> list[Assertion]:
    """The assertions, adverse events with their grade and the nearest drug."""
    given: _Given = defaultdict(list)
    for a in assertions:
        if a.type is AssertionType.TREATMENT and a.status in ("Given", "Stopped"):
            for mention in a.mentions:
                given[observed.outline.sentence_at(mention.span.start)].append((mention.span.start, a.id))
    return _with_reasons([_told_adverse(observed, a, given) if _may_be(a) else a for a in assertions])


def _may_be(a: Assertion) -> bool:
    told = a.context.polarity is Polarity.AFFIRMED and a.context.experiencer is Experiencer.PATIENT
    return a.type in _MAY_BE_ADVERSE and told and not a.morphology


def _told_adverse(observed: Observed, a: Assertion, given: _Given) -> Assertion:
    """A finding as an adverse event, where one of its mentions says so."""
    said_adverse = treatment_tables(observed.language).adverse
    gradable = a.concept is not None and a.concept.type not in _NEVER_GRADED
    for mention in a.mentions:
        place, sentence = mention.span.start, observed.outline.sentence_at(mention.span.start)
        near = next((given[s] for s in range(sentence, sentence - ADVERSE_REACH - 1, -1) if s in given), None)
        if near is None or (sentence not in given and _of_another_act(observed, sentence)):
            continue
        item = next((i for i in observed.by_sentence[sentence] if i.mention is mention), None)
        grade = _grade(observed, item) if item and gradable else None
        if grade or said_adverse.search(observed.said(sentence)):
            return replace(a, adverse=True, grade=grade, suspected=(min(near, key=lambda g: abs(g[0] - place))[1],))
    return a


def _with_reasons(assertions: list[Assertion]) -> list[Assertion]:
    """Stopped drugs without a reason that the sentence of their stop lays an adverse event to: stopped for toxicity."""
    blamed = {(id, a.passage) for a in assertions if a.adverse for id in a.suspected}
    return [
        replace(a, plan=replace(a.plan, stop="Toxicity"))
        if a.status == "Stopped" and not a.plan.stop and (a.id, a.passage) in blamed
        else a
        for a in assertions
    ]


def _of_another_act(observed: Observed, sentence: int) -> bool:
    """Whether a sentence speaks of an operation or of radiotherapy, whose harm is no drug's."""
    acts = (i.concept for i in observed.by_sentence[sentence] if i.kind is Kind.PROCEDURE)
    return any(concept and concept.type in ("surgery", "radiotherapy") for concept in acts)


def _grade(observed: Observed, item: Item) -> int | None:
    """The grade right before a finding (``grade 3 neutropenia``), or after it and those listed with it."""
    grade = plan_tables(observed.language).grade
    lead = list(grade.finditer(observed.before(item, GRADE_BEFORE)))
    if lead and not re.sub(r"\b(?:of|de|d')", "", observed.before(item, GRADE_BEFORE)[lead[-1].end() :]).strip():
        return grade_in(lead[-1])
    said = re.split(r"[.;:,]", observed.after(item, GRADE_AFTER))[0]
    match, end = grade.search(said), observed.words.ends[item.mention.last]
    others = [i.mention for i in observed.by_sentence[item.sentence] if i.kind in _SHARING]
    gaps = [observed.words.starts[m.first] - end for m in others]
    between = min((gap for gap in gaps if gap > 0), default=len(said))
    return grade_in(match) if match and (between > match.start() or between <= LINK) else None
