"""The endpoint: what the guard lets through, the SPARQL 1.1 Protocol as clients rely on it, and what bombs do to it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kg.store.embedded import Graphs
from kg.store.reader import count_rows
from kg.web.server.app import check_caller
from kg.web.server.guard import check
from kg.web.server.jobs import Limits, RefusalError
from kg.web.server.protocol import OFFERS, Request, job_of, negotiate
from kg.web.server.starting import Settings

ONE, TWO = "https://example.org/case/one", "https://example.org/case/two"
GRAPHS = {
    ONE: f'<{ONE}> <http://e/age> 51 . <{ONE}> <http://e/says> "a \\"b\\",\\r\\n}},{{<result>é"@fr .',
    TWO: f"<{TWO}> <http://e/age> 62 . <{TWO}> <http://e/says> <http://e/SERVICE> .",
}
AGES = "SELECT ?case ?age WHERE { ?case <http://e/age> ?age } ORDER BY ?age"
BOMB = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?x{i} {{{' 1' * 100}}}" for i in range(8)) + "}"
HEAVY = "SELECT (STRLEN(?x28) AS ?n) { BIND('mmmmmmmm' AS ?x0) " + " ".join(
    f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(28)) + " }"  # fmt: skip
CRASH = f"ASK {{ FILTER({'!' * 30_000}true) }}"
ROWS = "SELECT ?x { VALUES ?x { %s } }"


# The guard

ALLOWED = [
    "SELECT * { ?s ?p 'SERVICE <http://e/>' }",
    'ASK { ?s ?p """SERVICE "quoted" { }""" } # SERVICE <http://e/> {',
    "PREFIX ex: <http://e/service/> ASK { ?service ex:SERVICE <urn:service:1> . $SERVICE a ex:a\\#b }",
    "SELECT ?x { ?x ?y ?z FILTER(?z < 3 && ?z > 1) FILTER(?y <= <http://e/#a>) }",
    "BASE <http://e/> DESCRIBE <a#b>",
    "construct where { ?s ?p ?o }",
    "SELECT * { VALUES (?a ?b) { (<http://e/#a> <http://e/#b>) } }",
    "PREFIX from: <http://e/> PREFIX select: <http://e/> ASK { from:x select:y 1.5e3 }",
]
REFUSED = [
    (403, "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"),
    (403, "SELECT * { service silent ?x { ?s ?p ?o } }"),
    (403, "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://e/> { ?s ?p ?o } } }"),
    (403, "SELECT * { { SELECT * { { SERVICE <http://e/> {} } } } }"),
    (403, "SELECT * { SERVICESILENT<http://e/>{} }"),
    (403, "PREFIX ex: <http://e/> SELECT * { SERVICEex:a{} }"),
    (403, "PREFIX ex: <http://e/> ASK { ?s ?p ex:.SERVICE <http://e/> {} }"),
    (403, "ASK { ?s ?p trueSERVICE<http://e/>{} }"),
    (403, "ASK { ?s ?p 1SERVICE<http://e/>{} }"),
    (403, "ASK { # comment\rSERVICE <http://e/> {}\r}"),
    (403, "ASK { ?s ?p 'a' . SERVICE # '\n<http://e/> {} }"),
    (400, "ASK { FILTER(1<2)SERVICE#>\n<http://e/>{} }"),
    (400, 'ASK { FILTER(1<2)#>"""\nSERVICE <http://e/>{}#"""\n}'),
    (400, "ASK { FILTER('a'<'b>')SERVICE <http://e/> {} #'\n}"),
    (403, "LOAD <http://e/>"),
    (403, "PREFIX ex: <http://e/> INSERT DATA { ex:a ex:b ex:c }"),
    (403, "DROP ALL"),
    (403, "delete where { ?s ?p ?o }"),
    (403, "SELECT * FROM <file:///etc/hosts> { ?s ?p ?o }"),
    (403, "SELECT * FROM NAMED <FILE:/etc/hosts> { ?s ?p ?o }"),
    (403, "SELECT * FROM <\\u0066ile:/etc/hosts> { ?s ?p ?o }"),
    (403, "PREFIX f: <file:///etc/> SELECT * FROM f:hosts { ?s ?p ?o }"),
    (403, "BASE <file:///etc/> SELECT * FROM <hosts> { ?s ?p ?o }"),
    (403, "SELECT * " + "{" * 65 + "}" * 65),
    (400, "SELECT * {"),
    (400, "SELECT * { ?s ?p 'open }"),
    (400, "SELECT * ) {"),
    (400, ""),
    (400, "HELLO { }"),
]


