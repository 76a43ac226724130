"""What was found, done and answered? Findings, procedures, responses and stages as assertions.

Mentions of one thing that agree in time and certainty are one assertion. A mention without a date joins the only dated
one of its kind (a section "Traitement" repeats the story).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cache

from kg.identity import local_id
from kg.model import (
    Assertion,
    AssertionType,
    Certainty,
    Concept,
    Context,
    DateBasis,
    Experiencer,
    Kind,
    Lifecycle,
    Polarity,
    When,
)
from kg.reading.observed import Item, Observed
from kg.reading.quantities import number_words
from kg.reading.tables import Forms, Language
from kg.reading.text import alternatives, fold, pattern_of

_TYPES = {Kind.FINDING: AssertionType.FINDING, Kind.PROCEDURE: AssertionType.PROCEDURE, Kind.RESPONSE: AssertionType.RESPONSE,
          Kind.STAGE: AssertionType.STAGE, Kind.DISEASE: AssertionType.DIAGNOSIS}  # fmt: skip


_ROLES = frozenset(("decisive", "pathology", "link", "imaging", "transformation", "histology", "lead", "lead-on"))


@cache
def diagnosis_forms(language: Language) -> Forms:
    """The words of ``diagnosis.tsv`` by role."""
    return language.forms("diagnosis", 2, _ROLES)


@cache
def _diagnosis_lead(language: Language) -> re.Pattern[str]:
    """Words that call what follows them the diagnosis: ``le diagnostic retenu était``, up to the end of the text."""
    words = diagnosis_forms(language)
    leads, on = pattern_of(words["lead",]), alternatives(words["lead-on",])
    return re.compile(rf"(?:{leads})\W*(?:(?:{on})\W+){{0,7}}$")


_NOT_A_DIAGNOSIS = frozenset({"generic", "metastasis", "spread"})
_PREFIX = {AssertionType.FINDING: "finding", AssertionType.PROCEDURE: "procedure", AssertionType.RESPONSE: "response",
           AssertionType.STAGE: "stage", AssertionType.DIAGNOSIS: "diagnosis"}  # fmt: skip


def type_of(item: Item, observed: Observed, sites: tuple[Concept, ...]) -> AssertionType:
    """The class of what a mention asserts: a mass, a metastasis or an infiltration is a finding, not a diagnosis.

    What the text itself calls the diagnosis is one; so is a primary or suspected cancer of a named organ.
    """
    concept = item.concept
    generic = item.kind is Kind.DISEASE and concept is not None and concept.type == "generic"
    if item.kind is Kind.FINDING or generic:
        cancer = generic and concept is not None and concept.morphology[4:] == "/3"
        if (cancer or not generic) and _diagnosis_lead(observed.language).search(observed.before(item, 48)):
            return AssertionType.DIAGNOSIS
        tumour = (
            generic and concept is not None and "neoplasm" in {concept.key, *observed.lexicon.ancestors(concept.key)}
        )
        hedged = item.context.certainty is not Certainty.CONFIRMED
        if tumour and sites and (hedged or (concept is not None and concept.key.startswith("primary"))):
            return AssertionType.DIAGNOSIS
    if item.kind is Kind.DISEASE and (concept is None or concept.type in _NOT_A_DIAGNOSIS):
        return AssertionType.RESPONSE if concept and ("course", "response") in concept.note else AssertionType.FINDING
    return _TYPES[item.kind]


def _came_out_negative(observed: Observed, context: Context) -> bool:
    """Whether a negation tells a procedure's outcome (``hémocultures négatives``) rather than that it was not done."""
    cues = (c.span for c in context.cues if c.rule.startswith("polarity") and c.span)
    return any(fold(observed.document.text[span.start : span.end]).startswith("negati") for span in cues)


def _assert(observed: Observed, item: Item, sites: tuple[Concept, ...]) -> Assertion:
    sort = type_of(item, observed, sites)
    concept = item.concept
    context = item.context
    if sort is AssertionType.PROCEDURE and _came_out_negative(observed, context):
        context = Context(experiencer=context.experiencer, temporality=context.temporality, cues=context.cues)
    own = concept.topography if concept else ""
    topography = next((s.topography for s in sites if s.topography), own)
    return Assertion(
        id=local_id(_PREFIX[sort], concept.key if concept else item.mention.key, item.span),
        type=sort, kind=item.kind, mentions=(item.mention,), candidates=item.candidates, passage=observed.sentence(item),
        section=observed.section(item.sentence).name, context=context, when=observed.when(item.span),
        morphology=item.grounding.morphology, topography=topography if item.grounding.morphology else "", sites=sites,
        lifecycle=Lifecycle.CURRENT if sort is AssertionType.DIAGNOSIS else None,
        value=_amount(observed, item) if concept and concept.type == "exposure" else "",
    )  # fmt: skip


