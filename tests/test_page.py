"""The page of a case: nothing lost, nothing fetched, nothing invented. All texts are invented."""

from __future__ import annotations

import doctest
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import (
    Assertion,
    AssertionType,
    Candidate,
    Case,
    Certainty,
    Concept,
    Context,
    DateBasis,
    Document,
    Event,
    EvidenceBasis,
    EvidenceClass,
    Experiencer,
    Finding,
    Grounding,
    Kind,
    Level,
    Lifecycle,
    Measure,
    Measurement,
    Mention,
    Patient,
    Polarity,
    Quantity,
    Revision,
    RevisionKind,
    Section,
    Span,
    Support,
    Temporality,
    When,
)
from kg.reading.tables import language_codes, load_language
from kg.terms.lexicon import Concepts, Lexicon, concept_row
from kg.web import annotated, drawing, markup, timeline_svg, view, words
from kg.web.annotated import Mark, mark_up
from kg.web.chronology import LANES
from kg.web.page import render
from kg.web.timeline_svg import Entry, draw_timeline, extent, pack, scale_of
from kg.web.words import words_of

if TYPE_CHECKING:
    from conftest import Read

TEXT = (
    "Diagnostic\r\nEn mars 2010, un lymphome probable <ganglion & rate>.\r\n"
    "Immunohistochimie : CD20 positif, CD3 négatif, Ki-67 40 %.\r\n"
    "En juin 2011, lymphome folliculaire du ganglion,  2,5 x 3 cm. Pas de fièvre ; mère : cancer du sein.\r\n"
    "Rituximab 375 mg/m2 toutes les 3 semaines, 6 cycles. Rémission le 3 mai 2012. Suivi en 2014 sous rituximab.\r\n"
)


def at(said: str, nth: int = 0) -> Span:
    starts = [m.start() for m in re.finditer(re.escape(said), TEXT)]
    return Span(starts[nth], starts[nth] + len(said))


def concept(key: str, kind: Kind, sort: str, en: str, fr: str, parents: tuple[str, ...] = ()) -> Concept:
    return Concept(key, f"https://w3id.org/casekg/concept/{key}", kind, sort, (("en", en), ("fr", fr)), parents=parents)


CONCEPTS = {c.key: c for c in (
    concept("lymphoma", Kind.DISEASE, "tumour", "lymphoma", "lymphome"),
    concept("b-cell", Kind.DISEASE, "tumour", "B-cell lymphoma", "lymphome B", ("lymphoma",)),
    concept("follicular", Kind.DISEASE, "tumour", "follicular lymphoma", "lymphome folliculaire", ("b-cell",)),
    concept("breast-cancer", Kind.DISEASE, "site-cancer", "breast cancer", "cancer du sein"),
    concept("node", Kind.ANATOMY, "lymph-node", "lymph node", "ganglion lymphatique"),
    concept("cd20", Kind.MARKER, "protein", "MS4A1", "antigène CD20"),
    concept("cd3", Kind.MARKER, "protein", "CD3", "CD3"),
    concept("ki67", Kind.MARKER, "protein", "MKI67", "index Ki-67"),
    concept("fever", Kind.FINDING, "symptom", "fever", "fièvre"),
    concept("rituximab", Kind.DRUG, "ingredient", "rituximab", "rituximab"),
    concept("remission", Kind.RESPONSE, "response", "remission", "rémission"),
)}  # fmt: skip
LEXICON = Lexicon(Concepts({key: concept_row(c) for key, c in CONCEPTS.items()}), {})
MARCH, JUNE = When("2010-03", DateBasis.STATED, at("mars 2010")), When("2011-06", DateBasis.STATED, at("juin 2011"))
PLAIN = Context()
NEARBY = replace(MARCH, basis=DateBasis.INHERITED)


def told(id: str, sort: AssertionType, key: str, *spans: Span, context: Context = PLAIN, **fields: object) -> Assertion:
    found = CONCEPTS[key]
    mentions = tuple(Mention(span, key, found.kind) for span in spans)
    candidates = (Candidate(found, 0.9, key, "exact"),)
    passage = Span(spans[0].start, spans[0].end + 3)
    a = Assertion(id, sort, found.kind, mentions, candidates, passage, "Diagnosis", context)
    return replace(a, **fields)  # type: ignore[arg-type]


