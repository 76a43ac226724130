"""What does reasoning cost beside building, and how many diagnoses are discordant? Prints a table, asserts nothing.

    python benchmarks/reasoning.py [FOLDER_OF_TXT] [--language fr] [--owl]

Processor time of this process for both: texts read, described and written as N-Quads; then that graph loaded, reasoned
about and written. ``--owl`` also asks HermiT (Java) about the results of the first cases, which takes minutes.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path

from kg.graph.describe import describe
from kg.graph.write import write
from kg.identity import case_iri
from kg.model import Document
from kg.pipeline import read_case, reader_for
from kg.reasoning.classification import classify
from kg.reasoning.facts import read_facts
from kg.reasoning.fit import bearings_of
from kg.reasoning.knowledge import above_of, load_knowledge, profile_of
from kg.reasoning.lines import asked_lines
from kg.reasoning.reason import infer
from kg.resources import folder
from kg.store.embedded import Graphs

RESULTS = 20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--language", default="fr")
    parser.add_argument("--owl", action="store_true")
    asked = parser.parse_args()
    paths = sorted((asked.folder or folder("examples") / asked.language).glob("*.txt"))
    documents = [Document(p.stem, asked.language, p.read_text(encoding="utf-8")) for p in paths]
    reader = reader_for(asked.language)
    load_knowledge()
    start = time.process_time()
    lexicon = reader.vocabulary.lexicon
    built = [write(describe(read_case(d, reader), lexicon), case_iri(d.id), "nq") for d in documents]
    building = time.process_time() - start
    whole = "".join(built).encode()
    start = time.process_time()
    graphs = Graphs()
    graphs.load(asked_lines(whole), "nq", "the built graphs")
    inferred = [(triples, write(triples, case, "nq")) for case, triples in infer(graphs)]
    reasoning = time.process_time() - start
    triples = [triple for several, _ in inferred for triple in several]
    fits: dict[str, int] = {}
    for subject, predicate, _ in triples:
        if predicate.endswith("#fit>"):
            fits[subject] = fits.get(subject, 0) + 1
    print(f"{len(documents)} documents: built in {building:.2f} s, reasoned about in {reasoning:.2f} s")
    print(f"reasoning / building: {reasoning / building:.1%}, {len(triples):,} triples")
    print(f"{len(fits)} diagnoses held against their profile, {sum(n > 1 for n in fits.values())} discordant")
    if asked.owl:
        compare(graphs)


def compare(graphs: Graphs) -> None:
    """Print how far HermiT and the fast path agree on the first results."""
    knowledge = load_knowledge()
    results = [result for case in read_facts(graphs).cases for result in case.results][:RESULTS]
    fast = {
        (result, bearing, tumour)
        for tumour in knowledge.stated
        for result, bearing in bearings_of(
            results,
            profile_of(tumour, knowledge.stated, knowledge.broader),
            partial(above_of, broader=knowledge.broader),
        )
    }
    slow = classify(results)
    print(f"HermiT: {len(slow)} relations, fast path: {len(fast)}, shared: {len(slow & fast)}")


if __name__ == "__main__":
    main()
