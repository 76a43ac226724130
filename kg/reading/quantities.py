"""How much, how large, how often? Numbers with their units, as they stand: products, ranges and changes.

French, Spanish and English decimals (``12,5``, ``12.5``), ``6 x 6 centimètres``, ``de 0,5 à 1,5 cm`` (range),
``de 16 à 40 mm`` after a word of growth (change), ``70×60mm``. A number without a unit of ``languages/units.tsv`` is no
measure: ``II/III``, ``4b, 6, 7`` and ``C25`` stay text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from kg.errors import TableError
from kg.model import Measure
from kg.reading.tables import forms, read_rows
from kg.reading.text import Words, fold
from kg.resources import languages

_NUMBER = r"\d+(?:[ ]\d{3}(?!\d))*(?:[.,]\d+)?"
_PRODUCT = r"\s*(?:x|\*|por|sur|by|par)\s*"
_RANGE = r"\s*(?:-|a|y|et|to|and|/|ou|o|or|hasta|jusqu'a)\s*"
_GROWTH = re.compile(r"(?:augment|passe|pass|crois|grossi|diminu|rédui|redui|regress|progress|aument|crec|disminu|increas|decreas|grew|grow"
                     r"|grown|enlarg|shr[aiu]nk|from|evolu)\w*\b[^.;]{0,40}$")  # fmt: skip


@cache
def _units() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """The pattern of all unit forms, longest first, and UCUM code and dimension of each form."""
    known: dict[str, tuple[str, str]] = {}
    for (ucum, dimension, cell), where in read_rows(languages() / "units.tsv", 3):
        for form in forms(cell):
            folded = fold(form)
            if known.setdefault(folded, (ucum, dimension)) != (ucum, dimension):
                raise TableError(f"{where}: unit form {form!r} already stands for {known[folded][0]}")
    spelled = "|".join(re.escape(f).replace(r"\ ", r"\s?") for f in sorted(known, key=lambda f: (-len(f), f)))
    return re.compile(rf"\s*-?({spelled})(?![a-z0-9²])"), {f.replace(" ", ""): v for f, v in known.items()}


@cache
def _measure() -> re.Pattern[str]:
    unit = _units()[0].pattern[5:].replace("(", "(?:", 1)
    gap = rf"(?:\s*-?{unit}(?:\s*(?:ap|cc|t|l|tr|av|lat)(?![a-z]))?)?"
    return re.compile(
        rf"({_NUMBER}){gap}(?:({_PRODUCT})({_NUMBER}){gap}(?:{_PRODUCT}({_NUMBER}){gap})?|({_RANGE})({_NUMBER}))?"
    )


def decimal(text: str) -> Decimal:
    """A written number: comma or point before decimals, spaces (or a mark before three digits) between thousands.

    >>> decimal("12,5"), decimal("1 200"), decimal("1.000"), decimal("0.125")
    (Decimal('12.5'), Decimal('1200'), Decimal('1000'), Decimal('0.125'))
    """
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        return Decimal(re.sub(r"[.,]", "", text))
    return Decimal(text.replace(" ", "").replace(",", "."))


def _unit_after(folded: str, end: int) -> tuple[str, str, int] | None:
    pattern, known = _units()
    match = pattern.match(folded, end)
    if not match:
        return None
    ucum, dimension = known[re.sub(r"\s", "", match[1])]
    return ucum, dimension, match.end()


def _at(folded: str, start: int) -> tuple[tuple[Decimal, ...], str, str, str, int] | None:
    """Values, unit, dimension, form and end of the measure whose first number starts at ``start``."""
    match = _measure().match(folded, start)
    if not match:
        return None
    groups = [(i, match.end(i)) for i in (6, 4, 3, 1) if match[i]]
    for group, end in groups:  # the longest reading that a unit ends; else a shorter one
        unit = _unit_after(folded, end)
        if unit is None:
            continue
        if group == 6 and len(match[1]) == 4 and 1900 <= int(decimal(match[1])) <= 2099:
            return None
        wanted = {6: (1, 6), 4: (1, 3, 4), 3: (1, 3), 1: (1,)}[group]
        inner = folded[match.end(1) : match.start(3)] if group in (3, 4) else ""
        own = _unit_after(inner.rstrip("x*porsuybea "), 0) if inner else None
        if own and own[1] != unit[1]:
            continue  # "150 mg/m2 x 7 jours" is a dose and a duration
        values = tuple(decimal(match[i]) for i in wanted)
        form = "product"
        if group == 6:
            if "/" in match[5]:
                continue  # "250 mg/12 h" is a dose and its interval
            if match[5].strip() == "-" and values[0] >= values[1]:
                return None
            form = (
                "change"
                if match[5].strip() in ("a", "to", "hasta") and _GROWTH.search(folded, max(0, start - 60), start)
                else "range"
            )
            if (
                form == "range"
                and match[5].strip() in ("et", "y", "and", "ou", "o", "or")
                and not re.search(r"(entre|between)\s*$", folded[max(0, start - 9) : start])
            ):
                form = "list"
        return values, unit[0], unit[1], form, unit[2]
    return None


def find_measures(words: Words) -> tuple[Measure, ...]:
    """All measures of a text in order; none overlaps another. Values keep the unit that the text gives."""
    folded, found, done = words.folded, [], 0
    for i in words.numbers:
        form, start = words.forms[i], words.starts[i]
        if start < done or (
            i
            and words.ends[i - 1] == start
            and (
                words.forms[i - 1].isalnum() or (words.forms[i - 1] in ".," and folded[start - 2 : start - 1].isdigit())
            )
        ):
            if not (i and words.forms[i - 1] == "x" and form and start >= done):
                continue
        read = _at(folded, start)
        if read:
            values, unit, dimension, shape, done = read
            found.append(Measure(values, unit, dimension, shape, words.span_of(start, done)))
    return tuple(found)
