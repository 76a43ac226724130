"""What happened when? The facts worth a place on the timeline, the drawing, and a table that says the same and more."""

from __future__ import annotations

from collections import defaultdict

from kg.model import Assertion, AssertionType, DateBasis
from kg.web.markup import Html, tag
from kg.web.timeline_svg import DRAWN, Entry, draw_timeline, scale_of
from kg.web.view import View, is_told_of_patient, scrolled

LANES = {
    AssertionType.DIAGNOSIS: "diagnoses",
    AssertionType.PROCEDURE: "procedures",
    AssertionType.TREATMENT: "treatments",
    AssertionType.RESPONSE: "responses",
    AssertionType.FINDING: "findings",
    AssertionType.MARKER_RESULT: "markers",
    AssertionType.MOLECULAR_RESULT: "molecular",
    AssertionType.STAGE: "stages",
}
_ACTS = frozenset({"surgery", "biopsy", "imaging", "endoscopy", "radiotherapy", "pathology", "systemic"})
_NOTED = frozenset({"symptom", "adverse", "metastasis", "spread"})
_NOT_GIVEN = frozenset({"Planned", "Refused", "Allergy", "NotGiven"})


def _is_drawn(view: View, a: Assertion) -> bool:
    """Whether a fact is worth a bar: not every palpation, not every ``lésion``; what was measured always is."""
    if not is_told_of_patient(a) or a.status in _NOT_GIVEN or LANES[a.type] not in DRAWN:
        return False
    sort = a.concept.type if a.concept else ""
    if a.type is AssertionType.PROCEDURE:
        return sort in _ACTS
    if a.type is AssertionType.FINDING:
        measured = any(m.measures == a.id for m in view.case.measurements)
        return a.adverse or sort in _NOTED or a.morphology.endswith("/6") or measured
    return True


def regimen(view: View, a: Assertion) -> str:
    """Line, intent, dose, frequency, duration and cycles of a treatment, and why it ended, in words."""
    words, plan = view.words, a.plan
    return ", ".join(part for part in (
        words("line", n=plan.line) if plan.line else "", words(f"intent-{plan.intent}") if plan.intent else "",
        words.quantity(a.dose) if a.dose else "", words.frequency(a.frequency),
        words.counted("days", a.days) if a.days is not None else "",
        words.counted("cycles", a.cycles) if a.cycles is not None else "",
        words("planned", n=plan.cycles) if plan.cycles else "",
        words("stopped-for", reason=words(f"stop-{plan.stop}")) if plan.stop else "",
    ) if part)  # fmt: skip


def sizes_of(view: View, a: Assertion) -> str:
    """The sizes of a fact at its own date, in words."""
    own = [m for m in view.case.measurements
           if m.measures == a.id and (m.when is None or a.when is None or m.when.iso == a.when.iso)]
    return ", ".join(dict.fromkeys(view.words.size(m.measure) for m in own))


def about(view: View, group: list[Assertion]) -> str:
    """What follows a fact's name: regimen, sites, sizes, flags, status, drugs, of all facts that share the entry."""
    parts = [p for a in group for p in (regimen(view, a), view.sites(a), sizes_of(view, a), *view.flags(a),
                                        view.status(a), *view.relations(a))]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _last_told(view: View, a: Assertion, iso: str) -> str:
    """The last later date at which the text tells a treatment again, or ``""``."""
    told = [e.when.iso for e in view.case.events if e.when and a.id in e.assertions and e.when.iso > iso]
    return max(told, default="") if a.type is AssertionType.TREATMENT else ""


def entries(view: View) -> list[Entry]:
    """What the timeline shows, in the order of time; the same thing told twice of one date is one entry."""
    groups: dict[tuple[str, str, str], list[Assertion]] = defaultdict(list)
    for a in view.case.assertions:
        if a.when is not None and _is_drawn(view, a):
            groups[LANES[a.type], a.when.iso, view.name(a)].append(a)
    found = []
    for (lane, iso, name), group in groups.items():
        more = about(view, group)
        lasted = max((a.when.until.iso for a in group if a.when and a.when.until), default="")
        until = lasted or max(_last_told(view, a, iso) for a in group)
        when = min((a.when for a in group if a.when), key=lambda w: list(DateBasis).index(w.basis))
        said = [view.basis(when)]
        said += [view.words("lasted" if lasted else "told-again", date=view.words.date(until))] if until else []
        title = " · ".join(filter(None, (name, more, view.words.date(iso), *said)))
        found.append(Entry(lane, group[0], iso, when.basis, until, name, more, title))
    return sorted(found, key=lambda e: (e.iso, DRAWN.index(e.lane), e.fact.mentions[0].span, e.fact.id))


