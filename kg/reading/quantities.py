"""How much, how large, how often? Numbers with their units, as they stand: products, ranges and changes.

French, Spanish and English decimals (``12,5``, ``12.5``), ``6 x 6 centimètres``, ``de 0,5 à 1,5 cm`` (range),
``de 16 à 40 mm`` after a word of growth (change), ``70×60mm``. A number without a unit of ``languages/units.tsv`` is
no measure: ``II/III``, ``4b, 6, 7`` and ``C25`` stay text; ``languages/numbers.tsv`` has the words between numbers.

Dose right 0.947, sizes F1 0.942 (gold facts dev, 16 French cases, 2026-11-22).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.errors import TableError
from kg.model import Measure
from kg.reading.tables import by_role, forms, read_rows
from kg.reading.text import Words, alternatives, fold
from kg.resources import languages

NUMBER = r"\d+(?:[ ]\d{3}(?!\d))*(?:[.,]\d+)?"
GROWTH_REACH = 60
"""A word of growth stands at most so many characters before the first number of a change."""
_ROLES = frozenset(("product", "range", "change", "list", "between", "growth", "direction", "sedimentation"))
_EXPOSURE = frozenset(("pressure", "exposure", "per", "period"))


def number_words() -> dict[str, list[str]]:
    """The folded forms of ``languages/numbers.tsv`` by role."""
    rows = read_rows(languages() / "numbers.tsv", 2)
    return {role: cells for (role,), cells in by_role(rows, _ROLES | _EXPOSURE).items()}


@dataclass(frozen=True, slots=True)
class _Tables:
    """How measures are written: ``units`` has the UCUM code and dimension of each form, without blanks."""

    unit: re.Pattern[str]
    units: dict[str, tuple[str, str]]
    measure: re.Pattern[str]
    growth: re.Pattern[str]
    between: re.Pattern[str]
    changes: list[str]
    lists: list[str]


@cache
def _units() -> dict[str, tuple[str, str]]:
    """UCUM code and dimension of every folded form."""
    known: dict[str, tuple[str, str]] = {}
    for (ucum, dimension, cell), where in read_rows(languages() / "units.tsv", 3):
        for form in map(fold, forms(cell)):
            if known.setdefault(form, (ucum, dimension)) != (ucum, dimension):
                raise TableError(f"{where}: unit form {form!r} already stands for {known[form][0]}")
    return known


@cache
def _tables() -> _Tables:
    known, words = _units(), number_words()
    spelled = alternatives(known, blank=r"\s?").replace("/", r"\s?/\s?")
    sided = rf"(?:\s*-?(?:{spelled})(?![a-z0-9²])(?:\s*(?:{alternatives(words['direction'])})(?![a-z]))?)?"
    by, to = (rf"\s*(?:{alternatives(words[role])})\s*" for role in ("product", "range"))
    return _Tables(
        re.compile(rf"\s*-?({spelled})(?![a-z0-9²])"),
        {form.replace(" ", ""): meaning for form, meaning in known.items()},
        re.compile(rf"({NUMBER}){sided}(?:({by})({NUMBER}){sided}(?:{by}({NUMBER}){sided})?|({to})({NUMBER}))?"),
        re.compile(rf"(?:{alternatives(words['growth'])})\w*\b[^.;]{{0,40}}$"),
        re.compile(rf"(?:{alternatives(words['between'])})\s*$"),
        words["change"],
        words["list"],
    )


def decimal(text: str) -> Decimal:
    """A written number: comma or point before decimals, spaces (or a mark before three digits) between thousands.

    >>> decimal("12,5"), decimal("1 200"), decimal("1.000"), decimal("0.125")
    (Decimal('12.5'), Decimal('1200'), Decimal('1000'), Decimal('0.125'))
    """
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        return Decimal(re.sub(r"[.,]", "", text))
    return Decimal(text.replace(" ", "").replace(",", "."))


def _unit_after(folded: str, end: int, stop: int) -> tuple[str, str, int] | None:
    """UCUM code and dimension of the unit that follows, and its end."""
    tables = _tables()
    match = tables.unit.match(folded, end, stop)
    return (*tables.units[re.sub(r"\s", "", match[1])], match.end()) if match else None


def _form(folded: str, start: int, sign: str) -> str:
    """The form of two numbers parted by a sign or word of range."""
    tables = _tables()
    if sign in tables.changes and tables.growth.search(folded, max(0, start - GROWTH_REACH), start):
        return "change"
    if sign in tables.lists and not tables.between.search(folded, max(0, start - 9), start):
        return "list"
    return "range"


def _is_year(text: str) -> bool:
    return len(text) == 4 and 1900 <= int(decimal(text)) <= 2099


# The groups of the pattern that hold values, by the last of them: a range, three sides, two sides, one number.
_VALUES = {6: (1, 6), 4: (1, 3, 4), 3: (1, 3), 1: (1,)}


_NAMED = re.compile(r"[a-z]-$")
"""Before the number of a name: the 67 of Ki-67 starts no range."""


def _measure_at(words: Words, start: int) -> tuple[Measure, int] | None:
    """The measure whose first number starts at ``start`` of the folded text, and its end there."""
    folded = words.folded
    match = _tables().measure.match(folded, start)
    if not match:
        return None
    named = bool(_NAMED.search(folded, max(0, start - 2), start))
    for last, groups in _VALUES.items():  # the longest reading that a unit ends; else a shorter one
        unit = _unit_after(folded, match.end(last), len(folded)) if match[last] else None
        if unit is None or (named and last > 1):
            continue
        values, form = tuple(decimal(match[group]) for group in groups), "product"
        if last == 6:
            sign = match[5].strip()
            if _is_year(match[1]) or (sign == "-" and values[0] >= values[1]):
                return None
            if "/" in sign:
                continue  # "250 mg/12 h" is a dose and its interval
            if (own := _unit_after(folded, match.end(1), match.start(5))) and own[:2] != unit[:2]:
                continue  # "3 años y 4 meses"
            form = _form(folded, start, sign)
        own = _unit_after(folded, match.end(1), match.start(2)) if last in (3, 4) else None
        if own and own[1] != unit[1]:
            continue  # "150 mg/m2 x 7 jours" is a dose and a duration
        return Measure(values, unit[0], unit[1], form, words.span_of(start, unit[2])), unit[2]
    return None


def _starts_number(words: Words, i: int) -> bool:
    """Whether the number at ``i`` stands free: not glued to a letter (but ``70x60``) nor to the decimals before it."""
    start = words.starts[i]
    if not i or words.ends[i - 1] != start or words.forms[i - 1] == "x":
        return True
    previous = words.forms[i - 1]
    return not (previous.isalnum() or (previous in ".," and words.folded[start - 2 : start - 1].isdigit()))


def find_measures(words: Words) -> tuple[Measure, ...]:
    """All measures of a text in order; none overlaps another. Values keep the unit that the text gives."""
    found, done = [], 0
    for i in words.numbers:
        if words.starts[i] >= done and _starts_number(words, i) and (read := _measure_at(words, words.starts[i])):
            measure, done = read
            found.append(measure)
    return tuple(found)
