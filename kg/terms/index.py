"""Where is a terminology kept, ready for look-up? One read-only SQLite file each, memory-mapped, shared by processes.

The file holds the terms with their names and mappings, every name's normal form (the same as in reading), its
language-neutral stems, words with one letter left out, and the is-a closure. Opening reads a few rows; pages come
into memory as they are asked for. On 1,000,000 terms with 1.4 names each (``benchmarks/terms.py``, busy cores,
2026-11-22): a file of 344 MB, 72 s of processor to compile, 38 of them in two helping processes; opened in 1 ms; 11,600
look-ups a second of exact names, 13,600 of variants, 2,400 of cognates, 1,400 of misspelt names.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import InputError
from kg.terms import cognates
from kg.terms.compiling import FORMAT, hash_of, shortened, term_of, unpacked, write_index
from kg.terms.names import stamp
from kg.terms.term import Term

SUFFIX = ".terms"
_MAPPED = 1 << 34
"""Bytes of a file that may be memory-mapped, the limit of SQLite where that is lower."""
Place = tuple[int, int]
"""A name: the number of its term in the index, and which of the term's names it is."""


def terms_folder() -> Path:
    """The folder of the compiled terminologies, ``terms`` in ``$CASEKG_DATA``, else in the user's data folder.

    A terminology's file is its name and ``SUFFIX``.
    """
    data = os.environ.get("CASEKG_DATA")
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "casekg"
    return (Path(data) if data else home) / "terms"


