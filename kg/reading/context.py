"""Is it present, sure, whose, and when? Negation, certainty, experiencer and temporality of each mention.

Cues are rows of ``languages/<code>/cues.tsv`` with a direction, a reach in words and a scope that ``end`` cues, other
sentences and the reach stop; ``pseudo`` rows (``non seulement``, ``sans changement``) switch the cues inside them off.
Of several cues on one axis the nearest counts. Method after NegEx/ConText (Chapman 2001, Harkema 2009).
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from kg.errors import TableError
from kg.model import Certainty, Context, Cue, Experiencer, Mention, Polarity, Temporality
from kg.reading.sections import Outline
from kg.reading.tables import Language, forms
from kg.reading.text import Words, key_of

AXES: dict[str, type[Polarity] | type[Certainty] | type[Experiencer] | type[Temporality]] = {
    "polarity": Polarity, "certainty": Certainty, "experiencer": Experiencer, "temporality": Temporality,
}  # fmt: skip
DIRECTIONS = ("pre", "post", "both")
_STOPS = frozenset(",;:()[]")


@dataclass(frozen=True, slots=True)
class _Row:
    axis: str
    value: str
    direction: str
    reach: int
    length: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue in the text: its row and its first and last place in the line."""

    row: _Row
    first: int
    last: int


@cache
def _cues(language: Language) -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[_Row, ...], ...]]:
    rows: dict[str, list[_Row]] = defaultdict(list)
    for (axis, value, direction, reach, cell), where in language.table("cues", 5):
        if axis not in (*AXES, "pseudo", "end") or direction not in DIRECTIONS or not reach.isdigit():
            raise TableError(f"{where}: a cue row is: axis ({', '.join(AXES)}, pseudo, end), value, direction, reach, forms")
        if axis in AXES and value not in set(AXES[axis]):
            raise TableError(f"{where}: {value!r} is no value of {axis}: {', '.join(AXES[axis])}")
        for form in forms(cell):
            key = key_of(form, language)
            row = _Row(axis, value, direction, int(reach), len(key.split()))
            if key and row not in rows[key]:
                rows[key].append(row)
    return ahocorasick_rs.AhoCorasick([f" {k} " for k in rows]), tuple(tuple(r) for r in rows.values())


def find_cues(words: Words, language: Language) -> list[Hit]:
    """The cues of a text in order; a cue inside a longer one of its axis, or inside a pseudo cue, is left out."""
    automaton, rows = _cues(language)
    hits = []
    for pattern, start, _ in automaton.find_matches_as_indexes(words.line, overlapping=True):
        first = words.place(start)
        hits += [Hit(row, first, first + row.length - 1) for row in rows[pattern]]
    hits.sort(key=lambda h: (h.first - h.last, h.first))
    taken: dict[str, set[int]] = defaultdict(set)
    kept = []
    for hit in hits:
        covered = range(hit.first, hit.last + 1)
        group = "end" if hit.row.axis == "end" else hit.row.direction
        if taken["pseudo"].isdisjoint(covered) and (taken[group].isdisjoint(covered) or _same(kept, hit)):
            taken["pseudo" if hit.row.axis == "pseudo" else group].update(covered)
            kept.append(hit)
    return sorted((h for h in kept if h.row.axis != "pseudo"), key=lambda h: (h.first, h.last))


def _same(kept: list[Hit], hit: Hit) -> bool:
    """Whether the same words already are a cue of another axis or value (``éventuel`` before and after)."""
    return any(k.first == hit.first and k.last == hit.last for k in kept)


def _governs(hit: Hit, first: int, last: int, ends: list[int], stops: list[int]) -> bool:
    """Whether the cue's scope holds the words ``first`` to ``last`` of the line.

    A scope to the right is stopped by ``ends``; one to the left by ``ends`` and punctuation too (``stops``).
    """
    if hit.row.direction in ("pre", "both") and hit.last < first:
        low, high = hit.last, first
    elif hit.row.direction in ("post", "both") and hit.first > last:
        low, high = last, hit.first
    else:
        return False
    if high - low > hit.row.reach:
        return False
    return not _between(ends, low, high) and (low == hit.last or not _between(stops, low, high))


def _between(marks: list[int], low: int, high: int) -> bool:
    i = bisect.bisect_right(marks, low)
    return i < len(marks) and marks[i] < high


def _context(hits: list[Hit], words: Words, mention: Mention) -> Context:
    values: dict[str, tuple[int, Hit]] = {}
    for hit in hits:
        distance = min(abs(hit.last - mention.first), abs(hit.first - mention.last))
        if hit.row.axis not in values or distance < values[hit.row.axis][0]:
            values[hit.row.axis] = (distance, hit)
    found = {axis: hit.row.value for axis, (_, hit) in values.items()}
    polarity, certainty = Polarity(found.get("polarity", "Affirmed")), Certainty(found.get("certainty", "Confirmed"))
    if certainty is Certainty.EXCLUDED:
        polarity = Polarity.NEGATED
    elif polarity is Polarity.NEGATED:
        certainty = Certainty.EXCLUDED
    cues = tuple(Cue(f"{hit.row.axis}={hit.row.value}", words.span(words.kept[hit.first], words.kept[hit.last]))
                 for _, (_, hit) in sorted(values.items()))
    return Context(polarity, certainty, Experiencer(found.get("experiencer", "PatientSelf")),
                   Temporality(found.get("temporality", "Current")), cues)


_PLAIN = Context()
_BY_SECTION = {"FamilyHistory": Context(experiencer=Experiencer.FAMILY, cues=(Cue("section=FamilyHistory"),)),
               "PastHistory": Context(temporality=Temporality.HISTORICAL, cues=(Cue("section=PastHistory"),))}


def find_contexts(words: Words, mentions: tuple[Mention, ...], outline: Outline, language: Language) -> tuple[Context, ...]:
    """One context a mention, in their order. A mention's own words are never its cues."""
    hits = find_cues(words, language)
    place = {i: p for p, i in enumerate(words.kept)}
    stops = [p for p, i in enumerate(words.kept) if words.forms[i] in _STOPS]
    by_sentence: dict[int, list[Hit]] = defaultdict(list)
    ends: dict[int, list[int]] = defaultdict(list)
    for hit in hits:
        sentence = outline.sentence_at(words.span(words.kept[hit.first], words.kept[hit.first]).start)
        if hit.row.axis == "end":
            ends[sentence].append(hit.first)
        else:
            by_sentence[sentence].append(hit)
    result = []
    for mention in mentions:
        sentence = outline.sentence_at(mention.span.start)
        base = _BY_SECTION.get(outline.sections[outline.owners[sentence]].name, _PLAIN)
        near = by_sentence.get(sentence)
        if near:
            first, last = place[mention.first], place[mention.last]
            near = [h for h in near if _governs(h, first, last, ends[sentence], stops)]
        if near:
            context = _context(near, words, mention)
            if base is not _PLAIN:
                experiencer = base.experiencer if context.experiencer is Experiencer.PATIENT else context.experiencer
                temporality = base.temporality if context.temporality is Temporality.CURRENT else context.temporality
                context = Context(context.polarity, context.certainty, experiencer, temporality, base.cues + context.cues)
            result.append(context)
        else:
            result.append(base)
    return tuple(result)
