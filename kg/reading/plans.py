"""What was a treatment meant as? Its line, its intent, and why it ended.

The words of a sentence rule the drugs of their part of it: those before the first drug until others follow, those after
a drug for what stands before them. ``languages/<code>/plans.tsv`` has the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Kind, Plan, Polarity
from kg.reading.clauses import Clause
from kg.reading.drugwords import treatment_tables
from kg.reading.observed import Item, Observed
from kg.reading.planwords import Tables, plan_tables, value_of
from kg.reading.regimens import is_against_tumours
from kg.reading.schedules import counted_cycles, cycle_days
from kg.reading.tables import Language

REASON_REACH = 60
"""A reason stands at most so many characters after the words that announce it."""
_SHORT_LINE = re.compile(r"(?<![\w.,])(?:(?P<a>[1-9])l|l(?P<b>[1-9]))\s*:?\s*$")
GOING_ON = frozenset({"Neoadjuvant", "Adjuvant"})
"""Intents that hold for the drugs that follow in the sentence, too."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sentence: where it starts in the folded text, what it says, where its first drug stands in it."""

    start: int
    said: str
    first: int

    def ruling(self, told: list[tuple[int, str]], place: int) -> str:
        """The value that rules the drug at ``place``, of values with their places in order; ``""`` for none."""
        if not told:
            return ""
        if told[0][0] < self.first:
            return [value for at, value in told if at < place or at == told[0][0]][-1]
        return next((value for at, value in told if at > place), told[-1][1])


def _part_of(observed: Observed, clause: Clause, tables: Tables) -> _Part:
    """The part of its sentence, between words such as ``puis``, in which a drug stands."""
    start, end = observed.folded_start(clause.item.sentence), observed.folded_end(clause.item.sentence)
    place = observed.words.starts[clause.item.mention.first]
    borders = [m.start() for m in tables.clause.finditer(observed.words.folded, start, end)]
    low = max((b for b in borders if b < place), default=start)
    high = min((b for b in borders if b > place), default=end)
    drugs = (observed.words.starts[i.mention.first] for i in _named(observed, clause.item.sentence, Kind.DRUG))
    said = observed.words.folded[low:high]
    for site in _named(observed, clause.item.sentence, Kind.ANATOMY):  # the vertebra L2 is no second line
        at, end = observed.words.starts[site.mention.first] - low, observed.words.ends[site.mention.last] - low
        said = f"{said[:at]}{' ' * (end - at)}{said[end:]}" if at >= 0 and end <= len(said) else said
    return _Part(low, said, min(d for d in drugs if low <= d) - low)


def _named(observed: Observed, sentence: int, *kinds: Kind) -> list[Item]:
    return [i for i in observed.by_sentence.get(sentence, ()) if i.kind in kinds]


def plan_of(observed: Observed, clause: Clause, status: str, last: int | None) -> Plan:
    """The plan of one drug; ``last`` is the line told before it, which ``nouvelle ligne`` follows."""
    tables = plan_tables(observed.language)
    part, place = _part_of(observed, clause, tables), observed.words.starts[clause.item.mention.first]
    told = sorted(_lines(part.said, tables, observed.language, last) + _short_lines(observed, clause, part))
    line = part.ruling(told, place - part.start)
    intent = part.ruling(_intents(observed, clause.item.sentence, part.start, part.said, tables), place - part.start)
    if not intent and tables.clause.match(part.said):  # "FEC néoadjuvant puis docétaxel"
        start = observed.folded_start(clause.item.sentence)
        told = _intents(observed, clause.item.sentence, start, observed.words.folded[start : part.start], tables)
        intent = told[-1][1] if told and told[-1][1] in GOING_ON else ""
    if not (line and intent) and (earlier := _announced(observed, clause.item.sentence)) is not None:
        start, said = observed.folded_start(earlier), observed.said(earlier)
        line = line or next((v for _, v in _lines(said, tables, observed.language, last)), "")
        intent = intent or next((v for _, v in _intents(observed, earlier, start, said, tables)), "")
    if intent == "Maintenance" and _is_maintained_by_another(clause, tables):
        intent = ""
    stop = stop_reason(observed, clause.item.sentence, (clause.after, clause.before, part.said))
    against_tumour = is_against_tumours(clause.item.concept, observed.lexicon)
    return Plan(
        line=int(line) if line else None,
        intent=intent,
        cycles=counted_cycles(clause, status, against_tumour)[1],
        days=cycle_days(clause),
        stop=stop if status == "Stopped" else "",
    )


