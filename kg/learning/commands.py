"""``kg train``: annotated cases in, a model out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

Corpus = Annotated[Path, Argument(metavar="CORPUS", help="A folder of annotated cases: brat (*.ann beside *.txt).")]
Output = Annotated[Path, Option("--output", "-o", metavar="MODEL", help="The file to write.")]
Language = Annotated[str, Option("--language", metavar="CODE", help="auto, fr, es or en.")]
Review = Annotated[Path | None, Option("--review", metavar="FILE", help="The table of terms: honoured and written.")]
Jobs = Annotated[int, Option("--jobs", "-j", min=1, metavar="N", help="So many processes; the same bytes with any.")]


def train(corpus: Corpus, output: Output, language: Language = "auto", review: Review = None, jobs: Jobs = 1) -> None:
    """Learn from annotated cases."""
    from kg.learning.building import train as run

    done = run(corpus, output, language, review, jobs)
    for problem in done.problems:
        print(f"kg: {problem}", file=sys.stderr)
    print(f"model {done.id}: {done.documents} cases, {done.terms} terms")
    for name, value in done.figures:
        print(f"{name:<28} {value:.3f}  (first look, cross-validated on halves)")
    if done.problems:
        raise Exit(1)
