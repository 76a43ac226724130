"""Which diagnosis does a marker result belong to? The one of its sentence, of the conclusion after it, or before it.

Evidence F1 0.914 (gold facts dev, 16 French cases, 2026-11-22); 0.952 on 20 further French texts that were annotated
blind and looked at since.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from kg.model import Assertion
from kg.reading.conclusions import words_of
from kg.reading.entities import is_tumour
from kg.reading.observed import Observed
from kg.reading.text import fold

EVIDENCE_REACH = 3
"""A diagnosis that follows marker results stands at most so many sentences after them, in one section."""
REPORT_REACH = 8
"""A report names the tumour, describes it, and gives its markers at most so many sentences later, in one section."""
CONCLUSION_REACH = 2
"""A conclusion that names several diagnoses for one result comes at most so many sentences after it."""
PANEL_GAP = 3
"""Results of one panel stand at most so many sentences apart."""


def find_evidence(observed: Observed, diagnoses: list[Assertion], results: list[Assertion]) -> list[tuple[str, str]]:
    """Pairs of ids: diagnosis and marker result, in the order of the results."""
    found = [(diagnosis, result.id) for result in results for diagnosis in _supported(observed, result, diagnoses)]
    known = {diagnosis for diagnosis, _ in found}
    referring = [(a.id, result) for a in diagnoses if a.id not in known for result in _referred(observed, a, results)]
    return [*found, *referring]


def _supported(observed: Observed, result: Assertion, diagnoses: list[Assertion]) -> list[str]:
    """Ids of the diagnoses that a marker result belongs to."""
    place = result.mentions[0].span.start
    index = observed.outline.sentence_at(place)
    near = _near(observed, index, diagnoses)
    if 0 in near:
        return _of_sentence(observed, near[0], place)
    for step in range(1, CONCLUSION_REACH + 1):
        if step in near and words_of(observed.language, "link").search(observed.said(index + step)):
            return [diagnosis for _, diagnosis in near[step]]
    steps = [*range(-1, -REPORT_REACH - 1, -1), *range(1, EVIDENCE_REACH + 1)]
    return next(([_closest(near[step], place)] for step in steps if step in near), [])


def _near(observed: Observed, index: int, diagnoses: list[Assertion]) -> dict[int, list[tuple[int, str]]]:
    """Places and ids of the diagnoses around a sentence, in its section, by their distance in sentences.

    Of one sentence's, tumours alone where there are any: a marker is not asked for the infection named beside them.
    """
    outline = observed.outline
    near: dict[int, list[tuple[int, Assertion]]] = defaultdict(list)
    for a in diagnoses:
        for mention in a.mentions:
            at = outline.sentence_at(mention.span.start)
            if outline.owners[at] == outline.owners[index] and -REPORT_REACH <= at - index <= EVIDENCE_REACH:
                near[at - index].append((mention.span.start, a))
    return {step: _tumours_first(found) for step, found in near.items()}


def _tumours_first(found: list[tuple[int, Assertion]]) -> list[tuple[int, str]]:
    tumours = [(place, a) for place, a in found if is_tumour(a)]
    return [(place, a.id) for place, a in tumours or found]


def _of_sentence(observed: Observed, found: list[tuple[int, str]], place: int) -> list[str]:
    """The diagnosis of a marker's own sentence: the nearest, and what the sentence then concludes (``suggérant``)."""
    nearest = _closest(found, place)
    before = [f for f in found if f[0] < place]
    after = [f for f in found if f[0] > place]
    if not before or not after:
        return [nearest]
    text = observed.document.text[place : min(after)[0]]
    concluded = (
        [diagnosis for _, diagnosis in sorted(after)] if words_of(observed.language, "link").search(fold(text)) else []
    )
    return list(dict.fromkeys([_closest(before, place), *concluded])) if concluded else [nearest]


def _referred(observed: Observed, a: Assertion, results: list[Assertion]) -> list[str]:
    """Ids of the last panel before a diagnosis that refers to it (``avec un immunophénotype compatible avec``)."""
    outline = observed.outline
    sentence = outline.sentence_at(a.mentions[0].span.start)
    if not is_tumour(a) or not words_of(observed.language, "refer").search(observed.said(sentence)):
        return []
    told = sorted((outline.sentence_at(m.span.start), r.id) for r in results for m in r.mentions)
    panel: list[str] = []
    last = 0
    for at, result in reversed(told[: bisect_left(told, (sentence, ""))]):
        if panel and last - at > PANEL_GAP:
            break
        panel.append(result)
        last = at
    return panel[::-1]


def _closest(found: list[tuple[int, str]], place: int) -> str:
    return min(found, key=lambda f: abs(f[0] - place))[1]
