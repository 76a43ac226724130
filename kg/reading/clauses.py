"""What does the clause of a drug say of it? Dose, route, and whether it was given.

A clause is the text around one drug mention, up to its neighbours; ``languages/<code>/treatment.tsv`` has the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kg.model import Kind, Measure, Polarity, Quantity, Temporality
from kg.reading.drugwords import Tables, treatment_tables
from kg.reading.observed import Item, Observed
from kg.reading.planwords import plan_tables
from kg.reading.tables import Language
from kg.reading.text import fold

DOSE_REACH = 45
"""A dose stands at most so many characters after its drug."""
AFTER, BEFORE, STATUS_BEFORE, STATUS_AFTER, STOP_AFTER = 80, 45, 70, 32, 100
"""How many characters around its drug a word is looked for."""
LISTED = 2
"""So many drugs of a sentence with a figure of their own make it a list of doses."""
RIGHT_AFTER = 12
"""A verb so many characters after a drug speaks of the drug itself (``des gammaglobulines ont été administrées``)."""
LONGEST_LINK = 60
"""No more characters stand between two drugs of a list."""
_TO_NEXT = re.compile(r"\w*(?:\s+(?:\w{1,3}\b['’]?\s*){0,3})?$")
"""Nothing but short words up to the next drug: ``et arrêt de l'`` is said of that one."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What belongs to one drug mention: the folded text before and after it, up to its neighbours, if it has any."""

    item: Item
    name: str
    before: str
    after: str
    follows: bool
    leads: bool
    language: Language

    @property
    def tables(self) -> Tables:
        """What its language says of drugs."""
        return treatment_tables(self.language)


def clause_of(observed: Observed, item: Item, drugs: tuple[Item, ...]) -> Clause:
    """The clause of one of the ``drugs`` of a sentence."""
    words, tables = observed.words, treatment_tables(observed.language)
    start, end = words.starts[item.mention.first], words.ends[item.mention.last]
    low, high = observed.folded_start(item.sentence), observed.folded_end(item.sentence)
    previous = [words.ends[d.mention.last] for d in drugs if d.span.end <= item.span.start]
    following = [words.starts[d.mention.first] for d in drugs if d.span.start >= item.span.end]
    before = words.folded[max([low, *previous]) : start]
    after = tables.then.split(words.folded[end : min([high, *following])], maxsplit=1)[0]
    return Clause(item, words.folded[start:end], before, after, bool(previous), bool(following), observed.language)


def dose_of(observed: Observed, clause: Clause) -> Quantity | None:
    """The dose of a drug: before it with ``de``; after it, before the next drug; right before it; or a bare figure."""
    words, text, item, tables = observed.words, observed.document.text, clause.item, clause.tables
    if auc := tables.auc.match(clause.after):
        end = words.ends[item.mention.last]
        return Quantity(Decimal(_point(auc[1])), "{AUC}", words.span_of(end + auc.start(1), end + auc.end(1)))
    doses = observed.measures_in(observed.sentence(item), "dose", "activity")
    before = [m for m in doses if m.span.end <= item.span.start]
    between = fold(text[before[-1].span.end : item.span.start]) if before else ""
    if between.strip() and tables.of.fullmatch(between):
        return _quantity(before[-1])
    if after := _dose_after(observed, clause, doses):
        return after
    if before and _leads_to(observed, before[-1], clause):
        return _quantity(before[-1])
    pieces = observed.measures_in(observed.sentence(item), "piece")
    return _figure(observed, clause) or _dose_after(observed, clause, pieces)


def _dose_after(observed: Observed, clause: Clause, doses: list[Measure]) -> Quantity | None:
    """The first dose after a drug, in its clause; what leads to the next drug (``1 mg de``) is that one's."""
    text, start = observed.document.text, clause.item.span.end
    high = observed.words.span_of(0, observed.words.ends[clause.item.mention.last] + len(clause.after)).end
    for measure in doses:
        within = 0 <= measure.span.start - start <= min(DOSE_REACH, len(clause.after))
        if not within or re.search(r"[.;]\s|\n", text[start : measure.span.start]):
            continue
        gap = fold(text[measure.span.end : high])
        if not (clause.leads and gap.strip() and clause.tables.of.fullmatch(gap)):
            return _quantity(measure)
    return None


def _leads_to(observed: Observed, dose: Measure, clause: Clause) -> bool:
    """Whether a dose before a drug is the drug's: nothing but ``de``, a route or a rate between, and no drug has it."""
    item, tables = clause.item, clause.tables
    gap = fold(observed.document.text[dose.span.end : item.span.start])
    if tables.of.fullmatch(gap):
        return True
    ahead = len(clause.before) - (item.span.start - dose.span.start)
    taken = ahead < 0 or (
        not clause.before[:ahead].strip(" (:") and dose.span.start > observed.sentence(item).start + ahead
    )
    return not taken and tables.way.fullmatch(gap) is not None


