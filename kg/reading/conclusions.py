"""Which words say what was concluded: leads to a diagnosis, pathology, imaging, decisions, references to results?

The words are rows of ``languages/<code>/diagnosis.tsv``, by role.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.model import Assertion
from kg.reading.observed import Observed
from kg.reading.sections import FINAL
from kg.reading.tables import Forms, Language
from kg.reading.text import alternatives, pattern_of

LEAD_REACH = 64
"""Words that call something the diagnosis stand at most so many characters before it."""
_ROLES = frozenset(
    ("decisive", "pathology", "link", "imaging", "transformation", "histology", "initial",
     "second", "described", "lead", "lead-on", "diagnosed", "cause", "part", "part-on", "refer", "tie", "aim",
     "ground")
)  # fmt: skip
_SAID = ("decisive", "pathology", "imaging", "transformation", "histology", "initial", "second")


@cache
def diagnosis_forms(language: Language) -> Forms:
    """The words of ``diagnosis.tsv`` by role."""
    return language.forms("diagnosis", 2, _ROLES)


@cache
def diagnosis_lead(language: Language) -> re.Pattern[str]:
    """Words that call what follows them the diagnosis: ``le diagnostic retenu était``, up to the end of the text."""
    return _lead(language, "lead")


@cache
def cause_lead(language: Language) -> re.Pattern[str]:
    """Words that call what follows them a cause (``due à``): what explains the rest is diagnosed."""
    return _lead(language, "cause")


@cache
def diagnosed(language: Language) -> re.Pattern[str]:
    """What follows a name that is called the diagnosis, in its clause: ``un néoplasme du rein a été diagnostiqué``."""
    return re.compile(rf"^[^,.;:()]*?(?:{pattern_of(diagnosis_forms(language)['diagnosed',])})")


def _lead(language: Language, role: str) -> re.Pattern[str]:
    words = diagnosis_forms(language)
    leads, on = pattern_of(words[role,]), alternatives(words["lead-on",])
    return re.compile(rf"(?:{leads})\W*(?:(?:{on})\W+){{0,7}}$")


@cache
def words_of(language: Language, role: str) -> re.Pattern[str]:
    """The words of a role that needs no place of its own: they may stand anywhere in a sentence."""
    return re.compile(pattern_of(diagnosis_forms(language)[role,]))


@dataclass(frozen=True, slots=True)
class Said:
    """What the sentence of a diagnosis says: words that decide, pathology (or marker results), imaging, change, that
    this was the first diagnosis, or a second tumour; ``described``: the name only tells what was seen.
    """

    decisive: bool
    pathology: bool
    imaging: bool
    transformation: bool
    histology: bool
    initial: bool
    second: bool
    described: bool
    sentence: int


def said_of(a: Assertion, observed: Observed, *, tested: bool) -> Said:
    """What the sentence around the first mention of a diagnosis says, with its heading, but without the names of it.

    ``tested``: marker results support it.
    """
    sentence = observed.outline.sentence_at(a.mentions[0].span.start)
    words, text = observed.words, f"{observed.heading(sentence)} {observed.said(sentence)}"
    names = [words.folded[words.starts[m.first] : words.ends[m.last]] for m in a.mentions]
    for name in names:
        text = text.replace(name, " ")
    found = {role: bool(words_of(observed.language, role).search(text)) for role in _SAID}
    found["pathology"] = found["pathology"] or a.section in FINAL or tested
    found["histology"] = found["histology"] or tested
    described = bool(words_of(observed.language, "described").fullmatch(names[0]))
    return Said(**found, described=described, sentence=sentence)
