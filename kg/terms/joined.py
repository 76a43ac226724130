"""What do installed terminologies add to the lexicon? Candidates by their names, and concepts by their CURIEs.

A term that the lexicon has under one of its identifiers is the lexicon's concept: the terminology only adds names.
Terms of several terminologies that mappings join are one concept (``kg.terms.merge``). Everything is asked of the
indexes when a text needs it, and kept for the next text up to ``KEPT`` answers of each sort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kg.identity import BASES, term_iri
from kg.model import Candidate, Concept, Kind
from kg.terms.cognates import Spelling, spelling_of
from kg.terms.entries import LANGUAGES
from kg.terms.found import Found
from kg.terms.lookup import Named, find_named, found_of, named_by
from kg.terms.merge import EXACT
from kg.terms.term import Term

if TYPE_CHECKING:
    from kg.terms.index import Index

KEPT = 1 << 15
TYPES = {
    Kind.DISEASE: "disease", Kind.ANATOMY: "organ", Kind.DRUG: "ingredient", Kind.MARKER: "protein",
    Kind.FINDING: "sign", Kind.PROCEDURE: "other", Kind.RESPONSE: "response", Kind.STAGE: "stage",
}  # fmt: skip
"""The type of the lexicon's rows that a term of a kind is like."""
_MORPHOLOGY = re.compile(r"ICDO:(\d{4}/\d)")
_CODES = ("ICDO:", "ATC:")
"""Identifiers that are written as notations, as those of the lexicon are."""


class Key(NamedTuple):
    """A language-neutral key of names: its stems, and the numbers of the indexes that have it."""

    text: str
    stems: frozenset[str]
    holders: tuple[int, ...]


