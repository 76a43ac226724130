"""How is an alteration written? ``V600E``, ``p.(Gly12Asp)``, ``c.35G>A``, ``t(11;22)(q24;q12)``, ``exon 19 deletion``.

The names follow HGVS and ISCN in the looser way of reports. Where no change is named, the share of it is the value
(``fréquence allélique 23 %``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.reading.molecularwords import Molecular
from kg.reading.observed import Observed

_ONE, _THREE = (
    "[ACDEFGHIKLMNPQRSTVWY]",
    "(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val)",
)
_TAIL = r"(?:fs\*?\d*|del(?:ins)?[A-Z]*|dup|ins[A-Z]*)"
_NAMED = re.compile(
    rf"\bp\.\s?\(?{_THREE}\d+(?:_{_THREE}\d+)?(?:{_THREE}|Ter|\*|{_TAIL})?\)?"
    rf"|\b{_THREE}\d+(?:{_THREE}|Ter|{_TAIL})\b"
    rf"|(?:\bp\.\s?\(?|\b){_ONE}\d{{2,5}}(?:_{_ONE}\d+)?(?:{_ONE}\b|\*|{_TAIL}\b)\)?"
    r"|\bc\.\s?[-*]?\d+(?:[_+-]\d+)*\s?(?:[ACGT]+\s?>\s?[ACGT]+|(?:del|dup|ins)[ACGT]*)"
    r"|\bt\s?\(\s?[\dXY]+\s?;\s?[\dXY]+\s?\)(?:\s?\(\s?[pq][\d.]+\s?;\s?[pq][\d.]+\s?\))?"
    r"|\b(?:inv|del|dup|add)\s?\(\s?\d+[pq]?[\d.]*\s?\)(?:\s?\([pq][\d.]*(?:[pq][\d.]+)?\))?"
    r"|\b[Dd]el\d{2}\b|(?<=\()[Dd]el\s?\d{2}(?=\))|\b[Ee]x\d{2}[Dd]el\b"
    r"|\b4[4-8]\s?,\s?X[XY]?(?:,\s?[^\s,;.]+)*"
)

_FUSION = re.compile(r"\b[A-Z][A-Z0-9]{2,9}(?:::|[-–/])[A-Z][A-Z0-9]{2,9}\b")


def change_in(
    observed: Observed, windows: Iterable[tuple[int, int]], words: Molecular, fusion: tuple[int, int] = (0, 0)
) -> str:
    """The first change named in the windows, offsets of the folded text; else an exon, else a share; as written.

    ``fusion`` is the place of a rearrangement's own name, where two joined names are a fusion.
    """
    text, folded = observed.words.text, observed.words.folded
    places = [(start, end) for start, end in windows if start < end]
    named = [(_NAMED, place) for place in places] + [(_FUSION, fusion)] * (fusion != (0, 0))
    for pattern, place in named:
        span = observed.words.span_of(*place)
        if match := pattern.search(text, span.start, span.end):
            return _closed(match[0].strip())
    for pattern in (words.exon, words.share):
        for start, end in places:
            if match := pattern.search(folded, start, end):
                written = observed.words.span_of(*match.span())
                return text[written.start : written.end].strip()
    return ""


def _closed(name: str) -> str:
    """A name without a parenthesis that it does not open."""
    return name.removesuffix(")") if name.count(")") > name.count("(") else name
