"""What else does the text give for a diagnosis: the microscope, images, the laboratory, the answer to a treatment?

Sparing: only in the sentence that first names the diagnosis, where words tie the two (``l'IRM évoquait un méningiome``,
``diagnostic retenu devant une thrombopénie isolée``) or the test heads it (``Biopsie : carcinome``). What excludes a
diagnosis is given for its exclusion (``CD5 négatif, écartant un carcinome thymique``).

The 22 invented texts of ``tests/test_grounds.py`` in three languages have what they give and the 10 others nothing.
Not measured on gold facts, which have no evidence but stains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.model import (
    Assertion,
    AssertionType,
    Certainty,
    Concept,
    EvidenceBasis,
    EvidenceClass,
    Experiencer,
    Polarity,
    Span,
    Support,
    Temporality,
)
from kg.reading.conclusions import words_of
from kg.reading.observed import Observed
from kg.reading.resultwords import result_tables
from kg.reading.text import fold

TIE_REACH, OBSERVED_REACH = 90, 220
"""A word that ties stands at most so many characters before the diagnosis; what it ties, before that word."""
AIM_REACH = 14
"""Words that only say what a test is done for stand at most so many characters before the word that ties."""
GROUND_REACH = 60
"""Words for what a diagnosis rests on stand at most so many characters after it."""
_ELSEWHERE = frozenset({"PastHistory", "FamilyHistory", "Discussion", "Introduction"})
_PROCEDURES = {
    "imaging": EvidenceClass.IMAGING,
    "biopsy": EvidenceClass.MORPHOLOGY,
    "pathology": EvidenceClass.MORPHOLOGY,
    "laboratory": EvidenceClass.LABORATORY,
}
_ANSWERS = frozenset({"response", "course"})
_STAINING = frozenset({"immunohistochemistry", "flow-cytometry", "immunofluorescence"})
_EXCLUDED = "certainty=Excluded"
"""The rule of the cues that exclude."""
_NO_HISTOLOGY = "8000"
_HEADED = re.compile(r"[^.;,\n]{0,60}:\s*(?:\w{1,4}\s+|[ld]')?$")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A place where the text tells an observation, in the original text, and its sort."""

    place: Span
    told: Assertion
    sort: EvidenceClass


def find_grounds(observed: Observed, diagnoses: list[Assertion], told: list[Assertion]) -> list[Support]:
    """What else than stains and genes supports the diagnoses, and all that excludes them; each pair once."""
    names: dict[int, list[Span]] = {}
    for a in diagnoses:
        for m in a.mentions:
            names.setdefault(observed.outline.sentence_at(m.span.start), []).append(m.span)
    wanted = {observed.outline.sentence_at(a.mentions[0].span.start) for a in diagnoses if _is_told_here(a)}
    seen: dict[int, list[_Seen]] = {}
    for sentence, one in _observations(observed, told, wanted):
        seen.setdefault(sentence, []).append(one)
    found: dict[tuple[str, str], Support] = {}
    for a in filter(_is_told_here, diagnoses):
        place = a.mentions[0].span
        sentence = observed.outline.sentence_at(place.start)
        for support in _of(observed, a, place, names[sentence], seen.get(sentence, [])):
            found.setdefault((support.diagnosis, support.result), support)
    return list(found.values())


def _is_told_here(a: Assertion) -> bool:
    """Whether a diagnosis is the patient's, of the present story, and asserted, or excluded in so many words."""
    context = a.context
    denied = context.polarity is Polarity.NEGATED and context.certainty is not Certainty.EXCLUDED
    present = context.experiencer is Experiencer.PATIENT and context.temporality is Temporality.CURRENT
    return present and not denied and a.section not in _ELSEWHERE


def _sort_of(a: Assertion, sentence: int, observed: Observed) -> EvidenceClass | None:
    """What sort of observation is told in a sentence; None for what is none, such as a symptom or an operation."""
    concept = a.concept
    if concept is None:
        return None
    if a.type is AssertionType.MARKER_RESULT:
        return EvidenceClass.STAINS
    if a.type is AssertionType.MOLECULAR_RESULT:
        return EvidenceClass.GENES
    if a.type is AssertionType.RESPONSE and concept.type in _ANSWERS:
        return EvidenceClass.RESPONSE
    if a.type is AssertionType.PROCEDURE:
        if concept.key in _STAINING:
            return EvidenceClass.STAINS
        return EvidenceClass.GENES if ("tests", "genes") in concept.note else _PROCEDURES.get(concept.type)
    if a.type is AssertionType.FINDING and concept.type in ("imaging", "generic"):
        return _look_of(concept, sentence, observed)
    return EvidenceClass.LABORATORY if a.type is AssertionType.FINDING and concept.type == "laboratory" else None


