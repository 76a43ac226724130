"""What does the clause of a drug say of it? Dose, frequency, route, cycles, duration, and whether it was given.

A clause is the text around one drug mention, up to its neighbours; ``languages/<code>/treatment.tsv`` has the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.errors import TableError
from kg.model import Kind, Measure, Polarity, Quantity, Temporality
from kg.reading.observed import Item, Observed
from kg.reading.tables import Forms, Language, by_role
from kg.reading.text import alternatives, fold, pattern_of

STATUSES = ("Given", "Planned", "Stopped", "Refused", "Allergy", "NotGiven")
ROUTES = ("Oral", "ContinuousInfusion", "Intravenous", "Subcutaneous", "Intramuscular", "Intrathecal", "Intravesical",
          "Intraperitoneal", "Topical", "Inhaled", "Rectal")  # fmt: skip
UNITS = ("h", "d", "wk", "mo")
DOSE_REACH = 45
"""A dose stands at most so many characters after its drug."""
AFTER, CYCLES_AFTER, BEFORE, STATUS_BEFORE, STATUS_AFTER = 80, 110, 45, 70, 32
"""How many characters around its drug a word is looked for."""
LISTED = 2
"""So many drugs of a sentence with a figure of their own make it a list of doses."""
RIGHT_AFTER = 12
"""A verb so many characters after a drug speaks of the drug itself (``des gammaglobulines ont été administrées``)."""
_SCHEDULE = r"(?<![\d/.-])\d(?:[.,/]\d)?-\d(?:[.,/]\d)?-\d(?:[.,/]\d)?(?:-\d)?(?![\d/-])"
"""Morning, noon and evening in tablets: ``1-0-1``."""
_VALUES = {"route": ROUTES, "status": STATUSES, "unit": UNITS}
_ROLES = frozenset((*_VALUES, "number", "ordinal", "cycle", "every", "frequency", "adverse", "duration", "laboratory",
                    "day", "times", "then", "of", "link", "imaging", "imaged-with", "tested", "given-as"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """What is said of drugs; the name of the group that matched in ``routes`` and ``statuses`` is the value."""

    routes: re.Pattern[str]
    statuses: re.Pattern[str]
    cycles: re.Pattern[str]
    cycle_words: re.Pattern[str]
    times: re.Pattern[str]
    every: re.Pattern[str]
    frequency: re.Pattern[str]
    days: re.Pattern[str]
    adverse: re.Pattern[str]
    laboratory: re.Pattern[str]
    then: re.Pattern[str]
    of: re.Pattern[str]
    auc: re.Pattern[str]
    way: re.Pattern[str]
    figure: re.Pattern[str]
    imaged: re.Pattern[str]
    imaging: re.Pattern[str]
    tested: re.Pattern[str]
    link: re.Pattern[str]
    numbers: dict[str, int]
    ordinals: frozenset[str]
    units: dict[str, str]

    def number(self, text: str) -> int:
        """A count in figures or words."""
        return int(text) if text.isdigit() else self.numbers[text]


def _rows(language: Language) -> Forms:
    rows = list(language.table("treatment", 3))
    for (role, value, _), where in rows:
        allowed = _VALUES.get(role, (value,))
        if value not in allowed or (role in ("number", "ordinal") and not value.isdigit()):
            raise TableError(f"{where}: {value!r} is no value of {role}: {', '.join(allowed)}")
    return by_role(rows, _ROLES)


@cache
def treatment_tables(language: Language) -> Tables:
    """The patterns of what a language says of drugs."""
    rows = _rows(language)

    def plain(role: str) -> str:
        return pattern_of(rows[role, "-"])

    def valued(role: str) -> str:
        """One pattern for all values of a role, each a group of its own."""
        return "|".join(f"(?P<{value}>{pattern_of(cells)})" for (r, value), cells in rows.items() if r == role)

    def by_form(*roles: str) -> dict[str, str]:
        return {form: value for (role, value), cells in rows.items() if role in roles for form in cells}

    numbers = {form: int(value) for form, value in by_form("number", "ordinal").items()}
    units = by_form("unit")
    number, unit = rf"\d{{1,2}}|{alternatives(numbers)}", alternatives(units)
    cycle, times = plain("cycle"), alternatives(rows["times", "-"])
    return Tables(
        routes=re.compile(valued("route")),
        statuses=re.compile(valued("status")),
        cycles=re.compile(rf"(?<![\w,.])(?P<n>{number})\s*(?:\w+\s+)?(?:{cycle})"),
        cycle_words=re.compile(cycle),
        times=re.compile(
            rf"(?:x|\*)\s*(?P<n>\d{{1,2}})(?!\d|[.,]\d)(?:\s*(?:{cycle})|(?!\s*(?:/|(?:{unit}|m?g)(?![a-z])|{times})))"
        ),
        every=re.compile(rf"(?:{plain('every')}|(?<![a-z])q(?=\d))\s*(?P<n>{number})?\s*(?P<unit>{unit})(?![a-z])"),
        frequency=re.compile(rf"{plain('frequency')}|{_SCHEDULE}"),
        days=re.compile(rf"(?:{plain('duration')})\s+(?P<n>\d{{1,3}}|{number})\s+(?:{plain('day')})"),
        adverse=re.compile(plain("adverse")),
        laboratory=re.compile(plain("laboratory")),
        then=re.compile(plain("then")),
        of=re.compile(rf"\s*(?:{alternatives(rows['of', '-'])})?\s*"),
        auc=re.compile(rf"[^.;\w]*\(?\s*auc\s*(?:{alternatives(rows['of', '-'])})?\s*(\d+(?:[.,]\d+)?)"),
        way=re.compile(
            rf"\s*(?:(?:{alternatives(rows['of', '-'])}|{plain('given-as')}|{plain('frequency')}"
            rf"|{valued('route')})\s*)*"
        ),
        figure=re.compile(
            rf"\s*:?\s*(?P<n>\d{{1,4}}(?:[.,]\d{{1,2}})?)(?![.,]?\d)(?P<told>\s*\d?\s*(?:{_SCHEDULE}|(?:{plain('frequency')})))?"
            r"(?(told)|(?=\s*(?:[,;)\n]|\.\s|\.?$)))"
        ),
        imaged=re.compile(rf"\s*-?\s*(?:{plain('imaging')})"),
        imaging=re.compile(
            rf"(?:{plain('imaging')})\s+(?:{alternatives(rows['imaged-with', '-'])})\s*(?:\w{{1,5}}-)?$"
        ),
        tested=re.compile(rf"(?:{plain('tested')})[^.;]{{0,20}}$"),
        link=re.compile(
            rf"[\s\d.,+/()x%-]*(?:m?g(?:/m2)?|ui|iv|auc|{alternatives(rows['link', '-'])}|[\s\d.,+/()x%-])*"
        ),
        numbers=numbers,
        ordinals=frozenset(by_form("ordinal")),
        units=units,
    )


@dataclass(frozen=True, slots=True)
class Clause:
    """What belongs to one drug mention: the folded text before and after it, up to its neighbours."""

    item: Item
    before: str
    after: str
    tables: Tables


def clause_of(observed: Observed, item: Item, drugs: tuple[Item, ...]) -> Clause:
    """The clause of one of the ``drugs`` of a sentence."""
    words, tables = observed.words, treatment_tables(observed.language)
    start, end = words.starts[item.mention.first], words.ends[item.mention.last]
    low, high = observed.folded_start(item.sentence), observed.folded_end(item.sentence)
    previous = [words.ends[d.mention.last] for d in drugs if d.span.end <= item.span.start]
    following = [words.starts[d.mention.first] for d in drugs if d.span.start >= item.span.end]
    before = words.folded[max([low, *previous]) : start]
    after = tables.then.split(words.folded[end : min([high, *following])], maxsplit=1)[0]
    return Clause(item, before, after, tables)


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
    for measure in doses:
        gap = measure.span.start - item.span.end
        within = 0 <= gap <= min(DOSE_REACH, len(clause.after))
        if within and not re.search(r"[.;]\s|\n", text[item.span.end : measure.span.start]):
            return _quantity(measure)
    if before and _leads_to(observed, before[-1], clause):
        return _quantity(before[-1])
    return _figure(observed, clause)


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


def cycles_of(clause: Clause) -> int | None:
    """Cycles given: ``(3 cycles)``, ``x 4 cycles``, ``quatre cycles de``; ordinals (``deuxième cycle``) don't count."""
    tables, after = clause.tables, clause.after[:CYCLES_AFTER]
    before = tables.then.split(clause.before[-BEFORE:])[-1]
    counted = _counted_cycles(after, tables)
    if counted:
        return counted[0]
    if times := tables.times.search(clause.after[:90]):
        return int(times["n"])
    counted = _counted_cycles(before, tables)
    return counted[-1] if counted else None


