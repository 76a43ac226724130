"""Which names are looked for? The lexicon made ready for one language of text, once, and kept in the user's cache."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import ahocorasick_rs

from kg.model import Candidate, Concept, Kind
from kg.reading.compilation import KINDS, compile_lines
from kg.reading.tables import Language, joining_words
from kg.terms.cache import kept_lines
from kg.terms.entries import ContextRule, Surface
from kg.terms.lexicon import Concepts, Lexicon, lexicon_folder

_SIGNS = frozenset({",", "(", ")"})


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a name: ``letters`` is what an acronym must look like, ``accented`` what a short word carries."""

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
            rows = json.loads(self._rows[index])
            made = tuple(Sense(self._concepts[key], Surface(*surface), *rest) for key, surface, *rest in rows)
            self._made[index] = made
        return made

    def free(self, index: int) -> bool:
        """Whether no sense of a key needs a check."""
        known = self._free.get(index)
        if known is None:
            known = self._free[index] = all(sense.free for sense in self[index])
        return known


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names by their normal form, an automaton over all of them, and indexes for word order and typing errors.

    ``senses[i]`` belongs to ``keys[i]``; ``free[i]`` holds the kinds that need no check. ``bags`` maps a set of stems
    to a key index; ``typos`` maps a stem with one letter left out to the stems it may come from, parted by blanks.
    """

    language: Language
    lexicon: Lexicon
    joining: frozenset[str]
    """Words and signs that don't count when the words of a name are compared as a set."""
    keys: list[str]
    senses: Senses
    kinds: list[tuple[Kind, ...]]
    free: list[tuple[Kind, ...]]
    lengths: list[int]
    index: dict[str, int]
    automaton: ahocorasick_rs.AhoCorasick
    bags: dict[frozenset[str], int]
    holding: dict[str, list[frozenset[str]]] = field(repr=False, compare=False)
    """The sets of ``bags`` that hold a stem."""
    known: frozenset[str]
    typos: dict[str, str]
    names: frozenset[str]
    """Stems that stand in names of drugs and markers alone."""
    context_automaton: ahocorasick_rs.AhoCorasick
    context_cues: dict[str, list[int]]
    """Indexes of the cues of each context rule."""
    corrections: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Stem → what it is read as, kept as unknown words are met."""
    ranked: dict[tuple[int, Kind], tuple[Candidate, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Candidates of names that need no check, by key index and kind, kept as they are met."""
    _partners: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def partners(self, stems: list[str]) -> frozenset[str]:
        """The other words of all names that hold ``stems``, kept as they are asked for."""
        key = tuple(stems)
        found = self._partners.get(key)
        if found is None:
            head = frozenset(stems) - self.joining
            bags = min((self.holding.get(stem, []) for stem in head), key=len, default=[])
            found = frozenset(word for bag in bags if head <= bag for word in bag) - head
            self._partners[key] = found
        return found


def load_vocabulary(language: Language, lexicon: Path | None = None) -> Vocabulary:
    """The embedded lexicon (or the tables of the folder ``lexicon``), ready for texts of ``language``.

    The first call for a lexicon compiles it and keeps the result in the user's cache; a cache that can't be read or
    written costs time, nothing else.
    """
    sources = [*sorted(lexicon_folder(lexicon).glob("*.tsv")), *sorted(language.folder.glob("*.tsv"))]
    lines = kept_lines(f"vocabulary-{language.code}", sources, lambda: compile_lines(lexicon, language))
    return _vocabulary(lines, language)


def _vocabulary(lines: Iterable[str], language: Language) -> Vocabulary:
    """The vocabulary that ``compile_lines`` wrote down."""
    rows: dict[str, list[str]] = {sort: [] for sort in "KTNCRX"}
    for line in lines:
        rows[line[0]].append(line[2:])
    keys, every, free, bagged, senses = _columns(rows["K"], 5)
    kinds = {codes: tuple(KINDS[int(code)] for code in codes) for codes in {*every, *free}}
    joining = joining_words() | _SIGNS
    bags = _bags(keys, bagged, joining)
    holding: dict[str, list[frozenset[str]]] = defaultdict(list)
    for bag in bags:
        for stem in bag:
            holding[stem].append(bag)
    concepts = Concepts(_pairs(rows["C"]))
    contexts = {name: ContextRule(name, within, ()) for name, within in _pairs(rows["R"]).items()}
    cues, cue_indexes = _cues(_pairs(rows["X"]))
    return Vocabulary(
        language,
        Lexicon(concepts, contexts),
        joining,
        keys,
        senses=Senses(senses, concepts),
        kinds=[kinds[codes] for codes in every],
        free=[kinds[codes] for codes in free],
        lengths=[key.count(" ") + 1 for key in keys],
        index={key: i for i, key in enumerate(keys)},
        automaton=ahocorasick_rs.AhoCorasick([f" {key} " for key in keys]),
        bags=bags,
        holding=dict(holding),
        known=frozenset(" ".join(keys).split(" ")),
        typos=_pairs(rows["T"]),
        names=frozenset(rows["N"]),
        context_automaton=ahocorasick_rs.AhoCorasick(cues or [" \0"]),
        context_cues=cue_indexes,
    )


def _columns(rows: list[str], width: int) -> tuple[list[str], ...]:
    """The cells of rows by column; joined and split as a whole, which is faster than row by row."""
    cells = "\t".join(rows).split("\t") if rows else []
    return tuple(cells[column::width] for column in range(width))


def _pairs(rows: list[str]) -> dict[str, str]:
    """The second cell of each row by the first."""
    return dict(zip(*_columns(rows, 2), strict=True))


def _bags(keys: list[str], bagged: list[str], joining: frozenset[str]) -> dict[frozenset[str], int]:
    """The sets of words of the names that may stand in another order; the first name of a set counts."""
    bags: dict[frozenset[str], int] = {}
    for i, key in enumerate(keys):
        if bagged[i]:
            bags.setdefault(frozenset(filter(str.isalnum, key.split())) - joining, i)
    return bags


def _cues(rules: dict[str, str]) -> tuple[list[str], dict[str, list[int]]]:
    """The cues of context rules as they stand in a line of words, and the indexes of each rule's cues."""
    indexes: dict[str, list[int]] = defaultdict(list)
    for i, names in enumerate(rules.values()):
        for name in names.split(" "):
            indexes[name].append(i)
    return [f" {cue}" for cue in rules], dict(indexes)
