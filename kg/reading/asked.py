"""What does the reader say of places that it is asked about? Section and context of given spans, and of every word.

The one seam of evaluation besides the graph: corpora of negation ask about words of their own choosing, which the graph
need not mention.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Context, Kind, Mention, Span
from kg.reading.context import find_contexts
from kg.reading.dates import find_dates
from kg.reading.quantities import find_measures
from kg.reading.sections import outline_of
from kg.reading.tables import load_language
from kg.reading.text import Words, split_words


@dataclass(frozen=True, slots=True)
class Asked:
    """A place of the text, the name of its section (``Body`` where it has no heading), and its context."""

    span: Span
    section: str
    context: Context


def look_at(text: str, language: str, spans: Iterable[Span]) -> tuple[Asked, ...]:
    """What holds at each of the ``spans``, as if a finding were mentioned there; spans without a word are left out."""
    tables = load_language(language)
    words = split_words(text, tables)
    outline = outline_of(words, tables)
    kept = set(words.kept)
    mentions = tuple(m for span in sorted(set(spans)) if (m := _mention(words, span, kept)))
    contexts = find_contexts(words, mentions, outline, tables)
    return tuple(
        Asked(m.span, outline.section_at(m.span.start).name or "Body", context)
        for m, context in zip(mentions, contexts, strict=True)
    )


def look_at_words(text: str, language: str) -> tuple[tuple[Span, Context], ...]:
    """Every word with what the cues around it say of it: how far each cue's scope reaches."""
    tables = load_language(language)
    words = split_words(text, tables)
    chosen = (i for i, form in enumerate(words.forms) if form.isalnum())
    mentions = tuple(Mention(words.span(i, i), words.forms[i], Kind.FINDING, i, i) for i in chosen)
    contexts = find_contexts(words, mentions, outline_of(words, tables), tables, lists=False)
    return tuple((m.span, context) for m, context in zip(mentions, contexts, strict=True))


def values_alone(text: str, language: str) -> dict[str, tuple[str, ...]]:
    """The values that a few words say read by themselves: ``ages`` in years, ``sexes``, ``dates`` (ISO), ``doses``."""
    from kg.pipeline import read

    patient = read(text, language=language).patient
    words = split_words(text, load_language(language))
    dates, _ = find_dates(words, load_language(language))
    doses = (m for m in find_measures(words) if m.dimension in ("dose", "activity"))
    return {
        "ages": () if patient.age_years is None else (str(patient.age_years),),
        "sexes": () if patient.sex == "unknown" else (patient.sex.capitalize(),),
        "dates": tuple(when.iso for when in dates),
        "doses": tuple(f"{m.values[0].normalize():f} {m.unit}" for m in doses),
    }


def _mention(words: Words, span: Span, kept: set[int]) -> Mention | None:
    """A mention of a span, from its first to its last word that counts."""
    inside = [i for i in range(words.at(span.start), words.at(span.end - 1) + 1) if i in kept]
    return Mention(span, "", Kind.FINDING, inside[0], inside[-1]) if inside else None
