"""Which marker came out how? Immunohistochemistry results: every marker of a list with its own result.

Three ways of saying it, in this order: a sign or figure at the marker itself (``CD99 +``, ``S100-``, ``Ki-67 20 %``,
``HER2 2+``); a word after a list (``EMA et GFAP étaient négatifs``); a word before it (``positif pour A, B et C``).
A negative result is a result, never a negated finding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from kg.errors import TableError
from kg.model import Kind
from kg.reading.observed import Item, Observed
from kg.reading.tables import Language, forms
from kg.reading.text import fold, key_of

RESULTS = ("Positive", "Negative", "Weak", "Focal", "Equivocal")
_MUTATED = re.compile(r"(?:mute\w*|mutation\w*|mutacion\w*|mutated|genes?|gen|porteu\w+|amplification|rearrangement)(?:\s+(?:de|du|des|d'|of|del|l'))*\s*(?:l')?$")
_AND = frozenset({"et", "y", "e", "and"})
GAP = 8
"""A result word may stand at most so many words from the list that it belongs to."""

_SIGN = re.compile(r"\s*(?::|=)?\s*(?:\(\s*(?P<in>\+{1,4}|-{1,3}|[0-3]\s?\+|\+/-|\+\s?\d|neg\w*|pos\w*)\s*\)"
                   r"|(?P<out>\+{1,4}(?:/\+{2,3})?(?!\s?[1-3]\s*[,;.)])|[0-3]\s?\+(?!\d)|\+\s?[1-3](?=\s*(?:[,;.)]|$))|\+/-|-{1,2}(?=\s*(?:[,;.)]|et\b|y\b|and\b|$|\n))|(?<=\w)-(?=\s)))")
_DASH = re.compile(r"\s-\s?(?=[a-z]{1,6}-?\d|,|$)")
_SIGNED = re.compile(r"\w\s?\+(?=\s*[,;)])|\w-(?=\s*[,;)])")
_FIGURE = re.compile(r"\s*(?:\([^)\d]{0,25}\)\s*)?(?:[:=(,]|de|du|a|of|est|etait|at|index|indice|nucleaire|positif|positive|positifs|evalue|estime|environ|autour|"
                     r"inferieur|superieur|inferior|superior|al|del|en|dans|in|was|is|were|proliferation|less|than|approximately|about|with|moins|plus|menos|mas|cellules|cells|celulas|tumorales|des|avec|un|une|score|faible|bas|eleve|alto|bajo|\s)*"
                     r"(?P<value>[<>≤≥~]?\s?\d{1,3}(?:[.,]\d+)?(?:\s?(?:-|a|et)\s?\d{1,3})?\s?%)")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One marker mention with its result; ``value`` is the stated figure as written, or empty."""

    item: Item
    result: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class _Tables:
    automaton: ahocorasick_rs.AhoCorasick
    rows: tuple[tuple[tuple[str, bool, int], ...], ...]
    glue: frozenset[str]
    copula: frozenset[str]
    breaks: frozenset[str]
    ihc: re.Pattern[str]
    serum: frozenset[str]


@cache
def _tables(language: Language) -> _Tables:
    rows: dict[str, list[tuple[str, bool, int]]] = defaultdict(list)
    words: dict[str, list[str]] = defaultdict(list)
    for (role, value, cell), where in language.table("results", 3):
        if role not in ("result", "forward", "neutral"):
            words[role] += [fold(f) for f in forms(cell)]
            continue
        if role != "neutral" and value not in RESULTS:
            raise TableError(f"{where}: {value!r} is no result: {', '.join(RESULTS)}")
        for form in forms(cell):
            key = key_of(form, language)
            if key:
                rows[key].append((value, role == "forward", len(key.split())))
    ihc = "|".join(re.escape(f.rstrip("*")) + (r"\w*" if f.endswith("*") else "") for f in words["ihc"])
    return _Tables(ahocorasick_rs.AhoCorasick([f" {k} " for k in rows]), tuple(tuple(r) for r in rows.values()),
                   frozenset(words["glue"]), frozenset(words["copula"]), frozenset(words["break"]),
                   re.compile(rf"\b(?:{ihc})\b"), frozenset(words["serum"]))


@dataclass(frozen=True, slots=True)
class _Hit:
    result: str
    forward: bool
    backward: bool
    first: int
    last: int


