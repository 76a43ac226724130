"""Which diagnosis revised which, and how?

What the author says outright is read by ``replacements``; else each diagnosis revises the nearest earlier one that it
may, for the reasons of ``successions``. A more general word for the same thing (``léiomyosarcome`` after
``léiomyosarcome pléomorphe``) is no new diagnosis.

Revisions F1 0.889 (precision 0.889), their kind right 1.000 (gold facts dev, 16 French cases, 2026-11-22); F1 0.706
(0.857) on 20 further French texts and 0.912 (0.912) on 27 cases of our own in three languages (tests/cases), annotated
blind and looked at since. On three sets of new French texts annotated blind, of 28, 21 and 9 revisions (the first
counts implied ones and every differential): before any was looked at F1 0.238, 0.387 and 0.444; now, with the first and
the last looked at, 0.341 (0.538), 0.400 (0.667) and 0.667 (0.833). Expect about 0.4 of new texts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.model import Assertion, Certainty, RevisionKind
from kg.reading.conclusions import Said
from kg.reading.entities import entity_of, is_shorter_name, is_tumour, is_vague, shares_site
from kg.reading.observed import Observed
from kg.reading.replacements import Told
from kg.reading.successions import Pair, are_parts, covers, kind_of, stated_kind
from kg.terms.lexicon import Lexicon

TOGETHER = 2
"""Suspicions that are revised together stand at most so many sentences apart."""
_HEDGED = (Certainty.PROBABLE, Certainty.POSSIBLE)
Found = tuple[int, int, RevisionKind]
"""A revision by the places of its diagnoses in their list: the earlier, the later, and its kind."""


def find_revisions(
    told: list[Told], stated: list[tuple[int, int]], known: frozenset[str], observed: Observed
) -> list[Found]:
    """Pairs of indexes (earlier, later): each diagnosis revises the nearest earlier one that it can.

    ``known`` are the entities of the history; ``stated`` are the pairs that the author tells: their earlier ones are
    revised by nothing else. Hedged alternatives of neighbouring sentences (``un méningiome ou un hémangiopéricytome``)
    are revised together; a name in apposition (``tumeur germinale : séminome``) takes the place of the broader one.
    """
    walk = _Walk(told, dict(stated), known, observed)
    found: list[Found] = []
    for n in range(len(told)):
        if walk.wrong.get(n, n) >= n:
            revised = walk.revised_by(n)
            found += [(m, n, kind) for m, kind in revised]
            walk.go_on(n, [m for m, _ in revised])
    names = [entity_of(t.diagnosis) for t in told]
    return _of_one_kind([(m, n, _stated_kind(told[m], told[n], observed.lexicon)) for m, n in stated], found, names)


def _stated_kind(earlier: Told, later: Told, lexicon: Lexicon) -> RevisionKind:
    return stated_kind(earlier.diagnosis, later.diagnosis, later.said, lexicon)


@dataclass(slots=True)
class _Walk:
    """How far the walk through the diagnoses came: ``active`` may still be revised, ``decided`` are the sentences whose
    decision was taken, the sets hold the entities that were confirmed and that were superseded.
    """

    told: list[Told]
    wrong: dict[int, int]
    known: frozenset[str]
    observed: Observed
    active: list[int] = field(default_factory=list)
    decided: set[int] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    superseded: set[str] = field(default_factory=set)

    def revised_by(self, n: int) -> list[tuple[int, RevisionKind]]:
        """What a diagnosis revises, the nearest first, and how."""
        if _is_retold(self.told[n], self.superseded):
            return []
        said = self.told[n].said
        now = replace(said, decisive=False) if said.sentence in self.decided else said
        revised: list[tuple[int, RevisionKind]] = []
        for m in reversed([m for m in self.active if m not in self.wrong]):
            earlier = self.told[m]
            if revised and not _is_together(earlier.diagnosis, earlier.said, self.told[revised[0][0]].said):
                continue
            pair = Pair(earlier, self.told[n], now, self._is_hedged(earlier.diagnosis), self.observed)
            kind = None if self._holds(pair, m, n) else kind_of(pair)
            if kind:
                revised.append((m, kind))
        return revised

    def _is_hedged(self, a: Assertion) -> bool:
        return a.context.certainty in _HEDGED and entity_of(a) not in self.confirmed

    def _holds(self, pair: Pair, m: int, n: int) -> bool:
        """Whether the earlier diagnosis of a pair stays, whatever else is said of the two."""
        earlier, later = pair.ends
        if entity_of(later) in self.confirmed | self.known and not (pair.hedged and is_tumour(earlier)):
            return True  # a known disease that a suspicion turns out to be, most often its spread
        if _is_answered(pair.earlier, pair.later, self.told[m + 1 : n]):
            return True
        if _is_of_mixed(pair.earlier, pair.later, self.told[:n], self.observed):
            return True
        rest = [t.diagnosis for t in self.told[n + 1 :]]
        return pair.hedged and _is_told_later(earlier, later, rest, pair.lexicon)

    def go_on(self, n: int, gone: list[int]) -> None:
        """Leave behind what a diagnosis replaced: what it revises and the broader names of its sentence."""
        later, said = self.told[n].diagnosis, self.told[n].said
        if gone and said.decisive:
            self.decided.add(said.sentence)
        gone = gone + [m for m in self.active if self.wrong.get(m) == n]
        above = self.observed.lexicon.ancestors(entity_of(later))
        names = {m: entity_of(self.told[m].diagnosis) for m in self.active}
        broader = (m for m in self.active if self.told[m].said.sentence == said.sentence and names[m] in above)
        replaced = {names[m] for m in (*gone, *broader)}
        self.active = [m for m in self.active if names[m] not in replaced]
        self.superseded |= replaced
        if gone or not any(_says_again(later, self.told[m].diagnosis, self.observed) for m in self.active):
            self.active.append(n)
        if later.context.certainty is Certainty.CONFIRMED:
            self.confirmed.add(entity_of(later))


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

    Not where its name is only a shorter one of the later (``le lymphome``) or tells its organ (``cancer gastrique``).
    """
    organ = entity_of(earlier) not in lexicon.ancestors(entity_of(later)) and covers(earlier, later, lexicon)
    if organ or is_tumour(earlier) != is_tumour(later):
        return False
    firm = (a for a in rest if a.context.certainty is Certainty.CONFIRMED and entity_of(a) == entity_of(earlier))
    return any(not is_shorter_name(a, later, lexicon) for a in firm)


