"""The command ``kg evaluate``: arguments in, calls out. What it needs is imported when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

Gold = Annotated[Path, Argument(metavar="CORPUS", help="A folder (or file) of brat, E3C's XMI, or our gold JSON.")]
GraphOption = Annotated[str, Option("--graph", metavar="GRAPH", help="Score this graph instead of reading the texts.")]
Qualified = Annotated[bool, Option("--qualifiers", help="Negation, doubt and time at gold spans, instead of spans.")]
Sections = Annotated[bool, Option("--by-section", help="Also by the section that a span stands in.")]
Language = Annotated[str, Option("--language", metavar="CODE", help="fr, es or en; else told by the corpus.")]
Engine = Annotated[str, Option("--engine", metavar="NAME", help="What reads: local, or eds (EDS-NLP, French).")]
Jobs = Annotated[int, Option("--jobs", "-j", min=1, metavar="N", help="So many processes.")]
Resamples = Annotated[int, Option("--resamples", min=0, metavar="N", help="Draws of the bootstrap.")]
KindTable = Annotated[str, Option("--kinds", metavar="FILE", help="Your own table of labels (docs/evaluate.md).")]
Shape = Annotated[str, Option("--to", metavar="FORMAT", help="table, json, tsv or md.")]


def evaluate(corpus: Gold, graph: GraphOption = "", qualifiers: Qualified = False, by_section: Sections = False,
             language: Language = "auto", engine: Engine = "local", jobs: Jobs = 1, resamples: Resamples = 1000,
             kinds: KindTable = "", to: Shape = "table") -> None:  # fmt: skip
    """Hold what is read of a corpus against its gold: precision, recall and F1 with intervals, by kind."""
    from kg.corpus.batch import Task
    from kg.corpus.engines import check_engine
    from kg.errors import InputError
    from kg.evaluation.evaluate import compare, compare_graph, tally, tally_qualifiers
    from kg.evaluation.gold import in_language, read_corpus
    from kg.evaluation.kinds import KINDS, kinds_of
    from kg.evaluation.scores import score
    from kg.evaluation.table import check_form, format_scores
    from kg.store.opening import open_graphs

    check_form(to)
    check_engine(engine, language)
    gold = in_language(read_corpus(corpus), language)
    known = kinds_of(gold, Path(kinds) if kinds else KINDS)
    problems = list(gold.problems)
    if qualifiers and not known.qualifiers:
        raise InputError(f"{corpus}: the corpus has no qualifiers that we know; leave out --qualifiers")
    if not qualifiers and not known.measures and known.corpus != "facts":
        raise InputError(f"{corpus}: only its qualifiers can be scored; give --qualifiers")
    if qualifiers:
        tallies = [tally_qualifiers(document, known, engine) for document in gold.documents]
    else:
        pairs = compare_graph(gold, open_graphs(graph)) if graph else compare(gold, Task(engine=engine), jobs)
        compared = list(pairs)
        problems += [one.problem for one in compared if one.problem]
        tallies = [tally(one, known, by_section=by_section) for one in compared if not one.problem]
    if not tallies:
        raise InputError(problems[0])
    sys.stdout.write(format_scores(score(tallies, resamples), to))
    for problem in problems:
        print(f"kg: {problem}", file=sys.stderr)
    if problems:
        raise Exit(1)