def support(*results: str, basis: EvidenceBasis = EvidenceBasis.STATED) -> tuple[Support, ...]:
    return tuple(Support("d2", result, basis, EvidenceClass.STAINS) for result in results)


def make_case(language: str = "fr") -> Case:
    negated = Context(polarity=Polarity.NEGATED, certainty=Certainty.EXCLUDED)
    family = Context(experiencer=Experiencer.FAMILY, temporality=Temporality.HISTORICAL)
    assertions = (
        told("d1", AssertionType.DIAGNOSIS, "lymphoma", at("lymphome"), context=Context(certainty=Certainty.PROBABLE),
             when=MARCH, morphology="9590/3", lifecycle=Lifecycle.SUPERSEDED),
        told("m1", AssertionType.MARKER_RESULT, "cd20", at("CD20"), when=NEARBY, result="Positive"),
        told("m2", AssertionType.MARKER_RESULT, "cd3", at("CD3"), when=NEARBY, result="Negative"),
        told("m3", AssertionType.MARKER_RESULT, "ki67", at("Ki-67"), when=NEARBY, result="Positive", value="40 %"),
        told("d2", AssertionType.DIAGNOSIS, "follicular", at("lymphome folliculaire du ganglion"), when=JUNE,
             morphology="9690/3", topography="C77.9", sites=(CONCEPTS["node"],), lifecycle=Lifecycle.CURRENT),
        told("f1", AssertionType.FINDING, "fever", at("fièvre"), context=negated, when=JUNE),
        told("d3", AssertionType.DIAGNOSIS, "breast-cancer", at("cancer du sein"), context=family),
        told("t1", AssertionType.TREATMENT, "rituximab", at("Rituximab"), at("rituximab"), when=JUNE, status="Given",
             dose=Quantity(Decimal("375"), "mg/m2", at("375 mg/m2")), frequency="3 wk", cycles=6),
        told("r1", AssertionType.RESPONSE, "remission", at("Rémission"),
             when=When("2012-05-03", DateBasis.STATED, at("3 mai 2012"))),
    )  # fmt: skip
    organ = Candidate(CONCEPTS["node"], 1, "ganglion", "exact")
    node = Grounding(Mention(at("ganglion", 1), "node", Kind.ANATOMY), (organ,))
    spleen = Grounding(Mention(at("rate"), "rate", Kind.ANATOMY), ())
    groundings = [node, spleen, *(Grounding(m, a.candidates) for a in assertions for m in a.mentions)]
    size = Measure((Decimal("2.5"), Decimal("3")), "cm", "length", "product", at("2,5 x 3 cm"))
    heading = Section("Diagnosis", Span(0, len(TEXT)), (Span(12, len(TEXT) - 2),))
    return Case(
        Document("cas<1>", language, TEXT), Patient("female", 61), (heading,),
        tuple(sorted(groundings, key=lambda g: g.mention.span)), assertions,
        (Measurement("s1", size, "d2", heading.span, JUNE),),
        (Event("e1", 1, JUNE, ("t1",)), Event("e2", 2, When("2014", DateBasis.STATED, at("2014")), ("t1",))),
        (Revision("d1", "d2", RevisionKind.REFINEMENT, ("m1", "m2")),),
        tuple(Support("d2", m, EvidenceBasis.STATED, EvidenceClass.STAINS) for m in ("m1", "m3")),
        (Finding(Level.WARNING, "sex-conflict", "two <sexes>", at("mère"), "look again"),),
    )  # fmt: skip


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order; collects ids, links, elements and the clinical text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.clinical = 0
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        self.ids += [v for v in [found.get("id")] if v]
        self.links += [v for v in [found.get("href")] if v]
        if tag not in ("meta", "br"):
            self.open.append(tag)
            if found.get("id") == "clinical-text":
                self.clinical = len(self.open)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if len(self.open) < self.clinical:
            self.clinical = 0

    def handle_data(self, data: str) -> None:
        if self.clinical:
            self.text += data


@pytest.fixture(scope="module")
def html() -> str:
    return render(make_case(), LEXICON)


