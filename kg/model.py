"""Every type that passes between stages. Imports nothing of kg.

Offsets are Unicode code points of the original text, half-open. Scores run from 0 to 1. Units are UCUM codes.
A *mention* is text, a *concept* is in an ontology, an *assertion* is about a patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing a concept is; the value is the local name of its ``kg:…Kind``."""

    DISEASE = "Disease"
    ANATOMY = "Anatomy"
    DRUG = "Drug"
    MARKER = "Marker"
    FINDING = "Finding"
    PROCEDURE = "Procedure"
    RESPONSE = "Response"
    STAGE = "Stage"


class AssertionType(StrEnum):
    """The class of an assertion; the value is the local name of its RDF class."""

    DIAGNOSIS = "Diagnosis"
    FINDING = "FindingAssertion"
    MARKER_RESULT = "MarkerResult"
    MOLECULAR_RESULT = "MolecularResult"
    TREATMENT = "Treatment"
    PROCEDURE = "Procedure"
    RESPONSE = "Response"
    STAGE = "Stage"


class Polarity(StrEnum):
    """Is it there?"""

    AFFIRMED = "Affirmed"
    NEGATED = "Negated"


class Certainty(StrEnum):
    """How sure is the text?"""

    CONFIRMED = "Confirmed"
    PROBABLE = "Probable"
    POSSIBLE = "Possible"
    EXCLUDED = "Excluded"


class Temporality(StrEnum):
    """Is it of the present story, of the past history, or still to come?"""

    CURRENT = "Current"
    HISTORICAL = "Historical"
    PLANNED = "Planned"


class Experiencer(StrEnum):
    """Whose is it?"""

    PATIENT = "PatientSelf"
    FAMILY = "Family"
    OTHER = "Other"


class Lifecycle(StrEnum):
    """Does a diagnosis still hold at the end of the text?"""

    CURRENT = "Current"
    SUPERSEDED = "Superseded"
    REFUTED = "Refuted"


class EvidenceBasis(StrEnum):
    """Do words tie an observation to a diagnosis, or only its place in the text?"""

    STATED = "Stated"
    ADJACENT = "Adjacent"


class EvidenceClass(StrEnum):
    """What sort of observation a diagnosis rests on; the value is the local name of the class of its link."""

    STAINS = "ImmunohistochemicalEvidence"
    GENES = "MolecularEvidence"
    MORPHOLOGY = "MorphologicalEvidence"
    IMAGING = "ImagingEvidence"
    LABORATORY = "LaboratoryEvidence"
    RESPONSE = "ResponseEvidence"


class RevisionKind(StrEnum):
    """How does a later diagnosis replace an earlier one?"""

    REFINEMENT = "Refinement"
    RECLASSIFICATION = "Reclassification"
    TRANSFORMATION = "Transformation"
    REFUTATION = "Refutation"


class DateBasis(StrEnum):
    """Where does a date come from: the text itself, the event around it, or a computation?"""

    STATED = "Stated"
    INHERITED = "Inherited"
    COMPUTED = "Computed"


