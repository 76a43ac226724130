"""Are names found where gold has them? Spans exactly, overlapping, with their codes, and the sets of a case.

``exact``: the same first and last character. ``overlap``: a found span shares a character with a gold one (precision
counts found spans, recall gold ones). ``exact and code``: the code too; ``specific``: the same among codes that say
something. A document in which a measure has no gold is left out of it, as corpora annotate a measure or don't.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from kg.evaluation.found import Found, Spot
from kg.evaluation.gold import Annotation, GoldDocument
from kg.evaluation.kinds import Measure
from kg.evaluation.scores import Counts, Row, matched
from kg.model import Span
from kg.reading.asked import values_alone

UNSURE = "tocheck"
"""What FRACCO writes where its annotators had no code."""
_STATED = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}(?=$|-[_X])")

Coded = Mapping[Span, str]
"""Places with their codes, ``""`` for none."""


def gold_of(document: GoldDocument, measure: Measure) -> dict[Span, Annotation]:
    """The annotations of a measure by their places; of several at one place the last counts."""
    return {a.span: a for a in document.annotations if a.label in measure.labels}


def found_of(found: Found, measure: Measure) -> dict[Span, Spot]:
    """The mentions of a measure by their places."""
    if measure.coded:
        return {s.span: s for s in found.spots if code_of(s, measure)}
    return {s.span: s for s in found.spots if s.kind in measure.found}


def code_of(spot: Spot, measure: Measure) -> str:
    """The code of a mention that a measure compares."""
    return {"morphology": spot.morphology, "topography": spot.topography}.get(measure.coded, "")


def plain_code(code: str) -> str:
    """A gold code without what CANTEMIST adds to those that the classification lacks.

    >>> plain_code("8000/6/H")
    '8000/6'
    """
    return code.partition("/H")[0]


def score_spans(document: GoldDocument, found: Found, measures: Iterable[Measure],
                sections: Mapping[Span, str] | None = None) -> dict[Row, Counts]:  # fmt: skip
    """The counts of one document; with the ``sections`` of gold spans, by section too."""
    tally: dict[Row, Counts] = {}
    for measure in measures:
        wanted = gold_of(document, measure)
        if not wanted:
            continue
        if measure.a_set:
            tally |= _score_set(document, wanted.values(), found, measure)
            continue
        gold = {span: plain_code(a.code) for span, a in wanted.items()}
        spots = found_of(found, measure)
        got = {span: code_of(spot, measure) for span, spot in spots.items()}
        tally |= _score_places(gold, got, measure)
        if sections is not None:
            for name in sorted({*(sections[span] for span in gold), *(s.section for s in spots.values())}):
                inside = {span: code for span, code in gold.items() if sections[span] == name}
                there = {span: code for span, code in got.items() if spots[span].section == name}
                tally |= _score_places(inside, there, measure, name)
    return tally


def _score_places(gold: Coded, got: Coded, measure: Measure, section: str = "") -> dict[Row, Counts]:
    name = measure.name
    tally = {
        Row(name, "exact", section): matched(len(gold.keys() & got.keys()), len(got), len(gold)),
        Row(name, "overlap", section): overlapping(gold, got),
    }
    if measure.coded:
        right = sum(got.get(span) == code for span, code in gold.items())
        tally[Row(name, "exact and code", section)] = matched(right, len(got), len(gold))
    if measure.general:
        wanted = {s: c for s, c in gold.items() if c != UNSURE and not c.startswith(measure.general)}
        said = {s: c for s, c in got.items() if not c.startswith(measure.general)}
        right = sum(said.get(span) == code for span, code in wanted.items())
        tally[Row(name, "specific", section)] = matched(right, len(said), len(wanted))
    return tally


def overlapping(gold: Iterable[Span], got: Iterable[Span]) -> Counts:
    """Spans that share a character with one of the other side."""
    wanted, there = sorted(gold), sorted(got)
    right, hit = (sum(_touches(span, others) for span in mine) for mine, others in ((there, wanted), (wanted, there)))
    return Counts(right, len(there), hit, len(wanted))


def _touches(span: Span, others: list[Span]) -> bool:
    """Whether one of the sorted ``others`` overlaps a span: only those that start before its end can."""
    return any(other.end > span.start for other in others[: bisect_left(others, Span(span.end, 0))])


def _score_set(
    document: GoldDocument, wanted: Iterable[Annotation], found: Found, measure: Measure
) -> dict[Row, Counts]:
    (name,) = measure.found
    gold = {value for a in wanted for value in _values(document, a, name)}
    got = found.values.get(name, frozenset())
    return {Row(measure.name, "case set"): matched(len(gold & got), len(got), len(gold))}


def _values(document: GoldDocument, annotation: Annotation, name: str) -> set[str]:
    """The values that an annotation stands for: of its code, its attribute, or its words as they read alone."""
    if name == "pairs":
        cells = (part.split() for part in annotation.code.split(";"))
        return {" ".join(cell) for cell in cells if len(cell) == 2}
    words = document.text[annotation.span.start : annotation.span.end]
    if name == "dates" and (date := stated(annotation.attribute("value") or words)):
        return {date}
    if annotation.attribute("value"):
        return set()
    return set(values_alone(words, document.language).get(name, ()))


def stated(value: str) -> str:
    """The part of a TIMEX3 value that is a date, ``""`` where it has no year.

    >>> stated("2013-09-__"), stated("XXXX-05"), stated("2014-03-12"), stated("2012")
    ('2013-09', '', '2014-03-12', '2012')
    """
    match = _STATED.match(value)
    return match[0] if match else ""
