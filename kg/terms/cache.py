"""Where is what was worked out once? Lines of text in the user's cache folder, named by a hash of their sources.

The folder is ``$CASEKG_CACHE``, else ``$XDG_CACHE_HOME/casekg``, else ``~/.cache/casekg``. Only tables of our own are
kept there, never anything of a patient's text.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

_FORMAT = "1"
_CODE = ("entries.py", "lexicon.py")
"""Modules beside this one that decide what the lines say, as all of reading does."""


def cache_folder() -> Path:
    """The folder of the user's cache; it need not exist."""
    if named := os.environ.get("CASEKG_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "casekg"


def _stamp(sources: Iterable[Path]) -> str:
    terms = Path(__file__).parent
    code = (
        Path(__file__),
        terms.parent / "identity.py",
        *(terms / name for name in _CODE),
        *sorted((terms.parent / "reading").glob("*.py")),
    )
    digest = blake2b(_FORMAT.encode(), digest_size=12)
    for path in (*code, *sources):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def kept_lines(name: str, sources: Iterable[Path], make: Callable[[], list[str]]) -> list[str]:
    """The lines that ``make`` returns, from the cache where ``sources`` have not changed since they were made."""
    stamp = _stamp(sources)
    path = cache_folder() / f"{name}-{stamp}.txt"
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").split("\n")
        if lines[-1] == stamp:
            return lines[:-1]
    lines = make()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{name}-*.txt"):
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False, newline="\n") as file:
            file.write("\n".join([*lines, stamp]))
        os.replace(file.name, path)
    return lines
