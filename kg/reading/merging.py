"""When are several mentions one fact? Assertions in the order of the text, and several of them made one."""

from __future__ import annotations

from dataclasses import replace

from kg.model import Assertion, DateBasis, When

_BASES = (DateBasis.STATED, DateBasis.INHERITED, DateBasis.COMPUTED)


def in_order(a: Assertion) -> tuple[int, int, str, str]:
    """Sorts assertions by their first mention, those of one mention by what they are."""
    span = a.mentions[0].span
    return span.start, span.end, a.concept.key if a.concept else "", a.id


def earliest(whens: list[When | None]) -> When | None:
    """The earliest date, a stated one before an inherited one, and that before a computed one; the finest of these."""
    known = [w for w in whens if w is not None]
    first = min(known, key=lambda w: (_BASES.index(w.basis), w.iso, w.until is None, w.span), default=None)
    finer = [w for w in known if first and w.basis is first.basis and w.iso.startswith(first.iso)]
    return max(finer, key=lambda w: len(w.iso), default=first)


def merge(group: list[Assertion]) -> Assertion:
    """One assertion for several mentions of the same fact."""
    first = group[0]
    if len(group) == 1:
        return first
    mentions = tuple(m for a in group for m in a.mentions)
    topography = next((a.topography for a in group if a.topography), "")
    sites = {s.key: s for a in group for s in a.sites}
    return replace(
        first,
        mentions=mentions,
        when=earliest([a.when for a in group]),
        sites=tuple(sites.values()),
        topography=topography,
    )
