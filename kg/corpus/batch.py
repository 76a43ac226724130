"""How are many documents read? One after the other or in processes, always handed out in the order of the sources.

A document that can't be read, or that stops the reader, becomes an outcome with a ``problem``; the batch goes on.
"""

from __future__ import annotations

import gc
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from kg import __version__
from kg.corpus.engines import reader_of
from kg.corpus.sources import Source
from kg.corpus.texts import check, decode, read_bytes
from kg.errors import InputError, KgError, UsageError
from kg.graph.write import Part, render
from kg.identity import CASE_BASE, case_iri
from kg.model import Case, Document, Finding, Level

if TYPE_CHECKING:
    from kg.pipeline import Reader

CHUNK = 8
"""So many documents go to a process at a time."""

# https://www.dublincore.org/specifications/dublin-core/dcmi-terms/, the properties; language is the reader's own.
_DCMI = """abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative audience available
bibliographicCitation conformsTo contributor coverage created creator date dateAccepted dateCopyrighted dateSubmitted
description educationLevel extent format hasFormat hasPart hasVersion identifier instructionalMethod isFormatOf isPartOf
isReferencedBy isReplacedBy isRequiredBy issued isVersionOf license mediator medium modified provenance publisher
references relation replaces requires rights rightsHolder source spatial subject tableOfContents temporal title type
valid"""
DCMI = frozenset(_DCMI.split())


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with every source; ``form`` is one of ``kg.graph.write.FORMATS``.

    ``engine`` is one of ``kg.corpus.engines.ENGINES``.
    ``terms`` are names of installed terminologies that join the lexicon; ``hierarchy`` writes ``rdfs:subClassOf``.
    """

    language: str = "auto"
    form: str = "ttl"
    base: str = CASE_BASE
    lexicon: Path | None = None
    model: Path | None = None
    model_id: str = ""
    """The id of the model in the file ``model``."""
    engine: str = "local"
    terms: tuple[str, ...] = ()
    hierarchy: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a source: a ``part`` of a graph, or a ``problem``, or ``skipped`` because it is done already."""

    id: str
    where: str
    graph: str = ""
    part: Part | None = None
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    problem: str = ""
    skipped: bool = False


def with_model(task: Task, path: Path, tell: Callable[[str], None]) -> Task:
    """The task with a model; ``InputError`` at once where its file doesn't fit, not anew for each document."""
    from kg.learning.modelfile import lexicon_stamp, read_model

    model = read_model(path, "" if task.language == "auto" else task.language)
    if model.lexicon != lexicon_stamp():
        tell(f"{path}: trained beside another lexicon; it works, but train it again for its best")
    return replace(task, model=path, model_id=model.id)


def open_document(source: Source, language: str = "auto") -> tuple[Document, tuple[Finding, ...]]:
    """The document of a source, with findings about its encoding and metadata.

    ``InputError`` where there is no text, ``UsageError`` for a language that isn't known.
    """
    from kg.reading.detection import detect_language
    from kg.reading.tables import load_language

    if source.problem:
        raise InputError(source.problem)
    if source.text is not None:
        text, findings = check(source.text, source.where)
    else:
        data = source.data if source.data is not None else read_bytes(source.path or Path(source.where))
        text, findings = decode(data, source.where)
    code = source.language if language == "auto" and source.language else language
    code = detect_language(text) if code == "auto" else load_language(code).code
    kept = tuple((key, value) for key, value in source.metadata if key in DCMI)
    foreign = sorted({key for key, _ in source.metadata if key not in DCMI})
    if foreign:
        message = f"metadata left out, for these keys are no DCMI terms: {', '.join(foreign)}"
        findings += (Finding(Level.WARNING, "metadata-key", message, None, "use keys such as title, source, license"),)
    return Document(source.id, code, text, kept), findings


def read_source(
    source: Source, language: str = "auto", lexicon: Path | None = None, model: Path | None = None
) -> Case:
    """The case of a source, with the findings about its file first."""
    from kg.pipeline import read_case, reader_for

    document, findings = open_document(source, language)
    case = read_case(document, reader_for(document.language, lexicon, model))
    return replace(case, findings=(*findings, *case.findings))


