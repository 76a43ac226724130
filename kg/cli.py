"""The commands: arguments in, calls out, no logic. What a command needs is imported when it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Context, Exit, Option, Typer

from kg.evaluation.commands import evaluate
from kg.learning.commands import train
from kg.store.commands import store as stores
from kg.terms.commands import terms

if TYPE_CHECKING:
    from rich.console import Console

    from kg.corpus.batch import Outcome
    from kg.corpus.sources import Source

app = Typer(
    name="kg",
    help="Clinical case reports as a knowledge graph: which result revised which diagnosis, when, in which words.",
    no_args_is_help=False, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)  # fmt: skip
app.add_typer(stores)
app.add_typer(terms)
app.command()(evaluate)
app.command()(train)

Inputs = Annotated[list[str], Argument(metavar="INPUT...", help="Texts, folders of *.txt, .jsonl, .json, .parquet, -.")]
Input = Annotated[str, Argument(metavar="INPUT", help="A text, a file of records, or - (standard input).")]
Graph = Annotated[str, Argument(metavar="GRAPH", help="An RDF file, a folder of them, a store, a URL, or -.")]
Part = Annotated[str, Argument(metavar="IRI", help="An assertion, mention or measurement; what follows # is enough.")]
Asked = Annotated[list[str], Argument(metavar="NAME GRAPH", help="A named query or a .rq file, and a graph (or -).")]

Language = Annotated[str, Option("--language", metavar="CODE", help="auto, fr, es or en.")]
Output = Annotated[str, Option("--output", "-o", metavar="OUT", help="A file, a folder/, or - (the default).")]
Store = Annotated[str, Option("--store", metavar="DIR|URL", help="Load into a store, one named graph a case.")]
Form = Annotated[str, Option("--to", metavar="FORMAT", help="ttl, trig, nq, nt, jsonld; else by OUT.")]
Jobs = Annotated[int, Option("--jobs", "-j", min=1, metavar="N", help="So many processes; the same bytes with any.")]
Resume = Annotated[bool, Option("--resume", help="Skip the cases that OUT/ or the store has already.")]
DryRun = Annotated[bool, Option("--dry-run", help="List what would be read: id, language, characters.")]
Base = Annotated[str, Option("--base", metavar="IRI", help="What the IRIs of cases begin with.")]
ModelFile = Annotated[str, Option("--model", metavar="FILE", help="Read with a model that kg train made too.")]
Engine = Annotated[str, Option("--engine", metavar="NAME", help="What reads: local, or eds (EDS-NLP, French).")]
Joined = Annotated[str, Option("--terms", metavar="NAME,…", help="Installed terminologies that join; or all.")]
Hierarchy = Annotated[bool, Option("--with-hierarchy", help="Write what lies above the concepts: rdfs:subClassOf.")]
Html = Annotated[str, Option("--html", metavar="FILE", help="Write one self-contained page instead.")]
Text = Annotated[str, Option("-e", metavar="TEXT", help="The query itself, instead of NAME.")]
Params = Annotated[list[str] | None, Option("--param", "-p", metavar="NAME=VALUE", help="A value.")]
Shape = Annotated[str, Option("--to", metavar="FORMAT", help="table, csv, tsv, json or md.")]


@app.callback(invoke_without_command=True)
def kg(context: Context,
       version: Annotated[bool, Option("--version", help="Print the version.")] = False,
       traceback: Annotated[bool, Option("--traceback", help="Print the whole of an error.")] = False) -> None:
    """Every command reads - as standard input, and takes its options after its arguments too."""
    if version:
        from kg import __version__

        print(f"casekg {__version__}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def build(inputs: Inputs, output: Output = "", store: Store = "", to: Form = "", language: Language = "auto",
          jobs: Jobs = 1, resume: Resume = False, dry_run: DryRun = False, base: Base = "",
          engine: Engine = "local", model: ModelFile = "", within: Joined = "",
          hierarchy: Hierarchy = False) -> None:  # fmt: skip
    """Read texts into a graph."""
    from kg.corpus.batch import Task, with_model
    from kg.corpus.build import build as run
    from kg.corpus.build import check_base, target_of
    from kg.corpus.engines import check_engine
    from kg.corpus.sources import find_sources
    from kg.identity import CASE_BASE
    from kg.reading.tables import load_language
    from kg.terms.installed import check_installed

    check_engine(engine, language)
    if language != "auto":
        load_language(language)
    joined, start = check_installed(within), check_base(base or CASE_BASE)
    task = Task(language, base=start, engine=engine, terms=joined, hierarchy=hierarchy)
    target = target_of(output, store, to)
    sources = find_sources(inputs)
    if dry_run:
        _list(sources, language)
        return
    console, total = _errors(), None
    if model:
        task = with_model(task, Path(model), lambda line: _note(console, line))
    if resume and target.kind in ("file", "stream"):
        _note(console, "--resume: a single file is built anew as a whole; only a folder/ or a store can be resumed")
    if console.is_terminal and _countable(inputs):
        listed = list(sources)
        sources, total = iter(listed), len(listed)
    counts = run(sources, target, task, lambda outcomes: _watched(outcomes, console, total), jobs, resume=resume)
    if console.is_terminal:
        _note(console, f"{counts['read']} read, {counts['skipped']} skipped, {counts['failed']} failed")
    if counts["failed"] or counts["errors"]:
        raise Exit(1)


def _errors() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def _note(console: Console, line: str) -> None:
    console.print(f"kg: {line}", markup=False)


def _countable(inputs: list[str]) -> bool:
    """Whether the inputs can be listed without reading records."""
    return not any(name == "-" or name.lower().endswith((".jsonl", ".ndjson", ".json", ".parquet")) for name in inputs)


def _list(sources: Iterator[Source], language: str) -> None:
    from kg.corpus.batch import open_document
    from kg.errors import KgError

    console, failed, listed = _errors(), 0, 0
    for source in sources:
        try:
            document, _ = open_document(source, language)
            print(document.id, document.language, len(document.text), sep="\t")
            listed += 1
        except KgError as error:
            failed += 1
            _note(console, str(error))
    if failed:
        raise Exit(1 if listed else 3)


def _watched(outcomes: Iterator[Outcome], console: Console, total: int | None) -> Iterator[Outcome]:
    """The outcomes as they pass, with a bar on a terminal, and a line for each problem and each finding of weight."""
    from rich.progress import track

    from kg.model import Level

    if console.is_terminal and total != 1:
        outcomes = iter(track(outcomes, "Reading", total, console=console, transient=True))
    alone = ""
    for number, outcome in enumerate(outcomes):
        if outcome.problem and not number:
            alone = outcome.problem  # where it is the only document, the error says it
        else:
            for line in filter(None, (alone, outcome.problem)):
                _note(console, line)
            alone = ""
        for finding in outcome.findings:
            if finding.level is not Level.NOTE:
                hint = f"; {finding.hint}" if finding.hint else ""
                _note(console, f"{outcome.id}: {finding.level.lower()} {finding.code}: {finding.message}{hint}")
        yield outcome


@app.command()
def show(source: Input, language: Language = "auto", html: Html = "", model: ModelFile = "") -> None:
    """The annotated text, the timeline and the revisions."""
    from rich.console import Console

    from kg.corpus.batch import read_source
    from kg.corpus.sources import find_sources
    from kg.errors import UsageError
    from kg.pipeline import reader_for
    from kg.reading.show import plain

    console = Console(highlight=False)
    sources = find_sources([source])
    if html:
        first = list(islice(sources, 2))
        if len(first) > 1:
            raise UsageError(f"{source} holds several documents; a page holds one")
        sources = iter(first)
    for found in sources:
        case = read_source(found, language, model=Path(model) if model else None)
        if not html and not console.is_terminal:
            sys.stdout.write(plain(case))
            continue
        from kg.graph.write import replacing
        from kg.web.page import render
        from kg.web.terminal import show as print_case
        from kg.web.view import view_of

        lexicon = reader_for(case.document.language).vocabulary.lexicon
        if not html:
            print_case(view_of(case, lexicon), console)
            continue
        with replacing(Path(html)) as out:
            out.write(render(case, lexicon).encode())


@app.command()
def explain(source: Input, iri: Part, language: Language = "auto", model: ModelFile = "") -> None:
    """The words and the rules behind a part of a graph."""
    from kg.corpus.batch import read_source
    from kg.corpus.sources import find_sources
    from kg.identity import case_iri
    from kg.reading.explain import explain as lines_of

    sources = list(find_sources([source]))
    graph = iri.strip("<>").partition("#")[0].rsplit("/", 1)[-1]
    wanted = [s for s in sources if case_iri(s.id).endswith("/" + graph)] if "#" in iri else sources
    case = read_source((wanted or sources)[0], language, model=Path(model) if model else None)
    for name, told in lines_of(case, iri):
        print(f"{name:<13}  {told}")


@app.command()
def query(names: Asked, text: Text = "", params: Params = None, to: Shape = "table") -> None:
    """Ask a graph a question."""
    from kg.errors import UsageError
    from kg.store.answers import check_form, format_answer
    from kg.store.asking import ask, find_query, parse_values
    from kg.store.opening import open_graphs

    if len(names) != (1 if text else 2):
        raise UsageError("kg query takes NAME GRAPH, or -e TEXT GRAPH; kg queries lists the names")
    asked, values, form = text or find_query(names[0]), parse_values(params or []), check_form(to)
    graphs = open_graphs(names[-1], _piped(names[-1]))
    answer = ask(graphs, asked, values, lambda line: _note(_errors(), line))
    sys.stdout.write(format_answer(answer, form))


def _piped(name: str) -> bytes | None:
    """What standard input holds, where ``name`` is its."""
    return sys.stdin.buffer.read() if name == "-" else None


@app.command()
def queries(name: Annotated[str, Argument(metavar="[NAME]", help="Print this query: header and text.")] = "",
            rdf: Annotated[bool, Option("--rdf", help="Print all as Turtle (sh:SPARQLExecutable).")] = False) -> None:
    """The named queries with their questions."""
    from kg.resources import folder
    from kg.store.asking import find_query
    from kg.store.queries import load_queries

    if name:
        found = find_query(name)
        print((found if isinstance(found, str) else found.text).rstrip())
        return
    known = load_queries(folder("queries"))
    if rdf:
        from kg.store.publication import library

        sys.stdout.write(library(known.values()))
        return
    width = max(map(len, known), default=0)
    for key, one in known.items():
        print(f"{key:<{width}}  {one.question}")
        for parameter in one.parameters:
            called = f"{parameter.name}, {parameter.alias}" if parameter.alias else parameter.name
            print(f"{'':<{width}}    {called} ({parameter.type}): {parameter.description}")


@app.command()
def check(graph: Graph) -> None:
    """Hold a graph against its shapes: level, case, the words, the property, how to mend it, the node."""
    from kg.graph.write import short_name
    from kg.store.checking import check_store
    from kg.store.opening import open_graphs

    found = check_store(open_graphs(graph, _piped(graph)))
    for one in found:
        case, path, node = map(short_name, (one.case, one.path, one.focus))
        print(one.level, case, " ".join(one.words.split()), path, one.message, node, sep="\t")
    if any(one.level == "Error" for one in found):
        raise Exit(1)


@app.command()
def reason(graph: Graph, output: Output = "", store: Store = "", to: Form = "") -> None:
    """Infer what follows from a graph, such as results that contradict a diagnosis: for review, not a diagnosis."""
    from kg.corpus.build import target_of
    from kg.reasoning.lines import open_asked
    from kg.reasoning.reason import reason as run
    from kg.store.opening import open_graphs

    target = target_of(output, store, to)
    run((open_graphs if target.kind == "store" else open_asked)(graph, _piped(graph)), target)


@app.command()
def serve(store: Annotated[str, Argument(metavar="STORE", help="A store that kg build --store made.")],
          host: Annotated[str, Option("--host", metavar="NAME", help="Where to listen.")] = "127.0.0.1",
          port: Annotated[int, Option("--port", min=0, max=65535, help="0 takes a free one.")] = 7878,
          workers: Annotated[int, Option("--workers", min=1, metavar="N", help="Queries at a time.")] = 4,
          time_limit: Annotated[float, Option("--time-limit", min=0.1, metavar="SECONDS", help="For a query.")] = 10.0,
          memory: Annotated[int, Option("--memory", min=1024, metavar="MIB", help="For a query.")] = 2048,
          rows: Annotated[int, Option("--rows", min=1, metavar="N", help="The most an answer has.")] = 100_000,
          allow_host: Annotated[list[str] | None, Option("--allow-host", metavar="NAME", help="Also known as.")] = None,
          cors: Annotated[list[str] | None, Option("--cors", metavar="ORIGIN", help="Its pages may ask.")] = None,
          ) -> None:  # fmt: skip
    """Answer SPARQL over HTTP, read-only; a token is taken from CASEKG_TOKEN."""
    from kg.web.server.starting import settings_for, start

    settings = settings_for(store, host, port, workers, (time_limit, memory, rows), allow_host or [], cors or [])
    start(settings, lambda line: _note(_errors(), line))


@app.command()
def demo(output: Annotated[str, Option("--output", "-o", metavar="OUT", help="Keep the graph in this file.")] = "",
         language: Annotated[str, Option("--language", metavar="CODE", help="fr, es or en.")] = "fr") -> None:
    """Read the example case and ask its graph a question."""
    from kg.corpus.demo import run_demo

    sys.stdout.write(run_demo(language, output))
