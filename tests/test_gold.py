"""Do the cases with gold facts stay read as well as they are today?

Each case's graph is held against its ``gold.json`` as ``kg evaluate`` does. ``gold_floors.tsv`` has the F1 that each
measure reaches over all cases together; a floor is never lowered. ``python tests/test_gold.py --raise`` lifts those
that are passed by now.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kg.corpus.batch import Task
from kg.evaluation.evaluate import compare
from kg.evaluation.facts import score_facts
from kg.evaluation.gold import read_corpus
from kg.evaluation.scores import Counts, total

TESTS = Path(__file__).resolve().parent
CASES = sorted(path.parent for path in TESTS.glob("cases/*/gold.json"))
FLOORS = TESTS / "gold_floors.tsv"
PLACED = ("ihc", "diagnoses", "drugs", "dates", "sizes")
RESULTS = {"positive", "negative", "weak", "focal", "equivocal"}
STATUSES = {"given", "planned", "stopped", "refused", "allergy", "not_given"}
CERTAINTIES = {"confirmed", "probable", "possible", "excluded"}
KINDS = {"refinement", "reclassification", "refutation", "transformation"}


def floors() -> dict[str, float]:
    """Measure → the F1 that it must reach."""
    rows = (line.split("\t") for line in FLOORS.read_text(encoding="utf-8").splitlines()[1:])
    return {measure: float(floor) for measure, floor in rows}


def reached_in(folder: Path) -> dict[str, Counts]:
    """Measure → its counts over all cases; the cases are laid out in ``folder`` as a corpus."""
    for case in CASES:
        (folder / f"{case.name}.txt").write_bytes((case / "case.txt").read_bytes())
        (folder / f"{case.name}.json").write_bytes((case / "gold.json").read_bytes())
    corpus = read_corpus(folder)
    assert not corpus.problems
    assert len(corpus.documents) == len(CASES)
    counts: dict[str, list[Counts]] = defaultdict(list)
    for one in compare(corpus, Task()):
        assert one.document.facts is not None
        assert not one.problem
        for row, found in score_facts(one.document.facts, one.facts).items():
            counts[row.measure].append(found)
    return {measure: total(found) for measure, found in counts.items()}


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counts]:
    return reached_in(tmp_path_factory.mktemp("gold"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_gold_is_about_its_text(case: Path) -> None:
    text = (case / "case.txt").read_bytes().decode()
    gold = json.loads((case / "gold.json").read_text(encoding="utf-8"))
    assert (gold["id"], gold["language"]) == (case.name, case.name.partition("_")[0])
    for item in (item for kind in PLACED for item in gold[kind]):
        assert text[item["start"] : item["end"]] == item["surface"]
    assert {x["result"] for x in gold["ihc"]} <= RESULTS
    assert {x["status"] for x in gold["drugs"]} <= STATUSES
    assert {x["certainty"] for x in gold["diagnoses"]} <= CERTAINTIES
    assert {x["kind"] for x in gold["revisions"]} <= KINDS
    numbers = [x["n"] for x in gold["diagnoses"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all({x["from"], x["to"]} <= set(numbers) for x in gold["revisions"])
    assert all(0 <= at < len(gold["ihc"]) for x in gold["diagnoses"] for at in x["evidence_ihc"])


def test_there_is_enough_of_everything() -> None:
    golds = [json.loads((case / "gold.json").read_text(encoding="utf-8")) for case in CASES]
    assert len(golds) >= 25
    assert sum(bool(gold["ihc"]) for gold in golds) >= 15
    assert sum(bool(gold["revisions"]) for gold in golds) >= 14
    assert sum(not gold["revisions"] for gold in golds) >= 2
    assert {gold["language"] for gold in golds} == {"fr", "es", "en"}


def test_every_measure_has_a_floor(reached: dict[str, Counts]) -> None:
    assert list(floors()) == list(reached)


@pytest.mark.parametrize("measure", floors())
def test_no_measure_falls(measure: str, reached: dict[str, Counts]) -> None:
    assert reached[measure].f1 >= floors()[measure]


def raise_floors() -> None:
    """Write what is reached where it is above its floor."""
    with TemporaryDirectory() as folder:
        found, before = reached_in(Path(folder)), floors()
    lines = [f"{m}\t{max(int(counts.f1 * 1000) / 1000, before.get(m, 0.0)):.3f}" for m, counts in found.items()]
    FLOORS.write_text("\n".join(["# measure\tF1 of all cases", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--raise"]:
        sys.exit("python tests/test_gold.py --raise: lift the floors that are passed by now")
    raise_floors()
