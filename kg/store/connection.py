"""How does a request reach a server? With credentials from the environment, and again where the server is busy.

``CASEKG_TOKEN`` is sent as a bearer token; else ``CASEKG_USER`` and ``CASEKG_PASSWORD`` as the server wants them.
Requests go to the given address and nowhere else: redirects are not followed, proxies of the environment not used.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.errors import GraphError, UsageError

if TYPE_CHECKING:
    import httpx

WAITS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds between one attempt and the next."""
LONGEST_WAIT = 60.0
"""So many seconds at most are waited where the server says how long."""
_BUSY = (429, 500, 502, 503, 504)
_TIMES = {"connect": 10.0, "read": 600.0, "write": 60.0, "pool": 10.0}
_DENIED = "check CASEKG_TOKEN, or CASEKG_USER and CASEKG_PASSWORD, and what they may do there"


def open_client(login: str, environment: Mapping[str, str] = os.environ) -> httpx.Client:
    """A client with the credentials of the environment; ``login`` is ``basic`` or ``digest``."""
    import httpx

    token, user = environment.get("CASEKG_TOKEN", ""), environment.get("CASEKG_USER", "")
    password = environment.get("CASEKG_PASSWORD", "")
    if not (token + user + password).isprintable() or not token.isascii():
        raise UsageError("CASEKG_TOKEN, CASEKG_USER or CASEKG_PASSWORD holds a line break or the like; set it anew")
    headers = {"User-Agent": f"casekg/{__version__}"} | ({"Authorization": f"Bearer {token}"} if token else {})
    auth: httpx.Auth | None = None
    if user and not token:
        auth = httpx.DigestAuth(user, password) if login == "digest" else httpx.BasicAuth(user, password)
    # The certificates alone are those of the environment (SSL_CERT_FILE).
    return httpx.Client(auth=auth, headers=headers, timeout=httpx.Timeout(**_TIMES),
                        trust_env=False, verify=httpx.create_ssl_context())  # fmt: skip


class Connection:
    """Requests to one endpoint; ``where`` is its name in messages, ``pause`` waits so many seconds."""

    def __init__(self, where: str, client: httpx.Client, pause: Callable[[float], None] = time.sleep) -> None:
        self._where = where
        self._client = client
        self._pause = pause
        weakref.finalize(self, client.close)

    def send(self, method: str, url: str, accepted: tuple[int, ...] = (), **content: Any) -> httpx.Response:
        """The response to a request, whole; ``content`` is what httpx takes. Only what may be sent twice may be given.

        ``GraphError`` where the server can't be reached, or answers with an error that is not in ``accepted``. Neither
        what was sent nor what the server says about it is told, for both may hold words of a text.
        """
        request = self._client.build_request(method, url, **content)
        response = self._answered(request)
        status = response.status_code
        if response.is_success or status in accepted:
            return response
        if status in (401, 403):
            raise GraphError(f"{self._where}: the server refuses access ({status}); {_DENIED}")
        if response.is_redirect:
            raise GraphError(f"{self._where}: the server points to another address ({status}); give that one")
        if status in (404, 405):
            hint = "check it, or name the server: fuseki+https://…, sparql+https://…"
            raise GraphError(f"{self._where}: nothing takes {method} {request.url.path} there ({status}); {hint}")
        raise GraphError(f"{self._where}: the server fails at {method} {request.url.path} ({status}); see its log")

    def _answered(self, request: httpx.Request) -> httpx.Response:
        """The last response, after the attempts that are worth it."""
        import httpx

        for wait in (*WAITS, None):
            try:
                response = self._client.send(request)
            except httpx.TransportError as error:
                # Who has read a question and doesn't answer in time won't answer it sooner the second time.
                if wait is None or isinstance(error, httpx.ReadTimeout):
                    told = type(error).__name__
                    raise GraphError(f"{self._where}: can't be reached ({told}); is the server running?") from None
                self._pause(wait)
                continue
            if wait is None or response.status_code not in _BUSY:
                return response
            self._pause(max(wait, _asked_wait(response)))
        raise AssertionError("the last attempt returns or raises")


def _asked_wait(response: httpx.Response) -> float:
    """The seconds that the server asks to wait, within reason."""
    told = response.headers.get("Retry-After", "")
    return min(float(told), LONGEST_WAIT) if told.isdecimal() else 0.0
