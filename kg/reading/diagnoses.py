"""Which diagnosis revised which, how, and on what evidence?

The chain holds the patient's own, present diagnoses in the order in which the text comes to them. A later one replaces
an earlier one as a *refinement* when its concept lies below the earlier one in the hierarchy (sarcoma → leiomyosarcoma),
as a *transformation* when the text says so, otherwise as a *reclassification*, which needs a reason: the earlier one was
hedged, or the text decides (``diagnostic définitif``, ``relecture``), or both come from pathology of the same disease.
A more general word for the same thing (``léiomyosarcome`` after ``léiomyosarcome pléomorphe``) is no new diagnosis.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache

from kg.model import (
    Assertion,
    AssertionType,
    Certainty,
    Experiencer,
    Kind,
    Lifecycle,
    Polarity,
    Revision,
    RevisionKind,
    Span,
    Temporality,
)
from kg.reading.observed import Observed
from kg.reading.statements import in_order, merge
from kg.reading.tables import Language, forms
from kg.reading.text import pattern_of
from kg.terms.lexicon import Lexicon

_HEDGED = (Certainty.PROBABLE, Certainty.POSSIBLE)
_RANK = {Certainty.CONFIRMED: 2, Certainty.PROBABLE: 1, Certainty.POSSIBLE: 0, Certainty.EXCLUDED: 0}
_LATE = frozenset({"Diagnosis", "Conclusion"})
EVIDENCE_REACH = 3
"""Marker results and the diagnosis that they support stand at most so many sentences apart."""


@cache
def _patterns(language: Language) -> dict[str, re.Pattern[str]]:
    rows: dict[str, list[str]] = defaultdict(list)
    for (role, cell), _ in language.table("diagnosis", 2):
        rows[role] += forms(cell)
    return {role: re.compile(pattern_of(cells)) for role, cells in rows.items()}


@dataclass(frozen=True, slots=True)
class Chain:
    """Diagnoses with their lifecycle, the revisions between them, and the marker results that support them."""

    diagnoses: tuple[Assertion, ...]
    revisions: tuple[Revision, ...]
    evidence: tuple[tuple[str, str], ...]


def _key(a: Assertion) -> str:
    """The entity of a diagnosis: its concept, or the one that the lexicon calls the same (``same=`` in the note)."""
    if a.concept is None:
        return a.mentions[0].key
    return dict(a.concept.note).get("same", a.concept.key)


def _specific(a: Assertion, lexicon: Lexicon) -> bool:
    """A tumour type or a named disease of the patient, asserted here and now."""
    context = a.context
    return (
        context.polarity is Polarity.AFFIRMED
        and context.experiencer is Experiencer.PATIENT
        and context.temporality is Temporality.CURRENT
        and a.section not in ("PastHistory", "FamilyHistory", "Discussion")
    )


def _tumour(a: Assertion) -> bool:
    return bool(a.morphology) or bool(a.concept and a.concept.type == "site-cancer")


def _places(a: Assertion, observed: Observed) -> set[str]:
    """Three-letter topographies of a diagnosis: of its own sites, else of its sentence; never of nodes or metastases."""
    own = {s.topography[:3] for s in a.sites if s.topography} - {"C77"}
    if own:
        return own
    found, spread = set(), False
    for item in observed.by_sentence.get(observed.outline.sentence_at(a.mentions[0].span.start), ()):
        if item.kind is Kind.DISEASE:
            spread = item.concept is not None and item.concept.type in ("metastasis", "spread")
        elif item.kind is Kind.ANATOMY and item.concept and item.concept.topography and not spread:
            found.add(item.concept.topography[:3])
    return found - {"C77"}


def _shares_site(a: Assertion, b: Assertion, observed: Observed) -> bool:
    """False where both have sites and none is shared at three letters of topography."""
    one, two = _places(a, observed), _places(b, observed)
    return not one or not two or bool(one & two)


def _is_shorter_name(later: Assertion, earlier: Assertion, lexicon: Lexicon) -> bool:
    """Whether the later name is only a shorter one for the earlier: its concept above, its words among the earlier's."""
    if later.concept == earlier.concept:
        return True
    if later.concept is None or earlier.concept is None or later.concept.key not in lexicon.ancestors(earlier.concept.key):
        return False
    words = set(later.mentions[0].key.split())
    return (
        any(words <= set(m.key.split()) for m in earlier.mentions)
        or later.concept is None
        or any(words <= set(re.findall(r"\w+", key)) for key in (_key(earlier),))
    )


