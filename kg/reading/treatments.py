"""Which drug, how much, how often, by which way, how many cycles, and was it given?

Each drug mention takes the dose that stands at it (``12,5 g/m2`` after, ``20 mg de`` before), and what its clause says
of frequency, route, duration and cycles. Mentions of the same drug that don't contradict each other are one treatment:
a section "Traitement" and the story of "Évolution" tell the same facts.

Drugs found F1 0.961, named right 1.000, dose right 0.947 (gold facts dev, 16 French cases, 2026-11-22); found F1 0.932
on 20 further French texts annotated blind. On the 27 invented cases of ``tests/cases`` found F1 0.993, dose 1.000 (same
day; scored blind before anything was changed for them 0.952 and 0.970).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from kg.identity import local_id
from kg.model import Assertion, AssertionType, Experiencer, Kind, Plan
from kg.reading.clauses import (
    Clause,
    Tables,
    clause_of,
    days_of,
    dose_of,
    frequency_of,
    is_linked,
    is_tested,
    route_of,
    status_of,
    treatment_tables,
)
from kg.reading.merging import earliest
from kg.reading.observed import Observed
from kg.reading.plans import counted_cycles, plan_of, plan_tables, planned_cycles, stop_reason

CYCLES_REACH = 3
"""Cycles that a sentence without a drug counts belong to drugs named at most so many sentences before."""
STOP_REACH = 2
"""A stop that names no drug is of those named at most so many sentences before."""
BLOOD_COUNT = 2
"""A sentence that names so many laboratory values lists substances, not treatments."""


def read_treatments(observed: Observed) -> list[Assertion]:
    """The patient's drugs, one assertion a treatment; a mention about somebody else is left out."""
    tables = treatment_tables(observed.language)
    found: list[Assertion] = []
    for index in sorted({i.sentence for i in observed.of(Kind.DRUG)}):
        for new in _in_sentence(observed, index, tables, _last_line(found)):
            match = next((n for n in range(len(found) - 1, -1, -1) if _agree(found[n], new)), None)
            if match is None:
                found.append(new)
            else:
                found[match] = _merged(found[match], new)
    return _with_later_stops(observed, _with_later_cycles(observed, found, tables))


def _last_line(found: list[Assertion]) -> int | None:
    """The line of the treatment told last with one."""
    return next((a.plan.line for a in reversed(found) if a.plan.line is not None), None)


def _in_sentence(observed: Observed, index: int, tables: Tables, last: int | None) -> list[Assertion]:
    """The treatments of one sentence; in a list the words before the first drug speak of all."""
    drugs = tuple(i for i in observed.by_sentence[index] if i.kind is Kind.DRUG)
    blood_count = len(tables.laboratory.findall(observed.said(index))) >= BLOOD_COUNT
    found: list[Assertion] = []
    for item in drugs:
        clause = clause_of(observed, item, drugs)
        if item.context.experiencer is not Experiencer.PATIENT or not _is_treatment(observed, clause, blood_count):
            continue
        new, status = _treatment(observed, clause, last), status_of(clause)
        previous = found[-1] if found else None
        if previous and is_linked(clause) and previous.mentions[-1].span.end < item.span.start:
            own = new.cycles is not None or new.plan.cycles is not None or clause.after.strip().startswith("(")
            cycles = new.cycles if own else previous.cycles
            plan = replace(new.plan, cycles=new.plan.cycles if own else previous.plan.cycles)
            new = replace(new, status=status or previous.status, cycles=cycles, plan=plan)
        found.append(new)
    return found


def _is_treatment(observed: Observed, clause: Clause, blood_count: bool) -> bool:
    """Left out: the word "drug" itself, what is imaged or tested, and undosed substances that a blood count lists.

    A diagnostic agent counts where the patient does not bear it.
    """
    item, concept = clause.item, clause.item.concept
    if concept is None or concept.type == "generic" or is_tested(clause):
        return False
    if "diagnostic-agent" in {concept.key, *observed.lexicon.ancestors(concept.key)}:
        return status_of(clause) == "Allergy"
    return not blood_count or bool(observed.measures_in(observed.sentence(item), "dose"))


