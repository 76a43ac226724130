"""Which year has a date without one, and which two dates are the ends of one interval?

The year is that of the other end of the interval, of an interval told before that holds the day, else of the date
told before: ``du 18 novembre au 3 janvier 2020`` starts in 2019; after ``20 décembre 2019``, ``4 janvier`` is of 2020.
Such a date is Inherited. Without any year in the text it is none. Both ends of an interval belong to it; one that runs
backwards is none, but a finding. What ends on a day (``jusqu'en 2020``) did not happen on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import DateBasis, Finding, Level, When
from kg.reading.datewords import DateWords
from kg.reading.reckoning import runs_backwards
from kg.reading.text import Words

_AHEAD = 5
"""A month that has passed in the year of the date before is the next year's, at most so many months ahead."""
_SHORTLY = 2
"""A date is before a stay rather than after it where at most so many months lie between."""
_REACH = 24
"""What stands right before a date is looked for in so many characters."""
Dated = tuple[int, int, str]
"""Where a date stands in the folded text, and its ISO form: ``--03-05`` without a year."""


def _until(found: Sequence[Dated], at: int, words: Words, table: DateWords) -> bool:
    """Whether the words after a date make the next one the end of its interval."""
    if at + 1 == len(found):
        return False
    start, end = found[at][1], found[at + 1][0]
    if table.until.fullmatch(words.folded, start, end):
        return True
    first = found[at][0]
    between = table.between.search(words.folded, max(0, first - _REACH), first)
    return bool(between and table.both.fullmatch(words.folded, start, end))


def _paired(found: Sequence[Dated], at: int, words: Words, table: DateWords) -> bool:
    """Whether the words between a date and the next let the next one's year hold for both."""
    start, end = found[at][1], found[at + 1][0]
    return any(joining.fullmatch(words.folded, start, end) for joining in (table.until, table.both))


def _before(iso: str, end: str) -> int:
    """The year of a date such as ``--11-18`` that lies before ``end``."""
    year = int(end[:4])
    return year - 1 if len(end) > 4 and iso[2:] > end[5:] and iso[2:4] != end[5:7] else year


def _after(iso: str, last: str, ahead: bool) -> int:
    """The year of a date told after ``last``: the next one where the text goes on over New Year."""
    year = int(last[:4])
    if len(last) == 4:
        return year
    months = int(iso[2:4]) - int(last[5:7])
    return year + 1 if months < 0 and (ahead or months + 12 <= _AHEAD) else year


def _within(iso: str, intervals: Sequence[tuple[str, str]]) -> int | None:
    """The year in which a date lies in an interval told before, the last one first; or shortly before one."""
    for start, end in reversed(intervals):
        for year in range(int(start[:4]), int(end[:4]) + 1):
            if start <= f"{year}{iso[1:]}" <= end:
                return year
        months = int(start[5:7]) - int(iso[2:4])
        if start[:4] < end[:4] and iso[2:] < start[5:] and months <= _SHORTLY:  # before a stay over New Year
            return int(start[:4])
    return None


def _years(found: Sequence[Dated], words: Words, table: DateWords) -> dict[int, str]:
    """The dates that have a year, written or found, by their index."""
    known = {i: iso for i, (_, _, iso) in enumerate(found) if not iso.startswith("--")}
    stated = frozenset(known)
    for i in reversed(range(len(found) - 1)):
        iso = found[i][2]
        if i not in known and i + 1 in known and len(known[i + 1]) > 4 and _paired(found, i, words, table):
            known[i] = f"{_before(iso, known[i + 1])}{iso[1:]}"
    intervals: list[tuple[str, str]] = []
    for i, (start, _, iso) in enumerate(found):
        ending = i > 0 and i - 1 in known and _until(found, i - 1, words, table)
        if i not in known:
            earlier = [known[k] for k in range(i) if k in known]
            alike = [told for told in earlier if len(told) == 10] if len(iso) == 7 else []
            later = [known[k] for k in range(i + 1, len(found)) if k in stated]
            if earlier:
                last = (alike or earlier)[-1]
                back = table.since.search(words.folded, max(0, start - _REACH), start)
                inside = None if ending else _within(iso, intervals)
                year = inside or (_before(iso, last) if back else _after(iso, last, ending))
                known[i] = f"{year}{iso[1:]}"
            elif later:
                known[i] = f"{later[0][:4]}{iso[1:]}"
        if ending and i in known and len(known[i - 1]) == len(known[i]) == 10:
            intervals.append((known[i - 1], known[i]))
    return known


def with_years(found: Sequence[Dated], words: Words, table: DateWords) -> tuple[tuple[When, ...], tuple[Finding, ...]]:
    """Dates in their order with their years, those that start an interval with its end; and findings."""
    known, findings = _years(found, words, table), []
    whens: dict[int, When] = {}
    for i in sorted(known, reverse=True):
        start, end, iso = found[i]
        basis = DateBasis.INHERITED if iso.startswith("--") else DateBasis.STATED
        when = When(known[i], basis, words.span_of(start, end))
        if (until := whens.get(i + 1)) and until.iso != when.iso and _until(found, i, words, table):
            if not runs_backwards(when.iso, until.iso):
                when = replace(when, until=replace(until, until=None))
            else:
                message, hint = "an interval ends before it starts", "check both dates in the text"
                findings.append(Finding(Level.WARNING, "interval-reversed", message, when.span, hint))
        ends = table.up_to.search(words.folded, max(0, start - _REACH), start)
        if ends and not (i and _until(found, i - 1, words, table)):
            when = replace(when, leads=True)
        whens[i] = when
    return tuple(whens[i] for i in sorted(whens)), tuple(reversed(findings))
