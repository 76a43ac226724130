"""Where does reading lose most? What was missed, invented or coded wrongly, gathered by its words, most frequent first.

A miss is ``missed`` (nothing there), ``border`` (something overlaps), ``spurious`` (gold has nothing there) or ``code``
(the right place, another code). What this makes quotes the texts: it is for the person who has the corpus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.evaluation.evaluate import Compared
from kg.evaluation.kinds import Measure
from kg.evaluation.spans import code_of, found_of, gold_of, plain_code
from kg.model import Span
from kg.reading.text import fold

AROUND = 50
"""So many characters are shown on each side."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One kind of miss: ``words`` folded, ``gold`` and ``found`` codes, and each place where it happens."""

    measure: str
    what: str
    words: str
    gold: str
    found: str
    places: tuple[tuple[Compared, Span], ...]


def misses_of(compared: Iterable[Compared], measures: Iterable[Measure]) -> list[Miss]:
    """All misses of a corpus, the most frequent first."""
    asked = tuple(measure for measure in measures if not measure.a_set)
    places: dict[tuple[str, str, str, str, str], list[tuple[Compared, Span]]] = defaultdict(list)
    for one in compared:
        for measure in asked:
            for what, span, gold, found in differences(one, measure):
                words = " ".join(fold(one.document.text[span.start : span.end]).split())
                places[measure.name, what, words, gold, found].append((one, span))
    made = [Miss(*key, places=tuple(found)) for key, found in places.items()]
    return sorted(made, key=lambda m: (-len(m.places), m.measure, m.what, m.words, m.gold, m.found))


def differences(one: Compared, measure: Measure) -> Iterator[tuple[str, Span, str, str]]:
    """What differs in one document: what it is, where, the gold code and the code found."""
    gold = {span: plain_code(a.code) if measure.coded else "" for span, a in gold_of(one.document, measure).items()}
    if not gold:
        return
    got = {span: code_of(spot, measure) for span, spot in found_of(one.found, measure).items()}
    for span, code in gold.items():
        if span in got:
            if got[span] != code:
                yield "code", span, code, got[span]
        else:
            near = [other for other in got if other.overlaps(span)]
            yield "border" if near else "missed", span, code, got[near[0]] if near else ""
    for span, code in got.items():
        if span not in gold and not any(other.overlaps(span) for other in gold):
            yield "spurious", span, "", code


def told(misses: Iterable[Miss], limit: int) -> Iterator[str]:
    """The first misses as lines: how often, what, its words, codes, and the first place with its surroundings."""
    for _, miss in zip(range(limit), misses, strict=False):
        one, span = miss.places[0]
        text = one.document.text
        before, after = text[max(0, span.start - AROUND) : span.start], text[span.end : span.end + AROUND]
        quoted = " ".join(f"{before}[[{text[span.start : span.end]}]]{after}".split())
        codes = " → ".join(filter(None, (miss.gold, miss.found)))
        yield "\t".join(
            (str(len(miss.places)), miss.measure, miss.what, codes, f"{one.document.id}:{span.start}", quoted)
        )
