"""Is the lexicon whole? Rows against the rules, identifiers against their publishers, malformed rows refused.

The checks themselves are in check_lexicon.py, which also runs by itself and prints all problems.
"""

from __future__ import annotations

from pathlib import Path

import check_lexicon
import pytest
import sources

from kg.errors import TableError
from kg.terms.entries import COLUMNS, LANGUAGES, Entry, read_contexts, read_table
from kg.terms.lexicon import read_lexicon

TABLES = sorted(p for p in check_lexicon.LEXICON.glob("*.tsv") if not p.name.startswith("contexts"))
CONTEXTS = sorted(check_lexicon.LEXICON.glob("contexts-*.tsv"))
AT_LEAST = {"morphologies": 900, "sites": 350, "drugs": 600, "antigens": 250, "procedures": 300, "findings": 700,
            "diseases": 450, "courses": 120}  # fmt: skip
"""So many rows of a table have names in all languages (docs/lexicon.md says how many there are)."""


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    rows, problems = check_lexicon.read_tables(TABLES)
    assert not problems
    return rows


def test_the_reader_loads_every_row(entries: list[Entry]) -> None:
    rows, lexicon = read_lexicon()
    assert {e.id for e in rows} == set(lexicon.concepts) == {e.id for e in entries}


@pytest.mark.parametrize("table", AT_LEAST)
def test_a_table_covers_its_field_in_every_language(table: str, entries: list[Entry]) -> None:
    named = [e for e in entries if e.table == table and {s.language for s in e.surfaces} == set(LANGUAGES)]
    assert len(named) >= AT_LEAST[table]


def test_tumours_have_their_codes(entries: list[Entry]) -> None:
    assert sum(e.table == "morphologies" and bool(e.icdo) for e in entries) >= AT_LEAST["morphologies"]


def test_rows_are_complete(entries: list[Entry]) -> None:
    assert not list(check_lexicon.incomplete(entries))


def test_surfaces_can_be_found(entries: list[Entry]) -> None:
    assert not list(check_lexicon.unreachable(entries))


def test_parents_are_acyclic_and_tumours_reach_neoplasm(entries: list[Entry]) -> None:
    assert not list(check_lexicon.misplaced(entries))


def test_ambiguous_surfaces_have_a_context_or_a_reason(entries: list[Entry]) -> None:
    allowed = check_lexicon.allowed_pairs()
    assert all(allowed.values()), "every allowed pair needs its reason"
    assert not list(check_lexicon.ambiguous(entries, allowed))


def test_no_two_rows_are_one_concept(entries: list[Entry]) -> None:
    assert not list(check_lexicon.shared_identities(entries))


def test_regimens_have_names_of_their_own(entries: list[Entry]) -> None:
    assert not list(check_lexicon.joined_ingredients(entries))


def test_contexts_exist_and_are_used(entries: list[Entry]) -> None:
    assert not list(check_lexicon.contexts_wrong(entries, CONTEXTS))


@pytest.mark.skipif(not sources.TERMS.is_dir(), reason=f"identifiers need the publishers' files in {sources.TERMS}")
def test_identifiers_are_called_the_same_by_their_publishers(entries: list[Entry]) -> None:
    assert not list(check_lexicon.codes_wrong(entries, sources.labels()))


# --- each check sees what it is there to see -------------------------------------------------------------------------

def _rows(tmp_path: Path, *rows: str, table: str = "morphologies") -> list[Entry]:
    path = tmp_path / f"{table}.tsv"
    path.write_text("\n".join(("\t".join(COLUMNS), *rows)), encoding="utf-8")
    return read_table(path)


def _row(key: str, en: str, fr: str = "", es: str = "", *, sort: str = "tumour", parents: str = "", xrefs: str = "",
         ) -> str:  # fmt: skip
    return "\t".join((key, sort, en, fr or en, es or en, parents, "", xrefs, ""))


