"""Which gene, fusion or chromosome was found altered, or not, and how? Molecular results, apart from the stains.

A name of a gene is one here where ``genes`` says so; a mutation or a fusion by its own name always is, unless a stain
showed it. The result is told by a word for its list (``ALK et ROS1 négatifs``), by a negation, or by the naming alone
(``mutation V600E``); what is only looked for has none. A method in parentheses (``HER2 2+, FISH non amplifiée``) tells
of the gene before it.

On the 72 invented sentences of ``tests/test_molecular.py`` gene, kind, result and name of the change are right.
Of 67 results in 40 French texts (fracco-fr, train) that were read over, 59 were (both 2026-11-22).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import Certainty, Concept, Kind, Polarity, Span, Temporality
from kg.reading.alterations import gene_of, kind_of, meant_by, usual_kind
from kg.reading.changes import change_in
from kg.reading.genes import is_genetic, part_genes
from kg.reading.markerlists import Sentence
from kg.reading.markersigns import sign_at, writes_signs
from kg.reading.molecularwords import Molecular, molecular_words
from kg.reading.observed import Item, Observed
from kg.reading.resultwords import Hit, find_hits

BEFORE, AFTER = 60, 80
"""Words for the kind and the place of an alteration stand at most so many characters before or after the gene."""
ASKED = 30
"""Words such as ``ont été recherchées`` stand at most so many characters after what they look for."""
AGAIN = 40
"""A gene stands at most so many characters after the name of its own alteration."""
SHOWN = 60
"""A word for what a test showed stands at most so many characters before the alteration."""
VERDICT = 40
"""What a method showed stands at most so many characters after it, where it names no gene."""
_ELSEWHERE = frozenset({"Discussion", "Introduction"})
_FUSES = "gene-rearrangement"


@dataclass(frozen=True, slots=True)
class Alteration:
    """What was found of one gene or chromosome; ``kind`` is a row of type ``alteration``, ``method`` a procedure."""

    item: Item
    marker: Concept
    kind: Concept
    result: str
    value: str
    method: Item | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A gene in its sentence: the folded offsets of its name and how far its own words reach to each side."""

    item: Item
    start: int
    end: int
    low: int
    high: int


def read_alterations(observed: Observed, stained: frozenset[Span]) -> tuple[Alteration, ...]:
    """Every gene or alteration with a result in its sentence, but for those at the places of stains, in order."""
    sentences = [n for n, items in observed.by_sentence.items() if any(i.kind is Kind.MARKER for i in items)]
    words = molecular_words(observed.language)
    told = [
        n for n in sorted(sentences) if observed.section(n).name not in _ELSEWHERE and _may_tell(observed, n, words)
    ]
    if not told:
        return ()
    hits: dict[int, list[Hit]] = defaultdict(list)
    for hit in find_hits(observed.words, words.tables):
        hits[observed.outline.sentence_at(observed.words.offset(observed.words.kept[hit.first]))].append(hit)
    return tuple(found for n in told for found in _in_sentence(observed, n, stained, hits[n], words))


def _may_tell(observed: Observed, index: int, words: Molecular) -> bool:
    markers = [i for i in observed.by_sentence[index] if i.kind is Kind.MARKER and i.concept]
    return any(is_genetic(i.concept) for i in markers) or bool(words.speaks.search(observed.said(index)))


def _in_sentence(
    observed: Observed, index: int, stained: frozenset[Span], hits: list[Hit], words: Molecular
) -> Iterator[Alteration]:
    named = (i for i in observed.by_sentence[index] if i.kind is Kind.MARKER)
    items = [i for i in named if i.concept and i.concept.type != "alteration"]
    if not items:
        return
    _, genes = part_genes(observed, items, tissue=False)
    known = {i.span for i in genes if i.span not in stained and not _is_target(observed, i, words)}
    methods = [i for i in observed.by_sentence[index] if i.concept and ("tests", "genes") in i.concept.note]
    sentence = Sentence(observed.words, items, _between(observed, items, hits), words.tables)
    places = _places(observed, index, items)
    told = list[Alteration]()
    for group in (part for whole in sentence.lists() for part in sentence.parted(whole)):
        hit = sentence.result_of(group)
        kinds = _kinds_of(observed, [places[n] for n in group], words)
        for n, (kind, leads) in zip(group, kinds, strict=True):
            word = "" if hit is None or (leads and _is_state(observed, hit[0], words)) else hit[0].result
            if items[n].span in known and (found := _alteration(observed, places[n], kind, leads, word, words)):
                again = bool(told) and _is_again(observed, told[-1], found, words)
                if again:
                    told[-1] = replace(told[-1], value=told[-1].value or found.value)
                else:
                    told.append(replace(found, method=_nearest(methods, items[n])))
    yield from told
    yield from _by_methods(observed, items, methods, {found.item.span for found in told}, words)


