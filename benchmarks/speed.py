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
from pathlib import Path
from typing import Any

from kg.graph.describe import describe
from kg.graph.write import write
from kg.identity import case_iri
from kg.model import Document
from kg.pipeline import Reader, reader_for
from kg.reading.assembly import assemble
from kg.reading.context import find_contexts
from kg.reading.grounding import ground
from kg.reading.mentions import find_mentions
from kg.reading.observed import observe
from kg.reading.quantities import find_measures
from kg.reading.sections import outline_of
from kg.reading.text import split_words
from kg.reading.timeline import calendar_of, find_dates
from kg.resources import folder

CHARACTERS = 5000


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

    def timed(name: str, step: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = step()
        spent[name] = spent.get(name, 0.0) + time.process_time() - start
        return result

    language, vocabulary = reader.language, reader.vocabulary
    for d in docs:
        words = timed("text: words", lambda d=d: split_words(d.text, language))
        outline = timed("sections", lambda: outline_of(words, language))
        found = timed("mentions", lambda: find_mentions(words, vocabulary, outline))
        groundings = timed("grounding", lambda: ground(words, found, vocabulary))
        contexts = timed("context", lambda: find_contexts(words, found.mentions, outline, language))
        measures = timed("quantities", lambda: find_measures(words))
        dates, findings = timed("timeline", lambda: find_dates(words, language))
        observed = observe(
            d, language, vocabulary.lexicon, words, outline, groundings, contexts, measures, calendar_of(dates, outline)
        )
        case = timed("assembly", lambda: assemble(observed, dates, findings))
        triples = timed("graph: describe", lambda: describe(case, vocabulary.lexicon))
        timed("graph: N-Quads", lambda d=d: write(triples, case_iri(d.id), "nq"))
    return spent


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
    return [
        ("python itself", bare),
        ("import kg", best("import kg") - bare),
        (
            "kg --help",
            best(
                "import sys; sys.argv=['kg','--help']; from kg.__main__ import main\ntry: main()\nexcept SystemExit: pass"
            )
            - bare,
        ),
        (
            f"reader for {language}, lexicon included",
            best(f"from kg.pipeline import reader_for; reader_for({language!r})") - bare,
        ),
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
    for name, seconds in start_up(asked.language):
        print(f"{name:40} {seconds * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
