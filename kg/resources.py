"""Where are the project's own files? Ontologies, queries and examples, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder ``ontologies``, ``queries`` or ``examples`` of this installation.

    A wheel carries them under ``kg/data``; a checkout has them at its top level (examples under ``tests``).
    """
    packed = _PACKAGE / "data" / name
    if packed.is_dir():
        return packed
    return _PACKAGE.parent / ("tests/examples" if name == "examples" else name)


def languages() -> Path:
    """The folder of language tables, one folder a language."""
    return _PACKAGE / "reading" / "languages"
