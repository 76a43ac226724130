"""What does a corpus say? Texts with gold annotations: brat folders, E3C's XMI, and our own gold facts in JSON.

Offsets are code points of the text as it is in the file. A file that can't be read becomes a problem; the others count.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import InputError
from kg.model import Span

LOOKED_AT = 100_000
"""So many characters of a folder are looked at to tell its language."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A span with the corpus's own ``label``, its ``code`` (``""`` for none) and attributes as (name, value)."""

    span: Span
    label: str
    code: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def attribute(self, name: str) -> str:
        """The value of an attribute, or ``""``."""
        return dict(self.attributes).get(name, "")


@dataclass(frozen=True, slots=True)
class Link:
    """A relation named ``label`` from one annotation to another."""

    label: str
    source: Annotation
    target: Annotation


@dataclass(frozen=True, slots=True)
class GoldMarker:
    """A marker with its result (``positive``, ``negative``, ``weak``, ``focal``, ``equivocal``)."""

    span: Span
    antigen: str
    result: str


@dataclass(frozen=True, slots=True)
class GoldDrug:
    """A drug by its English INN; ``ingredient`` is false for classes and regimens; ``dose`` as stated, or ``""``."""

    span: Span
    inn: str
    ingredient: bool
    dose: str


@dataclass(frozen=True, slots=True)
class GoldDiagnosis:
    """A diagnosis with its number, ICD-O-3 code (or ``""``), certainty, and the indexes of its marker results."""

    number: int
    span: Span
    icdo: str
    certainty: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GoldRevision:
    """A diagnosis (by number) that a later one replaces."""

    earlier: int
    later: int
    kind: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The gold facts of one case; ``dates`` are ISO, ``sizes`` millimetres."""

    sex: str
    age: float | None
    markers: tuple[GoldMarker, ...]
    drugs: tuple[GoldDrug, ...]
    dates: tuple[str, ...]
    sizes: tuple[float, ...]
    diagnoses: tuple[GoldDiagnosis, ...]
    revisions: tuple[GoldRevision, ...]


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """One text of a corpus with what is annotated in it; ``facts`` for gold JSON alone."""

    id: str
    where: str
    text: str
    language: str = ""
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a corpus, sorted by path, and one line for each file that could not be read."""

    name: str
    documents: tuple[GoldDocument, ...]
    problems: tuple[str, ...] = ()


def read_corpus(path: Path) -> Corpus:
    """The gold documents of a file, or of a folder and its sub-folders.

    ``InputError`` where there is none, or not one of them can be read.
    """
    from kg.evaluation.brat import read_brat
    from kg.evaluation.goldjson import read_gold_json
    from kg.evaluation.xmi import read_xmi

    readers: dict[str, Callable[[Path], GoldDocument]] = {
        ".ann": read_brat, ".xmi": read_xmi, ".xml": read_xmi, ".json": read_gold_json,
    }  # fmt: skip
    files = [file for file in _files(path) if file.suffix in readers]
    documents, problems = [], []
    for file in files:
        try:
            documents.append(readers[file.suffix](file))
        except InputError as error:
            problems.append(str(error))
    if not files:
        raise InputError(f"{path}: no gold there; give a folder of brat (*.ann), E3C (*.xml) or our gold JSON")
    if not documents:
        raise InputError(problems[0] + (f" (nor can {len(files) - 1} more be read)" if len(files) > 1 else ""))
    return Corpus(str(path), tuple(_with_languages(_with_own_ids(documents))), tuple(problems))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.is_file():
            raise InputError(f"{path}: can't be read (no such file or folder); check the path")
        return [path]
    found = []
    for parent, folders, names in os.walk(path):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _with_own_ids(documents: Iterable[GoldDocument]) -> list[GoldDocument]:
    """Ids that several folders share, told apart by a number."""
    seen: Counter[str] = Counter()
    told = []
    for document in documents:
        seen[document.id] += 1
        number = seen[document.id]
        told.append(document if number == 1 else replace(document, id=f"{document.id}~{number}"))
    return told


def _with_languages(documents: Iterable[GoldDocument]) -> list[GoldDocument]:
    """The language of each folder where a document doesn't tell its own: short texts are told by their neighbours."""
    from kg.reading.detection import detect_language

    documents = list(documents)
    texts: dict[Path, list[str]] = defaultdict(list)
    for document in documents:
        texts[Path(document.where).parent].append(document.text)
    told = {folder: detect_language("\n".join(found)[:LOOKED_AT]) for folder, found in texts.items()}
    return [d if d.language else replace(d, language=told[Path(d.where).parent]) for d in documents]


def in_language(corpus: Corpus, language: str) -> Corpus:
    """The corpus with all documents in one language, unless it is ``auto``; ``UsageError`` for one that isn't known."""
    from kg.reading.tables import load_language

    if language == "auto":
        return corpus
    code = load_language(language).code
    return replace(corpus, documents=tuple(replace(d, language=code) for d in corpus.documents))
