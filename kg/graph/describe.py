"""The case as RDF: every fact of VOCABULARY.md as triples in a fixed order; no blank node, no invented value."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache, partial

from kg.graph.terms import Triple, date, iri, kg, text, typed
from kg.identity import CASE_BASE, case_iri, local_id
from kg.model import (
    Assertion,
    AssertionType,
    Candidate,
    Case,
    Concept,
    Event,
    Finding,
    Grounding,
    Kind,
    Measurement,
    Span,
    When,
)
from kg.terms.lexicon import Lexicon

A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_OA, _SKOS, _PROV, _DCT = (
    "http://www.w3.org/ns/oa#", "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/ns/prov#", "http://purl.org/dc/terms/",
)  # fmt: skip
_START, _END, _EXACT = iri(_OA + "start"), iri(_OA + "end"), iri(_OA + "exact")
_POSITION, _QUOTE = iri(_OA + "TextPositionSelector"), iri(_OA + "TextQuoteSelector")
_LABEL, _NOTATION, _BROADER = iri(_SKOS + "prefLabel"), iri(_SKOS + "notation"), iri(_SKOS + "broader")
_EXACT_MATCH, _BROAD_MATCH, _CONCEPT = iri(_SKOS + "exactMatch"), iri(_SKOS + "broadMatch"), iri(_SKOS + "Concept")
_LANGUAGE, _DERIVED, _REVISION_OF = iri(_DCT + "language"), iri(_PROV + "wasDerivedFrom"), iri(_PROV + "wasRevisionOf")
_COMMENT, _SKOS_NOTE = iri("http://www.w3.org/2000/01/rdf-schema#comment"), iri(_SKOS + "note")

_MENTION, _SECTION, _KIND, _HAS_CONCEPT = kg("Mention"), kg("section"), kg("kind"), kg("concept")
_MORPHOLOGY, _TOPOGRAPHY = kg("morphology"), kg("topography")
_KINDS = {kind: kg(f"{kind.value}Kind") for kind in Kind}

integer = partial(typed, datatype="integer")


def _decimal(value: Decimal) -> str:
    plain = f"{value.normalize():f}"
    return typed(plain if "." in plain else plain + ".0", "decimal")


class _Writer:
    """Collects the triples of one case; knows the case's IRIs and which concepts it uses."""

    def __init__(self, case: Case, base: str) -> None:
        self.case = case
        self.iri = case_iri(case.document.id, base)
        self.triples: list[Triple] = []
        self.concepts: dict[str, Concept] = {}
        self.passages: dict[Span, None] = {}
        self.sections = _sections(case)
        self.mentioned: set[Span] = set()
        self.quantities: set[str] = set()

    def add(self, subject: str, *pairs: tuple[str, str]) -> None:
        self.triples += [(subject, p, o) for p, o in pairs]

    def part(self, name: str) -> str:
        return f"<{self.iri}#{name}>"

    def span(self, span: Span) -> str:
        return f"<{self.iri}#char={span.start},{span.end}>"

    def selector(self, subject: str, span: Span) -> None:
        """The place and the words of a span, after the Web Annotation vocabulary."""
        self.triples += [
            (subject, A, _POSITION), (subject, A, _QUOTE), (subject, _START, integer(str(span.start))),
            (subject, _END, integer(str(span.end))), (subject, _EXACT, text(self.case.document.text[span.start : span.end])),
        ]  # fmt: skip

    def concept(self, concept: Concept) -> str:
        self.concepts[concept.key] = concept
        return iri(concept.iri)

    def passage(self, span: Span) -> str:
        self.passages[span] = None
        return self.span(span)

    def measure(self, span: Span) -> str:
        """The mention of a measurement: its place and words, in the section where it stands."""
        subject = self.span(span)
        if span not in self.mentioned:
            self.mentioned.add(span)
            section = next((name for end, name in self.sections if span.start < end), self.sections[-1][1])
            self.triples.append((subject, A, _MENTION))
            self.selector(subject, span)
            self.triples += [(subject, _SECTION, section), (subject, _KIND, kg("QuantityKind"))]
        return subject


def _when(when: When | None) -> Iterator[tuple[str, str]]:
    if when is not None:
        yield kg("date"), date(when.iso)
        yield kg("dateBasis"), kg(when.basis.value)


def _sections(case: Case) -> list[tuple[int, str]]:
    return [(section.span.end, kg(f"{section.name or 'Body'}_Section")) for section in case.sections]


def _mention(w: _Writer, g: Grounding, section: str) -> None:
    """Every mention found, anatomy and unmapped ones too, with the concept of its own words."""
    span, concept = g.mention.span, g.concept
    subject = w.span(span)
    if span not in w.mentioned:
        w.mentioned.add(span)
        w.triples.append((subject, A, _MENTION))
        w.selector(subject, span)
        w.triples.append((subject, _SECTION, section))
    w.triples.append((subject, _KIND, _KINDS[g.mention.kind]))
    if concept is not None:
        w.triples.append((subject, _HAS_CONCEPT, w.concept(concept)))
    if g.morphology:
        w.triples.append((subject, _MORPHOLOGY, text(g.morphology)))
    if g.topography:
        w.triples.append((subject, _TOPOGRAPHY, text(g.topography)))


