"""What was a treatment meant as? Its line, its intent, the cycles planned, the days of a cycle, and why it ended.

The words of a sentence rule the drugs of their part of it: those before the first drug until others follow, those after
a drug for what stands before them. ``languages/<code>/plans.tsv`` has the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from kg.errors import TableError
from kg.model import Kind, Plan, Polarity
from kg.reading.clauses import CYCLES_AFTER, Clause, cycles_of, treatment_tables
from kg.reading.observed import Item, Observed
from kg.reading.tables import Language, by_role
from kg.reading.text import alternatives, pattern_of

INTENTS = ("Neoadjuvant", "Adjuvant", "Palliative", "Curative", "Maintenance", "Concomitant")
STOPS = ("Toxicity", "Progression", "Refusal")
REASON_REACH = 60
"""A reason stands at most so many characters after the words that announce it."""
DAYS_REACH, LAST_DAY = 90, 42
"""The days of a cycle stand at most so many characters after the drug; no cycle is longer."""
_VALUES = {"intent": INTENTS, "stop": STOPS}
_COUNTED = ("line", "grade")
_PLAIN = ("next", "lines", "after", "not-intent", "irradiation", "planned", "planned-before", "of", "because",
          "stopping", "treatment", "under", "own", "day", "and", "to", "clause")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """What is said of the plan of a treatment; a value is the name of the group that matched, without its ``_``."""

    line: re.Pattern[str]
    next: re.Pattern[str]
    earlier: re.Pattern[str]
    after: re.Pattern[str]
    intent: re.Pattern[str]
    not_intent: re.Pattern[str]
    irradiation: re.Pattern[str]
    planned: tuple[re.Pattern[str], ...]
    because: re.Pattern[str]
    stop: re.Pattern[str]
    stopping: re.Pattern[str]
    treatment: re.Pattern[str]
    under: re.Pattern[str]
    own: re.Pattern[str]
    days: re.Pattern[str]
    next_day: re.Pattern[str]
    clause: re.Pattern[str]
    grade: re.Pattern[str]


@cache
def plan_tables(language: Language) -> Tables:
    """The patterns of what a language says of the plan of a treatment."""
    rows = list(language.table("plans", 3))
    for (role, value, _), where in rows:
        if value not in _VALUES.get(role, (value,)) or (role in _COUNTED and not value.isdigit()):
            raise TableError(f"{where}: {value!r} is no value of {role}: {', '.join(_VALUES.get(role, ('a number',)))}")
    cells = by_role(rows, {*_PLAIN, *_COUNTED, *_VALUES})
    counts = treatment_tables(language)
    number = rf"\d{{1,2}}|{alternatives(n for n in counts.numbers if n not in counts.ordinals)}"
    cycle = counts.cycle_words.pattern

    def plain(role: str) -> str:
        return pattern_of(cells[role, "-"])

    def valued(role: str) -> re.Pattern[str]:
        """One pattern for all values of a role, the longest forms first."""
        forms = sorted(((f, v) for (r, v), fs in cells.items() if r == role for f in fs), key=lambda f: -len(f[0]))
        groups = (f"(?P<_{n}_{value}>{pattern_of([form])})" for n, (form, value) in enumerate(forms))
        return re.compile("|".join(groups))

    def loose(role: str) -> str:
        return alternatives(cells[role, "-"])

    day, follows = loose("day"), rf"(?!\d|\s*(?:[.,]\d|m?g\b|%|{cycle}|(?:{plain('day')})))"
    given = rf"(?<![\w,./-])(?P<given>{number})"
    of, to_come = rf"\s*(?:{loose('of')})\s*(?P<n>{number})", plain("planned")
    return Tables(
        line=valued("line"),
        next=re.compile(plain("next")),
        earlier=re.compile(rf"(?:{plain('after')})\s+(?:\S+\s+){{0,3}}?(?P<n>{number})\s+(?:\S+\s+){{0,2}}?(?:{plain('lines')})"),
        after=re.compile(rf"(?:{plain('after')})\s*(?:\S+\s+){{0,3}}$"),
        intent=valued("intent"),
        not_intent=re.compile(plain("not-intent")),
        irradiation=re.compile(plain("irradiation")),
        planned=(
            re.compile(rf"{given}\s*(?:{cycle}){of}(?:\s|\W|$)"),
            re.compile(rf"{given}{of}\s*(?:(?:{to_come})\s*)?(?:{cycle})"),
            re.compile(rf"(?<![\w,./-])(?P<n>{number})\s*(?:\w+\s+)?(?:{cycle})\s+(?:\w+\s+){{0,2}}?(?:{to_come})"),
            re.compile(rf"(?<![\w,./-])(?P<n>{number})\s*(?:{to_come})\s+(?:{cycle})"),
            re.compile(rf"(?:{plain('planned-before')})\s+(?:\w+\s+){{0,4}}?(?P<n>{number})\s*(?:{cycle})"),
        ),
        because=re.compile(plain("because")),
        stop=valued("stop"),
        stopping=re.compile(plain("stopping")),
        treatment=re.compile(plain("treatment")),
        under=re.compile(rf"^(?:\s*[\w']+){{0,2}}?\s*(?:{plain('under')})(?:\s*(?:\w+\s+){{0,2}})$"),
        own=re.compile(rf"\W*(?:\w+\W+){{0,3}}?(?:{plain('own')})"),
        days=re.compile(rf"(?<![\w/])(?:{day})\s?(?P<n>\d{{1,2}}){follows}"),
        next_day=re.compile(
            rf"\s*(?:(?P<to>{loose('to')})|(?:{loose('and')}))\s*(?:(?:{loose('and')})\s*)?(?:{day})?\s?(?P<n>\d{{1,2}}){follows}"
        ),
        clause=re.compile(rf"{plain('clause')}|;"),
        grade=valued("grade"),
    )  # fmt: skip


def _value(match: re.Match[str]) -> str:
    return (match.lastgroup or "").split("_")[-1]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sentence: where it starts in the folded text, what it says, where its first drug stands in it."""

    start: int
    said: str
    first: int

    def ruling(self, told: list[tuple[int, str]], place: int) -> str:
        """The value that rules the drug at ``place``, of values with their places in order; ``""`` for none."""
        if not told:
            return ""
        if told[0][0] < self.first:
            return [value for at, value in told if at < place or at == told[0][0]][-1]
        return next((value for at, value in told if at > place), told[-1][1])