def _treatment(observed: Observed, clause: Clause, last: int | None) -> Assertion:
    item, status = clause.item, status_of(clause) or "Given"
    return Assertion(
        id=local_id("treatment", item.concept.key if item.concept else item.mention.key, item.span),
        type=AssertionType.TREATMENT,
        kind=Kind.DRUG,
        mentions=(item.mention,),
        candidates=item.candidates,
        passage=observed.sentence(item),
        section=observed.section(item.sentence).name,
        context=item.context,
        when=observed.when(item.span),
        status=status,
        dose=dose_of(observed, clause),
        frequency=frequency_of(clause),
        route=route_of(clause),
        cycles=counted_cycles(clause, observed.language, status)[0],
        days=days_of(clause),
        plan=plan_of(observed, clause, status, last),
    )


def _agree(a: Assertion, b: Assertion) -> bool:
    """Whether two mentions of a drug may tell the same fact: nothing that one says contradicts the other."""
    same = a.concept is not None and b.concept is not None and a.concept.key == b.concept.key
    if not same or a.context.experiencer is not b.context.experiencer:
        return False
    given = {"Given", "Stopped"}
    if a.status != b.status and not {a.status, b.status} <= given:
        return False
    return all(
        x in (None, "") or y in (None, "") or x == y
        for x, y in (
            (a.dose and (a.dose.value, a.dose.unit), b.dose and (b.dose.value, b.dose.unit)),
            (a.cycles, b.cycles),
            (a.plan.line, b.plan.line),
            (a.plan.intent, b.plan.intent),
            (a.frequency, b.frequency),
        )
    )


def _merged(a: Assertion, b: Assertion) -> Assertion:
    """``a`` with what ``b`` adds; the earliest stated date counts."""
    return replace(
        a,
        mentions=a.mentions + b.mentions,
        when=earliest([a.when, b.when]),
        dose=a.dose or b.dose,
        frequency=a.frequency or b.frequency,
        route=a.route or b.route,
        cycles=a.cycles if a.cycles is not None else b.cycles,
        days=a.days or b.days,
        plan=_joined(a.plan, b.plan),
        status="Stopped" if "Stopped" in (a.status, b.status) else a.status,
        passage=b.passage if b.dose and not a.dose else a.passage,
    )


def _joined(a: Plan, b: Plan) -> Plan:
    """One plan of two that don't contradict each other."""
    return Plan(a.line or b.line, a.intent or b.intent, a.cycles or b.cycles, a.days or b.days, a.stop or b.stop)


def _later(observed: Observed, found: list[Assertion]) -> Iterator[tuple[range, frozenset[str]]]:
    """The sentences without a drug that follow one with drugs, and the ids of those given there."""
    told = {
        a.id: {observed.outline.sentence_at(m.span.start) for m in a.mentions} for a in found if a.status == "Given"
    }
    named = sorted({i.sentence for i in observed.of(Kind.DRUG)})
    for before, after in pairwise([*named, len(observed.outline.sentences)]):
        yield (
            range(before + 1, min(after, before + 1 + CYCLES_REACH)),
            frozenset(id for id, sentences in told.items() if before in sentences),
        )


def _with_later_cycles(observed: Observed, found: list[Assertion], tables: Tables) -> list[Assertion]:
    """``La patiente reçoit 4 cycles au total.``: counted for the drugs of the last sentence that names any."""
    for sentences, ids in _later(observed, found):
        given, planned = _later_cycles(observed, sentences, tables)
        found = [
            replace(a, cycles=given, plan=replace(a.plan, cycles=a.plan.cycles or planned))
            if a.cycles is None and a.id in ids and (given or planned)
            else a
            for a in found
        ]
    return found


def _later_cycles(observed: Observed, sentences: range, tables: Tables) -> tuple[int | None, int | None]:
    """The cycles given and planned that the sentences tell before they speak of one (``le deuxième cycle``)."""
    for said in map(observed.said, sentences):
        if (told := planned_cycles(said, observed.language)) is not None:
            return told
        match = tables.cycles.search(said) if tables.cycle_words.search(said) else None
        if match and match["n"] not in tables.ordinals:
            return tables.number(match["n"]), None
    return None, None


def _with_later_stops(observed: Observed, found: list[Assertion]) -> list[Assertion]:
    """``Le traitement est arrêté pour toxicité.``: of the drugs of the last sentence that names any."""
    tables = plan_tables(observed.language)
    for sentences, ids in _later(observed, found):
        for sentence in sentences[:STOP_REACH]:
            said = observed.said(sentence)
            if tables.stopping.search(said) and tables.treatment.search(said):
                reason = stop_reason(observed, sentence, (said,))
                found = [
                    replace(a, status="Stopped", plan=replace(a.plan, stop=reason)) if a.id in ids else a for a in found
                ]
    return found
