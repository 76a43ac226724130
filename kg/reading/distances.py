"""Where does the text reckon a time from another? The templates of ``times.tsv``, found in its words.

The value of a template says from what, in which direction (``named-``), and how far where its words imply that
(``story+1d``). ``story`` is the date told before, ``act`` the last operation or treatment, ``surgery`` the last
operation, ``cycle`` the start of the last treatment (``within`` one of its cycles), ``stay`` the day of admission,
``letter`` the end of the stay or the date of the letter, ``named`` the event that the next words name. ``back`` counts
into the past from the date that holds here; ``next`` and ``while`` go on from the time told before; ``lasting`` and
``held`` say how long something went on. ``none`` is no date (``jusqu'à il y a 12 ans``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.reading.datewords import RECKONING
from kg.reading.tables import Language, by_role
from kg.reading.text import Words, alternatives

_ORIGINS = ("story", "act", "surgery", "cycle", "within", "stay", "letter", "named", "back", "next", "while", "lasting",
            "held", "none")  # fmt: skip
_VALUE = re.compile(rf"({'|'.join(_ORIGINS)})([+-]?)(?:(\d+)(d|wk|mo|a))?")
_FIXED = {"{days}": "d", "{weeks}": "wk", "{months}": "mo"}
"""Places of a number whose unit the template implies."""
DAYS = {"d": 1, "wk": 7, "mo": 30, "a": 365}
_BEFORE = 8
"""A template starts at most so many words before the word that it is looked for by."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far from what: an expression at ``folded[start:end]``; ``count`` 0 is not said, ``back`` into the past."""

    start: int
    end: int
    origin: str
    back: bool
    count: int
    unit: str

    @property
    def days(self) -> int:
        """About how many days, for the order alone."""
        return self.count * DAYS.get(self.unit, 0)


_Meaning = tuple[str, str, int | None, str]
"""Origin, sign, count and unit of a template; the count is None where a number in the words tells it."""


@dataclass(frozen=True, slots=True)
class _Templates:
    """``patterns`` are by the first word, ``""`` for digits, and have one group for each template that may start so.

    ``values`` says what a group means: origin, sign, count, unit. ``numbers`` are the words for numbers, 0 where the
    words leave it open; ``keys`` are the words that hold a place to look at: units, and the last word of what stands
    before the number of a template that has none.
    """

    patterns: dict[str, re.Pattern[str]]
    values: dict[str, _Meaning]
    numbers: dict[str, int]
    number: re.Pattern[str]
    units: dict[str, str]
    unit: re.Pattern[str]
    keys: frozenset[str]


def _meaning(value: str, form: str) -> _Meaning:
    match = _VALUE.fullmatch(value)
    assert match
    fixed = next((unit for place, unit in _FIXED.items() if place in form), "")
    counted = any(place in form for place in ("{n}", "{nth}", *_FIXED)) and not match[3]
    return match[1], match[2], None if counted else int(match[3] or 0), match[4] or fixed


