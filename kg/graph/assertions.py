"""How is an assertion written? Its mentions, concept, candidates, qualifiers, date, and what only its type has."""

from __future__ import annotations

from functools import cache, lru_cache

from kg.graph.draft import Draft, dated
from kg.graph.terms import PROV, SOURCE, TYPE, Pair, decimal, integer, iri, kg, text, typed
from kg.identity import local_id
from kg.model import Assertion, AssertionType, Plan, Quantity

_TESTS = frozenset({AssertionType.MARKER_RESULT, AssertionType.MOLECULAR_RESULT})
_DERIVED = iri(PROV + "wasDerivedFrom")
_BASES = {"m2": "BodySurface", "kg": "BodyWeight", "{AUC}": "AreaUnderCurve"}
"""What a dose is counted by, by the part of its unit."""


def describe_assertion(draft: Draft, a: Assertion) -> None:
    """All triples of an assertion, of its candidates and of its dose."""
    context = a.context
    pairs = [(TYPE, kg(a.type.value)), (kg("case"), draft.me)]
    pairs += [(kg("mention"), draft.span(m.span)) for m in a.mentions]
    pairs.append((kg("passage"), draft.passage(a.passage)))
    if a.adverse:
        pairs.append((TYPE, kg("AdverseEvent")))
    pairs += _own_fields(draft, a)
    pairs += _candidates(draft, a)
    pairs += _qualifiers(context.polarity, context.certainty, context.temporality, context.experiencer)
    pairs += dated(a.when)
    draft.add(draft.part(a.id), *pairs)


def _own_fields(draft: Draft, a: Assertion) -> list[Pair]:
    """What only some types of assertion have."""
    pairs: list[Pair] = []
    if a.concept is not None:
        named = "marker" if a.type in _TESTS else "concept"
        pairs.append((kg(named), draft.concept(a.concept)))
    if a.alteration is not None:
        pairs.append((kg("concept"), draft.concept(a.alteration)))
    if a.method:
        pairs.append((_DERIVED, draft.part(a.method)))
    if a.result:
        pairs.append((kg("result"), kg(a.result)))
    if a.value:
        pairs.append((kg("value"), text(a.value)))
    if a.specimen:
        pairs.append((kg("specimen"), text(a.specimen)))
    if a.status:
        pairs += _treatment(draft, a)
    if a.lifecycle is not None:
        pairs.append((kg("lifecycle"), kg(a.lifecycle.value)))
    if a.morphology:
        pairs.append((kg("morphology"), text(a.morphology)))
        codes = dict.fromkeys([s.topography for s in a.sites if s.topography] or [a.topography])
        pairs += [(kg("topography"), text(code)) for code in codes if code]
    pairs += [(kg("site"), draft.concept(site)) for site in a.sites]
    if a.grade is not None:
        pairs.append((kg("grade"), integer(a.grade)))
    pairs += [(kg("suspectedDrug"), draft.part(part)) for part in a.suspected]
    return pairs + [(kg("follows"), draft.part(part)) for part in a.follows]


def _treatment(draft: Draft, a: Assertion) -> list[Pair]:
    """What only treatments have."""
    pairs = [(kg("status"), kg(a.status))]
    if a.dose is not None:
        pairs.append((kg("dose"), _quantity(draft, a.dose)))
    if a.frequency:
        pairs.append((kg("frequency"), text(a.frequency)))
    if a.route:
        pairs.append((kg("route"), kg(a.route)))
    if a.cycles is not None:
        pairs.append((kg("cycles"), integer(a.cycles)))
    if a.days is not None:
        pairs.append((kg("daysDuration"), decimal(a.days)))
    pairs += _plan(a.plan)
    return pairs + [(kg("component"), draft.part(part)) for part in a.components]


def _plan(plan: Plan) -> list[Pair]:
    """What a treatment was meant as, and why it ended."""
    pairs = [
        (kg(name), integer(n)) for name, n in (("line", plan.line), ("cyclesPlanned", plan.cycles)) if n is not None
    ]
    pairs += [(kg(name), kg(value)) for name, value in (("intent", plan.intent), ("stopReason", plan.stop)) if value]
    return [*pairs, (kg("cycleDays"), text(plan.days))] if plan.days else pairs


def _basis(unit: str) -> str:
    """What a UCUM unit counts a dose by; ``""`` for a dose that is the same for everybody."""
    below = set(unit.split("/")[1:])
    return next((basis for part, basis in _BASES.items() if part in below or part == unit), "")


def _quantity(draft: Draft, dose: Quantity) -> str:
    subject = draft.part(local_id("quantity", dose.unit, dose.span))
    if draft.first(subject):
        amount = (kg("amount"), decimal(dose.value))
        draft.add(subject, (TYPE, kg("Quantity")), amount, (kg("unit"), text(dose.unit or "1")))
    return subject


def _candidates(draft: Draft, a: Assertion) -> list[Pair]:
    pairs = []
    for rank, candidate in enumerate(a.candidates, 1):
        concept = candidate.concept
        draft.concept(concept)
        subject = draft.part(local_id("candidate", f"{a.id}|{concept.key}", a.mentions[0].span))
        pairs.append((kg("candidate"), subject))
        draft.add(subject, *_candidate(concept.iri, candidate.score, rank, candidate.term))
        if candidate.scheme is not None:
            draft.add(subject, (SOURCE, draft.scheme(*candidate.scheme)))
        elif concept.source:
            draft.add(subject, (kg("sourceRow"), text(concept.source)))
    return pairs


@lru_cache(maxsize=8192)
def _candidate(concept: str, score: float, rank: int, term: str) -> tuple[Pair, ...]:
    return (
        (TYPE, kg("Candidate")),
        (kg("concept"), iri(concept)),
        (kg("score"), typed(f"{score:.3f}", "decimal")),
        (kg("rank"), integer(rank)),
        (kg("matchedTerm"), text(term)),
    )


@cache
def _qualifiers(polarity: str, certainty: str, temporality: str, experiencer: str) -> tuple[Pair, ...]:
    return (
        (kg("polarity"), kg(polarity)),
        (kg("certainty"), kg(certainty)),
        (kg("temporality"), kg(temporality)),
        (kg("experiencer"), kg(experiencer)),
    )
