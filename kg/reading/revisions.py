"""Which diagnosis revised which, and how?

What the author says outright is read by ``replacements``. Else a later diagnosis replaces an earlier one as a
*refinement* when its concept lies below the earlier one in the hierarchy (sarcoma → leiomyosarcoma), as a
*transformation* when the text says so, otherwise as a *reclassification*, which needs a reason: the earlier one was
hedged, or the text decides (``diagnostic définitif``, ``relecture``), it called the earlier one the first
(``initialement``), or both come from pathology of the same disease. A more general word for the same thing
(``léiomyosarcome`` after ``léiomyosarcome pléomorphe``), or one that only describes, is no new diagnosis.

Revisions F1 0.865 (precision 0.842), their kind right 1.000 (gold facts dev, 16 French cases, 2026-11-22); F1 0.706
(0.857) on 20 further French texts and 0.857 (0.833) on 27 cases of our own in three languages (tests/cases), annotated
blind and looked at since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.model import Assertion, Certainty, RevisionKind, Span
from kg.reading.conclusions import LATE, Said
from kg.reading.entities import (
    entity_of,
    is_background,
    is_generic,
    is_origin,
    is_shorter_name,
    is_tumour,
    is_vague,
    places_of,
    shares_site,
)
from kg.reading.observed import Observed
from kg.reading.replacements import Told
from kg.terms.lexicon import Lexicon

SEEN_REACH = 6
"""A disease that imaging suggested is revised by pathology at most so many sentences later, or at the same site."""
NEXT_REACH = 2
"""What was suspected for any reason is revised by pathology at most so many sentences later."""
_HEDGED = (Certainty.PROBABLE, Certainty.POSSIBLE)
Found = tuple[int, int, RevisionKind]
"""A revision by the places of its diagnoses in their list: the earlier, the later, and its kind."""
_RANK = {Certainty.CONFIRMED: 2, Certainty.PROBABLE: 1, Certainty.POSSIBLE: 0, Certainty.EXCLUDED: 0}
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


def find_revisions(told: list[Told], stated: list[tuple[int, int]], observed: Observed) -> list[Found]:
    """Pairs of indexes (earlier, later): each diagnosis revises the nearest earlier one that it can.

    ``stated`` are the pairs that the author tells: their earlier ones are revised by nothing else. Hedged alternatives
    of neighbouring sentences (``un méningiome ou un hémangiopéricytome``) are revised together; a name in apposition
    (``tumeur germinale : séminome``) takes the place of the broader one.
    """
    diagnoses = [t.diagnosis for t in told]
    said = [t.said for t in told]
    wrong = dict(stated)
    confirmed: set[str] = set()
    decided: set[int] = set()
    found: list[Found] = []
    active: list[int] = []
    for n, later in enumerate(diagnoses):
        if wrong.get(n, n) < n:
            continue
        now = said[n] if said[n].sentence not in decided else replace(said[n], decisive=False)
        gone: list[int] = []
        for m in reversed([m for m in active if m not in wrong]):
            earlier = diagnoses[m]
            if gone and not _is_together(earlier, said[m], said[gone[0]], now):
                continue
            hedged = earlier.context.certainty in _HEDGED and entity_of(earlier) not in confirmed
            if hedged and _is_told_later(earlier, later, diagnoses[n + 1 :], observed.lexicon):
                continue
            kind = _kind(_Pair(told[m], told[n], now, hedged, observed))
            if kind:
                gone.append(m)
                found.append((m, n, kind))
        if gone and now.decisive:
            decided.add(now.sentence)
        gone += [m for m in active if wrong.get(m) == n]
        above = observed.lexicon.ancestors(entity_of(later))
        broader = (m for m in active if said[m].sentence == now.sentence and entity_of(diagnoses[m]) in above)
        replaced = {entity_of(diagnoses[m]) for m in (*gone, *broader)}
        active = [m for m in active if entity_of(diagnoses[m]) not in replaced]
        if gone or not any(_says_again(later, diagnoses[m], observed) for m in active):
            active.append(n)
        if later.context.certainty is Certainty.CONFIRMED:
            confirmed.add(entity_of(later))
    told_so = [(m, n, stated_kind(diagnoses[m], diagnoses[n], said[n], observed.lexicon)) for m, n in stated]
    names = [entity_of(a) for a in diagnoses]
    return _of_one_kind(told_so, found, names)


def stated_kind(earlier: Assertion, later: Assertion, said: Said, lexicon: Lexicon) -> RevisionKind:
    """How a diagnosis replaces another where the author says that it does."""
    if said.transformation and is_tumour(earlier) and is_tumour(later):
        return RevisionKind.TRANSFORMATION
    return RevisionKind.REFINEMENT if _covers(earlier, later, lexicon) else RevisionKind.RECLASSIFICATION


def _of_one_kind(stated: list[Found], read: list[Found], names: list[str]) -> list[Found]:
    """What each later diagnosis revises, in the order of the text: in one way, as stated or as the nearest one says,
    and each entity once.
    """
    kinds: dict[int, RevisionKind] = {}
    once: dict[tuple[str, int], Found] = {}
    for m, n, kind in (f for part in (stated, read) for f in sorted(part, key=_by_later)):
        if kinds.setdefault(n, kind) is kind:
            once.setdefault((names[m], n), (m, n, kind))
    return sorted(once.values(), key=_by_later)


def _by_later(found: Found) -> tuple[int, int]:
    return found[1], -found[0]


def _is_told_later(earlier: Assertion, later: Assertion, rest: list[Assertion], lexicon: Lexicon) -> bool:
    """Whether a diagnosis that was only suspected is firm after the one that would revise it: both hold.

    Not where its name is only a shorter one of the later (``le lymphome``).
    """
    if is_tumour(earlier) != is_tumour(later):
        return False
    firm = (a for a in rest if a.context.certainty is Certainty.CONFIRMED and entity_of(a) == entity_of(earlier))
    return any(not is_shorter_name(a, later, lexicon) for a in firm)


def _says_again(later: Assertion, earlier: Assertion, observed: Observed) -> bool:
    """Whether a broader word (``tumeur mammaire``) stands for the firm diagnosis before it."""
    firm = earlier.context.certainty is Certainty.CONFIRMED and is_tumour(earlier)
    broader = entity_of(later) in observed.lexicon.ancestors(entity_of(earlier))
    return firm and (broader or is_vague(later)) and shares_site(earlier, later, observed)


def _is_together(earlier: Assertion, said: Said, first: Said, now: Said) -> bool:
    """Whether a diagnosis goes with another that was just revised: hedged beside it, or firm where words decide."""
    if earlier.context.certainty in _HEDGED:
        return 0 <= first.sentence - said.sentence <= 2
    return now.decisive


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two diagnoses of which the later may revise the earlier; ``hedged``: the earlier was never confirmed before.

    ``now`` is what the sentence of the later one says, without the decision that it already took.
    """

    told: Told
    later: Told
    now: Said
    hedged: bool
    observed: Observed

    @property
    def names(self) -> tuple[str, str]:
        """The entities of the two."""
        return entity_of(self.told.diagnosis), entity_of(self.later.diagnosis)

    @property
    def ends(self) -> tuple[Assertion, Assertion]:
        """The two diagnoses."""
        return self.told.diagnosis, self.later.diagnosis


