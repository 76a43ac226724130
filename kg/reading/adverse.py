"""Which findings came of a treatment, of which drug, and how grave were they?

A finding is an adverse event where its sentence says so (``compliqué de``, ``toxicité``), or gives it a grade of
toxicity, and a drug was given in the same or the sentences just before. It is laid to the drug that the words blame,
else to one against a tumour before any other. Read by eye on 30 training texts of FRACCO (2026-11-22).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from kg.model import Assertion, AssertionType, Experiencer, Kind, Polarity
from kg.reading.drugwords import treatment_tables
from kg.reading.observed import Item, Observed
from kg.reading.planwords import grade_in, plan_tables
from kg.reading.regimens import is_against_tumours

ADVERSE_REACH = 2
"""An adverse event is told at most so many sentences after its drug."""
BLAME_REACH = 25
"""A drug so many characters after words such as ``induit par`` is what they blame."""
GRADE_AFTER, GRADE_BEFORE = 45, 14
"""A grade stands at most so many characters after its finding, or right before it."""
_MAY_BE_ADVERSE = frozenset({AssertionType.FINDING, AssertionType.DIAGNOSIS})
_NEVER_GRADED = frozenset({"imaging", "status", "exposure"})
"""Types of findings whose grade is none of toxicity."""
_SHARING = frozenset({Kind.FINDING, Kind.DISEASE})
LINK = 10
"""Two findings no further apart share the grade after them (``anémie et thrombopénie de grade 3``)."""
_Given = dict[int, list[tuple[int, Assertion]]]
"""Sentence → offset of the treatments given there."""


def with_suspects(observed: Observed, assertions: list[Assertion]) -> list[Assertion]:
    """The assertions, adverse events with their grade and the nearest drug."""
    given: _Given = defaultdict(list)
    for a in assertions:
        if a.type is AssertionType.TREATMENT and a.status in ("Given", "Stopped"):
            for mention in a.mentions:
                given[observed.outline.sentence_at(mention.span.start)].append((mention.span.start, a))
    return _with_reasons([_told_adverse(observed, a, given) if _may_be(a) else a for a in assertions])


def _may_be(a: Assertion) -> bool:
    told = a.context.polarity is Polarity.AFFIRMED and a.context.experiencer is Experiencer.PATIENT
    status = a.concept is not None and a.concept.type == "status"  # "bon état général", "apyrétique"
    return a.type in _MAY_BE_ADVERSE and told and not a.morphology and not status


def _told_adverse(observed: Observed, a: Assertion, given: _Given) -> Assertion:
    """A finding as an adverse event, where one of its mentions says so."""
    gradable = a.concept is not None and a.concept.type not in _NEVER_GRADED
    for mention in a.mentions:
        place, sentence = mention.span.start, observed.outline.sentence_at(mention.span.start)
        near = _near(observed, sentence, given)
        if not near or (sentence not in given and _of_another_act(observed, sentence)):
            continue
        item = next((i for i in observed.by_sentence[sentence] if i.mention is mention), None)
        grade = _grade(observed, item) if item and gradable else None
        if grade or _is_harm(observed, sentence):
            suspect = min(near, key=lambda g: abs(g[0] - place))[1]
            return replace(a, adverse=True, grade=grade, suspected=(suspect.id,))
    return a


def _near(observed: Observed, sentence: int, given: _Given) -> list[tuple[int, Assertion]]:
    """The treatments of a sentence or the nearest before it: those of a tumour first, no mere class of drugs.

    Whatever stands right after words such as ``induit par`` goes before all others.
    """
    near = [given[s] for s in range(sentence, sentence - ADVERSE_REACH - 1, -1) if s in given]
    named = [[g for g in drugs if g[1].concept is None or g[1].concept.type != "class"] for drugs in near]
    against = [[g for g in drugs if is_against_tumours(g[1].concept, observed.lexicon)] for drugs in near]
    start, span_of = observed.folded_start(sentence), observed.words.span_of
    cues = treatment_tables(observed.language).adverse.finditer(observed.said(sentence))
    ends = [span_of(start + cue.start(), start + cue.end()).end for cue in cues]
    blamed = [g for g in given.get(sentence, ()) if any(0 <= g[0] - end <= BLAME_REACH for end in ends)]
    return next(filter(None, (blamed, *against, *named)), [])


def _is_harm(observed: Observed, sentence: int) -> bool:
    """Whether a sentence tells of the harm of a treatment; ``secondaire à la progression`` is the disease's own."""
    said, own = observed.said(sentence), plan_tables(observed.language).own
    return any(not own.match(said, m.end()) for m in treatment_tables(observed.language).adverse.finditer(said))


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
