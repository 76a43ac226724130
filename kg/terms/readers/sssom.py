"""Which mappings does an SSSOM table hold? https://mapping-commons.github.io/sssom/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.opening import lines_of
from kg.terms.readers.rows import need, read_rows
from kg.terms.term import Mapping, Name, Term


def read_sssom(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """A term for each subject: its label, and its mappings with predicate and justification.

    Rows that say that a mapping does not hold (``predicate_modifier`` Not) are left out. Raises ``InputError`` where
    the table isn't SSSOM.
    """
    labels: dict[str, str] = {}
    mappings: dict[str, dict[Mapping, None]] = {}
    for _, row in read_rows(path, commented=True, quoted=False):
        if not mappings:
            need(path, row, "subject_id", "predicate_id", "object_id")
        if row.get("predicate_modifier", "") == "Not":
            continue
        subject = curie_of(row["subject_id"])
        labels[subject] = labels.get(subject) or row.get("subject_label", "")
        found = Mapping(curie_of(row["object_id"]), row["predicate_id"], row.get("mapping_justification", ""))
        mappings.setdefault(subject, {})[found] = None
    for subject, found_ones in mappings.items():
        names = (Name(labels[subject], layout.language, "label"),) if labels[subject] else ()
        yield Term(subject, names, mappings=tuple(found_ones))


def version_of_sssom(path: Path) -> str:
    """``mapping_set_version`` of the header, or ``""``."""
    for _, line in lines_of(path):
        if not line.startswith("#"):
            break
        key, _, value = line.lstrip("# ").partition(":")
        if key == "mapping_set_version":
            return value.strip().strip("'\"")
    return ""
