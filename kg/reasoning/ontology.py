"""How are the profiles said in OWL? ``ontologies/markers.ttl``, made of ``profiles.tsv`` and the lexicon.

    python -m kg.reasoning.ontology > ontologies/markers.ttl

Three forms of the same statements, for three readers. For SPARQL: a tumour ``kg:expectedPositive`` (``Negative``,
``Variable``) a marker. For curators: an annotation of that very triple with its sources, or ``kg:unsourced``. For
reasoners: classes of marker results, so that a classifier finds which results support or contradict which tumour. The
classes hold what a tumour takes over from broader ones; the triples only what its own rows say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from kg.errors import TableError
from kg.graph.terms import iri, text
from kg.graph.write import Names, prefixes
from kg.identity import MARKERS, bearing_class, outcome_class
from kg.model import Concept
from kg.reasoning.fit import OUTCOMES, Bearing, bearing_of
from kg.reasoning.knowledge import PROPERTIES, profile_of
from kg.reasoning.profiles import Expectation, Statement, read_statements, read_titles, source_iri
from kg.terms.lexicon import Lexicon, read_lexicon

_HEAD = """
# Made by `python -m kg.reasoning.ontology` from profiles.tsv, profile-sources.tsv and the lexicon: change those.
# What a tumour shows as a rule is knowledge for review. It diagnoses nobody.

<{ontology}> a owl:Ontology ;
    dcterms:title "casekg: markers of tumours"@en , "casekg : marqueurs des tumeurs"@fr ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
