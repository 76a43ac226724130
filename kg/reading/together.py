"""Which drugs were given together? Those of one part of a sentence, between words such as ``puis``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Assertion, AssertionType, Mention
from kg.reading.observed import Observed
from kg.reading.planwords import plan_tables
from kg.reading.regimens import is_against_tumours

GIVEN = frozenset({"Given", "Stopped"})


@dataclass(frozen=True, slots=True)
class Dose:
    """One mention of a drug that was given, and where it stands in the folded text."""

    start: int
    end: int
    mention: Mention
    treatment: Assertion


@dataclass(frozen=True, slots=True)
class Course:
    """Drugs given together, in the order of the text; those against a tumour alone where there are any."""

    sentence: int
    doses: tuple[Dose, ...]
    against_tumour: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Their treatments, each once."""
        return tuple(dict.fromkeys(dose.treatment.id for dose in self.doses))

    @property
    def lines(self) -> frozenset[int]:
        """The lines of treatment that they are told of."""
        return frozenset(d.treatment.plan.line for d in self.doses if d.treatment.plan.line is not None)

    @property
    def intents(self) -> frozenset[str]:
        """What they were meant as."""
        return frozenset(dose.treatment.plan.intent for dose in self.doses if dose.treatment.plan.intent)

    @property
    def stopped(self) -> bool:
        """Whether all of them were stopped."""
        return all(dose.treatment.status == "Stopped" for dose in self.doses)


def courses_of(observed: Observed, assertions: Iterable[Assertion]) -> tuple[Course, ...]:
    """The courses of a text in its order, of the drugs that were given."""
    parts: dict[tuple[int, int], list[Dose]] = {}
    words = observed.words
    given = (a for a in assertions if a.type is AssertionType.TREATMENT and a.status in GIVEN and not a.implied)
    told = [Dose(words.starts[m.first], words.ends[m.last], m, a) for a in given for m in a.mentions]
    for dose in sorted(told, key=lambda dose: (dose.start, dose.end)):
        sentence = observed.outline.sentence_at(dose.mention.span.start)
        parts.setdefault((sentence, _part(observed, sentence, dose.start)), []).append(dose)
    return tuple(_course(observed, sentence, doses) for (sentence, _), doses in parts.items())


def _part(observed: Observed, sentence: int, place: int) -> int:
    """How many words that begin something else stand in the sentence before a place."""
    start = observed.folded_start(sentence)
    return sum(1 for _ in plan_tables(observed.language).clause.finditer(observed.words.folded, start, place))


def _course(observed: Observed, sentence: int, doses: list[Dose]) -> Course:
    against = [d for d in doses if is_against_tumours(d.treatment.concept, observed.lexicon)]
    return Course(sentence, tuple(against or doses), bool(against))
