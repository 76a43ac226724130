"""How is a file to be read? What a reader can't see in the file itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """``prefix`` goes before ids that have none; ``language`` is that of names that don't tell theirs.

    ``columns`` are (column of the file, role) of a table whose header isn't ours; ``part_of`` counts part-of among the
    parents; ``languages`` are those to keep of a source that has dozens, none meaning all.
    """

    prefix: str = ""
    language: str = "en"
    columns: tuple[tuple[str, str], ...] = ()
    part_of: bool = False
    languages: tuple[str, ...] = ()


PLAIN = Layout()
