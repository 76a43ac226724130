"""Which translated names does a babelon table hold? https://github.com/monarch-initiative/babelon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.rows import need, read_rows
from kg.terms.term import Name, Term

_SCOPES = {
    "rdfs:label": "label",
    "oboInOwl:hasExactSynonym": "exact",
    "oboInOwl:hasNarrowSynonym": "narrow",
    "oboInOwl:hasBroadSynonym": "broad",
    "oboInOwl:hasRelatedSynonym": "related",
}
_NOT_YET = frozenset({"NOT_TRANSLATED", "CANDIDATE"})


def read_babelon(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """A term with its translated names for each subject; definitions and mere candidates are left out.

    Raises ``InputError`` where the table isn't babelon.
    """
    names: dict[str, list[Name]] = {}
    for _, row in read_rows(path, commented=True, quoted=False):
        if not names:
            need(path, row, "subject_id", "predicate_id", "translation_language", "translation_value")
        scope = _SCOPES.get(row["predicate_id"])
        if scope and row["translation_value"] and row.get("translation_status", "") not in _NOT_YET:
            name = Name(row["translation_value"], row["translation_language"][:2].lower(), scope)
            names.setdefault(curie_of(row["subject_id"]), []).append(name)
    for curie, found in names.items():
        yield Term(curie, tidy(found))
