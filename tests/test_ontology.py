"""Does the ontology declare what graphs use, and do the shapes accept what is right and refuse what is wrong?

Every constraint of shapes.ttl is broken once. The tables below say how: ``BREAKS`` for the constraints of property
shapes, by component; ``MISTAKES`` for those of node shapes and the queries, as an update of the sample.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

import owlready2
import pyoxigraph as ox
import pyshacl
import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, SH, SKOS, TIME, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

HERE = Path(__file__).resolve().parent
ONTOLOGIES = HERE.parent / "ontologies"
KG = Namespace("https://w3id.org/casekg/ontology#")
SHAPE = Namespace("https://w3id.org/casekg/shapes#")
OBO = Namespace("http://purl.obolibrary.org/obo/")
IRI = "https://w3id.org/casekg/ontology"

ONTOLOGY = Graph().parse(ONTOLOGIES / "casekg.ttl")
SHAPES = Graph().parse(ONTOLOGIES / "shapes.ttl")
SAMPLE = Graph().parse(HERE / "fixtures" / "graph-sample.ttl")
PREFIXES = dict(
    line.split("\t") for line in (ONTOLOGIES / "prefixes.tsv").read_text(encoding="utf-8").splitlines() if line
)

# --- the ontology ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded() -> owlready2.Ontology:
    """The ontology in owlready2, which can't read Turtle."""
    triples = (quad.triple for quad in ox.parse(path=str(ONTOLOGIES / "casekg.ttl")))
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return owlready2.World().get_ontology(IRI).load(fileobj=io.BytesIO(text))


@pytest.mark.parametrize(
    "path", [*ONTOLOGIES.glob("*.ttl"), HERE / "fixtures" / "graph-sample.ttl"], ids=lambda p: p.name
)
def test_files_parse_alike_in_both_libraries(path: Path) -> None:
    assert len(set(ox.parse(path=str(path)))) == len(Graph().parse(path)) > 0


def test_owlready2_sees_the_classes(loaded: owlready2.Ontology) -> None:
    kg = loaded.get_namespace(str(KG))
    assert {c.name for c in kg.Assertion.subclasses()} == {
        "Diagnosis", "FindingAssertion", "MarkerResult", "MolecularResult", "Treatment", "Procedure", "Response",
        "Stage", "AdverseEvent",
    }  # fmt: skip
    assert kg.Affirmed in kg.Polarity.instances()
    assert loaded.search_one(iri=OBO.OGMS_0000073) in kg.Diagnosis.is_a
    assert loaded.search_one(iri=OBO.RO_0002558) in kg.evidence.is_a
    assert not list(loaded.imported_ontologies)


def test_the_header_says_version_and_licence() -> None:
    assert ONTOLOGY.value(URIRef(IRI), OWL.versionInfo) == Literal("0.1.0")
    licence = ONTOLOGY.value(URIRef(IRI), URIRef(PREFIXES["dcterms"] + "license"))
    assert licence == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert not list(ONTOLOGY.objects(predicate=OWL.imports))


def test_terms_of_owl_time_are_the_w3c_ones() -> None:
    used = {node for triple in ONTOLOGY for node in triple if str(node).startswith(str(TIME))}
    assert used
    assert [node for node in used if node not in TIME] == []
    assert URIRef(str(TIME) + "inXSDgYearDay") not in TIME


def own_terms() -> set[URIRef]:
    return {s for s in ONTOLOGY.subjects() if isinstance(s, URIRef) and s.startswith(KG)}


def test_every_term_has_a_label_and_a_sentence_in_two_languages() -> None:
    for term in own_terms():
        for predicate, most in ((RDFS.label, 60), (RDFS.comment, 200)):
            texts = {
                text.language: str(text) for text in ONTOLOGY.objects(term, predicate) if isinstance(text, Literal)
            }
            assert set(texts) == {"en", "fr"}, f"{term} needs one {predicate} in English and one in French"
            for text in texts.values():
                assert 0 < len(text) <= most
                assert predicate == RDFS.label or (text[0].isupper() and text.endswith(".")), text


def test_every_term_that_a_graph_uses_is_declared() -> None:
    used = {node for graph in (SAMPLE, SHAPES) for triple in graph for node in triple if str(node).startswith(KG)}
    for path in (HERE.parent / "queries").glob("*.rq"):
        used |= {KG[name] for name in re.findall(r"\bkg:(\w+)", path.read_text(encoding="utf-8"))}
    assert used <= own_terms(), sorted(used - own_terms())


def test_the_sample_uses_every_class_and_property() -> None:
    used = {node for s, p, o in SAMPLE for node in (p, o)}
    terms = {
        term
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in ONTOLOGY.subjects(RDF.type, kind)
        if term in own_terms()
        and not ONTOLOGY.value(term, OWL.equivalentClass)  # enumerations are used by their values
    }
    assert sorted(terms - used) == [KG.Assertion, KG.depth]


