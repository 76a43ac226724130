"""How do the diagnoses replace each other? Boxes in one column with arrows between them, narrow enough for a phone."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Assertion, Lifecycle, Revision
from kg.web.drawing import LINE, text_lines, width, wrap
from kg.web.markup import Html, join, tag
from kg.web.view import DATE_SIGNS, View, shown

WIDTH, PAD = 344.0, 16.0
GUTTER = 22.0
"""Room on the left for each arrow that passes over a box."""
NAME, SMALL, CHIP, CHIP_PAD = 15.0, 12.0, 11.5, 20.0
LINKED, APART = 46.0, 18.0
"""Gap below a box, with and without an arrow in it."""

Chips = tuple[tuple[tuple[str, str], ...], ...]
"""Rows of chips, each its classes and its words."""


@dataclass(frozen=True, slots=True)
class Box:
    """A diagnosis in its place: its lines of text, its chips, and the arrows into it."""

    diagnosis: Assertion
    y: float
    height: float
    name: tuple[str, ...]
    english: tuple[str, ...]
    facts: tuple[str, ...]
    chips: Chips
    arrows: tuple[tuple[int, Revision], ...]


def _chip_rows(view: View, diagnosis: Assertion, results: list[Assertion], room: float) -> Chips:
    rows: list[list[tuple[str, str]]] = []
    left = 0.0
    for a in results:
        said = view.surface(a)
        sign = f" {shown(a, said)}" if a.result else ""
        (words, *_) = wrap(said, CHIP, room - width(sign, CHIP) - CHIP_PAD, 1)
        wide = width(words + sign, CHIP) + CHIP_PAD
        if not rows or left + wide > room:
            rows.append([])
            left = 0.0
        basis = "adjacent" if view.is_adjacent(diagnosis, a) else "stated"
        rows[-1].append((f"{a.result} {basis}".strip(), words + sign))
        left += wide + 6
    return tuple(map(tuple, rows))


def _facts(view: View, a: Assertion) -> str:
    date = view.words.date(a.when.iso) if a.when else view.words("undated")
    date += DATE_SIGNS[a.when.basis] if a.when else ""
    return " · ".join(filter(None, (view.code(a), date, view.words(f"certainty-{a.context.certainty.value}"))))


def arrange(view: View, chain: list[Assertion], evidence: dict[str, list[Assertion]]) -> tuple[list[Box], float]:
    """The boxes from top to bottom and the room on their left that passing arrows need."""
    rank = {a.id: n for n, a in enumerate(chain)}
    into = {a.id: tuple((rank[r.earlier], r) for r in view.case.revisions if r.later == a.id and r.earlier in rank)
            for a in chain}
    passing = sum(1 for n, a in enumerate(chain) for m, _ in into[a.id] if m != n - 1)
    gutter = passing * GUTTER
    room = WIDTH - gutter - 2 * PAD
    boxes: list[Box] = []
    y = 1.0
    for a in chain:
        name = wrap(view.name(a), NAME, room - 84, 4)
        english = wrap(view.english(a), SMALL, room, 3)
        facts = wrap(_facts(view, a), SMALL, room, 3)
        chips = _chip_rows(view, a, evidence.get(a.id, []), room)
        height = 2 * PAD + len(name) * NAME * LINE + (len(english) + len(facts)) * SMALL * LINE + len(chips) * 27 + 2
        if boxes:
            y += LINKED if into[a.id] else APART
        boxes.append(Box(a, y, height, name, english, facts, chips, into[a.id]))
        y += height
    return boxes, gutter


def _box(view: View, box: Box, x: float) -> Html:
    a, y = box.diagnosis, box.y
    state = a.lifecycle or Lifecycle.CURRENT
    left = x + PAD
    line = y + PAD + NAME * 0.8
    parts = [tag("rect", x=x, y=y, width=WIDTH - x - 1, height=box.height, rx=6, class_="box")]
    parts.append(text_lines(box.name, left, line, NAME, "name"))
    parts.append(tag("text", view.words(f"lifecycle-{state.value}"), x=WIDTH - PAD, y=line, font_size=11,
                     text_anchor="end", class_="state"))
    line += len(box.name) * NAME * LINE
    parts.append(text_lines(box.english, left, line, SMALL, "english", "en"))
    line += len(box.english) * SMALL * LINE
    parts.append(text_lines(box.facts, left, line, SMALL, "facts"))
    line += (len(box.facts) - 1) * SMALL * LINE + 11
    for n, row in enumerate(box.chips):
        parts.append(_chips(row, left, line + n * 27))
    return tag("g", tag("title", " · ".join((view.name(a), *box.facts))), *parts, class_=f"diagnosis {state.value}")


def _chips(row: tuple[tuple[str, str], ...], x: float, y: float) -> Html:
    parts = []
    for classes, words in row:
        wide = width(words, CHIP) + CHIP_PAD
        parts.append(tag("rect", x=x, y=y, width=wide, height=21, rx=10.5, class_=f"chip {classes}"))
        middle = x + wide / 2
        parts.append(tag("text", words, x=middle, y=y + 14.5, font_size=CHIP, text_anchor="middle",
                         class_=f"chip {classes}"))
        x += wide + 6
    return join(parts)


def _arrows(view: View, boxes: list[Box], x: float) -> Html:
    """Arrows down to each box: straight from the box above, round the left from any other."""
    parts, passed = [], 0
    for n, box in enumerate(boxes):
        straight = [a for a in box.arrows if a[0] == n - 1]
        for m, revision in box.arrows:
            above = boxes[m]
            if m == n - 1:
                path = f"M{x + 34:g} {above.y + above.height:g}V{box.y - 7:g}"
            else:
                passed += 1
                bend = x - passed * GUTTER + 6
                start, end = above.y + above.height / 2, box.y + 20 + 8 * passed
                path = f"M{x:g} {start:g}H{bend + 6:g}q-6 0 -6 6V{end - 6:g}q0 6 6 6H{x - 7:g}"
            parts.append(tag("path", d=path, class_=f"arrow {revision.kind.value}", marker_end="url(#arrow)"))
        kinds = " · ".join(dict.fromkeys(view.words(f"revision-{r.kind.value}") for _, r in box.arrows))
        if kinds:
            y = box.y - LINKED / 2 + 4
            parts.append(tag("text", kinds, x=x + (48 if straight else 0), y=y, font_size=12, class_="kind"))
    return join(parts)


def draw_chain(view: View, chain: list[Assertion], evidence: dict[str, list[Assertion]]) -> Html:
    """The diagnoses of ``chain`` (in the order of the text) with their revisions; ``evidence`` is by diagnosis id."""
    boxes, gutter = arrange(view, chain, evidence)
    height = boxes[-1].y + boxes[-1].height + 1
    head = tag("marker", tag("path", d="M0 0L8 4L0 8z"), id="arrow", viewBox="0 0 8 8", refX=1, refY=4,
               markerWidth=8, markerHeight=8, markerUnits="userSpaceOnUse", orient="auto")
    return tag("svg", tag("title", view.words("chain-alt"), id="chain-title"), tag("defs", head),
               _arrows(view, boxes, gutter + 1), *(_box(view, box, gutter + 1) for box in boxes),
               viewBox=f"0 0 {WIDTH:g} {height:g}", width=WIDTH, height=height, role="img",
               aria_labelledby="chain-title", class_="chain")
