"""Which dates does the text state? Each at the precision of its words, never with an invented day, month or year.

``novembre 2003`` → 2003-11, ``12/2011`` → 2011-12, ``le 3 mars 2014`` and ``03.03.14`` → 2014-03-03, ``Abr-22`` →
2022-04, ``CABG 2008`` → 2008. English numeric dates may be written day or month first: the text's other dates decide,
else its spelling, else their order; where nothing does, the year alone stands, with a finding.

Stated dates, set of the case, F1 0.990 (gold facts dev, 16 French cases, 2026-11-22); 1.000 on the 27 cases of
``tests/cases``, whose misses were read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from kg.model import Finding, Grounding, Kind, Level, When
from kg.reading.datewords import YEAR, DateWords, date_words
from kg.reading.reckoning import EARLIEST, LATEST
from kg.reading.tables import Language
from kg.reading.text import Words
from kg.reading.years import with_years

Found = tuple[int, int, str | None]
"""Where a date stands in the folded text, and its ISO form: ``--03-05`` without a year, None if there is none such."""

_NUMERIC = re.compile(
    rf"(?:(?<![\d/.,-])|(?<=\d\d\d\d-))(?:(?P<iso>(?P<iy>{YEAR})-(?P<im>\d\d)(?:-(?P<id>\d\d))?)(?![\d-])"
    rf"|(?P<d>\d{{1,2}})\s?(?P<sep>[/.-])\s?(?P<m>\d{{1,2}})\s?(?P=sep)\s?(?P<y>[1-9]\d{{3}}|\d\d)(?![\d/]|[.,]\d)"
    rf"|(?P<my>\d{{1,2}})\s?[/-]\s?(?P<yy>{YEAR})(?!\d|/\d|-\d(?!\d?/{YEAR}))"
    rf"|(?P<dotted>0[1-9]|1[0-2])\.(?P<dy>{YEAR})(?!\d|[.,]\d))"
)
_TWO_DIGITS = re.compile(r"\d\d\.\d\d\.\d\d")
"""With dots, a year of two digits is only read beside a day and a month of two: 2.1.10 is the number of a section."""
_YEAR = re.compile(rf"{YEAR}(?!\d|[/.-]\d)")
_LETTERS = re.compile(r"[a-z]+")
_FULL = re.compile(r"[1-9]\d{3}$")
_MEASURED = re.compile(r"\s?(?:%|mm|cm|m[gl]|ui|/|[.,]\d|g\b|x\s?\d|-\d)")
"""What follows a number that is an amount, not a year."""
_SENTENCE_END = re.compile(r"[^\W\d]{2}[.;]\s+$")
_ENDS = re.compile(r"\s*(?:[,;.)\n]|$)")
_EVENTS = frozenset({Kind.DISEASE, Kind.PROCEDURE, Kind.ANATOMY})
_LEAP = 2000
"""A day without a year may be 29 February."""
_CENTURY = 50
"""Years of two digits from here on are of the 1900s."""
_REACH = 24
"""What stands right before a date is looked for in so many characters."""
_STAY_REACH = 60
"""A word of a stay stands at most so many characters before its interval."""
_TELLING = 3
"""The order of at least so many days in the text tells how numeric dates are written."""


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    if not EARLIEST <= year <= LATEST or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and month is not None and not 1 <= day <= monthrange(year, month)[1]:
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < _CENTURY else 1900)


def _numeric_matches(words: Words) -> Iterator[re.Match[str]]:
    done = 0
    for i in words.numbers:
        if words.starts[i] >= done:
            match = _NUMERIC.match(words.folded, words.starts[i])
            if match and not (match["sep"] == "." and len(match["y"]) == 2 and not _TWO_DIGITS.match(match[0])):
                done = match.end()
                yield match


def _numeric(match: re.Match[str], day_first: bool) -> str | None:
    if match["iso"]:
        return _iso(int(match["iy"]), int(match["im"]), int(match["id"]) if match["id"] else None)
    if match["d"] is None:
        return _iso(_year(match["yy"] or match["dy"]), int(match["my"] or match["dotted"]), None)
    day, month = (int(match[part]) for part in ("dm" if day_first else "md"))
    return _iso(_year(match["y"]), month, day)


def _open(match: re.Match[str]) -> bool:
    """Whether a numeric date has two readings."""
    return match["d"] is not None and int(match["d"]) <= 12 and int(match["m"]) <= 12 and match["d"] != match["m"]


def _agreed(votes: Collection[bool]) -> bool | None:
    return next(iter(votes)) if len(set(votes)) == 1 else None


def _day_first(matches: list[re.Match[str]], named: list[Found], words: Words, table: DateWords) -> bool | None:
    """Whether numeric dates are written day first in this text; None where nothing tells."""
    full = [m for m in matches if m["d"] is not None]
    firm = {int(m["d"]) > 12 for m in full if (int(m["d"]) > 12) != (int(m["m"]) > 12)}
    if firm:
        return _agreed(firm)
    dated = [(start, iso) for start, _, iso in named if iso and len(iso) == 10]
    written = _agreed({words.folded[start].isdigit() for start, _ in dated})
    if written is not None:
        return written
    spelt = _agreed({side == "day-first" for side, pattern in table.spelt.items() if pattern.search(words.folded)})
    if spelt is not None:
        return spelt
    told = {way: [iso for _, iso in sorted([*dated, *((m.start(), _numeric(m, way) or "") for m in full)])]
            for way in (True, False)}  # fmt: skip
    return _agreed({way for way, isos in told.items() if len(isos) >= _TELLING and isos == sorted(isos)})


def _numeric_dates(words: Words, named: list[Found], table: DateWords) -> tuple[list[Found], list[tuple[int, int]]]:
    """Dates in digits, and the places of those whose day and month can't be told apart: these keep their year."""
    matches = list(_numeric_matches(words))
    if not table.day_second:
        pairs = ((*_without_year(m, True, words, table), (*m.span(), _numeric(m, True))) for m in matches)
        alone = (
            (m.start(1), m.end(2), _iso(_LEAP, int(m[2]), int(m[1]))) for m in table.day_lead.finditer(words.folded)
        )
        yearless = [(start, end, f"-{iso[4:]}") for start, end, iso in alone if iso]
        return [*(found for pair in pairs for found in pair), *yearless], []
    day_first = _day_first(matches, named, words, table) if any(map(_open, matches)) else None
    found: list[Found] = []
    undecided = []
    for m in matches:
        if day_first is None and _open(m):
            found.append((*m.span(), _iso(_year(m["y"]), None, None)))
            undecided.append(m.span())
        else:
            way = day_first if day_first is not None and _open(m) else m["d"] is None or int(m["d"]) > 12
            found += [*_without_year(m, way, words, table), (*m.span(), _numeric(m, way))]
    return found, undecided


