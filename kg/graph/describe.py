"""What does the case say as RDF? Every fact as triples in a fixed order; no blank node, no invented value."""

from __future__ import annotations

from kg.graph.assertions import describe_assertion
from kg.graph.concepts import describe_concepts
from kg.graph.draft import Draft, dated
from kg.graph.terms import DCTERMS, PROV, RDFS, SKOS, TYPE, Triple, decimal, integer, iri, kg, text
from kg.graph.times import describe_times
from kg.identity import CASE_BASE, MODEL_BASE, local_id
from kg.model import Case, Event, Finding, Grounding, Kind, Measurement, Patient, Support
from kg.terms.lexicon import Lexicon

_LANGUAGE, _DERIVED, _REVISION_OF = iri(DCTERMS + "language"), iri(PROV + "wasDerivedFrom"), iri(PROV + "wasRevisionOf")
_INFLUENCED = iri(PROV + "wasInfluencedBy")
_COMMENT, _NOTE = iri(RDFS + "comment"), iri(SKOS + "note")
_KINDS = {kind: kg(f"{kind.value}Kind") for kind in Kind}
_NUMBERS = {
    "product": ("length", "width", "depth"),
    "list": ("length", "width", "depth"),
    "range": ("lower", "upper"),
    "change": ("from", "to"),
}


def describe(case: Case, lexicon: Lexicon, base: str = CASE_BASE, *, hierarchy: bool = False) -> list[Triple]:
    """All triples of a case, in an order that depends on the case alone; ``hierarchy`` adds ``rdfs:subClassOf``."""
    draft = Draft(case, base)
    _describe_case(draft, case)
    _describe_patient(draft, case.patient)
    for grounding in case.groundings:
        _describe_mention(draft, grounding)
    for assertion in case.assertions:
        describe_assertion(draft, assertion)
    for revision in case.revisions:
        later, kind = draft.part(revision.later), kg(revision.kind.value)
        draft.add(later, (_REVISION_OF, draft.part(revision.earlier)), (kg("revisionKind"), kind))
    for support in case.evidence:
        _describe_support(draft, support)
    for measurement in case.measurements:
        _describe_measurement(draft, measurement)
    for event in case.events:
        _describe_event(draft, event)
    describe_times(draft, case.events)
    for finding in case.findings:
        _describe_finding(draft, finding)
    _describe_passages(draft)
    describe_concepts(draft, lexicon, hierarchy)
    return draft.triples


def _describe_support(draft: Draft, support: Support) -> None:
    diagnosis, result = draft.part(support.diagnosis), draft.part(support.result)
    draft.add(diagnosis, (kg("evidence"), result))
    link = draft.part(local_id("evidence", f"{support.diagnosis}|{support.result}"))
    ends = ((kg("ofDiagnosis"), diagnosis), (kg("byResult"), result))
    draft.add(link, (TYPE, kg("EvidenceLink")), (TYPE, kg(support.sort.value)), *ends)
    draft.add(link, (kg("evidenceBasis"), kg(support.basis.value)))


def _describe_case(draft: Draft, case: Case) -> None:
    language = text(case.document.language)
    draft.add(draft.me, (TYPE, kg("ClinicalCase")), (kg("patient"), draft.part("patient")), (_LANGUAGE, language))
    draft.add(draft.me, (_DERIVED, draft.part("text")))
    if case.model:
        draft.add(draft.me, (_INFLUENCED, iri(MODEL_BASE + case.model)))
    draft.add(draft.me, *((iri(DCTERMS + key), text(value)) for key, value in case.document.metadata))


def _describe_patient(draft: Draft, patient: Patient) -> None:
    subject = draft.part("patient")
    draft.add(subject, (TYPE, kg("Patient")))
    if patient.sex != "unknown":
        draft.add(subject, (kg("sex"), kg(patient.sex.capitalize())))
    if patient.age_years is not None:
        draft.add(subject, (kg("ageYears"), integer(patient.age_years)))
    if patient.age_months is not None:
        draft.add(subject, (kg("ageMonths"), integer(patient.age_months)))


def _describe_mention(draft: Draft, g: Grounding) -> None:
    """Every mention found, anatomy and unmapped ones too, with the concept of its own words; one for each place."""
    span = g.mention.span
    if not draft.mention(span, draft.section_at(span.start), _KINDS[g.mention.kind]):
        return
    subject = draft.span(span)
    if g.concept is not None:
        draft.add(subject, (kg("concept"), draft.concept(g.concept)))
    if g.morphology:
        draft.add(subject, (kg("morphology"), text(g.morphology)))
    if g.topography:
        draft.add(subject, (kg("topography"), text(g.topography)))
    if g.learnt:
        draft.add(subject, (_INFLUENCED, iri(MODEL_BASE + draft.case.model)))


def _describe_measurement(draft: Draft, m: Measurement) -> None:
    """A size, in millimetres; more than three numbers in a row go on in further measurements."""
    measure, names = m.measure, _NUMBERS[m.measure.form]
    scale, unit = (10, "mm") if measure.unit == "cm" else (1, measure.unit)
    for at in range(0, len(measure.values), len(names)):
        subject = draft.part(m.id if not at else f"{m.id}-{at // len(names) + 1}")
        draft.add(subject, (TYPE, kg("Measurement")), (kg("case"), draft.me), (kg("passage"), draft.passage(m.passage)))
        draft.mention(measure.span, draft.section_at(measure.span.start), kg("QuantityKind"))
        draft.add(subject, (kg("mention"), draft.span(measure.span)))
        if m.measures:
            draft.add(subject, (kg("measures"), draft.part(m.measures)))
        numbers = zip(names, measure.values[at:], strict=False)
        draft.add(subject, *((kg(name), decimal(value * scale)) for name, value in numbers))
        draft.add(subject, (kg("unit"), text(unit)), *dated(m.when))


def _describe_event(draft: Draft, e: Event) -> None:
    subject = draft.part(e.id)
    draft.add(subject, (TYPE, kg("Event")), (kg("case"), draft.me), (kg("order"), integer(e.order)), *dated(e.when))
    draft.add(subject, *((kg("includes"), draft.part(part)) for part in e.assertions))
    if e.reckoned:
        draft.mention(e.reckoned, draft.section_at(e.reckoned.start), kg("TimeKind"))
        draft.add(subject, (kg("mention"), draft.span(e.reckoned)))
    if e.anchor:
        draft.add(subject, (kg("anchor"), draft.part(e.anchor)))


def _describe_finding(draft: Draft, f: Finding) -> None:
    subject = draft.part(local_id("note", f.code, *((f.span,) if f.span else ())))
    draft.add(subject, (TYPE, kg("Finding")), (kg("case"), draft.me), (kg("level"), kg(f.level.value)))
    draft.add(subject, (kg("code"), text(f.code)), (_COMMENT, text(f.message, "en")))
    if f.hint:
        draft.add(subject, (_NOTE, text(f.hint, "en")))
    if f.span is not None:
        draft.add(subject, (kg("passage"), draft.passage(f.span)))


def _describe_passages(draft: Draft) -> None:
    for span in sorted(draft.passages):
        subject = draft.span(span)
        draft.triples.append((subject, TYPE, kg("Passage")))
        if span not in draft.mentioned:
            draft.select(subject, span)