def test_every_character_of_the_text_is_kept(html: str) -> None:
    assert Page(html).text == TEXT


def test_what_html_forbids_is_replaced_one_for_one() -> None:
    case = Case(Document("x", "fr", "a\x00b\x0c<c>"), Patient(), (), (), (), (), (), ())
    assert Page(render(case, LEXICON)).text == "a\ufffdb\ufffd<c>"


def test_links_lead_somewhere_and_ids_are_unique(html: str) -> None:
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert f"#{view.anchor(at('rituximab'))}" in page.links
    assert f"#{view.anchor(at('mère'))}" in page.links


def test_nothing_is_fetched_and_nothing_is_run(html: str) -> None:
    names = {name for name, _ in Page(html).elements}
    assert not names & {"script", "link", "img", "iframe", "image", "use"}
    assert not re.search(r"https?:|@import|javascript:|\son\w+=", html)
    assert set(re.findall(r"url\([^)]*\)", html)) == {"url(#arrow)"}
    assert "default-src &#x27;none&#x27;" in html


def test_text_from_the_case_is_escaped(html: str) -> None:
    assert "cas&lt;1&gt;" in html
    assert "<ganglion" not in html


@pytest.mark.parametrize(("language", "said"), [
    ("fr", "au masculin et au féminin. — vérifier le sexe"),
    ("es", "en masculino y en femenino. — comprobar el sexo"),
    ("en", "as male and as female. — check the sex"),
])  # fmt: skip
def test_open_findings_speak_the_language_of_the_case(language: str, said: str) -> None:
    page = render(make_case(language), LEXICON)
    assert said in page
    assert "two &lt;sexes&gt;" not in page


def test_a_finding_without_words_is_said_in_english() -> None:
    page = render(replace(make_case(), findings=(Finding(Level.NOTE, "new", "a <new> one", None, "mend it"),)), LEXICON)
    assert '<span lang="en">a &lt;new&gt; one — mend it</span>' in page


