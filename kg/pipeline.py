"""THE WAY OF A DOCUMENT: text → mended text → words → mentions → concepts → assertions → one case → RDF.

Each step is a pure function of what the steps before it returned; everything else stands beside this line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.graph.describe import describe
from kg.graph.terms import Triple
from kg.identity import CASE_BASE
from kg.learning.reading import find_names, with_codes, with_names
from kg.model import Case, Document
from kg.reading.assembly import assemble
from kg.reading.coding import code_names
from kg.reading.context import find_contexts
from kg.reading.dates import ends_of_events, find_dates
from kg.reading.detection import detect_language
from kg.reading.grounding import ground
from kg.reading.mending import led_back, mend
from kg.reading.mentions import find_mentions
from kg.reading.observed import observe
from kg.reading.quantities import find_measures
from kg.reading.reader import Reader, reader_for
from kg.reading.relative import with_computed
from kg.reading.sections import outline_of
from kg.reading.sites import find_sites
from kg.reading.terminologies import add_terms
from kg.reading.text import split_words
from kg.reading.timeline import calendar_of

__all__ = ["Reader", "build", "read", "read_case", "reader_for"]


def read_case(document: Document, reader: Reader) -> Case:
    """One document, read: mentions, assertions, events, revisions and findings, all with their places in the text."""
    mended = mend(document.text)
    case = _read_mended(replace(document, text=mended.text), reader)
    return led_back(case, mended, document)


def _read_mended(document: Document, reader: Reader) -> Case:
    language, vocabulary = reader.language, reader.vocabulary
    words = split_words(document.text, language)
    outline = outline_of(words, language)
    found = find_mentions(words, vocabulary, outline)
    groundings = ground(words, found, vocabulary)
    names = find_names(words, outline, found, groundings, vocabulary, reader.model)
    groundings = with_names(groundings, names)
    groundings = add_terms(words, outline, groundings, found.surroundings, vocabulary, reader.terminologies)
    contexts = find_contexts(words, tuple(g.mention for g in groundings), outline, language)
    measures = find_measures(words)
    dates, findings = find_dates(words, language, ends_of_events(groundings))
    if reader.second:
        noted = groundings, contexts, measures, dates
        groundings, contexts, measures, dates = reader.second(words, vocabulary, noted)
    dates = with_computed(dates, words, language, outline, groundings)
    calendar = calendar_of(dates, outline)
    observed = observe(document, language, vocabulary.lexicon, words, outline, groundings, contexts, measures, calendar)
    sites = find_sites(observed)
    coded = code_names(observed, found, vocabulary, sites)
    told = with_codes(coded, names, reader.model)
    case = assemble(observed, sites, told, dates, findings)
    return replace(case, model=reader.model.id) if reader.model else case


def read(
    text: str,
    *,
    id: str = "case",
    language: str = "auto",
    metadata: Sequence[tuple[str, str]] = (),
    terms: Sequence[str] = (),
) -> Case:
    """A text, read into a case; ``language`` is ``fr``, ``es``, ``en`` or ``auto``.

    ``terms`` are names of installed terminologies that join the lexicon.
    """
    code = detect_language(text) if language == "auto" else language
    return read_case(Document(id, code, text, tuple(metadata)), reader_for(code, terms=tuple(terms)))


def build(case: Case, base: str = CASE_BASE, *, terms: Sequence[str] = (), hierarchy: bool = False) -> list[Triple]:
    """The case as RDF triples in a fixed order; ``terms`` are those that it was read with.

    With ``hierarchy`` the concepts' places in their hierarchies are written too, as ``rdfs:subClassOf``.
    """
    reader = reader_for(case.document.language, terms=tuple(terms))
    return describe(case, reader.vocabulary.lexicon, base, hierarchy=hierarchy)
