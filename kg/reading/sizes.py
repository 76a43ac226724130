"""How large is what? Lengths and the tumour, finding or procedure that they measure.

Sizes F1 0.942 (gold facts dev, 16 French cases, 2026-11-22); 0.960 on 20 further French texts annotated blind;
1.000 on the 27 invented cases of ``tests/cases`` (scored blind 0.992).
"""

from __future__ import annotations

import re
from functools import cache

from kg.identity import local_id
from kg.model import Assertion, Kind, Measure, Measurement, Span
from kg.reading.observed import Observed
from kg.reading.quantities import number_words
from kg.reading.tables import Language
from kg.reading.text import alternatives, fold

BODY = 60
"""A single length of so many centimetres or more is a body height or a distance, not a lesion's size."""
RIGHT_AFTER = 25
"""A thing that starts at most so many characters after a size may be what it measures (``6 cm de masse``)."""
BLOOD_REACH, SHORT_NAME = 40, 3
"""Characters before a length in which the sedimentation rate is named; a name of so few letters is an acronym."""
_MEASURED = (Kind.DISEASE, Kind.FINDING, Kind.PROCEDURE)


def read_sizes(observed: Observed, assertions: list[Assertion]) -> list[Measurement]:
    """All sizes in order, each with the id of the assertion that it measures, or ``""``."""
    owners = {m.span: a.id for a in assertions for m in a.mentions}
    return [_measurement(observed, measure, owners) for measure in observed.measures if _is_size(observed, measure)]


def _measurement(observed: Observed, measure: Measure, owners: dict[Span, str]) -> Measurement:
    span = measure.span
    passage = observed.outline.sentences[observed.outline.sentence_at(span.start)]
    owner = _owner(observed, span, owners)
    return Measurement(local_id("measurement", measure.form, span), measure, owner, passage, observed.when(span))


def _owner(observed: Observed, size: Span, owners: dict[Span, str]) -> str:
    """What a size is the size of: a tumour before it in its sentence, else a finding or procedure, else right after."""
    items = observed.by_sentence.get(observed.outline.sentence_at(size.start), ())
    known = [item for item in items if item.kind in _MEASURED and item.span in owners]
    before = [item for item in known if item.span.end <= size.start]
    after = [item for item in known if 0 <= item.span.start - size.end <= RIGHT_AFTER]
    ranked = [*sorted(before, key=lambda i: (_MEASURED.index(i.kind), -i.span.end)), *after]
    return owners[ranked[0].span] if ranked else ""


def _is_size(observed: Observed, measure: Measure) -> bool:
    """Whether a measure is the size of something: no body height, distance or pressure."""
    if measure.dimension != "length":
        return False
    text, span = observed.words.text, measure.span
    after = fold(text[span.end : span.end + 6])
    if len(measure.values) == 1:
        if measure.values[0] >= BODY * (10 if measure.unit == "mm" else 1):
            return False
        away, start = _distance(observed.language)
        before = fold(text[max(0, span.start - 4) : span.start])
        if _is_sedimentation(text[max(0, span.start - BLOOD_REACH) : span.start]):
            return False
        if measure.form == "product" and away.search(before) and start.match(after):
            return False
    return not _pressure().match(after)


def _is_sedimentation(before: str) -> bool:
    """Whether the words right before a length make it the sedimentation rate; *vs* in small letters is *versus*."""
    match = _sedimentation().search(fold(before))
    return match is not None and (len(match[1]) > SHORT_NAME or before[slice(*match.span(1))].isupper())


@cache
def _sedimentation() -> re.Pattern[str]:
    return re.compile(rf"\b({alternatives(number_words()['sedimentation'])})\s*(?:\w{{1,3}}\s+)?[:=(]?\s*$")


@cache
def _pressure() -> re.Pattern[str]:
    """What follows a length that is a column of water or mercury."""
    return re.compile(rf"\s*(?:{alternatives(number_words()['pressure'])})")


@cache
def _distance(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before and after a length that is a distance: ``à 35 cm de l'arcade dentaire``."""
    away, start = alternatives(language.away), alternatives(language.away_from)
    return re.compile(rf"(?:^|\s)(?:{away})\s+$"), re.compile(rf"\s+(?:{start})")
