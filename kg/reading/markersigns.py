"""What does the sign or figure at a marker say? ``CD99 +``, ``S100-``, ``(neg)``, ``CK20 0``, ``HER2 2+``, ``20 %``.

Between a marker and its sign may stand a row of dots, the word *score*, and what names the antibody more closely: a
clone in parentheses (``PD-L1 (22C3) < 1 %``) or in a column of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.model import Span
from kg.reading.observed import Item, Observed
from kg.reading.resultwords import result_forms
from kg.reading.tables import Language
from kg.reading.text import alternatives, pattern_of

FIGURE_REACH = 70
"""A percentage starts and ends within so many characters after its marker."""
PROLIFERATION = "mki67"
ALLRED = 3
"""From this Allred score of eight on a hormone receptor is positive."""
_DASH = re.compile(r"\s-\s?(?=[a-z]{1,6}-?\d|,|$)")
_SIGNED = re.compile(r"\w\s?\+(?=\s*[,;)])|\w-(?=\s*[,;)])")
_CONTINUED = re.compile(r"\s*(?:[a-z]{3,}|\d)")
_LEADER = r"\s*(?:[:=|]|(?:\.\s?){3,})?\s*"
_CLONE = re.compile(
    r"\s*\((?=[^)]*[a-z])[a-z0-9][\w/.: -]{0,22}\)|\s*,?\s*clone\s+[a-z0-9][\w/.-]*"
    r"|[ ]*[\t|][ ]*(?=[a-z0-9])[^\t\n|]{1,22}(?=[\t|])|[ ]{2,}(?=\S*[a-z])[a-z0-9][\w/.-]{1,13}(?=[ ]{2,})"
)
_COLUMNS = 2
"""At most so many columns stand between a marker and its result."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    """``inside`` are words after a plus that do not make it join a list (``CD3 + dans les lymphocytes``)."""

    sign: re.Pattern[str]
    inside: re.Pattern[str]
    figure: re.Pattern[str]


@cache
def _patterns(language: Language) -> _Patterns:
    words = result_forms(language)
    joins, inside = pattern_of(words["and", "-"]), pattern_of(words["and", "-"] + words["inside", "-"])
    to = alternatives(["-", *words["figure-to", "-"]])
    score = rf"(?:{alternatives(words['score', '-'])})\s*:?\s*"
    return _Patterns(
        re.compile(
            rf"\)?{_LEADER}(?:{score})?"
            rf"(?:\(\s*(?:{score})?(?P<in>[0-8]/8|\+/-|\+{{1,4}}|-{{1,3}}|[0-3]\s?\+|\+/-|\+\s?\d|0|neg\w*|pos\w*)\s*\)"
            r"|(?P<out>[0-8]/8(?!\d)|\+/-|\+{1,4}(?:/\+{2,3})?(?!\s?[1-3]\s*[,;.)])|[0-3]\s?\+(?!\d)|\+\s?[1-3](?=\s*(?:[,;.)]|$))|\+/-"
            rf"|-{{1,2}}(?=\s*(?:[,;.)/]|{joins}|$|\n))|(?<=\w)-(?=\s)|0(?=\s*(?:[,;)\t|]|$|\n|\.(?:\s|$)))(?![,.]\d)))"
        ),
        re.compile(rf"\s*(?:{inside})"),
        re.compile(
            rf"\)?{_LEADER}(?:\([^)\d]{{0,25}}\)\s*)?(?:[:=(,]|{alternatives(words['figure', '-'])}|\s)*"
            rf"(?P<value>[<>≤≥~]?\s?\d{{1,3}}(?:[.,]\d+)?(?:\s?(?:{to})\s?\d{{1,3}})?\s?%)"
        ),
    )


def _ends(observed: Observed, item: Item) -> list[int]:
    """Where the name of a marker may end in the folded text: with its last word, or with the clone that follows."""
    folded, stop = observed.words.folded, observed.folded_end(item.sentence)
    ends = [observed.words.ends[item.mention.last]]
    for _ in range(_COLUMNS):
        if not (clone := _CLONE.match(folded, ends[-1], stop)):
            break
        ends.append(clone.end())
    return ends


def figure_at(observed: Observed, item: Item, limit: int) -> Span | None:
    """Where the percentage at a marker stands; never beyond ``limit``, an offset of the folded text."""
    words, figure = observed.words, _patterns(observed.language).figure
    for start in _ends(observed, item):
        if match := figure.match(words.folded, start, min(limit, start + FIGURE_REACH)):
            return Span(*match.span("value"))
    return None


def of_figure(value: str, key: str) -> str:
    """The result that a percentage stands for: zero is negative, under 1 % too but for a proliferation index."""
    numbers = [float(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", value)]
    below = numbers == [1] and value.startswith("<") and key != PROLIFERATION
    return "Negative" if numbers == [0] or below else "Positive"


def _of_sign(sign: str, key: str) -> tuple[str, str]:
    """Result and value of a sign: ``+``, ``-``, ``+++``, ``2+`` (HER2 after the ASCO/CAP grades), ``(neg)``."""
    plain = sign.replace(" ", "")
    if plain.startswith("neg") or set(plain) == {"-"}:
        return "Negative", ""
    if plain == "+/-":
        return "Equivocal", plain
    if key == "erbb2" and plain == "++":
        return "Equivocal", plain
    if plain == "0":
        return "Negative", ""
    if plain.endswith("/8"):
        return ("Positive" if int(plain[0]) >= ALLRED else "Negative"), plain
    if digit := re.search(r"\d", plain):
        grade = int(digit[0])
        if key == "erbb2":
            return ("Negative", "Negative", "Equivocal", "Positive")[min(grade, 3)], plain
        return ("Negative" if grade == 0 else "Positive"), plain
    return "Positive", plain if len(plain) > 1 and plain[0] == "+" else ""


def sign_at(observed: Observed, item: Item, signed: bool) -> tuple[str, str] | None:
    """The result and value of the sign at a marker; where ``signed`` results are signs, a lone dash is one too."""
    folded, stop, pattern = observed.words.folded, observed.folded_end(item.sentence), _patterns(observed.language).sign
    ends = _ends(observed, item)
    match, end = next(((m, end) for end in ends if (m := pattern.match(folded, end, stop))), (None, ends[0]))
    if not match:
        return ("Negative", "") if signed and _DASH.match(folded, end) else None
    sign = match["in"] or match["out"]
    if not match["in"] and _joins(folded, end, match.end(), sign, _patterns(observed.language).inside):
        return None
    return _of_sign(sign, item.concept.key if item.concept else "")


def _joins(folded: str, start: int, end: int, sign: str, inside: re.Pattern[str]) -> bool:
    """Whether a sign outside of parentheses is a hyphen or joins a list: ``CD3-positif``, ``CD3 + CD20``."""
    following = folded[end : end + 12]
    if set(sign) == {"-"}:
        return following[:1].isalnum()
    listed = sign == "+" and folded[start] == " " and _CONTINUED.match(following)
    return bool(listed) and not inside.match(following)


def writes_signs(sentence: str) -> bool:
    """Whether a sentence (folded) writes results as signs, so that a lone dash after a marker is one."""
    return bool(_SIGNED.search(sentence))