def test_every_finding_that_reading_has_is_in_the_languages_of_the_page() -> None:
    folder = Path(str(files("kg")))
    sources = "".join(p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.py")))
    codes = set(re.findall(r'Finding\(\s*Level\.\w+,\s*"([\w-]+)"', sources))
    assert len(codes) >= 6
    table = words_of("en").table
    assert {key for code in codes for key in (f"finding-{code}", f"hint-{code}")} <= set(table)


def test_the_same_case_gives_the_same_page(html: str) -> None:
    assert render(make_case(), LEXICON) == html


@pytest.mark.parametrize(("language", "said"), [
    ("fr", "femme, 61 ans|Précision de « lymphome »|juin 2011|375 mg/m²|toutes les 3 semaines|2,5 × 3 cm"),
    ("es", "mujer, 61 años|Precisión de «lymphoma»|junio de 2011|cada 3 semanas|3 de mayo de 2012"),
    ("en", "female, 61 years|Refinement of “lymphoma”|June 2011|every 3 weeks|2.5 × 3 cm"),
])  # fmt: skip
def test_the_page_speaks_the_language_of_the_case(language: str, said: str) -> None:
    page = render(make_case(language), LEXICON).replace("\u00a0", " ")
    assert f'<html lang="{language}">' in page
    for phrase in said.split("|"):
        assert phrase in page


def test_marks_nest_and_say_their_qualifiers(html: str) -> None:
    marks = {a["id"]: a for name, a in Page(html).elements if name == "mark" and "id" in a}
    outer, organ = marks[view.anchor(at("lymphome folliculaire du ganglion"))], marks[view.anchor(at("ganglion", 1))]
    assert outer["class"] == "Disease"
    assert organ["class"] == "Anatomy"
    fever, mother = marks[view.anchor(at("fièvre"))], marks[view.anchor(at("cancer du sein"))]
    assert fever["class"] == "Finding Negated"
    assert fever["data-flag"] == "nié"
    assert mother["class"] == "Disease Family Historical"
    assert "famille" in (mother["title"] or "")
    assert marks[view.anchor(at("CD3"))]["data-flag"] == "−"
    assert marks[view.anchor(at("Ki-67"))]["data-flag"] == "40 %"
    assert "sans concept" in (marks[view.anchor(at("rate"))]["title"] or "")


def test_the_chain_says_kind_path_and_evidence(html: str) -> None:
    assert "lymphome › lymphome B › lymphome folliculaire" in html
    steps = html[html.index('class="steps"') : html.index('id="timeline"')]
    chips = re.findall(r'class="chip (\w+) stated"', steps)
    assert chips == ["Positive", "Negative", "Positive"]
    assert "lien non écrit" not in html
    assert "9690/3 · C77.9" in html


def test_an_arrow_that_passes_over_a_box_goes_round_it() -> None:
    case = make_case()
    between = told("d9", AssertionType.DIAGNOSIS, "b-cell", at("lymphome"), lifecycle=Lifecycle.REFUTED)
    assertions = (case.assertions[0], between, *case.assertions[1:])
    evidence = (Support("d9", "m1", EvidenceBasis.STATED, EvidenceClass.STAINS), *case.evidence)
    page = render(replace(case, assertions=assertions, evidence=evidence), LEXICON)
    (path,) = re.findall(r'd="([^"]+)" class="arrow Refinement"', page)
    assert "q" in path
    assert page.count('class="diagnosis ') == 3


def test_what_is_revised_stands_before_what_revises_it() -> None:
    case = make_case()
    told_later = replace(case, revisions=(Revision("d2", "d1", RevisionKind.RECLASSIFICATION),))
    page = render(told_later, LEXICON)
    names = re.findall(r'<li class="(?:Current|Superseded)"><h3><a href="#c\d+-\d+">([^<]+)', page)
    assert names == ["lymphome folliculaire", "lymphome"]


def test_revisions_in_a_ring_lose_no_diagnosis() -> None:
    ring = (Revision("d1", "d2", RevisionKind.REFINEMENT), Revision("d2", "d1", RevisionKind.REFUTATION))
    assert render(replace(make_case(), revisions=ring), LEXICON).count('class="diagnosis ') == 2


def test_results_in_the_lines_of_one_list_share_one_quotation() -> None:
    case = make_case()
    results = {"m1": at("CD20 positif"), "m2": at("CD3 négatif"), "m3": at("Ki-67 40 %")}
    apart = tuple(replace(a, passage=results.get(a.id, a.passage)) for a in case.assertions)
    page = render(replace(case, assertions=apart, evidence=support("m1", "m2", "m3")), LEXICON)
    assert "<q>CD20 positif, CD3 négatif, Ki-67 40 %</q>" in page
    assert "<q>CD3 négatif</q>" not in page


def test_evidence_that_is_only_near_is_pale_and_says_so() -> None:
    case = make_case()
    near = (*support("m1"), *support("m3", basis=EvidenceBasis.ADJACENT))
    page = render(replace(case, revisions=(), evidence=near), LEXICON)
    assert re.findall(r'<text[^>]*class="chip (\w+ \w+)"', page) == ["Positive stated", "Positive adjacent"]
    stated, nearby = (page.index(f'<h4>{view.escape(said)}') for said in (
        "Immunohistochimie à l’appui", "Immunohistochimie voisine, lien non écrit"))  # fmt: skip
    assert stated < nearby
    assert "résultat voisin dans le texte, lien non écrit" in page[: page.index("</figure>")]


def test_evidence_stands_under_the_name_of_its_sort() -> None:
    case = make_case()
    other = Support("d2", "r1", EvidenceBasis.STATED, EvidenceClass.RESPONSE)
    page = render(replace(case, evidence=(*support("m1"), other)), LEXICON)
    stains, answer = (page.index(f"<h4>{s} à l’appui") for s in ("Immunohistochimie", "Réponse au traitement"))
    assert stains < answer
    assert 'class="chip stated"' in page[answer:]


def test_what_excludes_a_diagnosis_is_said_to_speak_against_it() -> None:
    case = make_case()
    doubt = Context(certainty=Certainty.EXCLUDED)
    denied = tuple(replace(a, context=doubt) if a.id == "d2" else a for a in case.assertions)
    page = render(replace(case, assertions=denied, evidence=support("m1")), LEXICON)
    assert "<h4>Immunohistochimie contre ce diagnostic" in page


def test_a_response_names_the_treatment_that_it_follows() -> None:
    case = make_case()
    linked = tuple(replace(a, follows=("t1",)) if a.id == "r1" else a for a in case.assertions)
    page = render(replace(case, assertions=linked), LEXICON)
    drawn = page[page.index('class="timeline"') : page.index("<figcaption")]
    assert "rémission · après rituximab · 3 mai 2012" in drawn


def test_a_regimen_stands_for_its_components() -> None:
    case = make_case()
    regimen = told("t0", AssertionType.TREATMENT, "remission", at("Rémission"), components=("t1",))
    facts = {a.id: a for a in (*case.assertions, regimen)}
    assert view.View(case, LEXICON, words_of("fr"), facts).names(("t1", "t0")) == "rémission"


def test_a_computed_date_says_what_it_was_computed_from() -> None:
    case = make_case()
    computed = When("2012-05", DateBasis.COMPUTED, at("toutes les 3 semaines"))
    dated = tuple(replace(a, when=computed) if a.id == "r1" else a for a in case.assertions)
    page = render(replace(case, assertions=dated), LEXICON)
    assert "rémission · mai 2012 · date calculée : « toutes les 3 semaines »" in page
    assert 'class="bar computed"' in page
    assert "† date calculée" in page
    assert "† date calculée" not in render(case, LEXICON)


def test_a_plan_is_said_once() -> None:
    case = make_case()
    planned = Context(temporality=Temporality.PLANNED)
    later = tuple(replace(a, context=planned, status="Planned") if a.id == "t1" else a for a in case.assertions)
    page = render(replace(case, assertions=later), LEXICON)
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page) if "375" in r and "rituximab" in r)
    assert row.count("prévu") == 1


