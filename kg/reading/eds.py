"""What does EDS-NLP read in the same text? A second opinion: its drugs, dates, sizes and qualifiers in place of ours.

EDS-NLP (https://aphp.github.io/edsnlp, rules for French) names few tumours, no markers and no sites: those stay ours,
with its negation, hypothesis, family and history. The rest of a document's way is the same, so that graphs compare.

EDS-NLP 0.23 (ours in brackets): drugs F1 0.657 (0.978), dates 0.900 (0.990), sizes 0.774 (0.942) on the gold facts dev,
16 French cases; negation of all events 0.767 (0.866), of clinical entities 0.766 (0.965) on E3C French; 2026-11-22.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from typing import Any

from kg.errors import UsageError
from kg.model import (
    Candidate,
    Certainty,
    Concept,
    Context,
    Cue,
    DateBasis,
    Experiencer,
    Grounding,
    Kind,
    Measure,
    Mention,
    Polarity,
    Span,
    Temporality,
    When,
)
from kg.reading.asked import Asked
from kg.reading.observed import Noted
from kg.reading.sections import outline_of
from kg.reading.tables import load_language
from kg.reading.text import Words, split_words
from kg.reading.vocabulary import Vocabulary
from kg.terms.lexicon import Lexicon

_PIPES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("eds.normalizer", {}),
    ("eds.sentences", {}),
    ("eds.drugs", {}),
    ("eds.dates", {}),
    ("eds.quantities", {"quantities": ["size"], "use_tables": False}),
)
_QUALIFIERS = ("negation", "hypothesis", "family", "history")
_ASKED = "asked"
"""The group of spans whose qualifiers are asked for: its own entities, and ours."""
_SIZES = {"mm": Decimal(1), "cm": Decimal(1), "dm": Decimal(10), "m": Decimal(100)}
"""Its units, with what makes them millimetres or else centimetres."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What EDS-NLP says of a text: drugs as (span, ATC code), dates, sizes; qualifiers by span."""

    drugs: tuple[tuple[Span, str], ...]
    dates: tuple[When, ...]
    sizes: tuple[Measure, ...]
    contexts: dict[Span, Context]


def check_eds(language: str = "fr") -> None:
    """``UsageError`` where EDS-NLP isn't installed, or the language is not its own."""
    if find_spec("edsnlp") is None:
        raise UsageError("--engine eds needs EDS-NLP: pip install 'casekg[eds]', or take --engine local")
    if language not in ("fr", "auto"):
        raise UsageError(f"--engine eds reads French alone, not {language!r}; take --engine local")


