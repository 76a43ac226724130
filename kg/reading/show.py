"""What was read, for other programs? The mentions, one a line, then the timeline, the revisions and the findings.

It is English and never coloured; for the eye there are ``kg.web.terminal`` and ``kg.web.page``.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import (
    Assertion,
    Case,
    Certainty,
    DateBasis,
    Event,
    Experiencer,
    Lifecycle,
    Measurement,
    Polarity,
    Span,
    Temporality,
    When,
)
from kg.reading.explain import quote


def patient_line(case: Case) -> str:
    """Sex and age in words."""
    patient = case.patient
    age = f"{patient.age_years} years" if patient.age_years is not None else ""
    age = age or (f"{patient.age_months} months" if patient.age_months is not None else "age unknown")
    return f"{'sex unknown' if patient.sex == 'unknown' else patient.sex}, {age}"


def name_of(case: Case, a: Assertion) -> str:
    """What an assertion is about: its concept's label, else its words; with the ICD-O-3 morphology of a diagnosis."""
    span = a.mentions[0].span
    name = a.concept.label(case.document.language) if a.concept else case.document.text[span.start : span.end]
    return f"{name} {a.morphology}".rstrip()


def doubts_of(a: Assertion) -> list[str]:
    """Its qualifiers, where they are not the plain ones."""
    context = a.context
    found = (
        "negated" if context.polarity is Polarity.NEGATED else "",
        context.certainty.lower() if context.certainty in (Certainty.PROBABLE, Certainty.POSSIBLE) else "",
        context.experiencer.lower() if context.experiencer is not Experiencer.PATIENT else "",
        context.temporality.lower() if context.temporality is not Temporality.CURRENT else "",
        "adverse" if a.adverse else "",
    )
    return [doubt for doubt in found if doubt]


def _noted(line: str, notes: list[str]) -> str:
    return f"{line} ({', '.join(notes)})" if notes else line


def assertion_line(case: Case, a: Assertion) -> str:
    """An assertion in one line: its type, name, own fields and qualifiers."""
    dose = f"{a.dose.value} {a.dose.unit}".rstrip() if a.dose else ""
    kind = a.alteration.label(case.document.language) if a.alteration else ""
    told = filter(None, (name_of(case, a), kind, a.result, a.value, dose, a.status))
    ended = [a.lifecycle.lower()] if a.lifecycle and a.lifecycle is not Lifecycle.CURRENT else []
    return _noted(f"{a.type.removesuffix('Assertion')}: {' '.join(told)}", [*_planned(a), *doubts_of(a), *ended])


def _planned(a: Assertion) -> list[str]:
    """What a treatment was meant as and why it ended, or how grave an adverse event was, in a few words."""
    plan, given = a.plan, f"{a.cycles or ''}"
    cycles = "/".join(filter(None, (given, str(plan.cycles or ""))))
    return [note for told, note in (
        (plan.line, f"line {plan.line}"), (plan.intent, plan.intent.lower()), (cycles, f"{cycles} cycles"),
        (plan.days, f"days {plan.days}"), (plan.stop, f"for {plan.stop.lower()}"), (a.grade, f"grade {a.grade}"),
    ) if told]  # fmt: skip


def measurement_line(m: Measurement) -> str:
    """A measurement in one line."""
    sign = {"product": " × ", "range": "–", "change": " → "}.get(m.measure.form, ", ")
    return f"size: {sign.join(map(str, m.measure.values))} {m.measure.unit}"


def interval(when: When) -> str:
    """A date in ISO form, or both of an interval."""
    return f"{when.iso}/{when.until.iso}" if when.until else when.iso


def _side(event: Event, anchor: Event) -> str:
    """How an event stands to the one that it is known by: that one's date, or its place in the order."""
    side = "reckoned from" if event.when else "before" if event.precedes else "after"
    return f"{side} {anchor.when.iso if anchor.when else f'event {anchor.order}'}"


def timeline(case: Case) -> Iterator[tuple[str, list[str]]]:
    """The events in order: date, and a line for each thing that happened; what was reckoned says from when."""
    by_id = {event.id: event for event in case.events}
    lines = {a.id: assertion_line(case, a) for a in case.assertions}
    lines |= {m.id: measurement_line(m) for m in case.measurements}
    for event in case.events:
        head = interval(event.when) if event.when else "undated"
        if event.anchor and (not event.when or event.when.basis is DateBasis.COMPUTED):
            head = f"{head} ({_side(event, by_id[event.anchor])})"
        yield head, [lines[part] for part in event.assertions if part in lines]


def revisions(case: Case) -> Iterator[tuple[str, list[str]]]:
    """The revisions in order: from what to what, and what the text gives for it, in its words."""
    by_id = {a.id: a for a in case.assertions}
    sorts = {(s.diagnosis, s.result): s.sort for s in case.evidence}
    for revision in case.revisions:
        earlier, later = by_id[revision.earlier], by_id[revision.later]
        when = f"{later.when.iso}  " if later.when else ""
        names = " → ".join(_noted(name_of(case, a), doubts_of(a)) for a in (earlier, later))
        said: dict[Span, list[str]] = {}
        for result in map(by_id.__getitem__, revision.evidence):
            sort = sorts[later.id, result.id].removesuffix("Evidence").lower()
            told = " ".join(filter(None, (name_of(case, result), result.result, result.value, f"({sort})")))
            said.setdefault(result.passage, []).append(told)
        words = [f"{', '.join(results)}  {quote(case, passage)}" for passage, results in said.items()]
        yield f"{when}{revision.kind}: {names}", words


def findings(case: Case) -> Iterator[str]:
    """The findings in order, one line each."""
    for f in case.findings:
        place = f" at characters {f.span.start}–{f.span.end}" if f.span else ""
        yield f"{f.level.lower()} {f.code}: {f.message}{place}" + (f"; {f.hint}" if f.hint else "")


def plain(case: Case) -> str:
    """The case as plain text: the mentions with their kind and concept, then timeline, revisions and findings."""
    document = case.document
    lines = [f"{document.id}  {document.language}  {patient_line(case)}", "", "Mentions"]
    for g in case.groundings:
        concept = g.concept
        name = f"{concept.label(document.language)} <{concept.iri}>" if concept else "unmapped"
        lines.append(f"  {g.mention.kind:<9}  {quote(case, g.mention.span)}  {name}")
    for title, rows in (("Timeline", timeline(case)), ("Revisions", revisions(case))):
        lines += ["", title]
        for head, below in rows:
            lines += [f"  {head}", *(f"    {line}" for line in below)]
    lines += ["", "Findings", *(f"  {line}" for line in findings(case))]
    return "\n".join(lines) + "\n"
