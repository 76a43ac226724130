"""What would the text be without the damage of its way here? Mended first, read, and every span led back.

Mended are: words broken at line ends (``adénocar-⏎cinome``), letters in two code points, invisible characters, curly
quotes, white space that is no plain blank, and Windows line ends. Texts without any of it are read as they are.
Identifiers are made before the way back: damage does not rename what a text says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, TypeVar, cast

from kg.model import (
    Assertion,
    Case,
    Context,
    Cue,
    Document,
    Event,
    Finding,
    Grounding,
    Measure,
    Measurement,
    Mention,
    Quantity,
    Section,
    Span,
    When,
)

_SAME = {**dict.fromkeys("’‘ʼ", "'"), **dict.fromkeys("“”„", '"'), **dict.fromkeys("\u00a0\u202f\u2009", " ")}
"""Characters that are read as another one."""
_OTHER = re.compile(f"[{''.join(_SAME)}]")
_MARKS = "[\u0300-\u036f]"
_GONE = "[\u00ad\u200b\u200c\u200d\u2060\ufeff]"
_PASSES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(_GONE), lambda _: ""),
    (re.compile(rf"[^\W\d_]{_MARKS}+"), lambda letter: unicodedata.normalize("NFC", letter)),
    (re.compile(r"\r\n?|[ \t]+\r\n?|[ \t]+\n"), lambda _: "\n"),
    (re.compile(r"(?<![ \t])  (?![ \t])"), lambda _: " "),
    (re.compile(r"(?<=[^\W\d_]{2})[-‐¬]\n *(?=[^\W\d_]{2})"), lambda _: ""),
)
"""What is replaced, one after the other, and by what. More than two blanks, and tabs, part the columns of a table."""
_DAMAGED = re.compile("[\\r\u00ad\u200b\u200c\u200d\u2060\ufeff\u0300-\u036f]|[ \\t]{2}|[ \\t]\\n|[-‐¬]\\n")
"""What every text has in which something is replaced."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text to read, and the first and last+1 code point of the original for each of its characters.

    ``starts`` is None where nothing moved.
    """

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def original(self, span: Span) -> Span:
        """The span of the original text."""
        if self.starts is None or self.ends is None:
            return span
        return Span(self.starts[span.start], self.ends[span.end - 1]) if span.end > span.start else span


def mend(text: str) -> Mended:
    """The text as it was meant, with the way back.

    >>> mend("un adénocar-\\ncinome").text
    'un adénocarcinome'
    """
    mended = Mended(_OTHER.sub(lambda sign: _SAME[sign[0]], text))
    if not _DAMAGED.search(mended.text):
        return mended
    for pattern, by in _PASSES:
        mended = _replaced(mended, pattern, by)
    return mended


def _replaced(mended: Mended, pattern: re.Pattern[str], by: Callable[[str], str]) -> Mended:
    """The text with every match replaced; what replaces it stands for the whole of it."""
    text = mended.text
    if not pattern.search(text):
        return mended
    old_starts = mended.starts or list(range(len(text)))
    old_ends = mended.ends or list(range(1, len(text) + 1))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        first, last = match.span()
        new = by(match[0])
        pieces += [text[done:first], new]
        starts += old_starts[done:first] + [old_starts[first]] * len(new)
        ends += old_ends[done:first] + [old_ends[last - 1]] * len(new)
        done = last
    pieces.append(text[done:])
    return Mended("".join(pieces), starts + old_starts[done:], ends + old_ends[done:])


_WITH_SPANS = (
    Assertion, Case, Context, Cue, Event, Finding, Grounding, Measure, Measurement, Mention, Quantity, Section, When,
)  # fmt: skip
_T = TypeVar("_T")


@cache
def _names(type_: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(type_))


def _moved(value: _T, mended: Mended) -> _T:
    """A value with all its spans led back to the original text."""
    moved: Any = value
    if isinstance(value, Span):
        moved = mended.original(value)
    elif isinstance(value, tuple):
        moved = tuple(_moved(part, mended) for part in value)
    elif isinstance(value, _WITH_SPANS):
        kind: Any = type(value)
        parts: dict[str, Any] = {name: _moved(getattr(value, name), mended) for name in _names(kind)}
        moved = replace(value, **parts)
    return cast("_T", moved)


def led_back(case: Case, mended: Mended, document: Document) -> Case:
    """A case that was read from the mended text of ``document``, as one of the original."""
    return replace(_moved(case, mended) if mended.starts else case, document=document)
