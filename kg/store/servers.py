"""Where does a SPARQL server take queries, updates and graphs? One URL is given, the rows of ``servers.tsv`` say it.

``http://localhost:7878`` is an Oxigraph, ``https://host/repositories/cases`` a GraphDB or RDF4J …; ``fuseki+URL`` names
the server where its URL doesn't tell, ``sparql+URL`` one that takes queries and updates at the same address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import TableError, UsageError

_URL = re.compile(r"(?:(?P<server>[a-z][a-z0-9-]*)\+)?(?P<address>https?://(?P<host>[^/?#\s]+)[^?#\s]*)")


@dataclass(frozen=True, slots=True)
class Server:
    """A row of the table: what is added to group 1 of ``pattern``; ``graphs`` is None without Graph Store Protocol.

    ``union`` is sent with queries, so that all graphs together are the default graph.
    """

    name: str
    pattern: re.Pattern[str]
    query: str
    update: str
    graphs: str | None
    login: str
    union: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URLs of one endpoint. ``given`` is for messages; ``login`` is ``basic`` or ``digest``."""

    given: str
    query: str
    update: str
    graphs: str | None = None
    login: str = "basic"
    union: tuple[tuple[str, str], ...] = ()


def is_url(where: str) -> bool:
    """Whether ``where`` names an endpoint, not a file or folder."""
    return "://" in where


@cache
def load_servers() -> tuple[Server, ...]:
    """The rows of the table, in its order; ``TableError`` for a malformed one."""
    path = Path(__file__).with_name("servers.tsv")
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return tuple(_server(line, f"{path.name}:{n}") for n, line in lines if line.strip() and not line.startswith("#"))


def _server(line: str, where: str) -> Server:
    cells = line.split("\t")
    if len(cells) not in (6, 7) or cells[5] not in ("basic", "digest"):
        raise TableError(f"{where}: not server, pattern, query, update, graphs, basic or digest, union, parted by tabs")
    name, pattern, query, update, graphs, login = cells[:6]
    parameter, sign, value = "".join(cells[6:]).partition("=")
    union = ((parameter, value),) if sign else ()
    return Server(name, re.compile(pattern), query, update, None if graphs == "-" else graphs, login, union)


def addresses_of(url: str) -> Addresses:
    """The addresses of the endpoint ``url``; ``UsageError`` for one that is none, or that holds a password.

    >>> addresses_of("http://localhost:7878").update
    'http://localhost:7878/update'
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise UsageError("an endpoint's URL is http(s)://HOST/PATH or SERVER+http(s)://HOST/PATH, without ? and #")
    if "@" in match["host"]:
        # Not quoted: it holds a password.
        raise UsageError("the endpoint's URL holds a user; leave it out and set CASEKG_USER and CASEKG_PASSWORD")
    address, named = match["address"].rstrip("/"), match["server"]
    for server in load_servers():
        fits = server.pattern.fullmatch(address)
        if fits and named in (None, server.name):
            graphs = None if server.graphs is None else fits[1] + server.graphs
            query, update = fits[1] + server.query, fits[1] + server.update
            return Addresses(address, query, update, graphs, server.login, server.union)
    names = ", ".join(dict.fromkeys(server.name for server in load_servers()))
    raise UsageError(f"{named}+{address}: no server of this name has such a URL; there are {names}")
