"""How much of a case is read right? Gold facts against the graph: markers, drugs, dates, sizes, diagnoses, revisions.

Pairs are made one to one, in the order of the text. A measure that ends in ``of found`` is a share of what was found.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kg.evaluation.found import case_of, local, place_of, rows
from kg.evaluation.gold import Facts, GoldDiagnosis
from kg.evaluation.scores import Counts, Row, matched
from kg.model import Span
from kg.store.opening import Store

SIDES = {"positive": "+", "weak": "+", "focal": "+", "negative": "-", "equivocal": "?"}
"""Results that are the same for what a marker tells."""
_PLAIN_DATE = re.compile(r"\d{4}(-\d\d)*")
_PLAIN_DOSE = re.compile(r"[\d.,-]+")
HISTOLOGY = 4
"""So many characters of a morphology code name the histology, without behaviour."""

G = TypeVar("G")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class FoundMarker:
    """A marker result at one place: ``part`` is the IRI of the assertion, ``label`` the antigen's English name."""

    span: Span
    result: str
    label: str
    part: str


@dataclass(frozen=True, slots=True)
class FoundDrug:
    """A treatment at one place, with the amount of its dose."""

    span: Span
    label: str
    amount: float | None


@dataclass(frozen=True, slots=True)
class FoundDiagnosis:
    """A diagnosis at one place."""

    span: Span
    morphology: str
    certainty: str
    part: str


@dataclass(slots=True)
class FoundFacts:
    """What the graph says of one case; ``revisions`` are (earlier, later, kind), ``evidence`` (diagnosis, result)."""

    sex: str = "unknown"
    age: float | None = None
    markers: list[FoundMarker] = field(default_factory=list)
    drugs: list[FoundDrug] = field(default_factory=list)
    dates: set[str] = field(default_factory=set)
    sizes: list[float] = field(default_factory=list)
    diagnoses: list[FoundDiagnosis] = field(default_factory=list)
    revisions: list[tuple[str, str, str]] = field(default_factory=list)
    evidence: set[tuple[str, str]] = field(default_factory=set)


_LABELS = "SELECT DISTINCT ?c (STR(?l) AS ?t) { ?c skos:prefLabel ?l FILTER(LANG(?l) IN ('en', '')) }"
_MARKERS = "SELECT ?a ?m ?k ?r { ?a a kg:MarkerResult ; kg:mention ?m ; kg:result ?r OPTIONAL { ?a kg:marker ?k } }"
_DRUGS = """SELECT ?a ?m ?c ?v { ?a a kg:Treatment ; kg:mention ?m OPTIONAL { ?a kg:concept ?c }
    OPTIONAL { ?a kg:dose ?d . ?d kg:amount ?v }
    FILTER NOT EXISTS { ?regimen kg:component ?a ; kg:mention ?m } }"""
_DATES = "SELECT DISTINCT ?a ?d { ?a kg:date ?d FILTER NOT EXISTS { ?a kg:dateBasis kg:Computed } }"
_SIZES = """SELECT DISTINCT ?a ?v ?u { ?a a kg:Measurement ; ?p ?v ; kg:unit ?u
    FILTER(?u IN ("mm", "cm") && ?p IN (kg:length, kg:width, kg:depth, kg:lower, kg:upper, kg:from, kg:to)) }"""
_DIAGNOSES = """SELECT ?a ?m ?o ?q { ?a a kg:Diagnosis ; kg:mention ?m
    OPTIONAL { ?a kg:morphology ?o } OPTIONAL { ?a kg:certainty ?q } }"""
_REVISIONS = """SELECT DISTINCT ?later ?earlier ?k { ?later a kg:Diagnosis ; prov:wasRevisionOf ?earlier
    OPTIONAL { ?later kg:revisionKind ?k } }"""
_EVIDENCE = "SELECT ?a ?e { ?a a kg:Diagnosis ; kg:evidence ?e . ?e a kg:MarkerResult }"
_PATIENTS = "SELECT ?p ?s ?n { ?p a kg:Patient OPTIONAL { ?p kg:sex ?s } OPTIONAL { ?p kg:ageYears ?n } }"