def test_negated_and_family_facts_are_not_on_the_timeline(html: str) -> None:
    drawn = html[html.index('class="timeline"') : html.index("<figcaption")]
    assert "fièvre" not in drawn
    assert "cancer du sein" not in drawn
    assert "rituximab" in drawn


def test_a_case_without_facts_is_a_page() -> None:
    page = render(Case(Document("empty", "en", ""), Patient(), (), (), (), (), (), ()), LEXICON)
    for said in ("No diagnosis was read.", "No dated fact.", "No marker result.", "No treatment.", "No size."):
        assert said in page
    Page(page)


# the timeline


def entry(iso: str, lane: str = "diagnoses", name: str = "quelque chose", until: str = "") -> Entry:
    return Entry(lane, make_case().assertions[0], iso, DateBasis.STATED, until, name, "", name)


def test_a_bar_is_as_wide_as_the_date_is_vague() -> None:
    scale = scale_of([entry(iso) for iso in ("2010-03", "2010-04-02", "2012", "2030-01")])
    wide = {iso: scale.x(extent(iso)[1]) - scale.x(extent(iso)[0]) for iso in ("2010-03", "2010-04-02", "2012")}
    assert wide["2010-03"] == pytest.approx(31 * scale.a_day)
    assert wide["2010-04-02"] == pytest.approx(scale.a_day)
    assert wide["2012"] == pytest.approx(366 * scale.a_day)
    assert len(scale.gaps) == 2


def test_a_label_begins_after_its_mark() -> None:
    day = [entry("2010-03-04", "responses"), entry("2010-09-04", "responses")]
    placed = timeline_svg._place(day[0], scale_of(day))
    assert placed.label_x >= (placed.start + placed.end) / 2 + timeline_svg.BAR / 2 + 1


def test_a_day_that_the_month_lacks_is_its_last() -> None:
    assert extent("2011-02-29") == extent("2011-02-28")


DATES = st.builds(
    lambda y, m, d: "-".join((f"{y}", *([f"{m:02}"] if m else []), *([f"{d:02}"] if m and d else []))),
    st.integers(1990, 2024),
    st.integers(0, 12),
    st.integers(0, 28),
)


