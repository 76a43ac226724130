"""Which questions can be asked, and how is a value given to one? The named queries of ``queries/*.rq``.

A query file opens with a header of comment lines, in this order, then holds one SPARQL ``SELECT`` query::

    # question: Which marker results revised which diagnosis?
    # parameter: case case optional the case to ask about; every case without it
    # parameter: concept/marker concept optional the marker to ask about, which may be called marker too
    # columns: case, concept
    # column: case the case
    # column: concept the marker

A parameter is a variable of the query, and a column too: SPARQL can only give a value to a variable that the query
returns. There are two ways to give one, with the same answer: ``bind`` writes a ``VALUES`` row into the text, for any
SPARQL 1.1 endpoint; ``substitutions`` is what pyoxigraph takes beside the text, and faster.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, TableError, UsageError

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode, Variable

TYPES = ("case", "concept", "iri", "string", "integer")
"""Types of parameters. A ``case`` and a ``concept`` are IRIs, which callers may let people name by id and by label.

A query that is given a ``case`` looks at nothing but that case, so a store may ask the case's graph alone.
"""
_IRIS = frozenset({"case", "concept", "iri"})

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_STEM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEADER = re.compile(r"# (question|parameter|columns|column): (\S.*)")
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
# What may hold a brace or the word WHERE without meaning it (an IRI, a string, a comment), then what means it.
_TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>
      | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
      | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      | \#[^\n]*
      | [?$]\w+
      | (?P<where>\bWHERE\b) | (?P<open>\{) | (?P<close>\})""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable to which a value can be given; ``type`` is one of ``TYPES``, ``alias`` what people may call it too."""

    name: str
    type: str
    required: bool
    description: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A variable that the query returns."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question with its SPARQL ``text`` (header included); ``name`` is the file's stem."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str


def load_queries(folder: Path) -> dict[str, NamedQuery]:
    """The queries of ``folder/*.rq`` by name, in the order of their names.

    Raises InputError for a folder or a file that can't be read, TableError for a malformed header.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of queries; name a folder that holds .rq files")
    return {path.stem: read_query(path) for path in sorted(folder.glob("*.rq"))}


def read_query(path: Path) -> NamedQuery:
    """The query of one file.

    Raises InputError for a file that can't be read, TableError (``file:line``) for a malformed header.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't be read as UTF-8 text; check the name, the rights and the encoding") from error
    return parse_query(text, path.stem, path.name)


def parse_query(text: str, name: str, file: str) -> NamedQuery:
    """The query in ``text``; errors name ``file`` and line.

    >>> text = "# question: Who?\\n# columns: case\\n# column: case the case\\nSELECT ?case WHERE { ?case a ?type }"
    >>> parse_query(text, "who", "who.rq").columns
    (Column(name='case', description='the case'),)
    """
    if not _STEM.fullmatch(name):
        raise TableError(f"{file}:1: the file's name is not of a-z, 0-9 and single hyphens, such as revision-chain.rq")
    header = list(_header(text, file))
    kinds = [kind for kind, _, _ in header]
    order = ("question", "parameter", "columns", "column")
    for (kind, _, where), before in zip(header[1:], kinds, strict=False):
        if order.index(kind) < order.index(before):
            raise TableError(f"{where}: '# {kind}:' stands after '# {before}:'; the order is {', '.join(order)}")
    for kind in ("question", "columns"):
        if kinds.count(kind) != 1:
            raise TableError(f"{file}:1: {kinds.count(kind)} lines '# {kind}:' instead of one")
    question = next(value for kind, value, _ in header if kind == "question")
    parameters = tuple(_parameter(value, where) for kind, value, where in header if kind == "parameter")
    columns = _columns(header)
    _check_names(parameters, columns, file)
    _start_of_where(text, file)
    return NamedQuery(name, question, parameters, columns, text)


def bind(query: NamedQuery, values: Mapping[str, str]) -> str:
    """The text of ``query`` with ``values`` written into it as a ``VALUES`` row, for any SPARQL 1.1 endpoint.

    ``values`` maps names of parameters to IRIs, strings or integers, as plain text. Raises UsageError for an unknown
    or missing parameter and for a value that is not of its type.
    """
    rows = [(name, _term(type_, value)) for name, type_, value in _checked(query, values)]
    if not rows:
        return query.text
    at = _start_of_where(query.text, query.name)
    names, terms = " ".join(f"?{name}" for name, _ in rows), " ".join(term for _, term in rows)
    return f"{query.text[:at]} VALUES ({names}) {{ ({terms}) }}{query.text[at:]}"


def case_of(query: NamedQuery, values: Mapping[str, str]) -> str:
    """The case that ``values`` tie the query to; empty where it is asked of all."""
    return next((values[p.name] for p in query.parameters if p.type == "case" and p.name in values), "")