def _counted_cycles(said: str, tables: Tables) -> list[int]:
    """All numbers of cycles in a folded text."""
    if not tables.cycle_words.search(said):
        return []
    return [tables.number(m["n"]) for m in tables.cycles.finditer(said) if m["n"] not in tables.ordinals]


def frequency_of(clause: Clause) -> str:
    """An interval as ``24 h``, ``21 d``, ``3 wk``; else the words of the text (``par jour``)."""
    near, tables = clause.after[:90], clause.tables
    if match := tables.every.search(near):
        return f"{tables.number(match['n'] or '1')} {tables.units[match['unit']]}"
    plain = tables.frequency.search(near)
    return plain[0].strip() if plain else ""


def route_of(clause: Clause) -> str:
    """The route, a value of ``ROUTES``, or ``""``."""
    routes = clause.tables.routes
    match = routes.search(clause.after[:AFTER]) or routes.search(clause.before[-25:])
    return (match.lastgroup or "") if match else ""


def days_of(clause: Clause) -> Decimal | None:
    """How many days a course takes."""
    match = clause.tables.days.search(clause.after[:AFTER])
    return Decimal(clause.tables.number(match["n"])) if match else None


_CHANGED = frozenset({"Planned", "Stopped", "Refused", "NotGiven"})


def status_of(clause: Clause) -> str:
    """What the words nearest before (or right after) the drug say, a value of ``STATUSES``; ``""`` for nothing."""
    statuses, context = clause.tables.statuses, clause.item.context
    before = [match.lastgroup or "" for match in statuses.finditer(clause.before[-STATUS_BEFORE:])]
    after = [(match.lastgroup or "", match.start()) for match in statuses.finditer(clause.after[:STATUS_AFTER])]
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


def is_tested(clause: Clause) -> bool:
    """Whether a drug is what an examination uses or what germs were tested with: ``scintigraphie à la MIBG``."""
    tables, near = clause.tables, clause.before[-BEFORE:]
    return any(p.search(near) for p in (tables.imaging, tables.tested)) or bool(tables.imaged.match(clause.after))


LONGEST_LINK = 60


def is_linked(clause: Clause) -> bool:
    """Whether a drug continues a list: nothing but doses and ``et`` stands between it and the drug before."""
    return len(clause.before) < LONGEST_LINK and clause.tables.link.fullmatch(clause.before) is not None
