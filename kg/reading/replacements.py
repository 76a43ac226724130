"""Which diagnosis does the author call wrong, and what was it instead?

An error is a diagnosis that words give up (``traité à tort comme``), call the first one, or deny after it was held
(``il ne s'agissait pas d'un X``). What it was stands in the same sentence, in one after it that words call the right
or the last one or that tells of pathology, or right before. Where an error is told without its name
(``diagnostic redressé : Y``), the diagnosis that was held last was wrong. This holds for any disease; ``revisions``
reads what is not told.

Of 52 invented sentences in three languages that tell of an error, 19 were read before their words were added to the
tables (tests/sentences/revisions.tsv, 2026-11-22), and none of 18 that tell of none: what is not in a row is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.model import Assertion, Certainty, Polarity
from kg.reading.conclusions import Said, said_of
from kg.reading.entities import (
    adds_site,
    entity_of,
    holds_on,
    is_background,
    is_elsewhere,
    is_shorter_name,
    is_tumour,
    is_vague,
    places_of,
    shares_site,
)
from kg.reading.observed import Observed
from kg.reading.sections import FINAL
from kg.reading.verdicts import Verdict, verdicts_of
from kg.terms.lexicon import Lexicon

FOUND_REACH = 4
"""Pathology finds what it was instead at most so many sentences after an error is told."""
BEFORE_REACH = 2
"""A conclusion stands at most so many sentences before the denial of what it is not."""
_HEDGED = (Certainty.PROBABLE, Certainty.POSSIBLE)


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnosis with what its sentence says and what is said of it at each of its mentions."""

    diagnosis: Assertion
    said: Said
    verdicts: tuple[Verdict, ...]


def tell(diagnoses: list[Assertion], others: list[Assertion], observed: Observed, tested: frozenset[str]) -> list[Told]:
    """Diagnoses with what is said of them; ``others`` are named beside them, ``tested`` have marker results."""
    names = sorted({m for a in (*diagnoses, *others) for m in a.mentions}, key=lambda m: m.span)
    return [Told(a, said_of(a, observed, tested=a.id in tested), verdicts_of(a, names, observed)) for a in diagnoses]


@dataclass(frozen=True, slots=True)
class _Error:
    """A diagnosis that was wrong, and where the text says so; ``plainly`` where it does so by words of error."""

    wrong: Told
    told: Verdict
    plainly: bool
    denied: bool

    @property
    def diagnosis(self) -> Assertion:
        """The diagnosis that was wrong."""
        return self.wrong.diagnosis

    def holds_beside(self, other: Told, sentence: int) -> bool:
        """Whether it is named beside another diagnosis without being called wrong, or was a tumour that pathology saw
        where the other is none: both hold.
        """
        beside = any(v.sentence == sentence and not (v.wrong or v.first) for v in self.wrong.verdicts)
        return beside or _is_seen(self.wrong, other)


def find_replacements(chain: list[Told], denied: list[Told], observed: Observed) -> list[tuple[Assertion, Assertion]]:
    """Pairs (what was wrong, what it was instead) of diagnoses that hold and of those that the text denies."""
    found: dict[tuple[str, str], tuple[Assertion, Assertion]] = {}
    gone: set[str] = set()
    for error in _errors(chain, denied, observed.lexicon):
        instead = _instead(error, chain, observed) if error.diagnosis.id not in gone else None
        if instead is not None:
            gone.add(error.diagnosis.id)
            found.setdefault((entity_of(error.diagnosis), instead.id), (error.diagnosis, instead))
    replaced = {later for _, later in found}
    for n, told in enumerate(chain):
        known = any(entity_of(t.diagnosis) == entity_of(told.diagnosis) for t in chain[:n])
        right = any(v.instead and not (v.again and known) for v in told.verdicts)
        if right and told.diagnosis.id not in replaced:
            held = _held_last([t for t in chain[:n] if t.diagnosis.id not in gone], told, observed)
            if held is not None:
                gone.add(held.id)
                found[entity_of(held), told.diagnosis.id] = (held, told.diagnosis)
    return list(found.values())


def _errors(chain: list[Told], denied: list[Told], lexicon: Lexicon) -> Iterator[_Error]:
    """The errors in the order of the text; a denial stands for what it denies, if that was held before."""
    for told in chain:
        for verdict in told.verdicts:
            if (verdict.wrong or verdict.first) and not _holds_after(told, verdict):
                yield _Error(told, verdict, plainly=verdict.wrong, denied=False)
    for told in denied:
        for verdict in told.verdicts:
            if verdict.again:
                continue
            held = [t for t in chain if _was_held(t, told.diagnosis, verdict, lexicon)]
            for t in held:
                if verdict.rejected or t.diagnosis.context.certainty in _HEDGED:
                    yield _Error(t, verdict, plainly=verdict.rejected, denied=True)
            if not held and verdict.rejected:
                yield _Error(told, verdict, plainly=verdict.wrong, denied=True)


