"""Which drug, how much, how often, by which way, how many cycles, and was it given?

Each drug mention takes the dose that stands at it (``12,5 g/m2`` after, ``20 mg de`` before), and what its clause says of
frequency, route, duration and cycles. Mentions of the same drug that don't contradict each other are one treatment:
a section "Traitement" and the story of "Évolution" tell the same facts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from kg.identity import local_id
from kg.model import (
    Assertion,
    AssertionType,
    DateBasis,
    Experiencer,
    Kind,
    Measure,
    Polarity,
    Quantity,
    Temporality,
)
from kg.reading.observed import Item, Observed
from kg.reading.tables import Language, forms
from kg.reading.text import fold, pattern_of

STATUSES = ("Given", "Planned", "Stopped", "Refused", "Allergy", "NotGiven")
DOSE_REACH = 45
"""A dose stands at most so many characters after its drug."""


@dataclass(frozen=True, slots=True)
class _Tables:
    routes: re.Pattern[str]
    statuses: re.Pattern[str]
    cycles: re.Pattern[str]
    cycle_words: re.Pattern[str]
    times: re.Pattern[str]
    every: re.Pattern[str]
    frequency: re.Pattern[str]
    numbers: dict[str, int]
    days: re.Pattern[str]
    adverse: re.Pattern[str]
    laboratory: re.Pattern[str]


@cache
def _tables(language: Language) -> _Tables:
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (role, value, cell), _ in language.table("treatment", 3):
        rows[role, value] += forms(cell)

    def pick(role: str) -> re.Pattern[str]:
        """One pattern for all values of a role; the name of the group that matched is the value."""
        return re.compile("|".join(f"(?P<{v}>{pattern_of(c)})" for (r, v), c in rows.items() if r == role))

    numbers = {fold(w): int(value) for (role, value), words in rows.items() if role == "number" for w in words}
    number = r"\d{1,2}|" + "|".join(sorted(map(re.escape, numbers), key=lambda n: (-len(n), n)))
    cycle, every = pattern_of(rows["cycle", "-"]), pattern_of(rows["every", "-"])
    units = r"(?P<unit>h|heures?|horas?|hours?|hrs?|jours?|dias?|days?|j|d|semaines?|semanas?|weeks?|sem|mois|mes(?:es)?|months?)"
    return _Tables(
        pick("route"), pick("status"),
        re.compile(rf"(?<![\w,.])(?P<n>{number})\s*(?:\w+\s+)?(?:{cycle})"),
        re.compile(cycle),
        re.compile(rf"(?:x|\*)\s*(?P<n>\d{{1,2}})(?!\d|[.,]\d)\s*(?:{cycle}|(?!{units.replace('(?P<unit>', '(?:')}|m?g\b|fois|veces|times))"),
        re.compile(rf"(?:{every})\s*(?P<n>{number})?\s*{units}(?![a-z])"),
        re.compile(pattern_of(rows["frequency", "-"])), numbers,
        re.compile(rf"(?:{pattern_of(rows['duration', '-'])})\s+(?P<n>\d{{1,3}}|{number})\s+(?:jours?|dias?|days?)\b"),
        re.compile(pattern_of(rows["adverse", "-"])), re.compile(pattern_of(rows["laboratory", "-"])),
    )  # fmt: skip


def adverse_words(language: Language) -> re.Pattern[str]:
    """The pattern of words that tie a finding to a drug (``toxicité``, ``au cours du deuxième cycle``)."""
    return _tables(language).adverse


@dataclass(frozen=True, slots=True)
class _Clause:
    """What belongs to one drug mention: the folded text before and after it, up to its neighbours."""

    before: str
    after: str
    whole: str


_THEN = re.compile(r"\b(?:suivie?s? (?:de|d|par)\b|seguid[oa]s? de\b|followed by\b)")


def _clause(observed: Observed, item: Item, drugs: tuple[Item, ...]) -> _Clause:
    words = observed.words
    start, end = words.starts[item.mention.first], words.ends[item.mention.last]
    low, high = observed.folded_start(item.sentence), observed.folded_end(item.sentence)
    previous = [words.ends[d.mention.last] for d in drugs if d.span.end <= item.span.start]
    following = [words.starts[d.mention.first] for d in drugs if d.span.start >= item.span.end]
    before = words.folded[max([low, *previous]) : start]
    after = _THEN.split(words.folded[end : min([high, *following])], maxsplit=1)[0]
    return _Clause(before, after, words.folded[low:high])


_AUC = re.compile(r"[^.;\w]*\(?\s*auc\s*(?:de|of)?\s*(\d+(?:[.,]\d+)?)")
_RIGHT_BEFORE = re.compile(r"\s*(?:de|d['’]|of|del)?\s*")


def _dose(observed: Observed, item: Item, clause: _Clause) -> Quantity | None:
    """The dose at a drug: first the one after it, before the next drug; else one right before it (``20 mg de …``)."""
    words, text = observed.words, observed.document.text
    auc = _AUC.match(clause.after)
    if auc:
        end = words.ends[item.mention.last]
        return Quantity(Decimal(auc[1].replace(",", ".")), "{AUC}", words.span_of(end + auc.start(1), end + auc.end(1)))
    doses = observed.measures_in(observed.outline.sentences[item.sentence], "dose", "activity")
    for measure in doses:
        gap = measure.span.start - item.span.end
        within = 0 <= gap <= min(DOSE_REACH, len(clause.after))
        if within and not re.search(r"[.;]\s|\n", text[item.span.end : measure.span.start]):
            return _quantity(measure)
    for measure in reversed(doses):
        if measure.span.end <= item.span.start and _RIGHT_BEFORE.fullmatch(text[measure.span.end : item.span.start]):
            return _quantity(measure)
    return None


def _quantity(measure: Measure) -> Quantity:
    return Quantity(measure.values[0], measure.unit, measure.span)


def _number(text: str, numbers: dict[str, int]) -> int:
    return int(text) if text.isdigit() else numbers[text]


_ORDINAL = re.compile(r"1er|premi|second|\w+ieme|first|third|fourth|fifth|\w+th$|prim|tercer|cuart|quint|sext|octav")


def _cycles(clause: _Clause, tables: _Tables) -> int | None:
    """Cycles given: ``(3 cycles)``, ``x 4 cycles``, ``quatre cycles de``; ordinals (``deuxième cycle``) do not count."""
    if tables.cycle_words.search(clause.after, 0, 110):
        for match in tables.cycles.finditer(clause.after[:110]):
            if not _ORDINAL.match(match["n"]):
                return _number(match["n"], tables.numbers)
    times = tables.times.search(clause.after[:90])
    if times:
        return int(times["n"])
    if not tables.cycle_words.search(clause.before[-45:]):
        return None
    for match in reversed(list(tables.cycles.finditer(clause.before[-45:]))):
        if not _ORDINAL.match(match["n"]):
            return _number(match["n"], tables.numbers)
    return None


_UNITS = {"h": "h", "j": "d", "d": "d", "s": "wk", "w": "wk", "m": "mo"}


def _frequency(clause: _Clause, tables: _Tables) -> str:
    """An interval as ``24 h``, ``21 d``, ``3 wk``; else the words of the text (``par jour``)."""
    near = clause.after[:90]
    match = tables.every.search(near)
    if match:
        number = match["n"] or "1"
        return f"{_number(number, tables.numbers)} {_UNITS[match['unit'][0]]}"
    plain = tables.frequency.search(near)
    return plain[0].strip() if plain else ""


def _route(clause: _Clause, tables: _Tables) -> str:
    match = tables.routes.search(clause.after[:80]) or tables.routes.search(clause.before[-25:])
    return (match.lastgroup or "") if match else ""


def _days(clause: _Clause, tables: _Tables) -> Decimal | None:
    match = tables.days.search(clause.after[:80])
    return Decimal(_number(match["n"], tables.numbers)) if match else None


_CHANGED = frozenset({"Planned", "Stopped", "Refused", "NotGiven"})


def _status(item: Item, clause: _Clause, tables: _Tables) -> str:
    """Given, unless the words nearest before (or right after) the drug say otherwise; empty where nothing is said."""
    before = [match.lastgroup or "" for match in tables.statuses.finditer(clause.before[-70:])]
    after = [(match.lastgroup or "", match.start()) for match in tables.statuses.finditer(clause.after[:32])]
    best = before[-1] if before else ""
    if best in _CHANGED and after and after[0][0] == "Given" and after[0][1] <= RIGHT_AFTER:
        best = "Given"
    elif best in ("", "Given"):
        best = next((status for status, _ in after if status in _CHANGED), best)
    if item.context.polarity is Polarity.NEGATED and best not in ("Refused", "Stopped", "Allergy"):
        return "NotGiven"
    if item.context.temporality is Temporality.PLANNED and best in ("", "Given"):
        return "Planned"
    return best


RIGHT_AFTER = 12
"""A verb so many characters after a drug speaks of the drug itself (``des gammaglobulines ont été administrées``)."""
_LINK = re.compile(r"[\s\d.,+/()x%-]*(?:m?g(?:/m2)?|ui|jours?|dias?|days?|iv|et|y|and|a|e|auc|h|j|d|[\s\d.,+/()x%-])*")


def _linked(clause: _Clause) -> bool:
    """Whether a drug continues a list: nothing but doses and ``et`` stands between it and the drug before."""
    return len(clause.before) < 60 and _LINK.fullmatch(clause.before) is not None


def _treatment(observed: Observed, item: Item, clause: _Clause, tables: _Tables) -> Assertion:
    concept = item.concept
    return Assertion(
        id=local_id("treatment", concept.key if concept else item.mention.key, item.span),
        type=AssertionType.TREATMENT, kind=Kind.DRUG, mentions=(item.mention,), candidates=item.candidates,
        passage=observed.sentence(item), section=observed.section(item.sentence).name, context=item.context,
        when=observed.when(item.span), status=_status(item, clause, tables) or "Given", dose=_dose(observed, item, clause),
        frequency=_frequency(clause, tables), route=_route(clause, tables), cycles=_cycles(clause, tables),
        days=_days(clause, tables),
    )  # fmt: skip


def _agree(a: Assertion, b: Assertion) -> bool:
    """Whether two mentions of a drug may tell the same fact: nothing that one says contradicts the other."""
    same = a.concept is not None and b.concept is not None and a.concept.key == b.concept.key
    if not same or a.context.experiencer is not b.context.experiencer:
        return False
    given = {"Given", "Stopped"}
    if a.status != b.status and not {a.status, b.status} <= given:
        return False
    return all(
        x is None or y is None or x == "" or y == "" or x == y
        for x, y in (
            (a.dose and (a.dose.value, a.dose.unit), b.dose and (b.dose.value, b.dose.unit)),
            (a.cycles, b.cycles),
            (a.frequency, b.frequency),
        )
    )


def _merged(a: Assertion, b: Assertion) -> Assertion:
    """``a`` with what ``b`` adds; the earliest stated date counts."""
    whens = [w for w in (a.when, b.when) if w is not None]
    stated = [w for w in whens if w.basis is DateBasis.STATED] or whens
    return replace(
        a, mentions=a.mentions + b.mentions, when=min(stated, key=lambda w: (w.iso, w.span)) if stated else None,
        dose=a.dose or b.dose, frequency=a.frequency or b.frequency, route=a.route or b.route,
        cycles=a.cycles if a.cycles is not None else b.cycles, days=a.days or b.days,
        status="Stopped" if "Stopped" in (a.status, b.status) else a.status,
        passage=b.passage if b.dose and not a.dose else a.passage,
    )  # fmt: skip


def _regimens(found: list[Assertion]) -> list[Assertion]:
    """Regimens with the drugs that the same sentence lists for them as components."""
    result = []
    for assertion in found:
        concept = assertion.concept
        if concept is None or concept.type != "regimen":
            result.append(assertion)
            continue
        parts = {p.strip() for key, value in concept.note if key == "components" for p in value.split(",")}
        inside = tuple(
            a.id
            for a in found
            if a.concept and a.concept.key in parts and any(assertion.passage.holds(m.span) for m in a.mentions)
        )
        result.append(replace(assertion, components=inside))
    return result


def _is_treatment(observed: Observed, item: Item, blood_count: bool) -> bool:
    """Left out: the word "drug" itself, diagnostic agents, and substances without a dose that a blood count lists."""
    concept = item.concept
    if concept is None or concept.type == "generic" or concept.key == "diagnostic-agent":
        return False
    if "diagnostic-agent" in observed.lexicon.ancestors(concept.key):
        return False
    return not blood_count or bool(observed.measures_in(observed.sentence(item), "dose"))


def read_treatments(observed: Observed) -> list[Assertion]:
    """The patient's drugs, one assertion a treatment; a mention about somebody else is left out."""
    tables = _tables(observed.language)
    found: list[Assertion] = []
    for index in sorted({i.sentence for i in observed.of(Kind.DRUG)}):
        drugs = tuple(i for i in observed.by_sentence[index] if i.kind is Kind.DRUG)
        previous: Assertion | None = None
        blood_count = len(tables.laboratory.findall(observed.said(index))) >= 2
        for item in drugs:
            if item.context.experiencer is not Experiencer.PATIENT or not _is_treatment(observed, item, blood_count):
                continue
            clause = _clause(observed, item, drugs)
            new = _treatment(observed, item, clause, tables)
            if previous is not None and _linked(clause) and previous.mentions[-1].span.end < item.span.start:
                cycles = (
                    new.cycles if new.cycles is not None or clause.after.strip().startswith("(") else previous.cycles
                )
                new = replace(
                    new, status=previous.status if not _status(item, clause, tables) else new.status, cycles=cycles
                )
            previous = new
            match = next((n for n in range(len(found) - 1, -1, -1) if _agree(found[n], new)), None)
            if match is None:
                found.append(new)
            else:
                found[match] = _merged(found[match], new)
    return _regimens(_with_later_cycles(observed, found, tables))


CYCLES_REACH = 3
"""Cycles that a sentence without a drug counts belong to drugs named at most so many sentences before."""


def _with_later_cycles(observed: Observed, found: list[Assertion], tables: _Tables) -> list[Assertion]:
    """``La patiente reçoit 4 cycles au total.``: counted for the drugs of the last sentence that names any."""
    named = sorted({observed.outline.sentence_at(m.span.start) for a in found for m in a.mentions})
    for before, after in pairwise([*named, len(observed.outline.sentences)]):
        for index in range(before + 1, min(after, before + 1 + CYCLES_REACH)):
            said = observed.said(index)
            match = tables.cycles.search(said) if tables.cycle_words.search(said) else None
            if match and not _ORDINAL.match(match["n"]):
                cycles = _number(match["n"], tables.numbers)
                found = [
                    replace(a, cycles=cycles)
                    if a.cycles is None
                    and a.status == "Given"
                    and any(observed.outline.sentence_at(m.span.start) == before for m in a.mentions)
                    else a
                    for a in found
                ]
                break
    return found