@pytest.mark.parametrize("query", ALLOWED)
def test_the_guard_lets_through_what_only_looks_forbidden(query: str) -> None:
    ox.Store().query(query)
    check(query, 64)


@pytest.mark.parametrize(("status", "query"), REFUSED)
def test_the_guard_refuses_before_the_engine_sees_it(status: int, query: str) -> None:
    with pytest.raises(RefusalError) as refused:
        check(query, 64)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("query", "form", "dataset"),
    [
        ("SELECTDISTINCT?s{}", "SELECT", False),
        ("PREFIX ask: <http://e/> DESCRIBE ask:x FROM <http://e/g>", "DESCRIBE", True),
        ("ASKFROM<http://e/>{}", "ASK", True),
        ("construct{}FROM NAMED<http://e/>{}", "CONSTRUCT", True),
        ("SELECT ?from { ?from ?p 'FROM <g>' }", "SELECT", False),
    ],
)
def test_the_guard_tells_the_form_and_the_data_set(query: str, form: str, dataset: bool) -> None:
    found = check(query, 64)
    assert (found.form, found.dataset) == (form, dataset)


_BEFORE = ["", "?s ?p ?o.", "?s ?p true", "?s ?p ex:", "?s ?p ex:.", "FILTER(1<2)", "FILTER(1<", "VALUES ?v {'a'}",
           "BIND(1 AS ?z)", "?s ex:p?:o.", "{", "FILTER EXISTS{", "?s ?p _:b.", 'FILTER("a"<', "?s ?p '''a'''",
           "GRAPH ?g{", "?s ex:a\\#b ?o."]  # fmt: skip
_GLUE = ["", " ", "\n", ".", "#\n", "#>\n", '#>"""\n', '#"""\n', "'>", ">", "<", "'", '"', '"""', "'''", "2)", "ex:a)",
         ")", "\\", "\r", "#\r", "}", "{", "<>", "<#>", "%", "-", "@en", "&&", "a:b#>\n", "urn:a#>\n"]  # fmt: skip
_AFTER = ["<http://127.0.0.1:1/>{}", "?v{}", "ex:a{}", "SILENT ex:a{}", "#>\n<http://127.0.0.1:1/>{}", '#"""\n?v{}']
_END = ["", '#"""\n', "#'''\n", '"""', "}", "}}", ")"]


def _parses(query: str) -> bool:
    try:
        ox.Store().query(query)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        return True
    return True


@given(st.tuples(st.sampled_from(_BEFORE), st.lists(st.sampled_from(_GLUE), max_size=3).map("".join),
                 st.sampled_from(_AFTER), st.sampled_from(_END)))  # fmt: skip
@examples(max_examples=1500)
def test_no_service_reaches_the_engine_that_reads_it_as_one(parts: tuple[str, str, str, str]) -> None:
    before, glue, after, end = parts
    text = "PREFIX : <http://e/> PREFIX ex: <http://e/> ASK{" + before + glue + "%s" + after + end + "}"
    query = text.replace("%s", "SERVICE")
    try:
        check(query, 64)
    except RefusalError:
        return
    # Where the word was in a string, a comment or a name, another one does as well; where it was syntax, none does.
    assert not _parses(query) or _parses(text.replace("%s", "SERVICF"))


