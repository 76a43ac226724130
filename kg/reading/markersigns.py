"""What does the sign or figure at a marker say? ``CD99 +``, ``S100-``, ``(neg)``, ``HER2 2+``, ``Ki-67 20 %``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.reading.observed import Item, Observed
from kg.reading.resultwords import result_forms
from kg.reading.tables import Language
from kg.reading.text import alternatives, pattern_of

FIGURE_REACH = 70
"""A percentage starts and ends within so many characters after its marker."""
_DASH = re.compile(r"\s-\s?(?=[a-z]{1,6}-?\d|,|$)")
_SIGNED = re.compile(r"\w\s?\+(?=\s*[,;)])|\w-(?=\s*[,;)])")
_CONTINUED = re.compile(r"\s*(?:[a-z]{3,}|\d)")


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
    return _Patterns(
        re.compile(
            r"\s*(?::|=)?\s*(?:\(\s*(?P<in>\+/-|\+{1,4}|-{1,3}|[0-3]\s?\+|\+/-|\+\s?\d|neg\w*|pos\w*)\s*\)"
            r"|(?P<out>\+/-|\+{1,4}(?:/\+{2,3})?(?!\s?[1-3]\s*[,;.)])|[0-3]\s?\+(?!\d)|\+\s?[1-3](?=\s*(?:[,;.)]|$))|\+/-"
            rf"|-{{1,2}}(?=\s*(?:[,;.)]|{joins}|$|\n))|(?<=\w)-(?=\s)))"
        ),
        re.compile(rf"\s*(?:{inside})"),
        re.compile(
            rf"\s*(?:\([^)\d]{{0,25}}\)\s*)?(?:[:=(,]|{alternatives(words['figure', '-'])}|\s)*"
            rf"(?P<value>[<>≤≥~]?\s?\d{{1,3}}(?:[.,]\d+)?(?:\s?(?:{to})\s?\d{{1,3}})?\s?%)"
        ),
    )


def figure_at(observed: Observed, item: Item, limit: int) -> str:
    """The percentage that stands at a marker, as written; never beyond ``limit``, an offset of the folded text."""
    words = observed.words
    start = words.ends[item.mention.last]
    match = _patterns(observed.language).figure.match(words.folded, start, min(limit, start + FIGURE_REACH))
    if not match:
        return ""
    span = words.span_of(match.start("value"), match.end("value"))
    return words.text[span.start : span.end].strip()


def of_figure(value: str) -> str:
    """The result that a percentage stands for: only a plain zero is negative."""
    numbers = [float(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", value)]
    return "Negative" if numbers == [0] else "Positive"


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


def sign_at(observed: Observed, item: Item, signed: bool) -> tuple[str, str] | None:
    """The result and value of the sign at a marker; where ``signed`` results are signs, a lone dash is one too."""
    folded, end = observed.words.folded, observed.words.ends[item.mention.last]
    match = _patterns(observed.language).sign.match(folded, end, observed.folded_end(item.sentence))
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
