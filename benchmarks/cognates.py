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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from heapq import nlargest
from itertools import groupby
from pathlib import Path
from typing import Any

from kg.reading.text import fold
from kg.terms.cognates import ACCEPT, SURE, key_tokens, likeness, near, needed, weight

Pair = tuple[str, str]
Ranked = list[tuple[str, float]]
PRECISION = 0.90
LEARNT = 0.92
"""The precision asked of the half that the tables were made on: a little more, for they know it."""
SLOW = 600
"""Queries of the ways that read every name."""


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
        table = rows(folder / "icdo3/es/Morfología_6_caracteres.tsv")
        queries = [(r["codigo"], r["descriptor completo"]) for r in table]
    known, site = {id for id, _ in names}, re.compile(r"\([CM][-\d].*?\)|\(à l’exclusion.*")
    queries = [(id, site.sub("", label).strip()) for id, label in queries if id in known]
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


def ranked(scores: Iterable[tuple[str, float]]) -> Ranked:
    """The five best concepts with the score of their best name."""
    best: dict[str, float] = {}
    for id, score in scores:
        best[id] = max(score, best.get(id, 0.0))
    return nlargest(5, best.items(), key=lambda found: found[1])


class Cognates:
    """An inverted index over stems, in memory: candidates share one of the query's rarest stems."""

    FLOOR, SCORED = 0.3, 100  # below the threshold, for recall at 5; candidates scored of those found

    def __init__(self, names: list[Pair]) -> None:
        self.ids = [id for id, _ in names]
        self.keys = [key_tokens(name, "en") for _, name in names]
        self.holders: dict[str, list[int]] = defaultdict(list)
        for at, key in enumerate(self.keys):
            for stem in key:
                self.holders[stem].append(at)
        self.weights = {stem: weight(len(ats), len(names)) for stem, ats in self.holders.items()}
        self.unknown = weight(1, len(names))
        self.totals = [sum(self.weights[stem] for stem in key) for key in self.keys]
        self.grams: dict[str, list[str]] = defaultdict(list)
        for stem in self.holders:
            for gram in grams(stem):
                self.grams[gram].append(stem)
        self.alike = cache(self._alike)

    def _alike(self, stem: str) -> list[tuple[str, float]]:
        """The stem, or where no name has it those near."""
        if stem in self.holders:
            return [(stem, 1.0)]
        shared = Counter(other for gram in grams(stem) for other in self.grams.get(gram, ()))
        found = [(other, near(stem, other)) for other, n in shared.items() if n >= len(stem) / 4]
        return nlargest(8, ((other, score) for other, score in found if score), key=lambda f: f[1])

    def find(self, text: str, language: str) -> Ranked:
        query = key_tokens(text, language)
        shared: dict[int, float] = defaultdict(float)
        for stem in needed(query, self.weights, self.unknown, self.FLOOR):
            for other, score in self.alike(stem):
                for at in self.holders[other]:
                    shared[at] += score * self.weights[other]
        best = nlargest(self.SCORED, shared, key=lambda at: shared[at] / (1 + self.totals[at]))
        return ranked((self.ids[at], likeness(query, self.keys[at], self.weights, self.unknown)) for at in best)


def grams(stem: str) -> set[str]:
    return {stem[i : i + 3] for i in range(len(stem) - 2)}


class Folded:
    """(a) The same words, but for case and accents."""

    def __init__(self, names: list[Pair]) -> None:
        self.ids: dict[str, list[str]] = defaultdict(list)
        for id, name in names:
            self.ids[fold(name)].append(id)

    def find(self, text: str, language: str) -> Ranked:
        return ranked((id, 1.0) for id in self.ids.get(fold(text), ()))


class Trigrams:
    """(b) Cosine of character 3-grams weighted by TF-IDF, as scispaCy links entities."""

    def __init__(self, names: list[Pair]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        self.ids = [id for id, _ in names]
        self.vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), preprocessor=fold)
        self.matrix = self.vectors.fit_transform([name for _, name in names]).T.tocsc()

    def find(self, text: str, language: str) -> Ranked:
        scores = (self.vectors.transform([text]) @ self.matrix).tocoo()
        best = nlargest(50, zip(scores.coords[1], scores.data, strict=True), key=lambda s: s[1])
        return ranked((self.ids[at], float(score)) for at, score in best)