@pytest.mark.parametrize(
    "piece", ["a.", "a-", '"""a', "'", '"\\', "<a", "((", "#", "ex:a.", "?", "%41:", "_:", "\\u0041"]
)
def test_the_guard_needs_no_more_than_a_moment_for_a_hostile_megabyte(piece: str) -> None:
    began = time.perf_counter()
    with pytest.raises(RefusalError):
        check("SELECT * { " + piece * (500_000 // len(piece)), 64)
    assert time.perf_counter() - began < 5


# The protocol, without a server


@pytest.mark.parametrize(
    ("accept", "written"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.3, application/xml;q=0.9", "application/sparql-results+xml"),
        ("application/json", "application/sparql-results+json"),
        ("*/*;q=0.1, text/tab-separated-values", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("TEXT/CSV ; Q=1", "text/csv"),
        ("text/csv;q=nan, text/html, application/xml;q=0.2", "application/sparql-results+xml"),
    ],
)
def test_negotiation_takes_the_best_quality(accept: str, written: str) -> None:
    assert negotiate(accept, OFFERS["rows"]) == written


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, Request("GET", b"query=ASK%20{}&query=ASK%20{}", "")),
        (400, Request("GET", b"default-graph-uri=http://e/", "")),
        (400, Request("GET", b"query=%ff", "")),
        (400, Request("GET", b"query=ASK%20{}&default-graph-uri=relative", "")),
        (400, Request("GET", b"a=1&" * 2000, "")),
        (403, Request("GET", b"query=ASK%20{}&default-graph-uri=file:///etc/hosts", "")),
        (403, Request("POST", b"", "", "application/x-www-form-urlencoded", b"update=DROP%20ALL")),
        (403, Request("POST", b"", "", "application/sparql-update", b"DROP ALL")),
        (406, Request("GET", b"query=ASK%20{}", "image/png")),
        (406, Request("GET", b"query=CONSTRUCT%20WHERE%20{}", "text/csv")),
        (415, Request("POST", b"", "", "text/plain", b"ASK {}")),
        (415, Request("POST", b"", "", "application/sparql-query; charset=latin-1", b"ASK {}")),
    ],
)
def test_a_malformed_request_is_refused(status: int, request_: Request) -> None:
    with pytest.raises(RefusalError) as refused:
        job_of(request_, Limits())
    assert refused.value.status == status


def test_a_direct_post_takes_its_graphs_from_the_address() -> None:
    kind, query = "Application/SPARQL-query;charset=UTF-8", "ASK {'é' ?p 1}"
    job = job_of(Request("POST", b"named-graph-uri=http://e/g", "", kind, query.encode()), Limits())
    assert (job.query, job.named, job.defaults) == ("ASK {'é' ?p 1}", ("http://e/g",), ())


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (0, {"host": "localhost:7878"}),
        (0, {"host": "[::1]:7878"}),
        (0, {"host": "kg.example"}),
        (0, {"host": "localhost:7878", "origin": "http://localhost:7878"}),
        (0, {"host": "localhost", "origin": "https://app.example", "sec-fetch-site": "cross-site"}),
        (421, {}),
        (421, {"host": "evil.example:7878"}),
        (421, {"host": "localhost.evil.example"}),
        (421, {"host": "[bad"}),
        (403, {"host": "localhost:7878", "origin": "http://localhost:8000"}),
        (403, {"host": "localhost:7878", "origin": "null"}),
        (403, {"host": "localhost:7878", "sec-fetch-site": "cross-site"}),
    ],
)
def test_only_known_hosts_and_no_pages_of_other_sites(status: int, headers: dict[str, str]) -> None:
    settings = Settings(Path(), hosts=("kg.example",), origins=("https://app.example",))
    assert _status(headers, settings) == status


