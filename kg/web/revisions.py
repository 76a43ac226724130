"""Which diagnosis revised which, and in which words? The drawing of the chain beside a list that says the same."""

from __future__ import annotations

from collections import deque

from kg.model import Assertion, Lifecycle, Revision, RevisionKind, Span
from kg.web.chain_svg import draw_chain
from kg.web.markup import Html, join, tag
from kg.web.view import View, diagnoses


def evidence_of(view: View) -> dict[str, list[Assertion]]:
    """Diagnosis id → what the text gives for it, in the order of the text."""
    pairs = {(s.diagnosis, s.result) for s in view.case.evidence}
    pairs |= {(r.later, e) for r in view.case.revisions for e in r.evidence}
    found: dict[str, list[Assertion]] = {}
    for a in view.case.assertions:
        for diagnosis in sorted(d for d, result in pairs if result == a.id):
            found.setdefault(diagnosis, []).append(a)
    return found


def chain_of(view: View) -> list[Assertion]:
    """The diagnoses that a revision or any evidence speaks of: the revised before what revises it, else as told."""
    revisions = view.case.revisions
    named = {i for r in revisions for i in (r.earlier, r.later)} | set(evidence_of(view))
    waiting = [a for a in diagnoses(view) if a.id in named]
    chain: list[Assertion] = []
    while waiting:
        later = {r.later for r in revisions if any(r.earlier == a.id for a in waiting)}
        following = next((a for a in waiting if a.id not in later), waiting[0])
        waiting.remove(following)
        chain.append(following)
    return chain


def lineage(view: View, earlier: Assertion, later: Assertion) -> list[str]:
    """Labels from the earlier diagnosis' concept down to the later one's; empty where no is-a path joins them."""
    if earlier.concept is None or later.concept is None:
        return []
    concepts, top = view.lexicon.concepts, earlier.concept.key
    paths = deque([[later.concept.key]])
    seen = {later.concept.key}
    while paths:
        path = paths.popleft()
        if path[-1] == top:
            return [concepts[key].label(view.words.language) for key in reversed(path)]
        for parent in concepts[path[-1]].parents if path[-1] in concepts else ():
            if parent in concepts and parent not in seen:
                seen.add(parent)
                paths.append([*path, parent])
    return []


def _revision(view: View, revision: Revision) -> Html:
    """``Précision de « sarcome »``, with the is-a path that makes it one."""
    earlier, later = view.facts[revision.earlier], view.facts[revision.later]
    kind = view.words(f"revision-{revision.kind.value}")
    said = tag("p", view.words("revision-of", kind=kind, earlier=view.name(earlier)), class_="revision")
    path = lineage(view, earlier, later) if revision.kind is RevisionKind.REFINEMENT else []
    if len(path) < 3:
        return said
    return Html(said + tag("p", view.words("hierarchy", path=" › ".join(path)), class_="muted"))


def passages(view: View, results: list[Assertion], told: Span) -> list[tuple[Span, list[Assertion]]]:
    """Results by the stretch of text that they come from; lines of one list are one stretch, ``told`` stays apart."""
    found: list[tuple[Span, list[Assertion]]] = []
    for a in results:
        last = found[-1][0] if found else told
        between = view.case.document.text[last.end : a.passage.start]
        if found and last.holds(a.passage):
            found[-1][1].append(a)
        elif found and told not in (last, a.passage) and last.end <= a.passage.start and not _is_said(between):
            found[-1] = Span(last.start, a.passage.end), [*found[-1][1], a]
        else:
            found.append((a.passage, [a]))
    return found


def _is_said(text: str) -> bool:
    return any(map(str.isalnum, text))


def _evidence(view: View, diagnosis: Assertion, results: list[Assertion]) -> Html:
    """What the diagnosis rests on by its sort, what only stands near it last, each under its heading."""
    return Html(
        "".join(_results(view, heading, found, diagnosis) for heading, found in by_ground(view, diagnosis, results))
    )


