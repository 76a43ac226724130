"""Which lines of a file matter to reasoning? Of N-Quads and N-Triples only those are loaded: a fifth of the bytes.

Most of a graph are places and words of the text, which ``kg.reasoning.facts`` never asks for; loading them would cost
more than all the reasoning.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import GraphError
from kg.identity import ONTOLOGY
from kg.store.embedded import Graphs
from kg.store.opening import Store, open_graphs

_FORMS = (".nq", ".nt")
_OURS = (
    "case", "certainty", "concept", "evidence", "experiencer", "lifecycle", "marker", "morphology", "polarity",
    "result", "revisionKind", "site",
)  # fmt: skip
_ASKED = frozenset(
    f"<{name}>".encode()
    for name in (
        *(ONTOLOGY + name for name in _OURS),
        "http://www.w3.org/ns/prov#wasRevisionOf",
        "http://www.w3.org/2004/02/skos/core#broader",
        "http://purl.org/dc/terms/language",
    )
)
_TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_TYPES = tuple(f"<{ONTOLOGY}{name}>".encode() for name in ("ClinicalCase", "Diagnosis", "MarkerResult"))
_PLACE = b"#char="


def open_asked(where: str, data: bytes | None = None) -> Store:
    """As ``open_graphs``, but of a file in one line a triple only what reasoning asks for; for reading facts alone."""
    path = Path(where)
    if data is not None or path.suffix not in _FORMS or not path.is_file():
        return open_graphs(where, data)
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise GraphError(f"{path}: can't be read ({error.strerror}); name a graph that kg build wrote") from error
    graphs = Graphs()
    graphs.load(asked_lines(whole), path.suffix[1:], str(path))
    return graphs


def asked_lines(data: bytes) -> bytes:
    """The lines that reasoning asks for; the others are left empty, so that an error names its line."""
    return b"\n".join([line if _asked(line) else b"" for line in data.split(b"\n")])


def _asked(line: bytes) -> bool:
    words = line.split(b" ", 2)
    if len(words) < 3 or words[1] in _ASKED:
        # What is no triple is left to the parser, which says what is wrong with it.
        return _PLACE not in words[0]
    return words[1] == _TYPE and words[2].startswith(_TYPES)