@given(st.lists(st.tuples(DATES, st.text("abcdefg mW", min_size=1, max_size=120)), min_size=1, max_size=25))
def test_entries_never_touch(found: list[tuple[str, str]]) -> None:
    entries = sorted((entry(iso, name=name.strip() or "a") for iso, name in found), key=lambda e: e.iso)
    scale = scale_of(entries)
    placed, bottom = pack([timeline_svg._place(e, scale) for e in entries], 0)
    for n, a in enumerate(placed):
        assert a.y + a.height <= bottom
        for b in placed[n + 1 :]:
            assert a.right <= b.start or b.right <= a.start or a.y + a.height <= b.y or b.y + b.height <= a.y


def test_many_entries_are_drawn() -> None:
    shown = [entry(f"2010-{m:02}-{d:02}", lane) for lane in timeline_svg.DRAWN for m in (1, 2) for d in range(1, 29, 3)]
    case = make_case()
    svg = draw_timeline(view.View(case, LEXICON, words_of("fr"), {}), shown)
    assert svg.count('class="entry') == len(shown)


@given(st.text("abc defghij\u00a0MW", max_size=200), st.integers(40, 300))
def test_wrapped_lines_fit_and_lose_nothing(text: str, limit: int) -> None:
    lines = drawing.wrap(text, 12, limit, most=500)
    assert all(drawing.width(line, 12) <= limit or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(drawing.wrap(text, 12, limit, most=2)) <= 2


# the marks

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=14)


@given(st.text("ab<&\n\r é", min_size=52, max_size=52), SPANS)
def test_any_marks_give_well_formed_markup_with_all_the_text(text: str, pairs: list[tuple[int, int]]) -> None:
    marks = [Mark(Span(a, a + n), "Disease", id=f"m{i}") for i, (a, n) in enumerate(pairs)]
    page = Page(f'<div id="clinical-text">{mark_up(text, marks)}</div>')
    assert page.text == text
    assert sorted(page.ids[1:]) == sorted(m.id or "" for m in marks if m.span.end > m.span.start)


# the words and the style


def test_every_value_of_the_model_has_words() -> None:
    table = words_of("en").table
    wanted = {f"kind-{k.value}" for k in Kind} | {f"lifecycle-{x.value}" for x in Lifecycle}
    wanted |= {f"certainty-{c.value}" for c in Certainty} | {f"level-{x.value}" for x in Level}
    wanted |= {f"revision-{k.value}" for k in RevisionKind} | {f"result-{r}" for r in view.SIGNS}
    wanted |= {f"lane-{lane}" for lane in LANES.values()} | {f"sex-{s}" for s in ("male", "female", "unknown")}
    for code in language_codes():
        wanted |= {
            f"{role}-{value}"
            for (role, value, _), _ in load_language(code).table("treatment", 3)
            if role in ("route", "status")
        }
        wanted.add(f"language-{code}")
    assert wanted <= set(table)
    assert set(LANES) == set(AssertionType)


def test_fields_of_words_are_the_same_in_all_languages() -> None:
    tables = [words_of(code).table for code in ("fr", "es", "en")]
    for key in tables[0]:
        assert len({tuple(sorted(re.findall(r"\{\w+\}", table[key]))) for table in tables}) == 1 or key == "day-1", key


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * c for c in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("block", [0, 1], ids=["light", "dark"])
def test_colours_keep_the_contrast_that_wcag_aa_asks_for(block: int) -> None:
    css = files("kg.web").joinpath("page.css").read_text(encoding="utf-8")
    roots = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", roots[block]))
    pairs = [(ink, paper) for paper in ("paper", "raised") for ink in ("ink", "muted", "accent")]
    pairs += [("ink", name) for name in colours if name.endswith("-paper")]
    pairs += [(name.removesuffix("-paper"), name) for name in colours if name.endswith("-paper")]
    pairs += [(name.removesuffix("-paper"), "paper") for name in colours if name.endswith("-paper")]
    for ink, paper in pairs:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


@pytest.mark.parametrize("module", [annotated, drawing, markup, timeline_svg, view, words])
def test_the_examples_in_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_an_interval_is_drawn_and_said_with_both_ends(read: Read) -> None:
    page = render(read("Gentamicine du 18 novembre 2019 au 3 janvier 2020."), LEXICON)
    assert "jusqu’à : 3 janvier 2020" in page
    assert '<time datetime="2019-11-18" class="stated">' in page
    assert '<time datetime="2020-01-03" class="stated">' in page