@cache
def _templates(language: Language) -> _Templates:
    rows = [row for row in language.table("times", 3) if row[0][0] in RECKONING]
    for (role, value, _), where in rows:
        counts = role in ("number", "ordinal")
        if (counts and not value.isdigit()) or (role == "relative" and not _VALUE.fullmatch(value)):
            raise TableError(f"{where}: a number has digits as its value, a relative one of {', '.join(_ORIGINS)}, "
                             "then + or -, then a count and d, wk, mo or a")  # fmt: skip
    found = by_role(rows, RECKONING)
    of = {role: {f: value for (r, value), forms in found.items() if r == role for f in forms} for role in RECKONING}
    numbers = {form: int(value) for role in ("number", "ordinal") for form, value in of[role].items()}
    cycles = found["cycle", "-"]
    places = {
        "{n}": rf"(?:\d{{1,3}}|(?:{alternatives(of['number'])})(?!\w))",
        "{nth}": rf"(?:\d{{1,2}}(?:{alternatives(found['nth', '-'])})?|(?:{alternatives(of['ordinal'])}))(?!\w)",
        "{unit}": f"(?:{alternatives(of['unit'])})",
        "{cycle}": f"(?:{alternatives(cycles)})",
    }
    places |= dict.fromkeys(_FIXED, places["{n}"])
    templates = [(f, value) for (r, value), forms in found.items() if r == "relative" for f in forms]
    values, keys = {}, {*of["unit"], *cycles}
    groups: dict[str, list[str]] = defaultdict(list)
    counting = {"", *(number.split()[0] for number in numbers)}
    for n, (form, value) in enumerate(sorted(templates, key=lambda t: -len(t[0]))):
        written = re.escape(form).replace(r"\ ", r"\s+")
        for place, pattern in places.items():
            written = written.replace(re.escape(place), pattern)
        for head in re.findall(r"^[^\W\d]+", form) or counting:
            groups[head].append(f"(?P<t{n}>{written})")
        values[f"t{n}"] = _meaning(value, form)
        if "{unit}" not in form and "{cycle}" not in form:
            keys.add(re.findall(r"[^\W\d]+", form.partition("{")[0])[-1])
    return _Templates(
        {head: re.compile(rf"(?<![\w/,.-])(?:{'|'.join(told)})(?!\w|\s*[-,/+]\s*[a-z]?\d)")
         for head, told in groups.items()},
        values,
        numbers,
        re.compile(rf"\d{{1,3}}|(?<!\w)(?:{alternatives(numbers)})(?!\w)"),
        of["unit"],
        re.compile(rf"(?<![^\W\d])(?:{alternatives(of['unit'])})(?!\w)"),
        frozenset(keys),
    )  # fmt: skip


def find_distances(words: Words, language: Language) -> Iterator[Distance]:
    """All expressions that reckon a time, in order; none overlaps another."""
    templates, done = _templates(language), 0
    for i in [i for i, form in enumerate(words.forms) if form in templates.keys]:
        for first in range(max(0, i - _BEFORE), i + 1):
            form, start = words.forms[first], words.starts[first]
            pattern = templates.patterns.get("" if form.isdigit() else form)
            if pattern is not None and start >= done:
                match = pattern.match(words.folded, start)
                if match and words.ends[i] <= match.end():
                    yield _distance(match, templates)
                    done = match.end()
                    break


def _distance(match: re.Match[str], templates: _Templates) -> Distance:
    """What a template says: its own distance, else the last number before the unit, or the last one of all."""
    origin, sign, count, unit = templates.values[match.lastgroup or ""]
    back = sign == "-" or (origin == "back" and not sign)
    if count is None:
        named = None if unit else templates.unit.search(match[0])
        numbers = templates.number.findall(match[0][: named.start()] if named else match[0])
        count = _value(numbers[-1], templates) if numbers else 0
        unit = unit or (templates.units[named[0]] if named else "")
    return Distance(*match.span(), origin, back, count, unit)


def _value(number: str, templates: _Templates) -> int:
    return int(number) if number.isdigit() else templates.numbers[number]


@cache
def _every(language: Language) -> re.Pattern[str]:
    found = by_role((row for row in language.table("times", 3) if row[0][0] == "every"), {"every"})
    number, unit = _templates(language).number.pattern, _templates(language).unit.pattern
    return re.compile(rf"(?<!\w)(?:{alternatives(found['every', '-'])})\s*({number})?\s*({unit})")


def cycle_length(said: str, language: Language) -> int:
    """The days of a cycle that a folded text tells last (``tous les 21 jours``, ``every 3 weeks``); 0 for none."""
    templates, days = _templates(language), 0
    for match in _every(language).finditer(said):
        days = (_value(match[1], templates) if match[1] else 1) * DAYS[templates.units[match[2]]]
    return days
