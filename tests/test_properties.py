"""What holds for every text, also one with combining marks, ligatures, control characters, emoji or no sense at all?"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.model import Case, Document, Span
from kg.pipeline import build, read_case, reader_for
from kg.reading.sections import outline_of
from kg.reading.tables import load_language
from kg.reading.text import fold, split_words

if TYPE_CHECKING:
    from conftest import Read

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
ODD = "\u0301\u0302\u0327œŒæßﬁﬃβα…’«»“”−–×µ²\u00a0\u202f\u2009\t\r\n\x07\x85\u2028🩺👩‍⚕️İıÅ\U0001d7d8٣" + INVISIBLE

PIECES = [
    "Une patiente de 52 ans.",
    "En novembre 2003,",
    "le 31/04/2014",
    "12/2011",
    "masse",
    "de 6 x 6 cm",
    "métastases hépatiques",
    "segments II/III,",
    "compatible avec un",
    "léiomyosarcome",
    "angiomyolipome malin (MLA)",
    "Le CD117 est négatif,",
    "HMB45 et Melan-A (+).",
    "Ki-67 20 %.",
    "HER2 2+",
    "ifosfamide 12,5 g/m2",
    "en perfusion continue pendant 5 jours,",
    "pas de",
    "n'exclut pas",
    "sa mère",
    "Diagnostic :",
    "\n\nÉvolution\n",
    "\r\n",
    "de 16 à 40 mm",
    "Réponse partielle.",
    "(",
    ")",
    ";",
    ".",
    "Dr.",
]
anything = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(ODD)), max_size=60)
clinical = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
mixed = st.lists(st.one_of(st.sampled_from(PIECES), anything), max_size=8).map(" ".join)
languages = st.sampled_from(["fr", "es", "en"])


@given(anything, languages)
@settings(max_examples=300)
def test_the_span_of_a_word_is_a_slice_that_folds_to_it_and_leads_back(text: str, code: str) -> None:
    words = split_words(text, load_language(code))
    assert words.folded == fold(text)
    for i, form in enumerate(words.forms):
        span = words.span(i, i)
        written = text[span.start : span.end]
        if written == "…":  # three marks of one character
            assert form == "."
            continue
        assert fold(written) == form
        assert (words.at(span.start), words.offset(i)) == (i, span.start)


@given(mixed, languages)
@settings(max_examples=100)
def test_sections_cover_the_text_and_sentences_lie_in_them(text: str, code: str) -> None:
    language = load_language(code)
    outline = outline_of(split_words(text, language), language)
    assert outline.sections[0].span.start == 0
    assert outline.sections[-1].span.end == len(text)
    for section, following in zip(outline.sections, outline.sections[1:], strict=False):
        assert section.span.end == following.span.start
    for section in outline.sections:
        assert all(section.span.holds(sentence) for sentence in section.sentences)
    assert list(outline.sentences) == sorted(outline.sentences)


def spans_of(case: Case) -> list[Span]:
    """Every span that a case hands out."""
    found = [g.mention.span for g in case.groundings]
    found += [m.span for a in case.assertions for m in a.mentions] + [a.passage for a in case.assertions]
    found += [c.span for a in case.assertions for c in a.context.cues if c.span]
    found += [a.when.span for a in case.assertions if a.when] + [a.dose.span for a in case.assertions if a.dose]
    found += [m.measure.span for m in case.measurements] + [f.span for f in case.findings if f.span]
    return found + [e.when.span for e in case.events if e.when]


@given(st.one_of(mixed, clinical), languages)
@settings(max_examples=150)
def test_reading_never_fails_and_stays_in_the_text(text: str, code: str) -> None:
    case = read_case(Document("any", code, text), reader_for(code))
    assert all(0 <= span.start < span.end <= len(text) for span in spans_of(case))
    assert {e for event in case.events for e in event.assertions} <= {
        x.id for x in (*case.assertions, *case.measurements)
    }
    triples = build(case)
    assert len(set(triples)) == len(triples)


@given(clinical)
@settings(max_examples=60)
def test_ids_are_apart_and_references_are_kept(text: str) -> None:
    case = read_case(Document("any", "fr", text), reader_for("fr"))
    ids = [a.id for a in case.assertions]
    assert len(set(ids)) == len(ids)
    referred = {i for a in case.assertions for i in (*a.suspected, *a.follows, *a.components)}
    referred |= {i for r in case.revisions for i in (r.earlier, r.later, *r.evidence)}
    referred |= {i for s in case.evidence for i in (s.diagnosis, s.result)}
    referred |= {m.measures for m in case.measurements if m.measures}
    assert referred <= set(ids)


def facts(case: Case) -> list[tuple[object, ...]]:
    """What a case says, without any offset."""
    found: list[tuple[object, ...]] = [
        (g.concept and g.concept.key, g.morphology, g.topography) for g in case.groundings
    ]
    found += [
        (
            a.type,
            a.concept and a.concept.key,
            a.context.polarity,
            a.context.certainty,
            a.when and a.when.iso,
            a.result,
            a.value,
        )
        for a in case.assertions
    ]
    return found + [(m.measure.values, m.measure.unit, m.measure.form) for m in case.measurements]


@given(clinical, st.lists(st.integers(0, 500), max_size=5), st.sampled_from(INVISIBLE))
@example("angiomyolipome malin (MLA)", [23], "\u200b")
@settings(max_examples=60)
def test_invisible_characters_shift_offsets_and_change_nothing_else(text: str, at: list[int], mark: str) -> None:
    inner = {i for i in range(1, len(text)) if text[i - 1 : i + 1].isalpha()}
    places = sorted(inner & set(at))
    parts = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    plain, odd = (read_case(Document("any", "fr", t), reader_for("fr")) for t in (text, mark.join(parts)))

    def shifted(span: Span) -> Span:
        return Span(span.start + bisect_right(places, span.start), span.end + bisect_left(places, span.end))

    assert [g.mention.span for g in odd.groundings] == [shifted(g.mention.span) for g in plain.groundings]
    assert [g.concept for g in odd.groundings] == [g.concept for g in plain.groundings]


@given(clinical)
@example("En novembre 2003, le CD117 est négatif, 12/2011")
@settings(max_examples=60)
def test_composed_and_decomposed_letters_say_the_same(text: str) -> None:
    composed, decomposed = (
        read_case(Document("any", "fr", unicodedata.normalize(form, text)), reader_for("fr")) for form in ("NFC", "NFD")
    )
    assert facts(composed) == facts(decomposed)


@given(clinical)
@settings(max_examples=60)
def test_the_line_end_does_not_matter(text: str) -> None:
    unix = text.replace("\r\n", "\n")
    one, other = (read_case(Document("any", "fr", t), reader_for("fr")) for t in (unix, unix.replace("\n", "\r\n")))
    assert facts(one) == facts(other)


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "\u0301", "\u0301\u0301masse", "œ", "\x00", "🩺", "\u200b\n\u200b", "'", "-", "İ" * 50]
)
@pytest.mark.parametrize("code", ["fr", "es", "en"])
def test_odd_texts_are_read(text: str, code: str, read: Read) -> None:
    case = read(text, code)
    assert case.document.text == text
    assert build(case)
