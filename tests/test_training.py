"""Does training find names that it has never seen, the same each time, from cases that anybody can annotate?"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kg.__main__ import main
from kg.errors import InputError, UsageError
from kg.learning.building import Trained, train
from kg.learning.chain import LABELS
from kg.learning.modelfile import read_model
from kg.learning.training import read_dump
from kg.model import Document
from kg.pipeline import read_case, reader_for

pycrfsuite = pytest.importorskip("pycrfsuite")

TUMOURS = {"gravome": "8140/3", "lentome": "8500/3", "gravome trabéculaire": "8190/3", "métastase": "8000/6"}
SITES = {"foie": "C22.0", "rein gauche": "C64.9", "zygome": "C41.0"}
FRAMES = ("La biopsie conclut à un {t} du {s}.", "Exérèse d'un {t} du {s} en 2012.", "Le {s} est normal, sans {t}.",
          "Le patient marche bien.", "Le {s} est palpable.", "On trouve un {t} du {s} de 3 cm.")  # fmt: skip


def annotate(folder: Path, cases: int = 12) -> Path:
    """A corpus of invented cases in brat's format, labelled as docs/train.md says."""
    folder.mkdir()
    draw = random.Random(5)
    for number in range(cases):
        text, lines = "", []
        for _ in range(6):
            (tumour, code), (site, place) = draw.choice(sorted(TUMOURS.items())), draw.choice(sorted(SITES.items()))
            sentence = draw.choice(FRAMES).format(t=tumour, s=site)
            named = [("morphology", tumour, code)] if tumour in sentence else []
            named += [("topography", site, place)] if tumour in sentence and "normal" not in sentence else []
            for label, words, code_of_it in named:
                start, id = len(text) + sentence.index(words), len(lines) // 2 + 1
                lines += [f"T{id}\t{label} {start} {start + len(words)}\t{words}", f"#{id}\tICD-O T{id}\t{code_of_it}"]
            text += sentence + "\n"
        (folder / f"c{number}.txt").write_text(text, encoding="utf-8")
        (folder / f"c{number}.ann").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return annotate(tmp_path_factory.mktemp("corpus") / "brat")


@pytest.fixture(scope="module")
def model(corpus: Path, _cache: None) -> Path:
    path = corpus.parent / "m.kgmodel"
    done = train(corpus, path, "fr")
    assert isinstance(done, Trained)
    assert (done.documents, done.problems) == (12, ())
    return path


def test_new_sentences_are_read_with_what_was_learnt(model: Path) -> None:
    text = "Au total, un lentome du zygome. Le zygome est normal, sans gravome trabéculaire."
    case = read_case(Document("c", "fr", text), reader_for("fr", None, model))
    codes = {(text[g.mention.span.start : g.mention.span.end], g.morphology or g.topography) for g in case.groundings}
    assert {("lentome", "8500/3"), ("zygome", "C41.0"), ("gravome trabéculaire", "8190/3")} <= codes
    sites = [g.mention.span.start for g in case.groundings if g.topography == "C41.0"]
    assert sites == [text.index("zygome")]  # as in the cases, an organ without its tumour has no code


def test_the_file_says_of_what_it_was_made(model: Path) -> None:
    read = read_model(model)
    assert (read.language, read.documents, [one.task.name for one in read.learnt]) == (
        "fr",
        12,
        ["morphology", "topography"],
    )
    assert dict(read.figures)["morphology: span"] > 0.8
    assert len(read.corpus) == 32


def test_the_same_corpus_gives_the_same_bytes_and_leaves_nothing_else(
    corpus: Path, model: Path, tmp_path: Path
) -> None:
    for jobs in (1, 2):
        train(corpus, tmp_path / "again.kgmodel", "fr", jobs=jobs)
        assert (tmp_path / "again.kgmodel").read_bytes() == model.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.kgmodel"]


def test_a_reviewed_table_is_honoured_and_kept(corpus: Path, tmp_path: Path) -> None:
    table, path = tmp_path / "terms.tsv", tmp_path / "m.kgmodel"
    train(corpus, path, "fr", table)
    written = table.read_text(encoding="utf-8")
    line = next(row for row in written.splitlines() if "\tlentome\t" in row)
    table.write_text(written.replace(line, line.rstrip("\t") + "\trejected"), encoding="utf-8")
    train(corpus, path, "fr", table)
    assert f"{line.rstrip()}\trejected" in table.read_text(encoding="utf-8")
    case = read_case(Document("c", "fr", "Au total, un lentome du zygome."), reader_for("fr", None, path))
    assert not any(g.morphology for g in case.groundings)


def test_what_the_library_learnt_is_read_as_it_reads_it(tmp_path: Path) -> None:
    draw, trainer = random.Random(3), pycrfsuite.Trainer(verbose=False)
    rows = [[[f"w={draw.choice('abcd(')}", "x | y"] for _ in range(6)] for _ in range(60)]
    for row in rows:
        trainer.append(row, draw.choice([["B", "E", "O", "S", "O", "O"], ["O", "S", "O", "B", "I", "E"]]))
    trainer.set_params({"max_iterations": 30, "feature.possible_transitions": True})
    trainer.train(str(tmp_path / "m"))
    tagger = pycrfsuite.Tagger()
    with tagger.open(str(tmp_path / "m")):
        tagger.dump(str(tmp_path / "m.txt"))
        chain = read_dump((tmp_path / "m.txt").read_text(encoding="utf-8").splitlines())
        for row in rows:
            assert [LABELS[y] for y in chain.label(chain.scores(row))] == tagger.tag(row)


def test_too_few_cases_and_mixed_languages_are_told(corpus: Path, tmp_path: Path) -> None:
    few = annotate(tmp_path / "few", 3)
    with pytest.raises(InputError, match=r"few: 3 cases .* give at least 4"):
        train(few, tmp_path / "m", "fr")
    with pytest.raises(InputError, match="no gold there"):
        train(tmp_path / "few" / "c0.txt", tmp_path / "m", "fr")


def test_without_the_library_one_line_says_what_to_install(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pycrfsuite", None)
    assert main(["train", str(corpus), "-o", str(tmp_path / "m")]) == UsageError.exit_code
    assert capsys.readouterr().err == "kg: kg train needs python-crfsuite; run: pip install 'casekg[train]'\n"


def test_the_command_prints_the_figures(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(corpus), "-o", str(tmp_path / "m"), "--language", "fr"]) == 0
    told = capsys.readouterr().out
    assert "12 cases" in told
    assert "morphology: span and code" in told
