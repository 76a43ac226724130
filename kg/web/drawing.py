"""How much room does text take in a drawing? Widths without a font, and lines that fit.

SVG does not wrap text and the reader's font is unknown, so widths are those of a wide sans-serif: a label may end
early, it never runs into its neighbour. Lengths are in SVG user units, which the page shows as CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.web.markup import Html, join, tag

LINE = 1.35
"""Distance of two lines in font sizes."""

_WIDTHS = {c: w for w, some in (
    (0.34, "iljI.,:;'’|!()[] \u00a0"), (0.42, "tfr-/"), (0.64, "0123456789"), (0.99, "mwMW@%—×→"), (0.84, "NOQGDU+−±"),
) for c in some}  # fmt: skip


def width(text: str, size: float) -> float:
    """The width of ``text`` at the font size ``size``, rather too wide than too narrow."""
    return size * sum(_WIDTHS.get(c, 0.71 if c.isupper() else 0.62) for c in text)


def _pieces(word: str, size: float, limit: float) -> Iterable[str]:
    """A word, or the parts of one that is wider than a line."""
    while width(word, size) > limit and len(word) > 1:
        fits = next((n for n in range(len(word) - 1, 1, -1) if width(word[:n], size) <= limit), 1)
        yield word[:fits]
        word = word[fits:]
    yield word


def wrap(text: str, size: float, limit: float, most: int = 3) -> tuple[str, ...]:
    """``text`` in at most ``most`` lines no wider than ``limit``; the rest gives way to ``…``, no-break spaces hold."""
    lines: list[str] = []
    for piece in (piece for word in text.split(" ") if word for piece in _pieces(word, size, limit)):
        if lines and width(f"{lines[-1]} {piece}", size) <= limit:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and width(f"{last}…", size) > limit:
        last = last[:-1].rstrip()
    return (*lines[: most - 1], f"{last}…")


def text_lines(lines: Iterable[str], x: float, y: float, size: float, class_: str, lang: str | None = None) -> Html:
    """Lines of text, the first with its baseline at ``y``."""
    return join([tag("text", line, x=x, y=y + n * size * LINE, class_=class_, font_size=size, lang=lang)
                 for n, line in enumerate(lines)])
