"""What follows from a case? What lies above its concepts, and how its results bear on its diagnoses: for review.

- ``skos:broaderTransitive``: all that lies above a concept that an assertion uses;
- ``kg:impliedKind``: whether a revision goes down the hierarchy (a refinement) or aside (a reclassification);
- ``kg:supports``, ``kg:contradicts``, ``kg:unexpected``: from a result to each diagnosis of its lesion;
- ``kg:expectedPositive`` and its likes: the profile of each diagnosis that still holds, as far as it is known;
- ``kg:fit``: how well the results agree with that profile; and with those of other tumours, where the diagnosis is
  *discordant*: a result contradicts it, and another profile explains the same results far better (``_CLEARLY``).

A lesion is a chain of revisions; a transformation begins another. Its results are those that the text gives for one of
its diagnoses, or all of the case where it has no other tumour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import log

from kg.graph.terms import BROADER, LABEL, SKOS, TYPE, Triple, decimal, integer, iri, kg, text
from kg.identity import local_id
from kg.reasoning.facts import CaseFacts, Diagnosis
from kg.reasoning.fit import Bearing, Fit, Result, bearings_of, fit, usual
from kg.reasoning.knowledge import PROPERTIES, Hierarchy, Knowledge, Profile, above_of, profile_of

_TRANSITIVE, _CONCEPT = iri(SKOS + "broaderTransitive"), iri(SKOS + "Concept")
_CLEARLY = log(20)
"""Another profile must make the results so many times as likely: one contradicted marker alone is not enough."""
_ENOUGH = 3
"""So many results must bear on the diagnosis before others are looked at, and so many must support another."""
_SHOWN = 3
"""So many other tumours are told at most."""


class Reasoner:
    """Infers cases, one after another; what it works out of concepts is kept for the next case."""

    def __init__(self, knowledge: Knowledge, broader: Hierarchy) -> None:
        """``broader`` is the hierarchy of the graphs; that of the profiles is joined to it."""
        both = (broader, knowledge.broader)
        names = {name for one in both for name in one}
        self.knowledge = knowledge
        self._joined = {name: tuple(sorted({above for h in both for above in h.get(name, ())})) for name in names}
        self._above: dict[str, frozenset[str]] = {}
        self._known: dict[str, Profile] = {}
        self._profiles = {tumour: self._profile(tumour) for tumour in sorted(knowledge.stated)}
        self._usual = usual(self._profiles.values())

    def _profile(self, concept: str) -> Profile:
        if concept not in self._known:
            self._known[concept] = profile_of(concept, self.knowledge.stated, self._joined)
        return self._known[concept]

    def above(self, concept: str) -> frozenset[str]:
        """All that lies above a concept, itself left out."""
        if concept not in self._above:
            self._above[concept] = above_of(concept, self._joined)
        return self._above[concept]

    def infer(self, facts: CaseFacts) -> list[Triple]:
        """The triples that follow from a case, in an order that depends on its facts alone."""
        named: dict[str, None] = {}
        triples = [*self._hierarchy(facts), *self._kinds(facts)]
        for diagnosis, results in self._lesions(facts):
            profile = self._profile(diagnosis.concept)
            bearings = bearings_of(results, profile, self.above)
            triples += [(iri(result), kg(bearing.value), iri(diagnosis.iri)) for result, bearing in bearings]
            if diagnosis.holds:
                triples += self._expected(diagnosis.concept, profile, named)
                triples += self._fits(facts.case, diagnosis, results, named)
        triples += self._labels(named, facts)
        return list(dict.fromkeys(triples))

    def _hierarchy(self, facts: CaseFacts) -> Iterator[Triple]:
        for concept in facts.concepts:
            for above in sorted(self.above(concept)):
                yield iri(concept), _TRANSITIVE, iri(above)

    def _kinds(self, facts: CaseFacts) -> Iterator[Triple]:
        concepts = {d.iri: d.concept for d in facts.diagnoses}
        for later, earlier, _ in facts.revisions:
            if later in concepts and earlier in concepts and concepts[later] != concepts[earlier]:
                below = concepts[earlier] in self.above(concepts[later])
                yield iri(later), kg("impliedKind"), kg("Refinement" if below else "Reclassification")

    def _lesions(self, facts: CaseFacts) -> Iterator[tuple[Diagnosis, tuple[Result, ...]]]:
        """Each diagnosis that has a profile, with the results of its lesion, where there are any."""
        home = _Chains(d.iri for d in facts.diagnoses)
        home.join((later, earlier) for later, earlier, kind in facts.revisions if kind != "Transformation")
        profiled = [d for d in facts.diagnoses if self._profile(d.concept)]
        alone = self._alone(facts, profiled, home)
        given: dict[str, set[str]] = {}
        for one, result in facts.evidence:
            given.setdefault(home.of(one), set()).add(result)
        for diagnosis in profiled:
            own = given.get(home.of(diagnosis.iri), set())
            results = tuple(r for r in facts.results if alone or r.iri in own)
            if results:
                yield diagnosis, results

    def _alone(self, facts: CaseFacts, profiled: list[Diagnosis], home: _Chains) -> bool:
        """Whether the case has one lesion, besides names that are merely broader ones of its diagnoses."""
        lesions = {home.of(d.iri) for d in profiled}
        names = {above for d in profiled for above in (d.concept, *self.above(d.concept))}
        others = {home.of(d.iri) for d in facts.diagnoses if d.tumour and d.concept not in names}
        return len(lesions | others) == 1

    def _expected(self, concept: str, profile: Profile, named: dict[str, None]) -> Iterator[Triple]:
        for marker, expectation in sorted(profile.items()):
            named[marker] = None
            yield iri(concept), kg(PROPERTIES[expectation]), iri(marker)

    def _fits(self, case: str, diagnosis: Diagnosis, results: tuple[Result, ...],
              named: dict[str, None]) -> Iterator[Triple]:  # fmt: skip
        """The fit of the diagnosis itself, and of the tumours that fit clearly better, best first."""
        results = _agreeing(results)
        own = self._fit(diagnosis.concept, results)
        if own.count(Bearing.SUPPORTS) + own.count(Bearing.CONTRADICTS) < _ENOUGH:
            return
        better = self._better(own, results)
        for rank, one in enumerate([*better, own], 1):
            named[one.tumour] = None
            subject = iri(f"{case}#{local_id('fit', one.tumour, extra=diagnosis.iri.partition('#')[2])}")
            yield iri(diagnosis.iri), kg("fit"), subject
            yield subject, TYPE, kg("ProfileFit")
            yield subject, kg("case"), iri(case)
            yield subject, kg("concept"), iri(one.tumour)
            yield subject, kg("score"), decimal(Decimal(f"{one.score:.3f}"))
            yield subject, kg("rank"), integer(rank)
            for result, bearing in one.bearings:
                yield iri(result), kg(bearing.value), subject

    def _better(self, own: Fit, results: tuple[Result, ...]) -> list[Fit]:
        """Other tumours, neither broader nor narrower, under which the same results are far more likely."""
        if not own.count(Bearing.CONTRADICTS):
            return []
        shown = tuple(r.iri for r in results if r.outcome == "Positive")
        found = []
        for tumour in self._profiles:
            if tumour == own.tumour or tumour in self.above(own.tumour) or own.tumour in self.above(tumour):
                continue
            other = self._fit(tumour, results)
            supports = other.count(Bearing.SUPPORTS)
            if supports < _ENOUGH or supports <= own.count(Bearing.SUPPORTS):
                continue
            by_shown = any(b is Bearing.SUPPORTS and r in shown for r, b in other.bearings)
            fewer = other.count(Bearing.CONTRADICTS) < own.count(Bearing.CONTRADICTS)
            if by_shown and fewer and other.likelihood - own.likelihood >= _CLEARLY:
                found.append(other)
        found.sort(key=lambda one: (-one.likelihood, one.tumour))
        return found[:_SHOWN]

    def _fit(self, tumour: str, results: tuple[Result, ...]) -> Fit:
        return fit(tumour, self._profile(tumour), results, self.above, self._usual)

    def _labels(self, named: Mapping[str, None], facts: CaseFacts) -> Iterator[Triple]:
        """Labels, in English and the case's language, and parents of the concepts that the case itself doesn't use."""
        known = {one for concept in facts.concepts for one in (concept, *self.above(concept))}
        wanted = {one for name in named for one in (name, *self.above(name))}
        for concept in sorted(wanted - known):
            if concept not in self.knowledge.labels:
                continue
            yield iri(concept), TYPE, _CONCEPT
            for words, language in self.knowledge.labels[concept]:
                if language in ("en", facts.language):
                    yield iri(concept), LABEL, text(words, language)
            for above in self.knowledge.broader.get(concept, ()):
                yield iri(concept), BROADER, iri(above)


def _agreeing(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """The results without those of markers that are shown here and absent there: two parts or two specimens."""
    shown = {r.marker for r in results if r.outcome == "Positive"}
    absent = {r.marker for r in results if r.outcome == "Negative"}
    return tuple(r for r in results if r.marker not in shown & absent)


class _Chains:
    """Which diagnoses are one lesion? Sets joined by revisions, each named by its least member."""

    def __init__(self, members: Iterable[str]) -> None:
        self._sets = {member: {member} for member in members}

    def join(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Two diagnoses are one lesion, and so are those that they were one with before."""
        for one, other in pairs:
            both = self._sets.get(one, {one}) | self._sets.get(other, {other})
            for member in both:
                self._sets[member] = both

    def of(self, member: str) -> str:
        """The name of a diagnosis's lesion."""
        return min(self._sets.get(member, {member}))