def _part_of(observed: Observed, clause: Clause, tables: Tables) -> _Part:
    """The part of its sentence, between words such as ``puis``, in which a drug stands."""
    start, end = observed.folded_start(clause.item.sentence), observed.folded_end(clause.item.sentence)
    place = observed.words.starts[clause.item.mention.first]
    borders = [m.start() for m in tables.clause.finditer(observed.words.folded, start, end)]
    low = max((b for b in borders if b < place), default=start)
    high = min((b for b in borders if b > place), default=end)
    drugs = (observed.words.starts[i.mention.first] for i in _named(observed, clause.item.sentence, Kind.DRUG))
    return _Part(low, observed.words.folded[low:high], min(d for d in drugs if low <= d) - low)


def _named(observed: Observed, sentence: int, *kinds: Kind) -> list[Item]:
    return [i for i in observed.by_sentence.get(sentence, ()) if i.kind in kinds]


def plan_of(observed: Observed, clause: Clause, status: str, last: int | None) -> Plan:
    """The plan of one drug; ``last`` is the line told before it, which ``nouvelle ligne`` follows."""
    tables = plan_tables(observed.language)
    part, place = _part_of(observed, clause, tables), observed.words.starts[clause.item.mention.first]
    line = part.ruling(_lines(part.said, tables, observed.language, last), place - part.start)
    intent = part.ruling(_intents(observed, clause.item.sentence, part.start, part.said, tables), place - part.start)
    if not intent and (led := treatment_tables(observed.language).then.match(part.said)):  # "FEC suivi de docétaxel"
        start = observed.folded_start(clause.item.sentence)
        told = _intents(observed, clause.item.sentence, start, observed.words.folded[start : part.start], tables)
        intent = told[-1][1] if told and led else ""
    if not (line and intent) and (earlier := _announced(observed, clause.item.sentence)) is not None:
        start, said = observed.folded_start(earlier), observed.said(earlier)
        line = line or next((v for _, v in _lines(said, tables, observed.language, last)), "")
        intent = intent or next((v for _, v in _intents(observed, earlier, start, said, tables)), "")
    stop = stop_reason(observed, clause.item.sentence, (clause.after, clause.before, part.said))
    return Plan(
        line=int(line) if line else None,
        intent=intent,
        cycles=counted_cycles(clause, observed.language, status)[1],
        days=_days(clause.after[:DAYS_REACH], tables),
        stop=stop if status == "Stopped" else "",
    )


def _announced(observed: Observed, sentence: int) -> int | None:
    """The sentence before, where it speaks of a treatment and names no drug (``Chimiothérapie adjuvante décidée.``)."""
    before = sentence - 1
    if before < 0 or observed.section(before) != observed.section(sentence) or _named(observed, before, Kind.DRUG):
        return None
    treated = (i.concept for i in _named(observed, before, Kind.PROCEDURE))
    return before if any(concept and concept.type == "systemic" for concept in treated) else None


