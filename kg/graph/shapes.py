"""How is a shape asked as a query? ``ontologies/shapes.ttl`` in SPARQL: each rule becomes a SELECT of what breaks it.

pyshacl is the reference, and a test holds the two together; this one is for stores, which it asks in seconds. It knows
what our shapes use of SHACL Core, with paths that are an IRI, an inverse or an alternative; anything else is a
``GraphError``. Classes are compared as written (no subclasses); numbers beyond the engine's are ill-formed.

A rule is compiled by *sets*, not node by node: what has the class MINUS what has the property, instead of asking each
node whether it has it. On a store that lies on disk that is many times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import GraphError
from kg.resources import folder

_SH = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TESTS = ("datatype", "nodeKind", "in", "pattern", "minLength", "minInclusive", "minExclusive", "maxInclusive",
          "maxExclusive", "languageIn")  # fmt: skip
_KNOWN = {*_TESTS, "class", "node", "or", "property", "path", "message", "severity", "minCount", "maxCount", "lessThan",
          "lessThanOrEquals", "uniqueLang", "qualifiedValueShape", "qualifiedMinCount", "sparql", "targetClass",
          "targetObjectsOf", "targetSubjectsOf"}  # fmt: skip
_UNCAST = {_RDF + "langString", "http://www.w3.org/2001/XMLSchema#string"}
_COMPARED = {"minInclusive": ">=", "minExclusive": ">", "maxInclusive": "<=", "maxExclusive": "<", "lessThan": "<",
             "lessThanOrEquals": "<="}  # fmt: skip
_WHERE = re.compile(r"SELECT\s+\$this\s+WHERE\s*\{(.*)\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint with the SELECTs of the nodes (``?this``) that break it and of the nodes that it is about.

    ``broken`` may also name nodes that are no target; ``on`` makes queries of both. ``path`` is the property's IRI,
    empty where the rule is about the node itself; ``severity`` is an IRI of SHACL.
    """

    path: str
    message: str
    severity: str
    broken: str
    targets: str

    def on(self, *, named: bool) -> tuple[str, str]:
        """``broken`` and ``targets`` for each named graph on its own (``?graph ?this``), or for the default graph."""
        wanted, graph = ("?graph ?this", "GRAPH ?graph") if named else ("?this", "")
        return _filled(self.broken, wanted, graph), _filled(self.targets, wanted, graph)


def _filled(text: str, wanted: str, graph: str) -> str:
    return text.replace("%WANTED%", wanted).replace("%GRAPH%", graph).replace("%KEY%", wanted.split("?this")[0])


def _in(pattern: str) -> str:
    """A pattern in the graph that is looked at."""
    return f"%GRAPH% {{ {pattern} }}"


def _select(body: str) -> str:
    return f"SELECT DISTINCT %WANTED% WHERE {{ {body} }}"


def _failing(test: str, node: str, domain: str) -> str:
    """The part of a domain where a test of ``node`` fails; a value that stands often is tested once."""
    if node == "?this":
        return f"{domain} FILTER(!{test})"
    return f"{{ SELECT {node} WHERE {{ {{ SELECT DISTINCT {node} WHERE {{ {domain} }} }} FILTER(!{test}) }} }} {domain}"


