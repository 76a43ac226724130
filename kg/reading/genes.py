"""Does a name that a gene shares with its protein mean the gene? Told by mutations and tests around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from kg.model import Concept
from kg.reading.observed import Item, Observed
from kg.reading.resultwords import result_forms, result_tables
from kg.reading.tables import Language
from kg.reading.text import pattern_of

GENE_REACH, SENTENCE_REACH = 24, 1000
"""Words that make a marker a gene stand at most so many characters before or after it, tests anywhere before."""
_GENETIC = frozenset({"genetic", "alteration"})


@dataclass(frozen=True, slots=True)
class _Words:
    """What makes a name a gene, not an antigen: words right before it, right after it, and tests told before it."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    ending: re.Pattern[str]
    test: re.Pattern[str]
    linked: re.Pattern[str]
    joined: re.Pattern[str]


@cache
def _words(language: Language) -> _Words:
    words = result_forms(language)
    named, of, test = (pattern_of(words[role, "-"]) for role in ("mutated", "mutated-in", "gene-test"))
    copula = pattern_of(words["copula", "-"])
    after, joins = pattern_of(words["mutated-after", "-"]), pattern_of(words["and", "-"] + words["or", "-"])
    return _Words(
        re.compile(rf"(?:{named})(?:\s+(?:{of}))*\s*(?:l')?$"),
        re.compile(rf"\s*[):-]?\s*(?:(?:{copula})\s+){{0,2}}(?:{after})"),
        re.compile(rf"\b(?:{after})"),
        re.compile(test),
        re.compile(rf"[\s,/]*(?:{joins})?\s*(?:(?:{of})\s*)*"),
        re.compile(rf"\s*(?:{joins})\s*(?:(?:{of})\s*)*"),
    )


def is_genetic(concept: Concept | None) -> bool:
    """Whether a marker is by its name what becomes of genes: a mutation, a fusion, a karyotype."""
    return concept is not None and concept.type in _GENETIC


def part_genes(observed: Observed, items: list[Item], tissue: bool) -> tuple[list[Item], list[Item]]:
    """The markers of a sentence that can be stains, where ``tissue`` is spoken of, and those that are genes.

    A mutation that an antibody stains (note ``stain``) is told as the protein. What is listed with a gene is one.
    """
    words, as_stains = _words(observed.language), [_as_stain(observed, i) if tissue else None for i in items]
    told = [_is_gene(observed, i, words, stain is not None) for i, stain in zip(items, as_stains, strict=True)]
    linked = [_is_linked(observed, one, other, words) for one, other in pairwise(items)]
    for n in range(1, len(items)):
        told[n] = told[n] or (told[n - 1] and linked[n - 1]) or _is_beside(observed, items, told, n, words)
    for n in range(len(items) - 2, -1, -1):
        told[n] = told[n] or (linked[n] and _has_word_after(observed, items[n + 1], words))
    stains, genes = list[Item](), list[Item]()
    for item, stain, gene in zip(items, as_stains, told, strict=True):
        if gene or (stain is None and is_genetic(item.concept)):
            genes.append(item)
        else:
            stains.append(stain or item)
    return stains, genes


def _is_gene(observed: Observed, item: Item, words: _Words, stain: bool) -> bool:
    """Whether the words around a name speak of a gene; an antibody to a mutated protein may stand among the stains."""
    if item.concept and ("tissue", "never") in item.concept.note:
        return True
    if words.before.search(observed.before(item, GENE_REACH)) or words.after.match(observed.after(item, GENE_REACH)):
        return not stain
    before = observed.before(item, SENTENCE_REACH)
    tests = list(words.test.finditer(before))
    return bool(tests) and not _stains_after(observed, before, tests[-1].end())


def _stains_after(observed: Observed, said: str, start: int) -> bool:
    return bool(result_tables(observed.language).ihc.search(said, start))


def _is_linked(observed: Observed, one: Item, other: Item, words: _Words) -> bool:
    return bool(words.linked.fullmatch(observed.between(one.mention.last, other.mention.first)))


def _is_beside(observed: Observed, items: list[Item], told: list[bool], n: int, words: _Words) -> bool:
    """Whether a marker is joined to an alteration (``réarrangement MYC et BCL2``), or is a gene that is seldom stained
    (note ``tissue``) and follows another in its sentence, with no talk of stains.
    """
    concept, between = items[n].concept, observed.between(items[n - 1].mention.last, items[n].mention.first)
    if is_genetic(items[n - 1].concept) and words.joined.fullmatch(between):
        return True
    if concept is None or ("tissue", "seldom") not in concept.note:
        return False
    last = next((m for m in range(n - 1, -1, -1) if told[m] or is_genetic(items[m].concept)), None)
    return last is not None and not _stains_after(
        observed, observed.between(items[last].mention.last, items[n].mention.first), 0
    )


def _has_word_after(observed: Observed, item: Item, words: _Words) -> bool:
    """Whether ``muté``, ``non amplifié`` and such stand right after a gene, or end its name."""
    own = observed.words.folded[observed.words.starts[item.mention.first] : observed.words.ends[item.mention.last]]
    own_word = is_genetic(item.concept) and any(m.end() == len(own) for m in words.ending.finditer(own))
    return own_word or bool(words.after.match(observed.after(item, GENE_REACH)))


def _as_stain(observed: Observed, item: Item) -> Item | None:
    """A mutation that an antibody stains (note ``stain``), as the protein that it is of."""
    protein = observed.lexicon.concepts.get(dict(item.concept.note).get("stain", "")) if item.concept else None
    if protein is None:
        return None
    candidate = replace(item.candidates[0], concept=protein)
    return replace(item, grounding=replace(item.grounding, candidates=(candidate,)), concept=protein)
