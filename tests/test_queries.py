"""Do the named queries say what they ask, and answer it alike in every way of asking?"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import InputError, TableError, UsageError
from kg.store.queries import NamedQuery, bind, load_queries, parse_query, substitutions

HERE = Path(__file__).resolve().parent
QUERIES = load_queries(HERE.parent / "queries")
CASE = "https://w3id.org/casekg/case/demo"
STORY = "https://w3id.org/casekg/case/story"
KIT = "http://identifiers.org/hgnc/6342"
STOMACH = "http://purl.obolibrary.org/obo/UBERON_0000945"
TWO_CASES = {"marker-by-diagnosis-counts", "marker-profile"}  # the second case of the sample has nothing for the others
OF_STORY = {
    "adverse-events-by-drug", "discordant-profiles", "marker-panel-coverage", "metastases-timeline", "response-by-line",
    "revised-by-evidence", "time-to-revision", "treated-under-superseded-diagnosis",
}  # fmt: skip
"""These are asked of graph-story.ttl, which has what they need; the others of graph-sample.ttl."""
COUNTS = {"marker-by-diagnosis-counts", "adverse-events-by-drug"}  # of all cases together

Row = tuple[str, ...]


def load(name: str) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(HERE / "fixtures" / name), format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def plain() -> ox.Store:
    """The sample in the default graph, as a Turtle file is loaded."""
    return load("graph-sample.ttl")


@pytest.fixture(scope="module")
def story() -> ox.Store:
    """The story in the default graph."""
    return load("graph-story.ttl")


@pytest.fixture(scope="module")
def named(plain: ox.Store) -> ox.Store:
    """The sample as a store has it: a named graph a case, and the concepts repeated in each of them."""
    return by_case(plain, [CASE, CASE + "-2"])


@pytest.fixture(scope="module")
def named_story(story: ox.Store) -> ox.Store:
    return by_case(story, [STORY])


def by_case(plain: ox.Store, cases: list[str]) -> ox.Store:
    store = ox.Store()
    graphs = [ox.NamedNode(case) for case in cases]
    for quad in plain:
        own = [graph for graph in graphs if quad.subject.value.split("#")[0] == graph.value]
        for graph in own or graphs:
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return store


def rows(store: ox.Store, text: str, values: dict[ox.Variable, ox.NamedNode | ox.Literal] | None = None) -> list[Row]:
    found = store.query(text, use_default_graph_as_union=True, substitutions=values)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if cell is None else cell.value for cell in solution) for solution in found]


def answers(name: str) -> tuple[Row, list[Row]]:
    with (HERE / "fixtures" / "answers" / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        head, *body = csv.reader(lines, delimiter="\t")
    return tuple(head), [tuple(row) for row in body]


def test_every_question_of_the_project_is_there() -> None:
    assert list(QUERIES) == [
        "adverse-events-by-drug", "adverse-events", "discordant-profiles", "ihc-revised-diagnoses",
        "marker-by-diagnosis-counts", "marker-panel-coverage", "marker-profile", "metastases-timeline",
        "negated-findings", "response-by-line", "revised-by-evidence", "revision-chain", "sites-and-sizes",
        "time-to-revision", "timeline", "treated-under-superseded-diagnosis", "treatments", "uncertain-diagnoses",
        "unmapped-mentions",
    ]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_headers_fit_their_queries(query: NamedQuery, plain: ox.Store) -> None:
    solutions = plain.query(query.text)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [variable.value for variable in solutions.variables] == [column.name for column in query.columns]
    assert query.question.endswith("?")
    case = query.parameters[0]
    assert (case.name, case.type, case.required) == ("case", "case", False)
    body = re.sub(r"<[^>]*>|\"[^\"]*\"|#[^\n]*", "", query.text)
    assert not re.search(r"\bGRAPH\b", body), "queries run on a default graph"
    declared = set(re.findall(r"^PREFIX (\w+):", query.text, re.MULTILINE))
    assert declared == set(re.findall(r"\b([a-z]+):\w", re.sub(r"PREFIX.*", "", body)))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_answers_are_the_same_in_both_ways_of_binding(query: NamedQuery, request: pytest.FixtureRequest) -> None:
    head, golden = answers(query.name)
    assert head == tuple(column.name for column in query.columns)
    assert golden, "an empty answer proves nothing"
    case, stores = (STORY, ("story", "named_story")) if query.name in OF_STORY else (CASE, ("plain", "named"))
    for store in map(request.getfixturevalue, stores):
        assert rows(store, query.text, substitutions(query, {"case": case})) == golden
        assert rows(store, bind(query, {"case": case})) == golden


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_without_a_value_nothing_is_left_out(query: NamedQuery, request: pytest.FixtureRequest) -> None:
    case, stores = (STORY, ("story", "named_story")) if query.name in OF_STORY else (CASE, ("plain", "named"))
    plain, named = map(request.getfixturevalue, stores)
    everything = rows(plain, query.text)
    assert rows(named, query.text) == everything
    assert bind(query, {}) == query.text
    _, golden = answers(query.name)
    assert (len(everything) > len(golden)) == (query.name in TWO_CASES)
    if query.name not in COUNTS:
        assert [row for row in everything if row[0] == case] == golden


def test_counts_are_over_all_cases_without_a_value(plain: ox.Store) -> None:
    found = rows(plain, QUERIES["marker-by-diagnosis-counts"].text)
    assert ("", "gastrointestinal stromal tumor", "KIT", "Positive", "1", "1") in [row[:6] for row in found]
    assert {row[0] for row in found} == {""}


@pytest.mark.parametrize(
    ("name", "values", "count"),
    [
        ("adverse-events", {"concept": "http://purl.obolibrary.org/obo/HP_0001875"}, 1),
        ("ihc-revised-diagnoses", {"concept": KIT}, 2),
        ("marker-by-diagnosis-counts", {"antigen": KIT}, 3),
        ("marker-by-diagnosis-counts", {"antigen": KIT, "case": CASE}, 2),
        ("marker-by-diagnosis-counts", {"concept": "http://purl.obolibrary.org/obo/MONDO_0005058"}, 2),
        ("marker-profile", {"concept": KIT}, 3),
        ("negated-findings", {"concept": "http://purl.obolibrary.org/obo/HP_0001945"}, 1),
        ("sites-and-sizes", {"concept": STOMACH}, 5),
        ("treatments", {"concept": "https://go.drugbank.com/drugs/DB00997"}, 1),
        ("uncertain-diagnoses", {"concept": "http://purl.obolibrary.org/obo/MONDO_0018076"}, 1),
        ("timeline", {"case": CASE + "-2"}, 0),
    ],
)
def test_a_value_restricts(name: str, values: dict[str, str], count: int, named: ox.Store) -> None:
    query = QUERIES[name]
    found = rows(named, query.text, substitutions(query, values))
    assert len(found) == count
    assert rows(named, bind(query, values)) == found
    asked = [column.name for column in query.columns]
    assert all(row[asked.index(key)] == value for row in found for key, value in values.items())


HEAD = "# question: Who?\n# columns: case, n\n# column: case the case\n# column: n a number\n"
BODY = 'SELECT ?case ?n WHERE { ?case <http://x/{WHERE> ?n FILTER(?n != "}") }'.replace("{WHERE", "WHERE")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("# question Who?\n", "a.rq:1: not '# KEY: VALUE'"),
        ("# question: Who?\n# answer: me\n", "a.rq:2: not '# KEY: VALUE'"),
        ("# columns: n\n# column: n it\n", "0 lines '# question:'"),
        ("# question: Who?\n# question: What?\n# columns: n\n# column: n it\n", "2 lines '# question:'"),
        ("# question: Who?\n", "0 lines '# columns:'"),
        ("# columns: n\n# question: Who?\n# column: n it\n", "a.rq:2: '# question:' stands after '# columns:'"),
        ("# question: Who?\n# columns: n\n# column: n\n", "a.rq:3: a column is NAME EXPLANATION"),
        ("# question: Who?\n# columns: n, m\n# column: n it\n", "a.rq:2: the lines '# column:' must explain n, m"),
        ("# question: Who?\n# columns: ?n\n# column: ?n it\n", "'?n' is not the name of a variable"),
        ("# question: Who?\n# columns: n, n\n# column: n it\n# column: n it\n", "n stands twice"),
        ("# question: Who?\n# parameter: n iri\n# columns: n\n# column: n it\n", "a.rq:2: a parameter is NAME[/ALIAS]"),
        ("# question: Who?\n# parameter: n uri optional it\n# columns: n\n# column: n it\n", "type 'uri' is none of"),
        (
            "# question: Who?\n# parameter: n/m iri optional it\n# parameter: m iri optional it\n# columns: n, m\n"
            "# column: n it\n# column: m it\n",
            "m stands twice",
        ),
        (
            "# question: Who?\n# parameter: m iri optional it\n# columns: n\n# column: n it\n",
            "parameter m is no column",
        ),
    ],
)
def test_malformed_headers_name_file_and_line(header: str, message: str) -> None:
    with pytest.raises(TableError, match=re.escape(message)):
        parse_query(header + BODY, "a", "a.rq")


def test_malformed_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no WHERE"):
        parse_query(HEAD + "ASK {}", "a", "a.rq")
    with pytest.raises(TableError, match="name is not of a-z"):
        parse_query(HEAD + BODY, "A b", "A b.rq")
    with pytest.raises(InputError, match="no such folder"):
        load_queries(tmp_path / "none")
    (tmp_path / "bad.rq").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"bad\.rq"):
        load_queries(tmp_path)


def test_values_of_the_wrong_kind_are_refused() -> None:
    query = parse_query(
        HEAD.replace("# columns", "# parameter: n integer required how many\n# columns") + BODY, "a", ""
    )
    for wrong, message in (
        ({"m": "1"}, "a has no parameter 'm'; it has n"),
        ({}, "a needs a value for n: how many"),
        ({"n": "one"}, "needs a whole number"),
    ):
        for way in (bind, substitutions):
            with pytest.raises(UsageError, match=message):
                way(query, wrong)
    revisions = QUERIES["revision-chain"]
    for wrong in ({"case": "demo"}, {"case": "http://x/> } #"}, {"case": "http://x/\n"}):
        for way in (bind, substitutions):
            with pytest.raises(UsageError, match="needs an IRI"):
                way(revisions, wrong)


@pytest.mark.parametrize("value", ["plain", 'a "quoted" \\ one', "two\nlines\r\t", '" } } #', "élève 😀", "'''", ""])
def test_strings_are_escaped(value: str) -> None:
    header = HEAD.replace("# columns", "# parameter: n string optional the name\n# columns")
    query = parse_query(header + "SELECT ?case ?n\nWHERE { # not this {\n ?case <http://x/p> ?n }", "a", "a.rq")
    store = ox.Store()
    for text in (value, value + "!"):
        store.add(ox.Quad(ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal(text)))
    assert rows(store, bind(query, {"n": value})) == [("http://x/s", value)]
    assert rows(store, query.text, substitutions(query, {"n": value})) == [("http://x/s", value)]
