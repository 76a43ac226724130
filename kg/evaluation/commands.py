"""The command ``kg evaluate``: arguments in, calls out. What it needs is imported when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option

if TYPE_CHECKING:
    from kg.evaluation.evaluate import Compared
    from kg.evaluation.gold import Corpus

Gold = Annotated[Path, Argument(metavar="CORPUS", help="A folder (or file) of brat, E3C's XMI, or our gold JSON.")]
GraphOption = Annotated[str, Option("--graph", metavar="GRAPH", help="Score this graph instead of reading the texts.")]
Qualified = Annotated[bool, Option("--qualifiers", help="Negation, doubt and time at gold spans, instead of names.")]
Sections = Annotated[bool, Option("--by-section", help="Also by the section that a span stands in.")]
Language = Annotated[str, Option("--language", metavar="CODE", help="fr, es or en; else told by the corpus.")]
Engine = Annotated[str, Option("--engine", metavar="NAME", help="What reads: local, or eds (EDS-NLP, French).")]
ModelFile = Annotated[str, Option("--model", metavar="FILE", help="Read with a model that kg train made too.")]
Jobs = Annotated[int, Option("--jobs", "-j", min=1, metavar="N", help="So many processes.")]
Resamples = Annotated[int, Option("--resamples", min=0, metavar="N", help="Draws of the bootstrap.")]
KindTable = Annotated[str, Option("--kinds", metavar="FILE", help="Your own table of labels (docs/evaluate.md).")]
Shape = Annotated[str, Option("--to", metavar="FORMAT", help="table, json, tsv or md.")]
Errors = Annotated[int, Option("--errors", min=0, metavar="N", help="Then the N most frequent misses, in their text.")]
Html = Annotated[str, Option("--html", metavar="FILE", help="Write one self-contained page of gold beside found.")]


def evaluate(corpus: Gold, graph: GraphOption = "", qualifiers: Qualified = False, by_section: Sections = False,
             language: Language = "auto", engine: Engine = "local", model: ModelFile = "", jobs: Jobs = 1,
             resamples: Resamples = 1000, kinds: KindTable = "", to: Shape = "table", errors: Errors = 0,
             html: Html = "") -> None:  # fmt: skip
    """Hold what is read of a corpus against its gold: precision, recall and F1 with intervals, by kind."""
    from kg.corpus.engines import check_engine
    from kg.errors import InputError, UsageError
    from kg.evaluation.evaluate import tally, tally_qualifiers
    from kg.evaluation.gold import in_language, read_corpus
    from kg.evaluation.kinds import KINDS, kinds_of
    from kg.evaluation.scores import score
    from kg.evaluation.table import check_form, format_scores

    check_form(to)
    check_engine(engine, language)
    gold = in_language(read_corpus(corpus), language)
    known = kinds_of(gold, Path(kinds) if kinds else KINDS)
    if (errors or html) and (qualifiers or known.corpus == "facts"):
        raise UsageError("--errors and --html show the names of a corpus; leave them out with --qualifiers and facts")
    if qualifiers and not known.qualifiers:
        raise InputError(f"{corpus}: the corpus has no qualifiers that we know; leave out --qualifiers")
    if not qualifiers and not known.measures and known.corpus != "facts":
        raise InputError(f"{corpus}: only its qualifiers can be scored; give --qualifiers")
    problems, read = list(gold.problems), [] if qualifiers else _read(gold, graph, language, engine, model, jobs)
    problems += [one.problem for one in read if one.problem]
    read = [one for one in read if not one.problem]
    tallies = [tally(one, known, by_section=by_section) for one in read]
    if qualifiers:
        tallies = [tally_qualifiers(document, known, engine) for document in gold.documents]
    if not tallies:
        raise InputError(problems[0])
    scores = score(tallies, resamples)
    sys.stdout.write(format_scores(scores, to))
    if errors:
        from kg.evaluation.misses import misses_of, told

        sys.stdout.writelines(f"{line}\n" for line in told(misses_of(read, known.measures), errors))
    if html:
        from kg.evaluation.page import render
        from kg.graph.write import replacing

        with replacing(Path(html)) as out:
            out.write(render(corpus.name, read, known.measures, scores).encode())
    for problem in problems:
        print(f"kg: {problem}", file=sys.stderr)
    if problems:
        raise Exit(1)


def _read(gold: Corpus, graph: str, language: str, engine: str, model: str, jobs: int) -> list[Compared]:
    """What is read of the corpus now, or what the graph says of it."""
    from kg.corpus.batch import Task, with_model
    from kg.evaluation.evaluate import compare, compare_graph
    from kg.store.opening import open_graphs

    if graph:
        return list(compare_graph(gold, open_graphs(graph)))
    task = Task(language, engine=engine)
    if model:
        task = with_model(task, Path(model), lambda line: print(f"kg: {line}", file=sys.stderr))
    return list(compare(gold, task, jobs))
