"""How do terms become one file? Staged on disk, sorted by SQLite, written in order: the same terms, the same bytes.

The stage keeps memory flat: a million terms need no more of it than their hierarchy and their distinct words.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, groupby, islice
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from kg.errors import TableError
from kg.terms.names import form_of, is_acronym, is_quantity, stamp, tables_of, tokens_of
from kg.terms.term import Mapping, Name, Term

FORMAT = "3"
SAME = frozenset({"skos:exactMatch", "owl:equivalentClass", "owl:sameAs", "oboInOwl:hasDbXref"})
"""Predicates of mappings that may say that two terms are one concept."""
SHORTEST_TYPO = 6
"""Words of fewer letters are never read as typing errors."""
CHUNK = 10_000
"""So many terms go to a process at a time."""

# Names are kept as pairs of little-endian 32-bit numbers: the term, and which of its names.
_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE term (id INTEGER PRIMARY KEY, curie TEXT NOT NULL, row TEXT NOT NULL);
CREATE TABLE above (term INTEGER PRIMARY KEY, parents BLOB NOT NULL, ancestors BLOB NOT NULL);
CREATE TABLE below (parent INTEGER, child INTEGER, PRIMARY KEY (parent, child)) WITHOUT ROWID;
CREATE TABLE mapped (target TEXT, term INTEGER, PRIMARY KEY (target, term)) WITHOUT ROWID;
CREATE TABLE form (key TEXT PRIMARY KEY, names BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE cognate (id INTEGER PRIMARY KEY, key TEXT NOT NULL, names BLOB NOT NULL);
CREATE TABLE token (id INTEGER PRIMARY KEY, text TEXT NOT NULL, holders INTEGER NOT NULL, anchored BLOB NOT NULL,
                    cognates BLOB NOT NULL);
CREATE TABLE typo (hash INTEGER, token INTEGER, PRIMARY KEY (hash, token)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE UNIQUE INDEX cognate_key ON cognate (key);
CREATE UNIQUE INDEX token_text ON token (text);
"""
_STAGE = """
ATTACH '' AS stage;
CREATE TABLE stage.term (curie TEXT, row TEXT);
CREATE TABLE stage.parent (child INTEGER, curie TEXT);
CREATE TABLE stage.mapped (target TEXT, term INTEGER);
CREATE TABLE stage.form (key TEXT, term INTEGER, name INTEGER);
CREATE TABLE stage.cognate (size INTEGER, key TEXT, term INTEGER, name INTEGER);
"""
_LINKS = """
SELECT DISTINCT t.id, p.child FROM stage.parent AS p JOIN main.term AS t ON t.curie = p.curie
WHERE t.id != p.child ORDER BY 1, 2
"""
_PLACE = Struct("<II")
_Fields = tuple[list[list[str]], list[str], list[list[str]], int, list[str], str]


def row_of(term: Term) -> str:
    """A term's fields, but for its CURIE, as one line of JSON."""
    fields = ([[n.text, n.language, n.scope] for n in term.names], term.parents,
              [[m.target, m.predicate, m.justification] for m in term.mappings],
              int(term.obsolete), term.replaced_by, term.kind)  # fmt: skip
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def term_of(curie: str, row: str) -> Term:
    """The term of a line of JSON."""
    names, parents, mappings, obsolete, replaced_by, kind = json.loads(row)
    return Term(curie, tuple(Name(*n) for n in names), tuple(parents), tuple(Mapping(*m) for m in mappings),
                bool(obsolete), tuple(replaced_by), kind)  # fmt: skip


def hash_of(word: str) -> int:
    """The number under which a word with a letter left out is kept."""
    return crc32(word.encode())