class _Shapes:
    """The shapes, as they stand in the file, and queries made of them."""

    def __init__(self, path: Path) -> None:
        import pyoxigraph as ox

        self._ox = ox
        self._store = ox.Store()
        self._store.load(path=str(path), format=ox.RdfFormat.TURTLE)

    def objects(self, node: Any, name: str) -> list[Any]:
        """The values of a SHACL property (``targetClass``) of a node."""
        predicate = self._ox.NamedNode(name if ":" in name else _SH + name)
        return sorted((q.object for q in self._store.quads_for_pattern(node, predicate, None)), key=str)

    def one(self, node: Any, name: str) -> Any:
        """The one value, or None."""
        return next(iter(self.objects(node, name)), None)

    def items(self, node: Any) -> list[Any]:
        """The members of an RDF list."""
        found = []
        while node is not None and node.value != _RDF + "nil":
            found.append(self.one(node, _RDF + "first"))
            node = self.one(node, _RDF + "rest")
        return found

    def having(self, name: str) -> list[Any]:
        """The nodes that have a SHACL property."""
        quads = self._store.quads_for_pattern(None, self._ox.NamedNode(_SH + name), None)
        return sorted({q.subject for q in quads}, key=str)

    def names(self, shape: Any) -> set[str]:
        """The names of the SHACL properties that a shape has; ``GraphError`` for one that isn't understood."""
        found = {q.predicate.value for q in self._store.quads_for_pattern(shape, None, None)}
        names = {p.removeprefix(_SH) for p in found if p.startswith(_SH)}
        if unknown := sorted(names - _KNOWN):
            raise GraphError(f"shapes: {shape} has sh:{unknown[0]}, which kg check can't ask; use pyshacl")
        return names

    def link(self, shape: Any, start: str, end: str) -> str:
        """The pattern of a property shape's path from one variable to another."""
        path = self.one(shape, "path")
        if inverse := self.one(path, "inversePath"):
            return _in(f"{end} {inverse} {start}")
        if options := self.one(path, "alternativePath"):
            return _in(f"{start} {'|'.join(map(str, self.items(options)))} {end}")
        if not isinstance(path, self._ox.NamedNode):
            raise GraphError(f"shapes: the path of {shape} is none that kg check can ask; use pyshacl")
        return _in(f"{start} {path} {end}")

    def tests(self, shape: Any, value: str) -> list[str]:
        """Expressions that are true of a good value."""
        return [self._test(name, self.one(shape, name), value) for name in _TESTS if name in self.names(shape)]

    def _test(self, name: str, wanted: Any, value: str) -> str:
        if name == "datatype":
            same = f"DATATYPE({value}) = {wanted}"
            if wanted.value not in _UNCAST:  # a cast fails where the words are no such value
                same += f" && {wanted}({value}) = {value}"
            return f"COALESCE(isLITERAL({value}) && {same}, false)"
        if name == "nodeKind":
            if wanted.value != _SH + "IRI":
                raise GraphError(f"shapes: sh:nodeKind {wanted} is none that kg check can ask; use pyshacl")
            return f"isIRI({value})"
        if name == "in":
            return f"{value} IN ({', '.join(map(str, self.items(wanted)))})"
        if name == "pattern":
            return f"(!isBLANK({value}) && REGEX(STR({value}), {wanted}))"
        if name == "minLength":
            return f"(!isBLANK({value}) && STRLEN(STR({value})) >= {wanted.value})"
        if name == "languageIn":
            return "(" + " || ".join(f"LANGMATCHES(LANG({value}), {tag})" for tag in self.items(wanted)) + ")"
        return f"COALESCE({value} {_COMPARED[name]} {wanted}, false)"

    def expression(self, shape: Any, value: str) -> str:
        """A shape of values as one expression, true of a good value; empty where it looks at other nodes too."""
        names = self.names(shape)
        parts = self.tests(shape, value)
        for options in self.objects(shape, "or"):
            some = [self.expression(option, value) for option in self.items(options)]
            parts.append(f"({' || '.join(some)})" if all(some) else "")
        alone = not names & {"class", "node", "property", "sparql"}
        return " && ".join(parts) if alone and parts and all(parts) else ""

    def breaches(self, shape: Any, node: str, domain: str) -> Iterator[str]:
        """Patterns of what breaks a shape, among the values of the variable ``node`` in the pattern ``domain``."""
        yield from self.own_breaches(shape, node, domain)
        for rule in self.objects(shape, "property"):
            yield from self.property_breaches(rule, node, domain)

    def own_breaches(self, shape: Any, node: str, domain: str) -> Iterator[str]:
        """As ``breaches``, without the shape's rules about properties."""
        if tests := self.tests(shape, node):
            yield _failing(f"({' && '.join(tests)})", node, domain)
        for wanted in self.objects(shape, "class"):
            yield f"{domain} MINUS {{ {_in(f'{node} a {wanted}')} }}"
        for other in self.objects(shape, "node"):
            yield from self.breaches(other, node, domain)
        for options in self.objects(shape, "or"):
            if expression := self._any(options, node):
                yield _failing(f"({expression})", node, domain)
            else:
                yield " ".join(self._none(option, node, domain) for option in self.items(options))

    def _any(self, options: Any, node: str) -> str:
        some = [self.expression(option, node) for option in self.items(options)]
        return " || ".join(f"({one})" for one in some) if all(some) else ""

    def _none(self, shape: Any, node: str, domain: str) -> str:
        """What breaks one alternative, to be joined with what breaks the others."""
        variables = " ".join(dict.fromkeys(re.findall(r"\?\w+", domain)))
        broken = " UNION ".join(f"{{ {one} }}" for one in self.breaches(shape, node, domain))
        return f"{{ SELECT DISTINCT %KEY% {variables} WHERE {{ {broken} }} }}"

    def property_breaches(self, shape: Any, node: str, domain: str) -> Iterator[str]:
        """As ``breaches``, for a property shape of ``node``.

        What breaks rules about values is few or none, so it is left to the caller to see whether it is a target.
        """
        # A variable is named by its depth, so that rules which ask the same are the same text.
        value, names = "?value" if node == "?this" else f"{node}_of", self.names(shape)
        bare = self.link(shape, node, value)
        link = bare if node == "?this" else f"{domain} {bare}"
        if "minCount" in names and int(self.one(shape, "minCount").value) > 0:
            yield f"{domain} MINUS {{ {bare} }}"
        if "maxCount" in names:
            yield self._too_many(int(self.one(shape, "maxCount").value), node, link)
        yield from self.breaches(shape, value, link)
        for name in sorted(names & {"lessThan", "lessThanOrEquals"}):
            other = f"{node}_other"
            right = _in(f"{node} {self.one(shape, name)} {other}")
            # Selects of their own are joined by a table, far faster than node by node.
            sides = "".join(
                f"{{ SELECT %KEY% {node} {v} WHERE {{ {p} }} }} " for v, p in ((value, link), (other, right))
            )
            yield f"{sides} FILTER(!COALESCE({value} {_COMPARED[name]} {other}, false))"
        if "uniqueLang" in names:
            tag = f"LCASE(LANG({value}))"
            inner = f"SELECT %KEY% {node} WHERE {{ {link} FILTER(LANG({value}) != '') }} GROUP BY %KEY% {node} {tag}"
            yield f"{{ {inner} HAVING(COUNT(*) > 1) }}"
        if "qualifiedMinCount" in names:
            good = self.expression(self.one(shape, "qualifiedValueShape"), value)
            yield f"{domain} MINUS {{ {bare} FILTER({good}) }}"

    def _too_many(self, most: int, node: str, link: str) -> str:
        if not most:
            return link
        # A triple stands once in its graph, so that rows are values.
        return f"{{ SELECT %KEY% {node} WHERE {{ {link} }} GROUP BY %KEY% {node} HAVING(COUNT(*) > {most}) }}"

    def targets(self, shape: Any) -> str:
        """The pattern of the nodes that a shape is about; empty for a shape that others call."""
        parts = [_in(f"?this a {wanted}") for wanted in self.objects(shape, "targetClass")]
        parts += [_in(f"[] {by} ?this") for by in self.objects(shape, "targetObjectsOf")]
        parts += [_in(f"?this {by} []") for by in self.objects(shape, "targetSubjectsOf")]
        if len(parts) == 1:
            return parts[0]
        return f"{{ {_select(' UNION '.join(f'{{ {part} }}' for part in parts))} }}" if parts else ""

    def rules(self) -> Iterator[Rule]:
        """The rules of all shapes that have targets."""
        wanted = ("targetClass", "targetObjectsOf", "targetSubjectsOf")
        shapes = {str(shape): shape for name in wanted for shape in self.having(name)}
        for shape in shapes.values():
            self.names(shape)
            domain = self.targets(shape)
            yield from (self._rule(shape, body, domain) for body in self.own_breaches(shape, "?this", domain))
            for query in self.objects(shape, "sparql"):
                body = _WHERE.fullmatch(self.one(query, "select").value.strip())
                if body is None:
                    raise GraphError(f"shapes: the query {query} is not SELECT $this WHERE {{ … }}")
                yield self._rule(query, _in(body[1]), domain)
            for rule in self.objects(shape, "property"):
                yield from (self._rule(rule, body, domain) for body in self.property_breaches(rule, "?this", domain))

    def _rule(self, shape: Any, body: str, domain: str) -> Rule:
        path, message, severity = (self.one(shape, name) for name in ("path", "message", "severity"))
        iri = path.value if isinstance(path, self._ox.NamedNode) else ""
        grave = severity.value if severity else _SH + "Violation"
        return Rule(iri, message.value if message else "", grave, _select(body), _select(domain))


@cache
def load_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """The rules of the shapes of this installation, or of the file ``path``; rules that ask the same stand once."""
    return tuple(dict.fromkeys(_Shapes(path or folder("ontologies") / "shapes.ttl").rules()))