@pytest.mark.parametrize(
    ("given_", "status"), [("Bearer s3cret", 0), ("Bearer s3cre", 401), ("", 401), ("Bearer é", 401)]
)
def test_a_token_is_asked_for_where_one_is_set(given_: str, status: int) -> None:
    settings = replace(Settings(Path()), token="s3cret")
    assert _status({"host": "localhost", "authorization": given_}, settings) == status
    assert "s3cret" not in repr(settings)


def _status(headers: dict[str, str], settings: Settings) -> int:
    try:
        check_caller(lambda name: headers.get(name, ""), settings)
    except RefusalError as refused:
        return refused.status
    return 0


@pytest.mark.parametrize("media", list(dict.fromkeys(OFFERS["rows"].values())))
def test_rows_are_counted_as_a_parser_counts_them(media: str) -> None:
    store = ox.Store()
    tricky = ["'plain'", "'a\\r\\nb'", "'},{'", "'\\\"},{\\\"'", "'<result>'", "UNDEF", "1"]
    for count in range(len(tricky) + 1):
        found = store.query(ROWS % " ".join(tricky[:count]))
        content = found.serialize(format=ox.QueryResultsFormat.from_media_type(media))
        assert content is not None
        assert count_rows(content, media, 0) == count or (count == 0 and count_rows(content, media, 0) <= 1)


# The service


