"""How far from one date is another? Sums of dates and distances, only as fine as they are sure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

EARLIEST, LATEST = 1900, 2099
_MONTHS = {"mo": 1, "a": 12}
_SLACK = {"d": timedelta(0), "wk": timedelta(3)}
"""``two weeks later`` is no count of days."""


def bounds(iso: str) -> tuple[date, date]:
    """The first and last day that a date may mean."""
    year, month, day = (int(part) for part in f"{iso}-00-00"[:10].split("-"))
    last = day or monthrange(year, month or 12)[1]
    return date(year, month or 1, day or 1), date(year, month or 12, last)


def runs_backwards(start: str, end: str) -> bool:
    """Whether an end lies wholly before its start.

    >>> runs_backwards("2018-03-15", "2018-01"), runs_backwards("2018-03-15", "2018")
    (True, False)
    """
    return bounds(end)[1] < bounds(start)[0]


def common(low: date, high: date, finest: int = 10) -> str:
    """The finest date that holds both days, of at most so many characters; ``""`` where they share no year."""
    a, b = low.isoformat(), high.isoformat()
    found = next((a[:n] for n in (10, 7, 4) if n <= finest and a[:n] == b[:n]), "")
    return found if found and EARLIEST <= int(found[:4]) <= LATEST else ""


def _moved(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def reckon(iso: str, count: int, unit: str, *, back: bool = False, loose: bool = False) -> str:
    """The date so many units after ``iso`` (or before), as fine as it is sure; ``""`` where not even its year is.

    ``loose`` is for days counted from a treatment, which some count from 0 and some from 1. Years back are a year.

    >>> reckon("2014-03", 2, "a"), reckon("2014-03-05", 14, "d"), reckon("2014", 3, "mo")
    ('2016-03', '2014-03-19', '')
    """
    sign = -1 if back else 1
    low, high = bounds(iso)
    if unit in _MONTHS:
        finest = 4 if unit == "a" and (back or len(iso) == 4) else 7
        low, high = (_moved(day.replace(day=1), sign * count * _MONTHS[unit]) for day in (low, high))
    else:
        away, slack = timedelta(count * (7 if unit == "wk" else 1)), _SLACK[unit]
        finest = 10 if unit == "d" else 7
        low, high = low + sign * away - slack - timedelta(loose), high + sign * away + slack
    return common(low, high, finest)