def _candidates(w: _Writer, a: Assertion) -> Iterator[tuple[str, str]]:
    for rank, candidate in enumerate(a.candidates, 1):
        subject = w.part(local_id("candidate", f"{a.id}|{candidate.concept.key}", a.mentions[0].span))
        yield kg("candidate"), subject
        w.triples += [(subject, p, o) for p, o in _candidate(candidate, rank)]
        w.concept(candidate.concept)


def _candidate(candidate: Candidate, rank: int) -> tuple[tuple[str, str], ...]:
    concept = candidate.concept
    return _candidate_fields(concept.iri, candidate.score, rank, candidate.term, concept.source)


@lru_cache(maxsize=8192)
def _candidate_fields(concept: str, score: float, rank: int, term: str, source: str) -> tuple[tuple[str, str], ...]:
    return (
        (A, kg("Candidate")),
        (kg("concept"), iri(concept)),
        (kg("score"), typed(f"{score:.3f}", "decimal")),
        (kg("rank"), integer(str(rank))),
        (kg("matchedTerm"), text(term)),
        (kg("sourceRow"), text(source)),
    )


@cache
def _qualifiers(polarity: str, certainty: str, temporality: str, experiencer: str) -> tuple[tuple[str, str], ...]:
    return (
        (kg("polarity"), kg(polarity)),
        (kg("certainty"), kg(certainty)),
        (kg("temporality"), kg(temporality)),
        (kg("experiencer"), kg(experiencer)),
    )


def _quantity(w: _Writer, a: Assertion) -> Iterator[tuple[str, str]]:
    if a.dose is not None:
        subject = w.part(local_id("quantity", a.dose.unit, a.dose.span))
        yield kg("dose"), subject
        if subject in w.quantities:
            return
        w.quantities.add(subject)
        w.add(subject, (A, kg("Quantity")), (kg("amount"), _decimal(a.dose.value)), (kg("unit"), text(a.dose.unit)))


def _own_fields(w: _Writer, a: Assertion) -> Iterator[tuple[str, str]]:
    """What only some types of assertion have."""
    if a.type is AssertionType.MARKER_RESULT:
        if a.concept is not None:
            yield kg("marker"), w.concept(a.concept)
        yield kg("result"), kg(a.result)
    elif a.concept is not None:
        yield kg("concept"), w.concept(a.concept)
    for name, value in (("value", a.value), ("specimen", a.specimen), ("frequency", a.frequency)):
        if value:
            yield kg(name), text(value)
    if a.status:
        yield kg("status"), kg(a.status)
    yield from _quantity(w, a)
    if a.route:
        yield kg("route"), kg(a.route)
    if a.cycles is not None:
        yield kg("cycles"), integer(str(a.cycles))
    if a.days is not None:
        yield kg("daysDuration"), _decimal(a.days)
    if a.lifecycle is not None:
        yield kg("lifecycle"), kg(a.lifecycle.value)
    if a.morphology:
        yield kg("morphology"), text(a.morphology)
        for code in dict.fromkeys([s.topography for s in a.sites if s.topography] or [a.topography]):
            if code:
                yield kg("topography"), text(code)
    for site in a.sites:
        yield kg("site"), w.concept(site)
    for name, ids in (("suspectedDrug", a.suspected), ("follows", a.follows), ("component", a.components)):
        for part in ids:
            yield kg(name), w.part(part)


def _assertion(w: _Writer, a: Assertion) -> None:
    subject = w.part(a.id)
    w.add(subject, (A, kg(a.type.value)), *(((A, kg("AdverseEvent")),) if a.adverse else ()), (kg("case"), iri(w.iri)))
    w.add(subject, *((kg("mention"), w.span(m.span)) for m in a.mentions))
    w.add(subject, (kg("passage"), w.passage(a.passage)))
    w.add(subject, *_own_fields(w, a))
    w.add(subject, *_candidates(w, a))
    context = a.context
    w.add(subject, *_qualifiers(context.polarity, context.certainty, context.temporality, context.experiencer))
    w.add(subject, *_when(a.when))


_NUMBERS = {"product": ("length", "width", "depth"), "list": ("length", "width", "depth"), "range": ("lower", "upper"),
            "change": ("from", "to")}  # fmt: skip