def _lines(said: str, tables: Tables, language: Language, last: int | None) -> list[tuple[int, str]]:
    """The lines that a text tells, with their places; after ``après une première ligne par A,`` the next one begins."""
    number = treatment_tables(language).number
    found = [(m.start(), str(number(m["n"]) + 1)) for m in tables.earlier.finditer(said)]
    for match in tables.line.finditer(said):
        line = int(_value(match))
        found.append((match.start(), str(line)))
        if tables.after.search(said[max(0, match.start() - 40) : match.start()]):
            comma = said.find(",", match.end())
            found += [(0, str(line + 1)), *([(comma, str(line + 1))] if comma > 0 else [])]
    if not found and last is not None:
        found = [(m.start(), str(last + 1)) for m in tables.next.finditer(said)]
    return sorted(found)


def _intents(observed: Observed, sentence: int, start: int, said: str, tables: Tables) -> list[tuple[int, str]]:
    """The intents that a text tells, with their places; not those of an operation or of radiotherapy."""
    words, masked = observed.words, [m.span() for m in tables.not_intent.finditer(said)]
    acts = [i.mention for i in _named(observed, sentence, Kind.PROCEDURE) if i.concept and i.concept.type != "systemic"]
    others = [(words.starts[m.first] - start - 1, words.ends[m.last] - start + 1) for m in acts]
    irradiated, found = tables.irradiation.search(observed.said(sentence)), []
    for match in tables.intent.finditer(said):
        low, high = match.span()
        concomitant = _value(match) == "Concomitant"
        beside = any(a <= high and low <= b for a, b in others) and not concomitant
        if not (beside or any(a <= low < b for a, b in masked) or (concomitant and not irradiated)):
            found.append((low, _value(match)))
    return found


def grade_in(match: re.Match[str]) -> int:
    """The grade of toxicity, 1 to 5, that a match of ``Tables.grade`` tells."""
    return int(_value(match))


def counted_cycles(clause: Clause, language: Language, status: str) -> tuple[int | None, int | None]:
    """Cycles given and cycles planned: ``4 des 6 cycles prévus``; all of a planned treatment are planned."""
    irradiation = plan_tables(language).irradiation
    after = irradiation.split(clause.after, maxsplit=1)[0]  # its sessions are no cycles
    clause = replace(clause, after=after)
    for said in (after[:CYCLES_AFTER], clause.before):
        if (found := planned_cycles(said, language)) is not None:
            return found
    cycles = cycles_of(clause)
    return (None, cycles) if status == "Planned" else (cycles, None)


def planned_cycles(said: str, language: Language) -> tuple[int | None, int] | None:
    """Cycles given (None where only planned ones are told) and planned, as a text tells them."""
    number = treatment_tables(language).number
    for pattern in plan_tables(language).planned:
        if match := pattern.search(said):
            given = match.groupdict().get("given")
            return number(given) if given else None, number(match["n"])
    return None


def _days(said: str, tables: Tables) -> str:
    """Days of a cycle: ``J1, J8 et J15`` as ``1,8,15``, ``days 1 to 5`` as ``1-5``; a single later day is a date."""
    match = tables.days.search(said)
    if not match:
        return ""
    days, last, end = match["n"], int(match["n"]), match.end()
    while (more := tables.next_day.match(said, end)) and last < int(more["n"]) <= LAST_DAY:
        last, end = int(more["n"]), more.end()
        days += f"{'-' if more['to'] else ','}{last}"
    return days if last <= LAST_DAY and (days == "1" or not days.isdigit()) else ""


def stop_reason(observed: Observed, sentence: int, told: Iterable[str]) -> str:
    """Why a treatment ended, a value of ``STOPS``: the first reason that one of the texts gives; ``""`` for none.

    A sign or a disease that is given as the reason is a toxicity.
    """
    tables = plan_tables(observed.language)
    for said in told:
        for cause in tables.because.finditer(said):
            if reason := tables.stop.search(said, cause.end(), min(cause.end() + REASON_REACH, len(said))):
                return _value(reason)
        if any(_value(wish) == "Refusal" for wish in tables.stop.finditer(said)):  # a reason by itself
            return "Refusal"
    return _reason_named(observed, sentence, tables)


def _reason_named(observed: Observed, sentence: int, tables: Tables) -> str:
    """``Toxicity`` where a sign that is there stands right after words that announce a reason."""
    for item in _named(observed, sentence, Kind.FINDING, Kind.DISEASE):
        tumour = item.concept is None or bool(item.concept.morphology) or item.concept.type == "status"
        if item.context.polarity is Polarity.NEGATED or tumour:
            continue
        if re.search(rf"(?:{tables.because.pattern})[^.;,]{{0,25}}$", observed.before(item, REASON_REACH)):
            return "Toxicity"
    return ""