def _kind(pair: _Pair) -> RevisionKind | None:
    """How the later diagnosis replaces the earlier one, or None where nothing says that it does."""
    (earlier, later), (a, b), lexicon, now = pair.ends, pair.names, pair.observed.lexicon, pair.now
    if a == b or is_shorter_name(later, earlier, lexicon) or _is_apposed(pair):
        return None
    if is_background(earlier) or (_is_part(b, a, lexicon) and not _is_transformed(later)):
        return None
    if not pair.hedged and (pair.told.said.described or (is_vague(earlier) and not _is_found(pair.told))):
        return None
    here = shares_site(earlier, later, pair.observed)
    here = here or (pair.hedged and now.histology and is_origin(later, pair.observed))
    if _covers(earlier, later, lexicon):
        if not here:
            return RevisionKind.RECLASSIFICATION if is_generic(earlier) and pair.hedged and now.pathology else None
        alike = is_tumour(earlier) == is_tumour(later) or is_generic(earlier) or a in lexicon.ancestors(b)
        return RevisionKind.REFINEMENT if alike else None
    return _replaced(pair) if here and not is_vague(later) else None


def _replaced(pair: _Pair) -> RevisionKind | None:
    """How another entity replaces the earlier one: there must be a reason."""
    (earlier, later), (a, b), lexicon, now = pair.ends, pair.names, pair.observed.lexicon, pair.now
    before = pair.told.said
    new_time = bool(earlier.when and later.when and later.when.iso > earlier.when.iso)
    same_code = bool(earlier.morphology) and earlier.morphology == later.morphology
    if same_code or (b in lexicon.ancestors(a) and not new_time) or (now.second and not pair.hedged):
        return None
    firmer = pair.hedged and _RANK[later.context.certainty] >= _RANK[earlier.context.certainty]
    if not (is_tumour(earlier) and is_tumour(later)):
        final = any(v.final or v.instead for v in pair.later.verdicts)
        imaged = before.initial and before.imaging and now.histology
        reason = imaged or (firmer and (final or _is_seen_first(pair)))
    elif now.transformation or _is_transformed(later):
        return RevisionKind.TRANSFORMATION
    else:
        kin = bool(_family(a, lexicon) & _family(b, lexicon))
        settled = new_time or later.section in LATE or before.initial
        reason = now.decisive or (firmer and now.pathology) or (now.pathology and kin and settled)
    return RevisionKind.RECLASSIFICATION if reason else None


