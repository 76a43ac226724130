"""The one place where identifiers are minted: from case id, kind, concept and offsets, never from the text's words.

Ids of a case's parts are ``<kind>-<12 hex digits>`` of a hash, so the same input gives the same bytes anywhere.
"""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import quote

from kg.model import Span

CASE_BASE = "https://w3id.org/casekg/case/"
MODEL_BASE = "https://w3id.org/casekg/model/"
"""What the IRIs of models begin with; their ids follow."""
QUERY_BASE = "https://w3id.org/casekg/query/"
ONTOLOGY = "https://w3id.org/casekg/ontology#"
MARKERS = "https://w3id.org/casekg/markers#"
_TERM = "https://w3id.org/casekg/term/"
_TERMINOLOGY = "https://w3id.org/casekg/terminology/"
_OBO = "http://purl.obolibrary.org/obo/"
BASES = {
    **{p: f"{_OBO}{p}_" for p in ("MONDO", "NCIT", "UBERON", "HP", "DOID", "OBI", "CL", "CHEBI", "OGMS", "PATO")},
    "HGNC": "http://identifiers.org/hgnc/",
    "DrugBank": "https://go.drugbank.com/drugs/",
}
"""Prefix of a CURIE → what its publisher's IRIs begin with."""


def local_id(kind: str, concept: str, *spans: Span, extra: str = "") -> str:
    """The id of a part of a case: ``diagnosis-0a1b2c3d4e5f`` from its kind, concept key and offsets.

    >>> local_id("diagnosis", "sarcoma", Span(637, 644))
    'diagnosis-66c4cc86a93a'
    """
    material = "|".join((kind, concept, *(f"{s.start},{s.end}" for s in spans), extra))
    return f"{kind}-{blake2b(material.encode(), digest_size=6).hexdigest()}"


def case_iri(case_id: str, base: str = CASE_BASE) -> str:
    """The IRI of a case, and of its named graph; the id is percent-encoded."""
    return base.rstrip("/") + "/" + quote(case_id, safe="-._~")


def term_iri(curie: str) -> str:
    """The IRI of an outside term: its publisher's where we know how it is made, else one of ours.

    >>> term_iri("MONDO:0005089"), term_iri("ICDO:8890/3")
    ('http://purl.obolibrary.org/obo/MONDO_0005089', 'https://w3id.org/casekg/term/ICDO:8890%2F3')
    """
    prefix, _, local = curie.partition(":")
    return BASES[prefix] + local if prefix in BASES else _TERM + quote(curie, safe=":-._~")


def terminology_iri(name: str, version: str = "") -> str:
    """The IRI of a terminology, or of one version of it."""
    return _TERMINOLOGY + quote(name, safe="-._~") + (f"/{quote(version, safe='-._~')}" if version else "")


def outcome_class(marker: str, outcome: str) -> str:
    """The IRI of the class of results of a marker that came out so: ``…markers#kit-positive``; ids of the lexicon."""
    return f"{MARKERS}{marker}-{outcome}"


def bearing_class(bearing: str, tumour: str) -> str:
    """The IRI of the class of results that bear so on a tumour: ``…markers#contradicts-pecoma``."""
    return f"{MARKERS}{bearing}-{tumour}"
