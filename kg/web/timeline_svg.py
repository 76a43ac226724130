"""How does a timeline show no more than the text says? A month is a bar as wide as the month, a year as a year.

Time runs to scale, except that a long stretch in which nothing happened is drawn as a short gap that names its
length. What a bar covers is always drawn to scale.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kg.model import Assertion, DateBasis
from kg.web.drawing import LINE, text_lines, width, wrap
from kg.web.markup import Html, join, tag
from kg.web.view import View, anchor

DRAWN = ("diagnoses", "procedures", "treatments", "responses", "findings")
"""The lanes, from top to bottom."""
WIDTH = 1000.0
LABEL, LABEL_WIDTH = 12.0, 200.0
LEFT, AXIS, TITLE = 6.0, 44.0, 28.0
"""Margin at the left, height of the axis, height of a lane's title; all in user units."""
BAR, ROW = 9.0, 9.0
"""Height of a bar, and room between two rows."""
LONGEST, GAP = 122, 64.0
"""A stretch of more days without facts becomes a gap of this width."""
_MOST = {4: 0.4, 7: 1.8, 10: 26.0}
"""The widest day where the finest date is a year, a month, a day (by the length of its ISO form)."""
_LEAST = 12 / 31
"""The narrowest day; a drawing that needs more room becomes wider than the page and scrolls."""
MONTHLY, DAILY = 0.75, 3.0
"""From so many units a day on, the axis numbers months, or days."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact on the timeline: ``iso`` and ``until`` at their stated precision, ``until`` empty or later.

    ``name`` is what happened, ``about`` what belongs to it (dose, site, size), ``title`` all in one line.
    """

    lane: str
    fact: Assertion
    iso: str
    basis: DateBasis
    until: str
    name: str
    about: str
    title: str


def extent(iso: str) -> tuple[int, int]:
    """A date's first day and the day after its last, as ordinals; a day that the month lacks is the month's last.

    >>> a, b = extent("2003-11"); b - a
    30
    """
    parts = [int(part) for part in iso.split("-")]
    year, month, day = (*parts, 0, 0)[:3]
    if day:
        first = date(year, month, min(day, monthrange(year, month)[1])).toordinal()
        return first, first + 1
    if month:
        first = date(year, month, 1).toordinal()
        return first, first + monthrange(year, month)[1]
    return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1


@dataclass(frozen=True, slots=True)
class Scale:
    """Days (ordinals) to x: linear between knots; ``gaps`` are the stretches (first day, end) that are shortened."""

    days: tuple[int, ...]
    places: tuple[float, ...]
    gaps: tuple[tuple[int, int], ...]
    a_day: float

    def x(self, day: int) -> float:
        """The place of the beginning of ``day``."""
        n = min(max(bisect_right(self.days, day) - 1, 0), len(self.days) - 2)
        share = (day - self.days[n]) / (self.days[n + 1] - self.days[n])
        return self.places[n] + share * (self.places[n + 1] - self.places[n])


