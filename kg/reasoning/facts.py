"""What does a graph hold that can be reasoned about? Diagnoses, marker results, revisions and the hierarchy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kg.identity import ONTOLOGY
from kg.reasoning.fit import Result
from kg.reasoning.knowledge import Hierarchy
from kg.store.opening import Store

_PREFIX = f"""PREFIX kg: <{ONTOLOGY}>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_CASES = "SELECT ?case ?language WHERE { ?case a kg:ClinicalCase ; dcterms:language ?language }"
_DIAGNOSES = """SELECT ?case ?d ?concept ?lifecycle ?certainty ?morphology WHERE {
  ?d a kg:Diagnosis ; kg:case ?case ; kg:concept ?concept ; kg:lifecycle ?lifecycle ; kg:certainty ?certainty ;
     kg:polarity kg:Affirmed ; kg:experiencer kg:PatientSelf OPTIONAL { ?d kg:morphology ?morphology } }"""
_RESULTS = """SELECT ?case ?r ?marker ?result WHERE {
  ?r a kg:MarkerResult ; kg:case ?case ; kg:marker ?marker ; kg:result ?result }"""
_EVIDENCE = "SELECT ?case ?d ?r WHERE { ?d kg:evidence ?r ; kg:case ?case }"
_REVISIONS = """SELECT ?case ?later ?earlier ?kind WHERE {
  ?later prov:wasRevisionOf ?earlier ; kg:case ?case OPTIONAL { ?later kg:revisionKind ?kind } }"""
_USED = """SELECT DISTINCT ?case ?concept WHERE {
  ?a kg:polarity ?any ; kg:case ?case ; kg:concept|kg:marker|kg:site ?concept }"""
_BROADER = "SELECT DISTINCT ?below ?above WHERE { ?below skos:broader ?above }"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An affirmed diagnosis of the patient, with its concept.

    ``holds``: it is what the text ends with, and confirmed or probable. ``tumour``: it has a morphology.
    """

    iri: str
    concept: str
    holds: bool
    tumour: bool


@dataclass(slots=True)
class CaseFacts:
    """The facts of one case, all by IRI; ``revisions`` are (later, earlier, local name of the stated kind)."""

    case: str
    language: str
    diagnoses: list[Diagnosis] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    evidence: list[tuple[str, str]] = field(default_factory=list)
    revisions: list[tuple[str, str, str]] = field(default_factory=list)
    concepts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Facts:
    """All cases in the order of their IRIs, and what their concepts lie below."""

    cases: tuple[CaseFacts, ...]
    broader: Hierarchy


def read_facts(graphs: Store) -> Facts:
    """The facts of all graphs together; what belongs to no case is passed over."""

    def ask(query: str) -> list[tuple[str, ...]]:
        rows = graphs.ask(_PREFIX + query).rows
        return sorted({tuple(term.value if term else "" for term in row) for row in rows})

    cases = {case: CaseFacts(case, language) for case, language in ask(_CASES)}

    def put(query: str, add: Callable[[CaseFacts, tuple[str, ...]], None]) -> None:
        for case, *values in ask(query):
            if case in cases:
                add(cases[case], tuple(values))

    put(_DIAGNOSES, lambda facts, row: facts.diagnoses.append(_diagnosis(row)))
    put(_RESULTS, lambda facts, row: facts.results.append(Result(row[0], row[1], _local(row[2]))))
    put(_EVIDENCE, lambda facts, row: facts.evidence.append((row[0], row[1])))
    put(_REVISIONS, lambda facts, row: facts.revisions.append((row[0], row[1], _local(row[2]))))
    put(_USED, lambda facts, row: facts.concepts.append(row[0]))
    above: dict[str, list[str]] = {}
    for one, broader in ask(_BROADER):
        above.setdefault(one, []).append(broader)
    return Facts(tuple(cases.values()), {one: tuple(several) for one, several in above.items()})


def _diagnosis(row: tuple[str, ...]) -> Diagnosis:
    iri, concept, lifecycle, certainty, morphology = row
    holds = _local(lifecycle) == "Current" and _local(certainty) in ("Confirmed", "Probable")
    return Diagnosis(iri, concept, holds, bool(morphology))


def _local(term: str) -> str:
    return term.removeprefix(ONTOLOGY)