def _without_year(match: re.Match[str], day_first: bool, words: Words, table: DateWords) -> Iterator[Found]:
    """The start of an interval that its end gives the year: ``13/02 - 17/03/2023``."""
    first = table.day_and_month.search(words.folded, max(0, match.start() - _REACH), match.start())
    if first and first[2] == match["sep"]:
        day, month = (int(first[part]) for part in ((1, 3) if day_first else (3, 1)))
        if iso := _iso(_LEAP, month, day):
            yield first.start(1), first.end(3), f"-{iso[4:]}"


def _first(words: Words, month: int) -> int:
    """Index of the day's number before a month's name, with ``er`` or ``de`` between; else of the name itself."""
    for i in (month - 1, month - 2, month - 3):
        if i >= 0 and words.forms[i].isdigit() and len(words.forms[i]) <= 2:
            return i
    return month


def _named_dates(words: Words, table: DateWords) -> Iterator[Found]:
    """Dates with a month's name; one without a year is ``--MM`` or ``--MM-DD`` until its neighbours give the year."""
    folded = words.folded
    for i in [i for i, form in enumerate(words.forms) if form in table.months]:
        match = table.named.match(folded, words.starts[_first(words, i)]) or table.named.match(folded, words.starts[i])
        if match is None:
            continue
        month, day = table.months[match["month"]], int(match["day"] or match["after"] or 0) or None
        year = _year(match["year"] or match["short"] or "0000")
        start, end = match.span()
        if year and not EARLIEST <= year <= LATEST and (day is None or _MEASURED.match(folded, end)):
            year, end = 0, match.start("year")
        if not year and not (_is_month(match, words, table) and _iso(_LEAP, month, day)):
            continue
        iso = _iso(year, month, day) if year else f"-{(_iso(_LEAP, month, day) or '')[4:]}"
        yield start, end if year else start + len(folded[start:end].rstrip(" .")), iso
        earlier = table.earlier.search(folded, max(0, start - _REACH), start) if match["day"] else None
        if iso and earlier and (same := _iso(year or _LEAP, month, int(earlier[1]))):
            yield earlier.start(1), earlier.end(1), same if year else f"-{same[4:]}"