def substitutions(query: NamedQuery, values: Mapping[str, str]) -> dict[Variable, NamedNode | Literal]:
    """What ``Store.query`` takes as ``substitutions`` to give ``values``; errors as ``bind``."""
    from pyoxigraph import Literal, NamedNode, Variable

    makers: dict[str, Callable[[str], NamedNode | Literal]] = {
        **dict.fromkeys(_IRIS, NamedNode),
        "string": Literal,
        "integer": lambda value: Literal(int(value)),
    }
    found = {}
    for name, type_, value in _checked(query, values):
        try:
            found[Variable(name)] = makers[type_](value)
        except ValueError as error:
            raise UsageError(f"parameter {name} of {query.name} needs an IRI; this one is not well formed") from error
    return found


def _header(text: str, file: str) -> Iterator[tuple[str, str, str]]:
    """(kind, value, ``file:line``) of the comment lines before anything else."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            return
        match = _HEADER.fullmatch(line.rstrip())
        if not match:
            raise TableError(f"{file}:{number}: not '# KEY: VALUE' with question, parameter, columns or column as KEY")
        yield match[1], match[2], f"{file}:{number}"


def _parameter(value: str, where: str) -> Parameter:
    cells = value.split(maxsplit=3)
    if len(cells) != 4 or cells[2] not in ("optional", "required"):
        raise TableError(f"{where}: a parameter is NAME[/ALIAS] TYPE optional|required DESCRIPTION")
    names, type_, need, description = cells
    name, _, alias = names.partition("/")
    if type_ not in TYPES:
        raise TableError(f"{where}: type {type_!r} is none of {', '.join(TYPES)}")
    return Parameter(name, type_, need == "required", description, alias)


def _columns(header: list[tuple[str, str, str]]) -> tuple[Column, ...]:
    """The columns, each explained by a line of its own, in the order of the line of names."""
    names, where = next(([n.strip() for n in v.split(",")], where) for kind, v, where in header if kind == "columns")
    columns = []
    for kind, value, line in header:
        if kind == "column":
            name, _, description = value.partition(" ")
            if not description.strip():
                raise TableError(f"{line}: a column is NAME EXPLANATION")
            columns.append(Column(name, description.strip()))
    if [column.name for column in columns] != names:
        raise TableError(f"{where}: the lines '# column:' must explain {', '.join(names)}, in this order")
    return tuple(columns)


def _check_names(parameters: tuple[Parameter, ...], columns: tuple[Column, ...], file: str) -> None:
    asked, told = [p.name for p in parameters], [c.name for c in columns]
    called = asked + [p.alias for p in parameters if p.alias]
    for name in (*called, *told):
        if not _NAME.fullmatch(name):
            raise TableError(f"{file}:1: {name!r} is not the name of a variable (letters, digits, _; no question mark)")
    for names in (called, told):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise TableError(f"{file}:1: {', '.join(twice)} stands twice")
    if missing := [name for name in asked if name not in told]:
        raise TableError(f"{file}:1: parameter {', '.join(missing)} is no column; a parameter must be one")


def _start_of_where(text: str, where: str) -> int:
    """The offset after the first brace of the outermost WHERE."""
    depth, seen = 0, False
    for match in _TOKEN.finditer(text):
        if match["open"]:
            if seen:
                return match.end()
            depth += 1
        elif match["close"]:
            depth -= 1
        elif match["where"] and depth == 0:
            seen = True
    raise TableError(f"{where}: no WHERE {{ after the header; a query is one SELECT … WHERE {{ … }}")


def _checked(query: NamedQuery, values: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(name, type, value) of the given values, in the order of the parameters."""
    known = {parameter.name: parameter for parameter in query.parameters}
    for name, value in values.items():
        if name not in known:
            raise UsageError(f"{query.name} has no parameter {name!r}; it has {', '.join(known) or 'none'}")
        type_ = known[name].type
        if type_ in _IRIS and not _IRI.fullmatch(value):
            raise UsageError(f"parameter {name} of {query.name} needs an IRI: https://w3id.org/casekg/case/demo")
        if type_ == "integer" and not _INTEGER.fullmatch(value):
            raise UsageError(f"parameter {name} of {query.name} needs a whole number, such as 3")
    if missing := [p.name for p in query.parameters if p.required and p.name not in values]:
        raise UsageError(f"{query.name} needs a value for {', '.join(missing)}: {known[missing[0]].description}")
    return [(p.name, p.type, values[p.name]) for p in query.parameters if p.name in values]


def _term(type_: str, value: str) -> str:
    """``value`` as a SPARQL term."""
    if type_ in _IRIS:
        return f"<{value}>"
    return str(int(value)) if type_ == "integer" else f'"{value.translate(_ESCAPES)}"'
