"""How often does a foreign label find its English concept? Recall and precision against three ways without tables.

    python benchmarks/cognates.py [FOLDER_OF_TERMINOLOGIES] [--set hp-fr ...] [--queries 1500]

The folder is ``data/terms`` of the shared folder. A set is labels with a known English concept; the index holds all
English names of that terminology. Tables and thresholds were made on the half of the concepts whose hash is even;
only the other half is reported. Wanted from the benchmark alone: scikit-learn and rapidfuzz.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from pathlib import Path

from kg.reading.text import fold
from kg.terms.cognates import key_tokens, near

Pair = tuple[str, str]
Ranked = list[tuple[str, float]]
PRECISION = 0.90


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Foreign labels and the English names to find, both with the id of their concept."""

    name: str
    language: str
    queries: list[Pair]
    names: list[Pair]


def held_out(id: str) -> bool:
    """True for the half of the concepts that is reported."""
    return blake2b(id.encode(), digest_size=1).digest()[0] % 2 == 1


# ---- sources ---------------------------------------------------------------------------------------------------------


def rows(path: Path, delimiter: str = "\t") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def human_phenotypes(folder: Path, language: str) -> LabelSet:
    pairs = [r for r in rows(folder / f"hpo/hp-{language}.babelon.tsv") if r["predicate_id"] == "rdfs:label"]
    names = [(r["subject_id"], r["source_value"]) for r in pairs]
    for code in ("fr", "es"):
        names += [(r["subject_id"], r["source_value"]) for r in rows(folder / f"hpo/hp-{code}.babelon.tsv")
                  if r["predicate_id"] == "rdfs:label"]  # fmt: skip
    names += [(r["?term"].strip("<>").rpartition("/")[2].replace("_", ":"), r["?layperson"])
              for r in rows(folder / "hpo/layperson-synonyms.tsv")]  # fmt: skip
    queries = [(r["subject_id"], r["translation_value"]) for r in pairs if r["translation_value"]]
    return LabelSet(f"hp-{language}", language, queries, names)


def human_diseases(folder: Path) -> LabelSet:
    names = [(r["id"], r["label"]) for r in rows(folder / "doid/HumanDO.tsv")]
    for graph in json.loads(gzip.decompress((folder / "doid/doid-2018-07-05.json.gz").read_bytes()))["graphs"]:
        for node in graph["nodes"]:
            id, meta = node["id"].rpartition("/")[2].replace("_", ":"), node.get("meta", {})
            if not meta.get("deprecated"):
                names += [(id, n) for n in [node.get("lbl"), *(s["val"] for s in meta.get("synonyms", ()))] if n]
    queries = []
    for r in rows(folder / "doid/doid-es-translated.tsv"):
        if r["predicate"] in ("rdfs:label", "oboInOwl:hasExactSynonym") and r["source_id"] and r["translation_text"]:
            names.append((r["source_id"], r["source_text"]))
            queries.append((r["source_id"], r["translation_text"]))
    return LabelSet("doid-es", "es", queries, names)


def uberon(folder: Path) -> list[Pair]:
    names: list[Pair] = []
    synonym = re.compile(r'synonym: "(.+?)" ')
    for path in sorted((folder / "uberon").glob("*.obo")):
        id = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("id: "):
                id = line[4:] if line.startswith("id: UBERON:") else ""
            elif id and line.startswith("name: "):
                names.append((id, line[6:]))
            elif id and (match := synonym.match(line)):
                names.append((id, match[1]))
    return names


def anatomy(folder: Path, language: str) -> LabelSet:
    """Z-Anatomy's names, where its English name is one of UBERON's."""
    column = {"la": 2, "fr": 4, "es": 6, "pt": 8}[language]
    names = uberon(folder)
    by_name: dict[str, set[str]] = defaultdict(set)
    for id, name in names:
        by_name[fold(name)].add(id)
    queries = []
    with next((folder / "z-anatomy").glob("*.csv")).open(encoding="utf-8-sig", newline="") as file:
        for cells in list(csv.reader(file, delimiter=";"))[1:]:
            ids = by_name.get(fold(cells[0]), set())
            if len(ids) == 1 and len(cells) > column and cells[column]:
                queries.append((next(iter(ids)), cells[column]))
    return LabelSet(f"anatomy-{language}", language, queries, names)