def _hits(observed: Observed, tables: _Tables) -> list[_Hit]:
    """Result words of the text; of overlapping ones the longest, with both directions where both are known."""
    found: dict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for pattern, start, _ in tables.automaton.find_matches_as_indexes(observed.words.line, overlapping=True):
        first = observed.words.place(start)
        for value, forward, length in tables.rows[pattern]:
            found[first, first + length - 1].append((value, forward))
    hits: list[_Hit] = []
    taken: set[int] = set()
    for (first, last), values in sorted(found.items(), key=lambda f: (f[0][0] - f[0][1], f[0][0])):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            if values[0][0] not in RESULTS:
                continue
            hits.append(_Hit(values[0][0], any(f for _, f in values), any(not f for _, f in values), first, last))
    return sorted(hits, key=lambda h: h.first)


class _Sentence:
    """One sentence with markers: places in the line, forms, lists of markers, result words."""

    def __init__(self, observed: Observed, items: list[Item], hits: list[_Hit], tables: _Tables) -> None:
        words = observed.words
        self.tables = tables
        self.items = items
        self.places = [(words.place_of(i.mention.first), words.place_of(i.mention.last)) for i in items]
        self._words = words
        self.hits = hits

    def _forms(self, low: int, high: int) -> list[str]:
        """The forms between two places of the line, both left out."""
        return [self._words.forms[i] for i in self._words.kept[low + 1 : high]]

    def lists(self) -> list[list[int]]:
        """Indexes of markers that stand in one list, parted by commas, ``et`` and such only."""
        glue = self.tables.glue
        groups: list[list[int]] = []
        for i in range(len(self.items)):
            if groups:
                gap = self._forms(self.places[i - 1][1], self.places[i][0])
                if not {";", "."} & set(gap) and not self._marked(i - 1, i) and (
                        (len(gap) <= 6 and all(g in glue or not g.isalpha() for g in gap)) or self._unknown_member(gap)):
                    groups[-1].append(i)
                    continue
            groups.append([i])
        return groups

    def parted(self, group: list[int]) -> list[list[int]]:
        """``positif pour A et B, C, D négatifs``: a list between two results ends where ``et`` closes it."""
        first, last = self.places[group[0]][0], self.places[group[-1]][1]
        before = next((h for h in reversed(self.hits) if h.last < first), None)
        after = next((h for h in self.hits if h.first > last), None)
        if not (before and after and before.forward and after.backward and len(group) > 2) or self._leads(after):
            return [group]
        for n in range(1, len(group) - 1):
            left = self._forms(self.places[group[n - 1]][1], self.places[group[n]][0])
            right = self._forms(self.places[group[n]][1], self.places[group[n + 1]][0])
            if set(left) & _AND and right == [","]:
                return [group[: n + 1], group[n + 1 :]]
        return [group]

    def _unknown_member(self, gap: list[str]) -> bool:
        """Whether a gap holds one list member that the lexicon does not know: ``, facteur XIII,`` or ``(nucléaire) et``."""
        joins = (",", "/", "et", "y", "e", "and", "(")
        return 2 < len(gap) <= 7 and gap[0] in joins and gap[-1] in (*joins, ")") and not set(gap) & self.tables.breaks

    def _marked(self, left: int, right: int) -> bool:
        return any(self.places[left][1] < h.first < self.places[right][0] for h in self.hits)

    def _gap(self, low: int, high: int) -> list[str] | None:
        """Forms between two places, or None where a marker, a break or too many words lie there."""
        if high - low - 1 > GAP + 4 or any(low < a < high for a, _ in self.places):
            return None
        gap = self._forms(low, high)
        if sum(g.isalnum() for g in gap) > GAP or any(g in self.tables.breaks or g in ";" for g in gap):
            return None
        return gap

    def _leads(self, hit: _Hit) -> bool:
        """Whether a result word is followed by markers of its own (``négatif pour CD34``)."""
        if not hit.forward:
            return False
        gap_ok = [a for a, _ in self.places if a > hit.last]
        if not gap_ok:
            return False
        gap = self._gap(hit.last, gap_ok[0])
        return gap is not None and len(gap) <= 5 and all(g in self.tables.glue or g in ":('" for g in gap)

    def result_of(self, group: list[int]) -> tuple[_Hit, str] | None:
        """The result word that a list of markers belongs to, and the way in which it does."""
        first, last = self.places[group[0]][0], self.places[group[-1]][1]
        after = next((h for h in self.hits if h.first > last), None)
        before = next((h for h in reversed(self.hits) if h.last < first), None)
        gap_after = self._gap(last, after.first) if after else None
        gap_before = self._gap(before.last, first) if before else None
        strong = before is not None and before.forward and gap_before is not None and all(
            g in self.tables.glue or not g.isalnum() for g in gap_before)
        if after and gap_after is not None and not (strong and "," in gap_after) and not self._leads(after) and (
                after.backward or not after.forward):
            light = all(g in self.tables.copula or g in self.tables.glue or not g.isalnum() for g in gap_after)
            if light and not (strong and len(gap_after) > 1):
                return after, "word after the list"
            if not strong and "," not in gap_after:
                return after, "word after the list"
        if strong and before:
            return before, "word before the list"
        near = gap_before is not None and (before is None or before.backward or _close(gap_before))
        if before and gap_before is not None and near and not ("," in gap_before and after and gap_after is not None):
            return before, "word before the list"
        if after and gap_after is not None and not self._leads(after):
            return after, "word after the list"
        return None


