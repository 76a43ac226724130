"""What was read where? The case's text, every character of it, with each mention marked by kind and qualifiers.

Marks nest (an organ inside a disease). One that would cross another's border is continued after it, so that the
markup is well-formed for any spans.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from kg.model import Assertion, Case, Grounding, Kind, Span
from kg.web.markup import Html, escape, tag
from kg.web.view import View, anchor, qualifiers, shown


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text to be marked: ``classes`` style it, ``title`` says what it is, ``flag`` is shown after it.

    A mark with a ``level`` is a heading of that level.
    """

    span: Span
    classes: str
    title: str = ""
    flag: str = ""
    id: str | None = None
    level: int | None = None

    def tags(self) -> tuple[str, str]:
        """How its element opens and closes."""
        name = "span" if self.level else "mark"
        element = tag(name, id=self.id, class_=self.classes, title=self.title or None, data_flag=self.flag or None,
                      role="heading" if self.level else None, aria_level=self.level)
        closing = f"</{name}>"
        return element.removesuffix(closing), closing


def nest(marks: Iterable[Mark]) -> list[Mark]:
    """Marks in the order in which they open, cut where they cross: the first piece keeps the id, the last the flag."""
    todo = [((m.span.start, -m.span.end, n), m) for n, m in enumerate(marks) if m.span.end > m.span.start]
    heapify(todo)
    done: list[Mark] = []
    open_ends: list[int] = []
    while todo:
        (start, _, n), mark = heappop(todo)
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        limit = open_ends[-1] if open_ends else mark.span.end
        if mark.span.end > limit:
            rest = replace(mark, span=Span(limit, mark.span.end), id=None)
            heappush(todo, ((limit, -mark.span.end, n), rest))
            mark = replace(mark, span=Span(start, limit), flag="")
        done.append(mark)
        open_ends.append(mark.span.end)
    return done


def mark_up(text: str, marks: Iterable[Mark]) -> Html:
    """The text with its marks; every character is kept."""
    parts: list[str] = []
    place = 0
    closing: list[tuple[int, str]] = []

    def go_to(end: int) -> None:
        nonlocal place
        while closing and closing[-1][0] <= end:
            stop, closes = closing.pop()
            parts.append(escape(text[place:stop]) + closes)
            place = stop
        parts.append(escape(text[place:end]))
        place = end

    for mark in nest(marks):
        go_to(mark.span.start)
        opens, closes = mark.tags()
        parts.append(opens)
        closing.append((mark.span.end, closes))
    go_to(len(text))
    return Html("".join(parts))


def _mention(view: View, g: Grounding, facts: list[Assertion]) -> Mark:
    """A mention with all that is known of it: kind, labels, codes, results, qualifiers, date."""
    words, concept = view.words, g.concept
    labels = (concept.label(words.language), concept.label("en")) if concept else (words("unmapped"),)
    results = [a for a in facts if a.result]
    flags = list(dict.fromkeys(flag for a in facts for flag in view.flags(a)))
    dates = dict.fromkeys(words.date(a.when.iso) for a in facts if a.when)
    said = [words(f"kind-{g.mention.kind.value}"), *dict.fromkeys(labels), *filter(None, (g.morphology, g.topography)),
            *(words(f"result-{a.result}") for a in results), *flags, *dates]
    after = [*dict.fromkeys(shown(a) for a in results), *flags]
    classes = dict.fromkeys((g.mention.kind.value, *(q for a in facts for q in qualifiers(a.context))))
    return Mark(g.mention.span, " ".join(classes), " · ".join(said), ", ".join(after))


def marks_of(view: View) -> list[Mark]:
    """All marks of a case; the first of several on the same span carries the id that links lead to."""
    words, case = view.words, view.case
    facts: dict[Span, list[Assertion]] = defaultdict(list)
    for a in case.assertions:
        for mention in a.mentions:
            facts[mention.span].append(a)
    grounded = {m.span: Grounding(m, a.candidates) for a in case.assertions for m in a.mentions}
    grounded |= {g.mention.span: g for g in case.groundings}
    marks = [*_headings(case)]
    marks += [_mention(view, g, facts[span]) for span, g in grounded.items()]
    for m in case.measurements:
        marks.append(Mark(m.measure.span, "size", f"{words('kind-size')} · {words.size(m.measure)}"))
    whens = (*(a.when for a in case.assertions), *(m.when for m in case.measurements), *(e.when for e in case.events))
    for span, iso in {when.span: when.iso for when in whens if when}.items():
        marks.append(Mark(span, "date", f"{words('kind-date')} · {words.date(iso)}"))
    marks += [Mark(f.span, "check", words("kind-check")) for f in case.findings if f.span]
    return _with_ids(marks)


def _with_ids(marks: list[Mark]) -> list[Mark]:
    taken: set[Span] = set()
    found = []
    for mark in marks:
        if mark.level or mark.span in taken:
            found.append(mark)
        else:
            found.append(replace(mark, id=anchor(mark.span)))
            taken.add(mark.span)
    return found


def _headings(case: Case) -> Iterable[Mark]:
    """The sections' own headings: what stands before their first sentence."""
    for section in case.sections:
        if section.name:
            end = section.sentences[0].start if section.sentences else section.span.end
            line = case.document.text[section.span.start : end]
            start = section.span.start + len(line) - len(line.lstrip())
            yield Mark(Span(start, section.span.start + len(line.rstrip())), "heading", level=3)


def legend(view: View) -> Html:
    """The kinds and the qualifiers that this text has, each shown as it is marked."""
    words, marks = view.words, marks_of(view)
    used = {name for mark in marks for name in mark.classes.split()}
    kinds = [kind.value for kind in Kind if kind.value in used] + [k for k in ("date", "size", "check") if k in used]
    items = [tag("li", tag("mark", words(f"kind-{kind}"), class_=kind)) for kind in kinds]
    flags = dict.fromkeys(flag for a in view.case.assertions for flag in view.flags(a))
    items += [tag("li", tag("span", flag, class_="flag")) for flag in flags]
    return tag("ul", *items, class_="legend", aria_label=words("legend"))


def text_section(view: View) -> Html:
    """Legend and annotated text."""
    body = tag("div", mark_up(view.case.document.text, marks_of(view)), class_="clinical", id="clinical-text")
    return view.section("text", tag("div", legend(view), body, class_="annotated"))

