"""How does each text look, gold beside found? One self-contained page: the scores, then each document in two columns.

Nothing is fetched and nothing is run, as on the page of a case. The page holds the whole texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.evaluation.evaluate import Compared
from kg.evaluation.kinds import Measure
from kg.evaluation.misses import differences
from kg.evaluation.scores import Score
from kg.evaluation.spans import code_of, found_of, gold_of, plain_code
from kg.evaluation.table import COLUMNS, cells
from kg.web.annotated import Mark, mark_up
from kg.web.markup import Html, join, style, tag
from kg.web.page import POLICY

_CSS = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse } td, th { padding: .1rem .6rem; text-align: left; border-bottom: 1px solid #ddd }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem; border-bottom: 1px solid #999; padding-bottom: 1rem }
.pair div { white-space: pre-wrap; overflow-wrap: anywhere }
mark { background: #d9f2dc; border-bottom: 2px solid #2e7d32 }
mark.border, mark.code { background: #fff3cd; border-bottom: 2px dashed #9a6700 }
mark.missed, mark.spurious { background: #ffe0e0; border-bottom: 2px dotted #b3261e }
"""
_MEANING = (
    ("right", "the same place and code"), ("code", "another code"), ("border", "another border"),
    ("missed", "not found"), ("spurious", "not in the gold"),
)  # fmt: skip


def _marks(one: Compared, measures: Iterable[Measure], *, gold: bool) -> Iterator[Mark]:
    """The marks of one side; the title says the measure and the code."""
    for measure in measures:
        if measure.a_set:
            continue
        wrong = {span: what for what, span, _, _ in differences(one, measure)}
        wanted = gold_of(one.document, measure)
        spots = found_of(one.found, measure) if wanted else {}
        codes = {span: plain_code(a.code) for span, a in wanted.items()} if gold else {
            span: code_of(spot, measure) for span, spot in spots.items()
        }  # fmt: skip
        for span, code in codes.items():
            what = wrong.get(span) or ("right" if gold or span in wanted else "border")
            yield Mark(span, what, f"{measure.name} {code} ({what})")


def _document(one: Compared, measures: tuple[Measure, ...]) -> Html:
    text = one.document.text
    sides = [
        tag("div", tag("h3", name), mark_up(text, _fitting(_marks(one, measures, gold=side), len(text))))
        for name, side in (("Gold", True), ("Found", False))
    ]
    return tag("section", tag("h2", one.document.id), tag("div", *sides, class_="pair"), lang=one.document.language)


def _fitting(marks: Iterable[Mark], length: int) -> list[Mark]:
    """Marks in the order of the text, none beyond it (a graph of another text may be given)."""
    return sorted((m for m in marks if m.span.end <= length), key=lambda m: (m.span, m.classes, m.title))


def render(title: str, compared: Iterable[Compared], measures: Iterable[Measure], scores: Iterable[Score]) -> str:
    """The page, as HTML text to be written in UTF-8."""
    asked = tuple(measures)
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"), tag("title", f"{title}: gold and found"), style(_CSS),
    )  # fmt: skip
    rows = [tag("tr", *(tag("td", cell) for cell in cells(score))) for score in scores]
    table = tag("table", tag("thead", tag("tr", *(tag("th", name) for name in COLUMNS))), tag("tbody", *rows))
    legend = tag("p", *(join([tag("mark", name, class_=name), Html(f" {said}. ")]) for name, said in _MEANING))
    body = tag("body", tag("h1", title), table, legend, *(_document(one, asked) for one in compared))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"
