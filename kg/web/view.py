"""What does the page say about a fact? Names, codes, dates, flags and links to the words, once for all parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kg.model import (
    Assertion,
    AssertionType,
    Case,
    Certainty,
    Context,
    DateBasis,
    EvidenceBasis,
    EvidenceClass,
    Experiencer,
    Finding,
    Polarity,
    Span,
    Support,
    Temporality,
    When,
)
from kg.terms.lexicon import Lexicon
from kg.web.markup import Html, escape, join, tag
from kg.web.words import Words, words_of

SIGNS = {"Positive": "+", "Negative": "−", "Weak": "(+)", "Focal": "+ focal", "Equivocal": "±"}

DATE_SIGNS = {DateBasis.STATED: "", DateBasis.INHERITED: "*", DateBasis.COMPUTED: "†"}
"""What follows a date that is not written in the fact's own sentence."""


def anchor(span: Span) -> str:
    """The id of a place in the annotated text.

    >>> anchor(Span(3, 9))
    'c3-9'
    """
    return f"c{span.start}-{span.end}"


def shown(a: Assertion, said: str = "") -> str:
    """A result in a few signs: the stated value where there is one, with the sign of a negative result.

    A value says more than ``+`` beside it: ``Ki-67 20 %``, ``HER2 2+``; one that the words ``said`` beside it hold
    (``mutation V600E``) is not said again.
    """
    if not a.result or not a.value or a.value in said:
        return SIGNS.get(a.result, "")
    return f"{SIGNS[a.result]} {a.value}" if a.result == "Negative" else a.value


def _unlisted(line: str) -> str:
    return line.lstrip("-–•* ")


def hidden(text: str) -> Html:
    """Words for those who listen to the page, not shown."""
    return tag("span", text, class_="hidden")


