"""How well is a corpus read? Each text is read into a graph, or taken from one, and the graph held against gold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kg.corpus.batch import Task, process_all
from kg.corpus.engines import span_reader
from kg.corpus.sources import Source
from kg.evaluation.facts import FoundFacts, facts_in, score_facts
from kg.evaluation.found import Found, found_in
from kg.evaluation.gold import Corpus, GoldDocument
from kg.evaluation.kinds import Kinds
from kg.evaluation.qualifiers import score_qualifiers
from kg.evaluation.scores import Tally
from kg.evaluation.spans import score_spans
from kg.graph.write import join
from kg.model import Span
from kg.reading.asked import look_at
from kg.store.embedded import Graphs
from kg.store.opening import Store


@dataclass(frozen=True, slots=True)
class Compared:
    """A gold document with what the graph says of it; ``problem`` says why it says nothing."""

    document: GoldDocument
    found: Found = field(default_factory=Found)
    facts: FoundFacts = field(default_factory=FoundFacts)
    problem: str = ""


def compare(corpus: Corpus, task: Task, jobs: int = 1) -> Iterator[Compared]:
    """Each document of a corpus, read anew, in their order."""
    sources = (Source(d.id, d.where, text=d.text, language=d.language) for d in corpus.documents)
    outcomes = process_all(sources, replace(task, form="nt"), jobs)
    for document, outcome in zip(corpus.documents, outcomes, strict=True):
        if outcome.part is None:
            yield Compared(document, problem=outcome.problem)
            continue
        graphs = Graphs()
        graphs.load("".join(join([outcome.part], "nt")).encode(), "nt", document.where)
        yield from _compared([document], graphs)


def compare_graph(corpus: Corpus, graphs: Store) -> Iterator[Compared]:
    """Each document of a corpus with the case of its id in ``graphs``."""
    return _compared(corpus.documents, graphs)


def _compared(documents: tuple[GoldDocument, ...] | list[GoldDocument], graphs: Store) -> Iterator[Compared]:
    found, facts = found_in(graphs), {}
    if any(document.facts is not None for document in documents):
        facts = facts_in(graphs)
    for document in documents:
        if document.id not in found:
            yield Compared(document, problem=f"{document.where}: the graph has no case {document.id!r}")
        else:
            yield Compared(document, found[document.id], facts.get(document.id, FoundFacts()))


def tally(one: Compared, kinds: Kinds, *, by_section: bool = False) -> Tally:
    """The counts of one document."""
    document = one.document
    if document.facts is not None:
        return score_facts(document.facts, one.facts)
    sections = sections_of(document) if by_section else None
    return score_spans(document, one.found, kinds.measures, sections)


def tally_qualifiers(document: GoldDocument, kinds: Kinds, engine: str = "local") -> Tally:
    """The counts of the qualifiers of one document, for which no graph is needed; scopes are known of ours alone."""
    asked = [q for q in kinds.qualifiers if q.values or engine == "local"]
    return score_qualifiers(document, asked, span_reader(engine))


def sections_of(document: GoldDocument) -> dict[Span, str]:
    """The section of each annotated span."""
    spans = [a.span for a in document.annotations]
    told = {asked.span: asked.section for asked in look_at(document.text, document.language, spans)}
    return {span: told.get(span, "Body") for span in spans}