@contextmanager
def serving(store: Path, *options: str, token: str = "") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``kg serve`` in a process of its own: its address, and the process."""
    command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", *options]
    environment = os.environ | {"CASEKG_TOKEN": token}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert line.startswith("kg: http://"), line
            yield line.split()[1], process
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("serve") / "store"
    raw = ox.Store(str(path))
    for graph, triples in GRAPHS.items():
        raw.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triples} }} }}")
    raw.flush()
    del raw
    return path


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    with serving(store, "--time-limit", "4", "--memory", "1536", "--rows", "40") as (address, _):
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address.removesuffix("/sparql"), timeout=60) as client:
        yield client


def ages(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["age"]["value"] for row in response.json()["results"]["bindings"]]


def test_get_and_both_posts_give_the_same_answer(client: httpx.Client) -> None:
    told = [
        client.get("/sparql", params={"query": AGES}),
        client.post("/sparql", data={"query": AGES}),
        client.post("/sparql", content=AGES, headers={"Content-Type": "application/sparql-query"}),
    ]
    assert [ages(one) for one in told] == [["51", "62"]] * 3
    assert told[0].headers["content-type"] == "application/sparql-results+json"
    assert told[0].headers["cache-control"] == "no-store"
    head = client.head("/sparql", params={"query": AGES})
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(told[0].content)))


def test_rows_in_all_formats_hold_the_same_terms(client: httpx.Client) -> None:
    says = 'a "b",\r\n},{<result>é'

    def told(media: str) -> str:
        response = client.get("/sparql", params={"query": "SELECT ?o { ?s <http://e/says> ?o FILTER(ISLITERAL(?o)) }"},
                              headers={"Accept": media})  # fmt: skip
        assert response.headers["content-type"].split(";")[0] == media
        return response.content.decode()

    assert json.loads(told("application/sparql-results+json"))["results"]["bindings"][0]["o"]["value"] == says
    literal = ElementTree.fromstring(told("application/sparql-results+xml")).find(".//{*}literal")
    assert literal is not None
    assert (literal.text or "").replace("\r\n", "\n") == says.replace("\r\n", "\n")
    assert list(csv.reader(io.StringIO(told("text/csv"), newline="")))[1:] == [[says]]
    assert told("text/tab-separated-values").split("\n")[1] == '"a \\"b\\",\\r\\n},{<result>é"@fr'


@pytest.mark.parametrize("media", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_ask_answers_yes_or_no(client: httpx.Client, media: str) -> None:
    text = client.get("/sparql", params={"query": "ASK { ?s <http://e/age> 51 }"}, headers={"Accept": media}).text
    assert "true" in text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{ONE}> <{TWO}>"])
def test_graphs_in_all_formats_hold_the_same_triples(client: httpx.Client, media: str, form: str, query: str) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    assert response.headers["content-type"].split(";")[0] == media
    graph = rdflib.Graph().parse(data=response.content, format=form)
    assert len(graph) == 4
    assert (rdflib.URIRef(ONE), rdflib.URIRef("http://e/age"), rdflib.Literal(51)) in graph


@pytest.mark.parametrize(
    ("query", "parameters", "expected"),
    [
        (AGES, {}, ["51", "62"]),
        (AGES, {"default-graph-uri": ONE}, ["51"]),
        (AGES, {"default-graph-uri": [ONE, TWO]}, ["51", "62"]),
        (AGES, {"named-graph-uri": ONE}, []),
        (AGES, {"default-graph-uri": "https://example.org/none"}, []),
        (AGES.replace("WHERE", f"FROM <{TWO}> WHERE"), {}, ["62"]),
        (AGES.replace("WHERE", f"FROM <{TWO}> WHERE"), {"default-graph-uri": ONE}, ["51"]),
        ("SELECT ?age { GRAPH ?g { ?s <http://e/age> ?age } } ORDER BY ?age", {}, ["51", "62"]),
        ("SELECT ?age { GRAPH ?g { ?s <http://e/age> ?age } }", {"named-graph-uri": TWO}, ["62"]),
        ("SELECT ?age { GRAPH ?g { ?s <http://e/age> ?age } }", {"default-graph-uri": TWO}, []),
        (f"SELECT ?age FROM NAMED <{ONE}> {{ GRAPH ?g {{ ?s <http://e/age> ?age }} }}", {}, ["51"]),
    ],
)
def test_the_data_set_is_the_protocols_then_the_querys_then_all(
    client: httpx.Client, query: str, parameters: dict[str, str], expected: list[str]
) -> None:
    assert ages(client.get("/sparql", params={"query": query, **parameters})) == expected
    assert ages(client.post("/sparql", data={"query": query, **parameters})) == expected
    kind = {"Content-Type": "application/sparql-query"}
    direct = client.post("/sparql", params=parameters, content=query, headers=kind)
    assert ages(direct) == expected


def test_the_wrong_request_gets_a_line_and_a_status(client: httpx.Client) -> None:
    big = "#" * (1 << 20)
    told = {
        400: client.get("/sparql", params={"query": "SELECT * { ?s ?p"}),
        403: client.post("/sparql", data={"update": "DROP ALL"}),
        404: client.get("/nothing"),
        405: client.put("/sparql", content="x"),
        406: client.get("/sparql", params={"query": AGES}, headers={"Accept": "image/png"}),
        413: client.post("/sparql", content=AGES + big, headers={"Content-Type": "application/sparql-query"}),
        415: client.post("/sparql", content=AGES, headers={"Content-Type": "text/plain"}),
        421: client.get("/sparql", headers={"Host": "evil.example"}),
    }
    assert {status: one.status_code for status, one in told.items()} == {status: status for status in told}
    assert "GET" in told[405].headers["allow"]
    assert all(one.text.count("\n") <= 1 for one in told.values())
    parser = client.get("/sparql", params={"query": "SELECT * { ?s ?p }"})
    assert (parser.status_code, parser.text.split(":")[0]) == (400, "the query is not valid SPARQL")
    assert "access-control-allow-origin" not in client.get("/sparql", params={"query": AGES}).headers


def test_the_service_and_its_data_describe_themselves(client: httpx.Client, address: str) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    response = client.get("/", follow_redirects=True)
    assert response.headers["content-type"].startswith("text/turtle")
    service = rdflib.Graph().parse(data=response.text, format="turtle")
    assert service.value(predicate=sd.endpoint, object=rdflib.URIRef(address)) is not None
    assert len(set(service.objects(None, sd.resultFormat))) == 8
    response = client.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    data = rdflib.Graph().parse(data=response.text, format="nt")
    counted = {name: int(next(data.objects(None, void[name]))) for name in ("distinctSubjects", "properties")}
    assert counted == {"distinctSubjects": 2, "properties": 2}
    assert {int(n) for n in data.objects(None, void.triples)} == {2, 4}
    assert not any(isinstance(term, rdflib.BNode) for triple in service + data for term in triple)


@pytest.mark.parametrize("media", [*dict.fromkeys(OFFERS["rows"].values())])
def test_an_answer_of_too_many_rows_is_refused_not_cut(client: httpx.Client, media: str) -> None:
    def asked(rows: int) -> int:
        query = ROWS % " ".join(["'},{<result>\\r\\n'"] * rows)
        return client.post("/sparql", data={"query": query}, headers={"Accept": media}).status_code

    assert (asked(40), asked(41)) == (200, 422)


def test_a_graph_of_too_many_triples_is_refused(client: httpx.Client) -> None:
    query = "CONSTRUCT { ?x <http://e/p> 1 } { VALUES ?x { %s } }"

    def asked(count: int) -> int:
        things = " ".join(f"<http://e/{i}>" for i in range(count))
        return client.post("/sparql", data={"query": query % things}).status_code

    assert (asked(40), asked(41)) == (200, 422)


def test_a_query_that_needs_too_much_memory_gets_a_line_and_the_next_request_its_answer(store: Path) -> None:
    with serving(store, "--time-limit", "60", "--memory", "1536", "--workers", "1") as (address, _):
        response = httpx.post(address, data={"query": HEAVY}, timeout=70)
        assert (response.status_code, "more than 1536 MiB" in response.text) == (500, True)
        assert ages(httpx.get(address, params={"query": AGES}, timeout=10)) == ["51", "62"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [(BOMB, 504, "after 4 seconds"), (CRASH, 500, "breaks the engine")],
)
def test_a_bomb_gets_a_line_and_the_next_request_its_answer(
    client: httpx.Client, query: str, status: int, words: str
) -> None:
    response = client.post("/sparql", data={"query": query})
    assert (response.status_code, words in response.text) == (status, True)
    assert ages(client.get("/sparql", params={"query": AGES})) == ["51", "62"]


def test_good_requests_are_answered_while_bombs_fill_all_workers(client: httpx.Client) -> None:
    with ThreadPoolExecutor(16) as pool:
        bombs = [pool.submit(client.post, "/sparql", data={"query": q}) for q in (BOMB, HEAVY, BOMB, BOMB, CRASH)]
        good = [pool.submit(client.get, "/sparql", params={"query": AGES}) for _ in range(40)]
        assert [ages(one.result()) for one in good] == [["51", "62"]] * 40  # its message tells status and text
        assert {one.result().status_code for one in bombs} <= {500, 503, 504}


def test_nothing_of_a_request_is_logged_and_a_signal_ends_all(store: Path) -> None:
    with serving(store, "--time-limit", "1", "--memory", "1536", "--workers", "2") as (address, process):
        for query in (AGES, "SELECT Sentinel", CRASH, f"SELECT * {{ ?s <http://e/Sentinel> '{'x' * 9}' }}"):
            httpx.post(address, data={"query": query})
            httpx.get(address + "?query=" + quote(query[:2000]))
        process.terminate()
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait(20)) == ("", 128 + signal.SIGTERM)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_the_service_even_within_a_query(store: Path, end: signal.Signals) -> None:
    with serving(store, "--time-limit", "1", "--workers", "2") as (address, process):
        workers = _children(process.pid)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(httpx.post, address, data={"query": BOMB})
            time.sleep(0.3)
            process.send_signal(end)
            process.wait(20)
        until = time.monotonic() + 15
        while (left := [pid for pid in workers if _runs(pid)]) and time.monotonic() < until:
            time.sleep(0.1)
        assert (len(workers) >= 2, left) == (True, [])


def _children(pid: int) -> list[str]:
    return [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def _runs(pid: str) -> bool:
    """Whether a process is there, and not only waiting for somebody to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_a_token_and_other_origins_over_http(store: Path) -> None:
    options = ["--workers", "1", "--cors", "https://app.example", "--allow-host", "kg.example"]
    with serving(store, *options, token="s3cret") as (address, _):
        key = {"Authorization": "Bearer s3cret"}
        assert httpx.get(address).status_code == 401
        assert httpx.get(address, headers={"Authorization": "Bearer other"}).headers["www-authenticate"] == "Bearer"
        assert ages(httpx.get(address, params={"query": AGES}, headers=key | {"Host": "kg.example"})) == ["51", "62"]
        there = httpx.get(address, params={"query": AGES}, headers=key | {"Origin": "https://app.example"})
        assert there.headers["access-control-allow-origin"] == "https://app.example"
        assert httpx.get(address, headers=key | {"Origin": "https://evil.example"}).status_code == 403
        preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
        assert httpx.options(address, headers=preflight).status_code == 200
        assert httpx.options(address, headers=preflight | {"Origin": "https://evil.example"}).status_code == 400


