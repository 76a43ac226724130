"""Why does the graph say that? The words, the lexicon row, the cues and the rule behind one part of a case."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from kg.errors import UsageError
from kg.model import Assertion, Candidate, Case, Context, Grounding, Measurement, Span, When
from kg.reading.mending import mend

Line = tuple[str, str]
"""What a line is about, and what it says."""


def parts_of(case: Case) -> dict[str, Assertion | Grounding | Measurement]:
    """All parts that can be explained, by what stands after the ``#`` of their IRI."""
    mentions = {f"char={g.mention.span.start},{g.mention.span.end}": g for g in case.groundings}
    return {**{a.id: a for a in case.assertions}, **{m.id: m for m in case.measurements}, **mentions}


def explain(case: Case, iri: str) -> tuple[Line, ...]:
    """What ``iri`` (in full, or what stands after its ``#``) rests on; ``UsageError`` names the nearest."""
    name, parts = iri.strip("<>").rsplit("#", 1)[-1], parts_of(case)
    part = parts.get(name)
    if part is None:
        near = get_close_matches(name, parts, n=3, cutoff=0.3) or list(parts)[:3]
        where = f"case {case.document.id!r} has no assertion, mention or measurement"
        raise UsageError(f"{where} {name!r}; the nearest are {', '.join(near)}")
    if isinstance(part, Assertion):
        return tuple(_assertion(case, part))
    return tuple(_measurement(case, part) if isinstance(part, Measurement) else _mention(case, part))


def quote(case: Case, span: Span) -> str:
    """The words of a span on one line, with their offsets."""
    return f"«{' '.join(case.document.text[span.start : span.end].split())}» ({span.start}–{span.end})"


def _words(case: Case, span: Span) -> Iterator[Line]:
    """The words of a span, and what they were read as where damage was mended in them."""
    yield "words", quote(case, span)
    mended = mend(case.document.text[span.start : span.end])
    if mended.starts is not None:
        yield "mended to", f"«{mended.text}»"


def _label(case: Case, part: str) -> str:
    found = next((a for a in case.assertions if a.id == part), None)
    return f"{found.concept.label(case.document.language)} ({part})" if found and found.concept else part


def _candidates(case: Case, candidates: tuple[Candidate, ...]) -> Iterator[Line]:
    if not candidates:
        yield "concept", "none: no candidate is good enough, the mention stays unmapped"
    for rank, candidate in enumerate(candidates, 1):
        concept = candidate.concept
        told = f"{concept.label(case.document.language)}  {candidate.score:.2f}  {candidate.term!r}: {candidate.why}"
        yield f"candidate {rank}", f"{told}  <{concept.iri}>"
        file, _, line = concept.source.partition(":")
        yield "row", f"ontologies/lexicon/{file}.tsv:{line}"


def _cues(case: Case, context: Context) -> Iterator[Line]:
    for cue in context.cues:
        yield "cue", f"{cue.rule}  {quote(case, cue.span)}" if cue.span else cue.rule
    if not context.cues:
        yield "cue", "none: nothing around it says otherwise"


def _when(case: Case, when: When | None) -> Iterator[Line]:
    yield "date", f"{when.iso}  {when.basis}  {quote(case, when.span)}" if when else "none: the text gives none for it"
    if when and when.until:
        yield "until", f"{when.until.iso}  {when.until.basis}  {quote(case, when.until.span)}"


def _fields(case: Case, a: Assertion) -> Iterator[Line]:
    """What only some types of assertion have."""
    dose, plan = f"{a.dose.value} {a.dose.unit}".rstrip() if a.dose else "", a.plan
    plain = (
        ("alteration", a.alteration.label(case.document.language) if a.alteration else ""),
        ("result", a.result), ("value", a.value), ("specimen", a.specimen), ("status", a.status), ("dose", dose),
        ("frequency", a.frequency), ("route", a.route), ("cycles", a.cycles), ("cycles planned", plan.cycles),
        ("days of a cycle", plan.days), ("days", a.days), ("line", plan.line), ("intent", plan.intent),
        ("stopped for", plan.stop), ("grade", a.grade), ("morphology", a.morphology), ("lifecycle", a.lifecycle),
    )  # fmt: skip
    yield from ((name, str(value)) for name, value in plain if value not in (None, ""))
    if a.adverse:
        yield "adverse event", "of a treatment"
    if a.implied:
        yield "implied", "no word names it but its regimen's"
    for site in a.sites:
        yield "site", f"{site.label(case.document.language)}  {site.topography}  <{site.iri}>"


def _links(case: Case, a: Assertion) -> Iterator[Line]:
    for r in case.revisions:
        if r.later == a.id:
            yield "revises", f"{_label(case, r.earlier)}  {r.kind}"
        if r.earlier == a.id:
            yield "revised by", f"{_label(case, r.later)}  {r.kind}"
    for s in case.evidence:
        if a.id in (s.diagnosis, s.result):
            name, other = ("evidence", s.result) if a.id == s.diagnosis else ("evidence for", s.diagnosis)
            yield name, f"{_label(case, other)}  {s.sort}, {s.basis}"
    others = ("method", (a.method,) if a.method else ()), ("suspected drug", a.suspected), ("follows", a.follows)
    for name, ids in (*others, ("component", a.components)):
        yield from ((name, _label(case, part)) for part in ids)


def _assertion(case: Case, a: Assertion) -> Iterator[Line]:
    context = a.context
    yield "what", f"{a.type}, said {len(a.mentions)} time{'s' if len(a.mentions) > 1 else ''}"
    yield from (line for m in a.mentions for line in _words(case, m.span))
    yield "sentence", quote(case, a.passage)
    yield "section", a.section or "before any heading"
    yield from _candidates(case, a.candidates)
    yield "qualifiers", ", ".join((context.polarity, context.certainty, context.temporality, context.experiencer))
    yield from _cues(case, context)
    yield from _fields(case, a)
    yield from _when(case, a.when)
    yield from _links(case, a)


def _mention(case: Case, g: Grounding) -> Iterator[Line]:
    yield "what", f"{g.mention.kind} mention, looked up as {g.mention.key!r}"
    yield from _words(case, g.mention.span)
    if g.learnt:
        yield "learnt", g.learnt
    for name, code in (("morphology", g.morphology), ("topography", g.topography)):
        if code:
            yield name, code
    yield from _candidates(case, g.candidates)
    users = [a for a in case.assertions if any(m.span == g.mention.span for m in a.mentions)]
    yield from (("part of", f"{a.type} {a.id}") for a in users)
    if not users:
        yield "part of", "no assertion"


def _measurement(case: Case, m: Measurement) -> Iterator[Line]:
    values = " ".join(map(str, m.measure.values))
    yield "what", f"measurement ({m.measure.form}): {values} {m.measure.unit}"
    yield from _words(case, m.measure.span)
    yield "sentence", quote(case, m.passage)
    yield "measures", _label(case, m.measures) if m.measures else "nothing: no subject stands near"
    yield from _when(case, m.when)
