"""How fast is ``kg serve``, and what do bombs do to it? Prints tables, asserts nothing.

    python benchmarks/serve.py [STORE] [--requests 5000] [--seconds 60]

Without a store the bundled examples are read into one, many times over. Everything runs on the loopback: a service in a
process of its own, and eight clients here, which share the processors with it. First they ask about cases as fast as
they can; then six go on while two send what a service must survive. Both parts end by themselves.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from kg.graph.write import write
from kg.identity import case_iri
from kg.pipeline import build, read
from kg.resources import folder
from kg.store.embedded import Graphs

CLIENTS, HOSTILE, LIMIT = 8, 2, 5
PREFIX = "PREFIX kg: <https://w3id.org/casekg/ontology#>\n"
DATED = "OPTIONAL { ?about kg:date ?date }"
PER_CASE = {
    "markers": "SELECT * { ?about kg:case <%s> ; kg:marker ?marker ; kg:result ?result " + DATED + "}",
    "timeline": "SELECT * { ?about kg:case <%s> ; kg:order ?n ; kg:includes ?what " + DATED + "} ORDER BY ?n",
    "diagnoses": "SELECT * { ?about kg:case <%s> ; a kg:Diagnosis ; kg:lifecycle ?cycle " + DATED + "}",
}
BOMBS = {
    "endless join": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "endless sort": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "crash of the engine": f"ASK {{ FILTER({'!' * 30_000}true) }}",
    "everything": "SELECT * { ?s ?p ?o }",
    "deep": "SELECT * { " + "{" * 3000 + "}" * 3000 + " }",
    "service": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "update": "DROP ALL",
    "large": "ASK { } #" + "x" * (2 << 20),
    "not SPARQL": "SELECT * { ?s ?p",
}


@dataclass
class Seen:
    """What the clients saw: seconds of each answer, and how often each status came, by kind."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)


def make_store(path: Path, copies: int = 60) -> None:
    """The bundled examples, each as many cases."""
    graphs = Graphs.on_disk(path)
    for language in ("fr", "es", "en"):
        for file in sorted((folder("examples") / language).glob("*.txt")):
            text = file.read_text(encoding="utf-8")
            case, first = read(text, id="first", language=language), case_iri("first")
            triples = write(build(case), first, "nt")
            for number in range(copies):
                name = case_iri(f"{file.stem}-{language}-{number}")
                graphs.replace(name, triples.replace(f"<{first}", f"<{name}"))
    graphs.flush()


@contextmanager
def serving(store: Path) -> Iterator[tuple[int, int]]:
    """Port and process id of a service."""
    command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", "--time-limit", str(LIMIT)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            yield int(line.split("/sparql")[0].rpartition(":")[2]), process.pid
        finally:
            process.terminate()
            process.wait(20)


def ask(connection: http.client.HTTPConnection, query: str) -> tuple[int, bytes]:
    """Status and body of one query."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
    try:
        connection.request("POST", "/sparql", urlencode({"query": query}), headers)
        response = connection.getresponse()
        return response.status, response.read()
    except OSError:  # the service may close a connection of which it has read enough
        connection.close()
        return 0, b""


def column(port: int, query: str) -> list[str]:
    """The values of ``?v``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    rows = json.loads(ask(connection, query)[1])["results"]["bindings"]
    connection.close()
    return [row["v"]["value"] for row in rows]


