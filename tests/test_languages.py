"""Are sentences of every language read as their marks say? The gold stands in ``sentences/<language>.txt``.

Add a line there to add a test; ``gold_sentences.py`` says how to mark it.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from gold_sentences import MARKS, Mark, MarkError, Sentence, parse_sentence, read_sentences

from kg.model import Assertion, AssertionType, Case, Context, Document, Kind, Span
from kg.pipeline import read_case, reader_for
from kg.reading.context import find_contexts
from kg.reading.dates import find_dates
from kg.reading.mentions import find_mentions
from kg.reading.sections import outline_of
from kg.reading.text import split_words

FOLDER = Path(__file__).resolve().parent / "sentences"
LANGUAGES = ("fr", "es", "en")
SENTENCES = [(code, sentence) for code in LANGUAGES for sentence in read_sentences(FOLDER / f"{code}.txt")]
KINDS = {"finding": {Kind.FINDING, Kind.DISEASE}, "disease": {Kind.DISEASE}, "procedure": {Kind.PROCEDURE},
         "response": {Kind.RESPONSE}}  # fmt: skip


def contexts(sentence: Sentence, code: str) -> dict[tuple[int, int], tuple[Kind, Context]]:
    """The context of every mention of a sentence, by its place; as the stage itself finds it."""
    reader = reader_for(code)
    words = split_words(sentence.text, reader.language)
    outline = outline_of(words, reader.language)
    mentions = find_mentions(words, reader.vocabulary, outline).mentions
    found = find_contexts(words, mentions, outline, reader.language)
    named = [(m, c) for m, c in zip(mentions, found, strict=True) if m.kind is not Kind.ANATOMY]
    return {(m.span.start, m.span.end): (m.kind, c) for m, c in named}


def case_of(sentence: Sentence, code: str) -> Case:
    return read_case(Document("sentence", code, sentence.text), reader_for(code))


def asserted(case: Case, mark: Mark, wanted: AssertionType) -> Assertion:
    """The assertion of a type that stands at a mark."""
    place = Span(mark.start, mark.end)
    for assertion in case.assertions:
        if assertion.type is wanted and any(m.span == place for m in assertion.mentions):
            return assertion
    raise AssertionError(f"no {wanted} at {case.document.text[mark.start : mark.end]!r}")


def read_context(sentence: Sentence, mark: Mark, code: str) -> dict[str, str]:
    known = contexts(sentence, code)
    assert (mark.start, mark.end) in known, f"no mention at {sentence.text[mark.start : mark.end]!r}"
    kind, context = known[mark.start, mark.end]
    assert kind in KINDS[mark.name]
    return {name: getattr(context, name).value for name in MARKS[mark.name]}


def read_marker(sentence: Sentence, mark: Mark, code: str) -> dict[str, str]:
    assertion = asserted(case_of(sentence, code), mark, AssertionType.MARKER_RESULT)
    return {"result": assertion.result, "value": assertion.value}


def read_drug(sentence: Sentence, mark: Mark, code: str) -> dict[str, str]:
    a = asserted(case_of(sentence, code), mark, AssertionType.TREATMENT)
    dose = f"{a.dose.value} {a.dose.unit}" if a.dose else ""
    return {"status": a.status, "dose": dose, "frequency": a.frequency, "route": a.route,
            "cycles": str(a.cycles) if a.cycles is not None else ""}  # fmt: skip


def read_date(sentence: Sentence, mark: Mark, code: str) -> dict[str, str]:
    words = split_words(sentence.text, reader_for(code).language)
    dates = {(d.span.start, d.span.end): d.iso for d in find_dates(words, reader_for(code).language)[0]}
    return {"iso": dates.get((mark.start, mark.end), "")}


def read_patient(sentence: Sentence, mark: Mark, code: str) -> dict[str, str]:
    patient = case_of(sentence, code).patient
    return {"sex": patient.sex, "age": "" if patient.age_years is None else str(patient.age_years)}


READ = {**dict.fromkeys(KINDS, read_context), "marker": read_marker, "drug": read_drug, "date": read_date,
        "patient": read_patient}  # fmt: skip


@pytest.mark.parametrize(("code", "sentence"), [pytest.param(c, s, id=s.where) for c, s in SENTENCES])
def test_sentence_is_read_as_it_is_marked(code: str, sentence: Sentence) -> None:
    for mark in sentence.marks:
        read = READ[mark.name](sentence, mark, code)
        assert read == dict(mark.gold), f"{sentence.where}: {sentence.text[mark.start : mark.end]}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_sentences_for_every_mark(code: str) -> None:
    counts = Counter(mark.name for c, sentence in SENTENCES if c == code for mark in sentence.marks)
    assert sum(c == code for c, _ in SENTENCES) >= 60
    assert set(counts) == set(MARKS)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Sin <finding>fiebre.", "never closed"),
        ("Sin <finding polarity=Negated>fiebre</disease>.", "closes nothing"),
        ("Sin fiebre</finding>.", "closes nothing"),
        ("Sin <symptom>fiebre</symptom>.", "no mark is called"),
        ("Sin <finding negated=True>fiebre</finding>.", "no attribute"),
        ("Sin <finding polarity=No>fiebre</finding>.", "no value of polarity"),
        ("Sin <finding polarity=Negated polarity=Negated>fiebre</finding>.", "stands twice"),
        ("Sin <finding polarity>fiebre</finding>.", "broken mark"),
        ("Sin <finding polarity=\"Negated>fiebre</finding>.", "broken mark"),
        ("Sin <finding><disease>fiebre</disease></finding>.", "opens inside"),
        ("Sin <finding> fiebre</finding>.", "spaces at its border"),
        ("Ki-67 < 2 %.", "broken mark"),
        ("Sin fiebre.", "tests nothing"),
    ],
)  # fmt: skip
def test_a_broken_mark_is_an_error(line: str, why: str) -> None:
    with pytest.raises(MarkError, match=re.escape(why)):
        parse_sentence(line, "es.txt:1")


def test_marks_are_taken_out_of_the_text() -> None:
    sentence = parse_sentence('Ki-67 &lt; 2 % y <drug dose="4 mg">sirolimus</drug>.', "es.txt:1")
    assert sentence.text == "Ki-67 < 2 % y sirolimus."
    assert sentence.text[sentence.marks[0].start : sentence.marks[0].end] == "sirolimus"
    assert sentence.marks[0].gold[:3] == (("status", "Given"), ("dose", "4 mg"), ("frequency", ""))