@dataclass(frozen=True, slots=True)
class View:
    """A case with the words of the page's language; ``facts`` are its assertions by id."""

    case: Case
    lexicon: Lexicon
    words: Words
    facts: dict[str, Assertion] = field(repr=False)

    def patient(self) -> str:
        """Sex and age in words."""
        words, patient = self.words, self.case.patient
        if patient.age_years is not None:
            age = words("age-year" if patient.age_years == 1 else "age-years", n=patient.age_years)
        elif patient.age_months is not None:
            age = words("age-month" if patient.age_months == 1 else "age-months", n=patient.age_months)
        else:
            age = words("age-unknown")
        return f"{words(f'sex-{patient.sex}')}, {age}"

    def finding(self, finding: Finding) -> tuple[str, str]:
        """What an open finding says and how to mend it; in English where the language has no words for its code."""
        if not self.words.knows(finding):
            return finding.message, finding.hint
        return self.words(f"finding-{finding.code}"), self.words(f"hint-{finding.code}")

    def said(self, span: Span) -> str:
        """The text at ``span``, its white space drawn together."""
        return " ".join(self.case.document.text[span.start : span.end].split())

    def surface(self, a: Assertion) -> str:
        """The words of the first mention."""
        return self.said(a.mentions[0].span)

    def name(self, a: Assertion) -> str:
        """The concept's label in the page's language, else the words of the text."""
        return a.concept.label(self.words.language) if a.concept else self.surface(a)

    def english(self, a: Assertion) -> str:
        """The concept's English label where it says something new, else ``""``."""
        label = a.concept.label("en") if a.concept else ""
        return "" if label.casefold() == self.name(a).casefold() else label

    def sites(self, a: Assertion) -> str:
        """Labels of the sites, parted by commas."""
        return ", ".join(dict.fromkeys(site.label(self.words.language) for site in a.sites))

    def code(self, a: Assertion) -> str:
        """ICD-O-3 morphology and topography, parted by a middle dot."""
        if not a.morphology:
            return ""
        sites = [s.topography for s in a.sites if s.topography] or [a.topography]
        return " · ".join(dict.fromkeys(c for c in (a.morphology, *sites) if c))

    def flags(self, a: Assertion) -> tuple[str, ...]:
        """What qualifies a fact, in words: negated, probable, family, history, planned, adverse event."""
        found = [self.words(f"flag-{value}") for value in qualifiers(a.context)]
        return (*found, *((self.words("flag-adverse"),) if a.adverse else ()))

    def names(self, ids: Iterable[str]) -> str:
        """The names of other facts, parted by commas, each once; a regimen stands for its components."""
        facts = [self.facts[i] for i in ids]
        parts = {part for a in facts for part in a.components}
        return ", ".join(dict.fromkeys(self.name(a) for a in facts if a.id not in parts))

    def relations(self, a: Assertion) -> tuple[str, ...]:
        """What a fact has to do with drugs: those of a regimen, before a response, behind an adverse event."""
        pairs = (("components", a.components), ("after", a.follows), ("suspected", a.suspected))
        return tuple(self.words(key, names=self.names(ids)) for key, ids in pairs if ids)

    def status(self, a: Assertion) -> str:
        """How it stands with a treatment, unless it is simply given or a flag says it already."""
        plain = a.status in ("", "Given") or a.status in qualifiers(a.context)
        return "" if plain else self.words(f"status-{a.status}")

    def date(self, when: When | None) -> Html:
        """A ``time`` element; a date that is not written in the fact's own sentence carries a sign."""
        if when is None:
            return tag("span", self.words("undated"), class_="muted")
        ends = (when, when.until) if when.until else (when,)
        times = (tag("time", self.words.date(w.iso), datetime=w.iso, class_=w.basis.value.lower()) for w in ends)
        return Html(" – ".join(times) + self.star(when))

    def basis(self, when: When) -> str:
        """Where a date comes from, in words; ``""`` where the fact's own sentence states it."""
        if when.basis is DateBasis.COMPUTED:
            return self.words("computed", words=self.said(when.span))
        return self.words("inherited") if when.basis is DateBasis.INHERITED else ""

    def star(self, when: When | None) -> Html:
        """The sign of a date that is not written in the fact's own sentence."""
        if when is None or not self.basis(when):
            return Html("")
        return tag("abbr", DATE_SIGNS[when.basis], title=self.basis(when))

    def link(self, span: Span, text: str, **attributes: str | None) -> Html:
        """A link to a place in the annotated text."""
        return tag("a", text, href=f"#{anchor(span)}", **attributes)

    def mentions(self, a: Assertion) -> Html:
        """Links to every mention; the same words again are shown by their count."""
        places: dict[str, list[Span]] = defaultdict(list)
        for mention in a.mentions:
            places[self.said(mention.span)].append(mention.span)
        return join([Html(self.link(first, said) + join([self._again(span, said, n) for n, span in enumerate(rest, 2)]))
                     for said, (first, *rest) in places.items()], ", ")

    def _again(self, span: Span, said: str, n: int) -> Html:
        return tag("sup", self.link(span, str(n), aria_label=self.words("occurrence", words=said, n=n)))

    def sentence(self, span: Span) -> str:
        """A sentence of the text without the bullet of a list."""
        return _unlisted(self.said(span))

    def quote(self, span: Span) -> Html:
        """A sentence of the text as a quotation."""
        return tag("blockquote", tag("p", tag("q", self.sentence(span))))

    def quote_lines(self, span: Span) -> Html:
        """Several sentences of the text, quoted line by line without the bullets of a list."""
        lines = map(_unlisted, self.case.document.text[span.start : span.end].splitlines())
        said = [escape(" ".join(line.split())) for line in lines if line]
        return tag("blockquote", tag("p", tag("q", Html(tag("br").join(said)))))

    def is_adjacent(self, diagnosis: Assertion, result: Assertion) -> bool:
        """Whether an observation is held to a diagnosis only for its place in the text."""
        tie = self.tie(diagnosis, result)
        return tie is not None and tie.basis is EvidenceBasis.ADJACENT

    def tie(self, diagnosis: Assertion, result: Assertion) -> Support | None:
        """What ties an observation to a diagnosis."""
        ends = (diagnosis.id, result.id)
        return next((s for s in self.case.evidence if (s.diagnosis, s.result) == ends), None)

    def ground(self, diagnosis: Assertion, result: Assertion) -> str:
        """The heading of an observation among those that a diagnosis rests on: its sort, and how it is tied."""
        tie = self.tie(diagnosis, result)
        sort = self.words(f"sort-{tie.sort if tie else EvidenceClass.STAINS}")
        if diagnosis.context.certainty is Certainty.EXCLUDED:
            return self.words("evidence-against", sort=sort)
        return self.words("evidence-adjacent" if self.is_adjacent(diagnosis, result) else "evidence", sort=sort)

    def chip(self, a: Assertion, style: str = "stated") -> Html:
        """An observation as a chip: the text's words, and of a result its sign and the stated value."""
        said = self.surface(a)
        if not a.result:
            return tag("span", said, class_=f"chip {style}", title=self.name(a))
        result = self.words(f"result-{a.result}")
        return tag("span", said, " ", tag("b", shown(a, said), aria_hidden="true"), hidden(f"{result} {a.value}"),
                   class_=f"chip {a.result} {style}", title=f"{self.name(a)} · {result}")

    def named(self, a: Assertion) -> Html:
        """The fact's name as a link to its first mention."""
        return self.link(a.mentions[0].span, self.name(a))

    def footnote(self, dates: Iterable[When | None]) -> Html:
        """What the signs at dates mean, those that the dates have."""
        used = {when.basis for when in dates if when is not None}
        signs = [basis for basis, sign in DATE_SIGNS.items() if sign and basis in used]
        notes = [self.words(f"{basis.value.lower()}-note") for basis in signs]
        return tag("p", " ".join(notes), class_="footnote") if notes else Html("")

    def section(self, name: str, *parts: Html) -> Html:
        """A part of the page under its heading; ``name`` is its id and the key of its words."""
        heading = tag("h2", self.words(name), id=f"{name}-title")
        return tag("section", heading, *parts, id=name, aria_labelledby=f"{name}-title")


