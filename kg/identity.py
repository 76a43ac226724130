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
