"""How fast? Documents a second on one core, the cost of each stage, and start-up. Prints tables, asserts nothing.

    python benchmarks/speed.py [FOLDER_OF_TXT] [--language fr] [--documents 100]

Without a folder the bundled examples are read, repeated to about 5,000 characters a document. Times are processor
time of this process; on a noisy machine compare ratios of one run, not runs.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import ParamSpec, TypeVar

from kg.corpus.engines import ENGINES, reader_of
from kg.graph.describe import describe
from kg.graph.write import write
from kg.identity import case_iri
from kg.model import Document
from kg.pipeline import Reader, read_case, reader_for
from kg.reading.assembly import assemble
from kg.reading.coding import code_names
from kg.reading.context import find_contexts
from kg.reading.dates import find_dates
from kg.reading.grounding import ground
from kg.reading.mentions import find_mentions
from kg.reading.observed import observe
from kg.reading.quantities import find_measures
from kg.reading.relative import with_computed
from kg.reading.sections import outline_of
from kg.reading.sites import find_sites
from kg.reading.text import split_words
from kg.reading.timeline import calendar_of
from kg.resources import folder

CHARACTERS = 5000
P = ParamSpec("P")
T = TypeVar("T")


def documents(source: Path | None, language: str, count: int) -> list[Document]:
    """``count`` documents of a folder, or of the bundled examples made long enough."""
    paths = sorted((source or folder("examples") / language).glob("*.txt"))
    texts = [p.read_text(encoding="utf-8") for p in paths]
    if source is None:
        texts = [("\n\n".join([t] * (CHARACTERS // len(t) + 1)))[:CHARACTERS] for t in texts]
    return [Document(f"case{i}", language, texts[i % len(texts)]) for i in range(count)]


def stages(docs: list[Document], reader: Reader) -> dict[str, float]:
    """Seconds of processor time by stage."""
    spent: dict[str, float] = {}

    def timed(name: str, step: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        start = time.process_time()
        result = step(*args, **options)
        spent[name] = spent.get(name, 0.0) + time.process_time() - start
        return result

    language, vocabulary = reader.language, reader.vocabulary
    lexicon = vocabulary.lexicon
    for d in docs:
        words = timed("text: words", split_words, d.text, language)
        outline = timed("sections", outline_of, words, language)
        found = timed("mentions", find_mentions, words, vocabulary, outline)
        groundings = timed("grounding", ground, words, found, vocabulary)
        contexts = timed("context", find_contexts, words, found.mentions, outline, language)
        measures = timed("quantities", find_measures, words)
        dates, findings = timed("timeline", find_dates, words, language)
        dates = timed("reckoning", with_computed, dates, words, language, outline, groundings)
        calendar = calendar_of(dates, outline)
        observed = observe(d, language, lexicon, words, outline, groundings, contexts, measures, calendar)
        sites = timed("sites", find_sites, observed)
        coded = timed("coding", code_names, observed, found, vocabulary, sites)
        case = timed("assembly", assemble, observed, sites, coded, dates, findings)
        triples = timed("graph: describe", describe, case, lexicon)
        timed("graph: N-Quads", write, triples, case_iri(d.id), "nq")
    return spent


def beside_eds(docs: list[Document]) -> str:
    """Documents a second from text to case, ours and with EDS-NLP, in one run; a word where it is missing."""
    if find_spec("edsnlp") is None:
        return "EDS-NLP beside ours: not installed (pip install 'casekg[eds]')\n"
    told = []
    for engine in ENGINES:
        reader = reader_of("fr", engine=engine)
        read_case(docs[0], reader)
        start = time.process_time()
        for document in docs:
            read_case(document, reader)
        told.append(f"{engine} {len(docs) / (time.process_time() - start):.1f} documents a second")
    return f"text to case, the same {len(docs)} documents: {', '.join(told)}\n"


def start_up(language: str) -> list[tuple[str, float]]:
    """Seconds of wall clock of fresh processes: the best of five."""

    def best(code: str) -> float:
        runs = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
            runs.append(time.perf_counter() - start)
        return min(runs)

    bare = best("pass")
    called = "import sys; sys.argv = ['kg', '--help']; from kg.__main__ import main"
    return [
        ("python itself", bare),
        ("import kg", best("import kg") - bare),
        ("kg --help", best(f"{called}\ntry: main()\nexcept SystemExit: pass") - bare),
        ("reader, lexicon included", best(f"from kg.pipeline import reader_for; reader_for({language!r})") - bare),
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--language", default="fr")
    parser.add_argument("--documents", type=int, default=100)
    asked = parser.parse_args()
    reader = reader_for(asked.language)
    docs = documents(asked.folder, asked.language, asked.documents)
    stages(docs[:20], reader)
    gc.collect()
    gc.freeze()
    spent = stages(docs, reader)
    total, characters = sum(spent.values()), sum(len(d.text) for d in docs) / len(docs)
    print(f"{len(docs)} documents of {characters:,.0f} characters on average, language {asked.language}, one core\n")
    print(f"{'stage':24} {'ms a document':>14} {'share':>7}")
    for name, seconds in spent.items():
        print(f"{name:24} {seconds / len(docs) * 1000:14.2f} {seconds / total:7.1%}")
    rate = len(docs) / total
    print(
        f"{'all':24} {total / len(docs) * 1000:14.2f}\n\n{rate:.0f} documents a second, "
        f"{rate * characters / CHARACTERS:.0f} of {CHARACTERS:,} characters\n"
    )
    if asked.language == "fr":
        print(beside_eds(docs[:20]))
    for name, seconds in start_up(asked.language):
        print(f"{name:40} {seconds * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