def test_individuals_are_exactly_the_members_of_enumerations() -> None:
    members = set()
    for enumeration, expression in ONTOLOGY.subject_objects(OWL.equivalentClass):
        group = set(Collection(ONTOLOGY, ONTOLOGY.value(expression, OWL.oneOf)))
        assert group == set(ONTOLOGY.subjects(RDF.type, enumeration)), enumeration
        members |= group
    assert members == set(ONTOLOGY.subjects(RDF.type, OWL.NamedIndividual))
    (different,) = ONTOLOGY.subjects(RDF.type, OWL.AllDifferent)
    assert members == set(Collection(ONTOLOGY, ONTOLOGY.value(different, OWL.distinctMembers)))


def test_shapes_know_the_same_values_as_the_ontology() -> None:
    ranges = {
        prop: set(Collection(ONTOLOGY, ONTOLOGY.value(ONTOLOGY.value(values, OWL.equivalentClass), OWL.oneOf)))
        for prop, values in ONTOLOGY.subject_objects(RDFS.range)
        if ONTOLOGY.value(values, OWL.equivalentClass)
    }
    listed = {}
    for shape, values in SHAPES.subject_objects(SH["in"]):
        if not re.search("affirmed|Superseded|Current", str(shape)):  # these three narrow an enumeration on purpose
            listed[SHAPES.value(shape, SH.path)] = set(Collection(SHAPES, values))
    assert listed == ranges


def test_ontology_and_sample_are_consistent() -> None:
    graph = ONTOLOGY + SAMPLE
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    errors = Namespace("http://www.daml.org/2002/03/agents/agent-ont#")
    assert [str(text) for text in graph.objects(predicate=errors.error)] == []
    diagnosis = next(SAMPLE.subjects(RDF.type, KG.Diagnosis))
    assert (diagnosis, RDF.type, OBO.IAO_0000030) in graph


