"""What was read, for the eye on a terminal? The coloured text, the timeline, the revisions and what is to be checked.

It speaks the language of the case, as the page does, and says the same; lines are as wide as the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import HORIZONTALS
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kg.model import Assertion, AssertionType, DateBasis, Event, Kind, Lifecycle, Measurement, Polarity
from kg.reading.show import interval
from kg.web.chronology import LANES, about
from kg.web.revisions import by_ground, passages
from kg.web.view import View, shown

STYLES = {
    Kind.DISEASE: "bold red", Kind.MARKER: "bold magenta", Kind.DRUG: "bold green", Kind.PROCEDURE: "cyan",
    Kind.FINDING: "yellow", Kind.ANATOMY: "blue", Kind.RESPONSE: "green", Kind.STAGE: "magenta",
}  # fmt: skip
Row = tuple[str, str, str]
"""When, what sort, and the facts, one a line."""


def highlighted(view: View) -> Text:
    """The text with its mentions coloured by kind; negated ones are struck through."""
    text = Text(view.case.document.text)
    for g in view.case.groundings:
        text.stylize(STYLES[g.mention.kind], g.mention.span.start, g.mention.span.end)
    for a in view.case.assertions:
        if a.context.polarity is Polarity.NEGATED:
            for mention in a.mentions:
                text.stylize("strike", mention.span.start, mention.span.end)
    return text


def legend(view: View) -> Text:
    """The kinds that the text has, each in its colour."""
    used = {g.mention.kind for g in view.case.groundings}
    names = [
        Text(f" {view.words(f'kind-{kind}')} ", f"{style} reverse") for kind, style in STYLES.items() if kind in used
    ]
    return Text(" ").join(names)


def result(view: View, a: Assertion) -> str:
    """A result in the words of the text with its sign: ``CD20 +``."""
    said = view.surface(a)
    return f"{said} {shown(a, said)}".rstrip()


def fact(view: View, a: Assertion) -> str:
    """An assertion in one line: its name, codes, what belongs to it, and whether it still holds."""
    ended = a.lifecycle not in (None, Lifecycle.CURRENT)
    state = view.words(f"lifecycle-{a.lifecycle}").lower() if ended else ""
    return " · ".join(filter(None, (view.name(a), view.code(a), about(view, [a]), state)))


def _rows(view: View, when: str, facts: list[Assertion], sizes: list[Measurement]) -> Iterator[Row]:
    """The facts of one date by their sort, marker results in one line, then sizes that belong to none of the facts."""
    lanes: dict[str, list[Assertion]] = {}
    for a in facts:
        lanes.setdefault(LANES[a.type], []).append(a)
    for lane in dict.fromkeys(LANES.values()):
        found = lanes.get(lane, [])
        if lane in (LANES[AssertionType.MARKER_RESULT], LANES[AssertionType.MOLECULAR_RESULT]):
            lines = [", ".join(result(view, a) for a in found)]
        else:
            lines = list(dict.fromkeys(fact(view, a) for a in found))
        if found:
            yield when, view.words("findings-all" if lane == "findings" else f"lane-{lane}"), "\n".join(lines)
            when = ""
    said = dict.fromkeys(view.words.size(m.measure) for m in sizes if m.measures not in {a.id for a in facts})
    if said:
        yield when, view.words("sizes"), ", ".join(said)


def timeline(view: View) -> Iterator[list[Row]]:
    """The rows of each time in order, then those without; dates in ISO form, computed ones with a star."""
    by_id = {event.id: event for event in view.case.events}
    sizes = {m.id: m for m in view.case.measurements}
    for event in view.case.events:
        facts = [view.facts[part] for part in event.assertions if part in view.facts]
        measured = [sizes[part] for part in event.assertions if part in sizes]
        yield list(_rows(view, _time(view, event, by_id), facts, measured))
    placed = {part for event in view.case.events for part in event.assertions}
    undated = [a for a in view.case.assertions if a.when is None and a.id not in placed]
    unplaced = [m for m in sizes.values() if m.when is None and m.id not in placed]
    yield list(_rows(view, view.words("undated"), undated, unplaced))


def _time(view: View, event: Event, by_id: dict[str, Event]) -> str:
    """An event's date; of one known only by its order, the date that it comes after or before, or its number."""
    if event.when is None:
        anchor = by_id.get(event.anchor)
        if anchor is None or anchor.when is None:
            return view.words("in-order", n=event.order)
        return view.words("before-date" if event.precedes else "after-date", date=anchor.when.iso)
    return f"{interval(event.when)}{'*' if event.when.basis is DateBasis.COMPUTED else ''}"


def _show_timeline(view: View, console: Console) -> None:
    words = view.words
    heads = [words(f"column-{name}") for name in ("date", "kind", "fact")]
    table = Table(*heads, title=words("timeline"), title_justify="left", box=HORIZONTALS, expand=True)
    table.columns[0].no_wrap = True
    table.columns[2].ratio = 1
    for rows in filter(None, timeline(view)):
        for n, (when, lane, facts) in enumerate(rows, 1):
            table.add_row(Text(when, "bold"), Text(lane), Text(facts), end_section=n == len(rows))
    console.print(table)


def _show_revisions(view: View, console: Console) -> None:
    words = view.words
    console.print(Text(f"\n{words('revisions')}", "italic"))
    if not view.case.revisions:
        console.print(Padding(Text(words("no-revision")), (0, 0, 0, 2)))
    for revision in view.case.revisions:
        earlier, later = view.facts[revision.earlier], view.facts[revision.later]
        when = f"{later.when.iso}  " if later.when else ""
        names = " → ".join(fact(view, a) for a in (earlier, later))
        console.print(Padding(Text(f"{when}{words(f'revision-{revision.kind}')}: {names}", "bold"), (0, 0, 0, 2)))
        results = [view.facts[i] for i in revision.evidence]
        for heading, found in by_ground(view, later, results):
            _show_results(view, heading, found, later, console)


def _show_results(view: View, heading: str, results: list[Assertion], diagnosis: Assertion, console: Console) -> None:
    for passage, found in passages(view, results, diagnosis.passage):
        line = f"{heading}: " + ", ".join(result(view, a) for a in found)
        console.print(Padding(Text(line), (0, 0, 0, 4)))
        console.print(Padding(Text(f"«{view.sentence(passage)}»", "dim"), (0, 0, 0, 4)))


def _show_findings(view: View, console: Console) -> None:
    words = view.words
    console.print(Text(f"\n{words('open')}", "italic"))
    if not view.case.findings:
        console.print(Padding(Text(words("open-none")), (0, 0, 0, 2)))
    for f in view.case.findings:
        message, hint = view.finding(f)
        place = f" ({f.span.start}–{f.span.end})" if f.span else ""
        line = f"{words(f'level-{f.level}')}{place}: {message}" + (f" — {hint}" if hint else "")
        console.print(Padding(Text(line), (0, 0, 0, 2)))


def show(view: View, console: Console) -> None:
    """Print the case in colour."""
    document, words = view.case.document, view.words
    console.rule(Text(f"{document.id} · {words(f'language-{words.language}')} · {view.patient()}"))
    console.print(legend(view), "\n")
    console.print(highlighted(view), "\n")
    _show_timeline(view, console)
    _show_revisions(view, console)
    _show_findings(view, console)
