"""What can be seen of each word? The attributes that names are learnt from, and found by.

First: words, stems, beginnings and endings, shapes, the words around, the section, what the lexicon finds here, and
what the annotated cases say of the same words. Further: what a first look found here, beside, and elsewhere in the
text. Whatever changes here changes ``FEATURES``, so that a model is never read with other attributes than it was
trained with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kg.learning.chain import LABELS, name_places
from kg.learning.dictionary import Mark
from kg.learning.texts import Text
from kg.model import Grounding

FEATURES = "1"
"""The version of the attributes."""

_AROUND = (-2, -1, 1, 2)
_EDGE = "|"
_FAR = 8
"""Names within so many words are named themselves."""


def shape(written: str) -> str:
    """How a word is written: upper, capital, lower, mixed, digits or a mark.

    >>> [shape(w) for w in ("GIST", "Sarcome", "foie", "pT", "12", ",")]
    ['XX', 'Xx', 'x', 'xX', '9', '.']
    """
    if written.isdigit():
        return "9"
    if not written[0].isalpha():
        return "."
    if written.islower():
        return "x"
    if written.isupper():
        return "XX" if len(written) > 1 else "X"
    return "Xx" if written[1:].islower() else "xX"


def _lexicon(count: int, groundings: Sequence[Grounding]) -> list[list[str]]:
    """What the lexicon says of each word: the place in the name, its kind, type, and how its code begins."""
    marks: list[list[str]] = [[] for _ in range(count)]
    for g in groundings:
        concept, first, last = g.concept, g.mention.first, g.mention.last
        said = f"{g.mention.kind.value[:3]}:{concept.type if concept else '?'}:{g.morphology[:4]}{g.topography[:1]}"
        for i in range(first, last + 1):
            place = ("S" if first == last else "B") if i == first else "E" if i == last else "I"
            marks[i].append(f"{place}:{said}")
    return marks


def _own(form: str, stem: str, written: str) -> list[str]:
    """What a word shows by itself."""
    found = [f"w={form}", f"z={stem}", f"c={shape(written)}"]
    found += [f"p{n}={form[:n]}" for n in (2, 3, 4, 5) if len(form) > n]
    return found + [f"s{n}={form[-n:]}" for n in (2, 3, 4, 5, 6) if len(form) > n]


def attributes(text: Text, marks: Sequence[Sequence[Mark]]) -> list[list[str]]:
    """The first attributes of every word; ``marks`` holds, a task, what its dictionary says of each word."""
    words = text.words
    forms, stems, count = words.forms, words.stems, len(words.forms)
    spans = [words.span(i, i) for i in range(count)]
    written = [words.text[s.start : s.end] for s in spans]
    lexicon = _lexicon(count, text.groundings)
    found: list[list[str]] = []
    for i, form in enumerate(forms):
        here = _own(form, stems[i], written[i])
        here.append(f"sec={text.outline.section_at(spans[i].start).name}")
        for step in _AROUND:
            at = i + step
            inside = 0 <= at < count
            here.append(f"w{step}={forms[at] if inside else _EDGE}")
            if inside and abs(step) == 1:
                here += [f"z{step}={stems[at]}", f"c{step}={shape(written[at])}", f"s{step}={forms[at][-4:]}"]
                here += [f"l{step}={mark}" for mark in lexicon[at]]
        before, after = forms[i - 1] if i else _EDGE, forms[i + 1] if i + 1 < count else _EDGE
        here += [f"b={before}|{form}", f"a={form}|{after}", f"ba={before}|{after}"]
        here += [f"l={mark}" for mark in lexicon[i]]
        for n, said in enumerate(marks):
            here += [f"d{n}={mark}" for mark in said[i]]
            here += [f"d{n}-={mark}" for mark in (said[i - 1] if i else ())]
            here += [f"d{n}+={mark}" for mark in (said[i + 1] if i + 1 < count else ())]
        found.append(here)
    return found


def further(text: Text, firsts: Sequence[Sequence[int]]) -> list[list[str]]:
    """The further attributes of every word; ``firsts`` holds, a task, the labels (of ``LABELS``) of a first look."""
    found: list[list[str]] = [[] for _ in text.words.forms]
    for n, labels in enumerate(firsts):
        _labelled(found, n, [LABELS[label] for label in labels])
        _elsewhere(found, n, text, labels)
        _near(found, n, text, labels)
    return found


def _labelled(found: list[list[str]], n: int, labels: Sequence[str]) -> None:
    """The labels here and beside."""
    padded = ["-", "-", *labels, "-", "-"]
    for i, here in enumerate(found):
        window = padded[i : i + 5]
        here += [f"y{n}{step}={label}" for step, label in enumerate(window)]
        here.append(f"Y{n}={''.join(window[1:4])}")


def _elsewhere(found: list[list[str]], n: int, text: Text, labels: Sequence[int]) -> None:
    """How often the same word is part of a name in this text."""
    stems = text.words.stems
    total, named = Counter(stems), Counter(stem for stem, label in zip(stems, labels, strict=True) if label)
    for here, stem in zip(found, stems, strict=True):
        share = str(named[stem] * 4 // total[stem]) if named[stem] else "-"
        here += [f"h{n}={share}{min(total[stem], 3)}", f"H{n}={share}{stem}"]


def _near(found: list[list[str]], n: int, text: Text, labels: Sequence[int]) -> None:
    """How far the nearest names are, which words they end or begin with, how many the sentence has."""
    stems, count = text.words.stems, len(labels)
    before, after, last = [count] * count, [count] * count, -count
    for i in range(count):
        before[i] = i - last
        last = i if labels[i] else last
    last = 2 * count
    for i in reversed(range(count)):
        after[i] = last - i
        last = i if labels[i] else last
    for start, end in text.sentences:
        many = min(3, len(name_places(labels[start:end])))
        for i in range(start, end):
            left, right = before[i], after[i]
            found[i] += [
                f"q{n}={many}",
                f"p{n}={_far(left)}",
                f"n{n}={_far(right)}",
                f"m{n}={_far(left)},{_far(right)}",
            ]
            if left < _FAR and i >= left:
                found[i].append(f"u{n}={stems[i - left]}")
            if right < _FAR and i + right < count:
                found[i].append(f"v{n}={stems[i + right]}")


def _far(distance: int) -> str:
    return str(distance) if distance < 5 else "8" if distance < 8 else "15" if distance < 15 else "+"
