"""What are the names of a term, once read? Each text once a language, without what publishers write before it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.terms.term import Name

_OBSOLETE = re.compile(r"^obsolete[_ :]+", re.IGNORECASE)


def tidy(names: Iterable[Name], *, obsolete: bool = False) -> tuple[Name, ...]:
    """The names, labels first, each text once a language; without the word *obsolete* before those of such terms."""
    found: dict[tuple[str, str], Name] = {}
    for name in sorted(names, key=lambda name: name.scope != "label"):
        text = " ".join((_OBSOLETE.sub("", name.text) if obsolete else name.text).split())
        if text:
            found.setdefault(
                (text, name.language), name if text == name.text else Name(text, name.language, name.scope)
            )
    return tuple(found.values())
