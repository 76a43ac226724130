"""Every command of the README runs as it is written there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"```(\w+)\n(.*?)```", README, re.S)
INLINE = ["kg build letters/ --store cases/", "kg query treatments cases/", "kg store info cases/", "kg terms list"]
COMMANDS = [
    line.split("#")[0].strip()
    for language, body in FENCES
    if language == "sh"
    for line in body.splitlines()
    if line.startswith("kg ")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a letter of the name that the README uses."""
    place = tmp_path_factory.mktemp("readme")
    (place / "letters").mkdir()
    shutil.copy(ROOT / "tests" / "examples" / "fr" / "masse_pleurale.txt", place / "letters" / "case1.txt")
    return place


def run(folder: Path, command: str) -> str:
    words = shlex.split(command)
    assert words[0] == "kg"
    done = subprocess.run(
        [sys.executable, "-m", "kg", *words[1:]],
        cwd=folder,
        env={**os.environ, "CASEKG_DATA": str(folder / "data")},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), (command, done.stderr)
    return done.stdout


def test_the_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 8
    assert all(command.split()[1] in README for command in INLINE)


def test_the_commands_run_in_their_order(folder: Path) -> None:
    for command in [*COMMANDS, *INLINE]:
        if "diagnosis-" in command:
            graph = (folder / "graph.nq").read_text(encoding="utf-8")
            known = re.search(r"#(diagnosis-[0-9a-f]{12})>", graph)
            assert known
            command = re.sub(r"diagnosis-[0-9a-f]{12}", known[1], command)
        run(folder, command)
    assert (folder / "case1.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "monophasic synovial sarcoma" in run(folder, "kg query ihc-revised-diagnoses graph.nq --param case=case1")


def test_the_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = [body for language, body in FENCES if language == "python"]
    exec(compile(code, "README.md", "exec"), {})
    assert "sarcoma" in capsys.readouterr().out