def facts_in(store: Store) -> dict[str, FoundFacts]:
    """What a store says of each of its cases, by id."""
    cases: dict[str, FoundFacts] = defaultdict(FoundFacts)
    label = {concept: text.lower() for concept, text in rows(store, _LABELS)}
    for part, place, marker, result in sorted(rows(store, _MARKERS)):
        found = FoundMarker(place_of(place), local(result).lower(), label.get(marker, ""), part)
        cases[case_of(part)].markers.append(found)
    for part, place, concept, amount in sorted(rows(store, _DRUGS)):
        drug = FoundDrug(place_of(place), label.get(concept, ""), float(amount) if amount else None)
        cases[case_of(part)].drugs.append(drug)
    for part, date in rows(store, _DATES):
        cases[case_of(part)].dates.add(date)
    for part, millimetres in sorted(
        {(a, round(float(v) * (10 if u == "cm" else 1), 2)) for a, v, u in rows(store, _SIZES)}
    ):
        cases[case_of(part)].sizes.append(millimetres)
    for part, place, code, certainty in sorted(rows(store, _DIAGNOSES)):
        diagnosis = FoundDiagnosis(place_of(place), code, local(certainty).lower(), part)
        cases[case_of(part)].diagnoses.append(diagnosis)
    for later, earlier, kind in sorted(rows(store, _REVISIONS)):
        cases[case_of(later)].revisions.append((earlier, later, local(kind).lower()))
    for part, result in rows(store, _EVIDENCE):
        cases[case_of(part)].evidence.add((part, result))
    for part, sex, years in rows(store, _PATIENTS):
        patient = cases[case_of(part)]
        patient.sex, patient.age = local(sex).lower() or "unknown", float(years) if years else None
    return cases


def paired(gold: Sequence[G], found: Sequence[F], same: Callable[[G, F], bool]) -> list[tuple[G, F]]:
    """Gold with the first of what was found that is the ``same`` and not yet taken."""
    left, pairs = list(range(len(found))), []
    for item in gold:
        at = next((i for i in left if same(item, found[i])), None)
        if at is not None:
            left.remove(at)
            pairs.append((item, found[at]))
    return pairs


def score_facts(gold: Facts, found: FoundFacts) -> dict[Row, Counts]:
    """The counts of one case."""
    return {
        Row(name): counts
        for part in (_score_markers, _score_drugs, _score_values, _score_diagnoses, _score_revisions)
        for name, counts in part(gold, found).items()
    }


def _share(right: int, of: int) -> Counts:
    return matched(right, of, of)


def _score_markers(gold: Facts, found: FoundFacts) -> dict[str, Counts]:
    spots = sorted({(m.span, m.result): m for m in found.markers}.values(), key=lambda m: (m.span, m.result))
    sure = paired(gold.markers, spots,
                  lambda g, f: g.span.overlaps(f.span) and SIDES[g.result] == SIDES.get(f.result))  # fmt: skip
    there = paired(gold.markers, spots, lambda g, f: g.span.overlaps(f.span))
    named = sum(g.antigen == f.label for g, f in there)
    return {
        "ihc: marker and result": matched(len(sure), len(spots), len(gold.markers)),
        "ihc: marker found": matched(len(there), len(spots), len(gold.markers)),
        "ihc: right antigen, of found": _share(named, len(there)),
    }


def _score_drugs(gold: Facts, found: FoundFacts) -> dict[str, Counts]:
    spots = sorted({d.span: d for d in found.drugs}.values(), key=lambda d: d.span)
    there = paired(gold.drugs, spots, lambda g, f: g.span.overlaps(f.span))
    ingredients = [(g, f) for g, f in there if g.ingredient]
    named = sum(f.label in (g.inn, *g.inn.split("+")) for g, f in ingredients)
    dosed = [(g, f) for g, f in there if g.dose]
    right = sum(
        f.amount is not None and abs(f.amount - float(g.dose.replace(",", ".").split("-")[0])) < 1e-6
        for g, f in dosed if _PLAIN_DOSE.fullmatch(g.dose)
    )  # fmt: skip
    return {
        "drugs: found": matched(len(there), len(spots), len(gold.drugs)),
        "drugs: named, of found": _share(named, len(ingredients)),
        "drugs: dose amount, of found": _share(right, len(dosed)),
    }


