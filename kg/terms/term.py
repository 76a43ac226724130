"""What is known of one term of a terminology? The type that readers yield and the index is compiled from."""

from __future__ import annotations

from dataclasses import dataclass

SCOPES = ("exact", "narrow", "broad", "related")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a term: ``scope`` is ``label`` for the preferred one of its ``language``, else one of ``SCOPES``."""

    text: str
    language: str = "en"
    scope: str = "exact"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Another identifier for the term.

    ``predicate`` is a SKOS or oboInOwl CURIE, ``justification`` a SEMAPV CURIE or ``""``.
    """

    target: str
    predicate: str = "oboInOwl:hasDbXref"
    justification: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a terminology, under its CURIE (``MONDO:0002603``).

    ``parents`` are CURIEs (is-a, and part-of for anatomy); ``replaced_by`` names what an ``obsolete`` term gave way to.
    ``kind`` is a value of ``kg.model.Kind`` or ``""`` where the terminology's branch says nothing.
    """

    curie: str
    names: tuple[Name, ...]
    parents: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    kind: str = ""

    @property
    def label(self) -> str:
        """The preferred label, English first."""
        labels = [n for n in self.names if n.scope == "label"]
        return next((n.text for n in labels if n.language == "en"), labels[0].text if labels else self.curie)
