"""What makes a later diagnosis take the place of an earlier one, and how does it?

It is a *refinement* when its concept lies below the earlier one in the hierarchy (sarcoma → leiomyosarcoma), a
*transformation* when the text says so, otherwise a *reclassification*, which needs a reason: the earlier one was
hedged, or the text decides (``diagnostic définitif``, ``relecture``), it called the earlier one the first
(``initialement``), or both come from pathology of the same disease. A name that only adds the organ, a word that only
describes (``prolifération``) and a second tumour make none.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Assertion, Certainty, RevisionKind, Span
from kg.reading.conclusions import Said, words_of
from kg.reading.entities import (
    adds_site,
    entity_of,
    holds_on,
    is_background,
    is_generic,
    is_origin,
    is_shorter_name,
    is_tumour,
    is_vague,
    places_of,
    shares_code,
    shares_site,
)
from kg.reading.observed import Observed
from kg.reading.replacements import Told
from kg.reading.sections import FINAL
from kg.terms.lexicon import Lexicon

SEEN_REACH = 6
"""A disease that imaging suggested is revised by pathology at most so many sentences later, or at the same site."""
NEXT_REACH = 2
"""What was suspected for any reason is revised by pathology at most so many sentences later."""
PART_REACH = 160
"""A part of a tumour is named at most so many characters after the whole."""
_RANK = {Certainty.CONFIRMED: 2, Certainty.PROBABLE: 1, Certainty.POSSIBLE: 0, Certainty.EXCLUDED: 0}
_IN_SITU = "/2"
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
class Pair:
    """Two diagnoses of which the later may revise the earlier; ``hedged``: the earlier was never confirmed before.

    ``now`` is what the sentence of the later one says, without the decision that it already took.
    """

    earlier: Told
    later: Told
    now: Said
    hedged: bool
    observed: Observed

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon that the text was read with."""
        return self.observed.lexicon

    @property
    def firmer(self) -> bool:
        """Whether the earlier one was only suspected, and the later one is told with no more doubt."""
        earlier, later = self.ends
        return self.hedged and _RANK[later.context.certainty] >= _RANK[earlier.context.certainty]

    @property
    def names(self) -> tuple[str, str]:
        """The entities of the two."""
        return entity_of(self.earlier.diagnosis), entity_of(self.later.diagnosis)

    @property
    def ends(self) -> tuple[Assertion, Assertion]:
        """The two diagnoses."""
        return self.earlier.diagnosis, self.later.diagnosis

    @property
    def kin(self) -> bool:
        """Whether one class that says something lies above both."""
        one, other = self.names
        return bool(_family(one, self.lexicon) & _family(other, self.lexicon))


def kind_of(pair: Pair) -> RevisionKind | None:
    """How the later diagnosis replaces the earlier one, or None where nothing says that it does."""
    (earlier, later), (a, b), now = pair.ends, pair.names, pair.now
    if a == b or is_shorter_name(later, earlier, pair.lexicon) or _is_apposed(pair) or adds_site(later, earlier):
        return None
    if are_parts(pair.earlier, pair.later, pair.observed):
        return None
    holds = holds_on(earlier) if pair.hedged else is_background(earlier)
    if holds or (_is_part(b, a, pair.lexicon) and not _is_transformed(later)):
        return None
    if not pair.hedged and (pair.earlier.said.described or (is_vague(earlier) and not _is_found(pair.earlier))):
        return None
    here = shares_site(earlier, later, pair.observed)
    here = here or (pair.hedged and now.histology and is_origin(later, pair.observed))
    here = here or (now.transformation and pair.kin and is_tumour(later))
    if not covers(earlier, later, pair.lexicon):
        return _other(pair) if here and not is_vague(later) else None
    if not here:
        return RevisionKind.RECLASSIFICATION if is_generic(earlier) and pair.hedged and now.pathology else None
    if later.context.certainty is Certainty.POSSIBLE and earlier.context.certainty is Certainty.CONFIRMED:
        return None
    alike = is_tumour(earlier) == is_tumour(later) or is_generic(earlier) or a in pair.lexicon.ancestors(b)
    return RevisionKind.REFINEMENT if alike and (pair.hedged or is_tumour(later)) else None


def _other(pair: Pair) -> RevisionKind | None:
    """How another entity replaces the earlier one: there must be a reason."""
    (earlier, later), a, now = pair.ends, pair.names[0], pair.now
    doubtful = later.context.certainty is Certainty.POSSIBLE or now.second
    broader = _base(later, pair.lexicon) in {a, *pair.lexicon.ancestors(a)}
    if broader or shares_code(earlier, later) or (doubtful and not pair.hedged):
        return None
    if not (is_tumour(earlier) and is_tumour(later)):
        return RevisionKind.RECLASSIFICATION if _is_other_disease(pair) else None
    if now.transformation or _is_transformed(later):
        return RevisionKind.TRANSFORMATION
    if not pair.hedged and _is_named_beside(pair):
        return None
    if {x.context.certainty for x in pair.ends} == {Certainty.POSSIBLE} and not now.decisive:
        return None
    new_time = bool(earlier.when and later.when and later.when.iso > earlier.when.iso)
    if not pair.hedged and pair.kin and any(v.kept for v in pair.later.verdicts):
        return None
    first = pair.earlier.said.initial or any(v.first for v in pair.earlier.verdicts)
    settled = new_time or later.section in FINAL or first
    reason = now.decisive or (pair.firmer and now.pathology) or (now.pathology and pair.kin and settled)
    return RevisionKind.RECLASSIFICATION if reason else None