def _look_of(concept: Concept, sentence: int, observed: Observed) -> EvidenceClass | None:
    """Whether the microscope or an image showed a finding; a mass may be neither, as what a biopsy was taken from."""
    mass = concept.type == "generic" and concept.morphology[:4] in ("", _NO_HISTOLOGY)
    said = observed.said(sentence)
    microscope = observed.section(sentence).name == "Pathology" or words_of(observed.language, "histology").search(said)
    if concept.type == "generic" and not mass:
        return EvidenceClass.MORPHOLOGY
    if microscope:
        return None if mass else EvidenceClass.MORPHOLOGY
    seen = not mass or words_of(observed.language, "imaging").search(said)
    return EvidenceClass.IMAGING if seen else None


def _observations(observed: Observed, told: Iterable[Assertion], wanted: set[int]) -> Iterator[tuple[int, _Seen]]:
    """What the patient's tests showed in the wanted sentences."""
    for a in told:
        context = a.context
        here = context.polarity is Polarity.AFFIRMED and context.experiencer is Experiencer.PATIENT
        for m in a.mentions if here and context.temporality is not Temporality.PLANNED else ():
            sentence = observed.outline.sentence_at(m.span.start)
            if sentence in wanted and (sort := _sort_of(a, sentence, observed)):
                yield sentence, _Seen(m.span, a, sort)


def _of(observed: Observed, a: Assertion, place: Span, names: list[Span], seen: list[_Seen]) -> Iterator[Support]:
    """What a sentence gives for a diagnosis named at ``place``, and for none of the others that it names."""
    text = observed.document.text
    if a.context.certainty is Certainty.EXCLUDED:
        cue = next((c.span for c in a.context.cues if c.rule == _EXCLUDED and c.span), None)
        if cue and not _is_aim(fold(text[max(0, cue.start - AIM_REACH) : cue.start]), observed):
            tests = (one for one in seen if one.told.type is not AssertionType.FINDING)
            against = (one for one in tests if one.place.end <= cue.start < place.start)
            yield from (_support(a, one, EvidenceBasis.STATED) for one in against)
        return
    low = max((s.end for s in names if s.end <= place.start and not _is_joined(text, s, place)), default=0)
    high = min((s.start for s in names if s.start >= place.end), default=len(text))
    for one in seen:
        if one.told.result:
            continue
        if low <= one.place.start and one.place.end <= place.start:
            between = fold(text[one.place.end : place.start])
            if _is_tied(between, observed):
                yield _support(a, one, EvidenceBasis.STATED)
            elif one.told.type is AssertionType.PROCEDURE and _HEADED.fullmatch(between):
                yield _support(a, one, EvidenceBasis.ADJACENT)
        elif place.end <= one.place.start and one.place.end <= high:
            ground = words_of(observed.language, "ground").search(fold(text[place.end : one.place.start]))
            if ground and ground.start() <= GROUND_REACH:
                yield _support(a, one, EvidenceBasis.STATED)


def _is_joined(text: str, one: Span, other: Span) -> bool:
    """Whether two names stand side by side: ``un méningiome ou une métastase``."""
    return other.start - one.end <= 12 and not set(text[one.end : other.start]) & set(".;:(")


def _is_tied(between: str, observed: Observed) -> bool:
    """Whether words tie an observation to the diagnosis after it, and don't only say what the test was for."""
    last = next(reversed(list(words_of(observed.language, "tie").finditer(between))), None)
    if last is None or ";" in between or len(between) - last.end() > TIE_REACH:
        return False
    if not result_tables(observed.language).breaks.isdisjoint(re.findall(r"\w+", between[: last.start()])):
        return False  # "des analyses normales, mais l'endoscopie a montré": what stands before is of something else
    before = between[max(0, last.start() - AIM_REACH) : last.start()]
    return last.start() <= OBSERVED_REACH and not _is_aim(before, observed)


def _is_aim(before: str, observed: Observed) -> bool:
    return words_of(observed.language, "aim").search(before) is not None


def _support(a: Assertion, one: _Seen, basis: EvidenceBasis) -> Support:
    return Support(a.id, one.told.id, basis, one.sort)