def view_of(case: Case, lexicon: Lexicon) -> View:
    """A case in the words of its own language; of what a regimen implies only the names, as its components."""
    said = replace(case, assertions=tuple(a for a in case.assertions if not a.implied))
    return View(said, lexicon, words_of(case.document.language), {a.id: a for a in case.assertions})


def qualifiers(context: Context) -> list[str]:
    """The names of the qualifiers that differ from a plain, present, sure fact of the patient."""
    negated = context.polarity is Polarity.NEGATED
    plain = (Certainty.CONFIRMED, Certainty.EXCLUDED)
    return [
        *(["Negated"] if negated else []),
        *([context.certainty.value] if context.certainty not in plain else []),
        *([context.experiencer.value] if context.experiencer is not Experiencer.PATIENT else []),
        *([context.temporality.value] if context.temporality is not Temporality.CURRENT else []),
    ]


def is_told_of_patient(a: Assertion) -> bool:
    """True for a fact that the text affirms of the patient, and not as a plan."""
    context = a.context
    return (context.polarity is Polarity.AFFIRMED and context.experiencer is Experiencer.PATIENT
            and context.temporality is not Temporality.PLANNED)


def diagnoses(view: View) -> list[Assertion]:
    """All diagnoses in the order of the text."""
    return [a for a in view.case.assertions if a.type is AssertionType.DIAGNOSIS]


def scrolled(content: Html, label: str) -> Html:
    """What may be wider than the window, in a region that the keyboard can scroll."""
    return tag("div", content, class_="scroll", tabindex=0, role="region", aria_label=label)
