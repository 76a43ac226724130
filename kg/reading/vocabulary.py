"""Which names are looked for? The lexicon made ready for one language of text, once, and kept in the user's cache.

Surfaces of the text's own language count in full; long ones and acronyms of the other languages too, at a lower
score, because translated texts keep them (``ANGIOMYOLIPOMA MALIGNANT`` in a French letter).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import ahocorasick_rs

from kg.model import Candidate, Concept, Kind
from kg.reading.tables import Language
from kg.reading.text import accents, fold, key_of
from kg.terms.cache import kept_lines
from kg.terms.lexicon import Concepts, ContextRule, Entry, Lexicon, Surface, kind_of, lexicon_folder, read_lexicon

EXACT, FOREIGN, ACRONYM, SCOPED = 1.0, 0.9, 0.95, 0.7
LONG_FOREIGN = 7
"""A single word of another language must have at least so many letters to be looked for."""
LONG_TYPO = 8
"""Words from so many letters on may be off by one letter."""
SHORT_ACCENTED = 5
"""Single words up to this length must agree in their accents (``côte`` is not ``côté``)."""
JOINING = frozenset(
    ["a", "au", "aux", "avec", "et", "type", "con", "y", "tipo", "with", "and", "of", "de", ",", "(", ")"]
)
"""Words that don't count when the words of a name are compared as a set."""
_KINDS = tuple(Kind)


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


