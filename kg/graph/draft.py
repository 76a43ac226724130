"""What has been written of a case so far? The triples, and what they already speak of: places, passages, concepts."""

from __future__ import annotations

from functools import lru_cache

from kg.graph.terms import OA, TYPE, Pair, Triple, date, integer, iri, kg, text
from kg.identity import case_iri, terminology_iri
from kg.model import Case, Concept, Span, When

_START, _END, _EXACT = iri(OA + "start"), iri(OA + "end"), iri(OA + "exact")
_POSITION, _QUOTE = iri(OA + "TextPositionSelector"), iri(OA + "TextQuoteSelector")
_MENTION, _SECTION, _KIND = kg("Mention"), kg("section"), kg("kind")


class Draft:
    """Collects the triples of one case; ``me`` is the case's own IRI as a term."""

    def __init__(self, case: Case, base: str) -> None:
        """Nothing is written yet."""
        self.case = case
        self.iri = case_iri(case.document.id, base)
        self.me = iri(self.iri)
        self.triples: list[Triple] = []
        self.concepts: dict[str, Concept] = {}
        self.passages: dict[Span, None] = {}
        self.mentioned: set[Span] = set()
        self.described: set[str] = set()
        """Parts that several others share and that are written once."""
        self.schemes: dict[tuple[str, str], None] = {}
        self.sections = [(s.span.end, kg(f"{s.name or 'Body'}_Section")) for s in case.sections]
        """Where each section ends, and its term."""

    def add(self, subject: str, *pairs: Pair) -> None:
        """More about a subject."""
        self.triples += [(subject, p, o) for p, o in pairs]

    def part(self, name: str) -> str:
        """The IRI of a part of the case, by its local id."""
        return f"<{self.iri}#{name}>"

    def first(self, subject: str) -> bool:
        """Whether nothing has been written of a shared part yet; from now on it has."""
        if subject in self.described:
            return False
        self.described.add(subject)
        return True

    def span(self, span: Span) -> str:
        """The IRI of a place in the text (RFC 5147)."""
        return f"<{self.iri}#char={span.start},{span.end}>"

    def select(self, subject: str, span: Span) -> None:
        """The place and the words of a span, after the Web Annotation vocabulary."""
        quoted = text(self.case.document.text[span.start : span.end])
        self.triples += [
            (subject, TYPE, _POSITION),
            (subject, TYPE, _QUOTE),
            (subject, _START, integer(span.start)),
            (subject, _END, integer(span.end)),
            (subject, _EXACT, quoted),
        ]

    def mention(self, span: Span, section: str, kind: str) -> bool:
        """Write a mention with its words, section and kind; False where its place has one already."""
        if span in self.mentioned:
            return False
        self.mentioned.add(span)
        subject = self.span(span)
        self.triples.append((subject, TYPE, _MENTION))
        self.select(subject, span)
        self.triples += [(subject, _SECTION, section), (subject, _KIND, kind)]
        return True

    def section_at(self, offset: int) -> str:
        """The term of the section that holds an offset."""
        return next((name for end, name in self.sections if offset < end), self.sections[-1][1])

    def concept(self, concept: Concept) -> str:
        """The term of a concept, which the case uses from now on."""
        self.concepts[concept.key] = concept
        return iri(concept.iri)

    def scheme(self, name: str, version: str) -> str:
        """The term of a version of a terminology, which the case uses from now on."""
        self.schemes[name, version] = None
        return iri(terminology_iri(name, version))

    def passage(self, span: Span) -> str:
        """The term of a passage, which the case quotes from now on."""
        self.passages[span] = None
        return self.span(span)


def dated(when: When | None) -> tuple[Pair, ...]:
    """A date, the end of an interval, and where both come from; nothing without a date."""
    if when is None:
        return ()
    until = when.until
    end = _dated("endDate", until.iso, until.basis) if until else ()
    return _dated("date", when.iso, when.basis) + end


@lru_cache(maxsize=8192)
def _dated(property: str, iso: str, basis: str) -> tuple[Pair, ...]:
    return (kg(property), date(iso)), (kg(f"{property}Basis"), kg(basis))
