"""How often is a drug given, on which days, for how long, and for how many cycles?

``languages/<code>/treatment.tsv`` and ``plans.tsv`` have the words.
"""

from __future__ import annotations

import re
from decimal import Decimal

from kg.reading import drugwords
from kg.reading.clauses import AFTER, BEFORE, Clause
from kg.reading.drugwords import treatment_tables
from kg.reading.planwords import Tables, plan_tables
from kg.reading.tables import Language

CYCLES_AFTER = 110
"""Cycles stand at most so many characters after their drug."""
FREQUENCY_REACH = DAYS_REACH = 90
"""A frequency, and the days of a cycle, stand at most so many characters after the drug."""
LAST_DAY = 50
"""No day of a cycle is later: ``J1, J22 et J43`` of a radiochemotherapy."""


def frequency_of(clause: Clause) -> str:
    """An interval as ``24 h``, ``21 d``, ``3 wk``; else the words of the text (``par jour``, ``x 3/j``)."""
    near, tables = clause.after[:FREQUENCY_REACH], clause.tables
    often, interval = tables.often.search(near), tables.every.search(near)
    if interval and not (often and often.start() < interval.start() < often.end()):
        return f"{tables.number(interval['n'] or '1')} {tables.units[interval['unit']]}"
    plain = min(filter(None, (often, tables.frequency.search(near))), key=lambda m: m.start(), default=None)
    if plain is None and (length := plan_tables(clause.language).length.search(near)):
        days = int(length["n"])  # J1=J22 and J1=J21 both mean three weeks
        return f"{days - 1 if days % 7 == 1 else days} d"
    return plain[0].strip() if plain else ""


def days_of(clause: Clause) -> Decimal | None:
    """How many days a course takes."""
    match = clause.tables.days.search(clause.after[:AFTER])
    return Decimal(clause.tables.number(match["n"])) if match else None


def counted_cycles(clause: Clause, status: str, against_tumour: bool) -> tuple[int | None, int | None]:
    """Cycles given and cycles planned: ``4 des 6 cycles prévus``; all of a planned treatment are planned.

    ``x 4`` alone counts the cycles of a drug ``against_tumour``, and the doses of any other.
    """
    tables = plan_tables(clause.language)
    after = tables.irradiation.split(clause.after, maxsplit=1)[0]  # its sessions are no cycles
    after = tables.clause.split(after, maxsplit=1)[0][:CYCLES_AFTER]
    before = _led(clause, tables)
    for said in (after, before):
        if (found := planned_cycles(said, clause.language)) is not None:
            return found
    counted = (cycles_in(after, clause.tables) or _times(after, clause.tables, against_tumour)
               or cycles_in(before[-BEFORE - len(clause.name) :], clause.tables)[-1:])  # fmt: skip
    cycles = counted[0] if counted else None
    return (None, cycles) if status == "Planned" else (cycles, None)


def _led(clause: Clause, tables: Tables) -> str:
    """What leads to a drug and its name (``cures de FEC``), without what is said of the drug before it."""
    ends = clause.tables.ended if clause.follows else tables.clause
    return ends.split(tables.clause.split(clause.before)[-1])[-1] + clause.name


def _times(said: str, tables: drugwords.Tables, against_tumour: bool) -> list[int]:
    match = tables.times.search(said[:FREQUENCY_REACH])
    return [int(match["n"])] if match and (against_tumour or tables.cycle_words.search(match[0])) else []


def cycles_in(said: str, tables: drugwords.Tables) -> list[int]:
    """All numbers of cycles in a folded text; what is counted by the day (``1 injection par jour``) is none."""
    if not tables.cycle_words.search(said):
        return []
    counted = (m for m in tables.cycles.finditer(said) if not tables.rate.match(said, m.end()))
    return [tables.number(m["n"]) for m in counted if m["n"] not in tables.ordinals]


def planned_cycles(said: str, language: Language) -> tuple[int | None, int] | None:
    """Cycles given (None where only planned ones are told) and planned, as a text tells them."""
    number = treatment_tables(language).number
    tables = plan_tables(language)
    for pattern in (*tables.part_planned, *tables.planned):
        if match := pattern.search(said):
            given = match.groupdict().get("given")
            return number(given) if given else None, number(match["n"])
    return None


def cycle_days(clause: Clause) -> str:
    """Days of a cycle: ``J1, J8 et J15`` as ``1,8,15``, ``days 1 to 5`` as ``1-5``; a single later day is a date."""
    tables = plan_tables(clause.language)
    said = tables.length.sub(lambda m: " " * len(m[0]), clause.after[:DAYS_REACH])
    match = tables.days.search(said)
    if not match:
        return ""
    days, last, end = match["n"], int(match["n"]), match.end()
    while (more := tables.next_day.match(said, end)) and last < int(more["n"]) <= LAST_DAY:
        last, end = int(more["n"]), more.end()
        days += f"{'-' if more['to'] else ','}{last}"
    return days if last <= LAST_DAY and (days == "1" or not days.isdigit()) else ""


def is_long(frequency: str) -> bool:
    """Whether a frequency is an interval of a week or more, as those between cycles are."""
    return bool(re.fullmatch(r"\d+ (?:wk|mo)|(?:[7-9]|\d\d+) d", frequency))