def test_a_contradiction_is_seen() -> None:
    graph = ONTOLOGY + SAMPLE
    graph.add((next(SAMPLE.subjects(RDF.type, KG.Patient)), RDF.type, KG.Event))
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    assert list(graph.objects(predicate=URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")))


def test_prefixes_are_those_of_the_files() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    for path in [
        *ONTOLOGIES.glob("*.ttl"),
        *(HERE.parent / "queries").glob("*.rq"),
        HERE / "fixtures/graph-sample.ttl",
    ]:
        for prefix, base in re.findall(r"(?:@prefix|PREFIX) (\w*): <([^>]*)>", path.read_text(encoding="utf-8")):
            assert PREFIXES.get(prefix) == base, f"{path.name}: {prefix}: <{base}> is not that of prefixes.tsv"


# --- the shapes ------------------------------------------------------------------------------------------------------


def test_the_sample_is_accepted() -> None:
    conforms, _, text = pyshacl.validate(SAMPLE, shacl_graph=SHAPES, meta_shacl=True)
    assert conforms, text


def test_property_shapes_are_named_and_say_what_to_do() -> None:
    for shape in SHAPES.objects(predicate=SH.property):
        assert isinstance(shape, URIRef)
        assert str(SHAPES.value(shape, SH.message)).endswith((".", "?"))
    covered = set(SHAPES.objects(predicate=SH.targetClass))
    enumerations = set(ONTOLOGY.subjects(OWL.equivalentClass))
    own = {c for c in ONTOLOGY.subjects(RDF.type, OWL.Class) if str(c).startswith(KG)}
    assert own - enumerations == covered - {TIME.Instant, TIME.ProperInterval}


def refusals(graph: Graph) -> set[tuple[str, str, str, str]]:
    """(focus, shape, component, message) of what the shapes refuse in ``graph``."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=SHAPES, inplace=True)
    assert isinstance(report, Graph)
    return {
        (
            str(report.value(result, SH.focusNode)),
            str(report.value(result, SH.sourceShape)).removeprefix(str(SHAPE)),
            str(report.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH)),
            str(report.value(result, SH.resultMessage)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def changed(remove: list[tuple[Node, Node, Node]], add: list[tuple[Node, Node, Node]]) -> Graph:
    graph = Graph() + SAMPLE
    for triple in remove:
        graph.remove(triple)
    for triple in add:
        graph.add(triple)
    return graph


NOWHERE = URIRef("https://example.org/nowhere")
# What to put in place of the values of the path to break a constraint, by the constraint's parameter.
BREAKS: dict[URIRef, list[Node]] = {
    SH.minCount: [],
    SH.maxCount: [Literal("one"), Literal("two")],
    SH.datatype: [Literal(True)],
    SH.nodeKind: [BNode()],
    SH["class"]: [NOWHERE],
    SH["in"]: [KG.Nonsense],
    SH.node: [NOWHERE],
    SH["or"]: [Literal("soon"), NOWHERE],
    SH.pattern: [Literal("?")],
    SH.minLength: [Literal("")],
    SH.minInclusive: [Literal(-1), Literal(Decimal("-0.1"))],
    SH.minExclusive: [Literal(Decimal("0.0"))],
    SH.maxInclusive: [Literal(1000), Literal(Decimal("1.1"))],
    SH.lessThan: [Literal(10**6)],
    SH.lessThanOrEquals: [Literal(Decimal(10**6))],
    SH.uniqueLang: [Literal("a", lang="en"), Literal("b", lang="en")],
    SH.qualifiedMinCount: [Literal("a", lang="fr")],
}
SILENT = {SH.path, SH.message, SH.qualifiedValueShape, RDF.type}  # parameters that constrain nothing by themselves


def focus_of(node: Node, paths: list[Node]) -> Node:
    """A thing in the sample that ``node`` looks at, one with a value to replace where there is one."""
    things = {s for c in SHAPES.objects(node, SH.targetClass) for s in SAMPLE.subjects(RDF.type, c)}
    things |= {o for p in SHAPES.objects(node, SH.targetObjectsOf) for o in SAMPLE.objects(predicate=p)}
    return min(things, key=lambda thing: (not all(SAMPLE.value(thing, path) for path in paths), str(thing)))


@dataclass(frozen=True)
class Breach:
    """How a constraint of a property shape is broken: ``parameter`` of ``shape``, at ``focus`` in the sample."""

    shape: URIRef
    parameter: URIRef
    focus: Node
    paths: tuple[Node, ...]

    @property
    def message(self) -> str:
        """What the shape says."""
        return str(SHAPES.value(self.shape, SH.message))


def breaches() -> Iterator[Breach]:
    """One of every constraint of the shapes that have targets of their own."""
    for node in sorted(set(SHAPES.subjects(SH.targetClass)) | set(SHAPES.subjects(SH.targetObjectsOf))):
        for shape in sorted(SHAPES.objects(node, SH.property)):
            path = SHAPES.value(shape, SH.path)
            alternatives = SHAPES.value(path, SH.alternativePath)
            paths = tuple(Collection(SHAPES, alternatives)) if alternatives else (path,)
            for parameter in sorted(set(SHAPES.predicates(shape)) - SILENT):
                other = SHAPES.value(shape, parameter) if parameter == SH.lessThanOrEquals else None
                focus = focus_of(node, [] if alternatives else [path, *([other] if other else [])])
                yield Breach(shape, parameter, focus, paths)


def rounds() -> list[list[Breach]]:
    """The breaches in groups to be made together, as pyshacl takes its time: one at most at each thing."""
    by_focus: dict[Node, list[Breach]] = {}
    for breach in breaches():
        by_focus.setdefault(breach.focus, []).append(breach)
    return [[breach for breach in group if breach] for group in zip_longest(*by_focus.values())]


def broken(group: list[Breach]) -> Graph:
    """The sample with these breaches in it."""
    return changed(
        [(breach.focus, path, None) for breach in group for path in breach.paths],
        [(breach.focus, breach.paths[0], value) for breach in group for value in BREAKS[breach.parameter]],
    )


@pytest.mark.parametrize("group", rounds(), ids=lambda group: f"{len(group)}-at-once")
def test_every_property_constraint_refuses_what_breaks_it(group: list[Breach]) -> None:
    found = {(f, s, re.sub("ConstraintComponent$", "", c), m) for f, s, c, m in refusals(broken(group))}
    for breach in group:
        component = breach.parameter.removeprefix(str(SH))
        component = component[0].upper() + component[1:]
        assert (str(breach.focus), breach.shape.removeprefix(str(SHAPE)), component, breach.message) in found
        assert any(qualified(path) in breach.message for path in breach.paths)


def qualified(iri: Node) -> str:
    prefix, base = max(((p, b) for p, b in PREFIXES.items() if str(iri).startswith(b)), key=lambda pair: len(pair[1]))
    return f"{prefix}:{str(iri).removeprefix(base)}"


# (node shape that refuses, what is done to the sample). Types and links that are removed or added, as SPARQL updates.
FIRST = "SELECT ?x WHERE {{ ?x a kg:{} }} ORDER BY ?x LIMIT 1"
MISTAKES: list[tuple[str, str]] = [
    *(
        (name, f"INSERT {{ [] a kg:{name} }} WHERE {{}}")
        for name in (
            "ClinicalCase",
            "Patient",
            "Mention",
            "Passage",
            "Assertion",
            "Candidate",
            "Quantity",
            "Measurement",
            "Event",
            "Finding",
            "ProfileFit",
            "EvidenceLink",
        )
    ),
    ("Concept", 'INSERT { ?x kg:concept [ skos:prefLabel "fever"@en ] } WHERE { ' + FIRST.format("Diagnosis") + " }"),
    ("Mention", "DELETE { ?x a oa:TextQuoteSelector } WHERE { ?x a kg:Mention }"),
    ("Passage", "DELETE { ?x a oa:TextPositionSelector } WHERE { ?x a kg:Passage }"),
    ("Mention", "INSERT DATA { case:demo a kg:Mention , oa:TextPositionSelector , oa:TextQuoteSelector }"),
    ("Passage", "INSERT DATA { case:demo a kg:Passage , oa:TextPositionSelector , oa:TextQuoteSelector }"),
    ("DateHasBasis", "DELETE { ?x kg:dateBasis ?b } WHERE { ?x a kg:Diagnosis ; kg:dateBasis ?b }"),
    ("EndHasStart", "DELETE { ?x kg:date ?d } WHERE { ?x kg:date ?d ; kg:endDate ?e }"),
    ("RevisionHasKind", "DELETE { ?x kg:revisionKind ?k } WHERE { ?x kg:revisionKind ?k }"),
    ("KindHasRevision", "DELETE { ?x prov:wasRevisionOf ?y } WHERE { ?x prov:wasRevisionOf ?y }"),
    ("SupersededIsRevised", "DELETE { ?x prov:wasRevisionOf ?y } WHERE { ?x prov:wasRevisionOf ?y }"),
    (
        "RevisedIsNotCurrent",
        "DELETE { ?x kg:lifecycle kg:Superseded } INSERT { ?x kg:lifecycle kg:Current } WHERE { ?x a kg:Diagnosis }",
    ),
    ("RevisionIsAcyclic", "INSERT { ?x prov:wasRevisionOf ?x } WHERE { " + FIRST.format("Diagnosis") + " }"),
    ("RevisionIsAcyclic", "INSERT { ?y prov:wasRevisionOf ?x } WHERE { ?x prov:wasRevisionOf/prov:wasRevisionOf ?y }"),
    (
        "MarkerResult",
        "DELETE { ?x kg:polarity kg:Affirmed } INSERT { ?x kg:polarity kg:Negated } WHERE { ?x a kg:MarkerResult }",
    ),
    (
        "EvidenceHasClass",
        "DELETE { ?x a ?sort } WHERE { ?x a kg:EvidenceLink ; a ?sort FILTER(?sort != kg:EvidenceLink) }",
    ),
    ("AdverseEvent", "DELETE { ?x a kg:FindingAssertion } WHERE { ?x a kg:AdverseEvent }"),
    ("SuspectsOnlyAdverseEvents", "DELETE { ?x a kg:AdverseEvent } WHERE { ?x a kg:AdverseEvent }"),
]


@pytest.mark.parametrize(("name", "update"), MISTAKES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(MISTAKES)])
def test_every_rule_of_a_node_refuses_what_breaks_it(name: str, update: str) -> None:
    graph = Graph() + SAMPLE
    graph.update(update, initNs={prefix: Namespace(base) for prefix, base in PREFIXES.items()})
    assert set(graph) != set(SAMPLE)
    known = {str(SHAPES.value(SHAPE[s], SH.message)) for s in (name, f"{name}-query", f"{name}-affirmed")}
    assert {message for *_, message in refusals(graph)} & known


def test_every_rule_of_a_node_is_broken_once() -> None:
    nodes = {
        str(shape).removeprefix(str(SHAPE))
        for shape in SHAPES.subjects(RDF.type, SH.NodeShape)
        if SHAPES.value(shape, SH.message) or SHAPES.value(shape, SH.sparql)
    }
    assert nodes == {name for name, _ in MISTAKES} - {"MarkerResult"}


def test_dates_have_their_stated_precision() -> None:
    focus = focus_of(SHAPE.Event, [KG.date])
    for value, datatype, right in (
        ("2010", XSD.gYear, True),
        ("2010-03", XSD.gYearMonth, True),
        ("2010-03-05", XSD.date, True),
        ("2010-13", XSD.gYearMonth, False),
        ("2010-03", XSD.string, False),
        ("2010-03-05T00:00:00", XSD.dateTime, False),
    ):
        graph = changed([(focus, KG.date, None)], [(focus, KG.date, Literal(value, datatype=datatype))])
        assert (not refusals(graph)) == right, value


def test_labels_of_concepts_are_in_english_too() -> None:
    concept = next(SAMPLE.objects(predicate=KG.marker))
    graph = changed([(concept, SKOS.prefLabel, label) for label in SAMPLE.objects(concept, SKOS.prefLabel)], [])
    assert {shape for _, shape, *_ in refusals(graph)} == {"Concept-prefLabel"}
