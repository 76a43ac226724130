"""SPARQL 1.1 endpoints in the place of a store: two real servers, and a scripted one for what they rarely do."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
import servers

from kg.__main__ import main
from kg.errors import GraphError, TableError, UsageError
from kg.identity import CASE_BASE, ONTOLOGY, case_iri
from kg.resources import folder
from kg.store import connection
from kg.store.asking import ask, find_query
from kg.store.connection import Connection, open_client
from kg.store.embedded import Answer, Graphs, Term
from kg.store.opening import Store, open_graphs, open_store
from kg.store.queries import load_queries
from kg.store.remote import Endpoint
from kg.store.servers import Addresses, _server, addresses_of

TEXTS = {
    "cas un": "Patiente de 61 ans. En mai 2012, la biopsie montre un carcinome de 4,0 cm ; le CD20 est négatif.",
    "cas2": "Homme de 48 ans, suivi pour un lymphome. En mars 2014, CD20 positif. Rituximab 375 mg/m2.",
    "cas3": "Patient de 70 ans. Suspicion de sarcome en 2003, puis diagnostic de léiomyosarcome ; desmine positive.",
}
SECRET = "Zorglub"


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = servers.oxigraph()
    assert program is not None, "pip install '.[test]' brings oxigraph"
    with servers.run_oxigraph(program, tmp_path_factory.mktemp("oxigraph")) as url:
        yield url


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = servers.virtuoso()
    if program is None:
        pytest.skip("Virtuoso is not installed (apt-get install virtuoso-opensource-7-bin)")
    with servers.run_virtuoso(program, tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


@pytest.fixture(params=["oxigraph", "oxigraph by update", "virtuoso", "virtuoso by update"])
def endpoint(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """Each server, written by Graph Store Protocol and by Update; empty before and after."""
    server, _, by_update = request.param.partition(" ")
    at = addresses_of(request.getfixturevalue(server) + ("/sparql-auth" if server == "virtuoso" else ""))
    if server == "virtuoso":
        monkeypatch.setenv("CASEKG_USER", "dba")
        monkeypatch.setenv("CASEKG_PASSWORD", "dba")
    if by_update:
        at = Addresses(at.given, at.query, at.update, None, at.login, at.union)
    found = Endpoint(at, Connection(at.given, open_client(at.login)))
    _empty(found)
    yield found
    _empty(found)


def _empty(endpoint: Endpoint) -> None:
    for graph, _ in list(endpoint.texts()):
        endpoint.remove(graph)
    assert endpoint.cases() == []


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def local(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same cases in a store on disk."""
    store = tmp_path_factory.mktemp("local") / "store"
    assert main(["build", str(sources), "--language", "fr", "--store", str(store)]) == 0
    return open_graphs(str(store))


def comparable(answer: Answer) -> list[tuple[str, ...]]:
    """The rows as a server may write them: numbers by their value, in any order."""
    def cell(term: Term | None) -> str:
        if term is not None and re.fullmatch(r"[+-]?\d+(\.\d+)?", term.value):
            return str(Decimal(term.value).normalize())
        return "" if term is None else term.value

    return sorted(tuple(map(cell, row)) for row in answer.rows)


def load(endpoint: Endpoint, graphs: Store) -> None:
    endpoint.replace_all(dict(graphs.texts()))


# Real servers


def test_an_endpoint_answers_as_the_embedded_store(endpoint: Endpoint, local: Store) -> None:
    load(endpoint, local)
    for name, query in load_queries(folder("queries")).items():
        if not any(parameter.required for parameter in query.parameters):
            expected, found = ask(local, query, {}), ask(endpoint, query, {})
            assert found.columns == expected.columns
            assert comparable(found) == comparable(expected), name


def test_values_are_given_as_terms(endpoint: Endpoint, local: Store) -> None:
    load(endpoint, local)
    query = find_query("marker-profile")
    expected = comparable(ask(local, query, {"case": "cas2"}))
    assert expected
    assert comparable(ask(endpoint, query, {"case": "cas2"})) == expected
    text = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    for values in ({"s": "case:cas2"}, {"o": 'x" } #'}):
        assert comparable(ask(endpoint, text, values)) == comparable(ask(local, text, values))


def test_graphs_are_replaced_counted_and_removed(endpoint: Endpoint, local: Store) -> None:
    load(endpoint, local)
    load(endpoint, local)
    assert endpoint.counts() == local.counts()
    assert endpoint.cases() == local.cases()
    first, *others = endpoint.cases()
    assert first == case_iri("cas un")
    short = f"<{first}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ONTOLOGY}ClinicalCase> .\n"
    endpoint.replace_all({first: short})
    assert [text.split() for graph, text in endpoint.texts() if graph == first] == [short.split()]
    endpoint.remove(first)
    endpoint.remove(first)
    assert endpoint.cases() == others
    assert not endpoint.has(first)
    assert endpoint.has(others[0])


