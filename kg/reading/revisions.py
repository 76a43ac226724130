"""Which diagnosis revised which, and how?

A later one replaces an earlier one as a *refinement* when its concept lies below the earlier one in the hierarchy
(sarcoma → leiomyosarcoma), as a *transformation* when the text says so, otherwise as a *reclassification*, which needs
a reason: the earlier one was hedged, or the text decides (``diagnostic définitif``, ``relecture``), it called the
earlier one the first (``initialement``), or both come from pathology of the same disease. A more general word for the
same thing (``léiomyosarcome`` after ``léiomyosarcome pléomorphe``) is no new diagnosis.

Revisions F1 0.811, their kind right 1.000 (gold facts dev, 16 French cases, 2026-11-22); F1 0.581 on 20 further French
texts that were annotated blind and looked at since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.model import Assertion, Certainty, RevisionKind, Span
from kg.reading.conclusions import words_of
from kg.reading.entities import entity_of, is_generic, is_shorter_name, is_tumour, places_of, shares_site
from kg.reading.observed import Observed
from kg.terms.lexicon import Lexicon

SEEN_REACH = 4
"""A disease that imaging suggested is revised by pathology at most so many sentences later, or at the same site."""
_ROLES = ("decisive", "pathology", "imaging", "transformation", "histology", "initial")
_HEDGED = (Certainty.PROBABLE, Certainty.POSSIBLE)
_RANK = {Certainty.CONFIRMED: 2, Certainty.PROBABLE: 1, Certainty.POSSIBLE: 0, Certainty.EXCLUDED: 0}
_LATE = frozenset({"Diagnosis", "Conclusion"})
_VAGUE = frozenset({"8000/1", "8000/3", "8010/3"})
"""Codes of names that say no more than cancer or carcinoma: they revise nothing."""
_WIDE = {
    "800": "neoplasm",
    "801": "carcinoma",
    "802": "carcinoma",
    "803": "carcinoma",
    "880": "sarcoma",
    "959": "lymphoma",
}
"""Classes that names tell by how cells look (ICD-O groups): ``tumeur indifférenciée``, ``sarcome fusiforme``."""
_BROAD = frozenset({"neoplasm", "malignant-neoplasm", "benign-neoplasm", "lesion", "disease", "carcinoma"})
"""Concepts too broad to make two diagnoses kin."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the text says around a diagnosis: words that decide, pathology (or marker results), imaging, change,
    and that this was the first diagnosis.
    """

    decisive: bool
    pathology: bool
    imaging: bool
    transformation: bool
    histology: bool
    initial: bool
    sentence: int


def _said(a: Assertion, observed: Observed, tested: bool) -> _Said:
    sentence = observed.outline.sentence_at(a.mentions[0].span.start)
    text = observed.said(sentence)
    found = {role: bool(words_of(observed.language, role).search(text)) for role in _ROLES}
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
            if hedged and _is_told_later(earlier, later, diagnoses[n + 1 :]):
                continue
            kind = _kind(earlier, later, hedged, (said[m], now), observed)
            if kind:
                gone.append(m)
                found.append((m, n, kind))
        if gone and now.decisive:
            decided.add(now.sentence)
        above = observed.lexicon.ancestors(entity_of(later))
        broader = (m for m in active if said[m].sentence == now.sentence and entity_of(diagnoses[m]) in above)
        replaced = {entity_of(diagnoses[m]) for m in (*gone, *broader)}
        active = [m for m in active if entity_of(diagnoses[m]) not in replaced]
        if gone or not any(_says_again(later, diagnoses[m], observed) for m in active):
            active.append(n)
        if later.context.certainty is Certainty.CONFIRMED:
            confirmed.add(entity_of(later))
    return _of_one_kind(found)


def _of_one_kind(found: list[tuple[int, int, RevisionKind]]) -> list[tuple[int, int, RevisionKind]]:
    """What each later diagnosis revises in the way of the nearest one, in the order of the text."""
    nearest: dict[int, RevisionKind] = {}
    return [f for f in sorted(found, key=lambda f: (f[1], -f[0])) if nearest.setdefault(f[1], f[2]) is f[2]]


def _is_told_later(earlier: Assertion, later: Assertion, rest: list[Assertion]) -> bool:
    """Whether a diagnosis that was only suspected is firm after the one that would revise it: both hold."""
    if is_tumour(earlier) != is_tumour(later):
        return False
    return any(entity_of(a) == entity_of(earlier) and a.context.certainty is Certainty.CONFIRMED for a in rest)


def _says_again(later: Assertion, earlier: Assertion, observed: Observed) -> bool:
    """Whether a broader word (``tumeur mammaire``) stands for the firm diagnosis before it."""
    firm = earlier.context.certainty is Certainty.CONFIRMED and is_tumour(earlier)
    broader = entity_of(later) in observed.lexicon.ancestors(entity_of(earlier))
    return firm and (broader or _is_vague(later)) and shares_site(earlier, later, observed)


def _is_together(earlier: Assertion, said: _Said, first: _Said, now: _Said) -> bool:
    """Whether a diagnosis goes with another that was just revised: hedged beside it, or firm where words decide."""
    if earlier.context.certainty in _HEDGED:
        return 0 <= first.sentence - said.sentence <= 2
    return now.decisive


def _kind(
    earlier: Assertion, later: Assertion, hedged: bool, said: tuple[_Said, _Said], observed: Observed
) -> RevisionKind | None:
    """How ``later`` replaces ``earlier`` (``hedged``: never confirmed before), or None where nothing says it does."""
    lexicon, (before, now) = observed.lexicon, said
    a, b = entity_of(earlier), entity_of(later)
    same_code = bool(earlier.morphology) and earlier.morphology == later.morphology
    if a == b or is_shorter_name(later, earlier, lexicon) or _is_apposed(earlier, later, said):
        return None
    if _is_background(earlier) or (_is_part(b, a, lexicon) and not _is_transformed(later)):
        return None
    here = shares_site(earlier, later, observed)
    if _covers(earlier, later, lexicon):
        if not here:
            return RevisionKind.RECLASSIFICATION if is_generic(earlier) and hedged and now.pathology else None
        return RevisionKind.REFINEMENT if is_tumour(earlier) == is_tumour(later) or is_generic(earlier) else None
    new_time = bool(earlier.when and later.when and later.when.iso > earlier.when.iso)
    if same_code or (b in lexicon.ancestors(a) and not (new_time or now.decisive)):
        return None
    if _is_vague(later) or not here:
        return None
    firmer = hedged and _RANK[later.context.certainty] >= _RANK[earlier.context.certainty]
    if not (is_tumour(earlier) and is_tumour(later)):
        return RevisionKind.RECLASSIFICATION if firmer and _is_seen_first(earlier, later, said, observed) else None
    if now.transformation or _is_transformed(later):
        return RevisionKind.TRANSFORMATION
    kin = bool(_family(a, lexicon) & _family(b, lexicon))
    settled = new_time or later.section in _LATE or before.initial
    reason = now.decisive or (firmer and now.pathology) or (now.pathology and kin and settled)
    return RevisionKind.RECLASSIFICATION if reason else None


def _is_vague(a: Assertion) -> bool:
    """Whether a name says no more than a tumour, a carcinoma, or a cancer of an organ."""
    return a.morphology in _VAGUE or (a.concept is not None and a.concept.type in ("generic", "site-cancer"))


def _is_background(a: Assertion) -> bool:
    """Whether a disease is what others arise in (``neurofibromatose``): it holds on beside them."""
    return a.concept is not None and (a.concept.type == "syndrome" or ("background", "yes") in a.concept.note)


def _is_transformed(a: Assertion) -> bool:
    """Whether its very name says that it came of another one by transformation."""
    return a.concept is not None and ("course", "transformation") in a.concept.note


def _is_part(key: str, whole: str, lexicon: Lexicon) -> bool:
    """Whether an entity is a part of a mixed tumour that was diagnosed before: what is left of it is no new one."""
    family = {key, *lexicon.ancestors(key)}
    return any(mixed == whole and not family.isdisjoint(parts) for mixed, parts in lexicon.composites)


def _covers(earlier: Assertion, later: Assertion, lexicon: Lexicon) -> bool:
    """Whether the later concept lies below the earlier, or below the class that the earlier says no more than."""
    above = lexicon.ancestors(entity_of(later))
    if entity_of(earlier) in above:
        return True
    wide = _WIDE.get(earlier.morphology[:3], "neoplasm" if is_generic(earlier) else "")
    return wide in above and wide != _WIDE.get(later.morphology[:3])


def _is_seen_first(earlier: Assertion, later: Assertion, said: tuple[_Said, _Said], observed: Observed) -> bool:
    """Whether imaging suggested the earlier one, or a tumour, and histology near it or at its site found the later."""
    before, now = said
    if not now.histology or not (before.imaging or is_tumour(earlier)):
        return False
    apart = now.sentence - before.sentence
    own = {site.topography[:3] for site in later.sites if site.topography}
    if places_of(earlier, observed) & (own if is_tumour(later) else places_of(later, observed)):
        return True
    return apart <= (1 if is_tumour(later) and not is_tumour(earlier) else SEEN_REACH)


def _is_apposed(earlier: Assertion, later: Assertion, said: tuple[_Said, _Said]) -> bool:
    """Two names in one sentence under the same words of certainty: ``tumeur germinale : séminome`` is one statement.

    Not where the sentence calls one of them the first diagnosis: ``initialement un X, révisé en Y``.
    """
    if said[1].initial or said[0].sentence != said[1].sentence:
        return False
    return _certainty_cue(earlier) == _certainty_cue(later)


def _certainty_cue(a: Assertion) -> Span | None:
    return next((cue.span for cue in a.context.cues if cue.rule.startswith("certainty")), None)


def _family(key: str, lexicon: Lexicon) -> set[str]:
    return {key, *lexicon.ancestors(key)} - _BROAD