def _announced(observed: Observed, sentence: int) -> int | None:
    """The sentence before, where it speaks of a treatment and names no drug (``Chimiothérapie adjuvante décidée.``)."""
    before = sentence - 1
    if before < 0 or observed.section(before) != observed.section(sentence) or _named(observed, before, Kind.DRUG):
        return None
    treated = (i.concept for i in _named(observed, before, Kind.PROCEDURE))
    return before if any(concept and concept.type == "systemic" for concept in treated) else None


def _lines(said: str, tables: Tables, language: Language, last: int | None) -> list[tuple[int, str]]:
    """The lines that a text tells, with their places; after ``après une première ligne par A,`` the next one begins."""
    number = treatment_tables(language).number
    found = [(m.start(), str(number(m["n"]) + 1)) for m in tables.earlier.finditer(said)]
    for match in tables.line.finditer(said):
        line = int(value_of(match))
        found.append((match.start(), str(line)))
        if tables.after.search(said[max(0, match.start() - 40) : match.start()]):
            comma = said.find(",", match.end())
            found += [(0, str(line + 1)), *([(comma, str(line + 1))] if comma > 0 else [])]
    if not found and last is not None:
        found = [(m.start(), str(last + 1)) for m in tables.next.finditer(said)]
    return sorted(found)


def _short_lines(observed: Observed, clause: Clause, part: _Part) -> list[tuple[int, str]]:
    """``2L FOLFIRI``, ``L2 FOLFIRI``: right before a drug against a tumour only, as ``2L`` may also be litres."""
    starts = [
        observed.words.starts[i.mention.first] - part.start
        for i in _named(observed, clause.item.sentence, Kind.DRUG)
        if is_against_tumours(i.concept, observed.lexicon)
    ]
    found = ((at, _SHORT_LINE.search(part.said[max(0, at - 6) : at])) for at in starts if 0 < at <= len(part.said))
    return [(at - len(m[0]), m["a"] or m["b"]) for at, m in found if m]


def _is_maintained_by_another(clause: Clause, tables: Tables) -> bool:
    """``A + B, mantenimiento con B``: the words before A, or after A and a comma, are of another drug."""
    own = {value_of(m) for said in (clause.before, clause.after.split(",")[0]) for m in tables.intent.finditer(said)}
    return clause.leads and "Maintenance" not in own


def _intents(observed: Observed, sentence: int, start: int, said: str, tables: Tables) -> list[tuple[int, str]]:
    """The intents that a text tells, with their places; not those of an operation or of radiotherapy."""
    words, masked = observed.words, [m.span() for m in tables.not_intent.finditer(said)]
    acts = [i.mention for i in _named(observed, sentence, Kind.PROCEDURE) if i.concept and i.concept.type != "systemic"]
    others = [(words.starts[m.first] - start - 1, words.ends[m.last] - start + 1) for m in acts]
    irradiated, found = tables.irradiation.search(observed.said(sentence)), []
    for match in tables.intent.finditer(said):
        low, high = match.span()
        concomitant = value_of(match) == "Concomitant"
        beside = any(a <= high and low <= b for a, b in others) and not concomitant
        if not (beside or any(a <= low < b for a, b in masked) or (concomitant and not irradiated)):
            found.append((low, value_of(match)))
    return found


def stop_reason(observed: Observed, sentence: int, told: Iterable[str]) -> str:
    """Why a treatment ended, a value of ``STOPS``: the first reason that one of the texts gives; ``""`` for none.

    A sign or a disease that is given as the reason is a toxicity.
    """
    tables = plan_tables(observed.language)
    for said in told:
        for cause in tables.because.finditer(said):
            if reason := tables.stop.search(said, cause.end(), min(cause.end() + REASON_REACH, len(said))):
                return value_of(reason)
        if any(value_of(wish) == "Refusal" for wish in tables.stop.finditer(said)):  # a reason by itself
            return "Refusal"
    return _reason_named(observed, sentence, tables)


def _reason_named(observed: Observed, sentence: int, tables: Tables) -> str:
    """``Toxicity`` where a sign that is there stands right after words that announce a reason."""
    for item in _named(observed, sentence, Kind.FINDING, Kind.DISEASE):
        tumour = item.concept is None or bool(item.concept.morphology) or item.concept.type == "status"
        if item.context.polarity is Polarity.NEGATED or tumour:
            continue
        if re.search(rf"(?:{tables.because.pattern})[^.;,]{{0,25}}$", observed.before(item, REASON_REACH)):
            return "Toxicity"
    return ""