@cache
def _pipeline() -> Any:
    """EDS-NLP's pipeline, made once; what it says on the way about itself is not passed on."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import edsnlp
        from loguru import logger

        logger.disable("edsnlp")
        nlp = edsnlp.blank("eds")
        for name, settings in _PIPES:
            nlp.add_pipe(name, config=settings)
        for name in _QUALIFIERS:
            settings = {"span_getter": _ASKED} | ({"use_sections": False} if name == "history" else {})
            nlp.add_pipe(f"eds.{name}", name=name, config=settings)
    return nlp


def ask_eds(text: str, spans: Iterable[Span] = ()) -> Opinion:
    """What EDS-NLP says of a French text, and of some spans of it."""
    nlp = _pipeline()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doc = nlp.make_doc(text)
        asked: dict[Span, Any] = {}
        for name, pipe in nlp.pipeline:
            if name == _QUALIFIERS[0]:
                asked = {_place(e): e for e in doc.ents}
                asked |= {s: doc.char_span(s.start, s.end, alignment_mode="expand") for s in spans}
                # in the order of the text, which its qualifiers rely on
                doc.spans[_ASKED] = sorted(filter(None, asked.values()), key=lambda span: (span.start, span.end))
            doc = pipe(doc)
        drugs = tuple((_place(e), str(e.kb_id_)) for e in doc.ents if e.label_ == "drug")
        contexts = {place: _context(span) for place, span in asked.items() if span is not None}
        dates = tuple(When(iso, DateBasis.STATED, _place(d)) for d in doc.spans["dates"] if (iso := _iso(d._.date)))
        sizes = tuple(m for s in doc.spans["size"] if (m := _size(s)))
    return Opinion(drugs, dates, sizes, contexts)


def _place(span: Any) -> Span:
    return Span(span.start_char, span.end_char)


def _context(span: Any) -> Context:
    """Its qualifiers as ours: a hypothesis is a possible one."""
    said = {name for name in _QUALIFIERS if getattr(span._, name)}
    negated = "negation" in said
    return Context(
        Polarity.NEGATED if negated else Polarity.AFFIRMED,
        Certainty.EXCLUDED if negated else Certainty.POSSIBLE if "hypothesis" in said else Certainty.CONFIRMED,
        Experiencer.FAMILY if "family" in said else Experiencer.PATIENT,
        Temporality.HISTORICAL if "history" in said else Temporality.CURRENT,
        tuple(Cue(f"eds.{name}") for name in sorted(said)),
    )


def _iso(date: Any) -> str:
    """A date at its precision; ``""`` for one without a year, and for relative ones."""
    year = getattr(date, "year", None)
    if not isinstance(year, int):
        return ""
    month, day = getattr(date, "month", None), getattr(date, "day", None)
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")


def _size(span: Any) -> Measure | None:
    """A length in millimetres or centimetres; None for other units."""
    size = span._.size
    unit, value = str(getattr(size, "unit", "")), getattr(size, "value", None)
    if unit not in _SIZES or not isinstance(value, int | float):
        return None
    amount = Decimal(str(value)) * _SIZES[unit]
    return Measure((amount,), unit if unit == "mm" else "cm", "length", "product", _place(span))


@cache
def _by_atc(lexicon: Lexicon) -> dict[str, Concept]:
    """Drugs by ATC code; the first row of a code counts."""
    found: dict[str, Concept] = {}
    for key in lexicon.concepts:
        concept = lexicon.concepts[key]
        if concept.kind is Kind.DRUG:
            for code in concept.notations:
                found.setdefault(code, concept)
    return found


def second_opinion(words: Words, vocabulary: Vocabulary, noted: Noted) -> Noted:
    """What was found, with EDS-NLP's drugs, dates, sizes and qualifiers in the place of ours."""
    groundings, _, measures, _ = noted
    ours = [g for g in groundings if g.mention.kind is not Kind.DRUG]
    opinion = ask_eds(words.text, [g.mention.span for g in ours])
    by_atc = _by_atc(vocabulary.lexicon)
    drugs = [_drug(words, place, by_atc.get(code), code) for place, code in opinion.drugs]
    told = tuple(sorted((*ours, *drugs), key=lambda g: (g.mention.first, g.mention.last, g.mention.kind)))
    contexts = tuple(opinion.contexts.get(g.mention.span, Context()) for g in told)
    sizes = sorted((*(m for m in measures if m.dimension != "length"), *opinion.sizes), key=lambda m: m.span)
    return told, contexts, tuple(sizes), opinion.dates


def _drug(words: Words, place: Span, concept: Concept | None, code: str) -> Grounding:
    """A drug with the concept of its ATC code; unmapped where the lexicon has none."""
    first, last = words.at(place.start), words.at(place.end - 1)
    mention = Mention(place, words.key(first, last), Kind.DRUG, first, last)
    return Grounding(mention, (Candidate(concept, 1.0, code, "EDS-NLP's ATC code"),) if concept else ())


def look_at(text: str, language: str, spans: Iterable[Span]) -> tuple[Asked, ...]:
    """What EDS-NLP's qualifiers say of each of the ``spans``; sections are ours."""
    check_eds(language)
    chosen: Sequence[Span] = sorted(set(spans))
    tables = load_language(language)
    outline = outline_of(split_words(text, tables), tables)
    contexts = ask_eds(text, chosen).contexts
    return tuple(Asked(s, outline.section_at(s.start).name or "Body", contexts[s]) for s in chosen if s in contexts)
