"""Which documents are there? Files, folders, records and standard input as one stream of sources.

A text file's id is its stem. A record (JSON Lines, JSON, Parquet) has ``id`` and ``text``, and may have
``language`` and ``metadata`` (an object whose keys are DCMI terms such as ``title`` or ``source``).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.corpus.texts import read_bytes
from kg.errors import InputError

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be read: a file's ``path``, or the ``data`` or ``text`` of one that is already in hand.

    ``where`` is for messages. ``problem`` says why there is nothing to read. ``done`` is the digest of the output that
    exists (see ``kg.corpus.outputs``).
    """

    id: str
    where: str
    path: Path | None = None
    data: bytes | None = None
    text: str | None = None
    language: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    done: str = ""


def find_sources(inputs: Sequence[str]) -> Iterator[Source]:
    """All documents of the inputs, in order; files of a folder sorted by path.

    Whatever is wrong with an input becomes a source with a ``problem``: a folder without texts, a file of records that
    can't be opened, a second document of an id (which names both). A file given twice counts once.
    """
    taken: dict[str, str] = {}
    for source in _unique_files(source for name in inputs for source in _contained(name)):
        other = taken.setdefault(source.id, source.where) if source.id else source.where
        if other != source.where and not source.problem:
            problem = f"{source.where}: has the id of {other}; rename one, or build them apart"
            source = Source(source.id, source.where, problem=problem)
        yield source


def _unique_files(sources: Iterable[Source]) -> Iterator[Source]:
    seen: set[Path] = set()
    for source in sources:
        real = source.path.resolve() if source.path else None
        if real is None or real not in seen:
            if real:
                seen.add(real)
            yield source


def _contained(name: str) -> Iterator[Source]:
    try:
        yield from _of(name)
    except InputError as error:
        yield Source("", name, problem=str(error))


def _of(name: str) -> Iterator[Source]:
    if name == STDIN:
        return _stdin(sys.stdin.buffer.read())
    path = Path(name)
    if path.is_dir():
        return _texts(path)
    return _READERS.get(path.suffix.lower(), _file)(path)


def _file(path: Path) -> Iterator[Source]:
    yield Source(path.stem, str(path), path)


def _texts(path: Path) -> Iterator[Source]:
    """The ``*.txt`` of a folder and its sub-folders; hidden ones are left out."""
    found = []
    for parent, folders, names in os.walk(path):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += [Path(parent, n) for n in names if n.lower().endswith(".txt") and not n.startswith(".")]
    if not found:
        raise InputError(f"{path}: a folder without texts (*.txt); name the files, or another folder")
    for text in sorted(found):
        yield from _file(text)


def _stdin(data: bytes) -> Iterator[Source]:
    """One text; or JSON Lines, told by the brace that they begin with."""
    if data.lstrip().startswith(b"{"):
        return (_line(line, f"<stdin>:{n}") for n, line in enumerate(data.splitlines(), 1) if line.strip())
    return iter([Source("stdin", "<stdin>", data=data)])


def _json_lines(path: Path) -> Iterator[Source]:
    found = False
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    found = True
                    yield _line(line, f"{path}:{number}")
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror}); check the path and its permissions") from error
    if not found:
        raise InputError(f"{path}: empty; each line is an object with id and text")


def _line(line: bytes, where: str) -> Source:
    try:
        return _record(json.loads(line.decode("utf-8-sig")), where)
    except ValueError as error:
        return Source("", where, problem=f"{where}: not a JSON object in UTF-8 ({_reason(error)}); mend the line")


def _reason(error: ValueError) -> str:
    """What is wrong with JSON, without the words around it."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else "no JSON value"


def _json(path: Path) -> Iterator[Source]:
    try:
        content = json.loads(read_bytes(path).decode("utf-8-sig"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON in UTF-8 ({_reason(error)}); give one object or a list of them") from error
    records = content if isinstance(content, list) else [content]
    if not records:
        raise InputError(f"{path}: an empty list; give objects with id and text")
    for number, record in enumerate(records, 1):
        yield _record(record, f"{path}#{number}")


def _parquet(path: Path) -> Iterator[Source]:
    try:
        import pyarrow.parquet as parquet
    except ModuleNotFoundError as error:
        raise InputError(f"{path}: reading Parquet needs pyarrow; run: pip install 'casekg[parquet]'") from error
    try:
        table, number = parquet.ParquetFile(path), 0
        columns = [c for c in ("id", "text", "language", "metadata") if c in table.schema_arrow.names]
        for batch in table.iter_batches(batch_size=256, columns=columns):
            for record in batch.to_pylist():
                number += 1
                yield _record(record, f"{path}#{number}")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a Parquet file that can be read; write it again") from error
    if not number:
        raise InputError(f"{path}: no rows; give rows with id and text")


def _record(record: Any, where: str) -> Source:
    """A record as a source; what it lacks becomes its ``problem``."""
    if not isinstance(record, dict):
        return Source("", where, problem=f"{where}: not an object with id and text")
    key = record.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int) or not str(key).strip():
        return Source("", where, problem=f"{where}: no id; give each record an id (a string or a whole number)")
    text, metadata = record.get("text"), record.get("metadata") or {}
    if not isinstance(text, str):
        return Source(str(key), where, problem=f"{where}: no text; give each record a text (a string)")
    if not isinstance(metadata, dict):
        return Source(str(key), where, problem=f"{where}: metadata is not an object of keys and values")
    lists = ((name, value if isinstance(value, list) else [value]) for name, value in metadata.items())
    pairs = tuple((str(name), str(value)) for name, values in lists for value in values if value is not None)
    return Source(str(key), where, text=text, language=str(record.get("language") or ""), metadata=pairs)


_READERS: dict[str, Callable[[Path], Iterator[Source]]] = {
    ".jsonl": _json_lines, ".ndjson": _json_lines, ".json": _json, ".parquet": _parquet,
}  # fmt: skip
