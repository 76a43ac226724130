"""What belongs together? Marker results, treatments, statements, sizes, events and the chain of diagnoses, as one case."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from kg.identity import local_id
from kg.model import (
    Assertion,
    AssertionType,
    Case,
    Concept,
    Context,
    Event,
    Finding,
    Kind,
    Level,
    Measure,
    Measurement,
    Polarity,
    When,
)
from kg.reading.diagnoses import read_diagnoses
from kg.reading.markers import Result, read_results
from kg.reading.observed import Item, Observed
from kg.reading.patient import describe_patient
from kg.reading.sites import find_sites
from kg.reading.statements import in_order, merge, read_statements
from kg.reading.text import fold
from kg.reading.treatments import adverse_words, read_treatments

SIZES = ("length",)
BODY = 60
"""A single length of so many centimetres or more is a body height or a distance, not a lesion's size."""


def _result_assertion(observed: Observed, result: Result) -> Assertion:
    item = result.item
    concept = item.concept
    temporal = Context(experiencer=item.context.experiencer, temporality=item.context.temporality)
    return Assertion(
        id=local_id("markerresult", concept.key if concept else item.mention.key, item.span, extra=result.result),
        type=AssertionType.MARKER_RESULT, kind=Kind.MARKER, mentions=(item.mention,), candidates=item.candidates,
        passage=observed.sentence(item), section=observed.section(item.sentence).name, context=temporal,
        when=observed.when(item.span), result=result.result, value=result.value,
    )  # fmt: skip


def _marker_results(observed: Observed) -> list[Assertion]:
    """Marker results; the same result told twice for one date is one."""
    groups: dict[tuple[object, ...], list[Assertion]] = defaultdict(list)
    for result in read_results(observed):
        a = _result_assertion(observed, result)
        key = a.concept.key if a.concept else a.mentions[0].key
        groups[key, a.result, a.value, a.when.iso if a.when else a.section].append(a)
    return [merge(group) for group in groups.values()]


def _owner(observed: Observed, measure: Measure, owners: dict[tuple[int, int], Assertion]) -> Assertion | None:
    """What a size is the size of: the nearest thing before it in its sentence, else right after it."""
    index = observed.outline.sentence_at(measure.span.start)
    kinds = (Kind.DISEASE, Kind.FINDING, Kind.PROCEDURE)
    items = [i for i in observed.by_sentence.get(index, ()) if i.kind in kinds and (i.span.start, i.span.end) in owners]
    before = [i for i in items if i.span.end <= measure.span.start]
    after = [i for i in items if 0 <= i.span.start - measure.span.end <= 25]
    ranked = [*sorted(before, key=lambda i: (i.kind is Kind.PROCEDURE, i.kind is Kind.FINDING, -i.span.end)), *after]
    return owners[ranked[0].span.start, ranked[0].span.end] if ranked else None


_AWAY = re.compile(r"(?:^|\s)(?:a|at)\s+$")
_FROM = re.compile(r"\s+(?:de|du|des|d['’]|del|from)")


def _is_size(observed: Observed, measure: Measure) -> bool:
    if measure.dimension not in SIZES:
        return False
    scale = 10 if measure.unit == "mm" else 1
    if len(measure.values) == 1 and measure.values[0] >= BODY * scale:
        return False
    before = fold(observed.words.text[max(0, measure.span.start - 4) : measure.span.start])
    after = observed.words.text[measure.span.end : measure.span.end + 6].lower()
    if measure.form == "product" and len(measure.values) == 1 and _AWAY.search(before) and _FROM.match(after):
        return False  # "à 35 cm de l'arcade dentaire" is a distance
    return not after.lstrip().startswith(("h2o", "d'eau", "d’eau", "hg"))


def _measurements(observed: Observed, assertions: list[Assertion]) -> list[Measurement]:
    owners = {(m.span.start, m.span.end): a for a in assertions for m in a.mentions}
    found = []
    for measure in observed.measures:
        if not _is_size(observed, measure):
            continue
        owner = _owner(observed, measure, owners)
        passage = observed.outline.sentences[observed.outline.sentence_at(measure.span.start)]
        found.append(
            Measurement(
                local_id("measurement", measure.form, measure.span),
                measure,
                owner.id if owner else "",
                passage,
                observed.when(measure.span),
            )
        )
    return found


_MAY_BE_ADVERSE = frozenset({AssertionType.FINDING, AssertionType.DIAGNOSIS})


