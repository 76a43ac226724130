"""Which diagnosis revised which, and how?

A later one replaces an earlier one as a *refinement* when its concept lies below the earlier one in the hierarchy
(sarcoma → leiomyosarcoma), as a *transformation* when the text says so, otherwise as a *reclassification*, which needs
a reason: the earlier one was hedged, or the text decides (``diagnostic définitif``, ``relecture``), or both come from
pathology of the same disease. A more general word for the same thing (``léiomyosarcome`` after ``léiomyosarcome
pléomorphe``) is no new diagnosis.

Revisions F1 0.471, their kind right 1.000 (gold facts dev, 16 French cases, 2026-11-22); F1 0.533 on 20 further French
texts annotated blind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kg.model import Assertion, Certainty, RevisionKind, Span
from kg.reading.entities import entity_of, is_shorter_name, is_tumour, places_of, shares_site
from kg.reading.observed import Observed
from kg.reading.statements import diagnosis_forms
from kg.reading.tables import Language
from kg.reading.text import pattern_of
from kg.terms.lexicon import Lexicon

SEEN_REACH = 4
"""A disease that imaging suggested is revised by pathology at most so many sentences later, or at the same site."""
_HEDGED = (Certainty.PROBABLE, Certainty.POSSIBLE)
_RANK = {Certainty.CONFIRMED: 2, Certainty.PROBABLE: 1, Certainty.POSSIBLE: 0, Certainty.EXCLUDED: 0}
_LATE = frozenset({"Diagnosis", "Conclusion"})
_VAGUE = frozenset({"8000/1", "8000/3", "8010/3"})
"""Codes of names that say no more than cancer or carcinoma: they revise nothing."""
_BROAD = frozenset({"neoplasm", "malignant-neoplasm", "benign-neoplasm", "lesion", "disease", "carcinoma"})
"""Concepts too broad to make two diagnoses kin."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the text says around a diagnosis: words that decide, pathology (or marker results), imaging, change."""

    decisive: bool
    pathology: bool
    imaging: bool
    transformation: bool
    histology: bool
    sentence: int


@cache
def _patterns(language: Language) -> dict[str, re.Pattern[str]]:
    roles = ("decisive", "pathology", "imaging", "transformation", "histology")
    return {role: re.compile(pattern_of(diagnosis_forms(language)[role,])) for role in roles}


def _said(a: Assertion, observed: Observed, tested: bool) -> _Said:
    sentence = observed.outline.sentence_at(a.mentions[0].span.start)
    text = observed.said(sentence)
    found = {role: bool(pattern.search(text)) for role, pattern in _patterns(observed.language).items()}
    found["pathology"] = found["pathology"] or a.section in _LATE or tested
    found["histology"] = found["histology"] or tested
    return _Said(**found, sentence=sentence)


def find_revisions(
    diagnoses: list[Assertion], observed: Observed, tested: frozenset[str]
) -> list[tuple[int, int, RevisionKind]]:
    """Pairs of indexes (earlier, later): each diagnosis revises the nearest earlier one that it can.

    ``tested`` are ids of diagnoses with marker results. Hedged alternatives of neighbouring sentences (``un méningiome
    ou un hémangiopéricytome``) are revised together; a name in apposition (``tumeur germinale : séminome``) takes the
    place of the broader one.
    """
    said = [_said(a, observed, a.id in tested) for a in diagnoses]
    confirmed: set[str] = set()
    decided: set[int] = set()
    found: list[tuple[int, int, RevisionKind]] = []
    active: list[int] = []
    for n, later in enumerate(diagnoses):
        now = said[n] if said[n].sentence not in decided else replace(said[n], decisive=False)
        gone: list[int] = []
        for m in reversed(active):
            earlier = diagnoses[m]
            if gone and not _is_together(earlier, said[m], said[gone[0]], now):
                continue
            hedged = earlier.context.certainty in _HEDGED and entity_of(earlier) not in confirmed
            kind = _kind(earlier, later, hedged, (said[m], now), observed)
            if kind:
                gone.append(m)
                found.append((m, n, kind))
        if gone and now.decisive:
            decided.add(now.sentence)
        above = observed.lexicon.ancestors(entity_of(later))
        broader = (m for m in active if said[m].sentence == now.sentence and entity_of(diagnoses[m]) in above)
        replaced = {entity_of(diagnoses[m]) for m in (*gone, *broader)}
        active = [*(m for m in active if entity_of(diagnoses[m]) not in replaced), n]
        if later.context.certainty is Certainty.CONFIRMED:
            confirmed.add(entity_of(later))
    return found


def _is_together(earlier: Assertion, said: _Said, first: _Said, now: _Said) -> bool:
    """Whether a diagnosis goes with another that was just revised: hedged beside it, or firm where words decide."""
    if earlier.context.certainty in _HEDGED:
        return 0 <= first.sentence - said.sentence <= 2
    return now.decisive


def _kind(
    earlier: Assertion, later: Assertion, hedged: bool, said: tuple[_Said, _Said], observed: Observed
) -> RevisionKind | None:
    """How ``later`` replaces ``earlier`` (``hedged``: never confirmed before), or None where nothing says it does."""
    lexicon, now = observed.lexicon, said[1]
    a, b = entity_of(earlier), entity_of(later)
    same_code = bool(earlier.morphology) and earlier.morphology == later.morphology
    if a == b or same_code or is_shorter_name(later, earlier, lexicon) or _is_apposed(earlier, later, said):
        return None
    both = is_tumour(earlier) and is_tumour(later)
    if a in lexicon.ancestors(b):
        return RevisionKind.REFINEMENT if is_tumour(earlier) == is_tumour(later) else None
    new_time = bool(earlier.when and later.when and later.when.iso > earlier.when.iso)
    if b in lexicon.ancestors(a) and not (new_time or now.decisive):
        return None
    vague = later.morphology in _VAGUE or (later.concept is not None and later.concept.type == "site-cancer")
    if vague or not shares_site(earlier, later, observed):
        return None
    firmer = hedged and _RANK[later.context.certainty] >= _RANK[earlier.context.certainty]
    if not both:
        return RevisionKind.RECLASSIFICATION if firmer and _is_seen_first(earlier, later, said, observed) else None
    if now.transformation:
        return RevisionKind.TRANSFORMATION
    kin = bool(_family(a, lexicon) & _family(b, lexicon))
    reason = now.decisive or (firmer and now.pathology) or (now.pathology and kin and new_time)
    return RevisionKind.RECLASSIFICATION if reason else None


def _is_seen_first(earlier: Assertion, later: Assertion, said: tuple[_Said, _Said], observed: Observed) -> bool:
    """Whether imaging suggested the earlier one and histology, near it or at its site, found the later."""
    before, now = said
    if not (before.imaging and now.histology):
        return False
    near = now.sentence - before.sentence <= SEEN_REACH
    return near or bool(places_of(earlier, observed) & places_of(later, observed))


def _is_apposed(earlier: Assertion, later: Assertion, said: tuple[_Said, _Said]) -> bool:
    """Two names in one sentence under the same words of certainty: ``tumeur germinale : séminome`` is one statement."""
    return said[0].sentence == said[1].sentence and _certainty_cue(earlier) == _certainty_cue(later)


def _certainty_cue(a: Assertion) -> Span | None:
    return next((cue.span for cue in a.context.cues if cue.rule.startswith("certainty")), None)


def _family(key: str, lexicon: Lexicon) -> set[str]:
    return {key, *lexicon.ancestors(key)} - _BROAD