def compile_index(terms: Iterable[Term], path: Path, *, name: str, version: str, licence: str, jobs: int = 1) -> None:
    """Compile ``terms`` into the file ``path``, whole or not at all; the same terms in any order give the same bytes.

    ``jobs`` processes share the work on names (a script that asks for more than one needs the usual guard of
    ``multiprocessing``). Several terms with one CURIE become one. Raises ``TableError`` where there are no terms,
    ``InputError`` where the file can't be written.
    """
    about = {"name": name, "version": version, "licence": licence}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".compiling-") as scratch:
            made = Path(scratch) / path.name
            write_index(terms, made, about, jobs)
            made.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise InputError(f"{path}: can't write the index ({error}); look at the folder and its space") from error


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """A compiled terminology. Open one in each process; the pages of the file are shared all the same.

    ``terms`` counts its terms. ``stale`` says that language tables have changed since it was compiled: some names
    will be missed until it is compiled again. ``rules`` are the languages by whose rules its normal forms were made,
    ``prefixes`` those of its CURIEs.
    """

    path: Path
    name: str
    version: str
    licence: str
    terms: int
    stale: bool
    rules: tuple[str, ...]
    prefixes: frozenset[str]
    _db: sqlite3.Connection = field(repr=False)
    _keys: int = field(repr=False)
    _weights: dict[str, float] = field(default_factory=dict, repr=False)

    def id_of(self, curie: str) -> int | None:
        """The number of a term in this index."""
        row = self._db.execute("SELECT id FROM term WHERE curie = ?", (curie,)).fetchone()
        return None if row is None else int(row[0])

    def term(self, curie: str) -> Term | None:
        """The term of a CURIE, with all that is known of it."""
        if curie.partition(":")[0] not in self.prefixes:
            return None
        row = self._db.execute("SELECT curie, row FROM term WHERE curie = ?", (curie,)).fetchone()
        return None if row is None else term_of(*row)

    def term_at(self, id: int) -> Term:
        """The term of a number."""
        return term_of(*self._db.execute("SELECT curie, row FROM term WHERE id = ?", (id,)).fetchone())

    def curie_at(self, id: int) -> str:
        """The CURIE of a number."""
        return str(self._db.execute("SELECT curie FROM term WHERE id = ?", (id,)).fetchone()[0])

    def mapped_to(self, curie: str) -> list[int]:
        """The terms with a mapping that says they may be the same as a term of elsewhere."""
        return [int(id) for (id,) in self._db.execute("SELECT term FROM mapped WHERE target = ?", (curie,))]

    def named(self, form: str) -> list[Place]:
        """The names with a normal form."""
        return self._places("SELECT names FROM form WHERE key = ?", form)

    def alike(self, key: str) -> list[Place]:
        """The names with a language-neutral key."""
        return self._places("SELECT names FROM cognate WHERE key = ?", key)

    def _places(self, query: str, key: str) -> list[Place]:
        row = self._db.execute(query, (key,)).fetchone()
        return [] if row is None else _pairs(row[0])

    def keys(self, ids: Iterable[int]) -> list[tuple[str, list[Place]]]:
        """The language-neutral keys of some numbers, with the names that have them."""
        wanted = ",".join(map(str, ids))
        rows = self._db.execute(f"SELECT key, names FROM cognate WHERE id IN ({wanted})")
        return [(key, _pairs(names)) for key, names in rows]

    def holders(self, stem: str) -> Sequence[int]:
        """The numbers of the keys that hold a stem in order, those of the fewest stems first."""
        row = self._db.execute("SELECT cognates FROM token WHERE text = ?", (stem,)).fetchone()
        return () if row is None else unpacked(row[0])

    def anchored(self, stem: str) -> list[str]:
        """The language-neutral keys of which a stem is the rarest, those of the fewest stems first."""
        row = self._db.execute("SELECT anchored FROM token WHERE text = ?", (stem,)).fetchone()
        if row is None or not row[0]:
            return []
        wanted = ",".join(map(str, unpacked(row[0])))
        return [key for (key,) in self._db.execute(f"SELECT key FROM cognate WHERE id IN ({wanted}) ORDER BY id")]

    def weight(self, stem: str) -> float | None:
        """What a stem counts in this index (``cognates.weight``); None where no name holds it."""
        known = self._weights.get(stem)
        if known is None:
            row = self._db.execute("SELECT holders FROM token WHERE text = ?", (stem,)).fetchone()
            if row is None:  # not kept: the words of texts must not pile up in memory
                return None
            known = self._weights[stem] = cognates.weight(row[0], self._keys)
        return known

    def weights(self, stems: Iterable[str]) -> dict[str, float]:
        """The weights of those stems that some name holds."""
        return {stem: weight for stem in stems if (weight := self.weight(stem)) is not None}

    @property
    def unknown(self) -> float:
        """The weight of stems that no name holds."""
        return cognates.weight(1, self._keys)

    def misspelt(self, stem: str) -> list[str]:
        """The stems that differ by about one letter: to be compared, as two may be off or hashes clash."""
        wanted = ",".join(str(hash_of(s)) for s in {stem, *shortened(stem)})
        query = f"SELECT text FROM token WHERE id IN (SELECT token FROM typo WHERE hash IN ({wanted})) ORDER BY text"
        return [str(text) for (text,) in self._db.execute(query)]

    def parents(self, id: int) -> list[int]:
        """The direct parents of a term that are in the index."""
        row = self._db.execute("SELECT parents FROM above WHERE term = ?", (id,)).fetchone()
        return [] if row is None else unpacked(row[0]).tolist()

    def ancestors(self, id: int) -> list[int]:
        """The is-a closure of a term, itself left out."""
        row = self._db.execute("SELECT ancestors FROM above WHERE term = ?", (id,)).fetchone()
        return [] if row is None else unpacked(row[0]).tolist()

    def children(self, id: int) -> list[int]:
        """The terms right below."""
        return [int(c) for (c,) in self._db.execute("SELECT child FROM below WHERE parent = ?", (id,))]

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _pairs(blob: bytes) -> list[Place]:
    numbers = unpacked(blob).tolist()
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def open_index(path: Path) -> Index:
    """The index of a compiled file; ``InputError`` for a file that is missing, broken or of another format."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; install or build the terminology first (kg terms)")
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    about: dict[str, str] = {}
    with contextlib.suppress(sqlite3.DatabaseError):
        db.execute(f"PRAGMA mmap_size = {_MAPPED}")
        about = dict(db.execute("SELECT key, value FROM about"))
    if about.get("format") != FORMAT:
        db.close()
        raise InputError(f"{path}: not a terminology compiled by this version; build or install it again (kg terms)")
    return Index(path, about["name"], about["version"], about["licence"], int(about["terms"]),
                 about["stamp"] != stamp(), tuple(about["rules"].split()), _prefixes(db), db,
                 int(about["cognates"]))  # fmt: skip


def _prefixes(db: sqlite3.Connection) -> frozenset[str]:
    """The prefixes of all CURIEs, from the first of each to the next: few rows are read."""
    found: set[str] = set()
    query = "SELECT curie FROM term WHERE curie >= ? ORDER BY curie LIMIT 1"
    row = db.execute(query, ("",)).fetchone()
    while row is not None:
        prefix = row[0].partition(":")[0]
        found.add(prefix)
        row = db.execute(query, (prefix + ";",)).fetchone()  # the sign after the colon
    return frozenset(found)
