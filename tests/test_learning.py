"""Does a model read as it was written, add what it should to a case, and is anything else refused?

Nothing here needs the library that trains: the models are written by hand.
"""

from __future__ import annotations

import json
import math
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path

import pytest

from kg.__main__ import main
from kg.errors import InputError, TableError
from kg.graph.describe import describe
from kg.learning.chain import LABELS, Chain, labels_of, name_places
from kg.learning.codes import learn_codes
from kg.learning.dictionary import learn_dictionary, marks_of
from kg.learning.model import Learnt, Model
from kg.learning.modelfile import Draft, lexicon_stamp, read_model, write_model
from kg.learning.review import Term, codes_of, refused, review_table, reviewed
from kg.learning.texts import Task
from kg.model import Case, Document, Kind
from kg.pipeline import read_case, reader_for
from kg.reading.explain import explain

NONE = tuple(tuple(0.0 for _ in LABELS) for _ in LABELS)
TUMOURS = Task("morphology", (Kind.DISEASE,), "morphology")
SEEN = "Gravome du foie. Pas de métastase pulmonaire. Un kyste rénal simple."


def by_words(names: dict[str, str]) -> Chain:
    """A chain that finds single words: each adds to the label that it is given."""
    states = {f"w={word}": ((LABELS.index(label), 9.0),) for word, label in names.items()}
    return Chain({**states, "c=.": ((0, 3.0),), "c=x": ((0, 3.0),), "c=Xx": ((0, 3.0),)}, NONE)


def term(words: str, code: str, count: int = 3, status: str = "") -> Term:
    return Term(words, words.removesuffix("e"), code, count, count, status=status)


def save(path: Path, *terms: Term, language: str = "fr") -> Path:
    """A model that finds ``gravome`` and ``metastase``."""
    chain = by_words({"gravome": "S", "metastase": "S"})
    learnt = Learnt(TUMOURS, learn_dictionary([]), chain, chain, codes_of(terms), refused(terms))
    write_model(path, Model("", language, (learnt,), lexicon_stamp(), "", 3, (("span", 0.5),)), (Draft(learnt, terms),))
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return save(tmp_path / "m.kgmodel", term("gravome", "8140/3"), term("metastase", "8000/6"))


def read_with(path: Path, text: str = SEEN) -> Case:
    return read_case(Document("c", "fr", text), reader_for("fr", None, path))


# --- the chain -------------------------------------------------------------------------------------------------------


def test_the_best_labels_and_their_probabilities_are_those_of_all_ways() -> None:
    draw = random.Random(7)
    follow = {"O": "OBS", "B": "IE", "I": "IE", "E": "OBS", "S": "OBS"}
    chain = Chain({}, tuple(tuple(draw.uniform(-2, 2) for _ in LABELS) for _ in LABELS))
    for length in (1, 2, 4):
        scores = [[draw.uniform(-2, 2) for _ in LABELS] for _ in range(length)]
        ways = [
            way for way in product(range(5), repeat=length)
            if LABELS[way[0]] in "OBS" and LABELS[way[-1]] in "OES"
            and all(LABELS[b] in follow[LABELS[a]] for a, b in pairwise(way))
        ]  # fmt: skip

        def weight(way: tuple[int, ...]) -> float:
            steps = sum(chain.transitions[a][b] for a, b in pairwise(way))
            return sum(row[y] for row, y in zip(scores, way, strict=True)) + steps  # noqa: B023

        best = max(ways, key=weight)
        assert tuple(chain.label(scores)) == best
        total = sum(math.exp(weight(way)) for way in ways)
        for first, last, sure in chain.names(scores):
            shares = [sum(math.exp(weight(w)) for w in ways if w[i] == best[i]) / total for i in range(first, last + 1)]
            assert sure == pytest.approx(min(shares), abs=1e-3)


def test_labels_and_places_go_both_ways() -> None:
    places = [(0, 0), (2, 3), (4, 6)]
    labels = labels_of(8, places)
    assert labels == ["S", "O", "B", "E", "B", "I", "E", "O"]
    assert name_places([LABELS.index(label) for label in labels]) == places


# --- names and codes -------------------------------------------------------------------------------------------------


def test_a_dictionary_says_how_often_a_name_is_annotated() -> None:
    stems = ["le", "gravom", "du", "foie", "gravom"]
    known = learn_dictionary([(stems, [(1, 1)])])
    assert known.rate(("gravom",)) == 0.5
    assert marks_of(stems, known) == [(), ("S5b",), (), (), ("S5b",)]


