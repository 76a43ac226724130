"""What belongs together? Marker results, treatments, statements, sizes, events and the chain of diagnoses: one case."""

from __future__ import annotations

from collections import defaultdict

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
from kg.reading.regimens import with_ingredients
from kg.reading.responses import with_answered
from kg.reading.sizes import read_sizes
from kg.reading.statements import read_statements
from kg.reading.treatments import read_treatments


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
    assertions = with_answered(observed, with_suspects(observed, assertions))
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
        (*findings, *doubts, *contradictions(observed, patient, assertions, dates)),
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