class Fuzzy:
    """(c) The better known ratios of rapidfuzz, on folded names."""

    def __init__(self, names: list[Pair], ratio: str) -> None:
        from rapidfuzz import fuzz, process

        self.ids = [id for id, _ in names]
        self.names = [fold(name) for _, name in names]
        self.extract, self.ratio = process.extract, getattr(fuzz, ratio)

    def find(self, text: str, language: str) -> Ranked:
        found = self.extract(fold(text), self.names, scorer=self.ratio, limit=20)
        return ranked((self.ids[at], score / 100) for _, score, at in found)


WAYS: dict[str, Callable[[list[Pair]], Any]] = {
    "cognates": Cognates,
    "(a) folded": Folded,
    "(b) 3-grams": Trigrams,
    "(c) WRatio": lambda names: Fuzzy(names, "WRatio"),
    "(c) token_set": lambda names: Fuzzy(names, "token_set_ratio"),
}


# ---- figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answers:
    """The best score of each query and whether its concept was right; the best wrong one; hits among five; seconds."""

    scored: list[tuple[float, bool]]
    wrong: list[float]
    within_five: int
    seconds: float

    def at(self, threshold: float) -> tuple[float, float]:
        """Recall and precision of the answers that score ``threshold`` or more."""
        taken = [right for score, right in self.scored if score >= threshold]
        return sum(taken) / len(self.scored), sum(taken) / len(taken) if taken else 1.0

    def threshold(self, precision: float) -> float:
        """The lowest threshold of that precision; 2 where there is none."""
        found, right, taken = 2.0, 0, 0
        for score, group in groupby(sorted(self.scored, reverse=True), key=lambda s: s[0]):
            answers = [ok for _, ok in group]
            taken, right = taken + len(answers), right + sum(answers)
            found = score if score > 0 and right / taken >= precision else found
        return found


def answers(way: Any, queries: list[Pair], language: str) -> Answers:
    start = time.perf_counter()
    found = [(id, way.find(label, language)) for id, label in queries]
    seconds = time.perf_counter() - start
    scored = [(best[0][1], best[0][0] == id) if best else (0.0, False) for id, best in found]
    wrong = [next((score for other, score in best if other != id), 0.0) for id, best in found]
    return Answers(scored, wrong, sum(id in [other for other, _ in best] for id, best in found), seconds)


def sample(queries: list[Pair], count: int) -> list[Pair]:
    """The same queries in every run: those with the smallest hashes."""
    return sorted(set(queries), key=lambda q: blake2b("\t".join(q).encode()).digest())[:count]


def report(labels: LabelSet, count: int, ways: Iterable[str]) -> None:
    """One line a way; the baselines get the best threshold of the reported half, ours only that of the other half."""
    names = list(dict.fromkeys(labels.names))
    halves = [[q for q in labels.queries if held_out(q[0]) is half] for half in (False, True)]
    learn, test = sample(halves[0], count), sample(halves[1], count)
    print(f"\n# {labels.name}: {len(test)} labels held out, {len(names)} English names")
    print(f"{'way':14} {'R@1':>6} {'R@5':>6} {'thresh.':>8} {'R@1':>6} {'P':>6} {'absent':>7} {'/s':>7}")
    for name in ways:
        way, ours = WAYS[name](names), name == "cognates"
        asked = test[:SLOW] if name.startswith("(c)") else test
        found = answers(way, asked, labels.language)
        chosen = answers(way, learn, labels.language).threshold(LEARNT) if ours else found.threshold(PRECISION)
        rows = [(name, chosen)] + ([("  at ACCEPT", ACCEPT), ("  at SURE", SURE)] if ours else [])
        for title, threshold in rows:
            recall, precision = found.at(threshold)
            absent = sum(score >= threshold for score in found.wrong) / len(asked)
            cells = f"{found.at(1e-9)[0]:6.3f} {found.within_five / len(asked):6.3f} {threshold:8.3f}"
            speed = f"{len(asked) / found.seconds:7.0f}"
            print(f"{title:14} {cells} {recall:6.3f} {precision:6.3f} {absent:7.3f} {speed}", flush=True)


def main() -> None:
    shared = Path(__file__).resolve().parents[2] / "shared/data/terms"
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=shared)
    parser.add_argument("--set", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--way", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("--queries", type=int, default=1500)
    arguments = parser.parse_args()
    print("R@1 and R@5 of all labels; then R@1 and P of what scores the threshold or more, chosen for P ≥ 0.90;")
    print("absent: the share of labels that would get an answer all the same if their concept were not in the index")
    for name in arguments.set:
        report(SETS[name](arguments.folder), arguments.queries, arguments.way)


if __name__ == "__main__":
    main()
