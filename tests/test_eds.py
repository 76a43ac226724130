"""Does the second opinion go the same way, and is it said in one line where EDS-NLP isn't installed?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.corpus.batch import Task, digest_of
from kg.corpus.build import build, target_of
from kg.corpus.engines import check_engine, reader_of
from kg.corpus.sources import find_sources
from kg.errors import UsageError
from kg.model import Case, Certainty, Document, Experiencer, Kind, Polarity, Span
from kg.pipeline import read_case

TEXT = (
    "La patiente ne présente pas de métastase. Sa mère a eu un mélanome.\n"
    "Un traitement par Endoxan est débuté le 3 mars 2014. La masse mesure 4 cm."
)


@pytest.fixture
def _missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.reading.eds.find_spec", lambda name: None)


@pytest.mark.usefixtures("_missing")
def test_without_eds_nlp_the_line_says_what_to_install() -> None:
    with pytest.raises(UsageError, match=r"pip install 'casekg\[eds\]'"):
        check_engine("eds")


def test_the_engines_there_are() -> None:
    assert check_engine("local") == "local"
    with pytest.raises(UsageError, match="there are local, eds"):
        check_engine("spark")


def test_the_command_refuses_before_it_reads(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "kg", "build", tmp_path, "--engine", "spark"], capture_output=True,
                          encoding="utf-8", check=False)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_the_engine_counts_when_a_batch_is_resumed() -> None:
    document = Document("a", "fr", TEXT)
    assert (
        digest_of(document, "b", engine="eds") != digest_of(document, "b") == digest_of(document, "b", engine="local")
    )


@pytest.fixture(scope="module")
def read_eds() -> Callable[[str], Case]:
    pytest.importorskip("edsnlp", reason="needs EDS-NLP: pip install 'casekg[eds]'")
    reader = reader_of("fr", engine="eds")
    return lambda text: read_case(Document("case", "fr", text), reader)


def test_its_drugs_dates_sizes_and_qualifiers(read_eds: Callable[[str], Case]) -> None:
    case = read_eds(TEXT)
    (drug,) = [g for g in case.groundings if g.mention.kind is Kind.DRUG]
    assert TEXT[drug.mention.span.start : drug.mention.span.end] == "Endoxan"
    assert drug.concept is not None
    assert (drug.concept.key, drug.candidates[0].why) == ("cyclophosphamide", "EDS-NLP's ATC code")
    assert [(m.measure.values[0], m.measure.unit) for m in case.measurements] == [(4, "cm")]
    told = {TEXT[a.mentions[0].span.start : a.mentions[0].span.end]: a for a in case.assertions}
    assert told["métastase"].context.polarity is Polarity.NEGATED
    assert told["métastase"].context.certainty is Certainty.EXCLUDED
    assert told["mélanome"].context.experiencer is Experiencer.FAMILY
    endoxan = told["Endoxan"]
    assert endoxan.when is not None
    assert endoxan.when.iso == "2014-03-03"


def test_it_is_french_alone(read_eds: Callable[[str], Case]) -> None:
    with pytest.raises(UsageError, match="French alone"):
        check_engine("eds", "es")
    with pytest.raises(UsageError, match="French alone"):
        reader_of("en", engine="eds")


def test_it_is_asked_about_given_spans(read_eds: Callable[[str], Case]) -> None:
    from kg.reading.eds import look_at

    (asked,) = look_at("Pas de fièvre. Toux.", "fr", [Span(7, 13)])
    assert (asked.section, asked.context.polarity) == ("Body", Polarity.NEGATED)


def test_a_batch_is_quiet_and_the_same_again(
    read_eds: Callable[[str], Case], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    graphs = []
    for name in ("one.nt", "two.nt"):
        sources = find_sources([str(tmp_path / "a.txt")])
        build(sources, target_of(str(tmp_path / name), ""), Task("fr", engine="eds"), iter)
        graphs.append((tmp_path / name).read_bytes())
    assert graphs[0] == graphs[1] != b""
    assert capfd.readouterr() == ("", "")