def _between(observed: Observed, items: list[Item], hits: list[Hit]) -> list[Hit]:
    """The result words that are no part of a name: ``sans réarrangement de BCL6`` is told by its negation."""
    at = observed.words.place_of
    names = [(at(i.mention.first), at(i.mention.last)) for i in items]
    return [h for h in hits if not any(first <= h.last and h.first <= last for first, last in names)]


def _places(observed: Observed, index: int, items: list[Item]) -> list[_Place]:
    """The genes of a sentence with the text around them that is about none of the others."""
    starts, ends = observed.words.starts, observed.words.ends
    spans = [(starts[i.mention.first], ends[i.mention.last]) for i in items]
    lows = [observed.folded_start(index), *(end for _, end in spans[:-1])]
    highs = [*(start for start, _ in spans[1:]), observed.folded_end(index)]
    found = []
    for item, (start, end), low, high in zip(items, spans, lows, highs, strict=True):
        stop = observed.words.folded.find(";", end, high)
        high = min(high if stop < 0 else stop, end + AFTER)
        low = max(low, start - BEFORE)
        found.append(_Place(item, start, end, max(low, observed.words.folded.rfind(", ", low, start)), high))
    return found


def _kinds_of(observed: Observed, places: list[_Place], words: Molecular) -> list[tuple[Concept | None, bool]]:
    """The kind of alteration of each gene of a list, and whether words before it name the kind.

    Words before a gene hold for those listed after it (``mutations de KRAS et NRAS``), words after it for those before
    (``KRAS et NRAS mutés``).
    """
    folded, lexicon = observed.words.folded, observed.lexicon
    kinds: list[Concept | None] = []
    leads: list[bool] = []
    for place in places:
        concept = place.item.concept
        after = re.split(r"[,.]\s", folded[place.end : place.high])[0]
        before = words.kind_in(folded[place.low : place.start], last=True)
        if concept is not None and is_genetic(concept):
            kinds.append(kind_of(meant_by(concept, lexicon), lexicon))
            leads.append(words.kind_in(folded[place.start : place.end].split(" ")[0]) is not None)
        else:
            key = words.kind_in(after) or before
            state = words.state.search(folded, place.low, place.start)
            kinds.append(lexicon.concepts[key] if key else None)
            leads.append(bool(key) and key == before and not state)
    for n in range(1, len(places)):
        between = folded[places[n - 1].end : places[n].start]
        if kinds[n] is None and leads[n - 1] and not set("()") & set(between):
            kinds[n], leads[n] = kinds[n - 1], True
    for n in range(len(places) - 2, -1, -1):
        if kinds[n] is None and not leads[n + 1]:
            kinds[n] = kinds[n + 1]
    return list(zip(kinds, leads, strict=True))


def _is_state(observed: Observed, hit: Hit, words: Molecular) -> bool:
    """Whether a result word says what a gene is (``sauvage``), not what became of a mutation that is named."""
    kept = observed.words.kept
    start, end = observed.words.starts[kept[hit.first]], observed.words.ends[kept[hit.last]]
    return bool(words.state.fullmatch(observed.words.folded[start:end]))


def _is_target(observed: Observed, item: Item, words: Molecular) -> bool:
    """Whether a name says what a drug is aimed at: ``inhibiteurs de l'EGFR``, ``anti-HER2``."""
    return bool(words.drug.search(observed.before(item, BEFORE)) or words.inhibits.match(observed.after(item, BEFORE)))


def _alteration(
    observed: Observed, place: _Place, kind: Concept | None, leads: bool, word: str, words: Molecular
) -> Alteration | None:
    item, concept, lexicon = place.item, place.item.concept, observed.lexicon
    if concept is None or (is_genetic(concept) and kind is None):
        return None
    row = meant_by(concept, lexicon)
    result = "Negative" if row != concept else _result(observed, place, kind, leads, word, words)
    marker = gene_of(row, lexicon)
    kind = kind or usual_kind(marker, lexicon)
    if not result or kind is None:
        return None
    parted = words.parting.search(observed.words.folded, place.end, place.high)
    high = parted.start() if parted else place.high
    fusion = (place.start, place.end) if kind.key == _FUSES else (0, 0)
    value = change_in(observed, [(place.start, high), (place.low, place.start)], words, fusion)
    return Alteration(item, marker, kind, result, value, None)


