"""What is in a model's file? A zip archive of JSON and tab-separated text: data alone, nothing that can run.

``model.json`` says what the model is, for which version, language and lexicon, of which corpus (a hash), with which
figures, and holds a hash of every other member. A task has four members: ``names.tsv`` (how often names are annotated
and occur), ``terms.tsv`` (their codes, the table that people review), ``first.tsv`` and ``second.tsv`` (weights). The
same corpus gives the same bytes: no time is kept. The words of the corpus are in it: treat it as you treat the texts.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.graph.write import replacing
from kg.learning.chain import LABELS, Chain, Weights
from kg.learning.dictionary import Dictionary, firsts_of
from kg.learning.features import FEATURES
from kg.learning.model import Learnt, Model
from kg.learning.review import Term, codes_of, read_terms, refused, term_lines
from kg.learning.texts import Task
from kg.model import Kind
from kg.reading.tables import language_codes
from kg.terms.lexicon import lexicon_folder

FORMAT = 1
LARGEST = 512 * 2**20
"""A model has at most so many bytes, unpacked."""
_MEMBERS = ("names", "terms", "first", "second")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD = "model.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written of a task: its terms as reviewed, and what was learnt of it."""

    learnt: Learnt
    terms: tuple[Term, ...]


def write_model(path: Path, model: Model, drafts: tuple[Draft, ...]) -> str:
    """Write a model to a file; the id that its content has."""
    members: dict[str, bytes] = {}
    for number, draft in enumerate(drafts):
        one, folder = draft.learnt, f"{number}-{draft.learnt.task.name}"
        names = [f"{' '.join(key)}\t{count}\t{one.dictionary.occurring[key]}"
                 for key, count in sorted(one.dictionary.annotated.items())]  # fmt: skip
        parts = names, term_lines(draft.terms), _weights(one.first), _weights(one.second)
        members |= {f"{folder}/{name}.tsv": _bytes(part) for name, part in zip(_MEMBERS, parts, strict=True)}
    head = {
        "format": FORMAT, "features": FEATURES, "language": model.language, "lexicon": model.lexicon,
        "corpus": model.corpus, "documents": model.documents, "figures": dict(model.figures),
        "tasks": [_task_fields(draft.learnt) for draft in drafts],
        "members": {name: _digest(data) for name, data in members.items()},
    }  # fmt: skip
    members[_HEAD] = json.dumps(head, indent=1, sort_keys=True).encode()
    with replacing(path) as out:
        out.write(_packed(members))
    return _digest(members[_HEAD])[:12]


def _task_fields(one: Learnt) -> dict[str, Any]:
    task = one.task
    return {"name": task.name, "kinds": list(task.kinds), "coded": task.coded,
            "first": one.first.transitions, "second": one.second.transitions}  # fmt: skip


def _packed(members: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), members[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _bytes(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _weights(chain: Chain) -> list[str]:
    return [
        f"{name}\t{' '.join(f'{LABELS[label]}{weight:.4f}' for label, weight in weights)}"
        for name, weights in sorted(chain.states.items())
    ]


def lexicon_stamp() -> str:
    """A hash of the lexicon's tables: attributes come from them too."""
    digest = blake2b(digest_size=8)
    for path in sorted(lexicon_folder().glob("*.tsv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def read_model(path: Path, language: str = "") -> Model:
    """The model of a file; ``InputError`` where it can't be read, is damaged, of another version or language."""
    try:
        with zipfile.ZipFile(path) as archive:
            head_bytes, members = _unpacked(archive, path)
        head = json.loads(head_bytes)
        version = head["format"], head["features"]
        if version != (FORMAT, FEATURES):
            told = (
                f"a model of format {version[0]} with features {version[1]}, this version reads {FORMAT} and {FEATURES}"
            )
            raise InputError(f"{path}: {told}; train it again")
        if language not in ("", head["language"]):
            raise InputError(f"{path}: a model for {head['language']}, not for {language} texts; build them apart")
        return _model(head, head_bytes, members)
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror}); check the path and its permissions") from error
    except (zipfile.BadZipFile, ValueError, LookupError, TypeError, AttributeError, EOFError, NotImplementedError,
            RuntimeError, RecursionError, zlib.error) as error:  # fmt: skip
        raise InputError(f"{path}: not a model, or a damaged one; train it again, or copy it again") from error


def _unpacked(archive: zipfile.ZipFile, path: Path) -> tuple[bytes, dict[str, bytes]]:
    """The head and the other members; nothing is unpacked beyond the size that is told, nor beyond ``LARGEST``."""
    listed = archive.infolist()
    if sum(one.file_size for one in listed) > LARGEST:
        raise InputError(f"{path}: unpacks to more than {LARGEST >> 20} MiB; train it again on fewer cases")
    members = {}
    for one in listed:
        with archive.open(one) as stream:
            members[one.filename] = stream.read(one.file_size)
    head = members.pop(_HEAD)
    told = json.loads(head)["members"]
    if len(listed) != len(members) + 1 or told != {name: _digest(data) for name, data in members.items()}:
        raise ValueError("members differ from what the head tells")
    return head, members


def _model(head: Mapping[str, Any], head_bytes: bytes, members: Mapping[str, bytes]) -> Model:
    language = str(head["language"])
    if language not in language_codes():
        raise ValueError("an unknown language")
    learnt = tuple(_learnt(number, fields, members) for number, fields in enumerate(head["tasks"]))
    figures = tuple(sorted((str(name), float(value)) for name, value in head["figures"].items()))
    return Model(_digest(head_bytes)[:12], language, learnt, str(head["lexicon"]), str(head["corpus"]),
                 int(head["documents"]), figures)  # fmt: skip


def _learnt(number: int, fields: Mapping[str, Any], members: Mapping[str, bytes]) -> Learnt:
    task = Task(str(fields["name"]), tuple(map(Kind, fields["kinds"])), str(fields["coded"]))
    if not task.kinds or task.coded not in ("", "morphology", "topography"):
        raise ValueError("a task without kinds, or of unknown codes")
    texts = [members[f"{number}-{task.name}/{name}.tsv"].decode().splitlines() for name in _MEMBERS]
    terms = read_terms(texts[1])
    first, second = (_chain(lines, fields[name]) for name, lines in zip(_MEMBERS[2:], texts[2:], strict=True))
    return Learnt(task, _names(texts[0]), first, second, codes_of(terms), refused(terms))


def _names(lines: list[str]) -> Dictionary:
    rows = [(tuple(name.split(" ")), int(count), int(most)) for name, count, most in (row.split("\t") for row in lines)]
    annotated = {name: count for name, count, _ in rows}
    return Dictionary(annotated, {name: most for name, _, most in rows}, firsts_of(annotated))


def _chain(lines: list[str], transitions: list[list[float]]) -> Chain:
    places = {label: index for index, label in enumerate(LABELS)}
    known: dict[str, Weights] = {}
    for line in lines:
        name, cells = line.split("\t")
        known[name] = tuple((places[cell[0]], float(cell[1:])) for cell in cells.split(" "))
    table = tuple(tuple(map(float, row)) for row in transitions)
    if [len(row) for row in table] != [len(LABELS)] * len(LABELS):
        raise ValueError("transitions are a square")
    return Chain(known, table)
