"""Which year has a date without one? That of the other end of its interval, else of the date told before it.

``du 18 novembre au 3 janvier 2020`` starts in 2019; after ``20 décembre 2019``, ``4 janvier`` is of 2020. Such a date
is Inherited. Without any year in the text it is none.
"""

from __future__ import annotations

from kg.model import DateBasis, When
from kg.reading.datewords import DateWords
from kg.reading.text import Words

_AHEAD = 5
"""A month that has passed in the year of the date before is the next year's, at most so many months ahead."""
_SINCE_REACH = 24
_Dated = tuple[int, int, str]


def _until(found: list[_Dated], at: int, words: Words, table: DateWords) -> bool:
    """Whether the words after a date make the next one the end of its interval."""
    return at + 1 < len(found) and bool(table.until.fullmatch(words.folded, found[at][1], found[at + 1][0]))


def _before(iso: str, end: str) -> int:
    """The year of a date such as ``--11-18`` that lies before ``end``, which has at least a month."""
    year = int(end[:4])
    return year - 1 if iso[2:] > end[5:] and iso[2:4] != end[5:7] else year


def _after(iso: str, last: str, ahead: bool) -> int:
    """The year of a date told after ``last``: the next one where the text goes on over New Year."""
    year = int(last[:4])
    if len(last) == 4:
        return year
    months = int(iso[2:4]) - int(last[5:7])
    return year + 1 if months < 0 and (ahead or months + 12 <= _AHEAD) else year


def with_years(found: list[_Dated], words: Words, table: DateWords) -> tuple[When, ...]:
    """Dates in their order, those without a year with the one that their neighbours give."""
    known = {i: iso for i, (_, _, iso) in enumerate(found) if not iso.startswith("--")}
    stated = frozenset(known)
    for i in reversed(range(len(found))):
        iso = found[i][2]
        if i not in known and i + 1 in known and len(known[i + 1]) > 4 and _until(found, i, words, table):
            known[i] = f"{_before(iso, known[i + 1])}{iso[1:]}"
    for i, (start, _, iso) in enumerate(found):
        if i in known:
            continue
        earlier = [known[k] for k in range(i) if k in known]
        alike = [told for told in earlier if len(told) == 10] if len(iso) == 7 else []
        later = [known[k] for k in range(i + 1, len(found)) if k in stated]
        if earlier:
            back = table.since.search(words.folded, max(0, start - _SINCE_REACH), start)
            last, ahead = (alike or earlier)[-1], i > 0 and _until(found, i - 1, words, table)
            known[i] = f"{int(last[:4]) if back else _after(iso, last, ahead)}{iso[1:]}"
        elif later:
            known[i] = f"{later[0][:4]}{iso[1:]}"
    return tuple(
        When(known[i], DateBasis.STATED if i in stated else DateBasis.INHERITED, words.span_of(start, end))
        for i, (start, end, _) in enumerate(found)
        if i in known
    )
