"""Which names are looked for? The lexicon made ready for one language of text.

Surfaces of the text's own language count in full; long ones and acronyms of the other languages too, at a lower
score, because translated texts keep them (``ANGIOMYOLIPOMA MALIGNANT`` in a French letter).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

import ahocorasick_rs

from kg.model import Concept, Kind
from kg.reading.tables import Language
from kg.reading.text import accents, fold, key_of
from kg.terms.lexicon import Entry, Lexicon, Surface

EXACT, FOREIGN, ACRONYM, SCOPED = 1.0, 0.9, 0.95, 0.7
LONG_FOREIGN = 7
"""A single word of another language must have at least so many letters to be looked for."""
LONG_TYPO = 8
"""Words from so many letters on may be off by one letter."""
SHORT_ACCENTED = 5
"""Single words up to this length must agree in their accents (``côte`` is not ``côté``)."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a name. ``letters`` is what an acronym must look like; ``accented`` what a short word must carry."""

    concept: Concept
    surface: Surface
    score: float
    why: str
    letters: str = ""
    accented: str | None = None

    @property
    def free(self) -> bool:
        """True where nothing around the name or in its letters has to be checked."""
        return not (self.letters or self.surface.context) and self.accented is None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names by their normal form, an automaton over all of them, and indexes for word order and typing errors.

    ``senses[i]`` belongs to ``keys[i]``; ``free[i]`` holds the kinds that need no check. ``bags`` maps a set of stems to a key index;
    ``typos`` maps a stem with one letter left out to the stems it may come from.
    """

    language: Language
    lexicon: Lexicon
    keys: tuple[str, ...]
    senses: tuple[tuple[Sense, ...], ...]
    kinds: tuple[tuple[Kind, ...], ...]
    free: tuple[frozenset[Kind], ...]
    lengths: tuple[int, ...]
    index: dict[str, int]
    automaton: ahocorasick_rs.AhoCorasick
    bags: dict[frozenset[str], int]
    modifiers: frozenset[str]
    known: frozenset[str]
    typos: dict[str, tuple[str, ...]]
    context_automaton: ahocorasick_rs.AhoCorasick
    context_rules: tuple[tuple[str, ...], ...]
    corrections: dict[str, str] = field(repr=False, compare=False)


def _wanted(surface: Surface, key: str, language: Language) -> bool:
    """Whether a surface is looked for in texts of ``language``."""
    if surface.language == language.code:
        return True
    if surface.abbreviation:
        return not surface.context
    return " " in key or len(key) >= LONG_FOREIGN


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _is_acronym(surface: Surface) -> bool:
    letters = _letters(surface.text)
    if any(c.isdigit() for c in letters):
        return False
    return surface.abbreviation or (len(letters) <= 4 and letters.isupper())


def _sense(entry_concept: Concept, surface: Surface, key: str, language: Language) -> Sense:
    score, why = EXACT, "exact"
    letters = _letters(surface.text) if _is_acronym(surface) else ""
    if surface.language != language.code:
        score, why = FOREIGN, f"exact ({surface.language})"
    if letters or surface.abbreviation:
        score, why = min(score, ACRONYM), "abbreviation"
    if surface.scope != "exact":
        score = SCOPED
    short = not letters and " " not in key and len(surface.text) <= SHORT_ACCENTED
    return Sense(entry_concept, surface, score, why, letters, accents(surface.text) if short else None)


def _variants(surface: Surface, language: Language) -> list[str]:
    """The normal forms of a surface: as written, and with its hyphens closed (``susclaviculaire``)."""
    text = surface.text
    keys = [key_of(text, language)]
    if re.search(r"[^\W\d_]{3,}-[^\W\d_]{3,}", text):
        keys.append(key_of(text.replace("-", ""), language))
    return [k for k in keys if k]


def _collect(lexicon: Lexicon, language: Language) -> dict[str, list[Sense]]:
    found: dict[str, list[Sense]] = defaultdict(list)
    taken: set[tuple[str, str, str]] = set()

    def rank(item: tuple[Entry, Surface]) -> tuple[bool, bool]:
        return item[1].language != language.code, item[1].scope != "exact"

    pairs = [(entry, surface) for entry in lexicon.entries for surface in entry.surfaces]
    for entry, surface in sorted(pairs, key=rank):
        for key in _variants(surface, language):
            concept = lexicon.concepts[entry.id]
            mark = (key, concept.key, surface.context)
            if mark not in taken and _wanted(surface, key, language):
                taken.add(mark)
                found[key].append(_sense(concept, surface, key, language))
    return found


def _bags(keys: list[str], senses: list[tuple[Sense, ...]]) -> tuple[dict[frozenset[str], int], frozenset[str]]:
    """Names of several words as sets, so that modifiers may stand in another order; and all words of such names."""
    bags: dict[frozenset[str], int] = {}
    words: set[str] = set()
    for i, key in enumerate(keys):
        parts = key.split()
        if 2 <= len(parts) <= 6 and all(s.concept.kind is Kind.DISEASE and s.free for s in senses[i]):
            bags.setdefault(frozenset(parts), i)
            words.update(parts)
    return bags, frozenset(words)


def _typos(known: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for stem in sorted(known):
        if len(stem) >= LONG_TYPO - 1 and stem.isalpha():
            for i in range(1, len(stem)):
                found[stem[:i] + stem[i + 1 :]].append(stem)
    return {short: tuple(dict.fromkeys(stems)) for short, stems in found.items()}


def compile_vocabulary(lexicon: Lexicon, language: Language) -> Vocabulary:
    """The lexicon's names in the form in which texts of ``language`` are searched for them."""
    found = _collect(lexicon, language)
    keys = sorted(found)
    senses = [tuple(sorted(found[k], key=lambda s: (-s.score, s.concept.key))) for k in keys]
    kinds = [tuple(dict.fromkeys(s.concept.kind for s in group)) for group in senses]
    free = [frozenset(s.concept.kind for s in group if s.free) for group in senses]
    bags, modifiers = _bags(keys, senses)
    targets = {part for k, group in zip(keys, senses, strict=True) for part in k.split()
               if any(s.concept.kind in (Kind.DISEASE, Kind.DRUG, Kind.MARKER) and s.surface.language == language.code
                      for s in group)}
    cues: dict[str, list[str]] = defaultdict(list)
    for rule in lexicon.contexts.values():
        for cue in rule.cues:
            folded = re.sub(r"\W", " ", fold(cue.rstrip("*")))
            cues[" " + folded + ("" if cue.endswith("*") else " ")].append(rule.name)
    return Vocabulary(
        language, lexicon, tuple(keys), tuple(senses), tuple(kinds), tuple(free),
        tuple(len(k.split()) for k in keys), {k: i for i, k in enumerate(keys)},
        ahocorasick_rs.AhoCorasick([f" {k} " for k in keys]), bags, modifiers,
        frozenset(part for k in keys for part in k.split()), _typos(targets),
        ahocorasick_rs.AhoCorasick(list(cues) or [" \0"]), tuple(tuple(names) for names in cues.values()), {},
    )  # fmt: skip


def corrected(stem: str, vocabulary: Vocabulary) -> str:
    """The one known stem that ``stem`` is a typing error of (one letter off, same first letter), else ``stem``."""
    done = vocabulary.corrections.get(stem)
    if done is not None:
        return done
    typos, found = vocabulary.typos, set(vocabulary.typos.get(stem, ()))
    for i in range(1, len(stem)):
        shorter = stem[:i] + stem[i + 1 :]
        if shorter in vocabulary.known and len(shorter) >= LONG_TYPO - 1:
            found.add(shorter)
        found.update(t for t in typos.get(shorter, ()) if _one_off(stem, t))
    result = found.pop() if len(found) == 1 else stem
    vocabulary.corrections[stem] = result
    return result


def _one_off(a: str, b: str) -> bool:
    """True where equally long words differ in one letter or in two neighbours that changed places."""
    if len(a) != len(b):
        return False
    diff = [i for i in range(len(a)) if a[i] != b[i]]
    if len(diff) == 1:
        return True
    return len(diff) == 2 and diff[1] == diff[0] + 1 and a[diff[0]] == b[diff[1]] and a[diff[1]] == b[diff[0]]
