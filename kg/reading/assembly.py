"""What belongs together? Marker results, treatments, statements, sizes, events and the chain of diagnoses: one case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from kg.identity import local_id
from kg.model import (
    Assertion,
    AssertionType,
    Case,
    Concept,
    Context,
    Finding,
    Grounding,
    Kind,
    Mention,
    Span,
    When,
)
from kg.reading.adverse import with_suspects
from kg.reading.contradictions import contradictions
from kg.reading.diagnoses import read_diagnoses
from kg.reading.events import read_events
from kg.reading.markers import Result, read_results
from kg.reading.merging import in_order, merge
from kg.reading.observed import Item, Observed
from kg.reading.patient import describe_patient
from kg.reading.planwords import plan_tables
from kg.reading.regimens import with_ingredients
from kg.reading.sizes import read_sizes
from kg.reading.statements import read_statements
from kg.reading.text import fold
from kg.reading.treatments import read_treatments

TREATED = 600
"""A drug named at most so many characters before stands for the word "chemotherapy" nearer to a response."""
UNDER_REACH = 40
"""What a response is said to be under stands at most so many characters after it."""
TOGETHER = 200
"""A response follows all treatments that are told within so many characters before the last one."""
_ANSWERED = frozenset({"surgery", "radiotherapy", "systemic"})
"""Types of procedures that a response may be an answer to."""


def assemble(
    observed: Observed,
    sites: dict[Item, tuple[Concept, ...]],
    told: tuple[Grounding, ...],
    dates: tuple[When, ...],
    findings: tuple[Finding, ...],
) -> Case:
    """The case: assertions in the order of the text, measurements, events, revisions with evidence, and findings."""
    patient, doubts = describe_patient(observed)
    results = _marker_results(observed)
    statements = read_statements(observed, sites)
    chain = read_diagnoses(observed, [a for a in statements if a.type is AssertionType.DIAGNOSIS], results)
    others = [a for a in statements if a.type is not AssertionType.DIAGNOSIS]
    assertions = sorted([*chain.diagnoses, *others, *results, *read_treatments(observed)], key=in_order)
    assertions = _with_treatments(observed, with_suspects(observed, assertions))
    measurements = read_sizes(observed, assertions)
    return Case(
        observed.document,
        patient,
        observed.outline.sections,
        told,
        tuple(with_ingredients(assertions, observed.lexicon)),
        tuple(measurements),
        read_events(observed, assertions, dates, measurements),
        chain.revisions,
        chain.evidence,
        (*findings, *doubts, *contradictions(observed, assertions, dates)),
    )


def _marker_results(observed: Observed) -> list[Assertion]:
    """Marker results; the same result told twice for one date is one."""
    groups: dict[tuple[object, ...], list[Assertion]] = defaultdict(list)
    for result in read_results(observed):
        a = _marker_result(observed, result)
        key = a.concept.key if a.concept else a.mentions[0].key
        groups[key, a.result, a.value, a.when.iso if a.when else a.section].append(a)
    return [merge(group) for group in groups.values()]


def _marker_result(observed: Observed, result: Result) -> Assertion:
    """A negative result is a result: of the context only whose and when it is count, not the negation."""
    item, concept = result.item, result.item.concept
    return Assertion(
        id=local_id("markerresult", concept.key if concept else item.mention.key, item.span, extra=result.result),
        type=AssertionType.MARKER_RESULT,
        kind=Kind.MARKER,
        mentions=(item.mention,),
        candidates=item.candidates,
        passage=observed.sentence(item),
        section=observed.section(item.sentence).name,
        context=Context(experiencer=item.context.experiencer, temporality=item.context.temporality),
        when=observed.when(item.span),
        result=result.result,
        value=result.value,
    )


def _was_given(a: Assertion) -> bool:
    return a.status in ("Given", "Stopped")


def _with_treatments(observed: Observed, assertions: list[Assertion]) -> list[Assertion]:
    """Responses with what they are said to be under, else with the last treatments or operation told before them."""
    operations = (a for a in assertions if a.type is AssertionType.PROCEDURE and a.concept)
    answered = {a.id for a in operations if a.concept and a.concept.type in _ANSWERED}
    treated = [(m.span, a) for a in assertions if _was_given(a) or a.id in answered for m in a.mentions]
    return [
        replace(a, follows=_under(observed, a.mentions[0], treated) or _followed(a.mentions[0].span, treated))
        if a.type is AssertionType.RESPONSE and a.concept and ("answers", "no") not in a.concept.note
        else a
        for a in assertions
    ]


def _under(observed: Observed, response: Mention, treated: list[tuple[Span, Assertion]]) -> tuple[str, ...]:
    """The treatment right after a response, with a word such as ``sous`` between: ``progression sous létrozole``."""
    under, place = plan_tables(observed.language).under, response.span
    near = [(s, a) for s, a in treated if place.end < s.start <= place.end + UNDER_REACH]
    text = observed.document.text
    return tuple(a.id for s, a in near[:1] if under.search(fold(text[place.end : s.start])))


def _followed(place: Span, treated: list[tuple[Span, Assertion]]) -> tuple[str, ...]:
    """Ids of the treatments of one type that are told last before a place."""
    before = [told for told in treated if told[0].end <= place.start]
    if not before:
        return ()
    span, last = max(before, key=lambda told: told[0])
    if last.concept and last.concept.type == "systemic":  # "chemotherapy" stands for drugs named before
        drugs = [t for t in before if t[1].type is AssertionType.TREATMENT and place.start - t[0].end <= TREATED]
        span, last = max(drugs, key=lambda told: told[0], default=(span, last))
    told = [a for s, a in before if a.type is last.type and s.start >= span.start - TOGETHER]
    going = [a for a in told if a.status != "Stopped"]
    return tuple(sorted({a.id for a in going or told}))
