"""One case on one self-contained HTML page: header, revisions, timeline, tables, annotated text.

Nothing is fetched and nothing is run: the style sheet is inside, there is no script, and the page's own policy forbids
both. The page speaks the case's language. The same case gives the same bytes.
"""

from __future__ import annotations

from importlib.resources import files

from kg.model import AssertionType, Case, Finding
from kg.terms.lexicon import Lexicon
from kg.web.annotated import text_section
from kg.web.chronology import timeline_section
from kg.web.markup import Html, join, style, tag
from kg.web.revisions import revisions_section
from kg.web.tables import tables_section
from kg.web.view import View, view_of
from kg.web.words import Words

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a page of ours may do: style itself."""


def _counts(view: View) -> list[tuple[str, str]]:
    """Words and numbers of the header."""
    words, case = view.words, view.case
    types = [a.type for a in case.assertions]
    unmapped = sum(g.concept is None for g in case.groundings)
    mentions = str(len(case.groundings)) + (f" ({words('count-unmapped', n=unmapped)})" if unmapped else "")
    return [
        (words("count-diagnoses"), str(types.count(AssertionType.DIAGNOSIS))),
        (words("count-revisions"), str(len(case.revisions))),
        (words("count-markers"), str(types.count(AssertionType.MARKER_RESULT))),
        (words("count-treatments"), str(types.count(AssertionType.TREATMENT))),
        (words("count-procedures"), str(types.count(AssertionType.PROCEDURE))),
        (words("count-mentions"), mentions),
    ]


def _finding(view: View, finding: Finding) -> Html:
    """An open finding: its level, what it says, where to look, and its code."""
    words = view.words
    said = " — ".join(filter(None, view.finding(finding)))
    link = (" ", view.link(finding.span, words("see"))) if finding.span else ()
    language = None if words.knows(finding) else "en"
    return tag("li", tag("b", words(f"level-{finding.level.value}")), " ", tag("span", said, lang=language), *link,
               " ", tag("code", finding.code), class_=finding.level.value)


def _header(view: View) -> Html:
    words, case = view.words, view.case
    language = (words("language"), words(f"language-{words.language}"))
    facts = (language, (words("patient"), view.patient()), *_counts(view))
    numbers = tag("dl", *(tag("div", tag("dt", term), tag("dd", value)) for term, value in facts))
    if case.findings:
        found = tag("ul", *(_finding(view, f) for f in case.findings))
    else:
        found = tag("p", words("open-none"), class_="muted")
    checks = tag("section", tag("h2", words("open"), id="open-title"), found, aria_labelledby="open-title",
                 class_="open" if case.findings else "quiet")
    return tag("header", tag("p", words("kicker"), class_="kicker"), tag("h1", case.document.id), numbers, checks)


def _contents(words: Words) -> Html:
    links = [tag("li", tag("a", words(name), href=f"#{name}")) for name in ("revisions", "timeline", "tables", "text")]
    return tag("nav", tag("ul", *links), aria_label=words("contents"))


def _head(view: View) -> Html:
    css = files("kg.web").joinpath("page.css").read_text(encoding="utf-8")
    return tag(
        "head", tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"), tag("meta", name="robots", content="noindex"),
        tag("title", view.words("title", id=view.case.document.id)), style(css),
    )  # fmt: skip


def render(case: Case, lexicon: Lexicon) -> str:
    """The page of a case, as HTML text to be written in UTF-8; it holds the case's whole text."""
    view = view_of(case, lexicon)
    words = view.words
    parts = (revisions_section(view), timeline_section(view), tables_section(view), text_section(view))
    body = tag("body", tag("a", words("skip"), href="#main", class_="skip"), _header(view), _contents(words),
               tag("main", join(parts, "\n"), id="main"), tag("footer", tag("p", words("made"))))
    return f"<!doctype html>\n{tag('html', _head(view), body, lang=words.language)}\n"
