"""What was read? A case for the eye on a terminal: its words, its timeline, its revisions, its findings.

On a terminal the text is highlighted; elsewhere the mentions are listed, one a line, for other programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.model import (
    Assertion,
    Case,
    Certainty,
    Experiencer,
    Kind,
    Lifecycle,
    Measurement,
    Polarity,
    Span,
    Temporality,
)
from kg.reading.explain import quote

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STYLES = {
    Kind.DISEASE: "bold red", Kind.MARKER: "bold magenta", Kind.DRUG: "bold green", Kind.PROCEDURE: "cyan",
    Kind.FINDING: "yellow", Kind.ANATOMY: "blue", Kind.RESPONSE: "green", Kind.STAGE: "magenta",
}  # fmt: skip


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
    told = filter(None, (name_of(case, a), a.result, a.value, dose, a.status))
    ended = [a.lifecycle.lower()] if a.lifecycle and a.lifecycle is not Lifecycle.CURRENT else []
    return _noted(f"{a.type.removesuffix('Assertion')}: {' '.join(told)}", [*doubts_of(a), *ended])


def measurement_line(m: Measurement) -> str:
    """A measurement in one line."""
    sign = {"product": " × ", "range": "–", "change": " → "}.get(m.measure.form, ", ")
    return f"size: {sign.join(map(str, m.measure.values))} {m.measure.unit}"


def timeline(case: Case) -> Iterator[tuple[str, list[str]]]:
    """The events in order: date, and a line for each thing that happened."""
    lines = {a.id: assertion_line(case, a) for a in case.assertions}
    lines |= {m.id: measurement_line(m) for m in case.measurements}
    for event in case.events:
        yield event.when.iso if event.when else "undated", [lines[part] for part in event.assertions if part in lines]


def revisions(case: Case) -> Iterator[tuple[str, list[str]]]:
    """The revisions in order: from what to what, and the marker results that the text gives for it, in its words."""
    by_id = {a.id: a for a in case.assertions}
    for revision in case.revisions:
        earlier, later = by_id[revision.earlier], by_id[revision.later]
        when = f"{later.when.iso}  " if later.when else ""
        names = " → ".join(_noted(name_of(case, a), doubts_of(a)) for a in (earlier, later))
        said: dict[Span, list[str]] = {}
        for result in map(by_id.__getitem__, revision.evidence):
            told = f"{name_of(case, result)} {result.result} {result.value}".rstrip()
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


def highlighted(case: Case) -> Text:
    """The text with its mentions coloured by kind; negated ones are struck through."""
    from rich.text import Text

    text = Text(case.document.text)
    for g in case.groundings:
        text.stylize(STYLES[g.mention.kind], g.mention.span.start, g.mention.span.end)
    for a in case.assertions:
        if a.context.polarity is Polarity.NEGATED:
            for mention in a.mentions:
                text.stylize("strike", mention.span.start, mention.span.end)
    return text


def show(case: Case, console: Console) -> None:
    """Print the case: in colour on a terminal, else plain."""
    if not console.is_terminal:
        console.file.write(plain(case))
        return
    from rich.table import Table
    from rich.text import Text

    document = case.document
    console.rule(Text(f"{document.id} · {document.language} · {patient_line(case)}"))
    console.print(Text(" ").join(Text(f" {kind} ", style=f"{style} reverse") for kind, style in STYLES.items()), "\n")
    console.print(highlighted(case), "\n")
    table = Table("When", "What", title="Timeline", title_justify="left", expand=True)
    for date, told in timeline(case):
        table.add_row(Text(date, style="bold"), Text("\n".join(told)), end_section=True)
    console.print(table)
    for title, rows in (("Revisions", revisions(case)), ("Findings", ((line, []) for line in findings(case)))):
        console.print(Text(f"\n{title}", style="italic"))
        for head, below in rows:
            console.print(Text(f"  {head}", style="bold"))
            for line in below:
                console.print(Text(f"    {line}"))