def _score_values(gold: Facts, found: FoundFacts) -> dict[str, Counts]:
    dates = {date for date in gold.dates if _PLAIN_DATE.fullmatch(date)}
    # the ends of intervals are neither asked for nor held against
    spare = {part for date in gold.dates for part in date.split("/")} - dates
    got = {date for date in found.dates if _PLAIN_DATE.fullmatch(date)} - spare
    wanted, there = Counter(gold.sizes), Counter(found.sizes)
    return {
        "dates: stated, set of the case": matched(len(dates & got), len(got), len(dates)),
        "sizes: values in mm": matched((wanted & there).total(), there.total(), wanted.total()),
        "patient: sex": _share(int(found.sex == gold.sex), 1),
        "patient: age": _share(int((found.age or -1) == (gold.age or -1)), 1),
    }


def _hits(gold: Facts, found: FoundFacts) -> dict[int, list[FoundDiagnosis]]:
    """What was found at each gold diagnosis, by its number."""
    return {g.number: [f for f in found.diagnoses if g.span.overlaps(f.span)] for g in gold.diagnoses}


def _score_diagnoses(gold: Facts, found: FoundFacts) -> dict[str, Counts]:
    hits = _hits(gold, found)
    there = [g for g in gold.diagnoses if hits[g.number]]
    coded = [g for g in gold.diagnoses if g.icdo]
    right = sum(any(_same_histology(f.morphology, g.icdo) for f in hits[g.number]) for g in coded)
    sure = sum(any(f.certainty == g.certainty for f in hits[g.number]) for g in there)
    return {
        "diagnoses: recall of gold": matched(len(there), len(there), len(hits)),
        "diagnoses: histology right": _share(right, len(coded)),
        "diagnoses: certainty, of found": _share(sure, len(there)),
    }


def _same_histology(code: str, other: str) -> bool:
    return bool(code) and code[:HISTOLOGY] == other[:HISTOLOGY]


def _score_revisions(gold: Facts, found: FoundFacts) -> dict[str, Counts]:
    members = {number: {f.part for f in hits} for number, hits in _hits(gold, found).items()}
    by_number: dict[int, GoldDiagnosis] = {g.number: g for g in gold.diagnoses}
    codes = {f.part: f.morphology for f in found.diagnoses}

    def stands_for(part: str, number: int) -> bool:
        """Whether a diagnosis of the graph is a gold one: at its place, or of its histology."""
        code = by_number[number].icdo
        return part in members[number] or bool(code and _same_histology(codes.get(part, ""), code))

    pairs = paired(gold.revisions, found.revisions,
                   lambda g, f: stands_for(f[0], g.earlier) and stands_for(f[1], g.later))  # fmt: skip
    places: dict[str, list[Span]] = defaultdict(list)
    for marker in found.markers:
        places[marker.part].append(marker.span)
    wanted = {(g.number, at) for g in gold.diagnoses for at in g.evidence}
    right: set[tuple[int, int]] = set()
    spare = 0
    for part, result in sorted(found.evidence):
        match = {(n, k) for n, k in wanted if stands_for(part, n)
                 and any(gold.markers[k].span.overlaps(span) for span in places[result])}  # fmt: skip
        right |= match
        spare += not match
    return {
        "revisions: earlier and later": matched(len(pairs), len(found.revisions), len(gold.revisions)),
        "revisions: kind, of found": _share(sum(g.kind == f[2] for g, f in pairs), len(pairs)),
        "evidence: diagnosis and marker": matched(len(right), len(right) + spare, len(wanted)),
    }
