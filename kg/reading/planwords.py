"""Which words tell of the plan of a treatment? The rows of ``languages/<code>/plans.tsv`` as patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.reading.drugwords import treatment_tables
from kg.reading.tables import Language, by_role
from kg.reading.text import alternatives, fold, pattern_of

INTENTS = ("Neoadjuvant", "Adjuvant", "Palliative", "Curative", "Maintenance", "Concomitant")
STOPS = ("Toxicity", "Progression", "Refusal")
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
    part_planned: tuple[re.Pattern[str], ...]
    planned: tuple[re.Pattern[str], ...]
    because: re.Pattern[str]
    stopped_for: re.Pattern[str]
    stop: re.Pattern[str]
    stopping: re.Pattern[str]
    treatment: re.Pattern[str]
    under: re.Pattern[str]
    own: re.Pattern[str]
    length: re.Pattern[str]
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
        initials = {fold(form)[0] for form, _ in forms}
        first = "".join(r"\w" if one == "*" else re.escape(one) for one in sorted(initials))
        start = r"\b" if all(one.isalnum() or one == "*" for one in initials) else ""
        return re.compile(rf"{start}(?=[{first}])(?:{'|'.join(groups)})")  # most places fail at once

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
        part_planned=(
            re.compile(rf"{given}\s*(?:{cycle}){of}(?:\s+(?:{to_come}))?(?!\w)"),
            re.compile(rf"{given}{of}\s*(?:(?:{to_come})\s*)?(?:{cycle})(?:\s+(?:{to_come}))?"),
        ),
        planned=(
            re.compile(rf"(?<![\w,./-])(?P<n>{number})\s*(?:\w+\s+)?(?:{cycle})\s+(?:\w+\s+){{0,2}}?(?:{to_come})"),
            re.compile(rf"(?<![\w,./-])(?P<n>{number})\s*(?:{to_come})\s+(?:{cycle})"),
            re.compile(rf"(?:{plain('planned-before')})\s+(?:\w+\s+){{0,4}}?(?P<n>{number})\s*(?:{cycle})"),
        ),
        because=re.compile(plain("because")),
        stopped_for=re.compile(rf"(?:{plain('because')})[^.;,]{{0,25}}$"),
        stop=valued("stop"),
        stopping=re.compile(plain("stopping")),
        treatment=re.compile(plain("treatment")),
        under=re.compile(rf"^(?:\s*[\w']+){{0,2}}?\s*(?:{plain('under')})(?:\s*(?:\w+\s+){{0,2}})$"),
        own=re.compile(rf"\W*(?:\w+\W+){{0,3}}?(?:{plain('own')})"),
        length=re.compile(rf"(?<![\w/])(?:{day})\s?0?1\s*=\s*(?:{day})\s?(?P<n>\d{{2}})(?!\d)"),
        days=re.compile(rf"(?<![\w/])(?:{day})\s?(?P<n>\d{{1,2}}){follows}"),
        next_day=re.compile(
            rf"\s*(?:(?P<to>{loose('to')})|(?:{loose('and')}))\s*(?:(?:{loose('and')})\s*)?(?:{day})?\s?(?P<n>\d{{1,2}}){follows}"
        ),
        clause=re.compile(rf"{plain('clause')}|;"),
        grade=valued("grade"),
    )  # fmt: skip


def value_of(match: re.Match[str]) -> str:
    """The value of a role whose form matched."""
    return (match.lastgroup or "").split("_")[-1]


def grade_in(match: re.Match[str]) -> int:
    """The grade of toxicity, 1 to 5, that a match of ``Tables.grade`` tells."""
    return int(value_of(match))
