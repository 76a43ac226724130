"""What may a time be reckoned from? The times told so far, and the places of what the text names, in order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from kg.model import DateBasis, Grounding, Kind, Span, When
from kg.reading.distances import Distance, cycle_length
from kg.reading.sections import SHORT, Outline
from kg.reading.stay import Stay
from kg.reading.tables import Language, by_role
from kg.reading.text import Words, alternatives
from kg.reading.timeline import NEAR, Calendar

_ACTS = frozenset({"surgery", "radiotherapy", "systemic"})
_NAMED_REACH = 32
"""The event that an expression names starts at most so many characters after it."""
PLACES = frozenset({"admission", "discharge", "end-of", "day-zero"})
"""Rows of ``times.tsv``: what an expression may name that is no event of the lexicon."""


@cache
def _places(language: Language) -> dict[str, re.Pattern[str]]:
    """Patterns of the words right after an expression, and of the day that a scheme counts from."""
    found = by_role((row for row in language.table("times", 3) if row[0][0] in PLACES), PLACES)
    after = {role: re.compile(rf"\s*(?:[^\W\d]+['\s]\s*){{0,2}}?(?:{alternatives(found[role, '-'])})(?!\w)")
             for role in ("admission", "discharge", "end-of")}  # fmt: skip
    zero = rf"(?:{alternatives(found['day-zero', '-'])})\s?\+?\s?(?P<day>[01])(?!\d)"
    return after | {"day-zero": re.compile(rf"\W{{0,3}}{zero}"), "scheme": re.compile(rf"(?<!\w){zero}\s*[:=(]")}


@dataclass(frozen=True, slots=True)
class Story:
    """The words, and the places of names in order; ``starts`` are theirs."""

    words: Words
    language: Language
    outline: Outline
    groundings: tuple[Grounding, ...]
    starts: tuple[int, ...]
    stay: Stay

    def before(self, dates: Sequence[When], place: Span) -> When | None:
        """The time told last before a place: in its section, else in an earlier one that tells the story."""
        here = self.outline.section_at(place.start)
        for when in reversed(dates):
            if when.span.end <= place.start and not when.local and self._is_told(when.span, place):
                section = self.outline.section_at(when.span.start)
                if section is here or (section.name not in SHORT and here.name not in SHORT):
                    return when
        return None

    def _is_told(self, start: Span, place: Span) -> bool:
        """Whether a time has words of its own, or anything is named between its place and another."""
        return start.end > start.start or bisect_left(self.starts, start.start) < bisect_left(self.starts, place.start)

    def act(self, calendar: Calendar, place: Span, origin: str) -> tuple[When | None, bool]:
        """The time of the last operation (or treatment) before a place, and whether it is a treatment."""
        types = _ACTS if origin == "act" else {"surgery"}
        for g in reversed(self.groundings[: bisect_left(self.starts, place.start)]):
            sort = _sort(g)
            if sort in types and (when := calendar.placed(g.mention.span)):
                return when, sort == "systemic"
        return None, False

    def name(self, place: Span) -> Span:
        """A place with the name that follows it."""
        at = bisect_left(self.starts, place.end)
        end = min(self.outline.sentences[self.outline.sentence_at(place.start)].end, place.end + _NAMED_REACH)
        if at == len(self.starts) or self.starts[at] >= end:
            return place
        return Span(place.start, self.groundings[at].mention.span.end)

    def until_named(self, place: Span) -> Span:
        """A place up to what is named in it: ``at 6 months of follow-up`` is when the follow-up was."""
        at = bisect_left(self.starts, place.start + 1)
        said = self.words.text[place.start : min([place.end, *self.starts[at : at + 1]])]
        return Span(place.start, place.start + len(said.rstrip()))

    def named(self, calendar: Calendar, place: Span, told: Distance) -> When | None:
        """The time of the event that the last name in ``place`` means: told before, or, looking back, after it.

        Without a distance only acts count: ``avant la chirurgie``, not ``après un scanner normal``.
        """
        at = bisect_left(self.starts, place.end) - 1
        if at < 0 or self.starts[at] < place.start:
            return None
        concept, sort = self.groundings[at].concept, _sort(self.groundings[at])
        if concept is None or self.groundings[at].mention.kind is Kind.ANATOMY or not (told.count or sort in _ACTS):
            return None
        others = [*reversed(self.groundings[:at]), *(self.groundings[at + 1 :] if told.back else ())]
        same = [g for g in others if g.concept and g.concept.key == concept.key]
        alike = [g for g in others if sort in _ACTS and _sort(g) == sort]
        whens = (calendar.placed(g.mention.span) for g in (*same, *alike))
        return next(filter(None, whens), None)

    def governed(self, place: Span) -> tuple[Grounding | None, bool]:
        """What an expression speaks of: what its sentence names right before it (True), else next."""
        sentence = self.outline.sentences[self.outline.sentence_at(place.start)]
        at = bisect_left(self.starts, place.start)
        for g in reversed(self.groundings[max(0, at - 3) : at]):
            span = g.mention.span
            if sentence.start <= span.start and place.start - span.end < NEAR and g.mention.kind is not Kind.ANATOMY:
                return g, True
        following = (g for g in self.groundings[at:] if g.mention.span.start >= place.end)
        after = next((g for g in following if g.mention.kind is not Kind.ANATOMY), None)
        return (after, False) if after and after.mention.span.end <= sentence.end else (None, False)

    def treated(self, place: Span) -> Grounding | None:
        """What the sentence names last before a place, if it is something given or done."""
        at = bisect_left(self.starts, place.start) - 1
        sentence = self.outline.sentences[self.outline.sentence_at(place.start)]
        last = self.groundings[at] if at >= 0 and self.starts[at] >= sentence.start else None
        return last if last and last.mention.kind in (Kind.DRUG, Kind.PROCEDURE) else None

    def day_zero(self, dates: Iterable[When], place: Span) -> tuple[When | None, int]:
        """The last date before a place that the text calls the first day of a scheme, and its number: 0 or 1."""
        found: tuple[When | None, int] = None, 0
        for when in dates:
            if when.span.end <= place.start and len(when.iso) == 10:
                sentence = self.outline.sentences[self.outline.sentence_at(when.span.start)].start
                low, start = (self.words.starts[self.words.at(place)] for place in (sentence, when.span.start))
                end, places = self.words.ends[self.words.at(when.span.end - 1)], _places(self.language)
                match = places["day-zero"].match(self.words.folded, end)
                if match := match or places["scheme"].search(self.words.folded, low, start):
                    found = when, int(match["day"])
        return found

    def cycles(self, calendar: Calendar, place: Span) -> tuple[When | None, int]:
        """When the last drug before a place was started, and the days of its cycle, 0 where they aren't told."""
        before = [g for g in self.groundings[: bisect_left(self.starts, place.start)] if _sort(g) == "systemic"]
        if not before:
            return None, 0
        last = before[-1].concept
        same = [g for g in before if last and g.concept and g.concept.key == last.key]
        whens = [(g, when) for g in same or before[-1:] if (when := calendar.placed(g.mention.span))]
        if not whens:
            return None, 0
        started = [w for w in whens if w[1].basis is not DateBasis.INHERITED] or whens
        g, when = started[-1]
        sentence = self.outline.sentences[self.outline.sentence_at(g.mention.span.start)]
        low, high = (self.words.starts[self.words.at(offset)] for offset in (sentence.start, place.start))
        return when, cycle_length(self.words.folded[low:high], self.language)

    def follows(self, told: Distance, *roles: str) -> int:
        """Where the words right after an expression end, if they are those of a role; 0 where they are not."""
        found = (_places(self.language)[role].match(self.words.folded, told.end) for role in roles)
        return next((match.end() for match in found if match), 0)


def _sort(g: Grounding) -> str:
    """The type of what is named; a drug is a treatment."""
    return "systemic" if g.mention.kind is Kind.DRUG else g.concept.type if g.concept else ""