@pytest.mark.parametrize(("name", "own", "code", "why"), [
    ("gravom", "8000/3", "8140/3", "annotated"),
    ("lipom", "8850/0", "8850/0", "lexicon"),
    ("clair gravom cellul", "", "8310/3", "annotated in another order"),
    ("gravom metastatiqu", "", "8140/6", "part of 1 words"),
    ("gravom haut grade", "", "8140/33", "part of 1 words"),
    ("gravom inconnu", "", "8140/3", "part of 1 words"),
    ("inconnu", "", "8140/3", "most frequent code"),
])  # fmt: skip
def test_a_code_comes_from_the_same_words_else_from_parts(name: str, own: str, code: str, why: str) -> None:
    said = {"gravom": ["8140/3"] * 4, "gravom cellul clair": ["8310/3"], "sarcom": ["8800/3"],
            "sarcom metastatiqu": ["8800/6"], "sarcom haut grade": ["8800/33"]}  # fmt: skip
    codes = learn_codes({tuple(key.split()): Counter(found) for key, found in said.items()})
    coded = codes.code_of(tuple(name.split()), own)
    assert (coded.code, coded.why) == (code, why)


# --- a case read with a model ----------------------------------------------------------------------------------------


def test_a_new_name_becomes_a_mention_with_code_assertion_and_provenance(model: Path) -> None:
    case, plain = read_with(model), read_case(Document("c", "fr", SEEN), reader_for("fr"))
    assert not any(g.mention.span.start == 0 for g in plain.groundings)
    new = next(g for g in case.groundings if g.mention.span.start == 0)
    assert (new.morphology, new.mention.kind) == ("8140/3", Kind.DISEASE)
    assert any(a.mentions[0].span == new.mention.span and a.morphology == "8140/3" for a in case.assertions)
    told = dict(explain(case, "char=0,7"))
    assert case.model in told["learnt"]
    assert "annotated" in told["learnt"]
    influenced = [s for s, p, o in describe(case, reader_for("fr").vocabulary.lexicon) if "wasInfluencedBy" in p]
    assert any("char=0,7>" in subject for subject in influenced)
    assert any(subject.endswith("/c>") for subject in influenced)


def test_context_is_read_of_a_models_mentions_as_of_others(model: Path) -> None:
    case = read_with(model, "Absence de gravome.")
    assert [a.context.polarity for a in case.assertions] == ["Negated"]


def test_codes_stand_where_the_model_finds_names_and_nowhere_else(model: Path) -> None:
    codes = {SEEN[g.mention.span.start : g.mention.span.end]: g.morphology for g in read_with(model).groundings}
    assert codes["métastase"] == "8000/6"
    assert {name for name, code in codes.items() if code} == {"Gravome", "métastase"}
    assert all(g.topography for g in read_with(model).groundings if g.concept and g.concept.topography)


def test_without_a_model_no_case_speaks_of_one() -> None:
    case = read_case(Document("c", "fr", SEEN), reader_for("fr"))
    assert (case.model, {g.learnt for g in case.groundings}) == ("", {""})


# --- review ----------------------------------------------------------------------------------------------------------


def test_a_rejected_name_is_not_found_and_an_accepted_code_is_the_only_one(tmp_path: Path) -> None:
    refusing = save(tmp_path / "a", term("gravome", "8140/3", status="rejected"), term("metastase", "8000/6"))
    assert not any(g.mention.span.start == 0 for g in read_with(refusing).groundings)
    terms = term("gravome", "8140/3", 9), term("gravome", "8010/3", 1, "accepted")
    accepting = save(tmp_path / "b", *terms)
    assert next(g for g in read_with(accepting).groundings if not g.mention.span.start).morphology == "8010/3"


def test_a_table_keeps_what_people_decided(tmp_path: Path) -> None:
    table, terms = tmp_path / "t.tsv", {"morphology": (term("gravome", "8140/3"), term("masse", "8000/1"))}
    assert reviewed(table, terms) == terms
    table.write_text(review_table(terms).replace("\tnew\t\n", "\tnew\trejected\n", 1), encoding="utf-8")
    assert [t.status for t in reviewed(table, terms)["morphology"]] == ["rejected", ""]
    table.write_text(table.read_text(encoding="utf-8").replace("rejected", "no"), encoding="utf-8")
    with pytest.raises(TableError, match=r"t\.tsv:2: 'no' is no status"):
        reviewed(table, terms)


