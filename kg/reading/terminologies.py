"""What do installed terminologies name that the lexicon doesn't? Mentions beside those of the lexicon, which wins.

A name is looked for by its language-neutral stems (``kg.terms.placed``): in the language of the text in any order and
inflection, in English and Latin only where several stems are all the same. The lexicon keeps what it names by the same
words or longer, and every mention with an ICD-O code. Left out are single words that are short, written as acronyms or
plain words of the language, numbers with their units, and what needs a context that is not there (``joining.tsv``).

With 14 terminologies the span F1 of morphologies stays 0.872 (FRACCO dev) and 0.796 (CANTEMIST dev), revisions F1 goes
from 0.811 to 0.833 (gold facts dev, 16 French cases, 2026-11-22).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from kg.errors import TableError
from kg.model import Candidate, Grounding, Kind, Mention, Span
from kg.reading.sections import Outline
from kg.reading.surroundings import Surroundings
from kg.reading.tables import read_rows
from kg.reading.text import Words, fold
from kg.reading.vocabulary import Vocabulary
from kg.resources import folder
from kg.terms.installed import open_terminologies
from kg.terms.joined import Key, Terminologies
from kg.terms.lexicon import Concepts, Lexicon
from kg.terms.names import is_acronym, is_quantity
from kg.terms.placed import Placed, placed_stems, window

SHORTEST = 5
"""A single word of fewer letters names nothing by itself."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A place that has a name of a terminology."""

    span: Span
    first: int
    last: int
    candidates: tuple[Candidate, ...]

    @property
    def kind(self) -> Kind:
        """The kind of its concepts."""
        return self.candidates[0].concept.kind


def join(vocabulary: Vocabulary, names: Sequence[str]) -> tuple[Vocabulary, Terminologies]:
    """A vocabulary whose lexicon knows the concepts of installed terminologies too, and these.

    ``UsageError`` for a name that is not installed.
    """
    lexicon = vocabulary.lexicon
    joined = Terminologies(open_terminologies(names), lexicon.concepts, vocabulary.language.code)
    concepts = Concepts(lexicon.concepts.rows, joined)
    return replace(vocabulary, lexicon=Lexicon(concepts, lexicon.contexts)), joined


@cache
def needed_contexts(path: Path | None = None) -> Mapping[Kind, str]:
    """The context that a name of a kind needs, from ``joining.tsv``; ``TableError`` for a malformed row."""
    found: dict[Kind, str] = {}
    for (kind, context), where in read_rows(path or folder("ontologies") / "joining.tsv", 2):
        if kind not in {*Kind} or not context:
            raise TableError(f"{where}: a row is a kind ({', '.join(Kind)}) and a context")
        found[Kind(kind)] = context
    return found


def add_terms(
    words: Words,
    outline: Outline,
    groundings: tuple[Grounding, ...],
    around: Surroundings,
    vocabulary: Vocabulary,
    joined: Terminologies | None,
) -> tuple[Grounding, ...]:
    """The groundings of the lexicon with those of installed terminologies, if any join it, in the order of the text."""
    if joined is None:
        return groundings
    language = vocabulary.language
    between = language.skipped | language.elided | (language.joining - language.listing - language.frequent)
    outside = (joined.spelling.stop | language.frequent) - between
    placed = placed_stems(words.text, outline.sentences, joined.spelling, between, outside)
    named = [n for n in _named(words, placed, vocabulary, joined) if _is_wanted(n, around, vocabulary)]
    kept, added = _longest(named, groundings)
    more = [_grounding(words, n) for n in added]
    return tuple(sorted((*kept, *more), key=lambda g: (g.mention.first, g.mention.last, g.mention.kind)))


def _named(words: Words, placed: Sequence[Placed], vocabulary: Vocabulary, joined: Terminologies) -> Iterator[_Named]:
    """The places of names, in the order of the text."""
    for (start, end), key in _stretches(placed, joined):
        span, first, last = Span(start, end), words.at(start), words.at(end - 1)
        if _is_plain(words, span, first, last, vocabulary):
            continue
        if candidates := joined.candidates(key, words.text[start:end]):
            yield _Named(span, first, last, candidates)


