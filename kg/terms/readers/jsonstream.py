"""What stands in a large JSON file, item by item? The file is read once, from front to end, and never held."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.terms.readers.opening import MEBIBYTE, open_bytes

MAX_ITEM = 64 * MEBIBYTE
"""Longest single item, in characters."""
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER_END = re.compile(r"[-+.eE0-9]$")


class _Text:
    """A window on the text: ``peek`` sees the next character, ``value`` takes a whole JSON value."""

    def __init__(self, path: Path, stream: io.TextIOWrapper) -> None:
        self._path, self._stream, self._buffer, self._at = path, stream, "", 0
        self._decode = json.JSONDecoder().raw_decode

    def _more(self) -> bool:
        try:
            # Doubling keeps the cost of trying a long item again linear.
            chunk = self._stream.read(max(MEBIBYTE, len(self._buffer) - self._at))
        except UnicodeDecodeError as error:
            raise InputError(f"{self._path}: not UTF-8; convert the file") from error
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no space, or ``""`` at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """The next character, one of ``expected``."""
        found = self.peek()
        if not found or found not in expected:
            raise InputError(f"{self._path}: not JSON: {found or 'the end'!r} instead of one of {expected!r}")
        self._at += 1
        return found

    def value(self) -> Any:
        """The next value, decoded."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
                # A number may go on in what has not been read yet.
                if end < len(self._buffer) or not _NUMBER_END.search(self._buffer) or not self._more():
                    self._at = end
                    return value
            except RecursionError:
                raise InputError(f"{self._path}: nested too deep") from None
            except ValueError:
                if len(self._buffer) - self._at > MAX_ITEM:
                    raise InputError(f"{self._path}: an item of more than {MAX_ITEM // MEBIBYTE} MiB") from None
                if not self._more():
                    raise InputError(f"{self._path}: not JSON, or cut off; download it again") from None


def items_below(path: Path, keys: tuple[str, ...]) -> Iterator[Any]:
    """The items of the arrays (or the one value) below ``keys``; arrays on the way are walked through.

    ``("graphs", "nodes")`` yields the nodes of each graph of ``{"graphs": [{"nodes": [...]}, ...]}``. Raises
    ``InputError`` for text that is no JSON, is nested too deep, or has an item of more than ``MAX_ITEM`` characters.
    """
    with open_bytes(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig") as stream:
        text = _Text(path, stream)
        yield from _below(text, keys)
        if text.peek():
            raise InputError(f"{path}: not JSON: something follows its end")


def _below(text: _Text, keys: tuple[str, ...]) -> Iterator[Any]:
    if text.peek() == "[":
        yield from _array(text, keys)
    elif not keys or text.peek() != "{":
        value = text.value()
        if not keys:
            yield value
    else:
        yield from _object(text, keys)


def _array(text: _Text, keys: tuple[str, ...]) -> Iterator[Any]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        if keys and text.peek() == "{":
            yield from _object(text, keys)
        else:
            value = text.value()
            if not keys:
                yield value
        if text.take(",]") == "]":
            return


def _object(text: _Text, keys: tuple[str, ...]) -> Iterator[Any]:
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        return
    while True:
        name = text.value()
        text.take(":")
        if name == keys[0]:
            yield from _below(text, keys[1:])
        elif text.peek() == "[":
            # An array that isn't asked for is passed item by item, so that it is never held either.
            for _ in _array(text, ()):
                pass
        else:
            text.value()
        if text.take(",}") == "}":
            return
