"""Where are we? Sections by their headings, sentences by their marks.

A heading is a line of its own that the language's table knows (``Examen physique``, ``DIAGNOSTIC :``), or the start
of a line up to a colon; words of the row ``more`` and brackets may follow (``Immunohistochimie complémentaire``). A
sentence ends at a full stop, question or exclamation mark before white space and a new start, or at the end of a line
that the next line does not continue; never inside ``12,5 g/m2``, after ``Dr.`` or an initial.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cache

from kg.model import Section, Span
from kg.reading.tables import Language, forms
from kg.reading.text import Words, fold

ELLIPSIS = 3
"""More full stops in a row lead the eye from a name to its value (``MLH1 ...... perdu``)."""
_MORE = "more"
_BRACKETS = re.compile(r"\([^()]*\)?\s*$")
_LINE = re.compile(r"[^\n\r]+")
_HEADING = re.compile(r"[\s\d.)#*\"'–-]*([^\W\d][^:]{1,60}?)\s*(:|$)")
_END = re.compile(r"[.!?]+(?=[\s\"»)]|[A-ZÀ-Ý]['’]?[a-zà-ý])|[\n\r]+")
_STARTS_LINE = re.compile(r"\s*(?:[-\"*•>–]|\d+[.)°]|[A-ZÀ-Ý0-9])")
_BEFORE_DOT = re.compile(r"([^\W\d_]+)\.?$")


@cache
def _headings(language: Language) -> dict[str, str]:
    found = {}
    for (name, cell), _ in language.table("sections", 2):
        for form in forms(cell) if name != _MORE else ():
            found[" ".join(fold(form).split())] = name
    return found


@cache
def _more(language: Language) -> frozenset[str]:
    """Words that a heading may end with and that say nothing of its section."""
    return frozenset(fold(w) for (name, cell), _ in language.table("sections", 2) if name == _MORE for w in forms(cell))


def _name_of(heading: str, known: dict[str, str], language: Language) -> str:
    """The section that a heading opens, or nothing."""
    words = _BRACKETS.sub("", fold(heading)).split()
    while words and " ".join(words) not in known and words[-1] in _more(language):
        words.pop()
    return known.get(" ".join(words), "")


def _ends_sentence(text: str, match: re.Match[str], language: Language) -> bool:
    """Whether the mark at ``match`` ends a sentence."""
    if match[0][0] in "\n\r":
        before = text[max(0, match.start() - 1) : match.start()]
        newlines = match[0].replace("\r\n", "\n").count("\n") + match[0].count("\r") - match[0].count("\r\n")
        return newlines > 1 or before in ".:;!?" or bool(_STARTS_LINE.match(text, match.end()))
    if match[0] != ".":
        return set(match[0]) != {"."} or len(match[0]) <= ELLIPSIS
    word = _BEFORE_DOT.search(text, max(0, match.start() - 20), match.start())
    if word:
        form = fold(word[1])
        if form in language.abbreviations or (len(form) == 1 and word[1].isupper()):
            return False
    after = text[match.end() : match.end() + 3].lstrip()
    return not after or not after[0].islower()


def _sentences(text: str, span: Span, language: Language) -> tuple[Span, ...]:
    found, start = [], span.start
    ends = [m.end() for m in _END.finditer(text, span.start, span.end) if _ends_sentence(text, m, language)]
    for end in [*ends, span.end]:
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        last = start + len(piece.rstrip())
        if last > first:
            found.append(Span(first, last))
        start = end
    return tuple(found)


SHORT = frozenset({"PastHistory", "FamilyHistory", "Allergies", "Lifestyle", "Medication"})
"""The patient's background: no part of the story."""
FINAL = frozenset({"Diagnosis", "Conclusion"})
"""Sections that give the diagnosis."""
_PARAGRAPH_END = re.compile(r"\r?\n[ \t]*\r?\n")


def _short_ones_closed(text: str, marks: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Headings of the patient's background hold for their paragraph; then the section before goes on.

    So does a diagnosis on the line of its heading, as letters have it at their top.
    """
    closed: list[tuple[int, int, str]] = []
    for n, (start, body, name) in enumerate(marks):
        closed.append((start, body, name))
        limit = marks[n + 1][0] if n + 1 < len(marks) else len(text)
        inline = bool(text[body:limit].split("\n", 1)[0].strip())
        if name in FINAL and inline and (gap := _PARAGRAPH_END.search(text, body, limit)):
            if text[gap.end() : limit].strip():
                closed.append((gap.end(), gap.end(), "History"))
        elif name in SHORT:
            end = text.find("\n", body, limit) if inline else -1
            if (
                not inline
                and (gap := _PARAGRAPH_END.search(text, body + 1, limit))
                and text[body : gap.start()].strip()
            ):
                end = gap.end()
            if 0 < end < limit - 1:
                before = next((m[2] for m in reversed(closed) if m[2] not in SHORT), "")
                closed.append((end, end, before or "History"))
    return closed


def split_sections(words: Words, language: Language) -> tuple[Section, ...]:
    """The sections of a text in order; together they cover it. Text before any heading has the name ``""``."""
    text, known = words.text, _headings(language)
    marks: list[tuple[int, int, str]] = [(0, 0, "")]
    for line in _LINE.finditer(text):
        match = _HEADING.match(line[0])
        if match and len(match[1]) <= 60:
            name = _name_of(match[1], known, language)
            if name:
                marks.append((line.start(), line.start() + match.end(), name))
    marks = _short_ones_closed(text, marks)
    sections = []
    for (start, body, name), (end, _, _) in zip(marks, [*marks[1:], (len(text), 0, "")], strict=True):
        if end > start:
            sections.append(Section(name, Span(start, end), _sentences(text, Span(body, end), language)))
    return tuple(sections)


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and sentences, ready to be asked for the one around an offset of the original text."""

    sections: tuple[Section, ...]
    sentences: tuple[Span, ...]
    starts: tuple[int, ...]
    owners: tuple[int, ...]

    def sentence_at(self, offset: int) -> int:
        """Index of the sentence that holds ``offset`` (or the last one before it)."""
        return max(0, bisect.bisect_right(self.starts, offset) - 1)

    def section_at(self, offset: int) -> Section:
        """The section that holds ``offset``."""
        for section in self.sections:
            if offset < section.span.end:
                return section
        return self.sections[-1]


def outline_of(words: Words, language: Language) -> Outline:
    """The sections of a text with an index of their sentences."""
    sections = split_sections(words, language) or (Section("", Span(0, len(words.text)), (Span(0, len(words.text)),)),)
    pairs = [(sentence, i) for i, section in enumerate(sections) for sentence in section.sentences]
    pairs = pairs or [(Span(0, len(words.text)), 0)]
    return Outline(sections, tuple(s for s, _ in pairs), tuple(s.start for s, _ in pairs), tuple(i for _, i in pairs))