"""
_PREFIXES = ("concept", "dcterms", "hgnc", "kg", "markers", "obo", "owl", "rdfs", "skos")
_COLLECTIVE = {"positive": "positive", "limited": "weak or focal", "negative": "negative"}


class _Writer:
    """The statements and the names that they use."""

    def __init__(self, statements: tuple[Statement, ...], lexicon: Lexicon) -> None:
        self.statements, self.lexicon = statements, lexicon
        self.short = Names().short
        self.stated: dict[str, dict[str, Expectation]] = {}
        for s in statements:
            _check(s, lexicon)
            self.stated.setdefault(s.tumour, {})[s.marker] = s.expectation
        self.parents = {key: lexicon.concepts[key].parents for key in lexicon.concepts}
        self.markers = sorted({s.marker for s in statements})

    def name(self, key: str) -> str:
        """The concept of a row, as Turtle."""
        return self.short(iri(self.lexicon.concepts[key].iri))

    def text(self) -> str:
        """The whole file."""
        titles = sorted(read_titles().items())
        used = {source for s in self.statements for source in s.sources}
        blocks = [
            _HEAD.format(ontology=MARKERS.rstrip("#")),
            "# Concepts\n",
            *map(self._concept, sorted({*self.stated, *self.markers, *self._above()})),
            "# Statements for queries\n",
            *map(self._profile, self.stated),
            "# Their sources\n",
            *(f"<{source_iri(source)}> dcterms:title {text(title)} .\n" for source, title in titles if source in used),
            "".join(map(self._sources, self.statements)),
            "# Results by marker and outcome\n",
            *self._outcomes(),
            "# Results by what they say of a tumour\n",
            *self._bearings(),
        ]
        return "\n".join(blocks)

    def _above(self) -> set[str]:
        """All that lies above the tumours and the markers, so that the file answers questions of hierarchy alone."""
        return {above for key in (*self.stated, *self.markers) for above in self.lexicon.ancestors(key)}

    def _concept(self, key: str) -> str:
        concept: Concept = self.lexicon.concepts[key]
        labels = " , ".join(text(label, language) for language, label in concept.labels)
        above = dict.fromkeys(self.name(p) for p in concept.parents if p in self.lexicon.concepts)
        broader = f" ;\n    skos:broader {' , '.join(above)}" if above else ""
        return f"{self.name(key)} a skos:Concept ; skos:prefLabel {labels}{broader} .\n"

    def _profile(self, tumour: str) -> str:
        lines = []
        for expectation, name in PROPERTIES.items():
            markers = [self.name(m) for m, said in self.stated[tumour].items() if said is expectation]
            lines += [f"    kg:{name} {' , '.join(markers)}"] if markers else []
        return f"{self.name(tumour)}\n" + " ;\n".join(lines) + " .\n"

    def _sources(self, s: Statement) -> str:
        sources = " , ".join(self.short(iri(source_iri(source))) for source in s.sources)
        said = f"dcterms:source {sources}" if sources else "kg:unsourced true"
        target = f"owl:annotatedProperty kg:{PROPERTIES[s.expectation]} ; owl:annotatedTarget {self.name(s.marker)}"
        return f"[] a owl:Axiom ; owl:annotatedSource {self.name(s.tumour)} ; {target} ; {said} .\n"

    def _speaking(self, marker: str, outcome: str) -> list[str]:
        """The markers whose results say so of a marker: its members where it is shown, its groups where it is not."""
        above = self.lexicon.ancestors(marker)
        if outcome == "negative":
            return [marker, *sorted(key for key in above if key in self.lexicon.concepts)]
        return [marker, *sorted(key for key in self.markers if marker in self.lexicon.ancestors(key))]

    def _class(self, name: str, label: str) -> str:
        return f"{self.short(iri(name))} a owl:Class ; rdfs:label {text(label, 'en')} ;\n"

    def _outcomes(self) -> Iterator[str]:
        for marker in self.markers:
            label = self.lexicon.concepts[marker].label()
            for outcome, results in OUTCOMES.items():
                names = " ".join(map(self.name, self._speaking(marker, outcome)))
                values = " ".join(f"kg:{result}" for result in results)
                yield self._class(outcome_class(marker, outcome), f"{label} {_COLLECTIVE[outcome]}") + (
                    "    owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( kg:MarkerResult\n"
                    f"        {_some('marker', names)}\n        {_some('result', values)} ) ] .\n"
                )

    def _bearings(self) -> Iterator[str]:
        for tumour in self.stated:
            profile = profile_of(tumour, self.stated, self.parents)
            label = self.lexicon.concepts[tumour].label()
            for bearing in Bearing:
                parts = [
                    self.short(iri(outcome_class(marker, outcome)))
                    for marker, expectation in sorted(profile.items())
                    for outcome in OUTCOMES
                    if bearing_of(outcome, expectation) is bearing
                ]
                if parts:
                    union = _union(parts)
                    yield self._class(bearing_class(bearing, tumour), f"{bearing.verb} {label}") + (
                        f"    dcterms:subject {self.name(tumour)} ;\n    owl:equivalentClass {union} .\n"
                    )


def _some(name: str, individuals: str) -> str:
    one_of = f"[ a owl:Class ; owl:oneOf ( {individuals} ) ]"
    return f"[ a owl:Restriction ; owl:onProperty kg:{name} ; owl:someValuesFrom {one_of} ]"


def _union(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return "[ a owl:Class ; owl:unionOf ( " + " ".join(parts) + " ) ]"


def _check(statement: Statement, lexicon: Lexicon) -> None:
    for key, kinds in ((statement.tumour, ("Disease",)), (statement.marker, ("Marker",))):
        if key not in lexicon.concepts or lexicon.concepts[key].kind.value not in kinds:
            raise TableError(f"profiles.tsv:{statement.line}: {key!r} is no {kinds[0].lower()} of the lexicon")


def write_ontology(statements: Iterable[Statement], lexicon: Lexicon) -> str:
    """``markers.ttl`` of these statements, as Turtle; ``TableError`` for an id that the lexicon lacks."""
    body = _Writer(tuple(statements), lexicon).text()
    return "".join(f"@prefix {p}: <{prefixes()[p]}> .\n" for p in _PREFIXES) + body


if __name__ == "__main__":
    sys.stdout.write(write_ontology(read_statements(), read_lexicon()[1]))
