"""How does text become HTML that can't be broken? Elements from strings, everything escaped once."""

from __future__ import annotations

import re
from html import escape as _escape

_VOID = frozenset({"br", "meta"})
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSTYLED = re.compile(r"</style", re.IGNORECASE)


class Html(str):
    """Markup that is already escaped; any other string is text."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text as markup: white space kept (CR by reference), characters that HTML forbids as U+FFFD, length unchanged.

    >>> escape('<a> & "b"')
    '&lt;a&gt; &amp; &quot;b&quot;'
    """
    if isinstance(text, Html):
        return text
    return Html(_escape(_FORBIDDEN.sub("\ufffd", text)).replace("\r", "&#13;"))


def join(parts: list[Html] | tuple[Html, ...], by: str = "") -> Html:
    """Pieces of markup in a row, parted by the text ``by``."""
    return Html(escape(by).join(parts))


def tag(name: str, /, *children: str, **attributes: str | int | float | None) -> Html:
    """An element; ``class_`` and ``aria_label`` stand for ``class`` and ``aria-label``; None leaves an attribute out.

    >>> tag("a", "1 < 2", href="#x", class_="far", title=None)
    '<a href="#x" class="far">1 &lt; 2</a>'
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items() if value is not None
    )  # fmt: skip
    if name in _VOID:
        return Html(f"<{name}{pairs}>")
    return Html(f"<{name}{pairs}>{''.join(map(escape, children))}</{name}>")


def style(css: str) -> Html:
    """A style element; ``ValueError`` if the sheet would end it."""
    if _UNSTYLED.search(css):
        raise ValueError("a style sheet must not hold '</style'")
    return Html(f"<style>\n{css.strip()}\n</style>")


def _plain(value: str | int | float) -> str:
    """An attribute's value; coordinates with at most one decimal, so that a page has the same bytes anywhere."""
    return f"{round(value, 1) + 0:g}" if isinstance(value, float) else str(value)
