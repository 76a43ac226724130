"""Which words mean which code, and does a person agree? The table that is reviewed before a model is used.

A row is: words, code, how often they were given it, how often they are annotated at all, the lexicon's code for them
(``new`` where it has none), and the status: ``accepted`` (only accepted codes of these words count), ``rejected`` (this
code is never given to them; where all rows of some words are rejected, they are never found), or empty (as counted).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import TableError
from kg.learning.codes import Codes, Stems, learn_codes
from kg.learning.texts import Task
from kg.model import Grounding
from kg.reading.tables import read_rows

if TYPE_CHECKING:
    from kg.learning.examples import Example

STATUSES = ("", "accepted", "rejected")
COLUMNS = ("task", "words", "code", "count", "annotated", "lexicon", "status")
NEW = "new"


@dataclass(frozen=True, slots=True)
class Term:
    """Words (folded) and their stems with one of their codes; see the module for the other fields."""

    words: str
    stems: str
    code: str
    count: int
    annotated: int
    lexicon: str = NEW
    status: str = ""


def terms_of(examples: Sequence[Example], task: Task, number: int) -> tuple[Term, ...]:
    """The terms of a task: those annotated most often first."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    known: dict[str, str] = {}
    for example in examples:
        words = example.text.words
        ours = {(g.mention.first, g.mention.last): code_in(g, task) for g in example.text.groundings}
        for place in example.places[number]:
            cut = slice(place.first, place.last + 1)
            written = " ".join(words.forms[cut])
            counts[written, " ".join(words.stems[cut])][place.code] += 1
            if code := ours.get((place.first, place.last)):
                known[written] = code
    rows = [
        Term(written, stems, code, count, found.total(), known.get(written, NEW))
        for (written, stems), found in counts.items() for code, count in found.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda t: (-t.annotated, t.words, -t.count, t.code)))


def code_in(grounding: Grounding, task: Task) -> str:
    """The code of the task's sort that the lexicon gives a mention; its concept's key where the task has none."""
    if task.coded:
        return grounding.morphology if task.coded == "morphology" else grounding.topography
    return grounding.concept.key if grounding.concept and grounding.mention.kind in task.kinds else ""


def codes_of(terms: Iterable[Term]) -> Codes:
    """The statistics of terms, as reviewed."""
    by_words: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        by_words[term.words].append(term)
    names: dict[Stems, Counter[str]] = defaultdict(Counter)
    for rows in by_words.values():
        accepted = [t for t in rows if t.status == "accepted"]
        for term in accepted or [t for t in rows if t.status != "rejected"]:
            if term.code:
                names[tuple(term.stems.split(" "))][term.code] += term.count
    return learn_codes(names)


def refused(terms: Iterable[Term]) -> frozenset[str]:
    """The words of which a person rejected all rows."""
    by_words: dict[str, set[str]] = defaultdict(set)
    for term in terms:
        by_words[term.words].add(term.status)
    return frozenset(words for words, statuses in by_words.items() if statuses == {"rejected"})


def term_lines(terms: Iterable[Term]) -> list[str]:
    """Terms as lines of a model's member."""
    return ["\t".join((t.words, t.stems, t.code, str(t.count), str(t.annotated), t.lexicon, t.status)) for t in terms]


def read_terms(lines: Iterable[str]) -> tuple[Term, ...]:
    """Terms from the lines of a model's member; ``ValueError`` where one is malformed."""
    rows = [line.split("\t") for line in lines]
    terms = tuple(Term(w, s, c, int(n), int(m), known, status) for w, s, c, n, m, known, status in rows)
    if any(t.status not in STATUSES for t in terms):
        raise ValueError("an unknown status")
    return terms


def reviewed(path: Path, learnt: Mapping[str, tuple[Term, ...]]) -> dict[str, tuple[Term, ...]]:
    """The terms of each task (by name) with the statuses that the table at ``path`` gives them, if it is there."""
    said = _statuses(path) if path.exists() else {}
    return {
        task: tuple(replace(t, status=said.get((task, t.words, t.code), t.status)) for t in terms)
        for task, terms in learnt.items()
    }


def _statuses(path: Path) -> dict[tuple[str, str, str], str]:
    found = {}
    for (task, words, code, *_, status), where in read_rows(path, len(COLUMNS)):
        if status not in STATUSES:
            raise TableError(f"{where}: {status!r} is no status; write accepted, rejected, or nothing")
        found[task, words, code] = status
    return found


def review_table(learnt: Mapping[str, tuple[Term, ...]]) -> str:
    """The table for people: all terms of all tasks, with a heading."""
    lines = ["# " + "\t".join(COLUMNS)]
    for task, terms in learnt.items():
        lines += [
            "\t".join((task, t.words, t.code, str(t.count), str(t.annotated), t.lexicon, t.status)) for t in terms
        ]
    return "".join(f"{line}\n" for line in lines)