def _is_month(match: re.Match[str], words: Words, table: DateWords) -> bool:
    """Whether a month's name without a year is one: with a day, or after a word such as ``en``."""
    day = match["day"] or match["after"]
    if match["month"] in table.ambiguous:
        place = words.span_of(*match.span("month"))
        if not (day or _goes_on(match, words, table)) or not words.text[place.start].isupper():
            return False
    before = words.folded[max(0, match.start() - _REACH) : match.start()].split()
    return bool(day) or _goes_on(match, words, table) or (bool(before) and before[-1].strip("(,") in table.month_before)


def _goes_on(match: re.Match[str], words: Words, table: DateWords) -> bool:
    """Whether another month follows as the end of an interval (``between March and May 2015``)."""
    joins = (joining.match(words.folded, match.end()) for joining in (table.until, table.both))
    nexts = (_LETTERS.match(words.folded, joining.end()) for joining in joins if joining)
    return any(following is not None and following[0] in table.months for following in nexts)


def _starts(folded: str, start: int) -> bool:
    """Whether nothing but a bullet stands before on the line, or a sentence has just ended."""
    before = folded[max(0, start - _REACH) : start]
    return not before.rpartition("\n")[2].strip(" \t-*.>") or bool(_SENTENCE_END.search(before))


def _bare_years(words: Words, table: DateWords, named: Collection[int]) -> Iterator[Found]:
    """Years alone: after a word that says so (``en 2013``), in parentheses, at the head of a line, after an event."""
    folded, done = words.folded, 0
    for i in words.numbers:
        form, start, end = words.forms[i], words.starts[i], words.ends[i]
        until = table.until.match(folded, end)
        ranged = until is not None and bool(_YEAR.match(folded, until.end()))
        if not _YEAR.fullmatch(form) or (_MEASURED.match(folded, end) and not ranged):
            continue
        following = folded[end : end + 2].lstrip(" \t")[:1]
        if (
            (done and table.until.fullmatch(folded, done, start))
            or table.year_before.search(folded, max(0, start - _REACH), start)
            or (folded[start - 1 : start] == "(" and (ranged or following in (",", ")", ":", ";")))
            or ((ranged or following in (":", ",")) and _starts(folded, start))
            or (i - 1 in named and (ranged or _ENDS.match(folded, end)))
        ):
            done = end
            yield start, end, form


def ends_of_events(groundings: Iterable[Grounding]) -> set[int]:
    """Indexes of the words that end the names after which a number may be a year (``CABG 2008``)."""
    return {g.mention.last for g in groundings if g.mention.kind in _EVENTS}


def find_dates(
    words: Words, language: Language, named: Collection[int] = ()
) -> tuple[tuple[When, ...], tuple[Finding, ...]]:
    """All calendar dates in order, and findings about dates that can't be (month 13, 31 April) or that stay open.

    ``named`` has the indexes of words that end the name of an event: after them a number may be a year.
    """
    table = date_words(language)
    written = list(_named_dates(words, table))
    numeric, undecided = _numeric_dates(words, written, table)
    found: list[tuple[int, int, str]] = []
    findings = []
    for start, end, iso in (*numeric, *written, *_bare_years(words, table, named)):
        if any(a < end and start < b for a, b, _ in found):
            continue
        if iso is not None:
            found.append((start, end, iso))
        elif _FULL.search(words.folded, start, end):
            message, hint = "a date that no calendar has", "check day and month in the text"
            findings.append(Finding(Level.WARNING, "date-impossible", message, words.span_of(start, end), hint))
    for start, end in undecided:
        message, hint = "a date with two readings, day first or month first", "its year alone is kept: see the text"
        findings.append(Finding(Level.WARNING, "date-order-open", message, words.span_of(start, end), hint))
    dates, backwards = with_years(sorted(found), words, table)
    return _with_stay(dates, sorted(found), words, table), (*findings, *backwards)


def _with_stay(
    dates: tuple[When, ...], places: list[tuple[int, int, str]], words: Words, table: DateWords
) -> tuple[When, ...]:
    """The dates; the end of the stay that a letter is about holds only for what stands right before it.

    Its place is after a label (``Date de sortie :``), or it ends the interval that is the first date of the text.
    """
    folded, marked = words.folded, set()
    for n, (start, _, _) in enumerate(places):
        first = n == 1 and table.stay.search(folded, max(0, places[0][0] - _STAY_REACH), places[0][0])
        if (first and table.until.fullmatch(folded, places[0][1], start)) or (
            n and table.leaving.search(folded, max(0, start - _REACH), start)
        ):
            marked.add(words.span_of(start, start + 1).start)
    return tuple(replace(d, local=True) if d.span.start in marked else d for d in dates)
