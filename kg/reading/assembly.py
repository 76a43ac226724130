"""What belongs together? Marker results, treatments, statements, sizes, events and the chain of diagnoses: one case."""

from __future__ import annotations

from kg.model import (
    AssertionType,
    Case,
    Concept,
    Finding,
    Grounding,
    When,
)
from kg.reading.adverse import with_suspects
from kg.reading.contradictions import contradictions
from kg.reading.diagnoses import read_diagnoses
from kg.reading.events import read_events
from kg.reading.merging import in_order
from kg.reading.observed import Item, Observed
from kg.reading.patient import describe_patient
from kg.reading.regimens import with_ingredients
from kg.reading.responses import with_answered
from kg.reading.results import read_tests
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
    statements = read_statements(observed, sites)
    results = read_tests(observed, statements)
    others = [a for a in statements if a.type is not AssertionType.DIAGNOSIS]
    chain = read_diagnoses(observed, [a for a in statements if a.type is AssertionType.DIAGNOSIS], results, others)
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
