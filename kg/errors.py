"""The tree of errors.

KgError                     every error that casekg raises on purpose; ``exit_code`` 3
├── InputError              a file or text that can't be read (exit code 3)
├── TableError              a malformed row of a table: names file and line (exit code 3)
├── GraphError              a graph that can't be parsed or written (exit code 3)
└── UsageError              a wrong call: unknown language, query, format (exit code 2)
    ├── LimitError          an answer larger than a service gives (``kg.store.reader``)
    └── RefusalError        a request that the endpoint doesn't serve; ``status`` is that of HTTP (``kg.web.server``)

Each message is one line that says what is wrong, where, and how to mend it. Messages never quote clinical text.
"""

from __future__ import annotations


class KgError(Exception):
    """Any error that casekg raises on purpose; its message is one line for a person."""

    exit_code = 3


class InputError(KgError):
    """A file or text that can't be read."""


class TableError(KgError):
    """A malformed row in a table of languages or terms; the message starts with ``file:line``."""


class GraphError(KgError):
    """A graph that can't be parsed, or an output that can't be written."""


class UsageError(KgError):
    """A wrong call; the message lists the alternatives."""

    exit_code = 2