def clients(port: int, queries: list[Callable[[], tuple[str, str] | None]]) -> Seen:
    """What clients see, each asking what its function gives (kind and query) until it gives None."""
    seen, lock = Seen(), threading.Lock()

    def run(next_: Callable[[], tuple[str, str] | None]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while asked := next_():
            kind, query = asked
            start = time.perf_counter()
            status, _ = ask(connection, query)
            taken = time.perf_counter() - start
            with lock:
                seen.statuses.setdefault(kind, Counter())[status] += 1
                if kind in PER_CASE:
                    seen.seconds.append(taken)
        connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in queries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def good(cases: list[str], seed: int, go_on: Callable[[], bool]) -> Callable[[], tuple[str, str] | None]:
    """Questions about cases, as long as ``go_on`` says so."""
    chance = random.Random(seed)

    def next_() -> tuple[str, str] | None:
        kind = chance.choice(list(PER_CASE))
        return (kind, PREFIX + PER_CASE[kind] % chance.choice(cases)) if go_on() else None

    return next_


def hostile(seed: int, until: float) -> Callable[[], tuple[str, str] | None]:
    """Bombs in turn."""
    kinds = list(BOMBS)
    turn = iter(range(seed, 1_000_000))
    return lambda: (kinds[i := next(turn) % len(kinds)], BOMBS[kinds[i]]) if time.monotonic() < until else None


def countdown(count: int) -> Callable[[], bool]:
    """True so many times."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def memory(pid: int) -> tuple[float, float]:
    """MiB of the service alone, and of it with its workers (the pages they share counted once)."""

    def size(process: str) -> float:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0.0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024

    own = size(str(pid))
    return own, own + sum(map(size, children(pid)))


def spent(pid: int) -> list[float]:
    """Seconds of processor time so far: of the service, of its workers, of the clients here."""

    def seconds(process: str) -> float:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return [seconds(str(pid)), sum(map(seconds, children(pid))), time.process_time()]


def children(pid: int) -> list[str]:
    """The ids of the processes that a process started."""
    return [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def latency(seconds: list[float], wall: float) -> str:
    """Rate and quantiles as a line."""
    ordered = sorted(seconds) or [0.0]
    p50, p99 = (1000 * ordered[int(q * (len(ordered) - 1))] for q in (0.5, 0.99))
    rate, worst = len(seconds) / wall, 1000 * ordered[-1]
    return f"{rate:8.0f} a second   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   worst {worst:7.1f} ms"


def mixed(port: int, pid: int, cases: list[str], duration: float) -> None:
    """Good and hostile clients together for so many seconds, with the memory before, during and after."""
    until, sizes = time.monotonic() + duration, [memory(pid)]

    def watch() -> None:
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, duration / 6))
            sizes.append(memory(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    asking = [good(cases, seed, lambda: time.monotonic() < until) for seed in range(CLIENTS - HOSTILE)]
    seen = clients(port, asking + [hostile(4 * seed, until) for seed in range(HOSTILE)])
    watcher.join()
    print(f"\n{duration:.0f} s, {CLIENTS - HOSTILE} clients asking, {HOSTILE} hostile")
    print(latency(seen.seconds, duration))
    for kind, counted in sorted(seen.statuses.items(), key=lambda item: item[0] not in PER_CASE):
        print(f"  {kind:22}", "  ".join(f"{status or 'closed'}: {count}" for status, count in sorted(counted.items())))
    print("memory in MiB, every sixth of the time: service", *(f"{own:.0f}" for own, _ in sizes),
          " with workers", *(f"{total:.0f}" for _, total in sizes))  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    with TemporaryDirectory() as place:
        if asked.store is None:
            make_store(Path(place) / "store")
        with serving(asked.store or Path(place) / "store") as (port, pid):
            cases = column(port, PREFIX + "SELECT ?v { ?v a kg:ClinicalCase }")
            total = int(column(port, "SELECT (COUNT(*) AS ?v) { ?s ?p ?o }")[0])
            print(f"{len(cases)} cases, {total:,} triples")
            clients(port, [good(cases, seed, countdown(50)) for seed in range(CLIENTS)])
            before, start = spent(pid), time.perf_counter()
            each = asked.requests // CLIENTS
            seen = clients(port, [good(cases, seed, countdown(each)) for seed in range(CLIENTS)])
            wall = time.perf_counter() - start
            parts = [1000 * (b - a) / (each * CLIENTS) for a, b in zip(before, spent(pid), strict=True)]
            print(f"\n{CLIENTS} clients, {each * CLIENTS} questions about a case\n{latency(seen.seconds, wall)}")
            print("processor time of a question: service {:.2f}, workers {:.2f}, clients {:.2f} ms;".format(*parts),
                  f"two processors to themselves can do {2000 / sum(parts):.0f} a second")  # fmt: skip
            mixed(port, pid, cases, asked.seconds)


if __name__ == "__main__":
    main()
