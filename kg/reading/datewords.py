"""How does a language write dates? The rows of ``times.tsv``, made into patterns once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.reading.tables import Language, by_role
from kg.reading.text import alternatives

YEAR = r"(?:19|20)\d\d"
_ROLES = frozenset(("month", "and", "of", "article", "suffix", "year-word", "year-before", "ambiguous", "day-second",
                    "until", "both", "between", "since", "up-to", "day-lead", "spelt", "stay", "leaving"))  # fmt: skip

RECKONING = frozenset(("number", "ordinal", "nth", "unit", "cycle", "relative"))
"""Rows of the same table for times reckoned from others (see ``distances``)."""
_OTHERS = RECKONING | {"birth", "every", "admission", "discharge", "end-of", "day-zero", "entering", "visit", "written"}


@dataclass(frozen=True, slots=True)
class DateWords:
    """The patterns of one language, all for folded text.

    ``named`` is a date with a month's name; ``earlier`` the day before that shares month and year (``le 3 et le 5
    mars``); ``year_before`` ends where a year alone may stand; ``until`` stands between the two ends of an interval,
    ``both`` between two dates that are such ends only after ``between``; ``day_and_month`` is a date in digits that
    the next one gives its year, ``day_lead`` one after a word such as ``le``; ``since`` stands before a look back,
    ``up_to`` before an end without a start; ``stay`` is a word of a stay in hospital, ``leaving`` the label of the day
    of its end. Where ``day_second``, a numeric date may be written month first, and ``spelt`` has the words whose
    spelling tells: by ``day-first`` and ``month-first``.
    """

    named: re.Pattern[str]
    earlier: re.Pattern[str]
    months: dict[str, int]
    ambiguous: frozenset[str]
    month_before: frozenset[str]
    year_before: re.Pattern[str]
    until: re.Pattern[str]
    both: re.Pattern[str]
    between: re.Pattern[str]
    day_and_month: re.Pattern[str]
    since: re.Pattern[str]
    up_to: re.Pattern[str]
    day_lead: re.Pattern[str]
    stay: re.Pattern[str]
    leaving: re.Pattern[str]
    day_second: bool
    spelt: dict[str, re.Pattern[str]]


def _named(words: dict[str, str], day_second: bool) -> re.Pattern[str]:
    """``3 mars 2014``, ``02-Nov-2021``, ``Abr-22``, ``March 5, 2014``; the year may be missing."""
    # "March 5, 2014" everywhere; without a year only where the month stands first
    after = r"|[,.;)]|\s+[a-z]" if day_second else ""
    suffix, of, year_word = words["suffix"], words["of"], words["year-word"]
    return re.compile(
        rf"(?<!\w)(?:(?P<day>\d{{1,2}})(?:{suffix})?(?:(?:\s*(?:{of}))?\s+|[-/.]|(?=[a-z]+-?{YEAR})))?"
        rf"(?P<month>{words['month']})(?![a-z]|\d(?!\d\d\d))\.?"
        rf"(?:\s+(?P<after>\d{{1,2}})(?:{suffix})?(?=,?\s+{YEAR}{after}))?"
        rf"(?:(?:\s*,?\s*(?:(?:{of})\s*(?:l')?\s*(?:(?:{year_word})\s+)?)?|[-/.])(?P<year>[1-9]\d{{3}})(?!\d|[.,]\d)"
        rf"|(?:[-/]|\s?')(?P<short>\d\d)(?!\w|[-/.,]\d))?"
    )


@cache
def date_words(language: Language) -> DateWords:
    """The patterns of a language; ``TableError`` where a row of its ``times.tsv`` is malformed."""
    rows = [row for row in language.table("times", 3) if row[0][0] not in _OTHERS]
    for (role, value, _), where in rows:
        if role == "month" and not (value.isdigit() and 1 <= int(value) <= 12):
            raise TableError(f"{where}: a month is a number from 1 to 12")
    forms = by_role(rows, _ROLES)
    months = {form: int(value) for (role, value), found in forms.items() if role == "month" for form in found}
    any_of = {role: alternatives(forms[role, "-"]) for role in _ROLES} | {"month": alternatives(months)}
    suffix, article = any_of["suffix"], any_of["article"]
    joins = {role: rf"(?:{suffix})?\s*(?:{any_of[role]})\s*(?:(?:{article})\s+)?" for role in ("until", "both")}
    day_second = ("day-second", "yes") in forms
    spelt = {side: re.compile(rf"(?<!\w)(?:{alternatives(forms['spelt', side])})") for side in
             ("day-first", "month-first")}  # fmt: skip
    return DateWords(
        _named(any_of, day_second),
        re.compile(
            rf"(?<![\d/.,])(\d{{1,2}})(?:{any_of['suffix']})?\s*(?:{any_of['and']})\s*(?:(?:{any_of['article']})\s+)?$"
        ),
        months,
        frozenset(forms["ambiguous", "-"]),
        frozenset(form.split()[-1] for form in forms["year-before", "-"]),
        re.compile(rf"(?<!\w)(?:{any_of['year-before']})[.:]?\s*(?:l')?$"),
        re.compile(joins["until"]),
        re.compile(joins["both"]),
        re.compile(rf"(?<!\w)(?:{any_of['between']})\s*(?:(?:{any_of['article']})\s+)?$"),
        re.compile(rf"(?<![\d/.,-])(\d{{1,2}})\s?([/.])\s?(\d{{1,2}})(?:{joins['until']}|{joins['both']})$"),
        re.compile(rf"(?<!\w)(?:{any_of['since']})\s*(?:(?:{any_of['article']})\s+)?$"),
        re.compile(rf"(?<!\w)(?:{any_of['up-to']})\s*(?:(?:{any_of['article']})\s+)?$"),
        re.compile(rf"(?<!\w)(?:{any_of['day-lead']})\s+(\d\d)/(\d\d)(?![\d/]|[.,]\d|\s?(?:%|mm))"),
        re.compile(rf"(?<!\w)(?:{any_of['stay']})"),
        re.compile(rf"(?<!\w)(?:{any_of['leaving']})\s*:\s*$"),
        day_second,
        spelt,
    )