def shortened(word: str) -> list[str]:
    """``word`` with each letter but the first left out in turn.

    >>> shortened("colon")
    ['clon', 'coon', 'coln', 'colo']
    """
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))]


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers as little-endian 32-bit words."""
    found = array("I", numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def unpacked(blob: bytes) -> array[int]:
    """The numbers of ``packed``."""
    found = array("I")
    found.frombytes(blob)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _places(names: Iterable[tuple[str, int, int]]) -> bytes:
    return b"".join([_PLACE.pack(term, name) for _, term, name in names])


def _united(curie: str, rows: Sequence[str]) -> str:
    """One row of several for the same term: a translation adds its names, a mapping table its mappings."""
    if len(rows) == 1:
        return rows[0]
    terms = [term_of(curie, row) for row in rows]
    live = [t for t in terms if not t.obsolete]
    return row_of(
        Term(
            curie,
            tuple(dict.fromkeys(n for t in terms for n in t.names)),
            tuple(dict.fromkeys(p for t in terms for p in t.parents)),
            tuple(dict.fromkeys(m for t in terms for m in t.mappings)),
            not live,
            () if live else tuple(dict.fromkeys(r for t in terms for r in t.replaced_by)),
            next((t.kind for t in terms if t.kind), ""),
        )
    )


def _write_terms(db: sqlite3.Connection, terms: Iterable[Term]) -> None:
    db.executemany("INSERT INTO stage.term VALUES (?, ?)", ((t.curie, row_of(t)) for t in terms))
    staged = db.execute("SELECT curie, row FROM stage.term ORDER BY curie, row")
    united = ((curie, _united(curie, [r for _, r in rows])) for curie, rows in groupby(staged, itemgetter(0)))
    db.executemany("INSERT INTO main.term VALUES (?, ?, ?)", ((i, *pair) for i, pair in enumerate(united)))


class _Staged(NamedTuple):
    """Rows of the stage, unsorted: what some terms are called, what they are below and mapped to, their languages."""

    forms: list[tuple[str, int, int]]
    cognates: list[tuple[int, str, int, int]]
    parents: list[tuple[int, str]]
    mapped: list[tuple[str, int]]
    spoken: set[str]


def _staged(rows: Sequence[tuple[int, str]]) -> _Staged:
    """The forms, stems, parents and mappings of some terms. Acronyms have no cognates, quantities are no names."""
    staged = _Staged([], [], [], [], set())
    for id, row in rows:
        fields: _Fields = json.loads(row)
        staged.parents.extend((id, curie) for curie in fields[1])
        staged.mapped.extend((target, id) for target, predicate, _ in fields[2] if predicate in SAME)
        for number, (text, language, _) in enumerate(fields[0]):
            if is_quantity(text):
                continue
            staged.spoken.add(language)
            if form := form_of(text, language):
                staged.forms.append((form, id, number))
            if not is_acronym(text) and (stems := tokens_of(text, language)):
                staged.cognates.append((len(stems), " ".join(stems), id, number))
    return staged


def _stage_names(db: sqlite3.Connection, jobs: int) -> set[str]:
    """Stage what is known of every term; the languages by whose rules forms were made."""
    spoken: set[str] = set()
    rows = db.execute("SELECT id, row FROM main.term")
    for staged in _spread(iter(lambda: rows.fetchmany(CHUNK), []), jobs):
        db.executemany("INSERT INTO stage.form VALUES (?, ?, ?)", staged.forms)
        db.executemany("INSERT INTO stage.cognate VALUES (?, ?, ?, ?)", staged.cognates)
        db.executemany("INSERT INTO stage.parent VALUES (?, ?)", staged.parents)
        db.executemany("INSERT INTO stage.mapped VALUES (?, ?)", staged.mapped)
        spoken |= staged.spoken
    return {tables_of(language).code for language in spoken}


def _spread(chunks: Iterator[list[tuple[int, str]]], jobs: int) -> Iterator[_Staged]:
    """The chunks staged in their order, by so many processes where there is more than a chunk for each."""
    first = list(islice(chunks, jobs + 1))
    if jobs == 1 or len(first) <= jobs:
        yield from map(_staged, chain(first, chunks))
        return
    pending: deque[Future[_Staged]] = deque()
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for chunk in chain(first, chunks):
            pending.append(pool.submit(_staged, chunk))
            if len(pending) > 2 * jobs:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _write_forms(db: sqlite3.Connection) -> None:
    staged = db.execute("SELECT key, term, name FROM stage.form ORDER BY key, term, name")
    rows = ((key, _places(names)) for key, names in groupby(staged, itemgetter(0)))
    db.executemany("INSERT INTO main.form VALUES (?, ?)", rows)


def _write_cognates(db: sqlite3.Connection) -> None:
    """Keys by number of stems, so that the first holders of a stem are its shortest names; then the stems.

    A stem also has the keys of which it is the rarest one: texts without it can't hold them.
    """
    holders: dict[str, array[int]] = defaultdict(lambda: array("I"))

    def rows() -> Iterator[tuple[int, str, bytes]]:
        staged = db.execute("SELECT key, term, name FROM stage.cognate ORDER BY size, key, term, name")
        for id, (key, names) in enumerate(groupby(staged, itemgetter(0))):
            for stem in key.split(" "):
                holders[stem].append(id)
            yield id, key, _places(names)

    db.executemany("INSERT INTO main.cognate VALUES (?, ?, ?)", rows())
    stems, anchored = sorted(holders), _anchored(db, holders)
    found = ((i, s, len(holders[s]), packed(anchored.get(s, ())), packed(holders[s])) for i, s in enumerate(stems))
    db.executemany("INSERT INTO main.token VALUES (?, ?, ?, ?, ?)", found)
    typos = sorted(hashed << 32 | i for i, stem in enumerate(stems) for hashed in set(map(hash_of, _misspelt(stem))))
    db.executemany("INSERT INTO main.typo VALUES (?, ?)", ((t >> 32, t & 0xFFFFFFFF) for t in typos))


def _anchored(db: sqlite3.Connection, holders: dict[str, array[int]]) -> dict[str, array[int]]:
    """The numbers of the keys by their rarest stem."""
    found: dict[str, array[int]] = defaultdict(lambda: array("I"))
    for id, key in db.execute("SELECT id, key FROM main.cognate ORDER BY id"):
        found[min(key.split(" "), key=lambda stem: (len(holders[stem]), stem))].append(id)
    return found


def _misspelt(stem: str) -> list[str]:
    return [stem, *shortened(stem)] if len(stem) >= SHORTEST_TYPO and stem.isalpha() else []


def _write_hierarchy(db: sqlite3.Connection) -> None:
    """Parents, children and the closure of the terms that are in the file."""
    db.executemany("INSERT INTO main.below VALUES (?, ?)", db.execute(_LINKS))
    parents: dict[int, list[int]] = defaultdict(list)
    children: dict[int, list[int]] = defaultdict(list)
    for parent, child in db.execute("SELECT parent, child FROM main.below"):
        parents[child].append(parent)
        children[parent].append(child)
    above = closure(parents, children)
    rows = ((child, packed(parents[child]), above[child]) for child in sorted(parents))
    db.executemany("INSERT INTO main.above VALUES (?, ?, ?)", rows)


def closure(parents: dict[int, list[int]], children: dict[int, list[int]]) -> dict[int, bytes]:
    """All ancestors of every node that has parents, packed and sorted, from the roots down; cycles are walked."""
    waiting = {child: len(found) for child, found in parents.items()}
    above: dict[int, bytes] = {}
    ready = [node for node in children if node not in waiting]
    for node in ready:
        for child in children.get(node, ()):
            waiting[child] -= 1
            if not waiting[child]:
                found = set(parents[child])
                for parent in parents[child]:
                    found.update(unpacked(above.get(parent, b"")))
                above[child] = packed(sorted(found))
                ready.append(child)
    for node in parents.keys() - above.keys():  # in a cycle, or below one
        seen: set[int] = set()
        todo = list(parents[node])
        while todo:
            parent = todo.pop()
            if parent not in seen:
                seen.add(parent)
                todo += parents.get(parent, ())
        above[node] = packed(sorted(seen - {node}))
    return above


def write_index(terms: Iterable[Term], path: Path, about: dict[str, str], jobs: int = 1) -> None:
    """Write an index file to ``path``, which must not exist, names spread over ``jobs`` processes.

    ``TableError`` where there is no term at all.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.executescript("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        db.executescript(_SCHEMA + _STAGE)
        db.execute("BEGIN")
        _write_terms(db, terms)
        (count,) = db.execute("SELECT count(*) FROM main.term").fetchone()
        if not count:
            raise TableError(f"{about['name']}: no terms to compile; look at the source's format")
        db.execute("CREATE UNIQUE INDEX term_curie ON term (curie)")
        rules = _stage_names(db, jobs)
        db.execute("INSERT INTO main.mapped SELECT DISTINCT target, term FROM stage.mapped ORDER BY 1, 2")
        _write_forms(db)
        _write_cognates(db)
        _write_hierarchy(db)
        (keys,) = db.execute("SELECT count(*) FROM main.cognate").fetchone()
        facts = about | {"format": FORMAT, "stamp": stamp(), "terms": str(count), "cognates": str(keys)}
        facts["rules"] = " ".join(sorted(rules))
        db.executemany("INSERT INTO about VALUES (?, ?)", sorted(facts.items()))
        db.execute("COMMIT")
        db.execute("DETACH stage")
        db.executescript(_INDEXES)
    finally:
        db.close()
