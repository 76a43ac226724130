"""casekg: clinical case reports as a knowledge graph.

``read`` makes a ``Case`` of a text, ``build`` makes triples of a case, ``ask`` asks graphs a question.
Names are imported when they are first used, so
that ``import kg`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.model import Case, Document, Finding, Span
    from kg.pipeline import build, read
    from kg.store.table import Table, ask

__all__ = ["Case", "Document", "Finding", "KgError", "Span", "Table", "__version__", "ask", "build", "read"]
__version__ = "0.1.0"

_HOMES = {"KgError": "kg.errors", "Case": "kg.model", "Document": "kg.model", "Finding": "kg.model", "Span": "kg.model",
          "Table": "kg.store.table", "ask": "kg.store.table",
          "build": "kg.pipeline", "read": "kg.pipeline"}  # fmt: skip


def __getattr__(name: str) -> object:
    """A name of the surface, imported from its home (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The surface, for completion."""
    return sorted({*globals(), *__all__})
