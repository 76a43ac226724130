"""May this query run? It is read token by token as the engine reads it, and refused before it reaches the engine.

The engine's parser has no words: ``SERVICESILENT<…>`` and ``SERVICEex:a{…}`` are calls of a service to it. So the rule
is about what is left when strings, comments, IRIs, variables and local names are taken away: "service" may stand
nowhere in it. Whether ``<`` opens an IRI or compares depends on the grammar; where both are possible and would part
comments or strings in another way, the query is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.web.server.jobs import RefusalError

_U = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"""\\[tbnrf"'\\]|{_U}"""
_TOKEN = re.compile(
    rf"""(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_U})*+>)
      | (?P<string>\"\"\"(?:"{{0,2}}+(?:[^"\\]|{_ESCAPE}))*+\"\"\" | '''(?:'{{0,2}}+(?:[^'\\]|{_ESCAPE}))*+'''
                 | "(?:[^"\\\r\n]|{_ESCAPE})*+" | '(?:[^'\\\r\n]|{_ESCAPE})*+')
      | (?P<comment>\#[^\r\n]*+)
      | (?P<variable>[?$]\w++)
      | (?P<name>(?:[^\W\d][\w.·-]{{0,200}}+)?+:(?:(?:[\w:]|%[0-9A-Fa-f]{{2}}|\\[-_~.!$&'()*+,;=/?\#@%])
                                            (?:[\w:.·-]|%[0-9A-Fa-f]{{2}}|\\[-_~.!$&'()*+,;=/?\#@%])*+)?+)
      | (?P<word>[^\W\d]\w*+)
      | (?P<open>[{{(\[]) | (?P<close>[}})\]])
      | (?P<stray>["'\\])
      | (?P<operator>[=!&|+*/,^<>-])
      | (?P<other>[^\s\ufeff])""",
    re.VERBOSE,
)
_FORM = re.compile("SELECT|ASK|CONSTRUCT|DESCRIBE")
_UPDATE = re.compile("INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_CODEPOINT = re.compile(r"\\[uU]0*([0-9A-Fa-f]{1,6})")
_CLOSING = {"{": "}", "(": ")", "[": "]"}

READ_ONLY = "this endpoint is read-only; it takes SELECT, ASK, CONSTRUCT and DESCRIBE"
_SERVICE = (
    "SERVICE is not allowed here: a query can't call other servers"
    " (nor may the name of a prefix or the rest of the syntax hold the word)"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a query that may run: its ``form`` (SELECT …), and whether it has a FROM clause."""

    form: str
    dataset: bool


def check(query: str, nesting: int) -> Checked:
    """The form of ``query``, which holds nothing forbidden and nests at most ``nesting`` brackets.

    Raises RefusalError with 400 where it can't be SPARQL, with 403 where it is not allowed.

    >>> check("ASK FROM <http://example.org/g> { ?s ?p 'SERVICE' }", nesting=8)
    Checked(form='ASK', dataset=True)
    """
    form, dataset, before, brackets = "", False, "", []
    for token in _TOKEN.finditer(query):
        kind, text = str(token.lastgroup), token[0]
        if kind == "comment":
            continue
        if kind == "stray":
            raise RefusalError(400, f"the query is not valid SPARQL: a {text} that nothing closes")
        if kind == "open":
            brackets.append(_CLOSING[text])
            if len(brackets) > nesting:
                raise RefusalError(403, f"the query nests deeper than {nesting} brackets; this endpoint refuses that")
        elif kind == "close":
            if not brackets or brackets.pop() != text:
                raise RefusalError(400, f"the query is not valid SPARQL: a {text} that nothing opened")
        elif kind == "iri":
            operand = brackets[-1:] == [")"] and before not in ("open", "operator")
            _check_iri(text, prologue=not brackets, ambiguous=operand)
        elif kind in ("word", "name"):
            syntax = text.partition(":")[0].upper()
            if "SERVICE" in syntax:
                raise RefusalError(403, _SERVICE)
            if not brackets:
                form = form or _form(syntax, before)
                dataset = dataset or (kind == "word" and "FROM" in syntax)
        before = text.upper() if kind == "word" else kind
    if brackets or not form:
        told = f"a {brackets[-1]} is missing" if brackets else "no SELECT, ASK, CONSTRUCT or DESCRIBE"
        raise RefusalError(400, f"the query is not valid SPARQL: {told}")
    return Checked(form, dataset)


def _form(syntax: str, before: str) -> str:
    """The form that a word outside of brackets opens, if any; ``before`` is the word before it."""
    if before.endswith("PREFIX"):
        return ""
    if _UPDATE.match(syntax):
        raise RefusalError(403, READ_ONLY)
    found = _FORM.match(syntax)
    return found[0] if found else ""


def _check_iri(text: str, *, prologue: bool, ambiguous: bool) -> None:
    """Refuse files, and what may be a comparison with a comment or a string after it."""
    if ambiguous and ("#" in text or "'" in text) and not _ABSOLUTE.match(text):
        raise RefusalError(400, "'<' may compare or open an IRI here; write a space after it, or the IRI with '://'")
    if prologue and is_file(text[1:-1]):
        raise RefusalError(403, "file: IRIs are not allowed in PREFIX, BASE and FROM; this endpoint reads no files")


def is_file(iri: str) -> bool:
    """Whether an IRI, with code points perhaps written as escapes, names a file."""
    return _CODEPOINT.sub(lambda m: chr(min(int(m[1], 16), 0x10FFFF)), iri).lower().startswith("file:")
