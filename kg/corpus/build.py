"""From inputs to an output: the batch behind ``kg build``, with its report."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kg.corpus.batch import Outcome, Task, process_all
from kg.corpus.outputs import (
    notes_of,
    resumed_folder,
    resumed_store,
    write_file,
    write_folder,
    write_store,
    write_stream,
)
from kg.corpus.sources import Source
from kg.errors import InputError, UsageError
from kg.graph.write import format_of
from kg.model import Level
from kg.store.opening import make_store
from kg.store.servers import addresses_of, is_url

_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`?#]+")

Watch = Callable[[Iterator[Outcome]], Iterator[Outcome]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the graphs go: ``kind`` is ``stream`` (standard output), ``file``, ``folder`` or ``store``.

    ``path`` holds the manifest too; ``store`` is the folder or the URL of a store.
    """

    kind: str
    path: Path
    form: str
    store: str = ""


def target_of(output: str, store: str, form: str = "") -> Target:
    """The target that ``-o`` (or ``--store``) and ``--to`` name; ``UsageError`` where they don't fit."""
    if output and store:
        raise UsageError("give either -o or --store")
    if form:
        format_of(f"--to .{form}")
    if store:
        return Target("store", notes_of(addresses_of(store).given) if is_url(store) else Path(store), "nt", store)
    if output in ("", "-"):
        return Target("stream", Path("-"), form or "ttl")
    if output.endswith("/") or Path(output).is_dir():
        if form not in ("", "ttl"):
            raise UsageError(f"a folder holds Turtle files; name a file that ends in .{form}, or leave out --to")
        return Target("folder", Path(output), "ttl")
    return Target("file", Path(output), form or format_of(output))


def check_base(base: str) -> str:
    """``base`` itself; ``UsageError`` unless it is an absolute IRI without query and fragment."""
    if not _BASE.fullmatch(base):
        raise UsageError(f"--base {base!r} is not an absolute IRI such as https://example.org/case/")
    return base


def build(sources: Iterable[Source], target: Target, task: Task, watch: Watch, jobs: int = 1, *,
          resume: bool = False) -> Counter[str]:  # fmt: skip
    """Read all sources into the target; how many were ``read``, ``failed``, ``skipped``; ``errors`` found.

    ``watch`` sees each outcome as it passes. ``InputError``, and nothing is written, where no source can be read.
    """
    counts: Counter[str] = Counter()
    task = replace(task, form=target.form)

    def outcomes(found: Iterable[Source]) -> Iterator[Outcome]:
        return _counted(watch(process_all(found, task, jobs)), counts)

    if target.kind == "store":
        graphs = make_store(target.store)
        found = resumed_store(sources, graphs, target.path, task.base) if resume else sources
        write_store(outcomes(found), graphs, target.path)
    elif target.kind == "folder":
        write_folder(outcomes(resumed_folder(sources, target.path) if resume else sources), target.path, task.base)
    elif target.kind == "file":
        write_file(outcomes(sources), target.path, target.form, task.base)
    else:
        write_stream(outcomes(sources), sys.stdout.buffer, target.form, task.base)
    return counts


def _counted(outcomes: Iterable[Outcome], counts: Counter[str]) -> Iterator[Outcome]:
    problem = ""
    for outcome in outcomes:
        counts["failed" if outcome.problem else "skipped" if outcome.skipped else "read"] += 1
        counts["errors"] += sum(f.level is Level.ERROR for f in outcome.findings)
        problem = outcome.problem
        yield outcome
    if counts["failed"] == 1 and not counts["read"] and not counts["skipped"]:
        raise InputError(problem)
    if not counts["read"] and not counts["skipped"]:
        raise InputError(f"none of the {counts['failed']} documents could be read; nothing was written")
