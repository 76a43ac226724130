"""Is it seen that something is absent, unsure or planned? Qualifiers of gold spans, and the scopes of gold cues.

An attribute counts spans: those with the gold value against those to which the reader gives ours. A scope counts words:
those in the scopes of gold cues against those that a cue of ours governs; marks are left out on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kg.evaluation.gold import Annotation, GoldDocument
from kg.evaluation.kinds import Qualifier
from kg.evaluation.scores import Counts, Row, matched
from kg.model import Context, Span
from kg.reading.asked import Asked, look_at, look_at_words

Look = Callable[[str, str, Iterable[Span]], tuple[Asked, ...]]
"""Says what holds at spans of a text: (text, language, spans)."""


def score_qualifiers(
    document: GoldDocument, qualifiers: Iterable[Qualifier], look: Look = look_at
) -> dict[Row, Counts]:
    """The counts of one document; E3C's are also counted for events that are clinical entities."""
    asked = tuple(qualifiers)
    return _of_spans(document, [q for q in asked if q.values], look) | _of_words(
        document, [q for q in asked if not q.values]
    )


def _says(context: Context, qualifier: Qualifier) -> bool:
    return str(getattr(context, qualifier.axis)) in qualifier.ours


def _of_spans(document: GoldDocument, qualifiers: Iterable[Qualifier], look: Look) -> dict[Row, Counts]:
    if not (qualifiers := tuple(qualifiers)):
        return {}
    contexts = {a.span: a.context for a in look(document.text, document.language, _spans(document.annotations))}
    entities = [a.span for a in document.annotations if a.label == "CLINENTITY"]
    tally: dict[Row, Counts] = {}
    for qualifier in qualifiers:
        spans = [a for a in document.annotations if _carries(a, qualifier) and a.span in contexts]
        clinical = [a for a in spans if any(entity.holds(a.span) for entity in entities)]
        for name, chosen in (("all spans", spans), ("clinical entities", clinical)):
            gold = [bool(_values(a, qualifier) & qualifier.values) for a in chosen]
            ours = [_says(contexts[a.span], qualifier) for a in chosen]
            right = sum(g and o for g, o in zip(gold, ours, strict=True))
            if chosen:
                tally[Row(qualifier.name, name)] = matched(right, sum(ours), sum(gold))
    return tally


def _spans(annotations: Iterable[Annotation]) -> Iterable[Span]:
    return (a.span for a in annotations)


def _values(annotation: Annotation, qualifier: Qualifier) -> set[str]:
    return {value for name, value in annotation.attributes if name in qualifier.attributes}


def _carries(annotation: Annotation, qualifier: Qualifier) -> bool:
    """Whether a qualifier is asked of a span: of those with the attribute where ``*`` stands for all labels."""
    return annotation.label in qualifier.labels or ("*" in qualifier.labels and annotation.label != "CLINENTITY")


def _of_words(document: GoldDocument, qualifiers: Iterable[Qualifier]) -> dict[Row, Counts]:
    if not (qualifiers := tuple(qualifiers)):
        return {}
    words = look_at_words(document.text, document.language)
    tally: dict[Row, Counts] = {}
    for qualifier in qualifiers:
        scopes = [
            link.target.span
            for link in document.links
            if link.label in qualifier.attributes and link.source.label in qualifier.labels
        ]
        gold = [any(scope.holds(span) for scope in scopes) for span, _ in words]
        ours = [_says(context, qualifier) for _, context in words]
        right = sum(g and o for g, o in zip(gold, ours, strict=True))
        tally[Row(qualifier.name, "words")] = matched(right, sum(ours), sum(gold))
    return tally
