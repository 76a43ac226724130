"""What is written of the concepts that a case uses? Labels, codes, matches and all broader ones.

One file answers questions alone: whoever reads it needs no lexicon.
"""

from __future__ import annotations

from functools import cache

from kg.graph.draft import Draft
from kg.graph.terms import (
    BROAD_MATCH,
    BROADER,
    EXACT_MATCH,
    IN_SCHEME,
    LABEL,
    NOTATION,
    SCHEME,
    SKOS,
    SUBCLASS,
    TITLE,
    TYPE,
    VERSION,
    VERSION_OF,
    Triple,
    iri,
    text,
)
from kg.identity import terminology_iri
from kg.terms.lexicon import Lexicon

_CONCEPT = iri(SKOS + "Concept")


def describe_concepts(draft: Draft, lexicon: Lexicon, hierarchy: bool = False) -> None:
    """The concepts that the draft uses and all above them, by their keys; with ``hierarchy`` as classes too."""
    used = set(draft.concepts)
    for key in draft.concepts:
        used |= lexicon.ancestors(key)
    language = draft.case.document.language
    written: set[str] = set()
    for key in sorted(used):
        block = concept_triples(key, language, lexicon)
        subject = block[0][0]
        if subject in written:  # two rows of one outside concept
            known = set(draft.triples)
            block = tuple(triple for triple in block if triple not in known)
        written.add(subject)
        draft.triples += block
        for name, version in lexicon.concepts[key].schemes:
            draft.add(subject, (IN_SCHEME, draft.scheme(name, version)))
    if hierarchy:
        draft.triples += _classes(used, lexicon)
    for name, version in sorted(draft.schemes):
        _describe_scheme(draft, name, version)


def _classes(used: set[str], lexicon: Lexicon) -> list[Triple]:
    """What lies right above each of some concepts, as ``rdfs:subClassOf``."""
    concepts = lexicon.concepts
    pairs = {(concepts[key].iri, concepts[p].iri) for key in used for p in concepts[key].parents if p in concepts}
    return [(iri(child), SUBCLASS, iri(parent)) for child, parent in sorted(pairs) if child != parent]


def _describe_scheme(draft: Draft, name: str, version: str) -> None:
    """A version of an installed terminology: its name, its version, and what it is a version of."""
    pairs = [(TYPE, SCHEME), (TITLE, text(name)), (VERSION_OF, iri(terminology_iri(name)))]
    draft.add(draft.scheme(name, version), *pairs, *([(VERSION, text(version))] if version else []))


@cache
def concept_triples(key: str, language: str, lexicon: Lexicon) -> tuple[Triple, ...]:
    """A concept with its labels in English and ``language``, its codes, its matches and its parents."""
    concept = lexicon.concepts[key]
    subject, labels = iri(concept.iri), dict(concept.labels)
    found = [(subject, TYPE, _CONCEPT)]
    found += [(subject, LABEL, text(labels[code], code)) for code in dict.fromkeys(("en", language)) if code in labels]
    found += [(subject, NOTATION, text(notation)) for notation in concept.notations]
    found += [(subject, EXACT_MATCH, iri(match)) for match in concept.exact]
    found += [(subject, BROAD_MATCH, iri(match)) for match in concept.broad]
    parents = (lexicon.concepts[p].iri for p in concept.parents if p in lexicon.concepts)
    found += [(subject, BROADER, iri(parent)) for parent in parents if parent != concept.iri]
    return tuple(found)
