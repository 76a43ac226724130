"""Is an XML stream harmless? It is passed on only after a parser has seen it: no entities, no nesting without end.

For parsers that have no such rules of their own. It costs one more pass of expat over bytes that are in memory anyway.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError, ParserCreate

from kg.errors import InputError

MAX_DEPTH = 256
"""Deepest nesting of elements; class expressions of ontologies reach a few dozen."""


class CheckedXml:
    """A readable stream of the bytes of ``stream``; ``InputError`` in place of a piece that is too much."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path, self._stream, self._depth = path, stream, 0
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.EntityDeclHandler = self._refuse

    def read(self, size: int = -1) -> bytes:
        """The next bytes, checked; none at the end."""
        piece = self._stream.read(size)
        try:
            self._parser.Parse(piece, not piece)
        except ExpatError as error:
            raise InputError(f"{self._path}:{error.lineno}: not XML ({error})") from error
        return piece

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputError(f"{self._path}:{self._parser.CurrentLineNumber}: nested too deep")

    def _close(self, name: str) -> None:
        self._depth -= 1

    def _refuse(self, *declaration: object) -> None:
        raise InputError(f"{self._path}: declares XML entities, which are not expanded; save it without (ROBOT)")
