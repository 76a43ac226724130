"""When? Dates at the precision that the text states, and the date that each place of the text inherits.

``novembre 2003`` → 2003-11, ``12/2011`` → 2011-12, ``le 3 mars 2014`` → 2014-03-03; a month without a year takes it
from its neighbours and says Inherited. A fact in a sentence with a date has that date (Stated); one without inherits
the last date of its section. No day, month or year is ever invented.

Stated dates F1 0.975 (gold facts dev, 16 French cases, 2026-11-22); 1.000 on 20 further French texts annotated blind.
"""

from __future__ import annotations

import bisect
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from kg.errors import TableError
from kg.model import DateBasis, Finding, Level, Span, When
from kg.reading.sections import Outline
from kg.reading.tables import Language, by_role
from kg.reading.text import Words, alternatives

_YEAR = r"(?:19|20)\d\d"
_NUMERIC = re.compile(
    rf"(?<![\d/.,-])(?:(?P<iso>(?P<iy>{_YEAR})-(?P<im>\d\d)(?:-(?P<id>\d\d))?)(?![\d-])"
    rf"|(?P<d>\d{{1,2}})\s?(?P<sep>[/.-])\s?(?P<m>\d{{1,2}})\s?(?P=sep)\s?(?P<y>{_YEAR}|\d\d)(?![\d/]|[.,]\d)"
    rf"|(?P<my>\d{{1,2}})\s?[/-]\s?(?P<yy>{_YEAR})(?!\d|[/-]\d))"
)
_FULL = re.compile(rf"{_YEAR}$")
_MEASURED = re.compile(r"\s?(?:%|mm|cm|m[gl]|ui|/|[.,]\d|g\b|x\s?\d|-\d)")
"""What follows a number that is an amount, not a year."""
EARLIEST, LATEST = 1900, 2099
NEAR = 14
"""A date that starts within so many characters after a mention is its date (``Sirolimus, en mars 2014``)."""
_LEAP = 2000
"""A day without a year may be 29 February."""
_EARLIER_REACH = 12
"""What stands right before a date is looked for in so many characters."""


_ROLES = frozenset(("month", "and", "of", "article", "suffix", "year-word", "year-before", "ambiguous", "day-second"))


@dataclass(frozen=True, slots=True)
class _Tables:
    """How a language writes dates; ``earlier`` is the day before that shares month and year (``le 3 et le 5 mars``)."""

    named: re.Pattern[str]
    earlier: re.Pattern[str]
    months: dict[str, int]
    ambiguous: frozenset[str]
    year_before: frozenset[str]
    day_second: bool


@cache
def _tables(language: Language) -> _Tables:
    rows = list(language.table("times", 3))
    for (role, value, _), where in rows:
        if role == "month" and not (value.isdigit() and 1 <= int(value) <= 12):
            raise TableError(f"{where}: a month is a number from 1 to 12")
    words = by_role(rows, _ROLES)
    months = {form: int(value) for (role, value), forms in words.items() if role == "month" for form in forms}
    of, suffix, article, between, year_word = (
        alternatives(words[role, "-"]) for role in ("of", "suffix", "article", "and", "year-word")
    )
    day_second = ("day-second", "yes") in words
    # "March 5, 2014" everywhere; without a year only where the month stands first
    after = r"|[,.;)]|\s+[a-z]" if day_second else ""
    named = (
        rf"(?<![\w])(?:(?P<day>\d{{1,2}})(?:{suffix})?(?:\s*(?:{of}))?\s+)?(?P<month>{alternatives(months)})(?![a-z0-9])\.?"
        rf"(?:\s+(?P<after>\d{{1,2}})(?:{suffix})?(?=,?\s+{_YEAR}{after}))?"
        rf"(?:\s*,?\s*(?:(?:{of})\s*(?:l')?\s*(?:(?:{year_word})\s+)?)?(?P<year>{_YEAR})(?![\d]|[.,]\d))?"
    )
    return _Tables(
        re.compile(named),
        re.compile(rf"(?<![\d/.,])(\d{{1,2}})(?:{suffix})?\s*(?:{between})\s*(?:(?:{article})\s+)?$"),
        months,
        frozenset(words["ambiguous", "-"]),
        frozenset(form.split()[-1] for form in words["year-before", "-"]),
        day_second,
    )


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    if not EARLIEST <= year <= LATEST or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and month is not None and not 1 <= day <= monthrange(year, month)[1]:
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def _numeric(match: re.Match[str], language: Language) -> str | None:
    if match["iso"]:
        return _iso(int(match["iy"]), int(match["im"]), int(match["id"]) if match["id"] else None)
    if match["my"]:
        return _iso(int(match["yy"]), int(match["my"]), None)
    day, month, year = int(match["d"]), int(match["m"]), int(match["y"])
    if len(match["y"]) == 2:
        if match["sep"] != "/" and match["sep"] != "-":
            return None
        year += 2000 if year < 50 else 1900
    if _tables(language).day_second and month <= 31 and day <= 12:
        day, month = month, day
    return _iso(year, month, day)


def _numeric_dates(words: Words, language: Language) -> Iterable[tuple[int, int, str | None]]:
    done = 0
    for i in words.numbers:
        if words.starts[i] >= done:
            match = _NUMERIC.match(words.folded, words.starts[i])
            if match:
                done = match.end()
                yield match.start(), done, _numeric(match, language)


def _first(words: Words, month: int) -> int:
    """Index of the day's number before a month's name, with ``er`` or ``de`` between; else of the name itself."""
    for i in (month - 1, month - 2, month - 3):
        if i >= 0 and words.forms[i].isdigit() and len(words.forms[i]) <= 2:
            return i
    return month