def _is_transformed(a: Assertion) -> bool:
    """Whether its very name says that it came of another one by transformation."""
    return a.concept is not None and ("course", "transformation") in a.concept.note


def _is_found(told: Told) -> bool:
    """Whether a broad name was a diagnosis that somebody made, not a word for the illness."""
    return told.said.pathology or told.said.decisive or any(v.held for v in told.verdicts)


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


def _is_seen_first(pair: _Pair) -> bool:
    """Whether imaging suggested the earlier one, or a tumour, and histology near it or at its site found the later."""
    (earlier, later), before, now = pair.ends, pair.told.said, pair.now
    apart = now.sentence - before.sentence
    if not now.histology or not (before.imaging or is_tumour(earlier) or apart <= NEXT_REACH):
        return False
    own = {site.topography[:3] for site in later.sites if site.topography}
    found = own if is_tumour(later) else places_of(later, pair.observed)
    if places_of(earlier, pair.observed) & found:
        return True
    return apart <= (1 if is_tumour(later) and not is_tumour(earlier) else SEEN_REACH)


def _is_apposed(pair: _Pair) -> bool:
    """Two names in one sentence under the same words of certainty: ``tumeur germinale : séminome`` is one statement.

    Not where the sentence calls one of them the first diagnosis: ``initialement un X, révisé en Y``.
    """
    if pair.now.initial or pair.told.said.sentence != pair.now.sentence:
        return False
    return _certainty_cue(pair.told.diagnosis) == _certainty_cue(pair.later.diagnosis)


def _certainty_cue(a: Assertion) -> Span | None:
    return next((cue.span for cue in a.context.cues if cue.rule.startswith("certainty")), None)


def _family(key: str, lexicon: Lexicon) -> set[str]:
    return {key, *lexicon.ancestors(key)} - _BROAD
