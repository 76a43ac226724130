"""Which names of the lexicon are looked for in texts of one language, and under which checks? Worked out as lines.

Lines are the form in which a vocabulary is cached; their first letter says what they hold:
``K key kinds free bag senses``, ``T shortened stems``, ``C id fields``, ``R name within``, ``X cue names``.

Surfaces of the text's own language count in full; long ones and acronyms of the other languages too, at a lower
score, because translated texts keep them (``ANGIOMYOLIPOMA MALIGNANT`` in a French letter).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.model import Kind
from kg.reading.tables import Language
from kg.reading.text import accents, fold, key_of
from kg.terms.entries import ContextRule, Entry, Surface
from kg.terms.lexicon import kind_of, read_lexicon

KINDS = tuple(Kind)
"""A kind is written as its index here."""
EXACT, FOREIGN, ACRONYM, SCOPED = 1.0, 0.9, 0.95, 0.7
LONG_FOREIGN = 7
"""A single word of another language must have at least so many letters to be looked for."""
LONG_TYPO = 8
"""Words from so many letters on may be off by one letter."""
SHORT_ACCENTED = 5
"""Single words up to this length must agree in their accents (``côte`` is not ``côté``)."""
LONGEST_BAG = 6
"""Names of two to so many words may stand with their words in another order."""


class _Row(NamedTuple):
    """A sense of a name: its concept, and what an acronym must look like or a short word must carry."""

    concept: str
    surface: Surface
    score: float
    why: str
    letters: str
    accented: str | None

    @property
    def free(self) -> bool:
        return not (self.letters or self.surface.context) and self.accented is None


def compile_lines(folder: Path | None, language: Language) -> list[str]:
    """Everything that the vocabulary of a language is made of, from the tables of the lexicon in ``folder``."""
    entries, lexicon = read_lexicon(folder)
    kinds = {e.id: kind_of(e.table, e.type) for e in entries}
    general = {e.id for e in entries if e.table == "morphologies" and e.type != "tumour"}
    lines: list[str] = []
    correctable, inflected = set[str](), set[str]()
    for key, rows in sorted(_collect(entries, language).items()):
        rows.sort(key=lambda r: (-r.score, r.concept))
        loose = all(r.free and not (r.concept in general and _is_phrase(r.surface, language)) for r in rows)
        lines.append(_name_line(key, rows, kinds, loose))
        correctable.update(_correctable(rows, kinds, language))
        if any(kinds[r.concept] not in _NAMES for r in rows):
            inflected.update(key.split())
    lines += [f"N\t{stem}" for stem in sorted(correctable - inflected)]
    lines += [f"T\t{short}\t{' '.join(dict.fromkeys(stems))}" for short, stems in _typos(correctable).items()]
    lines += [f"C\t{key}\t{row}" for key, row in lexicon.concepts.rows.items()]
    return [*lines, *_context_lines(lexicon.contexts.values())]


def _collect(entries: tuple[Entry, ...], language: Language) -> dict[str, list[_Row]]:
    """The senses of every key; of one concept's surfaces with the same key, the language's own exact one counts."""
    found: dict[str, list[_Row]] = defaultdict(list)
    taken: set[tuple[str, str, str]] = set()
    pairs = [(entry, surface) for entry in entries for surface in entry.surfaces]
    for entry, surface in sorted(pairs, key=lambda p: (p[1].language != language.code, p[1].scope != "exact")):
        for key in _variants(surface, language):
            mark = (key, entry.id, surface.context)
            if mark not in taken and _is_wanted(surface, key, language):
                taken.add(mark)
                found[key].append(_row(entry, surface, key, language))
    return found


def _variants(surface: Surface, language: Language) -> list[str]:
    """The normal forms of a surface: as written, and with its hyphens closed (``susclaviculaire``)."""
    text = surface.text
    keys = [key_of(text, language)]
    if "-" in text and len(text) > 4 and re.search(r"[^\W\d_]-[^\W\d_]", text):
        keys.append(key_of(text.replace("-", ""), language))
    return [k for k in keys if k]


def _is_wanted(surface: Surface, key: str, language: Language) -> bool:
    """Whether a surface is looked for in texts of ``language``."""
    if surface.language == language.code:
        return True
    if surface.abbreviation:
        return not surface.context
    return " " in key or len(key) >= LONG_FOREIGN


def _row(entry: Entry, surface: Surface, key: str, language: Language) -> _Row:
    score, why = EXACT, "exact"
    letters = _acronym(surface)
    if surface.language != language.code:
        score, why = FOREIGN, f"exact ({surface.language})"
    if letters or surface.abbreviation:
        score, why = min(score, ACRONYM), "abbreviation"
    if surface.scope != "exact":
        score = SCOPED
    short = not letters and " " not in key and len(surface.text) <= SHORT_ACCENTED
    told = short or not language.accented.isdisjoint(fold(surface.text).split())
    return _Row(entry.id, surface, score, why, letters, accents(surface.text) if told else None)


def _acronym(surface: Surface) -> str:
    """The letters that an acronym must be written in; ``""`` for other names, and for those that hold a digit."""
    letters = re.sub(r"[\W_]+", "", surface.text)
    short = surface.abbreviation or (len(letters) <= 4 and letters.isupper())
    return letters if short and not any(c.isdigit() for c in letters) else ""


def _is_phrase(surface: Surface, language: Language) -> bool:
    """Whether an article or ``de`` joins two nouns: ``extension de la tumeur`` is no ``tumeur avec extension``."""
    return not language.skipped.isdisjoint(fold(surface.text).split())


def _name_line(key: str, rows: list[_Row], kinds: dict[str, Kind], loose: bool) -> str:
    """A name as a line; the words of ``loose`` ones may stand in another order."""
    senses = [[r.concept, _fields(r.surface), *r[2:]] for r in rows]
    every = "".join(dict.fromkeys(str(KINDS.index(kinds[r.concept])) for r in rows))
    free = "".join(dict.fromkeys(str(KINDS.index(kinds[r.concept])) for r in rows if r.free))
    several = 1 <= key.count(" ") < LONGEST_BAG
    bag = several and loose and all(kinds[r.concept] is Kind.DISEASE for r in rows)
    row = json.dumps(senses, ensure_ascii=False, separators=(",", ":"))
    return "\t".join(("K", key, every, free, "1" if bag else "", row))


def _fields(surface: Surface) -> list[object]:
    return [surface.text, surface.language, surface.scope, surface.abbreviation, surface.context]


_NAMES = frozenset({Kind.DRUG, Kind.MARKER})
"""Kinds whose names have no endings but that of the plural."""


def _correctable(rows: list[_Row], kinds: dict[str, Kind], language: Language) -> set[str]:
    """Stems of long words in names whose typing errors are corrected: diseases, drugs, markers of the language."""
    wanted = {Kind.DISEASE, *_NAMES}
    texts = [r.surface.text for r in rows if kinds[r.concept] in wanted and r.surface.language == language.code]
    words = re.findall(r"[^\W\d_]+", fold(" ".join(texts)))
    return {language.stem(word) for word in words if len(word) >= LONG_TYPO}


def _typos(known: set[str]) -> dict[str, list[str]]:
    """Long stems by their forms with one letter left out, never the first."""
    found: dict[str, list[str]] = defaultdict(list)
    for stem in sorted(known):
        if len(stem) >= LONG_TYPO - 1 and stem.isalpha():
            for i in range(1, len(stem)):
                found[stem[:i] + stem[i + 1 :]].append(stem)
    return found


def _context_lines(rules: Iterable[ContextRule]) -> Iterator[str]:
    cues: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        yield f"R\t{rule.name}\t{rule.within}"
        for cue in rule.cues:
            folded = re.sub(r"\W", " ", fold(cue.rstrip("*")))
            cues[f"{folded}{'' if cue.endswith('*') else ' '}"].append(rule.name)
    yield from (f"X\t{cue}\t{' '.join(names)}" for cue, names in cues.items())
