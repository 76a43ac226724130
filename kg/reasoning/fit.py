"""How well do the results of a lesion agree with what a tumour shows as a rule, and which result says what?

``score`` is the geometric mean, over markers, of how often the tumour gives that result: 0.9 where it is expected, 0.1
where its opposite is, 0.5 where the profile calls it variable or a staining is only weak or focal. Of markers that the
profile is silent about, what is usual among all profiles is assumed, and never much: a panel that lists more than
another must not win by that. These are round figures of a rule of thumb, no measured rates: they rank, they do not
predict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from kg.reasoning.knowledge import Profile
from kg.reasoning.profiles import Expectation

OUTCOMES = {"positive": ("Positive",), "limited": ("Weak", "Focal"), "negative": ("Negative",)}
"""The results of ``kg:MarkerOutcome`` that say so of a marker; an equivocal one says nothing."""
_OUTCOME_OF = {result: outcome for outcome, results in OUTCOMES.items() for result in results}
Above = Callable[[str], frozenset[str]]
"""All that lies above a concept, itself left out."""
_LIKELY = {
    Expectation.POSITIVE: {"positive": 0.9, "limited": 0.5, "negative": 0.1},
    Expectation.NEGATIVE: {"positive": 0.1, "limited": 0.3, "negative": 0.9},
    Expectation.VARIABLE: {"positive": 0.5, "limited": 0.5, "negative": 0.5},
}
_SILENT = (0.2, 0.8)
"""Between these lies what is assumed of a marker that a profile does not name."""


class Bearing(StrEnum):
    """What a result says of a tumour; the value is the local name of its property."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    UNEXPECTED = "unexpected"

    @property
    def verb(self) -> str:
        """How a label says it."""
        return "is unexpected for" if self is Bearing.UNEXPECTED else self.value


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """A marker result: its IRI, the marker's IRI and a local name of ``kg:MarkerOutcome`` (``Positive``)."""

    iri: str
    marker: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How well results agree with a profile: ``score`` from 0 to 1, and (result's IRI, bearing) of what bears on it.

    ``likelihood`` is the natural logarithm behind the score, summed over markers.
    """

    tumour: str
    score: float
    likelihood: float
    bearings: tuple[tuple[str, Bearing], ...]

    def count(self, bearing: Bearing) -> int:
        """How many results bear so."""
        return sum(b is bearing for _, b in self.bearings)


def bearing_of(outcome: str, expectation: Expectation) -> Bearing | None:
    """What an outcome (a key of ``OUTCOMES``) says where this was expected; None where it says nothing.

    >>> bearing_of("limited", Expectation.NEGATIVE)
    <Bearing.UNEXPECTED: 'unexpected'>
    """
    if expectation is Expectation.POSITIVE:
        return Bearing.CONTRADICTS if outcome == "negative" else Bearing.SUPPORTS
    if expectation is Expectation.NEGATIVE:
        return {"negative": Bearing.SUPPORTS, "limited": Bearing.UNEXPECTED, "positive": Bearing.CONTRADICTS}[outcome]
    return None


def spoken_of(result: Result, profile: Profile, above: Above) -> tuple[str, list[Expectation]]:
    """The outcome of a result and what the profile expects of the markers that it speaks of.

    A shown marker speaks of its groups too, an absent group of its members.
    """
    outcome = _OUTCOME_OF.get(result.outcome, "")
    if not outcome:
        return "", []
    if outcome == "negative":
        spoken = [m for m in profile if m == result.marker or result.marker in above(m)]
    else:
        spoken = [m for m in profile if m == result.marker or m in above(result.marker)]
    return outcome, [profile[m] for m in spoken]


def bearings_of(results: Iterable[Result], profile: Profile, above: Above) -> tuple[tuple[str, Bearing], ...]:
    """(result's IRI, bearing) of all results that say something of the profile's tumour, sorted."""
    found = set()
    for result in results:
        outcome, expectations = spoken_of(result, profile, above)
        found |= {(result.iri, b) for e in expectations if (b := bearing_of(outcome, e)) is not None}
    return tuple(sorted(found))


def usual(profiles: Iterable[Profile]) -> dict[str, float]:
    """How often profiles expect each marker to be shown: 1 where all do; a variable one counts half."""
    weights = {Expectation.POSITIVE: 1.0, Expectation.VARIABLE: 0.5, Expectation.NEGATIVE: 0.0}
    total, shown = 0, dict[str, float]()
    for profile in profiles:
        total += 1
        for marker, expectation in profile.items():
            shown[marker] = shown.get(marker, 0.0) + weights[expectation]
    return {marker: share / total for marker, share in shown.items()}


def fit(tumour: str, profile: Profile, results: Iterable[Result], above: Above,
        share: Mapping[str, float]) -> Fit:  # fmt: skip
    """The results against one profile; ``share`` is what is usual. Several results of a marker count as their mean."""
    several: dict[str, list[float]] = {}
    known = tuple(results)
    for result in known:
        outcome, expectations = spoken_of(result, profile, above)
        if not outcome:
            continue
        if expectations:
            likely = min(_LIKELY[e][outcome] for e in expectations)
        else:
            shown = min(max(share.get(result.marker, 0.0), _SILENT[0]), _SILENT[1])
            likely = {"positive": shown, "limited": 0.5, "negative": 1 - shown}[outcome]
        several.setdefault(result.marker, []).append(log(likely))
    logs = [sum(one) / len(one) for one in several.values()]
    total = sum(logs)
    score = exp(total / len(logs)) if logs else 0.0
    return Fit(tumour, score, total, bearings_of(known, profile, above))
