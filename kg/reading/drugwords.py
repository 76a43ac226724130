"""Which words tell something of a drug? The rows of ``languages/<code>/treatment.tsv`` as patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.reading.tables import Forms, Language, by_role
from kg.reading.text import alternatives, pattern_of

STATUSES = ("Given", "Planned", "Stopped", "Refused", "Allergy", "NotGiven")
ROUTES = ("Oral", "ContinuousInfusion", "Intravenous", "Subcutaneous", "Intramuscular", "Intrathecal", "Intravesical",
          "Intraperitoneal", "Topical", "Inhaled", "Rectal")  # fmt: skip
UNITS = ("h", "d", "wk", "mo")
_SCHEDULE = r"(?<![\d/.-])\d(?:[.,/]\d)?-\d(?:[.,/]\d)?-\d(?:[.,/]\d)?(?:-\d)?(?![\d/-])"
"""Morning, noon and evening in tablets: ``1-0-1``."""
_VALUES = {"route": ROUTES, "status": STATUSES, "unit": UNITS}
_ROLES = frozenset((*_VALUES, "number", "ordinal", "cycle", "every", "frequency", "adverse", "complicated",
                    "blame", "doing", "during", "arose", "relieved", "forced", "treated", "filler", "instead",
                    "reaction-to", "unrelated", "duration", "laboratory", "day", "times", "per", "then", "of", "link",
                    "apart", "imaging", "imaged-with", "tested", "isolate", "susceptible", "assay", "assayed",
                    "given-as"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """What is said of drugs; the name of the group that matched in ``routes`` and ``statuses`` is the value."""

    routes: re.Pattern[str]
    statuses: re.Pattern[str]
    cycles: re.Pattern[str]
    cycle_words: re.Pattern[str]
    times: re.Pattern[str]
    rate: re.Pattern[str]
    often: re.Pattern[str]
    every: re.Pattern[str]
    frequency: re.Pattern[str]
    days: re.Pattern[str]
    adverse: re.Pattern[str]
    complicated: re.Pattern[str]
    blaming: re.Pattern[str]
    blamed_treatment: re.Pattern[str]
    doing: re.Pattern[str]
    treatment_doing: re.Pattern[str]
    under: re.Pattern[str]
    arose: re.Pattern[str]
    relieved: re.Pattern[str]
    instead: re.Pattern[str]
    reaction_to: re.Pattern[str]
    unrelated: re.Pattern[str]
    forcing: re.Pattern[str]
    gone: re.Pattern[str]
    laboratory: re.Pattern[str]
    then: re.Pattern[str]
    apart: re.Pattern[str]
    ended: re.Pattern[str]
    of: re.Pattern[str]
    auc: re.Pattern[str]
    way: re.Pattern[str]
    figure: re.Pattern[str]
    imaged: re.Pattern[str]
    imaging: re.Pattern[str]
    tested: re.Pattern[str]
    isolated: re.Pattern[str]
    assay: re.Pattern[str]
    assayed: re.Pattern[str]
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
    cycle, times, per = plain("cycle"), alternatives(rows["times", "-"]), alternatives(rows["per", "-"])
    plain_given, plain_stopped = (pattern_of(rows["status", status]) for status in ("Given", "Stopped"))
    filler = rf"\s*(?:(?:\w{{1,3}}['’]?|{plain('treated')}|{plain('filler')})\s*){{0,6}}"
    return Tables(
        routes=re.compile(valued("route")),
        statuses=re.compile(valued("status")),
        cycles=re.compile(
            rf"(?<![\w,.])(?P<n>\d{{1,2}}(?=\s|{cycle})|(?:{alternatives(numbers)})\b)\s*(?:\w+\s+)?(?:{cycle})"
        ),
        cycle_words=re.compile(cycle),
        times=re.compile(
            rf"(?:x|\*)\s*(?P<n>\d{{1,2}})(?!\d|[.,]\d)(?:\s*(?:{cycle})|(?!\s*(?:{per}|(?:{unit}|m?g)(?![a-z])|{times})))"
        ),
        rate=re.compile(rf"(?:\s+[\w-]+)?\s*(?:{per}\s*(?:{unit})(?![a-z]))"),
        often=re.compile(rf"(?<![\w,./])(?:x\s*)?[2-9]\s*(?:{times})?\s*(?:{per})\s*(?:{unit})(?![a-z])"),
        every=re.compile(rf"(?:{plain('every')}|(?<![a-z])q(?=\d))\s*(?P<n>{number})?\s*(?P<unit>{unit})(?![a-z])"),
        frequency=re.compile(rf"{plain('frequency')}|{_SCHEDULE}"),
        days=re.compile(rf"(?:{plain('duration')})\s+(?P<n>\d{{1,3}}|{number})\s+(?:{plain('day')})"),
        adverse=re.compile(plain("adverse")),
        complicated=re.compile(plain("complicated")),
        blaming=re.compile(rf"^[^.;]{{0,45}}?(?:{plain('blame')}){filler}$"),
        blamed_treatment=re.compile(
            rf"^[^.;]{{0,45}}?(?:{plain('blame')})\s*(?:\w{{1,4}}['’\s]\s*){{0,2}}(?:{plain('treated')})"
        ),
        doing=re.compile(rf"[^.;,]{{0,12}}?(?:{plain('doing')})[^.;]{{0,40}}"),
        treatment_doing=re.compile(rf"(?:{plain('treated')})[^.;,]{{0,12}}?(?:{plain('doing')})[^.;]{{0,40}}$"),
        under=re.compile(rf"(?:{plain('during')})\s*(?:\w{{1,4}}['’\s]\s*){{0,2}}$"),
        arose=re.compile(plain("arose")),
        relieved=re.compile(rf"(?:{plain('relieved')})[^.;]{{0,30}}(?:{plain_stopped})[^.;,]{{0,12}}$"),
        instead=re.compile(rf"(?:{plain('instead')})\s*(?:\w{{1,3}}['’\s]\s*){{0,2}}$"),
        reaction_to=re.compile(rf"\s*(?:[\w-]+\s+)?(?:{plain('reaction-to')})\s*"),
        unrelated=re.compile(plain("unrelated")),
        forcing=re.compile(
            rf"[^.;]{{0,60}}?(?:{plain('forced')})[^.;]{{0,30}}?(?:{plain_stopped})|[^.;]{{0,30}}?(?:{plain('relieved')})[^.;]{{0,30}}(?:{plain_stopped})"
        ),
        gone=re.compile(rf"(?:{plain_stopped})[^.;]{{0,60}}(?:{plain('relieved')})[^.;]{{0,15}}$"),
        laboratory=re.compile(plain("laboratory")),
        then=re.compile(plain("then")),
        apart=re.compile(rf"(?:{plain('apart')})(?!\s*(?:j|d|days?|dias?|jours?)\s?\d)"),
        ended=re.compile(rf"[,;:)]|{plain('then')}"),
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
            rf"(?:{plain('imaging')})\s+(?:{alternatives(rows['imaged-with', '-'])})\s*(?:\w{{1,5}}-\[?)?$"
        ),
        tested=re.compile(rf"(?:{plain('tested')})[^.;]{{0,20}}$"),
        isolated=re.compile(rf"(?:{plain('isolate')})[^.;]*(?:{plain('susceptible')})(?:(?!{plain_given})[^.;:])*$"),
        assay=re.compile(rf"(?:{plain('assay')})\s*(?:[\w-]{{1,4}}['’\s]\s*){{0,3}}$"),
        assayed=re.compile(rf"\s*(?:{plain('assayed')})"),
        link=re.compile(
            rf"[\s\d.,+/()x%-]*(?:m?g(?:/m2)?|ui|iv|auc|{alternatives(rows['link', '-'])}|[\s\d.,+/()x%-])*"
        ),
        numbers=numbers,
        ordinals=frozenset(by_form("ordinal")),
        units=units,
    )
