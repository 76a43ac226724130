"""What does an XMI file of E3C say? The text of its sofa, and its clinical annotations with their attributes.

E3C (Magnini et al. 2020, https://github.com/hltfbk/E3C-Corpus) is written by WebAnno: UIMA's XMI, whose offsets count
UTF-16 units. ``EVENT`` has polarity, contextualModality and docTimeRel; a ``TIMEX3`` is labelled with its class.
"""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kg.corpus.texts import check, read_bytes
from kg.errors import InputError
from kg.evaluation.gold import Annotation, GoldDocument
from kg.model import Span

_LABELS = frozenset({"CLINENTITY", "EVENT", "TIMEX3", "BODYPART", "ACTOR", "RML"})
_CUSTOM, _SOFA = "{http:///webanno/custom.ecore}", "{http:///uima/cas.ecore}Sofa"


def read_xmi(path: Path) -> GoldDocument:
    """The document of an XMI file; ``InputError`` where it is none."""
    try:
        root = fromstring(read_bytes(path))
    except ParseError as error:
        raise InputError(f"{path}:{error.position[0]}: not XML; save the annotations again as XMI") from error
    except DefusedXmlException as error:
        raise InputError(f"{path}: declares XML entities, which are not expanded; save it without") from error
    sofa = next(iter(root.findall(_SOFA)), None)
    if sofa is None or "sofaString" not in sofa.attrib:
        raise InputError(f"{path}: not UIMA's XMI (no cas:Sofa with its text); export it from WebAnno or INCEpTION")
    text, _ = check(sofa.attrib["sofaString"], str(path))
    places = _places(text)
    found = []
    for element in root:
        label = element.tag.removeprefix(_CUSTOM)
        if label in _LABELS and element.tag != label:
            try:
                found.append(_annotation(element, label, places))
            except (KeyError, ValueError, IndexError) as error:
                raise InputError(f"{path}: a {label} without a place in the text; mend its begin and end") from error
    return GoldDocument(path.stem, str(path), text, annotations=tuple(found))


def _places(text: str) -> list[int]:
    """The code point at each UTF-16 offset, the end included."""
    if all(char <= "\uffff" for char in text):
        return list(range(len(text) + 1))
    units = list(accumulate((1 + (char > "\uffff") for char in text), initial=0))
    places = [0] * (units[-1] + 1)
    for code_point, unit in enumerate(units):
        places[unit] = code_point
    return places


def _annotation(element: Element, label: str, places: list[int]) -> Annotation:
    values = element.attrib
    span = Span(places[int(values["begin"])], places[int(values["end"])])
    if not span.start < span.end:
        raise ValueError("empty")
    kind = values.get("timex3Class", "")
    attributes = tuple((k, v) for k, v in values.items() if k.isalnum() and k not in ("begin", "end", "sofa"))
    return Annotation(span, f"{label}:{kind}" if kind else label, values.get("entityID", ""), attributes)