def tumours(folder: Path, language: str) -> LabelSet:
    """ICD-O-3 morphologies; site codes in brackets are no part of a name."""
    names = [(r["Code"], r["Label"]) for r in rows(folder / "icdo3/en/Morphenglish.txt") if "/" in r["Code"]]
    for file in ("icd_o_31_histologies", "icd_o_31_histology_synonyms"):
        names += [tuple(r.values()) for r in rows(folder / f"icdo3/seer/{file}.csv", ",")]  # type: ignore[misc]
    if language == "fr":
        text = (folder / "icdo3/fr/JDV_Morphologie_CISIS.xml").read_text(encoding="utf-8")
        queries = re.findall(r'<Concept code="(\d{4}/\d)".*?displayName="(.*?)"', text, re.DOTALL)
    else:
        queries = [(r["codigo"], r["descriptor completo"]) for r in rows(folder / "icdo3/es/Morfología_6_caracteres.tsv")]
    known = {id for id, _ in names}
    queries = [(id, re.sub(r"\([CM][-\d].*?\)|\(à l’exclusion.*", "", label).strip()) for id, label in queries if id in known]
    return LabelSet(f"icdo-{language}", language, queries, names)


SETS: dict[str, Callable[[Path], LabelSet]] = {
    "icdo-fr": lambda f: tumours(f, "fr"),
    "icdo-es": lambda f: tumours(f, "es"),
    "hp-fr": lambda f: human_phenotypes(f, "fr"),
    "hp-es": lambda f: human_phenotypes(f, "es"),
    "doid-es": human_diseases,
    "anatomy-fr": lambda f: anatomy(f, "fr"),
    "anatomy-es": lambda f: anatomy(f, "es"),
    "anatomy-pt": lambda f: anatomy(f, "pt"),
    "anatomy-la": lambda f: anatomy(f, "la"),
}


# ---- ways ------------------------------------------------------------------------------------------------------------


def ranked(scores: Iterable[tuple[str, float]], top: int = 5) -> Ranked:
    """The best concepts with the score of their best name."""
    best: dict[str, float] = {}
    for id, score in scores:
        best[id] = max(score, best.get(id, 0.0))
    return sorted(best.items(), key=lambda s: -s[1])[:top]


class CognateIndex:
    """An inverted index over stems, in memory."""

    def __init__(self, names: list[Pair]) -> None:
        self.ids = [id for id, _ in names]
        self.keys = [key_tokens(name, "en") for _, name in names]
        self.postings: dict[str, list[int]] = defaultdict(list)
        for at, key in enumerate(self.keys):
            for stem in key:
                self.postings[stem].append(at)
        self.rarest = log(1 + len(names))
        self.weights = {stem: log(1 + len(names) / len(ats)) for stem, ats in self.postings.items()}
        self.totals = [sum(self.weights[s] for s in key) for key in self.keys]
        self.grams: dict[str, list[str]] = defaultdict(list)
        for stem in self.postings:
            for gram in {stem[i : i + 3] for i in range(len(stem) - 2)}:
                self.grams[gram].append(stem)
        self.alike: dict[str, list[tuple[str, float]]] = {}

    def neighbours(self, stem: str) -> list[tuple[str, float]]:
        """The stems of the index that are near, and the stem itself."""
        if stem not in self.alike:
            shared: dict[str, int] = defaultdict(int)
            for gram in {stem[i : i + 3] for i in range(len(stem) - 2)}:
                for other in self.grams.get(gram, ()):
                    shared[other] += 1
            found = [(o, near(stem, o)) for o, n in shared.items() if n >= (len(stem) - 2) * 0.3]
            self.alike[stem] = [(stem, 1.0)] if stem in self.postings else sorted(((o, s) for o, s in found if s), key=lambda f: -f[1])[:8]
        return self.alike[stem]

    def find(self, text: str, language: str) -> Ranked:
        query = key_tokens(text, language)
        total, shared = 0.0, defaultdict[int, float](float)
        for stem in query:
            weight = self.weights.get(stem, self.rarest)
            total += weight
            best: dict[int, float] = {}
            for other, alike in self.neighbours(stem):
                gain = alike**2 * (weight + self.weights[other])
                for at in self.postings[other]:
                    if gain > best.get(at, 0.0):
                        best[at] = gain
            for at, gain in best.items():
                shared[at] += gain
        return ranked((self.ids[at], min(1.0, gain / (total + self.totals[at]))) for at, gain in shared.items())