class Senses:
    """The senses of each key by its index, made from its line when first asked for."""

    def __init__(self, rows: list[str], concepts: Concepts) -> None:
        """``rows[i]`` is a JSON list with one list of fields a sense."""
        self._rows, self._concepts = rows, concepts
        self._made: dict[int, tuple[Sense, ...]] = {}
        self._free: dict[int, bool] = {}

    def __getitem__(self, index: int) -> tuple[Sense, ...]:
        made = self._made.get(index)
        if made is None:
            made = self._made[index] = tuple(self._sense(fields) for fields in json.loads(self._rows[index]))
        return made

    def free(self, index: int) -> bool:
        """Whether no sense of a key needs a check."""
        known = self._free.get(index)
        if known is None:
            known = self._free[index] = all(sense.free for sense in self[index])
        return known

    def _sense(self, fields: list[object]) -> Sense:
        key, surface, score, why, letters, accented = fields
        assert isinstance(key, str) and isinstance(surface, list) and isinstance(score, float) and isinstance(why, str)
        return Sense(
            self._concepts[key],
            Surface(*surface),
            score,
            why,
            str(letters),
            None if accented is None else str(accented),
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names by their normal form, an automaton over all of them, and indexes for word order and typing errors.

    ``senses[i]`` belongs to ``keys[i]``; ``free[i]`` holds the kinds that need no check. ``bags`` maps a set of stems
    to a key index; ``typos`` maps a stem with one letter left out to the stems it may come from, parted by blanks.
    """

    language: Language
    lexicon: Lexicon
    keys: list[str]
    senses: Senses
    kinds: list[tuple[Kind, ...]]
    free: list[tuple[Kind, ...]]
    lengths: list[int]
    index: dict[str, int]
    automaton: ahocorasick_rs.AhoCorasick
    bags: dict[frozenset[str], int]
    modifiers: frozenset[str]
    known: frozenset[str]
    typos: dict[str, str]
    context_automaton: ahocorasick_rs.AhoCorasick
    context_cues: dict[str, list[int]]
    """Indexes of the cues of each context rule."""
    corrections: dict[str, str] = field(repr=False, compare=False)
    ranked: dict[tuple[int, Kind], tuple[Candidate, ...]] = field(repr=False, compare=False)
    """Candidates of names that need no check, by key index and kind, kept as they are met."""
    joined: dict[str, list[frozenset[str]]] = field(repr=False, compare=False)
    """The sets of ``bags`` that hold a stem."""
    beside: dict[tuple[str, ...], frozenset[str]] = field(repr=False, compare=False)

    def partners(self, stems: list[str]) -> frozenset[str]:
        """The other words of all names that hold ``stems``, kept as they are asked for."""
        key = tuple(stems)
        found = self.beside.get(key)
        if found is None:
            head = frozenset(stems) - JOINING
            bags = min((self.joined.get(stem, []) for stem in head), key=len, default=[])
            found = frozenset(word for bag in bags if head <= bag for word in bag) - head
            self.beside[key] = found
        return found


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


_Row = tuple[str, Surface, float, str, str, str | None]


def _row(entry: Entry, surface: Surface, key: str, language: Language) -> _Row:
    """The fields of a sense: concept key, surface, score, why, letters, accents."""
    score, why = EXACT, "exact"
    letters = _letters(surface.text) if _is_acronym(surface) else ""
    if surface.language != language.code:
        score, why = FOREIGN, f"exact ({surface.language})"
    if letters or surface.abbreviation:
        score, why = min(score, ACRONYM), "abbreviation"
    if surface.scope != "exact":
        score = SCOPED
    short = not letters and " " not in key and len(surface.text) <= SHORT_ACCENTED
    return entry.id, surface, score, why, letters, accents(surface.text) if short else None


def _variants(surface: Surface, language: Language) -> list[str]:
    """The normal forms of a surface: as written, and with its hyphens closed (``susclaviculaire``)."""
    text = surface.text
    keys = [key_of(text, language)]
    if "-" in text and len(text) > 4 and re.search(r"[^\W\d_]-[^\W\d_]", text):
        keys.append(key_of(text.replace("-", ""), language))
    return [k for k in keys if k]


def _collect(entries: tuple[Entry, ...], language: Language) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    taken: set[tuple[str, str, str]] = set()
    pairs = [(entry, surface) for entry in entries for surface in entry.surfaces]
    for entry, surface in sorted(pairs, key=lambda p: (p[1].language != language.code, p[1].scope != "exact")):
        for key in _variants(surface, language):
            mark = (key, entry.id, surface.context)
            if mark not in taken and _wanted(surface, key, language):
                taken.add(mark)
                found[key].append(_row(entry, surface, key, language))
    return found


def _free(row: _Row) -> bool:
    return not (row[4] or row[1].context) and row[5] is None


def _typos(known: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for stem in sorted(known):
        if len(stem) >= LONG_TYPO - 1 and stem.isalpha():
            for i in range(1, len(stem)):
                found[stem[:i] + stem[i + 1 :]].append(stem)
    return found


def _lines(path: Path | None, language: Language) -> list[str]:
    """Everything that a vocabulary is made of, as lines: the form in which it is cached.

    ``K key kinds free bag senses``, ``T shortened stems``, ``C id fields``, ``X cue names``, ``R name within``.
    """
    entries, lexicon = read_lexicon(path)
    kind = {e.id: kind_of(e.table, e.type) for e in entries}
    lines, targets = [], set()
    for key, rows in sorted(_collect(entries, language).items()):
        rows.sort(key=lambda r: (-r[2], r[0]))
        kinds = "".join(dict.fromkeys(str(_KINDS.index(kind[r[0]])) for r in rows))
        free = "".join(dict.fromkeys(str(_KINDS.index(kind[r[0]])) for r in rows if _free(r)))
        bag = 1 <= key.count(" ") <= 5 and all(kind[r[0]] is Kind.DISEASE and _free(r) for r in rows)
        senses = [[r[0], [r[1].text, r[1].language, r[1].scope, r[1].abbreviation, r[1].context], *r[2:]] for r in rows]
        lines.append(
            "\t".join(
                (
                    "K",
                    key,
                    kinds,
                    free,
                    "1" if bag else "",
                    json.dumps(senses, ensure_ascii=False, separators=(",", ":")),
                )
            )
        )
        if any(kind[r[0]] in (Kind.DISEASE, Kind.DRUG, Kind.MARKER) and r[1].language == language.code for r in rows):
            targets.update(key.split())
    lines += [f"T\t{short}\t{' '.join(dict.fromkeys(stems))}" for short, stems in _typos(targets).items()]
    lines += [f"C\t{key}\t{row}" for key, row in lexicon.concepts.rows.items()]
    cues: dict[str, list[str]] = defaultdict(list)
    for rule in lexicon.contexts.values():
        lines.append(f"R\t{rule.name}\t{rule.within}")
        for cue in rule.cues:
            folded = re.sub(r"\W", " ", fold(cue.rstrip("*")))
            cues[f"{folded}{'' if cue.endswith('*') else ' '}"].append(rule.name)
    return lines + [f"X\t{cue}\t{' '.join(names)}" for cue, names in cues.items()]


def _of(codes: str, known: dict[str, tuple[Kind, ...]]) -> tuple[Kind, ...]:
    found = known.get(codes)
    if found is None:
        found = known[codes] = tuple(_KINDS[int(c)] for c in codes)
    return found


def _made(lines: Iterable[str], language: Language) -> Vocabulary:
    keys: list[str] = []
    kinds, free, senses = [], [], []
    bags: dict[frozenset[str], int] = {}
    concepts: dict[str, str] = {}
    typos: dict[str, str] = {}
    contexts: dict[str, ContextRule] = {}
    cues: list[str] = []
    rules: dict[str, list[int]] = defaultdict(list)
    modifiers: set[str] = set()
    seen: dict[str, tuple[Kind, ...]] = {}
    for line in lines:
        sort, rest = line[0], line[2:]
        if sort == "T":
            short, _, stems = rest.partition("\t")
            typos[short] = stems
        elif sort == "C":
            key, _, row = rest.partition("\t")
            concepts[key] = row
        elif sort == "K":
            key, all_kinds, free_kinds, bag, row = rest.split("\t", 4)
            if bag:
                parts = frozenset(filter(str.isalnum, key.split())) - JOINING
                bags.setdefault(parts, len(keys))
                modifiers |= parts
            keys.append(key)
            kinds.append(_of(all_kinds, seen))
            free.append(_of(free_kinds, seen))
            senses.append(row)
        elif sort == "R":
            name, _, within = rest.partition("\t")
            contexts[name] = ContextRule(name, within, ())
        else:
            cue, _, names = rest.partition("\t")
            for name in names.split(" "):
                rules[name].append(len(cues))
            cues.append(" " + cue)
    joined: dict[str, list[frozenset[str]]] = defaultdict(list)
    for together in bags:
        for stem in together:
            joined[stem].append(together)
    table = Concepts(concepts)
    return Vocabulary(
        language, Lexicon(table, contexts), keys, Senses(senses, table), kinds, free, [k.count(" ") + 1 for k in keys],
        {k: i for i, k in enumerate(keys)}, ahocorasick_rs.AhoCorasick([f" {k} " for k in keys]), bags, frozenset(modifiers),
        frozenset(" ".join(keys).split(" ")), typos, ahocorasick_rs.AhoCorasick(cues or [" \0"]), dict(rules), {}, {}, dict(joined), {},
    )  # fmt: skip


def load_vocabulary(language: Language, lexicon: Path | None = None) -> Vocabulary:
    """The embedded lexicon (or the tables of the folder ``lexicon``) in the form in which texts of ``language`` are searched.

    The first call for a lexicon compiles it and keeps the result in the user's cache; a cache that can't be read or
    written costs time, nothing else.
    """
    sources = [*sorted(lexicon_folder(lexicon).glob("*.tsv")), *sorted(language.folder.glob("*.tsv"))]
    return _made(kept_lines(f"vocabulary-{language.code}", sources, lambda: _lines(lexicon, language)), language)


def corrected(stem: str, vocabulary: Vocabulary) -> str:
    """The one known stem that ``stem`` is a typing error of (one letter off, same first letter), else ``stem``."""
    done = vocabulary.corrections.get(stem)
    if done is not None:
        return done
    typos, found = vocabulary.typos, set(vocabulary.typos.get(stem, "").split())
    for i in range(1, len(stem)):
        shorter = stem[:i] + stem[i + 1 :]
        if shorter in vocabulary.known and len(shorter) >= LONG_TYPO - 1:
            found.add(shorter)
        found.update(t for t in typos.get(shorter, "").split() if _one_off(stem, t))
    result = found.pop() if len(found) == 1 and stem not in vocabulary.language.real else stem
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
