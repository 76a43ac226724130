"""What does the sign or figure at a marker say? ``CD99 +``, ``S100-``, ``(neg)``, ``HER2 2+``, ``Ki-67 20 %``."""

from __future__ import annotations

import re

from kg.reading.observed import Item, Observed

_SIGN = re.compile(
    r"\s*(?::|=)?\s*(?:\(\s*(?P<in>\+{1,4}|-{1,3}|[0-3]\s?\+|\+/-|\+\s?\d|neg\w*|pos\w*)\s*\)"
    r"|(?P<out>\+{1,4}(?:/\+{2,3})?(?!\s?[1-3]\s*[,;.)])|[0-3]\s?\+(?!\d)|\+\s?[1-3](?=\s*(?:[,;.)]|$))|\+/-|-{1,2}(?=\s*(?:[,;.)]|et\b|y\b|and\b|$|\n))|(?<=\w)-(?=\s)))"
)
_DASH = re.compile(r"\s-\s?(?=[a-z]{1,6}-?\d|,|$)")
_SIGNED = re.compile(r"\w\s?\+(?=\s*[,;)])|\w-(?=\s*[,;)])")
_FIGURE = re.compile(r"\s*(?:\([^)\d]{0,25}\)\s*)?(?:[:=(,]|de|du|a|of|est|etait|at|index|indice|nucleaire|positif|positive|positifs|evalue|estime|environ|autour|"
                     r"inferieur|superieur|inferior|superior|al|del|en|dans|in|was|is|were|proliferation|less|than|approximately|about|with|moins|plus|menos|mas|cellules|cells|celulas|tumorales|des|avec|un|une|score|faible|bas|eleve|alto|bajo|\s)*"
                     r"(?P<value>[<>≤≥~]?\s?\d{1,3}(?:[.,]\d+)?(?:\s?(?:-|a|et)\s?\d{1,3})?\s?%)")  # fmt: skip


def figure_at(observed: Observed, item: Item, limit: int) -> str:
    """The percentage that stands at a marker, as written; never beyond the next marker."""
    words = observed.words
    start = words.ends[item.mention.last]
    match = _FIGURE.match(words.folded, start, min(limit, start + 70))
    if not match:
        return ""
    span = words.span_of(match.start("value"), match.end("value"))
    return words.text[span.start : span.end].strip()


def of_figure(value: str) -> str:
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


def sign_at(observed: Observed, item: Item, signed: bool) -> tuple[str, str] | None:
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
    if (
        sign[0] == "+"
        and not match["in"]
        and re.match(r"\s*(?:[a-z]{3,}|\d)", words.folded[match.end() : match.end() + 12])
        and len(sign) == 1
    ):
        following = words.folded[match.end() : match.end() + 12]
        if words.folded[end : match.end()].startswith(" ") and not re.match(r"\s*(?:et|y|and|en|dans|in)\b", following):
            return None  # "CD3 + CD20" joins a list
    concept = item.concept
    return _of_sign(sign, concept.key if concept else "")


def writes_signs(sentence: str) -> bool:
    """Whether a sentence (folded) writes results as signs, so that a lone dash after a marker is one."""
    return bool(_SIGNED.search(sentence))
