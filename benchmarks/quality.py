"""How well? Every corpus and split that is present, as ``kg evaluate`` scores it. Prints tables, asserts nothing.

    python benchmarks/quality.py [SHARED_FOLDER] [--only NAME] [--resamples 200]

The folder holds `data/gold` and `data/corpora`; by default `../shared` beside the checkout. ``--only`` takes the sets
whose name has NAME in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from kg.corpus.batch import Task
from kg.evaluation.evaluate import Compared, compare, tally, tally_qualifiers
from kg.evaluation.found import Found
from kg.evaluation.gold import Corpus, read_corpus
from kg.evaluation.kinds import kinds_of
from kg.evaluation.scores import Score, score
from kg.evaluation.table import format_scores
from kg.store.answers import table_of

SETS = (
    "gold/dev/json",
    "gold/test/json",
    "corpora/fracco-fr/dev",
    "corpora/fracco-fr/train",
    "corpora/cantemist-es/dev",
    "corpora/cantemist-es/train",
    "corpora/e3c/french",
    "corpora/e3c/spanish",
    "corpora/e3c/english",
    "corpora/maccrobat-en",
    "corpora/nubes-es",
    "corpora/quaero-fr/corpus/dev",
    "corpora/mantra/French",
    "corpora/mantra/Spanish",
    "corpora/mantra/English",
)
TRANSLATED = (("corpora/fracco-fr/dev", "corpora/cantemist-es/dev"),)
"""The same cases in two languages, by id."""
COMPARED = ("gold/dev/json", "corpora/e3c/french")
"""French sets that EDS-NLP reads too."""
SHOWN = ("drugs: found", "dates: stated, set of the case", "sizes: values in mm", "polarity NEG")


def scores_of(corpus: Corpus, engine: str, resamples: int, read: list[Compared]) -> list[Score]:
    """The scores of names and of qualifiers; what was read is added to ``read``."""
    kinds = kinds_of(corpus)
    found: list[Score] = []
    if kinds.measures or kinds.corpus == "facts":
        compared = [one for one in compare(corpus, Task(engine=engine)) if not one.problem]
        read += compared
        found += score([tally(one, kinds) for one in compared], resamples)
    if kinds.qualifiers:
        found += score([tally_qualifiers(document, kinds, engine) for document in corpus.documents], resamples)
    return found


def concepts_of(found: Found) -> frozenset[tuple[str, str]]:
    """Diseases and morphologies of a case, as (kind, concept) and (kind, code)."""
    named = {(s.kind, s.concept) for s in found.spots if s.kind == "Disease" and s.concept}
    return frozenset(named | {("morphology", s.morphology) for s in found.spots if s.morphology})


def jaccards(one: list[Compared], other: list[Compared]) -> Iterator[float]:
    """The share of what two readings of a case have in common, for each case that both have."""
    by_id = {c.document.id: concepts_of(c.found) for c in other}
    for compared in one:
        mine, theirs = concepts_of(compared.found), by_id.get(compared.document.id)
        if theirs is not None and mine | theirs:
            yield len(mine & theirs) / len(mine | theirs)


def side_by_side(ours: dict[str, list[Score]], eds: dict[str, list[Score]]) -> str:
    """F1 of ours and of EDS-NLP on the same cases."""
    lines = []
    for name, scores in eds.items():
        known = {s.row: s for s in ours[name]}
        for s in scores:
            if s.row.measure in SHOWN:
                figures = (f"{known[s.row].counts.f1:.3f}", f"{s.counts.f1:.3f}")
                lines.append([name, s.row.measure, s.row.match, str(s.counts.gold), *figures])
    return table_of(("set", "measure", "match", "gold", "ours F1", "EDS-NLP F1"), lines)


def main() -> None:
    """Print one table a data set that is present."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--only", default="")
    parser.add_argument("--resamples", type=int, default=200)
    asked = parser.parse_args()
    data = asked.shared / "data"
    read: dict[str, list[Compared]] = {}
    ours: dict[str, list[Score]] = {}
    for name in SETS:
        if asked.only not in name:
            continue
        if not (data / name).is_dir():
            print(f"# {name}: not present\n")
            continue
        corpus = read_corpus(data / name)
        compared: list[Compared] = []
        ours[name] = scores_of(corpus, "local", asked.resamples, compared)
        read[name] = compared if any(name in pair for pair in TRANSLATED) else []
        print(f"# {name}: {len(corpus.documents)} texts\n{format_scores(ours[name])}", flush=True)
    for one, other in TRANSLATED:
        if read.get(one) and read.get(other):
            shares = list(jaccards(read[one], read[other]))
            mean = sum(shares) / len(shares) if shares else 0.0
            print(f"# {one} and {other}: {len(shares)} cases in two languages")
            print(f"mean Jaccard of the two graphs' diseases and morphologies {mean:.3f}\n")
    chosen = [name for name in COMPARED if name in ours]
    if find_spec("edsnlp") is None:
        print("# EDS-NLP beside ours: not installed (pip install 'casekg[eds]')")
    elif chosen:
        eds = {name: scores_of(read_corpus(data / name), "eds", 1, []) for name in chosen}
        print(f"# EDS-NLP beside ours\n{side_by_side(ours, eds)}")


if __name__ == "__main__":
    main()
