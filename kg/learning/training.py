"""How is a model learnt from annotated cases? With python-crfsuite, in processes, the same each time.

What a dictionary or a first look says of a case that it was learnt from is too good to be true; so, for training, it
comes from dictionaries and first looks that were learnt from the other cases only (jackknife).

751 cases with two sorts of names take 1,005 seconds of processor time, half of it on each of two cores (2026-11-22).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from kg.errors import UsageError
from kg.learning.chain import LABELS, Chain, labels_of
from kg.learning.codes import Stems
from kg.learning.dictionary import Dictionary, learn_dictionary, marks_of
from kg.learning.examples import Example
from kg.learning.features import attributes, further
from kg.learning.model import labels_in
from kg.learning.texts import Task

FOLDS = 4
"""Dictionaries for training come from the cases of the other folds."""
HALVES = 2
"""First looks for training come from the cases of the other half."""
ROUNDS = 60
_PARAMETERS = {"c1": 0.0, "c2": 0.5, "max_iterations": ROUNDS, "feature.minfreq": 2,
               "feature.possible_transitions": True}  # fmt: skip
NEGLIGIBLE = 0.005
"""Weights below are left out."""

Firsts = Sequence[Sequence[Sequence[int]]]
"""Labels of first looks by example and task."""


@dataclass(frozen=True, slots=True)
class Chains:
    """The chains of one task, and the labels that first looks gave each example that they were not learnt from."""

    first: Chain
    second: Chain
    blind: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """A chain to be learnt from some of the examples for a task (by index); ``looked`` are labelled with it then."""

    task: int
    examples: Sequence[Example]
    numbers: Sequence[int]
    dictionaries: Sequence[Sequence[Dictionary]]
    folder: Path
    firsts: Firsts | None = None
    looked: Sequence[int] = ()


def check_library() -> None:
    """``UsageError`` where python-crfsuite is missing."""
    try:
        import pycrfsuite  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError("kg train needs python-crfsuite; run: pip install 'casekg[train]'") from error


def learn_chains(examples: Sequence[Example], tasks: Sequence[Task], folder: Path, jobs: int = 1) -> list[Chains]:
    """What the examples teach of each task, ``jobs`` chains at a time.

    The library writes what it learns to a file only: it stands in ``folder`` for a moment, beside the model to be.
    """
    everything, several = range(len(examples)), range(len(tasks))
    folds = [dictionaries([e for n, e in enumerate(examples) if n % FOLDS != f], tasks) for f in range(FOLDS)]
    halves = [
        _Job(task, examples, [n for n in everything if n % HALVES != half], folds, folder,
             looked=[n for n in everything if n % HALVES == half])
        for task in several for half in range(HALVES)
    ]  # fmt: skip
    wholes = [_Job(task, examples, everything, folds, folder) for task in several]
    firsts: list[list[tuple[int, ...]]] = [[()] * len(tasks) for _ in examples]
    done = _run([*halves, *wholes], jobs)
    for job, (_, seen) in zip(halves, done, strict=False):
        for number, labels in zip(job.looked, seen, strict=True):
            firsts[number][job.task] = labels
    seconds = _run([_Job(task, examples, everything, folds, folder, firsts) for task in several], jobs)
    return [Chains(done[len(halves) + n][0], seconds[n][0], tuple(labels[n] for labels in firsts)) for n in several]


def dictionaries(examples: Sequence[Example], tasks: Sequence[Task]) -> list[Dictionary]:
    """The dictionary of each task."""
    return [
        learn_dictionary([(e.text.words.stems, [(p.first, p.last) for p in e.places[n]]) for e in examples])
        for n in range(len(tasks))
    ]


def named_codes(examples: Sequence[Example], task: int) -> dict[Stems, Counter[str]]:
    """Names by their stems, with the codes that they were given."""
    found: dict[Stems, Counter[str]] = defaultdict(Counter)
    for example in examples:
        stems = example.text.words.stems
        for place in example.places[task]:
            if place.code:
                found[tuple(stems[place.first : place.last + 1])][place.code] += 1
    return dict(found)


def _run(todo: Sequence[_Job], jobs: int) -> list[tuple[Chain, list[tuple[int, ...]]]]:
    if jobs == 1:
        return [_learn(job) for job in todo]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        return list(pool.map(_learn, todo))


def _seen(job: _Job, number: int) -> list[list[str]]:
    """The attributes of an example, by what the other examples teach."""
    text = job.examples[number].text
    found = attributes(text, [marks_of(text.words.stems, one) for one in job.dictionaries[number % FOLDS]])
    if job.firsts is not None:
        for own, added in zip(found, further(text, job.firsts[number]), strict=True):
            own += added
    return found


def _learn(job: _Job) -> tuple[Chain, list[tuple[int, ...]]]:
    """The chain of a job, and the labels of its ``looked`` examples."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for number in job.numbers:
        example, seen = job.examples[number], _seen(job, number)
        wanted = labels_of(len(seen), [(p.first, p.last) for p in example.places[job.task]])
        for start, end in example.text.sentences:
            trainer.append(seen[start:end], wanted[start:end])
    trainer.select("lbfgs")
    trainer.set_params(_PARAMETERS)
    name = f".{job.task}-{'first' if job.firsts is None else 'second'}-{job.looked[0] if job.looked else 'all'}"
    learnt, dumped = job.folder / f"{name}.crfsuite", job.folder / f"{name}.txt"
    try:
        trainer.train(str(learnt))
        tagger = pycrfsuite.Tagger()
        with tagger.open(str(learnt)):
            tagger.dump(str(dumped))
        chain = read_dump(dumped.read_text(encoding="utf-8").splitlines())
    finally:
        learnt.unlink(missing_ok=True)
        dumped.unlink(missing_ok=True)
    return chain, [tuple(labels_in(job.examples[n].text, _seen(job, n), chain)) for n in job.looked]


_DUMPED = re.compile(r"\s*\(([01])\) (.*) --> (\w): (-?[\d.]+)")


def read_dump(lines: Sequence[str]) -> Chain:
    """The chain that the library prints; ``(0)`` are weights of attributes, ``(1)`` of one label after another."""
    states: dict[str, list[tuple[int, float]]] = defaultdict(list)
    transitions = [[0.0] * len(LABELS) for _ in LABELS]
    for line in lines:
        match = _DUMPED.fullmatch(line)
        if match and match[3] in LABELS:
            label, weight = LABELS.index(match[3]), round(float(match[4]), 4)
            if match[1] == "1":
                transitions[LABELS.index(match[2])][label] = weight
            elif abs(weight) >= NEGLIGIBLE:
                states[match[2]].append((label, weight))
    return Chain({name: tuple(sorted(states[name])) for name in sorted(states)}, tuple(map(tuple, transitions)))
