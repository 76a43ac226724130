"""From annotated cases to a model: what ``kg train`` does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from kg.errors import InputError, UsageError
from kg.evaluation.gold import Corpus, GoldDocument, read_corpus
from kg.graph.write import replacing
from kg.learning.chain import name_places
from kg.learning.codes import learn_codes
from kg.learning.examples import Example, examples_of, tasks_of
from kg.learning.model import Learnt, Model
from kg.learning.modelfile import Draft, lexicon_stamp, write_model
from kg.learning.review import codes_of, refused, review_table, reviewed, terms_of
from kg.learning.texts import Task
from kg.learning.training import HALVES, Chains, check_library, dictionaries, learn_chains, named_codes
from kg.pipeline import reader_for

FEWEST = 4
"""A model needs at least so many cases: one for each fold."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of a corpus: the model's id, how many cases and terms it has, its figures, and problems met."""

    id: str
    documents: int
    terms: int
    figures: tuple[tuple[str, float], ...]
    problems: tuple[str, ...]


def train(corpus: Path, output: Path, language: str = "auto", review: Path | None = None, jobs: int = 1) -> Trained:
    """Learn a model from the annotated cases of ``corpus`` and write it to ``output``.

    The table ``review`` is honoured where it exists, and written anew with all terms. ``UsageError`` without the
    library or with too few cases, ``InputError`` for a corpus that can't be read.
    """
    check_library()
    gold = read_corpus(corpus)
    documents, code = _of_one_language(gold, language)
    asked = tasks_of(gold)
    tasks = [task for task, _ in asked]
    if len(documents) < FEWEST or not tasks:
        raise InputError(f"{corpus}: {len(documents)} cases with {len(tasks)} sorts of names; give at least {FEWEST}")
    examples = examples_of(documents, asked, reader_for(code))
    output.parent.mkdir(parents=True, exist_ok=True)
    chains = learn_chains(examples, tasks, output.parent, jobs)
    terms = {task.name: terms_of(examples, task, n) for n, task in enumerate(tasks)}
    if review is not None:
        terms = reviewed(review, terms)
    drafts = tuple(
        Draft(Learnt(task, known, chain.first, chain.second, codes_of(terms[task.name]), refused(terms[task.name])),
              terms[task.name])
        for task, known, chain in zip(tasks, dictionaries(examples, tasks), chains, strict=True)
    )  # fmt: skip
    figures = tuple(sorted(f for n, task in enumerate(tasks) for f in _figures(examples, n, task, chains[n])))
    model = Model("", code, tuple(d.learnt for d in drafts), lexicon_stamp(), _fingerprint(documents),
                  len(documents), figures)  # fmt: skip
    id = write_model(output, model, drafts)
    if review is not None:
        with replacing(review) as out:
            out.write(review_table(terms).encode())
    return Trained(id, len(documents), sum(map(len, terms.values())), figures, gold.problems)


def _of_one_language(gold: Corpus, language: str) -> tuple[list[GoldDocument], str]:
    counts = Counter(d.language for d in gold.documents)
    if language == "auto" and len(counts) > 1:
        told = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
        raise UsageError(f"{gold.name}: cases of several languages ({told}); name one with --language")
    code = next(iter(counts)) if language == "auto" else language
    return [d for d in gold.documents if d.language == code], code


def _fingerprint(documents: Sequence[GoldDocument]) -> str:
    """A hash of the texts and their annotations."""
    digest = blake2b(digest_size=16)
    for document in sorted(documents, key=lambda d: d.id):
        digest.update(repr((document.id, document.text, sorted(map(repr, document.annotations)))).encode())
    return digest.hexdigest()


def _figures(examples: Sequence[Example], n: int, task: Task, chains: Chains) -> list[tuple[str, float]]:
    """Span F1, and span and code F1, of first looks at the half of the cases that they were not learnt from.

    Both are a little lower than what the whole model reaches: it has a second look, and learnt from all cases.
    """
    right = coded = found = gold = 0
    for half in range(HALVES):
        others = [e for i, e in enumerate(examples) if i % HALVES != half]
        codes = learn_codes(named_codes(others, n))
        for example, labels in list(zip(examples, chains.blind, strict=True))[half::HALVES]:
            stems = example.text.words.stems
            places = {(p.first, p.last): p.code for p in example.places[n]}
            seen = [place for a, b in example.text.sentences for place in
                    ((a + x, a + y) for x, y in name_places(labels[a:b]))]  # fmt: skip
            hits = [place for place in seen if place in places]
            coded += sum(codes.code_of(tuple(stems[a : b + 1])).code == places[a, b] for a, b in hits)
            right, found, gold = right + len(hits), found + len(seen), gold + len(places)
    total = max(1, found + gold)
    return [(f"{task.name}: span", round(2 * right / total, 4)),
            (f"{task.name}: span and code", round(2 * coded / total, 4))]  # fmt: skip
