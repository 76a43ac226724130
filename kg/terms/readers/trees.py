"""Which terms do three publishers' own formats hold? MeSH descriptors, UCUM essence (XML) and OncoTree (JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from kg.errors import InputError
from kg.terms.readers.curies import curie_of
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.readers.naming import tidy
from kg.terms.readers.opening import MEBIBYTE, open_bytes
from kg.terms.term import Mapping, Name, Term

MESH_CATEGORIES = {
    "A": "Anatomy", "B": "Organisms", "C": "Diseases", "D": "Chemicals and Drugs",
    "E": "Analytical, Diagnostic and Therapeutic Techniques, and Equipment", "F": "Psychiatry and Psychology",
    "G": "Phenomena and Processes", "H": "Disciplines and Occupations",
    "I": "Anthropology, Education, Sociology, and Social Phenomena", "J": "Technology, Industry, and Agriculture",
    "K": "Humanities", "L": "Information Science", "M": "Named Groups", "N": "Health Care",
    "V": "Publication Characteristics", "Z": "Geographicals",
}  # fmt: skip
_MAX_DEPTH = 64
_MAX_JSON = 64 * MEBIBYTE


def _elements(path: Path, *tags: str) -> Iterator[Element]:
    """The elements with these tags, one at a time; entities and nesting beyond reason are refused."""
    depth = 0
    try:
        with open_bytes(path) as stream:
            for event, element in iterparse(stream, events=("start", "end"), forbid_entities=True):
                depth += 1 if event == "start" else -1
                if depth > _MAX_DEPTH:
                    raise InputError(f"{path}: nested too deep")
                if event == "end" and element.tag.rpartition("}")[2] in tags:
                    yield element
                    element.clear()
    except DefusedXmlException as error:
        raise InputError(f"{path}: declares XML entities, which are not expanded") from error
    except SyntaxError as error:
        raise InputError(f"{path}: not XML ({error.msg})") from error


def read_mesh(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The descriptors of ``desc<year>.xml`` below the 16 categories (``MESH:C``), by their tree numbers."""
    places: dict[str, str] = {}
    for record in _elements(path, "DescriptorRecord"):
        places.update({tree: f"MESH:{record.findtext('DescriptorUI')}" for tree in _trees(record)})
    if not places:
        raise InputError(f"{path}: no DescriptorRecord; this is no MeSH descriptor file")
    for letter, label in MESH_CATEGORIES.items():
        yield Term(f"MESH:{letter}", (Name(label, "en", "label"),))
    for record in _elements(path, "DescriptorRecord"):
        above = [tree.rpartition(".")[0] for tree in _trees(record)]
        parents = [places.get(t, "") if t else f"MESH:{tree[0]}" for t, tree in zip(above, _trees(record), strict=True)]
        label = (record.findtext("DescriptorName/String") or "").strip()
        # The other concepts of a descriptor are near it, narrower or broader.
        texts = [(label, "label"), *((text, "exact") for text in _strings(record, "Y"))]
        texts += [(text, "related") for text in _strings(record, "N")]
        names = tidy(Name(text, layout.language, scope) for text, scope in texts)
        yield Term(f"MESH:{record.findtext('DescriptorUI')}", names, tuple(dict.fromkeys(filter(None, parents))))


def _strings(record: Element, preferred: str) -> list[str]:
    """The names of the preferred concept of a descriptor (``Y``), or of the others (``N``)."""
    terms = record.iterfind(f"ConceptList/Concept[@PreferredConceptYN='{preferred}']/TermList/Term/String")
    return [text for term in terms if (text := (term.text or "").strip())]


def _trees(record: Element) -> list[str]:
    return [tree.text or "" for tree in record.iterfind("TreeNumberList/TreeNumber")]


def read_ucum(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The units and prefixes of ``ucum-essence.xml`` under their case-sensitive codes."""
    found = False
    for unit in _elements(path, "unit", "base-unit", "prefix"):
        found = True
        texts = [(child.tag.rpartition("}")[2], "".join(child.itertext()).strip()) for child in unit]
        words = [text for tag, text in texts if tag == "name"]
        symbols = [text for tag, text in texts if tag == "printSymbol" and text]
        names = [Name(text, "en", "exact" if n else "label") for n, text in enumerate([*words, *symbols])]
        yield Term(f"UCUM:{unit.get('Code', '')}", tidy(names))
    if not found:
        raise InputError(f"{path}: no unit; this is no UCUM essence")


def version_of_ucum(path: Path) -> str:
    """The version that the root element tells, or ``""``."""
    try:
        with open_bytes(path) as stream:
            for _, root in iterparse(stream, events=("start",), forbid_entities=True):
                return str(root.get("version") or "")
    except (DefusedXmlException, SyntaxError) as error:
        raise InputError(f"{path}: not XML, or XML with entities") from error
    return ""


def read_oncotree(path: Path, layout: Layout = PLAIN) -> Iterator[Term]:
    """The tumour types of OncoTree's ``tumorTypes/tree``, the codes that they replaced as obsolete terms."""
    with open_bytes(path) as stream:
        raw = stream.read(_MAX_JSON + 1)
    if len(raw) > _MAX_JSON:
        raise InputError(f"{path}: more than {_MAX_JSON // MEBIBYTE} MiB; this is no OncoTree")
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON, or nested too deep") from error
    todo = list(tree.values()) if isinstance(tree, dict) else []
    if not todo or not all(isinstance(node, dict) and "code" in node for node in todo):
        raise InputError(f"{path}: no tree of tumour types; this is no OncoTree")
    current, earlier = set[str](), dict[str, list[str]]()
    while todo:
        node = todo.pop()
        todo += list(node.get("children", {}).values())[::-1]
        current.add(node["code"])
        for old in (*node.get("history", []), *node.get("revocations", [])):
            earlier.setdefault(old, []).append(f"ONCOTREE:{node['code']}")
        yield _tumour(node)
    for old, heirs in earlier.items():
        if old not in current:
            yield Term(f"ONCOTREE:{old}", (), obsolete=True, replaced_by=tuple(dict.fromkeys(heirs)))


def _tumour(node: dict[str, Any]) -> Term:
    references = node.get("externalReferences") or {}
    targets = [Mapping(curie_of(f"{name}:{code}")) for name, codes in references.items() for code in codes]
    parents = (f"ONCOTREE:{node['parent']}",) if node.get("parent") else ()
    return Term(f"ONCOTREE:{node['code']}", (Name(str(node["name"]), "en", "label"),), parents, tuple(targets))