def _adverse(observed: Observed, assertions: list[Assertion]) -> list[Assertion]:
    """Findings and diseases that the text ties to a drug of the same or the two sentences before: adverse events."""
    pattern = adverse_words(observed.language)
    given: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for a in assertions:
        if a.type is AssertionType.TREATMENT and a.status in ("Given", "Stopped"):
            for m in a.mentions:
                given[observed.outline.sentence_at(m.span.start)].append((m.span.start, a.id))
    result = []
    for a in assertions:
        if a.type in _MAY_BE_ADVERSE and a.context.polarity is Polarity.AFFIRMED and not a.morphology:
            place = a.mentions[0].span.start
            sentence = observed.outline.sentence_at(place)
            near = next((given[s] for s in range(sentence, sentence - 3, -1) if s in given), None)
            if near and pattern.search(observed.said(sentence)):
                a = replace(a, adverse=True, suspected=(min(near, key=lambda g: abs(g[0] - place))[1],))
        result.append(a)
    return result


TREATED = 600
"""A drug named at most so many characters before stands for the word "chemotherapy" nearer to a response."""
_ANSWERED = frozenset({"surgery", "radiotherapy", "systemic"})


def _responses(assertions: list[Assertion]) -> list[Assertion]:
    """Responses with the last treatments, or the last operation, that the text tells before them."""
    result = []
    treated = [
        (m.span, t)
        for t in assertions
        if t.status in ("Given", "Stopped")
        or (t.type is AssertionType.PROCEDURE and t.concept and t.concept.type in _ANSWERED)
        for m in t.mentions
    ]
    for a in assertions:
        if a.type is AssertionType.RESPONSE:
            place = a.mentions[0].span
            before = [b for b in treated if b[0].end <= place.start]
            drugs = [b for b in before if b[1].type is AssertionType.TREATMENT and place.start - b[0].end <= TREATED]
            if before:
                span, last = max(before, key=lambda b: b[0])
                if drugs and last.concept and last.concept.type == "systemic":
                    span, last = max(drugs, key=lambda b: b[0])
                same = {t.id for s, t in before if t.type is last.type and (s.start >= span.start - 200)}
                a = replace(a, follows=tuple(sorted(same)))
        result.append(a)
    return result


def _events(
    observed: Observed, assertions: list[Assertion], dates: tuple[When, ...], measurements: list[Measurement]
) -> tuple[Event, ...]:
    """One event a date, in the order of time; a fact told at several dates is part of each of them."""
    members: dict[str, dict[str, None]] = {}
    first: dict[str, When] = {}
    for when in dates:
        members.setdefault(when.iso, {})
        first.setdefault(when.iso, when)
    for a in assertions:
        for mention in a.mentions:
            told = observed.when(mention.span)
            if told:
                members[told.iso][a.id] = None
        if a.when:
            members[a.when.iso][a.id] = None
    for m in measurements:
        if m.when:
            members[m.when.iso][m.id] = None
    return tuple(
        Event(local_id("event", iso, first[iso].span), order, first[iso], tuple(members[iso]))
        for order, iso in enumerate(sorted(members), 1)
    )


def _timing(dates: tuple[When, ...]) -> list[Finding]:
    years = sorted(int(d.iso[:4]) for d in dates)
    if not years:
        return []
    middle = years[len(years) // 2]
    return [
        Finding(
            Level.WARNING,
            "date-out-of-line",
            "a date lies more than 90 years from the others of the case",
            d.span,
            "check the year in the text",
        )
        for d in dates
        if abs(int(d.iso[:4]) - middle) > 90
    ]


def assemble(observed: Observed, dates: tuple[When, ...], findings: tuple[Finding, ...]) -> Case:
    """The case: assertions in the order of the text, measurements, events, revisions with evidence, and findings."""
    patient, doubts = describe_patient(observed)
    sites: dict[Item, tuple[Concept, ...]] = find_sites(observed)
    results = _marker_results(observed)
    statements = read_statements(observed, sites)
    chain = read_diagnoses(observed, [a for a in statements if a.type is AssertionType.DIAGNOSIS], results)
    others = [a for a in statements if a.type is not AssertionType.DIAGNOSIS]
    assertions = sorted([*chain.diagnoses, *others, *results, *read_treatments(observed)], key=in_order)
    assertions = _responses(_adverse(observed, assertions))
    measurements = _measurements(observed, assertions)
    groundings = tuple(i.grounding for i in observed.items)
    return Case(observed.document, patient, observed.outline.sections, groundings, tuple(assertions), tuple(measurements),
                _events(observed, assertions, dates, measurements), chain.revisions, chain.evidence,
                (*findings, *doubts, *_timing(dates)))  # fmt: skip
