"""Which words tell of altered genes? Rows of ``languages/<code>/molecular.tsv``, beside those of ``results.tsv``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.reading.resultwords import RESULTS, Tables, compiled, result_forms
from kg.reading.tables import Forms, Language, by_role
from kg.reading.text import alternatives, pattern_of

_OWN = frozenset({"kind", "asked", "found", "drug", "exon", "change", "share", "cells", "state", "pending", "general",
                  "aim", "lacking"})  # fmt: skip
_ROLES = _OWN | {"result", "forward", "glue"}


@dataclass(frozen=True, slots=True)
class Molecular:
    """``tables`` are the result words; the patterns are of folded text."""

    tables: Tables
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    asked: re.Pattern[str]
    found: re.Pattern[str]
    pending: re.Pattern[str]
    general: re.Pattern[str]
    aim: re.Pattern[str]
    lacking: re.Pattern[str]
    parting: re.Pattern[str]
    drug: re.Pattern[str]
    inhibits: re.Pattern[str]
    altered: re.Pattern[str]
    negative: re.Pattern[str]
    state: re.Pattern[str]
    verdict: re.Pattern[str]
    exon: re.Pattern[str]
    share: re.Pattern[str]
    speaks: re.Pattern[str]

    def kind_in(self, said: str, *, last: bool = False) -> str | None:
        """The row of the kind that folded text names first (or last), by the longest words there; None without one."""
        places = [(m.start(), m.end(), key) for key, pattern in self.kinds for m in pattern.finditer(said)]
        if not places:
            return None
        at = max(places)[0] if last else min(places)[0]
        return max((end, key) for start, end, key in places if start == at)[1]


@cache
def molecular_forms(language: Language) -> Forms:
    """The forms of ``molecular.tsv`` by role and value."""
    rows = list(language.table("molecular", 3))
    for (role, value, _), where in rows:
        if role in ("result", "forward") and value not in RESULTS:
            raise TableError(f"{where}: {value!r} is no result: {', '.join(RESULTS)}")
    return by_role(rows, _ROLES)


@cache
def molecular_words(language: Language) -> Molecular:
    """The words of a language for altered genes; result words hold beside those of stains."""
    own, words = molecular_forms(language), defaultdict(list, {k: list(v) for k, v in result_forms(language).items()})
    for (role, value), forms in own.items():
        if role not in _OWN:
            words[role, value] += forms
    kinds = tuple((value, re.compile(pattern_of(forms))) for (role, value), forms in own.items() if role == "kind")
    exon, change = (alternatives(own[role, "-"]) for role in ("exon", "change"))
    share, cells = alternatives(own["share", "-"]), alternatives(own["cells", "-"])
    no, yes = (pattern_of([*words["result", r], *words["forward", r]]) for r in ("Negative", "Positive"))
    figure = r"[<>~≥≤]?\s?\d+(?:[.,]\d+)?\s?%?"
    every = [form for (role, _), forms in own.items() if role == "kind" for form in forms]
    return Molecular(
        compiled(words, language),
        kinds,
        re.compile(pattern_of(own["asked", "-"])),
        re.compile(pattern_of(own["found", "-"])),
        re.compile(pattern_of(own["pending", "-"])),
        re.compile(pattern_of(own["general", "-"])),
        re.compile(rf"(?:{pattern_of(own['aim', '-'])})\s*$"),
        re.compile(rf"(?:{pattern_of(own['lacking', '-'])})[\s']*$"),
        re.compile(rf",\s|\s(?:{pattern_of(words['and', '-'])})\s"),
        re.compile(rf"(?:{pattern_of(own['drug', '-'])})[\s'-]*$"),
        re.compile(r"[\s-]*(?:tyrosine[\s-]kinase[\s-])?inhibit"),
        re.compile(pattern_of(own["result", "Positive"])),
        re.compile(no),
        re.compile(pattern_of(own["state", "-"])),
        re.compile(rf"\W{{0,3}}(?:\w+\W{{1,2}}){{0,3}}?(?:(?P<no>{no})|(?P<yes>{yes}))"),
        re.compile(
            rf"(?:\b(?:{change})\s+(?:\w+\s+){{0,2}}(?:[dl]')?)?\b(?:{exon})\s?\d{{1,2}}\b(?:\s(?:{change})\b)?"
            rf"|\b(?:{exon})\s?\d{{1,2}}\s?(?:{change})\w*|\b(?:{change})\s?(?:{exon})?\s?\d{{2}}\b"
        ),
        re.compile(rf"\b(?:{share})\W{{0,3}}(?:\w+\W{{1,2}}){{0,2}}?{figure}|{figure}\s(?:{cells})\b"),
        re.compile(pattern_of(every + words["gene-test", "-"] + words["mutated", "-"])),
    )