def _measurement(w: _Writer, m: Measurement) -> None:
    """A size, in millimetres; more than three numbers in a row go on in further measurements."""
    names = _NUMBERS[m.measure.form]
    for at in range(0, len(m.measure.values), len(names)):
        subject = w.part(m.id if not at else f"{m.id}-{at // len(names) + 1}")
        w.add(subject, (A, kg("Measurement")), (kg("case"), iri(w.iri)), (kg("passage"), w.passage(m.passage)))
        w.add(subject, (kg("mention"), w.measure(m.measure.span)))
        if m.measures:
            w.add(subject, (kg("measures"), w.part(m.measures)))
        scale = 10 if m.measure.unit == "cm" else 1
        w.add(subject, *((kg(n), _decimal(v * scale)) for n, v in zip(names, m.measure.values[at:], strict=False)))
        w.add(subject, (kg("unit"), text("mm" if m.measure.unit == "cm" else m.measure.unit)))
        w.add(subject, *_when(m.when))


def _event(w: _Writer, e: Event) -> None:
    subject = w.part(e.id)
    w.add(subject, (A, kg("Event")), (kg("case"), iri(w.iri)), (kg("order"), integer(str(e.order))))
    w.add(subject, *_when(e.when))
    w.add(subject, *((kg("includes"), w.part(part)) for part in e.assertions))


def _finding(w: _Writer, f: Finding) -> None:
    subject = w.part(local_id("note", f.code, *((f.span,) if f.span else ())))
    w.add(
        subject,
        (A, kg("Finding")),
        (kg("case"), iri(w.iri)),
        (kg("level"), kg(f.level.value)),
        (kg("code"), text(f.code)),
    )
    w.add(subject, (_COMMENT, text(f.message, "en")))
    if f.hint:
        w.add(subject, (_SKOS_NOTE, text(f.hint, "en")))
    if f.span is not None:
        w.add(subject, (kg("passage"), w.passage(f.span)))


def _passages(w: _Writer) -> None:
    for span in sorted(w.passages):
        subject = w.span(span)
        w.triples.append((subject, A, kg("Passage")))
        if span not in w.mentioned:
            w.selector(subject, span)


def _concepts(w: _Writer, lexicon: Lexicon) -> None:
    """Labels, codes, matches and all broader concepts of what the case uses, so that one file answers alone."""
    used = set(w.concepts)
    for key in w.concepts:
        used |= lexicon.ancestors(key)
    language = w.case.document.language
    blocks = [concept_triples(key, language, lexicon) for key in sorted(used)]
    w.triples += dict.fromkeys(triple for block in blocks for triple in block)


@cache
def concept_triples(key: str, language: str, lexicon: Lexicon) -> tuple[Triple, ...]:
    """A concept with its labels in English and ``language``, its codes, its matches and its parents."""
    concept = lexicon.concepts[key]
    subject, labels = iri(concept.iri), dict(concept.labels)
    found = [(subject, A, _CONCEPT)]
    found += [(subject, _LABEL, text(labels[code], code)) for code in dict.fromkeys(("en", language)) if code in labels]
    found += [(subject, _NOTATION, text(notation)) for notation in concept.notations]
    found += [(subject, _EXACT_MATCH, iri(match)) for match in concept.exact]
    found += [(subject, _BROAD_MATCH, iri(match)) for match in concept.broad]
    parents = (lexicon.concepts[p].iri for p in concept.parents if p in lexicon.concepts)
    found += [(subject, _BROADER, iri(parent)) for parent in parents if parent != concept.iri]
    return tuple(found)


def describe(case: Case, lexicon: Lexicon, base: str = CASE_BASE) -> list[Triple]:
    """All triples of a case, in an order that depends on the case alone."""
    w = _Writer(case, base)
    me, patient, document = iri(w.iri), w.part("patient"), case.document
    w.add(
        me,
        (A, kg("ClinicalCase")),
        (kg("patient"), patient),
        (_LANGUAGE, text(document.language)),
        (_DERIVED, w.part("text")),
    )
    w.add(me, *((iri(_DCT + key), text(value)) for key, value in document.metadata))
    w.add(patient, (A, kg("Patient")))
    if case.patient.sex != "unknown":
        w.add(patient, (kg("sex"), kg(case.patient.sex.capitalize())))
    if case.patient.age_years is not None:
        w.add(patient, (kg("ageYears"), integer(str(case.patient.age_years))))
    if case.patient.age_months is not None:
        w.add(patient, (kg("ageMonths"), integer(str(case.patient.age_months))))
    ends = iter(w.sections)
    end, section = next(ends)
    for g in case.groundings:
        while g.mention.span.start >= end:
            end, section = next(ends)
        _mention(w, g, section)
    for a in case.assertions:
        _assertion(w, a)
    for r in case.revisions:
        later = w.part(r.later)
        w.add(later, (_REVISION_OF, w.part(r.earlier)), (kg("revisionKind"), kg(r.kind.value)))
    for diagnosis, result in case.evidence:
        w.add(w.part(diagnosis), (kg("evidence"), w.part(result)))
    for m in case.measurements:
        _measurement(w, m)
    for e in case.events:
        _event(w, e)
    for f in case.findings:
        _finding(w, f)
    _passages(w)
    _concepts(w, lexicon)
    return w.triples