def _folded_names(diagnoses: list[Assertion], observed: Observed) -> list[Assertion]:
    """Diagnoses with later, shorter names for the same thing joined to the full one."""
    kept: list[Assertion] = []
    for a in diagnoses:
        for n in range(len(kept) - 1, -1, -1):
            if (
                kept[n].context.certainty is a.context.certainty
                and _tumour(a)
                and _is_shorter_name(a, kept[n], observed.lexicon)
                and _shares_site(kept[n], a, observed)
            ):
                kept[n] = replace(merge([kept[n], a]), candidates=kept[n].candidates, morphology=kept[n].morphology)
                break
        else:
            kept.append(a)
    return kept


@dataclass(frozen=True, slots=True)
class _Said:
    """What the text says around a diagnosis: words that decide, pathology (or marker results), imaging, change."""

    decisive: bool
    pathology: bool
    imaging: bool
    transformation: bool
    histology: bool
    sentence: int


def _said(a: Assertion, observed: Observed, tested: frozenset[str]) -> _Said:
    patterns = _patterns(observed.language)
    text = observed.said(observed.outline.sentence_at(a.mentions[0].span.start))
    return _Said(
        bool(patterns["decisive"].search(text)),
        bool(patterns["pathology"].search(text)) or a.section in _LATE or a.id in tested,
        bool(patterns["imaging"].search(text)), bool(patterns["transformation"].search(text)),
        bool(patterns["histology"].search(text)) or a.id in tested, observed.outline.sentence_at(a.mentions[0].span.start))  # fmt: skip


def _kind(
    earlier: Assertion, later: Assertion, hedged: bool, said: tuple[_Said, _Said], observed: Observed
) -> RevisionKind | None:
    """How ``later`` replaces ``earlier`` (``hedged``: never confirmed before), or None where nothing says that it does."""
    lexicon, (before, now) = observed.lexicon, said
    a, b = _key(earlier), _key(later)
    same_code = bool(earlier.morphology) and earlier.morphology == later.morphology
    if a == b or same_code or _is_shorter_name(later, earlier, lexicon) or _apposed(earlier, later, said):
        return None
    if a in lexicon.ancestors(b):
        return RevisionKind.REFINEMENT if _tumour(earlier) == _tumour(later) else None
    new_time = bool(earlier.when and later.when and later.when.iso > earlier.when.iso)
    if b in lexicon.ancestors(a) and not (new_time or now.decisive):
        return None
    if later.morphology in _VAGUE or not _shares_site(earlier, later, observed):
        return None
    if later.concept is not None and later.concept.type == "site-cancer":
        return None
    firmer = _RANK[later.context.certainty] >= _RANK[earlier.context.certainty]
    if not (_tumour(earlier) and _tumour(later)):
        seen = hedged and before.imaging and firmer and now.histology
        near = now.sentence - before.sentence <= SEEN_REACH
        shared = _places(earlier, observed) & _places(later, observed)
        return RevisionKind.RECLASSIFICATION if seen and (near or shared) else None
    if now.transformation:
        return RevisionKind.TRANSFORMATION
    related = bool(_family(a, lexicon) & _family(b, lexicon))
    if now.decisive or (hedged and firmer and now.pathology) or (now.pathology and related and new_time):
        return RevisionKind.RECLASSIFICATION
    return None


def _apposed(earlier: Assertion, later: Assertion, said: tuple[_Said, _Said]) -> bool:
    """Two names in one sentence under the same words of certainty: ``tumeur germinale : séminome`` is one statement."""
    return said[0].sentence == said[1].sentence and _certainty_cue(earlier) == _certainty_cue(later)


def _certainty_cue(a: Assertion) -> Span | None:
    return next((cue.span for cue in a.context.cues if cue.rule.startswith("certainty")), None)


_VAGUE = frozenset({"8000/1", "8000/3", "8010/3"})
"""Codes of names that say no more than cancer or carcinoma: they revise nothing."""
SEEN_REACH = 4
"""A disease that imaging suggested is revised by pathology at most so many sentences later, or at the same site."""
_BROAD = frozenset({"neoplasm", "malignant-neoplasm", "benign-neoplasm", "lesion", "disease", "carcinoma"})


def _family(key: str, lexicon: Lexicon) -> set[str]:
    return (set(lexicon.ancestors(key)) | {key}) - _BROAD