def _fact(view: View, a: Assertion) -> Html:
    """A fact in a line: its name as a link, the words if they differ, what belongs to it."""
    about = [*filter(None, (regimen(view, a), view.sites(a), sizes_of(view, a)))]
    if a.result:
        about.insert(0, " ".join(filter(None, (view.words(f"result-{a.result}"), a.value))))
    about += [*filter(None, (view.status(a), *view.relations(a)))]
    flags = [tag("span", flag, class_="flag") for flag in view.flags(a)]
    more = "".join(f" · {part}" for part in about)
    return tag("li", view.named(a), view.star(a.when), more, " " if flags else "", *flags)


def _heading(view: View, lane: str) -> str:
    return view.words("findings-all" if lane == "findings" else f"lane-{lane}")


def _facts_by_lane(view: View, facts: list[Assertion]) -> list[Html]:
    lanes: dict[str, list[Assertion]] = defaultdict(list)
    for a in facts:
        lanes[LANES[a.type]].append(a)
    return [tag("div", tag("h4", _heading(view, lane)), tag("ul", *(_fact(view, a) for a in lanes[lane])))
            for lane in dict.fromkeys(LANES.values()) if lanes[lane]]


def _table(view: View, dated: list[Assertion]) -> Html:
    """Every dated fact, also those without a bar, one row a date and kind."""
    rows: dict[tuple[str, str], list[Assertion]] = defaultdict(list)
    for a in dated:
        if a.when is not None:
            rows[a.when.iso, LANES[a.type]].append(a)
    lanes = list(dict.fromkeys(LANES.values()))
    body = []
    for (iso, lane), facts in sorted(rows.items(), key=lambda row: (row[0][0], lanes.index(row[0][1]))):
        date = tag("th", tag("time", view.words.date(iso), datetime=iso), scope="row")
        listed = tag("ul", *(_fact(view, a) for a in facts))
        body.append(tag("tr", date, tag("td", _heading(view, lane)), tag("td", listed)))
    head = tag("tr", *(tag("th", view.words(f"column-{c}"), scope="col") for c in ("date", "kind", "fact")))
    title = view.words("timeline-table")
    return scrolled(tag("table", tag("thead", head), tag("tbody", *body), aria_label=title), title)


def _legend(view: View, shown: list[Entry]) -> Html:
    """Only what the drawing has: its precisions, and the signs of the dates' bases, responses and later mentions."""
    precisions = {len(e.iso) for e in shown}
    keys = [key for size, key in ((10, "width-day"), (7, "width-month"), (4, "width-year")) if size in precisions]
    signs = [("stated", "fill-stated"), ("inherited", "fill-inherited"), ("computed", "fill-computed")]
    bases = {e.basis.value.lower() for e in shown}
    signs = [sign for sign in signs if sign[0] in bases]
    signs += [("response", "fill-response")] if any(e.lane == "responses" for e in shown) else []
    signs += [("until", "fill-until")] if any(e.until for e in shown) else []
    signs += [("gap", "fill-gap")] if scale_of(shown).gaps else []
    swatches = [tag("li", tag("span", class_=f"swatch {name}", aria_hidden="true"), view.words(key))
                for name, key in signs]
    said = tag("p", " ".join(view.words(key) for key in keys), class_="muted")
    return Html(said + tag("ul", *swatches, class_="legend"))


def timeline_section(view: View) -> Html:
    """The drawing, its legend, the same as a table, and the facts without a date."""
    words, shown = view.words, entries(view)
    facts = view.case.assertions
    dated = [a for a in facts if a.when is not None]
    parts: list[Html] = []
    if shown:
        drawing = scrolled(draw_timeline(view, shown), words("timeline-scroll"))
        parts.append(tag("figure", drawing, tag("figcaption", _legend(view, shown)), class_="wide"))
    if dated:
        footnote = view.footnote(a.when for a in dated)
        parts.append(tag("details", tag("summary", words("timeline-table")), _table(view, dated), footnote))
    else:
        parts.append(tag("p", words("timeline-none"), class_="muted"))
    undated = [a for a in facts if a.when is None]
    if undated:
        parts.append(tag("h3", words("facts-undated")))
        parts.append(tag("div", *_facts_by_lane(view, undated), class_="columns"))
    return view.section("timeline", *parts)