class Terminologies(Mapping[str, Concept]):
    """Some indexes beside a lexicon, for texts of one language: concepts by CURIE, candidates by stems."""

    def __init__(self, indexes: Sequence[Index], concepts: Mapping[str, Concept], language: str) -> None:
        """``concepts`` are the lexicon's own, by key."""
        self.indexes = tuple(indexes)
        self.language = language
        self.spelling: Spelling = spelling_of(language)
        self._keys: dict[tuple[str, Kind], str] = {}
        for key, concept in concepts.items():
            for iri in (concept.iri, *concept.exact):
                self._keys.setdefault((iri, concept.kind), key)
        self._concepts = concepts
        self.anchored = lru_cache(maxsize=KEPT)(self._anchored)
        self.candidates = lru_cache(maxsize=KEPT)(self._candidates)
        self.named = lru_cache(maxsize=KEPT)(self._named)
        self._known = lru_cache(maxsize=KEPT)(self._concept)

    def _anchored(self, stem: str) -> dict[str, list[Key]]:
        """The keys of names of which ``stem`` is the rarest, by another of their stems (``stem`` itself if alone)."""
        holders: dict[str, list[int]] = {}
        for number, index in enumerate(self.indexes):
            for key in index.anchored(stem):
                holders.setdefault(key, []).append(number)
        found: dict[str, list[Key]] = {}
        for key, numbers in holders.items():
            stems = key.split(" ")
            second = stems[-1] if stems[-1] != stem else stems[0]
            found.setdefault(second, []).append(Key(key, frozenset(stems), tuple(numbers)))
        return found

    def _named(self, key: Key) -> tuple[Named, ...]:
        """The names that a key may stand for in a text."""
        return named_by((self.indexes[number] for number in key.holders), key.text, self.language)

    def _candidates(self, key: Key, text: str) -> tuple[Candidate, ...]:
        """What names of a key mean where a text writes ``text``: of one kind, best first."""
        named = self.named(key)
        best: dict[str, Candidate] = {}
        kind = ""
        for found in find_named(self.indexes, named, key.text, text, self.language) if named else ():
            kind = kind or found.kind
            if found.kind == kind and not found.obsolete:
                concept = self._of(found)
                if concept.type == "generic":
                    return ()  # the lexicon chooses the words for any tumour with care
                candidate = Candidate(concept, found.score, found.term, found.why, (found.terminology, found.version))
                best.setdefault(concept.key, candidate)
        return tuple(best.values())

    def __getitem__(self, curie: str) -> Concept:
        concept = self._known(curie)
        if concept is None:
            raise KeyError(curie)
        return concept

    def __contains__(self, curie: object) -> bool:
        return isinstance(curie, str) and self._known(curie) is not None

    def __iter__(self) -> Iterator[str]:
        """The CURIEs that have been asked for are not told: nothing is enumerated."""
        return iter(())

    def __len__(self) -> int:
        return sum(index.terms for index in self.indexes)

    def _concept(self, curie: str) -> Concept | None:
        found = found_of(self.indexes, curie)
        return None if found is None else self._of(found)

    def above(self, concept: Concept) -> tuple[str, ...]:
        """Keys of what stands right above a concept of the lexicon in the terminologies."""
        curies = dict.fromkeys(c for iri in (concept.iri, *concept.exact) if (c := _curie(iri)))
        return self._parents([term for curie in curies for term in self._terms(curie)], concept.kind, concept.key)

    def _terms(self, curie: str) -> list[Term]:
        return [t for index in self.indexes if (t := index.term(curie)) is not None and not t.obsolete]

    def _own(self, found: Found) -> str:
        """The key of the lexicon's concept that a candidate is, or ``""``."""
        curies = [found.curie, *(m.target for m in found.xrefs if m.predicate in EXACT)]
        keys = (self._keys.get((term_iri(curie), Kind(found.kind)), "") for curie in curies) if found.kind else ()
        return next(filter(None, keys), "")

    def _of(self, found: Found) -> Concept:
        """The concept of a candidate, the lexicon's where it has it."""
        if own := self._own(found):
            return self._concepts[own]
        kind = Kind(found.kind) if found.kind else Kind.FINDING
        same = [m.target for m in found.xrefs if m.predicate in EXACT]
        terms = [term for curie in (found.curie, *same) for term in self._terms(curie)]
        codes = [c for c in (found.curie, *(m.target for m in found.xrefs)) if c.startswith(_CODES)]
        morphologies = dict.fromkeys(m[1] for c in codes if (m := _MORPHOLOGY.fullmatch(c)))
        iri = term_iri(found.curie)
        broad = (m.target for m in found.xrefs if m.predicate == "skos:broadMatch")
        return Concept(
            found.curie, iri, kind, TYPES[kind], _labels(terms, found.curie),
            notations=tuple(sorted({code.partition(":")[2] for code in codes})),
            exact=tuple(sorted({term_iri(c) for c in same if _is_known(c)} - {iri})),
            broad=tuple(sorted({term_iri(c) for c in broad if _is_known(c)})),
            parents=self._parents(terms, kind, found.curie),
            morphology=next(iter(morphologies)) if len(morphologies) == 1 and kind is Kind.DISEASE else "",
            schemes=tuple(sorted({(i.name, i.version) for i in self.indexes
                                  if any(i.id_of(curie) is not None for curie in (found.curie, *same))})),
        )  # fmt: skip

    def _parents(self, terms: Sequence[Term], kind: Kind, own: str) -> tuple[str, ...]:
        """Keys of the lexicon, else CURIEs, of the parents of some terms."""
        curies = dict.fromkeys(parent for term in terms for parent in term.parents)
        keys = (self._keys.get((term_iri(c), kind)) or (c if self._terms(c) else "") for c in curies)
        return tuple(dict.fromkeys(key for key in keys if key and key != own))


def _is_known(curie: str) -> bool:
    return curie.partition(":")[0] in BASES


def _curie(iri: str) -> str:
    """The CURIE of an IRI of one of the bases, else ``""``."""
    return next((f"{p}:{iri[len(base) :]}" for p, base in BASES.items() if iri.startswith(base)), "")


def _labels(terms: Sequence[Term], curie: str) -> tuple[tuple[str, str], ...]:
    """The first label of each of the lexicon's languages; the CURIE where there is none in English."""
    found: dict[str, str] = {}
    for name in (name for term in terms for name in term.names if name.scope == "label"):
        found.setdefault(name.language.partition("-")[0], name.text)
    found.setdefault("en", curie)
    return tuple((code, found[code]) for code in LANGUAGES if code in found)
