"""Which lines stand together? A list of results under its heading, as reports set it, or the one long line of prose."""

from __future__ import annotations

from kg.model import Span

LONGEST_LINE = 110
"""A line of a list has at most so many characters; a longer one is prose and stands alone."""
LONGEST_BLOCK = 60
"""At most so many lines are looked at on each side."""


def block_of(text: str, span: Span) -> Span:
    """The short lines around ``span`` up to a blank or long one; a heading above one blank line belongs to its list."""
    start, end = _line(text, span.start)
    if end - start > LONGEST_LINE:
        return Span(start, end)
    first, last = start, max(end, span.end)
    for _ in range(LONGEST_BLOCK):
        above = _line(text, first - 1) if first else None
        if above is None or not _goes_on(text, *above):
            break
        first = above[0]
    for _ in range(LONGEST_BLOCK):
        below = _line(text, last + 1) if last < len(text) - 1 else None
        if below is None or not _goes_on(text, *below):
            break
        last = below[1]
    return Span(_heading_above(text, first), last)


def _line(text: str, at: int) -> tuple[int, int]:
    """Start and end of the line that holds ``at``, without its line break."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return start, len(text) if end < 0 else end


def _goes_on(text: str, start: int, end: int) -> bool:
    return end - start <= LONGEST_LINE and bool(text[start:end].strip())


def _heading_above(text: str, first: int) -> int:
    """Where the heading starts that one blank line parts from the block at ``first``; else ``first``."""
    above = text[:first].rstrip()
    if not above or text[len(above) : first].count("\n") > 2:
        return first
    start = above.rfind("\n") + 1
    return start if above.endswith(":") and len(above) - start <= LONGEST_LINE else first