def _is_other_disease(pair: Pair) -> bool:
    """Whether a diagnosis replaces another where not both are tumours: the earlier one was only suspected, or seen
    first on images; what pathology called a tumour gives way to pathology alone.
    """
    (earlier, later), before, now = pair.ends, pair.earlier.said, pair.now
    if now.histology and before.initial and before.imaging:
        return True
    if not pair.firmer or (is_tumour(earlier) and before.pathology and not now.histology):
        return False
    sure = later.context.certainty is not Certainty.POSSIBLE
    return (sure and any(v.final or v.instead for v in pair.later.verdicts)) or _is_seen_first(pair)


def _is_named_beside(pair: Pair) -> bool:
    """Whether the sentence that names the later diagnosis names the earlier one again: both hold."""
    return any(v.sentence == pair.now.sentence for v in pair.earlier.verdicts[1:])


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


def covers(earlier: Assertion, later: Assertion, lexicon: Lexicon) -> bool:
    """Whether the later concept lies below the earlier, or below the class that the earlier says no more than."""
    above = lexicon.ancestors(entity_of(later))
    if _base(earlier, lexicon) in above:
        return True
    if earlier.morphology.endswith(_IN_SITU):
        return False
    wide = _WIDE.get(earlier.morphology[:3], "neoplasm" if is_generic(earlier) else "")
    return wide in above and wide != _WIDE.get(later.morphology[:3])


def _base(a: Assertion, lexicon: Lexicon) -> str:
    """The entity without the organ that its name adds: ``adénocarcinome`` for ``adénocarcinome gastrique``."""
    key = entity_of(a)
    if a.concept is None or "site" not in dict(a.concept.note):
        return key
    above = (lexicon.concepts.get(parent) for parent in sorted(lexicon.ancestors(key)))
    return next((c.key for c in above if c and c.morphology and c.morphology == a.concept.morphology), key)


def are_parts(first: Told, second: Told, observed: Observed) -> bool:
    """Whether a sentence names the second as a part of what it calls the first: ``X avec une composante de Y``."""
    words, language = observed.words, observed.language
    start = second.diagnosis.mentions[0].span.start
    before = [m for m in first.diagnosis.mentions if m.span.end <= start]
    if not before or observed.outline.sentence_at(before[-1].span.start) != observed.outline.sentence_at(start):
        return False
    gap = words.folded[words.ends[before[-1].last] : words.starts[second.diagnosis.mentions[0].first]]
    verdict = second.verdicts[0]
    if len(gap) > PART_REACH or verdict.instead or verdict.final or verdict.contrast:
        return False
    anew = any(words_of(language, role).search(gap) for role in ("histology", "decisive", "transformation", "link"))
    return bool(words_of(language, "part").search(gap)) and not anew


def _is_seen_first(pair: Pair) -> bool:
    """Whether imaging suggested the earlier one, or a tumour, and histology near it or at its site found the later."""
    (earlier, later), before, now = pair.ends, pair.earlier.said, pair.now
    place = later.mentions[0].span.start
    apart = now.sentence - max(v.sentence for v in pair.earlier.verdicts if v.place < place)
    if not now.histology or not (before.imaging or is_tumour(earlier) or apart <= NEXT_REACH):
        return False
    own = {site.topography[:3] for site in later.sites if site.topography}
    found = own if is_tumour(later) else places_of(later, pair.observed)
    if places_of(earlier, pair.observed) & found:
        return True
    return apart <= (1 if is_tumour(later) and not is_tumour(earlier) else SEEN_REACH)


def _is_apposed(pair: Pair) -> bool:
    """Two names in one sentence under the same words of certainty: ``tumeur germinale : séminome`` is one statement.

    Not where the sentence calls one of them the first diagnosis: ``initialement un X, révisé en Y``.
    """
    if pair.now.initial or pair.earlier.said.sentence != pair.now.sentence:
        return False
    return _certainty_cue(pair.earlier.diagnosis) == _certainty_cue(pair.later.diagnosis)


def _certainty_cue(a: Assertion) -> Span | None:
    return next((cue.span for cue in a.context.cues if cue.rule.startswith("certainty")), None)


def _family(key: str, lexicon: Lexicon) -> set[str]:
    return {key, *lexicon.ancestors(key)} - _BROAD


def stated_kind(earlier: Assertion, later: Assertion, said: Said, lexicon: Lexicon) -> RevisionKind:
    """How a diagnosis replaces another where the author says that it does."""
    if said.transformation and is_tumour(earlier) and is_tumour(later):
        return RevisionKind.TRANSFORMATION
    return RevisionKind.REFINEMENT if covers(earlier, later, lexicon) else RevisionKind.RECLASSIFICATION