def by_ground(view: View, diagnosis: Assertion, results: list[Assertion]) -> list[tuple[str, list[Assertion]]]:
    """Observations under their headings, in the order of the text; what is only near comes last."""
    found: dict[str, list[Assertion]] = {}
    for a in sorted(results, key=lambda a: view.is_adjacent(diagnosis, a)):
        found.setdefault(view.ground(diagnosis, a), []).append(a)
    return list(found.items())


def _results(view: View, heading: str, results: list[Assertion], diagnosis: Assertion) -> Html:
    """Chips, then the sentences that they come from, unless it is the diagnosis' own, quoted just above."""
    told, parts = diagnosis.passage, list[Html]()
    basis = "adjacent" if view.is_adjacent(diagnosis, results[0]) else "stated"
    for passage, found in passages(view, results, told):
        chips = [view.link(a.mentions[0].span, view.chip(a, basis)) for a in found]
        parts.append(tag("p", join(chips, " "), class_="chips"))
        if passage != told:
            alone = all(a.passage == passage for a in found)
            parts.append(view.quote(passage) if alone else view.quote_lines(passage))
    return tag("div", tag("h4", heading), *parts, class_=f"evidence {basis}")


def _caption(view: View, chain: list[Assertion], evidence: dict[str, list[Assertion]]) -> Html:
    """What a pale chip means, where the drawing has one."""
    if not any(view.is_adjacent(d, a) for d in chain for a in evidence.get(d.id, [])):
        return Html("")
    items = [tag("li", tag("span", "+", class_=f"chip Positive {basis}", aria_hidden="true"), " ",
                 view.words(f"chip-{basis}")) for basis in ("stated", "adjacent")]
    return tag("figcaption", tag("ul", *items, class_="legend"))


def _step(view: View, a: Assertion, results: list[Assertion]) -> Html:
    words, english = view.words, view.english(a)
    state = a.lifecycle or Lifecycle.CURRENT
    facts = [tag("span", view.code(a), class_="code")] if view.code(a) else []
    facts += [view.date(a.when), tag("span", words(f"certainty-{a.context.certainty.value}"))]
    facts += [tag("span", view.sites(a))] if a.sites else []
    return tag(
        "li", tag("h3", view.named(a), " ", tag("span", words(f"lifecycle-{state.value}"), class_="state")),
        tag("p", english, lang="en", class_="english") if english else "",
        tag("p", join(facts, " · "), class_="facts"),
        *(_revision(view, r) for r in view.case.revisions if r.later == a.id),
        view.quote(a.passage), _evidence(view, a, results), class_=state.value,
    )  # fmt: skip


def _other(view: View, a: Assertion) -> Html:
    about = [part for part in (view.code(a), view.sites(a), *view.flags(a)) if part]
    return tag("li", view.named(a), tag("span", *(f" · {part}" for part in about), " · ", view.date(a.when)))


def revisions_section(view: View) -> Html:
    """The chain as a drawing and as a list, then the diagnoses that stand outside of it."""
    words, chain, evidence = view.words, chain_of(view), evidence_of(view)
    parts: list[Html] = []
    if not view.case.revisions:
        parts.append(tag("p", words("no-revision" if diagnoses(view) else "no-diagnosis"), class_="muted"))
    if chain:
        steps = tag("ol", *(_step(view, a, evidence.get(a.id, [])) for a in chain), class_="steps")
        drawing = tag("figure", draw_chain(view, chain, evidence), _caption(view, chain, evidence))
        parts.append(tag("div", drawing, steps, class_="chain-and-steps"))
    others = [a for a in diagnoses(view) if a not in chain]
    if others:
        parts.append(tag("h3", words("others")))
        parts.append(tag("ul", *(_other(view, a) for a in others), class_="plain"))
    return view.section("revisions", *parts, view.footnote(a.when for a in diagnoses(view)))