def _holds_after(told: Told, verdict: Verdict) -> bool:
    """Whether a diagnosis is called the right or the last one after it was called wrong."""
    return any(v.place > verdict.place and (v.instead or v.final) for v in told.verdicts)


def _was_held(told: Told, denied: Assertion, verdict: Verdict, lexicon: Lexicon) -> bool:
    """Whether a diagnosis that the text denies (or a kind of it) was held before, and not after."""
    a = told.diagnosis
    if entity_of(denied) != entity_of(a) and entity_of(denied) not in lexicon.ancestors(entity_of(a)):
        return False
    return all(m.span.start < verdict.place for m in a.mentions) and not is_elsewhere(a, denied)


def _instead(error: _Error, chain: list[Told], observed: Observed) -> Assertion | None:
    """What it was: in the sentence of the error, else in one after it, else right before a denial."""
    known = [t for t in chain if _may_replace(t.diagnosis, error, observed)]
    if error.diagnosis.context.polarity is Polarity.NEGATED and not error.plainly:
        return _called_right(error, known)
    return (
        _called_right(error, known)
        or _beside(error, known)
        or next((t.diagnosis for t in known if _is_found_after(error, t, observed)), None)
        or next((t.diagnosis for t in reversed(known) if _is_concluded_before(error, t)), None)
    )


def _may_replace(later: Assertion, error: _Error, observed: Observed) -> bool:
    """Whether a diagnosis is another one than the wrong one; only a denial is followed by broader words."""
    earlier, lexicon = error.diagnosis, observed.lexicon
    a, b = entity_of(earlier), entity_of(later)
    if a == b or is_shorter_name(later, earlier, lexicon) or adds_site(later, earlier):
        return False
    return error.denied or not (is_vague(later) or b in lexicon.ancestors(a))


def _called_right(error: _Error, known: list[Told]) -> Assertion | None:
    """The diagnosis of the same sentence that words call the right one."""
    for told in known:
        for v in told.verdicts:
            if v.sentence == error.told.sentence and (
                v.instead or v.contrast or (v.final and v.place > error.told.place)
            ):
                return told.diagnosis
    return None


def _beside(error: _Error, known: list[Told]) -> Assertion | None:
    """The only other diagnosis of the same sentence."""
    here = [(v, t.diagnosis) for t in known for v in t.verdicts if v.sentence == error.told.sentence and not v.wrong]
    here = [(v, a) for v, a in here if a.context.certainty is not Certainty.POSSIBLE]
    firm = [a for v, a in here if a.context.certainty not in _HEDGED or v.place > error.told.place]
    return firm[0] if len(firm) == 1 and error.plainly else None


def _is_found_after(error: _Error, told: Told, observed: Observed) -> bool:
    """Whether a diagnosis is told after an error as what it was, or as what was found right or soon after."""
    earlier, later, said = error.diagnosis, told.diagnosis, told.said
    if is_background(later) or (error.denied and is_elsewhere(earlier, later)):
        return False
    for v in told.verdicts:
        apart = v.sentence - error.told.sentence
        if apart <= 0 or v.wrong or v.first or (not error.plainly and error.holds_beside(told, v.sentence)):
            continue
        if v.instead or (v.final and (error.plainly or not is_elsewhere(earlier, later))):
            return True
        found = v.sentence == said.sentence and (said.histology or said.decisive) and apart <= FOUND_REACH
        if (error.plainly and (apart == 1 or found)) or (_may_be_wrong(error) and found and said.histology):
            return True
        here = bool(places_of(earlier, observed) & places_of(later, observed))
        if error.denied and (here or (said.decisive and shares_site(earlier, later, observed))):
            return True
    return False


def _is_seen(earlier: Told, later: Told) -> bool:
    """Whether the earlier is a tumour that pathology saw and the later is none."""
    return is_tumour(earlier.diagnosis) and earlier.said.pathology and not is_tumour(later.diagnosis)


def _may_be_wrong(error: _Error) -> bool:
    """Whether a first diagnosis was made without pathology, which may find another one."""
    return error.told.first and not is_tumour(error.diagnosis)


def _is_concluded_before(error: _Error, told: Told) -> bool:
    """Whether a diagnosis is the conclusion that stands right before the denial of what it is not."""
    if not error.plainly or told.diagnosis.context.certainty in _HEDGED:
        return False
    near = any(0 < error.told.sentence - v.sentence <= BEFORE_REACH for v in told.verdicts if not v.wrong)
    return near and (told.diagnosis.section in FINAL or any(v.instead or v.final for v in told.verdicts))


def _held_last(before: list[Told], later: Told, observed: Observed) -> Assertion | None:
    """The last diagnosis that somebody made or suspected before an error is told without its name."""
    first = later.verdicts[0]
    for told in reversed(before):
        a = told.diagnosis
        seen = told.said.pathology and is_tumour(a)
        held = any((v.held or seen) and v.place < first.place for v in told.verdicts)
        error = _Error(told, first, plainly=True, denied=False)
        if held and not holds_on(a) and not _is_seen(told, later) and _may_replace(later.diagnosis, error, observed):
            return a
    return None