def _revisions(
    diagnoses: list[Assertion], observed: Observed, tested: frozenset[str]
) -> list[tuple[int, int, RevisionKind]]:
    """Pairs of indexes (earlier, later): each diagnosis revises the nearest earlier one that it can.

    Hedged alternatives of neighbouring sentences (``un méningiome ou un hémangiopéricytome``) are revised together; a
    name in apposition (``tumeur germinale : séminome``) takes the place of the broader one.
    """
    said = [_said(a, observed, tested) for a in diagnoses]
    confirmed: set[str] = set()
    decided: set[int] = set()
    found: list[tuple[int, int, RevisionKind]] = []
    active: list[int] = []
    for n, later in enumerate(diagnoses):
        now = said[n] if said[n].sentence not in decided else replace(said[n], decisive=False)
        gone: list[int] = []
        for m in reversed(active):
            if gone and not _together(diagnoses[m], said[m], said[gone[0]], now):
                continue
            earlier = diagnoses[m]
            hedged = earlier.context.certainty in _HEDGED and _key(earlier) not in confirmed
            kind = _kind(earlier, later, hedged, (said[m], now), observed)
            if kind:
                gone.append(m)
                found.append((m, n, kind))
        if gone and now.decisive:
            decided.add(now.sentence)
        above = observed.lexicon.ancestors(_key(later))
        replaced = {_key(diagnoses[m]) for m in gone}
        replaced |= {
            _key(diagnoses[m]) for m in active if said[m].sentence == now.sentence and _key(diagnoses[m]) in above
        }
        active = [m for m in active if _key(diagnoses[m]) not in replaced]
        active.append(n)
        if later.context.certainty is Certainty.CONFIRMED:
            confirmed.add(_key(later))
    return found


def _together(earlier: Assertion, said: _Said, first: _Said, now: _Said) -> bool:
    """Whether a diagnosis goes with another that was just revised: a hedged one beside it, or a firm one that words decide."""
    if earlier.context.certainty in _HEDGED:
        return 0 <= first.sentence - said.sentence <= 2
    return now.decisive


def _assessed(observed: Observed, result: Assertion, diagnoses: list[Assertion]) -> list[str]:
    """Ids of the diagnoses that a marker result belongs to: of its sentence, of the conclusion after it, or before it."""
    index = observed.outline.sentence_at(result.mentions[0].span.start)
    section = observed.outline.owners[index]
    link = _patterns(observed.language)["link"]
    near: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for a in diagnoses:
        for mention in a.mentions:
            at = observed.outline.sentence_at(mention.span.start)
            if observed.outline.owners[at] == section and abs(at - index) <= EVIDENCE_REACH:
                near[at - index].append((mention.span.start, a.id))
    if near.get(0):
        return _closest(near[0], result.mentions[0].span.start)
    for step in (1, 2):
        if near.get(step):
            if link.search(observed.said(index + step)):
                return [i for _, i in near[step]]
    for step in (-1, -2, -3, 1, 2, 3):
        if near.get(step):
            return _closest(near[step], result.mentions[0].span.start)
    return []


def _closest(found: list[tuple[int, str]], place: int) -> list[str]:
    return [min(found, key=lambda f: abs(f[0] - place))[1]]


def read_diagnoses(observed: Observed, diagnoses: list[Assertion], results: list[Assertion]) -> Chain:
    """The chain of diagnoses with its revisions and its evidence; other diagnoses are passed through as they are."""
    lexicon = observed.lexicon
    plain = [a for a in diagnoses if not _specific(a, lexicon)]
    chain = _folded_names(sorted((a for a in diagnoses if _specific(a, lexicon)), key=in_order), observed)
    evidence = [(i, result.id) for result in results for i in _assessed(observed, result, chain)]
    found = _revisions(chain, observed, frozenset(i for i, _ in evidence))
    supports: dict[str, list[str]] = defaultdict(list)
    for diagnosis, result in evidence:
        supports[diagnosis].append(result)
    revisions = tuple(Revision(chain[m].id, chain[n].id, kind, tuple(supports[chain[n].id])) for m, n, kind in found)
    superseded = {chain[m].id for m, _, _ in found}
    keys = {_key(chain[m]) for m, _, _ in found}
    later = {_key(chain[n]): n for _, n, _ in found}
    aged = [
        replace(a, lifecycle=Lifecycle.SUPERSEDED)
        if a.id in superseded or (_key(a) in keys and n < max(later.values(), default=0) and _key(a) not in later)
        else a
        for n, a in enumerate(chain)
    ]
    refuted = [
        replace(a, lifecycle=Lifecycle.REFUTED)
        if a.context.certainty is Certainty.EXCLUDED
        and a.context.polarity is Polarity.NEGATED
        and a.type is AssertionType.DIAGNOSIS
        else a
        for a in plain
    ]
    everything = sorted([*aged, *refuted], key=in_order)
    return Chain(tuple(everything), revisions, tuple(sorted(set(evidence))))