def _result(observed: Observed, place: _Place, kind: Concept | None, leads: bool, word: str, words: Molecular) -> str:
    """Positive, Negative or Equivocal; ``""`` where a gene is only looked for or spoken of."""
    item, context, folded = place.item, place.item.context, observed.words.folded
    start = observed.folded_start(item.sentence)
    after = re.split(r"[,.;]", folded[place.end : place.high])[0]
    if words.pending.search(folded, place.low, place.start) or words.pending.search(after):
        return ""
    if words.altered.search(folded, place.start, place.end):
        return "Negative" if context.polarity is Polarity.NEGATED else "Positive"
    shown = leads and context.polarity is Polarity.AFFIRMED
    shown = shown and (_is_shown(folded, start, place, words) or _is_spelt(observed, place, words))
    sign = None if is_genetic(item.concept) else sign_at(observed, item, writes_signs(observed.said(item.sentence)))
    if (word or sign) and not shown:
        told = word or (sign[0] if sign else "")
        return told if told in ("Negative", "Equivocal") else "Positive"
    if kind is None or context.temporality is Temporality.PLANNED:
        return ""
    if context.polarity is Polarity.NEGATED or words.lacking.search(folded[place.low : place.start]):
        return "Negative"
    if words.general.search(observed.said(item.sentence)):
        return ""
    if ("asked", "always") in kind.note:
        return "Positive" if words.found.search(folded, place.low, place.high) else ""
    if words.asked.search(after[:ASKED]):
        return ""
    if asked := [match.end() for match in words.asked.finditer(folded, start, place.start)]:
        return "Positive" if words.found.search(folded, asked[-1], place.start) else ""
    return "" if context.certainty in (Certainty.POSSIBLE, Certainty.EXCLUDED) else "Positive"


def _is_shown(folded: str, start: int, place: _Place, words: Molecular) -> bool:
    """Whether a word such as ``mis en évidence`` leads right to the alteration: a result told later is of others."""
    found = list(words.found.finditer(folded, max(start, place.start - SHOWN), place.start))
    if not found or "," in folded[found[-1].end() : place.start]:
        return False
    return not words.aim.search(folded[start : found[-1].start()])


def _is_spelt(observed: Observed, place: _Place, words: Molecular) -> bool:
    """Whether the change stands in parentheses after its gene: ``mutation de l'EGFR (L858R), ALK négatif``."""
    folded = observed.words.folded
    close = folded.find(")", place.end, place.end + AFTER)
    opened = folded[place.end : place.end + 2].strip().startswith("(")
    return opened and bool(change_in(observed, [(place.end, close)], words))


def _is_again(observed: Observed, before: Alteration, found: Alteration, words: Molecular) -> bool:
    """Whether a gene or a change only completes what stands before it: ``V600E du gène BRAF``, ``EGFR (L858R)``."""
    if (before.marker, before.kind) != (found.marker, found.kind):
        return False
    between = observed.between(before.item.mention.last, found.item.mention.first)
    if between.strip() == "(":
        return True
    own = before.result == found.result and not is_genetic(found.item.concept)
    return own and len(between) <= AGAIN and not words.parting.search(between)


def _nearest(methods: list[Item], item: Item) -> Item | None:
    """The method of a sentence that is nearest to a gene."""
    place = item.span.start
    return min(methods, key=lambda m: (abs(m.span.start - place), m.span), default=None)


def _by_methods(
    observed: Observed, items: list[Item], methods: list[Item], told: set[Span], words: Molecular
) -> Iterator[Alteration]:
    """What a method showed of the gene before it, where no gene is named after it: ``HER2 2+ (FISH négative)``."""
    for method in methods:
        before = (i for i in reversed(items) if i.span.end <= method.span.start)
        gene = next((i for i in before if i.concept and usual_kind(i.concept, observed.lexicon)), None)
        if gene is None or gene.concept is None or gene.span in told or is_genetic(gene.concept):
            continue
        start, stop, negative = _said_by(observed, gene, method, items, words)
        said = observed.words.folded[start:stop]
        kind = observed.lexicon.concepts.get(words.kind_in(said) or "") or usual_kind(gene.concept, observed.lexicon)
        if said and kind is not None:
            told.add(gene.span)
            value = change_in(observed, [(start, stop)], words)
            yield Alteration(gene, gene.concept, kind, "Negative" if negative else "Positive", value, method)


def _said_by(
    observed: Observed, gene: Item, method: Item, items: list[Item], words: Molecular
) -> tuple[int, int, bool]:
    """Where a method's verdict stands in the folded text, and whether it is negative; an empty place without one."""
    folded, starts, ends = observed.words.folded, observed.words.starts, observed.words.ends
    start = ends[method.mention.last]
    later = [starts[i.mention.first] for i in items if i.span.start > method.span.start]
    stop = min([start + VERDICT, observed.folded_end(method.sentence), *later])
    if verdict := words.verdict.match(folded[start:stop]):
        return start, stop, bool(verdict["no"])
    low, high = max(ends[gene.mention.last], starts[method.mention.first] - VERDICT), starts[method.mention.first]
    if words.kind_in(folded[low:high]) is None:
        return 0, 0, False
    return low, high, bool(words.negative.search(folded, low, high))