def _close(gap: list[str]) -> bool:
    """Whether a result word that only looks forward reaches over these words: few, or naming the markers' group."""
    return "," not in gap and (len(gap) <= 3 or any(g.startswith(("marqueur", "marcador", "marker", "anticorp")) for g in gap))


def _figure(observed: Observed, item: Item, limit: int) -> str:
    """The percentage that stands at a marker, as written; never beyond the next marker."""
    words = observed.words
    start = words.ends[item.mention.last]
    match = _FIGURE.match(words.folded, start, min(limit, start + 70))
    if not match:
        return ""
    span = words.span_of(match.start("value"), match.end("value"))
    return words.text[span.start : span.end].strip()


def _of_figure(value: str) -> str:
    numbers = [float(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", value)]
    return "Negative" if numbers and numbers[0] == 0 and len(numbers) == 1 else "Positive"


def _of_sign(sign: str, key: str) -> tuple[str, str]:
    """Result and value of a sign: ``+``, ``-``, ``+++``, ``2+`` (HER2 after the ASCO/CAP grades), ``(neg)``."""
    plain = sign.replace(" ", "")
    if plain.startswith("neg") or set(plain) == {"-"}:
        return "Negative", ""
    if plain == "+/-":
        return "Equivocal", plain
    if digit := re.search(r"\d", plain):
        grade = int(digit[0])
        if key == "erbb2":
            return ("Negative", "Negative", "Equivocal", "Positive")[min(grade, 3)], plain
        return ("Negative" if grade == 0 else "Positive"), plain
    return "Positive", plain if len(plain) > 1 and plain[0] == "+" else ""


def _own_sign(observed: Observed, item: Item, signed: bool) -> tuple[str, str] | None:
    """The sign at a marker; ``signed`` says that its sentence writes results as signs, so a lone dash is one."""
    words = observed.words
    end = words.ends[item.mention.last]
    match = _SIGN.match(words.folded, end, observed.folded_end(item.sentence))
    if not match:
        if signed and _DASH.match(words.folded, end):
            return "Negative", ""
        return None
    sign = match["in"] or match["out"]
    if set(sign) == {"-"} and not match["in"] and words.folded[match.end() : match.end() + 1].isalnum():
        return None
    if sign[0] == "+" and not match["in"] and re.match(r"\s*(?:[a-z]{3,}|\d)", words.folded[match.end() : match.end() + 12]) and len(sign) == 1:
        following = words.folded[match.end() : match.end() + 12]
        if words.folded[end : match.end()].startswith(" ") and not re.match(r"\s*(?:et|y|and|en|dans|in)\b", following):
            return None  # "CD3 + CD20" joins a list
    concept = item.concept
    return _of_sign(sign, concept.key if concept else "")


def _is_ihc(observed: Observed, sentence: int, tables: _Tables) -> bool:
    """Whether a sentence (or the two before it) speaks of tissue rather than of blood."""
    words = observed.words
    start, end = observed.folded_start(max(0, sentence - 2)), observed.folded_end(sentence)
    own = words.folded[observed.folded_start(sentence) : end]
    if tables.ihc.search(own):
        return True
    if _speaks_of_blood(observed, sentence, tables):
        return False
    return bool(tables.ihc.search(words.folded, start, end)) or observed.section(sentence).name == "Pathology"


def _speaks_of_blood(observed: Observed, sentence: int, tables: _Tables) -> bool:
    own = observed.said(sentence)
    return bool(tables.serum & set(re.findall(r"[a-z]+", own)))


_RECEPTORS = frozenset({"erbb2", "esr1", "pgr"})
_SERUM_PRONE = frozenset({"serum-tumour-marker", "afp", "ceacam5", "muc16", "klk3", "cgb3", "ca-19-9", "eno2", "ca-15-3", "ldh", "b2m", "tg", "calca"})


def _named_twice(observed: Observed, items: list[Item]) -> set[int]:
    """Indexes of markers that only repeat the one before in parentheses (``CD117 (c-kit)``), or head a list of markers."""
    doubles = set()
    for i in range(1, len(items)):
        gap = observed.between(items[i - 1].mention.last, items[i].mention.first)
        same = items[i].concept is not None and items[i].concept == items[i - 1].concept
        if same and re.search(r"\b(?:et|y|and|ou|o)\b", gap):
            continue
        if same and re.fullmatch(r"\s*\(\s*(?:l')?\w{0,4}\s*", gap):
            doubles.add(i)
        elif same and len(gap) < 30 and not re.search(r"[,;%+\d]", gap):
            doubles.add(i - 1)
        concept = items[i - 1].concept
        if concept is not None and concept.key.endswith("-marker") and re.fullmatch(r"\s*[:(]\s*(?:l[ae']?s?\s*)?", gap):
            doubles.add(i - 1)
    return doubles


def read_results(observed: Observed) -> tuple[Result, ...]:
    """Every marker mention that has a result in its sentence, in order."""
    tables = _tables(observed.language)
    by_sentence: dict[int, list[Item]] = defaultdict(list)
    for item in observed.of(Kind.MARKER):
        by_sentence[item.sentence].append(item)
    if not by_sentence:
        return ()
    kept, words = observed.words.kept, observed.words
    hits_of: dict[int, list[_Hit]] = defaultdict(list)
    for hit in _hits(observed, tables):
        hits_of[observed.outline.sentence_at(words.span(kept[hit.first], kept[hit.first]).start)].append(hit)
    found: list[Result] = []
    for index, items in sorted(by_sentence.items()):
        items = [i for i in items if not (i.concept and i.concept.type == "genetic") and not _MUTATED.search(observed.before(i, 24))]
        doubles = _named_twice(observed, items)
        items = [item for n, item in enumerate(items) if n not in doubles]
        tissue, blood = _is_ihc(observed, index, tables), _speaks_of_blood(observed, index, tables)
        serology = "serolog" in observed.said(index)
        sentence = _Sentence(observed, items, hits_of[index], tables)
        limits = [words.starts[i.mention.first] for i in items[1:]] + [observed.folded_end(index)]
        for group in (part for whole in sentence.lists() for part in sentence.parted(whole)):
            word = sentence.result_of(group)
            for n in group:
                result = _result(observed, items[n], limits[n], word)
                if result and (tissue or _plain(result, [items[m] for m in group], blood, serology)):
                    found.append(result)
    return tuple(found)


def _plain(result: Result, group: list[Item], blood: bool, serology: bool) -> bool:
    """Whether a result outside of any talk of tissue is one all the same: no marker of blood, nothing said of blood."""
    keys = {i.concept.key for i in group if i.concept}
    if keys <= _SERUM_PRONE or serology:
        return False
    return not blood or result.rule.startswith(("sign", "figure")) or len(group) > 1 or bool(keys & _RECEPTORS)


def _result(observed: Observed, item: Item, limit: int, word: tuple[_Hit, str] | None) -> Result | None:
    text = observed.said(item.sentence)
    sign = _own_sign(observed, item, bool(_SIGNED.search(text)))
    if sign:
        return Result(item, sign[0], sign[1], "sign at the marker")
    value = _figure(observed, item, limit)
    if value and (word is None or not _stands_between(observed, item, word[0], value)):
        return Result(item, _of_figure(value), value, "figure at the marker")
    if word:
        return Result(item, word[0].result, value, word[1])
    return None


def _stands_between(observed: Observed, item: Item, hit: _Hit, value: str) -> bool:
    """Whether a result word stands between a marker and its figure (``RE négatif (<1 %)``), and so speaks for both."""
    words = observed.words
    start = words.starts[words.kept[hit.first]]
    return words.ends[item.mention.last] <= start < words.folded.find(fold(value), words.ends[item.mention.last])