def test_what_a_build_publishes_is_seen_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store"
    _write(path, 51)
    with serving(path, "--workers", "1") as (address, _):
        assert ages(httpx.get(address, params={"query": AGES})) == ["51"]
        _write(path, 52)
        assert ages(httpx.get(address, params={"query": AGES})) == ["52"]


def _write(path: Path, age: int) -> None:
    graphs = Graphs.on_disk(path)
    graphs.replace(ONE, f'<{ONE}> <http://e/age> "{age}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n')
    graphs.flush()
    del graphs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (lambda store: ["nowhere"], "is not a store"),
        (lambda store: [store, "--host", "0.0.0.0"], "CASEKG_TOKEN"),
        (lambda store: [store, "--cors", "*"], "--cors takes origins"),
        (lambda store: [store, "--host", "192.0.2.1"], "can't listen there"),
    ],
)
def test_a_wrong_call_is_one_line(store: Path, arguments: Callable[[str], list[str]], words: str) -> None:
    token = "t" if "listen" in words else ""
    done = subprocess.run([sys.executable, "-m", "kg", "serve", *arguments(str(store))], capture_output=True, text=True,
                          env=os.environ | {"CASEKG_TOKEN": token}, timeout=60, check=False)  # fmt: skip
    assert (done.returncode, done.stderr.count("\n"), words in done.stderr) == (2, 1, True), done.stderr


# Real clients


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(address: str, method: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    asked = wrapper.SPARQLWrapper(address)
    asked.setMethod(method)
    asked.setQuery(AGES)
    asked.setReturnFormat(wrapper.JSON)
    assert [row["age"]["value"] for row in asked.queryAndConvert()["results"]["bindings"]] == ["51", "62"]
    asked.setQuery("CONSTRUCT WHERE { ?s ?p ?o }")
    asked.setReturnFormat(wrapper.RDFXML)
    assert len(asked.queryAndConvert()) == 4
    asked.setQuery("SELECT * {")
    asked.setReturnFormat(wrapper.JSON)
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed):
        asked.query()


def test_rdflib_sparqlstore(address: str) -> None:
    graph = rdflib.Graph("SPARQLStore")
    graph.open(address)
    assert [int(row["age"]) for row in graph.query(AGES)] == [51, 62]
    assert len(list(graph.triples((rdflib.URIRef(ONE), None, None)))) == 2


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(address: str) -> None:
    command = ["curl", "-sS", "--fail", "-H", "Accept: text/csv", "--data-urlencode", f"query={AGES}", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["case,age", f"{ONE},51", f"{TWO},62"]
