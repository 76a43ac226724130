"""Does every command of the tutorial run, and show the lines that the page shows?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.__main__ import main
from kg.store.queries import load_queries

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a checkout, as far as the tutorial needs one."""
    made = tmp_path_factory.mktemp("tutorial")
    (made / "tests").symlink_to(ROOT / "tests")
    return made


def commands() -> Iterator[tuple[list[str], list[str]]]:
    """Each command with the lines that its block of output shows, in the order of the page."""
    for (kind, text), (after, shown) in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True):
        if kind == "sh":
            lines = text.splitlines()
            for line in lines:
                last = line is lines[-1] and after == "text"
                yield shlex.split(line)[1:], shown.splitlines() if last else []


def test_every_command_runs_and_shows_its_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    asked = set()
    for arguments, shown in commands():
        assert main(arguments) == 0, arguments
        printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        for line in shown:
            start = " ".join(line.removesuffix("…").split())
            assert any(p.startswith(start) for p in printed), (arguments, line)
        asked.update(arguments[1:2])
    assert set(load_queries(ROOT / "queries")) - asked == {"unmapped-mentions"}
    assert len(re.findall(r"^## \d+\. .*\?$", PAGE, re.MULTILINE)) == 10


def test_the_python_runs(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(folder)
    if not Path("cases.nq").exists():
        main(["build", "tests/examples", "-o", "cases.nq"])
    capsys.readouterr()
    (code,) = (text for kind, text in BLOCKS if kind == "python")
    exec(compile(code, "tutorial.md", "exec"), {})
    assert "('case', 'date', 'drug'" in capsys.readouterr().out
