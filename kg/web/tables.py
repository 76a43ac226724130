"""Results, treatments and sizes as tables, each row with a link to its words; empty columns are left out."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import Assertion, AssertionType, Measurement
from kg.web.markup import Html, escape, join, tag
from kg.web.view import SIGNS, View, scrolled

Row = tuple[str, ...]

_MARKER = ("antigen", "result", "value", "specimen", "date", "words")
_MOLECULAR = ("gene", "alteration", "result", "change", "method", "date", "words")
_TREATMENT = (
    "drug", "line", "intent", "dose", "frequency", "cycle-days", "route", "cycles", "planned", "days", "status", "stop",
    "date", "words",
)  # fmt: skip
_SIZE = ("measured", "size", "date", "words")


def table(view: View, name: str, columns: Sequence[str], rows: Sequence[Row]) -> Html:
    """A table under the heading ``name``: the first cell heads its row, columns without any content are left out."""
    words = view.words
    title = tag("h3", words(name), id=f"{name}-title")
    if not rows:
        return Html(title + tag("p", words(f"{name}-none"), class_="muted"))
    kept = [n for n in range(len(columns)) if any(row[n] for row in rows)]
    head = tag("tr", *(tag("th", words(f"column-{columns[n]}"), scope="col") for n in kept))
    first, *rest = kept
    body = [tag("tr", tag("th", row[first], scope="row"), *(tag("td", row[n]) for n in rest)) for row in rows]
    grid = tag("table", tag("thead", head), tag("tbody", *body), aria_labelledby=f"{name}-title")
    return Html(title + scrolled(grid, words(name)))


def _of(view: View, sort: AssertionType) -> list[Assertion]:
    return [a for a in view.case.assertions if a.type is sort]


def _name(view: View, a: Assertion) -> Html:
    """The label, and below it the English one where that differs."""
    english = view.english(a)
    return Html(escape(view.name(a)) + (tag("span", english, lang="en", class_="english") if english else ""))


def _flagged(view: View, text: Html | str, a: Assertion) -> Html:
    return join((tag("span", text, class_="kept"), *(tag("span", flag, class_="flag") for flag in view.flags(a))), " ")


def _result(view: View, a: Assertion) -> Html:
    mark = SIGNS[a.result].split()[0]
    sign = Html(tag("b", mark, aria_hidden="true", class_="sign") + " " + view.words(f"result-{a.result}"))
    return _flagged(view, sign, a)


def _marker(view: View, a: Assertion) -> Row:
    return _name(view, a), _result(view, a), a.value, a.specimen, view.date(a.when), view.mentions(a)


def _molecular(view: View, a: Assertion) -> Row:
    kind = a.alteration.label(view.words.language) if a.alteration else ""
    method = view.names([a.method]) if a.method else ""
    return _name(view, a), kind, _result(view, a), a.value, method, view.date(a.when), view.mentions(a)


def _treatment(view: View, a: Assertion) -> Row:
    words, plan = view.words, a.plan
    status = view.status(a) or (words("status-Given") if a.status == "Given" else "")

    def count(n: int | None) -> str:
        return words.number(n) if n is not None else ""

    return (
        Html(_name(view, a) + _contents(view, a)),
        count(plan.line), words(f"intent-{plan.intent}") if plan.intent else "",
        words.quantity(a.dose) if a.dose else "", words.frequency(a.frequency), plan.days,
        words(f"route-{a.route}") if a.route else "", count(a.cycles), count(plan.cycles),
        words.counted("days", a.days) if a.days is not None else "",
        _flagged(view, status, a), words(f"stop-{plan.stop}") if plan.stop else "", view.date(a.when), view.mentions(a),
    )  # fmt: skip


def _contents(view: View, a: Assertion) -> Html:
    """The drugs of a regimen."""
    parts = escape(view.names(a.components)) if a.components else ""
    return tag("span", Html(parts), class_="english") if parts else Html("")


def _size(view: View, m: Measurement) -> Row:
    owner = view.facts.get(m.measures)
    measured = view.words("unmeasured") if owner is None else view.name(owner)
    if owner is not None and owner.sites:
        measured = f"{measured}, {view.sites(owner)}"
    return measured, view.words.size(m.measure), view.date(m.when), view.link(m.measure.span, view.said(m.measure.span))


def tables_section(view: View) -> Html:
    """The tables; that of molecular results only where there are any."""
    results, given = _of(view, AssertionType.MARKER_RESULT), _of(view, AssertionType.TREATMENT)
    genes, sizes = _of(view, AssertionType.MOLECULAR_RESULT), view.case.measurements
    dates = (*(a.when for a in (*results, *genes, *given)), *(m.when for m in sizes))
    return view.section(
        "tables",
        table(view, "markers", _MARKER, [_marker(view, a) for a in results]),
        *([table(view, "molecular", _MOLECULAR, [_molecular(view, a) for a in genes])] if genes else []),
        table(view, "treatments", _TREATMENT, [_treatment(view, a) for a in given]),
        table(view, "sizes", _SIZE, [_size(view, m) for m in sizes]),
        view.footnote(dates),
    )
