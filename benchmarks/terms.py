"""How fast are whole terminologies? Compile, open, memory and look-ups a second on a million terms. Asserts nothing.

    python benchmarks/terms.py [FOLDER_OF_TERMINOLOGIES] [--terms 1000000] [--lookups 2000] [--index FILE]

The folder is ``data/terms`` of the shared folder; what it lacks of the number wanted is made of the words of the real
names, or of the embedded lexicon's where no folder is given. Times are of the wall clock, one process; memory is what
a fresh process holds more after opening and after the look-ups.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from kg.terms.index import Index, compile_index, open_index
from kg.terms.lookup import find_in, lexicon_terms
from kg.terms.term import Name, Term

SEED = 7
_OBO = "http://purl.obolibrary.org/obo/"


def _curie(iri: str) -> str:
    return iri.removeprefix(_OBO).replace("_", ":")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def ncit(folder: Path) -> Iterator[Term]:
    for graph in json.loads(gzip.decompress((folder / "ncit/ncit-disease-2018-06-08.json.gz").read_bytes()))["graphs"]:
        parents: dict[str, list[str]] = {}
        for edge in graph["edges"]:
            if edge["pred"] == "is_a":
                parents.setdefault(edge["sub"], []).append(_curie(edge["obj"]))
        for node in graph["nodes"]:
            if "lbl" in node:
                names = [Name(node["lbl"], "en", "label")]
                names += [Name(s["val"]) for s in node.get("meta", {}).get("synonyms", ())]
                yield Term(_curie(node["id"]), tuple(names), tuple(parents.get(node["id"], ())), kind="Disease")


def mondo(folder: Path) -> Iterator[Term]:
    for path in sorted((folder / "mondo").glob("synonyms_confirmed_*.tsv")):
        for r in islice(_rows(path), 1, None):
            yield Term(r["mondo_id"], (Name(r["mondo_label"], "en", "label"), Name(r["synonym"])), kind="Disease")


def phenotypes(folder: Path) -> Iterator[Term]:
    for code in ("fr", "es"):
        for r in _rows(folder / f"hpo/hp-{code}.babelon.tsv"):
            if r["predicate_id"] == "rdfs:label":
                names = [Name(r["source_value"], "en", "label"), Name(r["translation_value"], code, "label")]
                yield Term(r["subject_id"], tuple(n for n in names if n.text), kind="Finding")


def uberon(folder: Path) -> Iterator[Term]:
    text = (folder / "uberon/uberon_import_mondo_2021-08-03.obo").read_text(encoding="utf-8")
    for stanza in text.split("[Term]\n")[1:]:
        names = [Name(n, "en", "label") for n in re.findall(r"^name: (.+)$", stanza, re.M)]
        names += [Name(n) for n in re.findall(r'^synonym: "(.+?)" EXACT', stanza, re.M)]
        parents = tuple(re.findall(r"^is_a: (\S+)", stanza, re.M))
        yield Term(stanza[4:].split("\n", 1)[0], tuple(names), parents, kind="Anatomy")


def genes(folder: Path) -> Iterator[Term]:
    for r in _rows(folder / "genes/symbols-human.tsv"):
        yield Term(f"NCBIGene:{r['GeneID']}", (Name(r["symbol"], "en", "label"),), kind="Marker")


def united(terms: Iterator[Term]) -> list[Term]:
    """One term a CURIE."""
    found: dict[str, Term] = {}
    for t in terms:
        old = found.get(t.curie)
        names = dict.fromkeys((*(old.names if old else ()), *t.names))
        found[t.curie] = Term(t.curie, tuple(names), t.parents or (old.parents if old else ()), kind=t.kind)
    return list(found.values())


def made_up(real: list[Term], count: int) -> Iterator[Term]:
    """``count`` invented diseases: words of real names put together anew, in a tree of 20 branches a node."""
    dice = random.Random(SEED)
    words = [w for t in real for n in t.names for w in n.text.split() if n.language == "en" and t.kind != "Marker"]
    for i in range(count):
        names = [Name(" ".join(dice.choices(words, k=dice.choice((2, 3, 3, 4, 5)))), "en", "label")]
        if i % 4 == 0:
            names.append(Name(" ".join(dice.choices(words, k=3))))
        parents = (f"MADE:{i // 20:07}",) if i else ()
        yield Term(f"MADE:{i:07}", tuple(names), parents, kind="Disease")


def resident() -> float:
    """Megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize() / 1e6


def asked_of(index: Index, count: int) -> dict[str, list[tuple[str, str]]]:
    """Texts with their language for each way to match, made of names of the index by chance."""
    dice = random.Random(SEED)
    names: list[Name] = []
    while len(names) < count:
        names += [n for n in index.term_at(dice.randrange(index.terms)).names if len(n.text) > 9 and n.text.isascii()]
    names = names[:count]
    foreign = [n for id in range(index.terms) for n in index.term_at(id).names if n.language in ("fr", "es")] \
        if index.terms < 200_000 else _foreign(index, count)

    def typo(text: str) -> str:
        longest = max(text.split(), key=len)
        at = dice.randrange(2, len(longest)) if len(longest) > 2 else 0
        return text.replace(longest, longest[:at] + "x" + longest[at + 1 :], 1)

    return {
        "exact": [(n.text, n.language) for n in names],
        "exact, any language": [(n.text, "auto") for n in names],
        "variant": [(n.text.upper().replace(" ", "-", 1) + "s", n.language) for n in names],
        "cognate or nearest (fr, es names as texts)": [(n.text, n.language) for n in foreign[:count]],
        "fuzzy (one letter wrong)": [(typo(n.text), n.language) for n in names],
        "fuzzy, any language": [(typo(n.text), "auto") for n in names],
        "nothing alike": [(f"zq{i}xw vy{i}k", "fr") for i in range(count)],
    }
