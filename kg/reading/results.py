"""What did tests show? Stains and altered genes as assertions; the same result told twice for one date is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kg.identity import local_id
from kg.model import Assertion, AssertionType, Context, Kind, Span
from kg.reading.markers import read_results
from kg.reading.merging import merge
from kg.reading.molecular import Alteration, read_alterations
from kg.reading.observed import Item, Observed


def read_tests(observed: Observed, statements: list[Assertion]) -> list[Assertion]:
    """Marker results and molecular results; the methods of the latter are procedures among ``statements``."""
    stains = read_results(observed)
    told = [(_result(observed, s.item, AssertionType.MARKER_RESULT, s.result), s.value) for s in stains]
    markers = _merged(replace(a, value=value) for a, value in told)
    alterations = read_alterations(observed, frozenset(s.item.span for s in stains))
    done = {m.span: a.id for a in statements if a.type is AssertionType.PROCEDURE for m in a.mentions}
    return [*markers, *_merged(_with_values([_molecular_result(observed, found, done) for found in alterations]))]


def _result(observed: Observed, item: Item, sort: AssertionType, result: str) -> Assertion:
    """A negative result is a result: of the context only whose and when it is count, not the negation."""
    concept = item.concept
    return Assertion(
        id=local_id(sort.value.lower(), concept.key if concept else item.mention.key, item.span, extra=result),
        type=sort,
        kind=Kind.MARKER,
        mentions=(item.mention,),
        candidates=item.candidates,
        passage=observed.sentence(item),
        section=observed.section(item.sentence).name,
        context=Context(experiencer=item.context.experiencer, temporality=item.context.temporality),
        when=observed.when(item.span),
        result=result,
    )


def _molecular_result(observed: Observed, found: Alteration, done: dict[Span, str]) -> Assertion:
    """The gene is the concept, also where the words name its alteration (``mutation BRAF V600E``)."""
    a = _result(observed, found.item, AssertionType.MOLECULAR_RESULT, found.result)
    named = [replace(c, concept=found.marker) for c in a.candidates[:1]]
    method = done.get(found.method.span, "") if found.method else ""
    return replace(a, candidates=tuple(named), value=found.value, alteration=found.kind, method=method)


def _key(a: Assertion) -> tuple[str, ...]:
    """What one result is of: the marker, how it came out, and when."""
    kind = a.alteration.key if a.alteration else ""
    return a.concept.key if a.concept else a.mentions[0].key, kind, a.result, a.when.iso if a.when else a.section


def _with_values(results: list[Assertion]) -> list[Assertion]:
    """What is told once by its kind (``mutation EGFR``) and once by its name (``L858R``) has the name both times."""
    values: dict[tuple[str, ...], str] = {}
    for a in results:
        if a.value:
            values.setdefault(_key(a), a.value)
    return [replace(a, value=a.value or values.get(_key(a), "")) for a in results]


def _merged(results: Iterable[Assertion]) -> list[Assertion]:
    groups: dict[tuple[object, ...], list[Assertion]] = defaultdict(list)
    for a in results:
        groups[_key(a), a.value].append(a)
    return [merge(group) for group in groups.values()]