def test_the_graphs_come_back_as_they_went(endpoint: Endpoint, local: Store) -> None:
    load(endpoint, local)
    back = Graphs()
    for graph, text in endpoint.texts():
        back.replace(graph, text)
    everything = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert comparable(back.ask(everything)) == comparable(local.ask(everything))


def test_every_form_of_query(endpoint: Endpoint, local: Store) -> None:
    load(endpoint, local)
    assert endpoint.ask("ASK { ?s a <urn:none> }").boolean is False
    assert endpoint.ask("# SELECT\nPREFIX ask: <urn:select#>\nASK WHERE { ?s ?p ?o }").boolean is True
    made = endpoint.ask("CONSTRUCT { ?s <urn:p> 1.5 } WHERE { ?s a <https://w3id.org/casekg/ontology#ClinicalCase> }")
    assert made.columns == ("subject", "predicate", "object")
    assert [row[0].value for row in sorted(made.rows, key=str) if row[0]] == local.cases()
    with pytest.raises(UsageError, match="not accepted by the server"):
        endpoint.ask("SELEC ?s")


# The commands


def test_build_and_query(oxigraph: str, sources: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    build = ["build", str(sources), "--language", "fr", "--store", oxigraph, "--base", f"{CASE_BASE}commands"]
    assert main(build) == 0
    assert main([*build, "--resume"]) == 0
    capfd.readouterr()
    assert main(["query", "marker-profile", oxigraph, "-p", "case=cas2", "--to", "csv"]) == 0
    assert "CD20" in capfd.readouterr().out
    assert main(["store", "info", oxigraph]) == 0
    assert capfd.readouterr().out.startswith("cases    3\ngraphs   3\n")
    assert main(["store", "dump", oxigraph, "-o", str(tmp_path / "x.nq")]) == 0
    assert open_graphs(str(tmp_path / "x.nq")).counts() == open_store(oxigraph).counts()
    for name in TEXTS:
        assert main(["store", "remove", oxigraph, name]) == 0
    assert open_store(oxigraph).cases() == []


def test_resume_sends_what_is_new_or_missing(oxigraph: str, tmp_path: Path,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    source = tmp_path / "in"
    source.mkdir()
    for name, text in TEXTS.items():
        (source / f"{name}.txt").write_text(text, encoding="utf-8")
    sent: list[str] = []
    real = Endpoint.replace_all

    def recording(self: Endpoint, graphs: dict[str, str]) -> None:
        sent.extend(graph.rsplit("/", 1)[-1] for graph in graphs)
        real(self, graphs)

    monkeypatch.setattr(Endpoint, "replace_all", recording)
    build = ["build", str(source), "--language", "fr", "--store", oxigraph]
    assert main(build) == 0
    (source / "cas2.txt").write_text(TEXTS["cas2"] + " Fièvre.", encoding="utf-8")
    open_store(oxigraph).remove(case_iri("cas3"))
    sent.clear()
    assert main([*build, "--resume"]) == 0
    assert sent == ["cas2", "cas3"]
    _empty(Endpoint.at(oxigraph))


def test_without_the_right_password(virtuoso: str, monkeypatch: pytest.MonkeyPatch, sources: Path,
                                    capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("CASEKG_USER", "dba")
    monkeypatch.setenv("CASEKG_PASSWORD", SECRET)
    assert main(["build", str(sources), "--language", "fr", "--store", f"{virtuoso}/sparql-auth"]) == 3
    err = capfd.readouterr().err
    assert "the server refuses access (401); check CASEKG_TOKEN" in err
    assert SECRET not in err


# A scripted server

Script = Callable[[httpx.Request], httpx.Response]
ROWS = {"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "urn:s"}}]}}


class Waits(list[float]):
    """The seconds that were waited."""


def scripted(script: Script, url: str = "http://host/repositories/x", **environment: str) -> tuple[Endpoint, Waits]:
    waits = Waits()
    at = addresses_of(url)
    client = open_client(at.login, environment)
    client._transport = httpx.MockTransport(script)
    return Endpoint(at, Connection(at.given, client, waits.append)), waits


def answers(*statuses: int, **headers: str) -> Script:
    """One status after the other, the last one for ever."""
    left = list(statuses)

    def script(request: httpx.Request) -> httpx.Response:
        status = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, json=ROWS, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return script


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_with_growing_pauses(status: int) -> None:
    endpoint, waits = scripted(answers(status, status, status, 200))
    assert endpoint.ask("SELECT ?s { ?s ?p ?o }").rows == ((Term("uri", "urn:s"),),)
    assert waits == list(connection.WAITS[:3])


def test_the_server_may_say_how_long_to_wait_within_reason() -> None:
    endpoint, waits = scripted(answers(503, 200, Retry_After="7"))
    endpoint.replace_all({"urn:g": ""})
    assert waits == [7.0]
    endpoint, waits = scripted(answers(503, 200, Retry_After="86400"))
    endpoint.replace_all({"urn:g": ""})
    assert waits == [connection.LONGEST_WAIT]


@pytest.mark.parametrize(("status", "told"), [
    (401, "refuses access"), (403, "refuses access"), (404, "nothing takes PUT"), (405, "nothing takes PUT"),
    (301, "another address"), (307, "another address"), (400, "fails at PUT"), (413, "fails at PUT"), (501, "fails"),
])  # fmt: skip
def test_what_a_second_attempt_would_not_mend_is_told_at_once(status: int, told: str) -> None:
    endpoint, waits = scripted(answers(status, Location="http://elsewhere/"))
    with pytest.raises(GraphError, match=rf"^http://host/repositories/x: .*{told}.*\({status}\)"):
        endpoint.replace_all({"urn:g": f'<urn:s> <urn:p> "{SECRET}" .\n'})
    assert waits == []


def test_a_server_that_stays_busy_is_given_up() -> None:
    endpoint, waits = scripted(answers(503))
    with pytest.raises(GraphError, match=r"fails at PUT .* \(503\)"):
        endpoint.replace_all({"urn:g": ""})
    assert waits == list(connection.WAITS)


@pytest.mark.parametrize(("error", "attempts"), [
    (httpx.ConnectError, 6), (httpx.ConnectTimeout, 6), (httpx.RemoteProtocolError, 6), (httpx.WriteError, 6),
    (httpx.ReadTimeout, 1),
])  # fmt: skip
def test_connections_that_fail(error: type[httpx.TransportError], attempts: int) -> None:
    seen = []

    def script(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise error(SECRET)

    endpoint, _ = scripted(script)
    with pytest.raises(GraphError, match=f"can't be reached.*{error.__name__}") as caught:
        endpoint.replace_all({"urn:g": ""})
    assert len(seen) == attempts
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("url", "union"), [
    ("http://host/repositories/x", {}), ("oxigraph+http://host", {"union-default-graph": ["true"]}),
    ("fuseki+http://host/ds", {"default-graph-uri": ["urn:x-arq:UnionGraph"]}),
])  # fmt: skip
def test_a_case_with_a_graph_is_asked_alone(url: str, union: dict[str, list[str]]) -> None:
    asked: list[dict[str, list[str]]] = []
    known = {case_iri("a")}

    def script(request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        if "LIMIT 1" in form["query"][0]:
            here = any(f"<{graph}>" in form["query"][0] for graph in known)
            return httpx.Response(200, json=ROWS if here else ROWS | {"results": {"bindings": []}})
        asked.append({name: value for name, value in form.items() if name != "query"})
        return httpx.Response(200, json=ROWS)

    endpoint, _ = scripted(script, url)
    for values in ({"case": case_iri("a")}, {"case": case_iri("b")}, {}):
        endpoint.ask_named(load_queries(folder("queries"))["timeline"], values)
    assert asked == [{"default-graph-uri": [case_iri("a")]}, union, union]


def test_nothing_of_a_text_and_no_credential_is_told() -> None:
    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, content=request.content + request.headers["Authorization"].encode())

    for url in ("http://host/repositories/x", "sparql+http://host/x"):
        endpoint, _ = scripted(script, url, CASEKG_TOKEN="t0ken")
        with pytest.raises(GraphError) as caught:
            endpoint.replace_all({"urn:g": f'<urn:s> <urn:p> "{SECRET}" .\n'})
        assert SECRET not in str(caught.value)
        assert "t0ken" not in str(caught.value)


def test_credentials_come_from_the_environment() -> None:
    seen: list[str | None] = []

    def script(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Authorization"))
        return httpx.Response(200, json=ROWS)

    for environment in ({}, {"CASEKG_TOKEN": "abc", "CASEKG_USER": "u"}, {"CASEKG_USER": "u", "CASEKG_PASSWORD": "p"}):
        scripted(script, **environment)[0].cases()
    assert seen == [None, "Bearer abc", "Basic dTpw"]
    for broken in ("a\nb", "é"):
        with pytest.raises(UsageError, match="CASEKG_TOKEN") as caught:
            open_client("basic", {"CASEKG_TOKEN": broken})
        assert broken not in str(caught.value)


def test_everything_goes_to_the_given_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:1")
    monkeypatch.setenv("ALL_PROXY", "http://proxy:1")
    seen: list[httpx.Request] = []

    def script(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(307, headers={"Location": "http://elsewhere/"})

    endpoint, _ = scripted(script)
    assert not any(endpoint._line._client._mounts.values())
    with pytest.raises(GraphError):
        endpoint.replace_all({"urn:g": ""})
    assert [request.url.host for request in seen] == ["host"]


def test_without_graph_store_protocol_several_graphs_go_into_one_update() -> None:
    seen: list[httpx.Request] = []

    def script(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    endpoint, _ = scripted(script, "qlever+http://host:7001")
    assert endpoint.batch > 1
    endpoint.replace_all({"urn:a": "<urn:s> <urn:p> 1 .\n", "urn:b": ""})
    (request,) = seen
    assert (str(request.url), request.headers["Content-Type"]) == ("http://host:7001", "application/sparql-update")
    assert " ".join(request.content.decode().split()) == (
        "DROP SILENT GRAPH <urn:a> ; INSERT DATA { GRAPH <urn:a> { <urn:s> <urn:p> 1 . } } ; "
        "DROP SILENT GRAPH <urn:b> ; INSERT DATA { GRAPH <urn:b> { } }"
    )


def test_a_graph_s_address_survives_percent_signs() -> None:
    seen: list[httpx.Request] = []

    def script(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    scripted(script)[0].replace_all({case_iri("cas 1"): ""})
    assert parse_qs(seen[0].url.query.decode())["graph"] == [case_iri("cas 1")]


@pytest.mark.parametrize(("header", "value", "told"), [
    ("X-SPARQL-MaxRows", "10000", "at 10000 rows"), ("X-SQL-State", "S1TAT", "at its time limit"),
])  # fmt: skip
def test_an_answer_cut_short_is_no_answer(header: str, value: str, told: str) -> None:
    endpoint, _ = scripted(lambda request: httpx.Response(200, json=ROWS, headers={header: value}))
    with pytest.raises(GraphError, match=told):
        endpoint.cases()


@pytest.mark.parametrize("content", ["<html>", "{}", "[]", '{"head": {}}', '{"head": {"vars": ["s"]}, "results": 1}'])
def test_what_is_no_endpoint_is_told(content: str) -> None:
    endpoint, _ = scripted(lambda request: httpx.Response(200, content=content))
    with pytest.raises(GraphError, match="doesn't answer as a SPARQL"):
        endpoint.cases()


# Where servers answer


@pytest.mark.parametrize(("url", "query", "update", "graphs"), [
    ("http://h:7878", "http://h:7878/query", "http://h:7878/update", "http://h:7878/store"),
    ("http://h:7878/query/", "http://h:7878/query", "http://h:7878/update", "http://h:7878/store"),
    ("oxigraph+https://h/kg", "https://h/kg/query", "https://h/kg/update", "https://h/kg/store"),
    ("http://h:3030/ds", "http://h:3030/ds/query", "http://h:3030/ds/update", "http://h:3030/ds/data"),
    ("fuseki+https://h/a/ds", "https://h/a/ds/query", "https://h/a/ds/update", "https://h/a/ds/data"),
    ("https://h/repositories/r", "https://h/repositories/r", "https://h/repositories/r/statements",
     "https://h/repositories/r/rdf-graphs/service"),
    ("http://h:8890/sparql", "http://h:8890/sparql", "http://h:8890/sparql", "http://h:8890/sparql-graph-crud"),
    ("http://h:8890/sparql-auth", "http://h:8890/sparql-auth", "http://h:8890/sparql-auth",
     "http://h:8890/sparql-graph-crud-auth"),
    ("https://c.eu.neptune.amazonaws.com:8182/sparql", "https://c.eu.neptune.amazonaws.com:8182/sparql",
     "https://c.eu.neptune.amazonaws.com:8182/sparql", "https://c.eu.neptune.amazonaws.com:8182/sparql/gsp/"),
    ("qlever+http://h:7001", "http://h:7001", "http://h:7001", None),
    ("https://h/repo", "https://h/repo", "https://h/repo", None),
    ("sparql+http://h", "http://h", "http://h", None),
])  # fmt: skip
def test_addresses(url: str, query: str, update: str, graphs: str | None) -> None:
    found = addresses_of(url)
    assert (found.query, found.update, found.graphs) == (query, update, graphs)


@pytest.mark.parametrize(("url", "told"), [
    (f"https://me:{SECRET}@h/x", "CASEKG_USER"), ("ftp://h/x", "without"), (f"https://h/x?key={SECRET}", "without"),
    ("http://", "HOST"), ("nosuch+http://h/x", "there are graphdb, neptune"), ("graphdb+http://h/x", "no server"),
])  # fmt: skip
def test_urls_that_are_no_endpoint(url: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        addresses_of(url)
    assert SECRET not in str(caught.value)


def test_a_malformed_row_is_named() -> None:
    with pytest.raises(TableError, match=r"servers\.tsv:3"):
        _server("a\tb\tc", "servers.tsv:3")
