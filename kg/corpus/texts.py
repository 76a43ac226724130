"""What does a file say? Bytes decoded to text, exactly: no line end, no letter is changed, so that offsets hold."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from kg.errors import InputError
from kg.model import Finding, Level

# UTF-32 stands before UTF-16, whose mark is the beginning of its own.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MANY_CONTROLS = 0.01
"""A text with a larger share of control characters is taken for a binary file."""


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; ``InputError`` says why it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror}); check the path and its permissions") from error


def decode(data: bytes, where: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of ``data``: by its byte-order mark, else UTF-8, else cp1252 with a warning.

    ``InputError`` for binary data and for texts without a word.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return check(data[len(mark) :].decode(encoding), where)
            except UnicodeDecodeError as error:
                at = len(mark) + error.start
                raise InputError(f"{where}: broken {encoding} at byte {at}; save it as UTF-8") from error
    try:
        return check(data.decode("utf-8"), where)
    except UnicodeDecodeError as error:
        at = error.start
    try:
        text, findings = check(data.decode("cp1252"), where)
    except UnicodeDecodeError as error:
        message = f"{where}: neither UTF-8 (byte {at}) nor cp1252 (byte {error.start}); save it as UTF-8"
        raise InputError(message) from error
    message = f"not UTF-8 (byte {at}), read as cp1252"
    return text, (Finding(Level.WARNING, "encoding-cp1252", message, None, "save the text as UTF-8"), *findings)


def check(text: str, where: str) -> tuple[str, tuple[Finding, ...]]:
    """The text itself, with a warning about stray control characters; ``InputError`` where it is no text."""
    if "\0" in text:
        raise InputError(f"{where}: a binary file (NUL at character {text.index(chr(0))}); give the text itself")
    if not any(map(str.isalnum, text)):
        raise InputError(f"{where}: empty, or without a word; give a text, or leave it out")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"{where}: half a surrogate pair at character {error.start}; write the text out again"
        raise InputError(message) from error
    stray = _CONTROL.findall(text)
    if len(stray) > MANY_CONTROLS * len(text):
        raise InputError(f"{where}: a binary file ({len(stray)} control characters); give the text itself")
    if not stray:
        return text, ()
    first = _CONTROL.search(text)
    message = f"{len(stray)} control characters, the first at character {first.start() if first else 0}"
    return text, (Finding(Level.WARNING, "control-characters", message, None, "extract the text again"),)
