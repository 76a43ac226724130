"""Stores on disk: one writer, readers that see a whole state, and the commands that look after them."""

import subprocess
import sys
from pathlib import Path

import pytest

from kg.__main__ import main
from kg.corpus.batch import Outcome
from kg.corpus.outputs import write_store
from kg.errors import GraphError, UsageError
from kg.graph.write import Part
from kg.identity import ONTOLOGY
from kg.store import snapshots
from kg.store.embedded import Graphs
from kg.store.opening import find_case, open_graphs, open_store

CASE = "https://w3id.org/casekg/case/"


def triples(name: str, *values: str) -> str:
    """A graph of a case with so many values."""
    head = f"<{CASE}{name}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ONTOLOGY}ClinicalCase> .\n"
    return head + "".join(f'<{CASE}{name}> <urn:value> "{value}" .\n' for value in values)


def values(graphs: Graphs) -> list[str]:
    found = graphs.ask("SELECT ?v WHERE { ?s <urn:value> ?v } ORDER BY ?v").rows
    return [row[0].value for row in found if row[0]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with the cases a and b."""
    graphs = Graphs.on_disk(tmp_path / "store")
    graphs.replace_all({CASE + "a": triples("a", "1"), CASE + "b": triples("b", "2")})
    graphs.flush()
    return tmp_path / "store"


def test_a_graph_is_replaced_as_a_whole(store: Path) -> None:
    graphs = Graphs.on_disk(store)
    graphs.replace(CASE + "a", triples("a", "3", "4"))
    assert values(graphs) == ["2", "3", "4"]
    graphs.replace(CASE + "a", triples("a", "3", "4"))
    assert graphs.counts() == {"cases": 2, "graphs": 2, "triples": 5}


def test_triples_that_are_none_change_nothing(store: Path) -> None:
    graphs = Graphs.on_disk(store)
    with pytest.raises(SyntaxError):
        graphs.replace(CASE + "a", triples("a", "3") + "<urn:broken")
    assert values(graphs) == ["1", "2"]


WRITER = "import sys; from pathlib import Path; from kg.store.embedded import Graphs; Graphs.on_disk(Path(sys.argv[1]))"


def test_a_second_writer_is_told_in_one_line(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Graphs.on_disk(store)
    with pytest.raises(GraphError, match="another program is writing to it"):
        Graphs.on_disk(store)
    code = WRITER.replace("Graphs.on_disk(Path(sys.argv[1]))", "from kg.__main__ import main; ")
    command = [sys.executable, "-c", code + "sys.exit(main(['store', 'compact', sys.argv[1]]))", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"kg: {store}: the store can't be opened; another program is writing to it")
    assert done.stderr.count("\n") == 1
    del first
    Graphs.on_disk(store)


def test_readers_see_the_state_of_the_last_flush(store: Path) -> None:
    writer = Graphs.on_disk(store)
    before = Graphs.on_disk(store, read_only=True)
    writer.replace(CASE + "a", triples("a", "3"))
    writer.remove(CASE + "b")
    assert values(before) == values(Graphs.on_disk(store, read_only=True)) == ["1", "2"]
    writer.flush()
    assert values(before) == ["1", "2"]
    assert values(Graphs.on_disk(store, read_only=True)) == ["3"]


def test_readers_of_a_first_build_see_an_empty_store(tmp_path: Path) -> None:
    writer = Graphs.on_disk(tmp_path / "store")
    writer.replace(CASE + "a", triples("a", "1"))
    assert values(Graphs.on_disk(tmp_path / "store", read_only=True)) == []


def test_a_copy_is_kept_while_it_is_read_and_removed_afterwards(store: Path) -> None:
    reader = Graphs.on_disk(store, read_only=True)
    writer = Graphs.on_disk(store)
    for value in ("3", "4", "5"):
        writer.replace(CASE + "a", triples("a", value))
        writer.flush()
    assert len([p for p in (store / ".snapshots").iterdir() if p.is_dir()]) == 2
    assert values(reader) == ["1", "2"]
    del reader
    writer.flush()
    assert [p.name for p in (store / ".snapshots").iterdir() if p.is_dir()] == [_published(store).name]


def _published(store: Path) -> Path:
    found = snapshots.published(store)
    assert found is not None
    return found


READER = """
import sys
from pathlib import Path
from kg.store.embedded import Graphs
for _ in range(40):
    graphs = Graphs.on_disk(Path(sys.argv[1]), read_only=True)
    found = graphs.ask("SELECT ?v WHERE { ?s <urn:value> ?v }").rows
    assert len(found) == 50 and len(set(found)) == 1, found
"""


def test_another_process_never_sees_half_a_state(tmp_path: Path) -> None:
    """A reader that opens the store again and again, while a writer replaces what is in it and publishes."""
    def state(number: int) -> dict[str, str]:
        return {f"{CASE}{n}": triples(str(n), str(number)) for n in range(50)}

    writer = Graphs.on_disk(tmp_path / "store")
    writer.replace_all(state(0))
    writer.flush()
    command = [sys.executable, "-c", READER, str(tmp_path / "store")]
    reader = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    number = 0
    while reader.poll() is None:
        number += 1
        writer.replace_all(state(number))
        writer.flush()
    _, told = reader.communicate()
    assert (reader.returncode, told) == (0, "")


def test_a_writer_that_was_killed_leaves_the_published_state_and_a_store_to_go_on_with(store: Path) -> None:
    code = WRITER + f".replace('{CASE}a', '<urn:s> <urn:value> \"9\" .\\n'); import os; os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(store)], check=False).returncode == 9
    assert values(Graphs.on_disk(store, read_only=True)) == ["1", "2"]
    (store / ".snapshots" / "2").mkdir(exist_ok=True)  # a copy that was cut short
    writer = Graphs.on_disk(store)
    assert values(writer) == ["2", "9"]
    writer.flush()
    assert values(Graphs.on_disk(store, read_only=True)) == ["2", "9"]


def test_what_is_finished_is_seen_though_the_batch_was_stopped(tmp_path: Path) -> None:
    def stopped():  # type: ignore[no-untyped-def]
        yield Outcome("a", "a.txt", CASE + "a", Part(triples("a", "1")), digest="x")
        raise KeyboardInterrupt

    graphs = Graphs.on_disk(tmp_path / "store")
    with pytest.raises(KeyboardInterrupt):
        write_store(stopped(), graphs, tmp_path / "store")
    assert values(Graphs.on_disk(tmp_path / "store", read_only=True)) == ["1"]


def test_a_store_of_another_program_is_read_as_it_is(tmp_path: Path) -> None:
    ox = pytest.importorskip("pyoxigraph")
    foreign = ox.Store(str(tmp_path / "store"))
    foreign.update('INSERT DATA { <urn:s> <urn:value> "1" }')
    foreign.flush()
    del foreign
    assert values(Graphs.on_disk(tmp_path / "store", read_only=True)) == ["1"]
    assert values(Graphs.on_disk(tmp_path / "store")) == ["1"]


@pytest.mark.parametrize("number", ["", "x", "7", "../.."])
def test_a_broken_pointer_is_no_endless_wait(number: str, store: Path) -> None:
    (store / ".snapshots" / "published").write_text(number)
    assert values(Graphs.on_disk(store, read_only=True)) == ["1", "2"]
    Graphs.on_disk(store).flush()
    assert values(Graphs.on_disk(store, read_only=True)) == ["1", "2"]


# The commands


def ran(*arguments: object) -> int:
    return main(["store", *map(str, arguments)])


def test_info(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("info", store) == 0
    assert capsys.readouterr().out == "cases    2\ngraphs   2\ntriples  4\n"


def test_backup_while_the_store_is_written(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = Graphs.on_disk(store)
    writer.replace(CASE + "a", triples("a", "3"))
    assert ran("backup", store, tmp_path / "copy") == 0
    writer.flush()
    copy = Graphs.on_disk(tmp_path / "copy")
    assert values(copy) == ["1", "2"]
    copy.replace(CASE + "b", triples("b", "5"))
    assert values(writer) == ["2", "3"]
    assert ran("backup", store, tmp_path / "copy") == 3
    assert "is there already; name a new folder" in capsys.readouterr().err


def test_compact(store: Path) -> None:
    assert ran("compact", store) == 0
    assert values(Graphs.on_disk(store, read_only=True)) == ["1", "2"]


def test_dump(store: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert ran("dump", store) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert sorted(lines) == sorted(
        line.replace(" .", f" <{CASE}{name}> .")
        for name, value in (("a", "1"), ("b", "2")) for line in triples(name, value).splitlines()
    )  # fmt: skip
    for ending in ("nq", "trig", "jsonld"):
        assert ran("dump", store, "-o", tmp_path / f"x.{ending}") == 0
        loaded = open_graphs(str(tmp_path / f"x.{ending}"))
        assert loaded.counts() == {"cases": 2, "graphs": 2, "triples": 4}
    assert ran("dump", store, "-o", tmp_path / "x.ttl") == 2
    assert not (tmp_path / "x.ttl").exists()


def test_a_dump_doesn_t_tell_in_which_order_things_came(store: Path, tmp_path: Path) -> None:
    other = Graphs.on_disk(tmp_path / "other")
    for name, value in (("c", "0"), ("b", "7"), ("b", "2"), ("a", "1")):
        other.replace(CASE + name, triples(name, value))
    other.remove(CASE + "c")
    other.flush()
    for path in (store, tmp_path / "other"):
        assert ran("dump", path, "-o", tmp_path / f"{path.name}.nq") == 0
    assert (tmp_path / "store.nq").read_bytes() == (tmp_path / "other.nq").read_bytes()


@pytest.mark.parametrize("name", ["a", CASE + "a"])
def test_remove(name: str, store: Path) -> None:
    assert ran("remove", store, name) == 0
    assert values(Graphs.on_disk(store, read_only=True)) == ["2"]


def test_a_case_that_is_not_there(store: Path) -> None:
    graphs = open_store(str(store))
    with pytest.raises(UsageError, match=r"no case 'zzz'; it has 2 others"):
        find_case(graphs, "zzz")
    with pytest.raises(UsageError, match=r"no case 'ab'; is it "):
        find_case(graphs, "ab")


@pytest.mark.parametrize("command", [["info"], ["compact"], ["dump"], ["remove", "a"], ["backup", "y"]])
def test_a_folder_that_is_no_store_stays_as_it_is(command: list[str], tmp_path: Path,
                                                  capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    name, *rest = command
    assert ran(name, tmp_path / "x", *rest) == 3
    assert "is not a store" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
