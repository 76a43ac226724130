"""How fast are whole terminologies? Compile, open, memory and look-ups a second on a million terms. Asserts nothing.

    python benchmarks/terms.py [FOLDER_OF_TERMINOLOGIES] [--terms 1000000] [--jobs 2] [--lookups 2000]

The folder is ``data/terms`` of the shared folder; what it lacks of the number wanted is made of the words of the real
names, or of the embedded lexicon's where no folder is given. Look-ups are timed in processor seconds of a fresh
process, each text for the first time; memory is what that process holds more after opening and after all look-ups.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from kg.terms.index import Index, compile_index, open_index
from kg.terms.installed import lexicon_terms
from kg.terms.lookup import find_in
from kg.terms.names import form_of
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
                yield Term(r["subject_id"], (Name(r["source_value"], "en", "label"),), kind="Finding")


def translations(folder: Path) -> list[Name]:
    """Labels of HP that the index holds in English only."""
    return [Name(r["translation_value"], code) for code in ("fr", "es")
            for r in _rows(folder / f"hpo/hp-{code}.babelon.tsv")
            if r["predicate_id"] == "rdfs:label" and r["translation_value"]]  # fmt: skip


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


def asked_of(index: Index, foreign: list[Name], count: int) -> dict[str, list[tuple[str, str]]]:
    """Texts with their language for each way to match, made of names of the index by chance."""
    dice = random.Random(SEED)
    names: list[Name] = []
    while len(names) < count:
        names += [n for n in index.term_at(dice.randrange(index.terms)).names if len(n.text) > 9 and n.text.isascii()]
    del names[count:]

    def typo(text: str) -> str:
        longest = max(text.split(), key=len)
        at = dice.randrange(2, len(longest))
        return text.replace(longest, longest[:at] + "x" + longest[at + 1 :], 1)

    return {
        "exact": [(n.text, "en") for n in names],
        "exact, any language": [(n.text, "auto") for n in names],
        "variant": [(t, "en") for n in names if form_of(t := f"{n.text.upper()}s", "en") == form_of(n.text, "en")],
        "cognate": [(n.text, n.language) for n in dice.sample(foreign, min(count, len(foreign)))],
        "cognate, any language": [(n.text, "auto") for n in dice.sample(foreign, min(count, len(foreign)))],
        "fuzzy": [(typo(n.text), "en") for n in names],
        "fuzzy, any language": [(typo(n.text), "auto") for n in names],
        "nothing": [(f"zqxw vykrt{i}", "fr") for i in range(count)],
    }


def gather(folder: Path | None, count: int) -> tuple[list[Term], list[Name]]:
    """``count`` terms with English names, and names in other languages that none of them has."""
    if folder is None:
        lexicon = list(lexicon_terms())
        real = [Term(t.curie, tuple(n for n in t.names if n.language == "en"), t.parents, kind=t.kind) for t in lexicon]
        foreign = [n for t in lexicon for n in t.names if n.language in ("fr", "es")]
    else:
        sources = (source(folder) for source in (ncit, mondo, phenotypes, uberon, genes))
        real, foreign = united(chain.from_iterable(sources)), translations(folder)
    print(f"{len(real):,} real terms, {max(0, count - len(real)):,} made of their words")
    return [*real[:count], *made_up(real, max(0, count - len(real)))], foreign


def processor() -> tuple[float, float]:
    """Processor seconds of this process, and of those that it started and that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), children.ru_utime + children.ru_stime


def compiled(terms: list[Term], path: Path, jobs: int) -> None:
    start, (own, others) = time.perf_counter(), processor()
    compile_index(terms, path, name="benchmark", version="1", licence="", jobs=jobs)
    seconds, (own_after, others_after) = time.perf_counter() - start, processor()
    own, others = own_after - own, others_after - others
    names, size = sum(len(t.names) for t in terms), path.stat().st_size / 1e6
    print(f"{len(terms):,} terms, {names:,} names, {size:.0f} MB")
    print(f"compiled in {seconds:.0f} s; processor: {own:.0f} s to read and write, {others:.0f} s of {jobs} helpers")


def lookups(path: Path, foreign: list[Name], count: int) -> None:
    """The table of look-ups, and what this process, which only opened the index, holds in memory."""
    open_index(path).close()  # tables of languages are read by now
    before, start = resident(), time.perf_counter()
    index = open_index(path)
    print(f"opened in {(time.perf_counter() - start) * 1000:.1f} ms, {resident() - before:.1f} MB\n")
    print(f"{'way':24} {'a second':>10} {'found':>7}  why")
    for way, texts in asked_of(index, foreign, count).items():
        start = time.process_time()
        answers = [find_in([index], text, language=language) for text, language in texts]
        seconds = time.process_time() - start
        whys = Counter(a[0].why for a in answers if a)
        told = ", ".join(f"{why} {n / len(texts):.0%}" for why, n in whys.most_common())
        print(f"{way:24} {len(texts) / seconds:10,.0f} {sum(map(bool, answers)) / len(texts):7.0%}  {told}")
    print(f"\n{resident() - before:.0f} MB more after all look-ups, pages of the mapped file among them")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--terms", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--lookups", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "index.sqlite"
        terms, foreign = gather(asked.folder, asked.terms)
        compiled(terms, path, asked.jobs)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"at most {peak:.0f} MB, the terms themselves included")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            fresh.submit(lookups, path, foreign, asked.lookups).result()


if __name__ == "__main__":
    main()
