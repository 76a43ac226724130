"""How does the page say it in the case's language? Its own words, dates, amounts and sizes, from ``words.tsv``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from kg.errors import TableError
from kg.model import Finding, Measure, Quantity

COLUMNS = ("key", "fr", "es", "en")
_INTERVAL = re.compile(r"(\d+) (h|d|wk|mo)")
_NBSP = "\u00a0"
_BETWEEN = {"product": "\u00a0×\u00a0", "list": "\u00a0×\u00a0", "range": "–", "change": "\u00a0→\u00a0"}


@dataclass(frozen=True, slots=True)
class Words:
    """The page's words in one language; ``language`` is the BCP 47 code."""

    language: str
    table: Mapping[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """The words under ``key``, with ``fields`` filled in; ``KeyError`` for a key that the table lacks."""
        return self.table[key].format(**fields) if fields else self.table[key]

    def knows(self, finding: Finding) -> bool:
        """Whether the language has words for the code of a finding."""
        return f"finding-{finding.code}" in self.table

    def counted(self, key: str, n: Decimal | int) -> str:
        """``3 cycles``, ``1 jour``: the form for one or for many."""
        return self(f"{key}-{'one' if n == 1 else 'many'}", n=self.number(n))

    def date(self, iso: str) -> str:
        """A date at its precision, in words: ``2003``, ``novembre 2003``, ``3 mars 2014``."""
        year, month, day = (*iso.split("-"), "", "")[:3]
        if not month:
            return self("year", year=year)
        name = self(f"month-{month}")
        if not day:
            return self("month", month=name, year=year)
        return self("day-1" if day == "01" else "day", day=int(day), month=name, year=year)

    def number(self, value: Decimal | int) -> str:
        """A number with the language's decimal mark and without idle zeros."""
        plain = f"{Decimal(value).normalize():f}"
        return plain.replace(".", self("decimal"))

    def unit(self, ucum: str) -> str:
        """A UCUM unit as people of the language write it, else as it is."""
        return self.table.get(f"unit-{ucum}", ucum)

    def quantity(self, quantity: Quantity) -> str:
        """``12,5 g/m²``."""
        return f"{self.number(quantity.value)}{_NBSP}{self.unit(quantity.unit)}".strip()

    def size(self, measure: Measure) -> str:
        """``6 × 6 cm``, ``0,5–1,5 cm``, ``16 → 40 mm``."""
        numbers = _BETWEEN.get(measure.form, _BETWEEN["product"]).join(self.number(v) for v in measure.values)
        return f"{numbers}{_NBSP}{self.unit(measure.unit)}".strip()

    def frequency(self, text: str) -> str:
        """An interval (``24 h``) in words; other frequencies are the text's own words already."""
        match = _INTERVAL.fullmatch(text)
        if not match:
            return text
        return self(f"every-1-{match[2]}" if match[1] == "1" else f"every-{match[2]}", n=match[1])


@cache
def _table() -> dict[str, dict[str, str]]:
    """Language → key → words; ``TableError`` names the line of a malformed row."""
    found: dict[str, dict[str, str]] = {language: {} for language in COLUMNS[1:]}
    text = files("kg.web").joinpath("words.tsv").read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not all(cells):
            raise TableError(f"web/words.tsv:{number}: a row is {', '.join(COLUMNS)}, all filled, parted by tabs")
        if cells[0] in found["en"]:
            raise TableError(f"web/words.tsv:{number}: key {cells[0]!r} stands twice")
        for language, words in zip(COLUMNS[1:], cells[1:], strict=True):
            found[language][cells[0]] = words
    return found


def words_of(language: str) -> Words:
    """The page's words in ``language``, in English for a language that the table lacks."""
    table = _table()
    code = language if language in table else "en"
    return Words(code, table[code])
