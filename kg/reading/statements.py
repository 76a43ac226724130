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
    Experiencer,
    Kind,
    Lifecycle,
    Polarity,
    Temporality,
)
from kg.reading.composites import composed
from kg.reading.conclusions import LEAD_REACH, cause_lead, diagnosed, diagnosis_lead, words_of
from kg.reading.merging import in_order, merge
from kg.reading.observed import Item, Observed
from kg.reading.quantities import number_words
from kg.reading.text import fold, pattern_of

_TYPES = {
    Kind.FINDING: AssertionType.FINDING,
    Kind.PROCEDURE: AssertionType.PROCEDURE,
    Kind.RESPONSE: AssertionType.RESPONSE,
    Kind.STAGE: AssertionType.STAGE,
    Kind.DISEASE: AssertionType.DIAGNOSIS,
}
_PREFIX = {type_: type_.removesuffix("Assertion").lower() for type_ in _TYPES.values()}
_NOT_A_DIAGNOSIS = frozenset({"generic", "metastasis", "spread"})
_NO_HISTOLOGY = "8000"
_MAY_CAUSE = frozenset({"sign", "imaging", "laboratory"})
"""Types of findings that are a diagnosis where the text makes them the cause of something."""


def type_of(item: Item, observed: Observed, sites: tuple[Concept, ...]) -> AssertionType:
    """The class of what a mention asserts: a mass, a metastasis or an infiltration is a finding, not a diagnosis.

    What the text itself calls the diagnosis is one; so is a primary or suspected cancer of a named organ.
    """
    concept = item.concept
    if concept is None:
        return _TYPES[item.kind] if item.kind is not Kind.DISEASE else AssertionType.FINDING
    if (
        _is_diagnosed(concept, sites)
        or _is_called_diagnosis(item, concept, observed)
        or _is_cancer_of(item, concept, observed, sites)
        or _is_histology(item, concept, observed, sites)
    ):
        return AssertionType.DIAGNOSIS
    if item.kind is Kind.DISEASE and concept.type in _NOT_A_DIAGNOSIS:
        return AssertionType.RESPONSE if ("course", "response") in concept.note else AssertionType.FINDING
    return _TYPES[item.kind]


def _is_generic(item: Item, concept: Concept) -> bool:
    return item.kind is Kind.DISEASE and concept.type == "generic"


def _is_diagnosed(concept: Concept, sites: tuple[Concept, ...]) -> bool:
    """Whether a finding, or a metastasis by its histology, is diagnosed for itself, or is so of a named organ."""
    told = dict(concept.note).get("diagnosis", "")
    return told == "yes" or (told == "sited" and bool(sites))


def _is_called_diagnosis(item: Item, concept: Concept, observed: Observed) -> bool:
    """Whether the words before a finding, or a generic name of cancer, call it the diagnosis."""
    cancer = _is_generic(item, concept) and concept.morphology[4:] == "/3"
    if item.kind is not Kind.FINDING and not cancer:
        return False
    before, language = observed.before(item, LEAD_REACH), observed.language
    if diagnosis_lead(language).search(before):
        return True
    return concept.type in _MAY_CAUSE and bool(cause_lead(language).search(before))


def _is_cancer_of(item: Item, concept: Concept, observed: Observed, sites: tuple[Concept, ...]) -> bool:
    """Whether a generic name is a primary, suspected or diagnosed tumour of a named organ."""
    if not sites or not _is_generic(item, concept):
        return False
    hedged = item.context.certainty is not Certainty.CONFIRMED
    tumour = "neoplasm" in {concept.key, *observed.lexicon.ancestors(concept.key)}
    if not tumour or hedged or concept.key.startswith("primary"):
        return tumour
    called = diagnosis_lead(observed.language).search(observed.before(item, LEAD_REACH))
    return bool(called or diagnosed(observed.language).search(observed.after(item, LEAD_REACH)))


def _is_histology(item: Item, concept: Concept, observed: Observed, sites: tuple[Concept, ...]) -> bool:
    """Whether pathology saw what a generic name says: a malignant tumour with a histology, or of a named organ."""
    if not _is_generic(item, concept) or concept.morphology[4:] != "/3":
        return False
    malignant = "malignant-neoplasm" in {concept.key, *observed.lexicon.ancestors(concept.key)}
    told = concept.morphology[:4] != _NO_HISTOLOGY or sites
    return bool(malignant and told and words_of(observed.language, "pathology").search(observed.said(item.sentence)))


def _was_done(observed: Observed, item: Item) -> bool:
    """Whether a negation speaks of a procedure's outcome, not of the procedure.

    ``hémocultures négatives``; ``sans récidive à l'échographie``, where what is denied stands between.
    """
    for span in (c.span for c in item.context.cues if c.rule.startswith("polarity") and c.span):
        if fold(observed.document.text[span.start : span.end]).startswith("negati"):
            return True
        named = observed.by_sentence[item.sentence]
        if any(span.start <= other.span.start and other.span.end <= item.span.start for other in named):
            return True
    return False


def _assert(observed: Observed, item: Item, sites: tuple[Concept, ...]) -> Assertion:
    sort, concept, context = type_of(item, observed, sites), item.concept, item.context
    if sort is AssertionType.PROCEDURE and _was_done(observed, item):
        context = Context(experiencer=context.experiencer, temporality=context.temporality, cues=context.cues)
    notes = dict(concept.note) if concept else {}
    if "whose" in notes:  # "ni antécédents personnels ou familiaux" tells of both
        context = replace(context, experiencer=Experiencer(notes["whose"]), temporality=Temporality.HISTORICAL)
    named = concept.topography or notes.get("site", "") if concept else ""
    topography = next((s.topography for s in sites if s.topography), named)
    morphology = item.grounding.morphology
    if not morphology and "morphology" in notes:  # a cancer that is named by its site
        morphology = observed.lexicon.concepts[notes["morphology"]].morphology
    return Assertion(
        id=local_id(_PREFIX[sort], concept.key if concept else item.mention.key, item.span),
        type=sort,
        kind=item.kind,
        mentions=(item.mention,),
        candidates=item.candidates,
        passage=observed.sentence(item),
        section=observed.section(item.sentence).name,
        context=context,
        when=observed.when(item.span),
        morphology=morphology,
        topography=topography if morphology else "",
        sites=sites,
        lifecycle=Lifecycle.CURRENT if sort is AssertionType.DIAGNOSIS else None,
        value=_amount(observed, item) if concept and concept.type == "exposure" else "",
    )


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
    for iso in sorted(dated, key=len):  # told again with a finer date, as a summary and a course do
        finer = [other for other in dated if other != iso and other.startswith(iso)]
        if len(finer) == 1:
            dated[finer[0]] += dated.pop(iso)
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
    said = [
        _assert(observed, i, sites.get(i, ())) for i in observed.items if i.kind in _TYPES and _is_said(observed, i)
    ]
    groups: dict[tuple[object, ...], list[Assertion]] = defaultdict(list)
    for assertion in composed(said, observed):
        groups[_key(assertion)].append(assertion)
    merged = []
    for group in groups.values():
        if group[0].type is AssertionType.DIAGNOSIS:
            merged.append(merge(group))
        else:
            merged += [merge(g) for g in _by_date(group)]
    return sorted(merged, key=in_order)