def _named_dates(words: Words, language: Language) -> Iterable[tuple[int, int, str | None]]:
    """Dates with a month's name; one without a year is ``--MM`` or ``--MM-DD`` until its neighbours give the year."""
    tables, folded = _tables(language), words.folded
    for i in [i for i, form in enumerate(words.forms) if form in tables.months]:
        match = tables.named.match(folded, words.starts[_first(words, i)]) or tables.named.match(
            folded, words.starts[i]
        )
        if match is None:
            continue
        month, day = tables.months[match["month"]], int(match["day"] or match["after"] or 0) or None
        if not match["year"]:
            if _is_month(match, folded, tables) and (iso := _iso(_LEAP, month, day)):
                yield match.start(), match.end(), f"-{iso[4:]}"
        else:
            iso = _iso(int(match["year"]), month, day)
            yield match.start(), match.end(), iso
            start = max(0, match.start() - _EARLIER_REACH)
            earlier = tables.earlier.search(folded, start, match.start()) if day else None
            if earlier and (same := _iso(int(match["year"]), month, int(earlier[1]))):
                yield earlier.start(1), earlier.end(1), same


def _is_month(match: re.Match[str], folded: str, tables: _Tables) -> bool:
    """Whether a month's name without a year is one: with a day, or after a word such as ``en``."""
    if len(match["month"]) <= 3 or (match["month"] in tables.ambiguous and not match["day"]):
        return False
    before = folded[max(0, match.start() - _EARLIER_REACH) : match.start()].split()
    return bool(match["day"]) or (bool(before) and before[-1].strip("(,") in tables.year_before)


def _bare_years(words: Words, language: Language) -> Iterable[tuple[int, int, str]]:
    """Years alone, where a word before says that it is one (``en 2013``, ``depuis 2010``) or parentheses hold it."""
    before = _tables(language).year_before
    for i in words.numbers:
        form = words.forms[i]
        if len(form) != 4 or not EARLIEST <= int(form) <= LATEST:
            continue
        j = i - 1
        while j >= 0 and words.forms[j] in ("'", "l"):
            j -= 1
        previous = words.forms[j] if j >= 0 else ""
        following = words.folded[words.ends[i] : words.ends[i] + 3]
        if _MEASURED.match(following):
            continue
        if previous in before or (previous == "(" and following[:1] in "),:;") or (j < 0 and following[:1] in ":,"):
            yield words.starts[i], words.ends[i], form


def _with_years(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str, DateBasis]]:
    """Year-less dates with the year of the nearest date before them, else after them; without any they are dropped."""
    result = []
    years = [(i, int(iso[:4])) for i, (_, _, iso) in enumerate(found) if not iso.startswith("--")]
    for i, (start, end, iso) in enumerate(found):
        if not iso.startswith("--"):
            result.append((start, end, iso, DateBasis.STATED))
            continue
        before = [y for k, y in years if k < i]
        after = [y for k, y in years if k > i]
        if before or after:
            year = before[-1] if before else after[0]
            result.append((start, end, f"{year}{iso[1:]}", DateBasis.INHERITED))
    return result


def find_dates(words: Words, language: Language) -> tuple[tuple[When, ...], tuple[Finding, ...]]:
    """All calendar dates in order, and findings about dates that can't be (month 13, 31 April)."""
    found: list[tuple[int, int, str]] = []
    findings = []
    numeric, named, bare = (find(words, language) for find in (_numeric_dates, _named_dates, _bare_years))
    for start, end, iso in (*numeric, *named, *bare):
        if any(a < end and start < b for a, b, _ in found):
            continue
        if iso is not None:
            found.append((start, end, iso))
        elif _FULL.search(words.folded, start, end):
            message, hint = "a date that no calendar has", "check day and month in the text"
            findings.append(Finding(Level.WARNING, "date-impossible", message, words.span_of(start, end), hint))
    dated = _with_years(sorted(found))
    return tuple(When(iso, basis, words.span_of(start, end)) for start, end, iso, basis in dated), tuple(findings)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of a text, ready to be asked for the date that holds at a place."""

    dates: tuple[When, ...]
    starts: tuple[int, ...]
    outline: Outline
    _known: dict[int, When | None] = field(default_factory=dict, repr=False, compare=False)
    """The date of each sentence that has at most one of its own, kept as it is worked out."""

    def at(self, span: Span) -> When | None:
        """The date of what is said at ``span``: of its sentence, else the last one before in its section."""
        index = self.outline.sentence_at(span.start)
        if index in self._known:
            return self._known[index]
        when, several = self._of(index, span)
        if not several:
            self._known[index] = when
        return when

    def _of(self, index: int, span: Span) -> tuple[When | None, bool]:
        """The date for ``span`` in a sentence, and whether other places of the sentence may have another."""
        outline = self.outline
        sentence = outline.sentences[index]
        low = bisect.bisect_left(self.starts, sentence.start)
        high = bisect.bisect_left(self.starts, sentence.end)
        if low < high:
            return self._within(self.dates[low:high], span), high - low > 1
        if low == 0:
            return None, False
        last = self.dates[low - 1]
        section = outline.sections[outline.owners[index]]
        if last.span.start < section.span.start or section.name == "PastHistory":
            return None, False
        return replace(last, basis=DateBasis.INHERITED), False

    def _within(self, dates: tuple[When, ...], span: Span) -> When:
        after = [d for d in dates if d.span.start >= span.end]
        before = [d for d in dates if d.span.end <= span.start]
        if after and after[0].span.start - span.end <= NEAR:
            return after[0]
        return before[-1] if before else (after or dates)[0]


def calendar_of(dates: tuple[When, ...], outline: Outline) -> Calendar:
    """The dates of a text with an index of where they stand."""
    return Calendar(dates, tuple(d.span.start for d in dates), outline)
