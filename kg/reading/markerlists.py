"""Which result word does a list of markers belong to? Lists, result words, and what may stand between them."""

from __future__ import annotations

from kg.reading.observed import Item
from kg.reading.resultwords import Hit, Tables
from kg.reading.text import Words

GAP = 8
"""A result word may stand at most so many words from the list that it belongs to."""
_LIST_GAP, _LEAD_GAP, _CLOSE_GAP, _MEMBER_GAP, _UNKNOWN = 6, 5, 3, 7, 2
"""So many words and marks at most between members, after a leading word, after a near one, around an unknown member;
so many words in an unknown member."""


class Sentence:
    """One sentence with markers: their places in the line, its result words, and the words of the tables."""

    def __init__(self, words: Words, items: list[Item], hits: list[Hit], tables: Tables) -> None:
        """``hits`` are the result words of the sentence in order."""
        self._words = words
        self._hits = hits
        self._tables = tables
        self._places = [(words.place_of(i.mention.first), words.place_of(i.mention.last)) for i in items]

    def lists(self) -> list[list[int]]:
        """Indexes of markers that stand in one list, parted by commas, ``et`` and such only."""
        groups: list[list[int]] = []
        for i in range(len(self._places)):
            if i and self._goes_on(i):
                groups[-1].append(i)
            else:
                groups.append([i])
        return groups

    def groups(self) -> list[list[int]]:
        """The lists, parted where two results tell of one."""
        return [part for whole in self.lists() for part in self.parted(whole)]

    def bracketed(self) -> dict[int, Hit]:
        """Indexes of markers that a result word follows in brackets of its own: ``EMA (focal)``."""
        words, found = self._words, dict[int, Hit]()
        for hit in self._hits:
            around = [words.forms[i] for i in words.kept[hit.first - 1 : hit.last + 2]]
            if hit.first and (around[0], around[-1]) in (("(", ")"), ("[", "]")):
                found |= {n: hit for n, (_, last) in enumerate(self._places) if last == hit.first - 2}
        return found

    def _goes_on(self, i: int) -> bool:
        """Whether a marker continues the list of the one before it."""
        low, high = self._places[i - 1][1], self._places[i][0]
        gap = self._forms(low, high)
        if {";", "."} & set(gap) or any(low < hit.first < high for hit in self._hits):
            return False
        glued = len(gap) <= _LIST_GAP and all(g in self._tables.glue or not g.isalpha() for g in gap)
        return glued or self._is_unknown_member(gap)

    def _is_unknown_member(self, gap: list[str]) -> bool:
        """Whether a gap holds a list member that the lexicon does not know: ``, facteur XIII,``, ``(nucléaire) et``."""
        joins = {",", "/", "(", "[", ")", "]", *self._tables.conjunctions}
        while len(gap) > 1 and gap[-1] in self._tables.glue - joins:
            gap = gap[:-1]
        held = 2 < len(gap) <= _MEMBER_GAP and gap[0] in joins and gap[-1] in joins
        return held and self._tables.breaks.isdisjoint(gap)

    def parted(self, group: list[int]) -> list[list[int]]:
        """``positif pour A et B, C, D négatifs``: a list between two results ends where ``et`` closes it."""
        before, after = self._around(group)
        if not (before and after and before.forward and after.backward and len(group) > 1) or self._leads(after):
            return [group]
        if len(group) == 2:
            gap = self._gap(before.last, self._places[group[0]][0])
            leads = gap is not None and self._is_glue(gap)
            denied = leads and before.result == "Negative" != after.result  # "absence de A et B positif"
            return [group[:1], group[1:]] if denied and after.first == self._places[group[1]][1] + 1 else [group]
        for n in range(1, len(group) - 1):
            left = self._forms(self._places[group[n - 1]][1], self._places[group[n]][0])
            right = self._forms(self._places[group[n]][1], self._places[group[n + 1]][0])
            if not self._tables.conjunctions.isdisjoint(left) and right == [","]:
                return [group[: n + 1], group[n + 1 :]]
        return [group]

    def result_of(self, group: list[int]) -> tuple[Hit, str] | None:
        """The result word that a list of markers belongs to, and the way in which it does."""
        first, last = self._places[group[0]][0], self._places[group[-1]][1]
        before, after = self._around(group)
        gap_before = self._gap(before.last, first) if before else None
        gap_after = self._gap(last, after.first) if after and not self._leads(after) else None
        strong = before is not None and gap_before is not None and before.forward and self._leads_to(gap_before)
        if after and gap_after is not None and (after.backward or not after.forward):
            listed = "," in gap_after
            light = all(g in self._tables.copula or g in self._tables.glue or not g.isalnum() for g in gap_after)
            if not (strong and listed) and ((light and not (strong and len(gap_after) > 1)) or not (strong or listed)):
                return after, "word after the list"
        if before and gap_before is not None:
            reaches = before.backward or self._is_close(gap_before)
            told_after = after is not None and self._gap(last, after.first) is not None
            if strong or (reaches and not ("," in gap_before and told_after)):
                return before, "word before the list"
        return (after, "word after the list") if after and gap_after is not None else None

    def _around(self, group: list[int]) -> tuple[Hit | None, Hit | None]:
        """The last result word before a list, and the first after it."""
        first, last = self._places[group[0]][0], self._places[group[-1]][1]
        before = next((hit for hit in reversed(self._hits) if hit.last < first), None)
        return before, next((hit for hit in self._hits if hit.first > last), None)

    def _forms(self, low: int, high: int) -> list[str]:
        """The forms between two places of the line, both left out."""
        return [self._words.forms[i] for i in self._words.kept[low + 1 : high]]

    def _gap(self, low: int, high: int) -> list[str] | None:
        """Forms between two places, or None where a marker, a break or too many words lie there."""
        gap = self._forms(low, high)
        if gap.count(".") > 1:  # a row of dots leads on, a full stop ends
            gap = [g for g in gap if g != "."]
        if len(gap) > GAP + 4 or any(low < first < high for first, _ in self._places):
            return None
        broken = any(g in self._tables.breaks or g in {";", "."} for g in gap)
        return None if broken or sum(g.isalnum() for g in gap) > GAP else gap

    def _leads(self, hit: Hit) -> bool:
        """Whether a result word is followed by markers of its own (``négatif pour CD34``)."""
        following = next((first for first, _ in self._places if first > hit.last), None)
        if not hit.forward or following is None:
            return False
        gap = self._gap(hit.last, following)
        return gap is not None and len(gap) <= _LEAD_GAP and all(g in self._tables.glue or g in ":('" for g in gap)

    def _is_glue(self, gap: list[str]) -> bool:
        return all(g in self._tables.glue or not g.isalnum() for g in gap)

    def _leads_to(self, gap: list[str]) -> bool:
        """Whether only joining words, or unknown members, stand between (``positif pour XY,``)."""
        if self._is_glue(gap):
            return True
        members: list[list[str]] = [[]]
        for form in gap:
            if form == ",":
                members.append([])
            elif form.isalnum() and form not in self._tables.glue:
                members[-1].append(form)
        *unknown, last = members
        told = (self._tables.copula - self._tables.glue) | self._tables.breaks
        return bool(unknown) and not last and told.isdisjoint(gap) and all(0 < len(m) <= _UNKNOWN for m in unknown)

    def _is_close(self, gap: list[str]) -> bool:
        """Whether a result word that only looks forward reaches over these words: few, or naming the markers' group."""
        named = len(gap) <= _CLOSE_GAP or any(self._tables.group.match(g) for g in gap)
        return named and "," not in gap