def _is_answered(earlier: Told, later: Told, between: list[Told]) -> bool:
    """Whether pathology found a tumour before the later one, after another disease was suspected: that one answered."""
    if is_tumour(earlier.diagnosis) or not is_tumour(later.diagnosis):
        return False
    return any(
        t.said.histology and is_tumour(t.diagnosis) and earlier.said.sentence < t.said.sentence < later.said.sentence
        for t in between
    )


def _is_of_mixed(earlier: Told, later: Told, before: list[Told], observed: Observed) -> bool:
    """Whether the other part of a mixed tumour is what the later diagnosis names again or more closely."""
    above = {entity_of(later.diagnosis), *observed.lexicon.ancestors(entity_of(later.diagnosis))}
    others = (t for t in before if t is not earlier and entity_of(t.diagnosis) in above)
    return any(are_parts(earlier, t, observed) or are_parts(t, earlier, observed) for t in others)


def _is_retold(told: Told, superseded: set[str]) -> bool:
    """Whether a diagnosis that another one took the place of is only named again: nothing calls it the right one."""
    called_right = any(v.instead or v.final or v.contrast for v in told.verdicts)
    return entity_of(told.diagnosis) in superseded and not told.said.decisive and not called_right


def _says_again(later: Assertion, earlier: Assertion, observed: Observed) -> bool:
    """Whether a broader word (``tumeur mammaire``) stands for the firm diagnosis before it."""
    firm = earlier.context.certainty is Certainty.CONFIRMED and is_tumour(earlier)
    broader = entity_of(later) in observed.lexicon.ancestors(entity_of(earlier))
    return firm and (broader or is_vague(later)) and shares_site(earlier, later, observed)


def _is_together(earlier: Assertion, said: Said, first: Said) -> bool:
    """Whether a suspicion goes with another that was just revised: told beside it."""
    return earlier.context.certainty in _HEDGED and 0 <= first.sentence - said.sentence <= TOGETHER
