"""The case as RDF: every fact of VOCABULARY.md as triples in a fixed order; no blank node, no invented value."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache, partial

from kg.graph.terms import Triple, date, iri, kg, text, typed
from kg.identity import CASE_BASE, case_iri, local_id
from kg.model import (
    Assertion,
    AssertionType,
    Case,
    Concept,
    Event,
    Finding,
    Grounding,
    Kind,
    Measurement,
    Quantity,
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
_CASE, _IN_MENTION, _CANDIDATE = kg("case"), kg("mention"), kg("candidate")
Pair = tuple[str, str]
"""Predicate and object."""
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
        self.me = iri(self.iri)
        self.triples: list[Triple] = []
        self.concepts: dict[str, Concept] = {}
        self.passages: dict[Span, None] = {}
        self.sections = _sections(case)
        self.mentioned: set[Span] = set()
        self.quantities: set[str] = set()

    def add(self, subject: str, *pairs: Pair) -> None:
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


def _when(when: When | None) -> tuple[Pair, ...]:
    return () if when is None else _dated(when.iso, when.basis)


@lru_cache(maxsize=8192)
def _dated(iso: str, basis: str) -> tuple[Pair, ...]:
    return (kg("date"), date(iso)), (kg("dateBasis"), kg(basis))


def _sections(case: Case) -> list[tuple[int, str]]:
    return [(section.span.end, kg(f"{section.name or 'Body'}_Section")) for section in case.sections]


def _mention(w: _Writer, g: Grounding, section: str) -> None:
    """Every mention found, anatomy and unmapped ones too, with the concept of its own words; one for each place."""
    span, concept = g.mention.span, g.concept
    if span in w.mentioned:
        return
    subject = w.span(span)
    w.mentioned.add(span)
    w.triples.append((subject, A, _MENTION))
    w.selector(subject, span)
    w.triples += [(subject, _SECTION, section), (subject, _KIND, _KINDS[g.mention.kind])]
    if concept is not None:
        w.triples.append((subject, _HAS_CONCEPT, w.concept(concept)))
    if g.morphology:
        w.triples.append((subject, _MORPHOLOGY, text(g.morphology)))
    if g.topography:
        w.triples.append((subject, _TOPOGRAPHY, text(g.topography)))


def _candidates(w: _Writer, a: Assertion) -> list[Pair]:
    pairs = []
    for rank, candidate in enumerate(a.candidates, 1):
        concept = candidate.concept
        w.concept(concept)
        subject = w.part(local_id("candidate", f"{a.id}|{concept.key}", a.mentions[0].span))
        pairs.append((_CANDIDATE, subject))
        fields = _candidate(concept.iri, candidate.score, rank, candidate.term, concept.source)
        w.triples += [(subject, p, o) for p, o in fields]
    return pairs


@lru_cache(maxsize=8192)
def _candidate(concept: str, score: float, rank: int, term: str, source: str) -> tuple[Pair, ...]:
    return (
        (A, kg("Candidate")),
        (kg("concept"), iri(concept)),
        (kg("score"), typed(f"{score:.3f}", "decimal")),
        (kg("rank"), integer(str(rank))),
        (kg("matchedTerm"), text(term)),
        (kg("sourceRow"), text(source)),
    )


@cache
def _qualifiers(polarity: str, certainty: str, temporality: str, experiencer: str) -> tuple[Pair, ...]:
    return (
        (kg("polarity"), kg(polarity)),
        (kg("certainty"), kg(certainty)),
        (kg("temporality"), kg(temporality)),
        (kg("experiencer"), kg(experiencer)),
    )


def _quantity(w: _Writer, dose: Quantity) -> str:
    subject = w.part(local_id("quantity", dose.unit, dose.span))
    if subject not in w.quantities:
        w.quantities.add(subject)
        w.add(subject, (A, kg("Quantity")), (kg("amount"), _decimal(dose.value)), (kg("unit"), text(dose.unit)))
    return subject


def _treatment(w: _Writer, a: Assertion) -> list[Pair]:
    """What only treatments have."""
    pairs = [(kg("status"), kg(a.status))]
    if a.dose is not None:
        pairs.append((kg("dose"), _quantity(w, a.dose)))
    if a.frequency:
        pairs.append((kg("frequency"), text(a.frequency)))
    if a.route:
        pairs.append((kg("route"), kg(a.route)))
    if a.cycles is not None:
        pairs.append((kg("cycles"), integer(str(a.cycles))))
    if a.days is not None:
        pairs.append((kg("daysDuration"), _decimal(a.days)))
    return pairs + [(kg("component"), w.part(part)) for part in a.components]


def _own_fields(w: _Writer, a: Assertion) -> list[Pair]:
    """What only some types of assertion have."""
    pairs: list[Pair] = []
    if a.concept is not None:
        named = kg("marker") if a.type is AssertionType.MARKER_RESULT else _HAS_CONCEPT
        pairs.append((named, w.concept(a.concept)))
    if a.result:
        pairs.append((kg("result"), kg(a.result)))
    if a.value:
        pairs.append((kg("value"), text(a.value)))
    if a.specimen:
        pairs.append((kg("specimen"), text(a.specimen)))
    if a.status:
        pairs += _treatment(w, a)
    if a.lifecycle is not None:
        pairs.append((kg("lifecycle"), kg(a.lifecycle.value)))
    if a.morphology:
        pairs.append((_MORPHOLOGY, text(a.morphology)))
        codes = dict.fromkeys([s.topography for s in a.sites if s.topography] or [a.topography])
        pairs += [(_TOPOGRAPHY, text(code)) for code in codes if code]
    pairs += [(kg("site"), w.concept(site)) for site in a.sites]
    pairs += [(kg("suspectedDrug"), w.part(part)) for part in a.suspected]
    return pairs + [(kg("follows"), w.part(part)) for part in a.follows]


def _assertion(w: _Writer, a: Assertion) -> None:
    context = a.context
    pairs = [(A, kg(a.type.value)), (_CASE, w.me), *((_IN_MENTION, w.span(m.span)) for m in a.mentions)]
    pairs.append((kg("passage"), w.passage(a.passage)))
    if a.adverse:
        pairs.append((A, kg("AdverseEvent")))
    pairs += _own_fields(w, a)
    pairs += _candidates(w, a)
    pairs += _qualifiers(context.polarity, context.certainty, context.temporality, context.experiencer)
    pairs += _when(a.when)
    subject = w.part(a.id)
    w.triples += [(subject, p, o) for p, o in pairs]


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
    written: set[str] = set()
    for key in sorted(used):
        block = concept_triples(key, language, lexicon)
        if block[0][0] in written:  # two rows of one outside concept
            block = tuple(triple for triple in block if triple not in set(w.triples))
        written.add(block[0][0] if block else "")
        w.triples += block


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