def _stretches(placed: Sequence[Placed], joined: Terminologies) -> list[tuple[tuple[int, int], Key]]:
    """Start and end of each stretch of words that has all the stems of a key and no others, in order."""
    at: dict[str, list[int]] = defaultdict(list)
    mates: dict[str, set[str]] = defaultdict(set)
    for _, run in groupby(enumerate(placed), key=lambda pair: pair[1].run):
        numbered = list(run)
        stems = {one.stem for _, one in numbered}
        for number, one in numbered:
            at[one.stem].append(number)
            mates[one.stem] |= stems
    found: dict[tuple[int, int], Key] = {}
    for stem, places in at.items():
        anchored, near = joined.anchored(stem), mates[stem]
        for key in (key for second in anchored.keys() & near for key in anchored[second] if key.stems <= near):
            for place in places:
                if (stretch := window(placed, place, key.stems)) is not None:
                    found[stretch] = key
    return sorted(((placed[first].start, placed[last].end), key) for (first, last), key in found.items())


def _is_wanted(named: _Named, around: Surroundings, vocabulary: Vocabulary) -> bool:
    """Whether what stands around a name allows its kind; a lexicon without the context allows none of it."""
    context = needed_contexts().get(named.kind, "")
    return not context or (context in vocabulary.lexicon.contexts and around.hold(context, named.span))


def _is_plain(words: Words, span: Span, first: int, last: int, vocabulary: Vocabulary) -> bool:
    """Whether words name nothing of a terminology: the lexicon knows them, or they are no name by themselves."""
    text, language = words.text[span.start : span.end], vocabulary.language
    if words.key(first, last) in vocabulary.index or is_quantity(text):
        return True
    if first != last:
        return False
    word = fold(text)
    return len(word) < SHORTEST or is_acronym(text) or language.stem(word) in (language.real | language.plain)


def _longest(named: Sequence[_Named], groundings: Sequence[Grounding]) -> tuple[list[Grounding], list[_Named]]:
    """The mentions of the lexicon that stay, and the names of terminologies beside or around them, the longest."""
    by_word: dict[int, list[Grounding]] = defaultdict(list)
    for g in groundings:
        for i in range(g.mention.first, g.mention.last + 1):
            by_word[i].append(g)
    taken: set[int] = set()
    hidden: set[int] = set()
    chosen = []
    for one in sorted(named, key=lambda n: (n.first - n.last, n.first)):
        place = range(one.first, one.last + 1)
        touched = [g for i in place for g in by_word.get(i, ())]
        if taken.isdisjoint(place) and all(_is_within(g, one) for g in touched):
            taken.update(place)
            chosen.append(one)
            hidden.update(id(g) for g in touched if _is_alike(g, one))
    return [g for g in groundings if id(g) not in hidden], chosen


def _is_alike(g: Grounding, named: _Named) -> bool:
    """Whether one of the two mentions hides the other: an organ in a disease's name stays a mention of its own."""
    return (g.mention.kind is Kind.ANATOMY) == (named.kind is Kind.ANATOMY)


def _is_within(g: Grounding, named: _Named) -> bool:
    """Whether a longer name may stand around a mention of the lexicon: not where that has a code, or is no part."""
    whole = named.first <= g.mention.first and g.mention.last <= named.last
    longer = named.last - named.first > g.mention.last - g.mention.first
    coded = bool(g.morphology or g.topography) and _is_alike(g, named)
    closed = g.mention.kind in (Kind.DRUG, Kind.MARKER) or named.kind is Kind.ANATOMY is not g.mention.kind
    return whole and longer and not coded and not closed


def _grounding(words: Words, named: _Named) -> Grounding:
    concept = named.candidates[0].concept
    mention = Mention(named.span, words.key(named.first, named.last), named.kind, named.first, named.last)
    return Grounding(mention, named.candidates, concept.morphology, concept.topography)