def scale_of(shown: Sequence[Entry]) -> Scale:
    """A scale for the dates of entries that fills the drawing where it can; bars are always to scale."""
    dates, room = [iso for e in shown for iso in (e.iso, e.until) if iso], WIDTH - LEFT - LABEL_WIDTH
    extents = [extent(iso) for iso in dates]
    knots = sorted({day for pair in extents for day in pair})
    gaps = tuple((a, b) for a, b in pairwise(knots)
                 if b - a > LONGEST and not any(s < b and a < e for s, e in extents))
    drawn = knots[-1] - knots[0] - sum(b - a for a, b in gaps)
    a_day = min(max((room - GAP * len(gaps)) / drawn, _LEAST), _MOST[max(map(len, dates))])
    places = [LEFT]
    for a, b in pairwise(knots):
        places.append(places[-1] + (GAP if (a, b) in gaps else (b - a) * a_day))
    return Scale(tuple(knots), tuple(places), gaps, a_day)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry in its row: its bar from ``start`` to ``end``, its label, and all the room that both take."""

    entry: Entry
    start: float
    end: float
    far: float
    label: tuple[str, ...]
    label_x: float
    y: float

    @property
    def above(self) -> bool:
        """Whether the label stands above the bar, because the bar goes on to a later date."""
        return self.far > self.end

    @property
    def height(self) -> float:
        """Height of the label, and of the bar where it stands below."""
        return len(self.label) * LABEL * LINE + (BAR + 3 if self.above else 0)

    @property
    def right(self) -> float:
        """Where the entry ends."""
        return max(self.far, self.label_x + max(width(line, LABEL) for line in self.label))


def _label(entry: Entry) -> tuple[str, ...]:
    """One line where all fits in it, else the name and below it what belongs to it."""
    whole = " · ".join(filter(None, (entry.name, entry.about)))
    if width(whole, LABEL) <= LABEL_WIDTH:
        return (whole,)
    return (*wrap(entry.name, LABEL, LABEL_WIDTH), *(wrap(entry.about, LABEL, LABEL_WIDTH) if entry.about else ()))


def _place(entry: Entry, scale: Scale) -> Placed:
    first, last = extent(entry.iso)
    start, end = scale.x(first), max(scale.x(last), scale.x(first) + 3)
    far = scale.x(extent(entry.until)[1]) if entry.until else end
    drawn = max(end, (start + end) / 2 + BAR / 2 + 1) if entry.lane == "responses" else end
    return Placed(entry, start, end, max(far, end), _label(entry), start if entry.until else drawn + 6, 0)


def pack(found: Sequence[Placed], top: float) -> tuple[list[Placed], float]:
    """Entries in rows so that none touches another, each in the first row with room; and where the rows end."""
    rows: list[list[Placed]] = []
    for placed in found:
        row = next((r for r in rows if r[-1].right + 14 <= placed.start), None)
        if row is None:
            rows.append([placed])
        else:
            row.append(placed)
    result, y = [], top
    for row in rows:
        result += [Placed(p.entry, p.start, p.end, p.far, p.label, p.label_x, y) for p in row]
        y += max(p.height for p in row) + ROW
    return result, y


def _entry(placed: Placed) -> Html:
    entry, y = placed.entry, placed.y
    style = entry.basis.value.lower()
    middle = y + (placed.height - BAR if placed.above else (LABEL * LINE - BAR) / 2)
    parts = [tag("title", entry.title)]
    if placed.above:
        parts.append(tag("rect", x=placed.end, y=middle + BAR / 2 - 1.5, width=placed.far - placed.end, height=3.0,
                         class_="until"))
    if entry.lane == "responses":
        parts += _response(placed, middle + BAR / 2, style)
    else:
        parts.append(tag("rect", x=placed.start, y=middle, width=placed.end - placed.start, height=BAR,
                         rx=min(2.0, (placed.end - placed.start) / 2), class_=f"bar {style}"))
    parts.append(text_lines(placed.label, placed.label_x, y + LABEL, LABEL, "label"))
    return tag("a", *parts, href=f"#{anchor(entry.fact.mentions[0].span)}", tabindex=-1, class_=f"entry {entry.lane}")


def _response(placed: Placed, y: float, style: str) -> list[Html]:
    """A mark in the middle of a line that is as wide as the date is vague, as an error bar is."""
    start, end, top, side = placed.start, placed.end, y - BAR / 2, BAR / 2 + 1
    line = f"M{start:.1f} {top:.1f}v{BAR:g}M{end:.1f} {top:.1f}v{BAR:g}M{start:.1f} {y:.1f}H{end:.1f}"
    diamond = f"M{(start + end) / 2:.1f} {y - side:.1f}l{side:g} {side:g}l-{side:g} {side:g}l-{side:g} -{side:g}z"
    vague = [tag("path", d=line, class_="vague")] if end - start > BAR else []
    return [*vague, tag("path", d=diamond, class_=f"bar {style}")]


def _months(first: int, end: int) -> list[date]:
    """The first day of a stretch, and of every month that begins in it."""
    found = [date.fromordinal(first)]
    while (following := (found[-1].replace(day=28) + timedelta(days=4)).replace(day=1)).toordinal() < end:
        found.append(following)
    return found


def _stretches(scale: Scale) -> list[tuple[int, int]]:
    """What lies between the gaps."""
    edges = [scale.days[0], *(day for gap in scale.gaps for day in gap), scale.days[-1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _axis(view: View, scale: Scale, bottom: float) -> Html:
    """Years above, months below where there is room; days where the scale is that wide."""
    parts, free, low = [], 0.0, -1.0
    for first, end in _stretches(scale):
        for n, day in enumerate(_months(first, end)):
            x = scale.x(day.toordinal())
            head = f"{day:%Y}" if scale.a_day < DAILY else _month(view, day, n == 0 or day.month == 1, scale.a_day)
            if n == 0 or day.month == 1 or scale.a_day >= DAILY:
                parts.append(tag("line", x1=x, x2=x, y1=8.0, y2=bottom, class_="year"))
                if x >= free:
                    parts.append(text_lines((head,), x + 4, 18, 12, "year"))
                    free = x + 4 + width(head, 12) + 8
            if MONTHLY <= scale.a_day < DAILY and x >= low:
                parts.append(text_lines((f"{day:%m}",), x + 4, 34, 10.5, "month"))
                parts.append(tag("line", x1=x, x2=x, y1=25.0, y2=AXIS - 4, class_="tick"))
                low = x + 4 + width("00", 10.5)
        if scale.a_day >= DAILY:
            parts.append(_days(scale, first, end))
    return join(parts)


def _month(view: View, day: date, with_year: bool, a_day: float) -> str:
    """A month's name, with the year where that is new; in figures where the name is wider than the month."""
    name = view.words.date(f"{day:%Y-%m}") if with_year else view.words(f"month-{day:%m}")
    return name if width(name, 12) + 12 < 28 * a_day else f"{day:%m/%Y}"


