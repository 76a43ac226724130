"""Which words say what was concluded: leads to a diagnosis, pathology, imaging, decisions, references to results?

The words are rows of ``languages/<code>/diagnosis.tsv``, by role.
"""

from __future__ import annotations

import re
from functools import cache

from kg.reading.tables import Forms, Language
from kg.reading.text import alternatives, pattern_of

LEAD_REACH = 64
"""Words that call something the diagnosis stand at most so many characters before it."""
_ROLES = frozenset(
    ("decisive", "pathology", "link", "imaging", "transformation", "histology", "initial",
     "lead", "lead-on", "cause", "part", "part-on", "refer")
)  # fmt: skip


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


def _lead(language: Language, role: str) -> re.Pattern[str]:
    words = diagnosis_forms(language)
    leads, on = pattern_of(words[role,]), alternatives(words["lead-on",])
    return re.compile(rf"(?:{leads})\W*(?:(?:{on})\W+){{0,7}}$")


@cache
def words_of(language: Language, role: str) -> re.Pattern[str]:
    """The words of a role that needs no place of its own: they may stand anywhere in a sentence."""
    return re.compile(pattern_of(diagnosis_forms(language)[role,]))