FAULTS = {
    "two rows of one id": (check_lexicon.incomplete, [_row("a", "one"), _row("a", "two")], "the id stands 2 times"),
    "unknown parent": (check_lexicon.incomplete, [_row("a", "one", parents="b")], "parent b is not a row"),
    "no Spanish": (check_lexicon.incomplete, ["a\ttumour\tone\tun\t\t\t\t\t"], "no name in es"),
    "article": (check_lexicon.unreachable, [_row("a", "alpha", fr="DES{abbr}")], "'DES' (fr) can never be found"),
    "circle": (check_lexicon.misplaced, [_row("a", "one", parents="b"), _row("b", "two", parents="a")], "in a circle"),
    "rootless": (check_lexicon.misplaced, [_row("a", "one")], "does not descend from neoplasm"),
    "one identity": (
        check_lexicon.shared_identities,
        [_row("a", "one", xrefs="MONDO:0000001"), _row("b", "two", xrefs="MONDO:0000001")],
        "has the same identity",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_names_the_row(fault: str, tmp_path: Path) -> None:
    check, rows, message = FAULTS[fault]
    problems = list(check(_rows(tmp_path, *rows)))
    assert any(message in problem for problem in problems)
    assert fault == "circle" or all(problem.startswith("morphologies.tsv:") for problem in problems)


AMBIGUOUS = {
    "plural": ("tumeur claire", "tumeurs claires", True),
    "context against none": ("zeta{ctx:near}", "zeta", False),
    "two contexts": ("zeta{ctx:near}", "zeta{ctx:far}", False),
    "acronyms of other letters": ("AINS{abbr}", "AIN{abbr}", False),
    "short words of other accents": ("côte", "côté", False),
}


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_ambiguity_is_what_the_reader_cannot_tell_apart(case: str, tmp_path: Path) -> None:
    first, second, ambiguous = AMBIGUOUS[case]
    rows = _rows(tmp_path, _row("a", "one", fr=first, es="uno"), _row("b", "two", fr=second, es="dos"))
    assert bool(list(check_lexicon.ambiguous(rows, ()))) is ambiguous


def test_a_pair_of_two_tables_may_be_allowed_and_must_then_be_needed(tmp_path: Path) -> None:
    rows = _rows(tmp_path, _row("a", "growth")) + _rows(tmp_path, _row("b", "growth", sort="course"), table="courses")
    assert list(check_lexicon.ambiguous(rows, ()))
    assert not list(check_lexicon.ambiguous(rows, [frozenset("ab")]))
    assert list(check_lexicon.ambiguous(rows[:1], [frozenset("ab")]))


@pytest.mark.parametrize(("surface", "joined"), [
    ("alphamab-betanib", True), ("alphamab, betanib et gammol", True), ("ALB protocol", False), ("5-alphamab", False),
])  # fmt: skip
def test_a_regimen_may_not_only_join_names(surface: str, joined: bool, tmp_path: Path) -> None:
    drugs = [_row(name, name, sort="ingredient") for name in ("alphamab", "betanib", "gammol")]
    rows = _rows(tmp_path, *drugs, _row("alb", surface, sort="regimen"), table="drugs")
    assert bool(list(check_lexicon.joined_ingredients(rows))) is joined


# --- malformed tables ------------------------------------------------------------------------------------------------

MALFORMED = {
    "too few cells": ("a\ttumour\tone", "3 cells instead of 9"),
    "too many cells": ("a\ttumour\tone\tun\tuno\t\t\t\t\t\t", "11 cells instead of 9"),
    "id with capitals": (_row("Alpha", "one"), "id 'Alpha' is not a slug"),
    "id with two hyphens": (_row("a--b", "one"), "is not a slug"),
    "unknown type": (_row("a", "one", sort="growth"), "type 'growth' is none of"),
    "unknown flag": (_row("a", "one{rare}"), "unknown flag {rare}"),
    "context without a name": (_row("a", "one{ctx}"), "unknown flag {ctx}"),
    "empty surface": (_row("a", "one||two"), "empty surface or stray brace in column en"),
    "stray brace": (_row("a", "o{ne"), "empty surface or stray brace in column en"),
    "no English": ("a\ttumour\t\tun\tuno\t\t\t\t", "column en must hold"),
    "histology without behaviour": ("a\ttumour\tone\tun\tuno\t\t8000\t\t", "icdo '8000' is neither"),
    "xref without a prefix": (_row("a", "one", xrefs="0000001"), "xref '0000001' is not a CURIE"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_row_is_refused_with_its_place(case: str, tmp_path: Path) -> None:
    row, message = MALFORMED[case]
    with pytest.raises(TableError) as caught:
        _rows(tmp_path, "# a comment counts as a line", _row("fine", "fine"), row)
    assert "morphologies.tsv:4:" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("row", ["near\tpage\tword", "near\tsentence", "near\tsentence\tword\tmore"])
def test_a_malformed_context_is_refused_with_its_place(row: str, tmp_path: Path) -> None:
    path = tmp_path / "contexts-own.tsv"
    path.write_text(f"name\twithin\tcues\nfar\tdocument\tword\n{row}\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"contexts-own\.tsv:3: a context rule is"):
        list(read_contexts(path))


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no lexicon tables"):
        read_lexicon(tmp_path)


@pytest.mark.parametrize(("rows", "message"), [
    ([_row("a", "one"), _row("a", "two")], r"morphologies\.tsv:3: id 'a' stands twice"),
    ([_row("a", "one{ctx:nowhere}")], r"morphologies\.tsv:2: 'nowhere' is not a row of contexts"),
])  # fmt: skip
def test_rows_that_do_not_fit_together_are_refused(rows: list[str], message: str, tmp_path: Path) -> None:
    _rows(tmp_path, *rows)
    with pytest.raises(TableError, match=message):
        read_lexicon(tmp_path)
