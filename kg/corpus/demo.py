"""The example case from text to answer, in memory: what ``kg demo`` prints."""

from __future__ import annotations

from pathlib import Path

from kg.corpus.batch import read_source
from kg.corpus.sources import find_sources
from kg.graph.write import format_of, replacing, write
from kg.identity import case_iri
from kg.pipeline import build
from kg.reading.tables import load_language
from kg.resources import folder
from kg.store.answers import format_answer
from kg.store.asking import ask, find_query
from kg.store.embedded import Answer, Graphs

QUERY = "ihc-revised-diagnoses"
_SHOWN = ("date", "earlier", "later", "kind", "marker", "result", "value")


def run_demo(language: str = "fr", output: str = "") -> str:
    """Read the first example of a language, ask its graph ``QUERY``; keep the graph in ``output`` only."""
    example = next(find_sources([str(folder("examples") / load_language(language).code)]))
    case = read_source(example, language)
    triples, graph = build(case), case_iri(case.document.id)
    turtle = write(triples, graph, "ttl")
    if output:
        form = format_of(output)
        with replacing(Path(output)) as out:
            out.write(write(triples, graph, form).encode())
    graphs = Graphs()
    graphs.load(turtle.encode(), "ttl", example.id)
    answer = ask(graphs, find_query(QUERY), {})
    read = f"{example.id}: {len(case.document.text)} characters → {turtle.count(chr(10))} lines of Turtle"
    kept = f"in {output}" if output else "(keep them: kg demo -o demo.ttl)"
    return f"{read} {kept}\n\nkg query {QUERY}\n\n{format_answer(_narrowed(answer), 'table')}{_words(answer)}"


def _narrowed(answer: Answer) -> Answer:
    """The columns that fit a terminal."""
    places = [answer.columns.index(name) for name in _SHOWN if name in answer.columns]
    rows = tuple(tuple(row[i] for i in places) for row in answer.rows)
    return Answer(tuple(answer.columns[i] for i in places), rows)


def _words(answer: Answer) -> str:
    """The sentences behind the rows, each once."""
    if "words" not in answer.columns:
        return ""
    place = answer.columns.index("words")
    quotes = dict.fromkeys(term.value for row in answer.rows if (term := row[place]))
    return "\nin these words:\n" + "".join(f"  « {' '.join(quote.split())} »\n" for quote in quotes)