class Level(StrEnum):
    """How grave is a finding?"""

    ERROR = "Error"
    WARNING = "Warning"
    NOTE = "Note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]`` of the original text, in code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """True where the two share a character."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Span) -> bool:
        """True where ``other`` lies inside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its id (a file's stem), language (``fr``, ``es``, ``en``) and metadata as key–value pairs."""

    id: str
    language: str
    text: str
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the text under one heading; ``name`` is the canonical name (``Diagnosis``), ``""`` before any."""

    name: str
    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing in an ontology. ``key`` is the lexicon's slug; ``iri`` its identity in the graph.

    ``labels`` are (language, text), the preferred one of each language; ``notations`` are ICD-O-3 or ATC codes;
    ``exact`` and ``broad`` are outside IRIs; ``parents`` are keys. ``source`` names the table and line (``drugs:12``).
    A concept that is no row of the lexicon has its CURIE as key, and ``schemes``: the terminologies that it comes from,
    by name and version.
    """

    key: str
    iri: str
    kind: Kind
    type: str
    labels: tuple[tuple[str, str], ...]
    notations: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    broad: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    morphology: str = ""
    topography: str = ""
    note: tuple[tuple[str, str], ...] = ()
    source: str = ""
    schemes: tuple[tuple[str, str], ...] = ()

    def label(self, language: str = "en") -> str:
        """The preferred label in ``language``, else in English, else the key."""
        found = dict(self.labels)
        return found.get(language) or found.get("en") or self.key


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that a mention may mean: ``score`` from 0 to 1, the matched ``term`` and ``why`` it matched.

    ``scheme`` is the terminology that has the term, by name and version; None for the lexicon.
    """

    concept: Concept
    score: float
    term: str
    why: str
    scheme: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text that names something; ``key`` is the normal form that was looked up."""

    span: Span
    key: str
    kind: Kind
    first: int = 0
    """Index of the first word of the mention in the folded text."""
    last: int = 0
    """Index of the last word, inclusive."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """A mention with its candidates, best first; none means unmapped, and it is kept."""

    mention: Mention
    candidates: tuple[Candidate, ...]
    morphology: str = ""
    topography: str = ""
    learnt: str = ""
    """The model that found the name or its code, how sure it is, and why; ``""`` for the lexicon's own."""

    @property
    def concept(self) -> Concept | None:
        """The best candidate's concept."""
        return self.candidates[0].concept if self.candidates else None


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that set a qualifier, or the rule that did: what ``kg explain`` shows. ``span`` may be empty."""

    rule: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a mention: is it present, sure, whose, when; with the cues that say so."""

    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.CONFIRMED
    experiencer: Experiencer = Experiencer.PATIENT
    temporality: Temporality = Temporality.CURRENT
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its UCUM unit (``""`` for a bare number) and its place."""

    value: Decimal
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """Numbers that belong together, in one UCUM unit.

    ``form`` is ``product`` (6 x 6 cm, or one value), ``range`` (0,5 à 1,5 cm), ``change`` (de 16 à 40 mm).
    ``dimension`` is the unit's (``length``, ``mass``, ``dose-rate``, ``volume``, ``time``, ``fraction``, …).
    """

    values: tuple[Decimal, ...]
    unit: str
    dimension: str
    form: str
    span: Span


@dataclass(frozen=True, slots=True)
class When:
    """A date at its precision (``2003``, ``2003-11``, ``2003-11-05``); ``span`` is where the text says it.

    A computed one has the ``anchor`` that it was reckoned from, and the ISO form ``""`` where only its place in the
    order is sure. A ``local`` one is the date only of what stands right before it (``douleurs depuis 6 mois``).
    ``until`` is the last day, month or year of an interval, itself included. ``away`` is how many days a time known
    by its order only lies from its anchor: negative before it, 0 where the text doesn't say how far after. One that
    ``leads`` holds for nothing that is named before it; a local one then for the rest of its sentence.
    """

    iso: str
    basis: DateBasis
    span: Span
    anchor: When | None = None
    local: bool = False
    until: When | None = None
    away: int = 0
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a treatment was meant as, and why it ended; empty where the text does not say.

    ``line`` counts from 1; ``intent`` and ``stop`` are values of ``kg:intent`` and ``kg:stopReason``; ``cycles`` are
    those planned; ``days`` are the days of a cycle on which it is given (``1-5``, ``1,8,15``).
    """

    line: int | None = None
    intent: str = ""
    cycles: int | None = None
    days: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Assertion:
    """A statement about the patient, said at one or more mentions.

    ``id`` is stable for the same text. ``passage`` is the sentence of the first mention. Fields beyond the
    qualifiers belong to some types only: ``morphology`` and ``lifecycle`` to diagnoses; ``result``, ``value`` and
    ``specimen`` to marker results; ``result``, ``value``, ``alteration`` (its kind) and ``method`` (id of a procedure)
    to molecular results; ``status``, ``dose``, ``frequency``, ``route``, ``cycles`` given, ``days`` of one
    administration, ``plan``, ``components`` and ``implied`` (no word names it but its regimen's) to treatments;
    ``grade`` (1 to 5) to adverse events.
    """

    id: str
    type: AssertionType
    kind: Kind
    mentions: tuple[Mention, ...]
    candidates: tuple[Candidate, ...]
    passage: Span
    section: str
    context: Context
    when: When | None = None
    morphology: str = ""
    topography: str = ""
    sites: tuple[Concept, ...] = ()
    lifecycle: Lifecycle | None = None
    result: str = ""
    value: str = ""
    specimen: str = ""
    alteration: Concept | None = None
    method: str = ""
    status: str = ""
    dose: Quantity | None = None
    frequency: str = ""
    route: str = ""
    cycles: int | None = None
    days: Decimal | None = None
    plan: Plan = Plan()
    adverse: bool = False
    grade: int | None = None
    suspected: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    implied: bool = False

    @property
    def concept(self) -> Concept | None:
        """The best candidate's concept."""
        return self.candidates[0].concept if self.candidates else None


@dataclass(frozen=True, slots=True)
class Measurement:
    """A size of something; ``measures`` is the id of the assertion that it measures, or ``""``."""

    id: str
    measure: Measure
    measures: str
    passage: Span
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What happened at one time: ids of assertions, in the order of the text; ``order`` counts from 1.

    ``reckoned`` are the words of a relative expression (``trois mois plus tard``) and ``anchor`` the id of the event
    that it counts from; without ``when`` these give its place in the order only, after the anchor unless it
    ``precedes`` that.
    """

    id: str
    order: int
    when: When | None
    assertions: tuple[str, ...]
    anchor: str = ""
    reckoned: Span | None = None
    precedes: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """What a diagnosis rests on, or what excludes it, by their ids; of what sort it is, and on what ground held so."""

    diagnosis: str
    result: str
    basis: EvidenceBasis
    sort: EvidenceClass


@dataclass(frozen=True, slots=True)
class Revision:
    """A later diagnosis replaces an earlier one; all are ids of assertions."""

    earlier: str
    later: str
    kind: RevisionKind
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at: a stable ``code``, a message that never quotes the text, and how to mend."""

    level: Level
    code: str
    message: str
    span: Span | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """Sex (``male``, ``female`` or ``unknown``) and age as first stated, in years (months for infants)."""

    sex: str = "unknown"
    age_years: int | None = None
    age_months: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that was read from one document; assertions stand in the order of their first mention."""

    document: Document
    patient: Patient
    sections: tuple[Section, ...]
    groundings: tuple[Grounding, ...]
    assertions: tuple[Assertion, ...]
    measurements: tuple[Measurement, ...]
    events: tuple[Event, ...]
    revisions: tuple[Revision, ...]
    evidence: tuple[Support, ...] = ()
    """What the text gives for a diagnosis, or against one that it excludes."""
    findings: tuple[Finding, ...] = ()
    model: str = ""
    """The id of the model that was read with, or ``""``."""