# --- files that don't fit --------------------------------------------------------------------------------------------


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def head(**fields: object) -> Callable[[dict[str, bytes]], object]:
    def change(members: dict[str, bytes]) -> None:
        members["model.json"] = json.dumps({**json.loads(members["model.json"]), **fields}).encode()

    return change


DAMAGES: dict[str, Callable[[dict[str, bytes]], object]] = {
    "a member is gone": lambda m: m.pop("0-morphology/first.tsv"),
    "a member more": lambda m: m.update({"../evil.py": b"import os"}),
    "a member is changed": lambda m: m.update({"0-morphology/terms.tsv": b"a\tb\n"}),
    "no head": lambda m: m.pop("model.json"),
    "a head of another form": head(tasks=7),
    "an unknown kind": head(tasks=[{"name": "morphology", "kinds": ["Cat"], "coded": ""}]),
    "figures that are none": head(figures={"a": "b"}),
    "deep JSON": lambda m: m.update({"model.json": b"[" * 100_000}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_refused(model: Path, damage: str) -> None:
    with pytest.raises(InputError, match=r"m\.kgmodel: not a model, or a damaged one; train it again"):
        read_model(rewritten(model, DAMAGES[damage]))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04\x95pickle", b"x" * 5000])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.kgmodel"
    path.write_bytes(data)
    with pytest.raises(InputError, match="not a model"):
        read_model(path)


def test_a_cut_model_is_refused(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-40])
    with pytest.raises(InputError, match="not a model"):
        read_model(model)


def test_an_archive_that_unpacks_too_large_is_refused(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.learning.modelfile.LARGEST", 100)
    with pytest.raises(InputError, match="unpacks to more than"):
        read_model(model)


def test_another_version_or_language_is_refused(model: Path) -> None:
    with pytest.raises(InputError, match="a model for fr, not for es texts"):
        read_model(model, "es")
    with pytest.raises(InputError, match="features 0, this version reads 1 and 1; train it again"):
        read_model(rewritten(model, head(features="0")))


# --- the command -----------------------------------------------------------------------------------------------------


def build(tmp_path: Path, *arguments: str) -> int:
    (tmp_path / "texts").mkdir(exist_ok=True)
    for name, text in (("a", SEEN), ("b", "Le gravome récidive en 2011.")):
        (tmp_path / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    return main(["build", str(tmp_path / "texts"), "--language", "fr", *arguments])


def test_a_graph_built_with_a_model_is_the_same_with_any_jobs(tmp_path: Path, model: Path) -> None:
    for jobs in ("1", "2"):
        out = str(tmp_path / f"{jobs}.nq")
        assert build(tmp_path, "--model", str(model), "--jobs", jobs, "-o", out) == 0
    assert (tmp_path / "1.nq").read_bytes() == (tmp_path / "2.nq").read_bytes()
    assert b"wasInfluencedBy" in (tmp_path / "1.nq").read_bytes()


def test_a_model_that_does_not_fit_ends_with_one_line(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spanish = save(tmp_path / "es.kgmodel", language="es")
    model.write_bytes(b"no")
    for path in (spanish, model, tmp_path / "nowhere"):
        assert build(tmp_path, "--model", str(path), "-o", str(tmp_path / "x.nq")) == 3
        assert capsys.readouterr().err.startswith(f"kg: {path}: ")
    assert not (tmp_path / "x.nq").exists()


def test_another_lexicon_is_told(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = rewritten(model, head(lexicon="another"))
    assert build(tmp_path, "--model", str(old), "-o", str(tmp_path / "x.nq")) == 0
    assert "trained beside another lexicon" in capsys.readouterr().err


def test_explain_and_show_read_with_the_model_too(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "a.txt"
    text.write_text(SEEN, encoding="utf-8")
    arguments = ["--language", "fr", "--model", str(model)]
    assert main(["explain", str(text), "char=0,7", *arguments]) == 0
    told = capsys.readouterr().out
    assert f"model {read_model(model).id}, 1.00; 8140/3 annotated" in told
    assert main(["show", str(text), *arguments]) == 0
    assert "«Gravome»" in capsys.readouterr().out


def test_resuming_with_another_model_reads_anew(tmp_path: Path, model: Path) -> None:
    folder = f"{tmp_path / 'out'}/"
    assert build(tmp_path, "-o", folder) == 0
    assert build(tmp_path, "-o", folder, "--resume", "--model", str(model)) == 0
    assert "wasInfluencedBy" in (tmp_path / "out" / "a.ttl").read_text(encoding="utf-8")
