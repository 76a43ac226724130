"""What does a brat file say? ``T`` spans, ``A`` attributes, ``R`` relations, and codes in ``#`` notes or ``N`` lines.

The format: https://brat.nlplab.org/standoff.html. A discontinuous span counts from its first to its last character.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from kg.corpus.texts import decode, read_bytes
from kg.errors import InputError
from kg.evaluation.gold import Annotation, GoldDocument, Link
from kg.model import Span

_CUI = re.compile(r"C\d{7}")
_CODE = re.compile(r"C?\d[\w/.]*|tocheck|[A-Za-z]+:\w+")
"""How the note of a span begins that holds its code; the last such note counts, other remarks don't."""


@dataclass(slots=True)
class _Lines:
    """The lines of a file by what they are; events stand for their triggers."""

    spans: dict[str, tuple[str, Span]] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, line: str, text: str) -> None:
        """One line; ``ValueError`` and ``IndexError`` where it has not the form of its kind."""
        cells = line.split("\t")
        kind, words = line[0], cells[1].split() if len(cells) > 1 else []
        if kind == "T":
            label, span = _span(cells[1])
            if not 0 <= span.start < span.end <= len(text):
                raise ValueError("outside the text")
            self.spans[cells[0]] = (label, span)
        elif kind == "E":
            self.events[cells[0]] = words[0].split(":")[1]
        elif kind in "AM":
            self.attributes.setdefault(words[1], []).append((words[0], " ".join(words[2:]) or "true"))
        elif kind == "R":
            self.relations.append((words[0], words[1].split(":")[1], words[2].split(":")[1]))
        elif kind == "N":
            self.notes[words[1]] = words[2].split(":", 1)[1]
        elif kind == "#" and len(cells) > 2:
            note = cells[2].strip()
            if _CODE.match(note) or words[1] not in self.notes:
                self.notes[words[1]] = note


def _span(cell: str) -> tuple[str, Span]:
    label, places = cell.split(" ", 1)
    pieces = [(int(start), int(end)) for start, end in (place.split() for place in places.split(";"))]
    if not all(start < end for start, end in pieces):
        raise ValueError("ends before it starts")
    return label, Span(min(start for start, _ in pieces), max(end for _, end in pieces))


def read_brat(path: Path) -> GoldDocument:
    """The document of an ``.ann`` file, whose text stands beside it as ``.txt``; ``InputError`` names file and line."""
    beside = path.with_suffix(".txt")
    if not beside.is_file():
        raise InputError(f"{path}: its text {beside.name} is not beside it; put it there, or take the file away")
    text, _ = decode(read_bytes(beside), str(beside))
    content, _ = decode(read_bytes(path) or b"#0\tempty", str(path))
    lines = _Lines()
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip() and line[0] in "TEAMRN#":
            try:
                lines.add(line.rstrip("\r"), text)
            except (ValueError, IndexError) as error:
                told = "outside the text" if "outside" in str(error) else f"not a brat line of kind {line[0]}"
                raise InputError(f"{path}:{number}: {told}; mend the line") from error
    made = {id: _annotation(lines, id) for id in lines.spans}
    links = []
    for label, source, target in lines.relations:
        ends = [made.get(lines.events.get(end, end)) for end in (source, target)]
        if ends[0] and ends[1]:
            links.append(Link(label, ends[0], ends[1]))
    return GoldDocument(path.stem, str(path), text, annotations=tuple(made.values()), links=tuple(links))


def _annotation(lines: _Lines, id: str) -> Annotation:
    """A span with its code and attributes, its own and those of the events that it triggers."""
    label, span = lines.spans[id]
    note = lines.notes.get(id, "")
    if _CUI.fullmatch(label):
        # Mantra: the concept is the type, its semantic group the last cell of the note
        group = next(csv.reader([note], skipinitialspace=True), [""])[-1].strip(' "')
        return Annotation(span, group, label)
    carriers = [id, *(event for event, trigger in lines.events.items() if trigger == id)]
    attributes = [pair for carrier in carriers for pair in lines.attributes.get(carrier, [])]
    return Annotation(span, label, note if _CODE.match(note) else "", tuple(attributes))
