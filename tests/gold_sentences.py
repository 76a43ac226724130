"""Sentences that carry their own gold: ``Sin <finding polarity=Negated>fiebre</finding>.``

A file holds one sentence a line; ``#`` starts a comment line. A mark is a tag of ``MARKS`` with the attributes listed
there, ``name=value`` or ``name="a value"``; an attribute that is not written has its default, and is checked too. Marks
do not nest. A literal ``<`` is written ``&lt;``. Anything else is a ``MarkError`` that names file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.model import Certainty, Experiencer, Polarity, Temporality

_CONTEXT: dict[str, tuple[str, frozenset[str]]] = {
    "polarity": (Polarity.AFFIRMED, frozenset(Polarity)),
    "certainty": (Certainty.CONFIRMED, frozenset(Certainty)),
    "experiencer": (Experiencer.PATIENT, frozenset(Experiencer)),
    "temporality": (Temporality.CURRENT, frozenset(Temporality)),
}
_STATUSES = frozenset({"Given", "Planned", "Stopped", "Refused", "Allergy", "NotGiven"})
_RESULTS = frozenset({"Positive", "Negative", "Weak", "Focal", "Equivocal"})
_FREE: frozenset[str] = frozenset()

MARKS: dict[str, dict[str, tuple[str, frozenset[str]]]] = {
    **dict.fromkeys(("finding", "disease", "procedure", "response"), _CONTEXT),
    "marker": {"result": ("", _RESULTS), "value": ("", _FREE)},
    "drug": {"status": ("Given", _STATUSES), "dose": ("", _FREE), "frequency": ("", _FREE), "route": ("", _FREE),
             "cycles": ("", _FREE)},
    "date": {"iso": ("", _FREE)},
    "patient": {"sex": ("unknown", frozenset({"male", "female", "unknown"})), "age": ("", _FREE)},
}  # fmt: skip
"""Mark → attribute → its default and the values it may have (none listed: any)."""

_TAG = re.compile(r"<(?P<close>/?)(?P<name>\w+)(?P<rest>(?:\s+\w+=(?:\"[^\"<>]*\"|[^\s\"<>]+))*)\s*>")
_ATTRIBUTE = re.compile(r"(\w+)=(?:\"([^\"]*)\"|(\S+))")


class MarkError(ValueError):
    """A mark that can't be read; says file, line and why."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked place: ``text[start:end]`` of the plain sentence, and every attribute of its kind."""

    name: str
    start: int
    end: int
    gold: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its marks, the marks, and where it stands (``es.txt:12``)."""

    text: str
    marks: tuple[Mark, ...]
    where: str


def _gold(name: str, written: str, where: str) -> tuple[tuple[str, str], ...]:
    known = MARKS[name]
    gold = {attribute: default for attribute, (default, _) in known.items()}
    seen = set()
    for attribute, quoted, bare in _ATTRIBUTE.findall(written):
        value = quoted or bare
        if attribute not in known:
            raise MarkError(f"{where}: <{name}> has no attribute {attribute!r}: {', '.join(known)}")
        if attribute in seen:
            raise MarkError(f"{where}: {attribute!r} stands twice in <{name}>")
        allowed = known[attribute][1]
        if not value or (allowed and value not in allowed):
            raise MarkError(f"{where}: {value!r} is no value of {attribute}: {', '.join(sorted(allowed)) or 'any'}")
        seen.add(attribute)
        gold[attribute] = value
    return tuple(gold.items())


def parse_sentence(line: str, where: str) -> Sentence:
    """One marked line as a sentence; ``MarkError`` for anything that is not exactly a mark or plain text."""
    text, marks = "", []
    opened: tuple[str, int, tuple[tuple[str, str], ...]] | None = None
    at = 0
    for tag in _TAG.finditer(line):
        text += _plain(line[at : tag.start()], where)
        at, name = tag.end(), tag["name"]
        if name not in MARKS:
            raise MarkError(f"{where}: no mark is called {name!r}: {', '.join(MARKS)}")
        if not tag["close"]:
            if opened:
                raise MarkError(f"{where}: <{name}> opens inside <{opened[0]}>")
            opened = (name, len(text), _gold(name, tag["rest"], where))
            continue
        if tag["rest"] or opened is None or opened[0] != name:
            raise MarkError(f"{where}: </{name}> closes nothing")
        marked = text[opened[1] :]
        if not marked or marked != marked.strip():
            raise MarkError(f"{where}: <{name}> marks nothing, or spaces at its border")
        marks.append(Mark(name, opened[1], len(text), opened[2]))
        opened = None
    text += _plain(line[at:], where)
    if opened:
        raise MarkError(f"{where}: <{opened[0]}> is never closed")
    if not marks:
        raise MarkError(f"{where}: a sentence without a mark tests nothing")
    return Sentence(text, tuple(marks), where)


def _plain(piece: str, where: str) -> str:
    if "<" in piece:
        raise MarkError(f"{where}: a broken mark at {piece[piece.index('<') :][:30]!r}; a literal < is written &lt;")
    return piece.replace("&lt;", "<")


def read_sentences(path: Path) -> Iterator[Sentence]:
    """The sentences of a file, in order."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield parse_sentence(line.strip(), f"{path.name}:{number}")
