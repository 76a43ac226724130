"""Does what stands around an ambiguous name allow it? Context rules, case of acronyms, accents of short words."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict

from kg.model import Kind, Span
from kg.reading.blocks import block_of
from kg.reading.sections import Outline
from kg.reading.text import Words, accents
from kg.reading.vocabulary import Sense, Vocabulary

LOST = 5
"""A word of so many letters may have lost all its accents; a shorter one is another word without them."""
_NOT_LETTERS = re.compile(r"[\W_]+")


class _Blank(dict[int, int]):
    """A translation table that puts a blank for everything that is no letter or digit."""

    def __missing__(self, code: int) -> int:
        self[code] = code if chr(code).isalnum() else 32
        return self[code]


_FLAT = _Blank()


class Surroundings:
    """Where the cues of context rules stand in one text, and whether a rule holds at a place of it."""

    def __init__(self, words: Words, vocabulary: Vocabulary, outline: Outline) -> None:
        """Nothing is searched before the first question."""
        self._vocabulary = vocabulary
        self._outline = outline
        self._words = words
        self._found: dict[int, list[int]] | None = None
        self._places: dict[str, list[int]] = {}
        self._unaccented: bool | None = None

    def _cues(self) -> dict[int, list[int]]:
        """Offsets in the original text by index of cue."""
        if self._found is None:
            self._found = defaultdict(list)
            origin = self._words.origin
            flat = " " + self._words.folded.translate(_FLAT) + " "
            for cue, start, _ in self._vocabulary.context_automaton.find_matches_as_indexes(flat, overlapping=True):
                self._found[cue].append(start if origin is None else origin[min(start, len(origin) - 1)])
        return self._found

    def _of(self, rule: str) -> list[int]:
        places = self._places.get(rule)
        if places is None:
            found = self._cues()
            cues = self._vocabulary.context_cues.get(rule, ())
            places = self._places[rule] = sorted(p for cue in cues for p in found.get(cue, ()))
        return places

    @property
    def unaccented(self) -> bool:
        """Whether no letter of the text carries an accent."""
        if self._unaccented is None:
            text = self._words.text
            self._unaccented = text.isascii() or not accents(text)
        return self._unaccented

    def hold(self, name: str, span: Span) -> bool:
        """Whether the rule ``name`` finds one of its cues within reach of ``span`` (and outside of it)."""
        outline, within = self._outline, self._vocabulary.lexicon.contexts[name].within
        if within == "document":
            reach = Span(0, len(self._words.text))
        elif within == "section":
            reach = outline.section_at(span.start).span
        else:
            reach = outline.sentences[outline.sentence_at(span.start)]
            if within == "list":
                block = block_of(self._words.text, span)
                reach = Span(min(reach.start, block.start), max(reach.end, block.end))
        places = self._of(name)
        for i in range(bisect.bisect_left(places, reach.start), len(places)):
            if places[i] >= reach.end:
                return False
            if not span.start <= places[i] < span.end:
                return True
        return False


def _agree(accented: str, written: str, surroundings: Surroundings) -> bool:
    """Whether a word carries the accents of a name, or has lost its own: in capitals, in a text without any."""
    found = accents(written)
    lost = not found and (len(written) >= LOST or surroundings.unaccented)
    return lost or written.isupper() or found[: len(accented) + 1] == accented


def fits(sense: Sense, span: Span, text: str, surroundings: Surroundings) -> bool:
    """Whether a sense that needs a check passes it at this place."""
    if sense.letters:
        written = _NOT_LETTERS.sub("", text[span.start : span.end])
        loose = sense.concept.kind is Kind.MARKER and len(written) > 2 and not written.islower()
        if (
            written not in (sense.letters, sense.letters.upper())
            and written.rstrip("s") != sense.letters
            and not (loose and written.lower() == sense.letters.lower())
        ):
            return False
    if sense.accented is not None and not _agree(sense.accented, text[span.start : span.end], surroundings):
        return False
    return not sense.surface.context or surroundings.hold(sense.surface.context, span)
