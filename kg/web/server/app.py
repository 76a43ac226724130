"""``kg serve``: the HTTP service. It checks who asks, passes queries to workers, and logs nothing of a request."""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import uvicorn
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import UsageError
from kg.graph.terms import Triple
from kg.web.server import protocol
from kg.web.server.description import FORMS, Counts, count, describe_data, describe_service, in_format
from kg.web.server.jobs import Limits, RefusalError, Reply
from kg.web.server.starting import LOOPBACK, Settings
from kg.web.server.workers import Workers

_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept", "X-Content-Type-Options": "nosniff"}
_SLOW = 10.0
"""Seconds in which a body must have come."""
_WAITING = 128
"""Requests that may wait for workers at a time; the others wait in the order of their connections."""


def check_caller(headers: Callable[[str], str], settings: Settings) -> None:
    """Refuse requests for another host (421), from other sites' pages (403) and without the token (401).

    A page of any site can send requests to an address on the loopback, even under a name of its own (DNS rebinding).
    """
    host, origin = headers("host"), headers("origin")
    if _name(host) not in LOOPBACK | {settings.host, *settings.hosts}:
        raise RefusalError(421, "this service is not known under that host name; kg serve --allow-host names more")
    foreign = headers("sec-fetch-site") == "cross-site" if not origin else urlsplit(origin).netloc != host
    if foreign and origin not in settings.origins:
        raise RefusalError(403, "pages of other sites may not ask; kg serve --cors names the ones that may")
    given = headers("authorization").removeprefix("Bearer ").strip()
    if settings.token and not hmac.compare_digest(given.encode(), settings.token.encode()):
        raise RefusalError(401, "a token is needed: Authorization: Bearer …")


def _name(host: str) -> str:
    try:
        return urlsplit("//" + host).hostname or ""
    except ValueError:
        return ""


class Gate:
    """Lets through the requests that ``check_caller`` does not refuse."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        headers = Request(scope).headers
        try:
            check_caller(lambda name: headers.get(name, ""), self._settings)
        except RefusalError as refusal:
            await _refused(refusal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refused(refusal: RefusalError) -> Response:
    more = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "2"}}.get(refusal.status, {})
    return Response(f"{refusal}\n", refusal.status, _HEADERS | more, "text/plain")


class Service:
    """What is behind the addresses of the service."""

    def __init__(self, workers: Workers, limits: Limits) -> None:
        self._workers, self._limits = workers, limits
        self._waiting, self._counting = CapacityLimiter(_WAITING), asyncio.Lock()
        self._counts: Counts | None = None

    async def sparql(self, request: Request) -> Response:
        """A query's answer; the service description where nothing is asked."""
        try:
            if request.method != "POST" and not request.scope["query_string"]:
                return _description(request, describe_service(_root(request)))
            asked = protocol.Request(
                request.method, request.scope["query_string"], _accept(request),
                request.headers.get("content-type", ""), await self._body(request),
            )  # fmt: skip
            job = protocol.job_of(asked, self._limits)
            reply: Reply = await to_thread.run_sync(self._workers.ask, job, limiter=self._waiting)
            if reply.status != 200:
                raise RefusalError(reply.status, reply.body.decode(errors="replace"))
            return Response(reply.body, 200, _HEADERS, job.media)
        except RefusalError as refusal:
            return _refused(refusal)

    async def void(self, request: Request) -> Response:
        """The data set in VoID; counted once."""
        try:
            async with self._counting:
                self._counts = self._counts or await to_thread.run_sync(count, self._workers.ask)
            if self._counts is None:
                raise RefusalError(503, "the store could not be counted in the time there is (--time-limit)")
            return _description(request, describe_data(_root(request), self._counts))
        except RefusalError as refusal:
            return _refused(refusal)

    async def _body(self, request: Request) -> bytes:
        """The body, as far as it is not too large (413) and does not come too slowly (408)."""
        body, most = bytearray(), self._limits.body
        try:
            async with asyncio.timeout(_SLOW):
                async for piece in request.stream():
                    body += piece
                    if len(body) > most:
                        raise RefusalError(413, f"the body is larger than {most:,} bytes")
        except TimeoutError as error:
            raise RefusalError(408, f"the body did not come in {_SLOW:g} seconds") from error
        except ClientDisconnect as error:
            raise RefusalError(400, "the body is not complete") from error
        return bytes(body)


def _accept(request: Request) -> str:
    return ",".join(request.headers.getlist("accept"))


def _root(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _description(request: Request, triples: Iterator[Triple]) -> Response:
    media = protocol.negotiate(_accept(request), {name: name for name in FORMS})
    return Response(in_format(triples, media), 200, _HEADERS, media)


def make_app(settings: Settings, workers: Workers) -> Starlette:
    """The service as an ASGI application."""
    service = Service(workers, settings.limits)
    routes = [
        Route("/", lambda request: RedirectResponse("/sparql"), methods=["GET"]),
        Route("/sparql", service.sparql, methods=["GET", "POST"]),
        Route("/.well-known/void", service.void, methods=["GET"]),
    ]
    allowed = Middleware(CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST"],
                         allow_headers=["Authorization", "Content-Type"])  # fmt: skip
    gate = Middleware(Gate, settings=settings)
    return Starlette(routes=routes, middleware=[allowed, gate] if settings.origins else [gate])


def run(settings: Settings, listening: socket.socket, note: Callable[[str], None]) -> None:
    """Serve a store on the socket until the process is told to stop; ``note`` takes the line that says where."""
    workers = Workers(settings.store, settings.limits, settings.workers)
    try:
        if not workers.ready():
            raise UsageError(f"{settings.store}: the store can't be opened; is it damaged, or --memory too small?")
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        note(f"http://{host}:{listening.getsockname()[1]}/sparql answers from {settings.store}; Ctrl-C stops it")
        # The log of accesses would hold the queries.
        config = uvicorn.Config(make_app(settings, workers), access_log=False, log_level="error", lifespan="off",
                                server_header=False, timeout_graceful_shutdown=3, limit_concurrency=512)  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        workers.close()