def _days(scale: Scale, first: int, end: int) -> Html:
    """Numbers of days, each or every fifth."""
    step = 1 if scale.a_day >= 18 else 5
    days = [date.fromordinal(n) for n in range(first, end)]
    return join([text_lines((str(day.day),), scale.x(day.toordinal()) + 2, 34, 10, "month") for day in days
                 if step == 1 or (day.day % step == 0 and day.day < 30)])


def _gaps(view: View, scale: Scale, bottom: float) -> Html:
    parts = []
    for first, end in scale.gaps:
        x, months = scale.x(first), round((end - first) / 30.44)
        said = view.words("gap-months", n=months) if months < 24 else view.words("gap-years", n=round(months / 12))
        parts.append(tag("rect", x=x, y=8.0, width=GAP, height=bottom - 8, class_="gap"))
        parts.append(tag("text", said, x=x + GAP / 2, y=34.0, font_size=10.5, text_anchor="middle", class_="month"))
    return join(parts)


def draw_timeline(view: View, shown: Sequence[Entry]) -> Html:
    """The entries in their lanes, under one axis."""
    scale = scale_of(shown)
    lanes: dict[str, list[Placed]] = {name: [] for name in DRAWN}
    for e in shown:
        lanes[e.lane].append(_place(e, scale))
    parts, y = [], AXIS + 6
    for name, found in lanes.items():
        if not found:
            continue
        parts.append(tag("line", x1=0.0, x2="100%", y1=y, y2=y, class_="lane"))
        parts.append(text_lines((view.words(f"lane-{name}"),), LEFT, y + 17, 12, "lane"))
        placed, y = pack(found, y + TITLE)
        parts += [_entry(p) for p in placed]
        y += 8
    wide = max(WIDTH, scale.places[-1] + LABEL_WIDTH)
    return tag("svg", tag("title", view.words("timeline-alt"), id="timeline-svg-title"), _gaps(view, scale, y),
               _axis(view, scale, y), *parts, viewBox=f"0 0 {wide:g} {y:g}", width=wide, height=y, role="group",
               aria_labelledby="timeline-svg-title", class_="timeline")