def _figure(observed: Observed, clause: Clause) -> Quantity | None:
    """The bare figure after one ingredient of several with theirs, or before its times of day: ``Adiro 100``."""
    item, figure, words = clause.item, clause.tables.figure, observed.words
    match = figure.match(clause.after)
    if (
        not match
        or item.concept is None
        or item.concept.type != "ingredient"
        or 1900 <= float(_point(match["n"])) < 2100
    ):
        return None
    ends = [words.ends[i.mention.last] for i in observed.by_sentence[item.sentence] if i.kind is Kind.DRUG]
    stop = observed.folded_end(item.sentence)
    if not match["told"] and sum(_starts_with_figure(words.folded, end, stop) for end in ends) < LISTED:
        return None
    end = words.ends[item.mention.last]
    return Quantity(Decimal(_point(match["n"])), "", words.span_of(end + match.start("n"), end + match.end("n")))


def _starts_with_figure(folded: str, start: int, stop: int) -> bool:
    return folded[start : min(start + 3, stop)].strip(" :")[:1].isdigit()


def _point(number: str) -> str:
    return number.replace(",", ".")


def _quantity(measure: Measure) -> Quantity:
    return Quantity(measure.values[0], measure.unit, measure.span)


def route_of(clause: Clause) -> str:
    """The route, a value of ``ROUTES``, or ``""``."""
    routes = clause.tables.routes
    match = routes.search(clause.after[:AFTER]) or routes.search(clause.tables.ended.split(clause.before[-25:])[-1])
    return (match.lastgroup or "") if match else ""


_CHANGED = frozenset({"Planned", "Stopped", "Refused", "NotGiven"})


def status_of(clause: Clause) -> str:
    """What the words nearest before (or right after) the drug say, a value of ``STATUSES``; ``""`` for nothing."""
    context, before, after = clause.item.context, _said_before(clause), _said_after(clause)
    best = before[-1] if before else ""
    if best in _CHANGED and after and after[0][0] == "Given" and after[0][1] <= RIGHT_AFTER:
        best = "Given"
    elif best in ("", "Given"):
        best = next((status for status, _ in after if status in _CHANGED), best)
    if context.polarity is Polarity.NEGATED and best not in ("Refused", "Stopped", "Allergy"):
        return "NotGiven"
    if context.temporality is Temporality.PLANNED and best in ("", "Given"):
        return "Planned"
    return best


def _said_before(clause: Clause) -> list[str]:
    """The statuses before a drug; a stop parted from it (``arrêté puis``, ``suspendido por``) is of another one."""
    said, tables = _without_counts(clause.before, clause)[-STATUS_BEFORE:], clause.tables
    matches = ((match.lastgroup or "", match.end()) for match in tables.statuses.finditer(said))
    return [s for s, end in matches if s not in ("Stopped", "Refused") or not tables.apart.search(said, end)]


def _said_after(clause: Clause) -> list[tuple[str, int]]:
    """The statuses after a drug with their places: one right after it, or a stop before anything else is told."""
    said, tables = _without_counts(clause.after, clause), clause.tables
    told = min((m.start() for m in (tables.apart.search(said), re.search(r"[;:]", said)) if m), default=len(said))
    found = [(match.lastgroup or "", match) for match in tables.statuses.finditer(said[:STOP_AFTER])]
    return [
        (status, match.start())
        for status, match in found
        if not (clause.leads and status in _CHANGED and _is_of_next(clause, said, match.end()))
        and (match.end() <= STATUS_AFTER or (status == "Stopped" and match.end() <= told))
    ]


def _is_of_next(clause: Clause, said: str, end: int) -> bool:
    """Whether a status leads to the next drug: ``et arrêt de l'`` does, ``was stopped and`` does not."""
    return _TO_NEXT.match(said, end) is not None and not clause.tables.apart.search(said, end)


def _without_counts(said: str, clause: Clause) -> str:
    """The text with blanks for ``3 cycles sur 6 prévus``, which plans nothing."""
    for pattern in plan_tables(clause.language).part_planned:
        said = pattern.sub(lambda match: " " * len(match[0]), said)
    return said


def is_linked(clause: Clause) -> bool:
    """Whether a drug continues a list: nothing but doses, brackets and ``et`` stand between it and the drug before."""
    between = re.sub(r"\([^()]*\)", "", clause.before)
    return clause.follows and len(between) < LONGEST_LINK and clause.tables.link.fullmatch(between) is not None