@cache
def _exposure() -> re.Pattern[str]:
    """An amount of an exposure with the time that it is for (``10 cigarettes par jour``)."""
    words = number_words()
    amount, per, period = (pattern_of(words[role]) for role in ("exposure", "per", "period"))
    return re.compile(rf"\d+(?:[.,]\d+)?\s*(?:-\s*\d+\s*)?(?:{amount})(?:\s*(?:{per})\s*(?:{period}))?")


def _amount(observed: Observed, item: Item) -> str:
    """How much of an exposure, as written: ``10 cigarettes par jour``."""
    words = observed.words
    start = words.starts[item.mention.first]
    match = _exposure().search(
        words.folded,
        max(observed.folded_start(item.sentence), start - 40),
        min(start + 90, observed.folded_end(item.sentence)),
    )
    if not match:
        return ""
    span = words.span_of(*match.span())
    return words.text[span.start : span.end]


def _key(a: Assertion) -> tuple[object, ...]:
    concept = a.concept.key if a.concept else a.mentions[0].key
    context = a.context
    return (
        a.type,
        concept,
        context.polarity,
        context.certainty,
        context.experiencer,
        context.temporality,
        tuple(sorted(s.key for s in a.sites)) if len(a.sites) > 1 else a.sites and a.sites[0].key,
    )


def in_order(a: Assertion) -> tuple[int, int, str]:
    """Sorts assertions by their first mention."""
    span = a.mentions[0].span
    return span.start, span.end, a.id


def earliest(whens: list[When | None]) -> When | None:
    """The earliest date, a stated one before an inherited one."""
    known = [w for w in whens if w is not None]
    stated = [w for w in known if w.basis is DateBasis.STATED]
    return min(stated or known, key=lambda w: (w.iso, w.span), default=None)


def merge(group: list[Assertion]) -> Assertion:
    """One assertion for several mentions of the same fact."""
    first = group[0]
    if len(group) == 1:
        return first
    mentions = tuple(m for a in group for m in a.mentions)
    topography = next((a.topography for a in group if a.topography), "")
    sites = {s.key: s for a in group for s in a.sites}
    return replace(
        first,
        mentions=mentions,
        when=earliest([a.when for a in group]),
        sites=tuple(sites.values()),
        topography=topography,
    )


def _by_date(group: list[Assertion]) -> list[list[Assertion]]:
    """Assertions of one thing parted by date; undated ones go with the only date, or stay together."""
    if len(group) == 1:
        return [group]
    dated: dict[str, list[Assertion]] = defaultdict(list)
    undated = []
    for a in group:
        if a.when is None:
            undated.append(a)
        else:
            dated[a.when.iso].append(a)
    groups = list(dated.values())
    if undated:
        if len(groups) == 1 and group[0].type is AssertionType.PROCEDURE:
            groups[0] += undated
        else:
            groups.append(undated)
    return [sorted(g, key=in_order) if len(g) > 1 else g for g in groups]


def _is_said(observed: Observed, item: Item) -> bool:
    """Left out: words of a heading, other people's, and history words that are only worth saying when denied."""
    concept = item.concept
    if concept is None or item.context.experiencer is Experiencer.OTHER or not observed.sentence(item).holds(item.span):
        return False
    return ("only", "negated") not in concept.note or item.context.polarity is Polarity.NEGATED


def read_statements(observed: Observed, sites: dict[Item, tuple[Concept, ...]]) -> list[Assertion]:
    """Findings, procedures, responses, stages and diagnoses, merged; diagnoses are not yet a chain."""
    groups: dict[tuple[object, ...], list[Assertion]] = defaultdict(list)
    for item in observed.items:
        if item.kind in _TYPES and _is_said(observed, item):
            assertion = _assert(observed, item, sites.get(item, ()))
            groups[_key(assertion)].append(assertion)
    merged = []
    for group in groups.values():
        if group[0].type is AssertionType.DIAGNOSIS:
            merged.append(merge(group))
        else:
            merged += [merge(g) for g in _by_date(group)]
    return sorted(merged, key=in_order)