def digest_of(
    document: Document,
    base: str,
    model: str = "",
    engine: str = "local",
    terms: tuple[str, ...] = (),
    *,
    hierarchy: bool = False,
) -> str:
    """A hash of all that a case's graph depends on.

    Text, id, language, model (by id), engine, terminologies with their versions, and this version of casekg.
    """
    read_with = [*([model] if model else []), *([engine] if engine != "local" else [])]
    read_with += [repr(_versions(terms)), str(hierarchy)] if terms or hierarchy else []
    material = (__version__, base, document.id, document.language, repr(document.metadata), document.text)
    return blake2b("\0".join((*read_with, *material)).encode(), digest_size=16).hexdigest()


@cache
def _versions(names: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    """Name, version and number of terms of installed terminologies."""
    from kg.terms.installed import open_terminologies

    return tuple((index.name, index.version, index.terms) for index in open_terminologies(names))


def process(source: Source, task: Task) -> Outcome:
    """One source read and rendered. Never raises for what is wrong with the source, only for broken resources."""
    try:
        return _process(source, task)
    except InputError as error:
        return Outcome(source.id, source.where, problem=str(error))
    except UsageError as error:
        return Outcome(source.id, source.where, problem=f"{source.where}: {error}")
    except (KgError, MemoryError):
        raise
    except Exception as error:
        # The message of an unforeseen exception may hold words of the text: only its type and place are told.
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = f"stopped by {type(error).__name__} in {Path(place.filename).name}:{place.lineno}; please report it"
        return Outcome(source.id, source.where, problem=f"{source.where}: {told}")


@cache
def _settled_reader(
    language: str, lexicon: Path | None, model: Path | None, engine: str, terms: tuple[str, ...]
) -> Reader:
    """The reader of a language, put out of the garbage collector's way: its tables live as long as the batch."""
    reader = reader_of(language, lexicon, model, engine, terms)
    gc.collect()
    gc.freeze()
    return reader


def _process(source: Source, task: Task) -> Outcome:
    from kg.graph.describe import describe
    from kg.pipeline import read_case

    document, findings = open_document(source, task.language)
    graph = case_iri(document.id, task.base)
    digest = digest_of(document, task.base, task.model_id, task.engine, task.terms, hierarchy=task.hierarchy)
    if source.done == digest:
        return Outcome(source.id, source.where, graph, digest=digest, skipped=True)
    reader = _settled_reader(document.language, task.lexicon, task.model, task.engine, task.terms)
    case = read_case(document, reader)
    case = replace(case, findings=(*findings, *case.findings))
    triples = describe(case, reader.vocabulary.lexicon, task.base, hierarchy=task.hierarchy)
    part = render(triples, graph, task.form, task.base)
    return Outcome(source.id, source.where, graph, part, case.findings, digest)


def process_all(sources: Iterable[Source], task: Task, jobs: int = 1) -> Iterator[Outcome]:
    """The outcomes of all sources, in the sources' order whatever ``jobs`` is."""
    if jobs == 1:
        return (process(source, task) for source in sources)
    return _pooled(iter(sources), task, jobs)


def _chunk(sources: list[Source], task: Task) -> list[Outcome]:
    return [process(source, task) for source in sources]


def _start_worker() -> None:
    """The parent alone answers Ctrl-C; workers finish their chunk."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pooled(sources: Iterator[Source], task: Task, jobs: int) -> Iterator[Outcome]:
    pending: deque[Future[list[Outcome]]] = deque()
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start_worker)
    try:
        while chunk := list(islice(sources, CHUNK)):
            pending.append(pool.submit(_chunk, chunk, task))
            if len(pending) > 2 * jobs:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool as error:
        raise KgError("a worker process died (out of memory?); run again with fewer --jobs (and --resume)") from error
    finally:
        pool.shutdown(cancel_futures=True)
