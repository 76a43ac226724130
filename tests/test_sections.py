"""Are headings found in three languages, and do sentences end where a reader ends them?"""

from __future__ import annotations

import pytest

from kg.reading.sections import outline_of, split_sections
from kg.reading.tables import load_language
from kg.reading.text import split_words


def sections(text: str, language: str = "fr") -> list[str]:
    tables = load_language(language)
    return [s.name for s in split_sections(split_words(text, tables), tables)]


def sentences(text: str, language: str = "fr") -> list[str]:
    tables = load_language(language)
    found = outline_of(split_words(text, tables), tables).sentences
    return [text[s.start : s.end] for s in found]


HEADINGS = [
    ("fr", "Anamnèse", "History"),
    ("fr", "Motif de consultation", "History"),
    ("fr", "ANTÉCÉDENTS", "PastHistory"),
    ("fr", "Antécédents familiaux", "FamilyHistory"),
    ("fr", "Examen physique", "Examination"),
    ("fr", "Examens complémentaires", "Tests"),
    ("fr", "Anatomie pathologique", "Pathology"),
    ("fr", "Diagnostic", "Diagnosis"),
    ("fr", "Traitement", "Treatment"),
    ("fr", "Évolution", "Course"),
    ("fr", "E\u0301volution", "Course"),
    ("fr", "Conclusion", "Conclusion"),
    ("es", "Anamnesis", "History"),
    ("es", "Antecedentes personales", "PastHistory"),
    ("es", "Exploración física", "Examination"),
    ("es", "Pruebas complementarias", "Tests"),
    ("es", "Anatomía patológica", "Pathology"),
    ("es", "Diagnóstico", "Diagnosis"),
    ("es", "Tratamiento", "Treatment"),
    ("es", "Evolución", "Course"),
    ("en", "History of present illness", "History"),
    ("en", "Past medical history", "PastHistory"),
    ("en", "Family history", "FamilyHistory"),
    ("en", "Physical examination", "Examination"),
    ("en", "Pathology", "Pathology"),
    ("en", "Diagnosis", "Diagnosis"),
    ("en", "Treatment", "Treatment"),
    ("en", "Follow-up", "Course"),
]


@pytest.mark.parametrize(("language", "heading", "name"), HEADINGS)
def test_headings(language: str, heading: str, name: str) -> None:
    for form in (f"{heading}\nUne phrase.", f"{heading} :\nUne phrase.", f"{heading.upper()}\r\nUne phrase."):
        assert sections(form, language) == [name]
    assert sections(f"Avant.\n\n{heading} : une phrase.", language) == ["", name]


def test_sections_cover_the_text() -> None:
    text = "Avant.\r\n\r\nAnamnèse\r\nUne masse.\r\n\r\nDiagnostic : sarcome.\r\n"
    tables = load_language("fr")
    found = split_sections(split_words(text, tables), tables)
    assert [s.name for s in found] == ["", "History", "Diagnosis"]
    assert [s.span.start for s in found[1:]] == [s.span.end for s in found[:-1]]
    assert (found[0].span.start, found[-1].span.end) == (0, len(text))
    assert all(s.span.holds(sentence) for s in found for sentence in s.sentences)


NO_HEADING = [
    "Le traitement a été bien toléré.",
    "Le diagnostic de sarcome est retenu.",
    "Évolution favorable à trois mois.",
    "Examen physique sans particularité.",
]


@pytest.mark.parametrize("text", NO_HEADING)
def test_a_sentence_is_no_heading(text: str) -> None:
    assert sections(text) == [""]


SENTENCES = [
    ("fr", "Dose de 12,5 g/m2. Bonne tolérance.", ["Dose de 12,5 g/m2.", "Bonne tolérance."]),
    ("fr", "Vu par le Dr. Martin. Sortie.", ["Vu par le Dr. Martin.", "Sortie."]),
    ("fr", "Adressé au Pr. B. Durand pour avis.", ["Adressé au Pr. B. Durand pour avis."]),
    ("fr", "Segmentectomie II/III. Suites simples.", ["Segmentectomie II/III.", "Suites simples."]),
    ("fr", "Vue le 03.03.2014. Puis le 4.5.2015.", ["Vue le 03.03.2014.", "Puis le 4.5.2015."]),
    ("fr", "Nodule de 1.5 cm. Stable.", ["Nodule de 1.5 cm.", "Stable."]),
    ("fr", "Masse de 3 cm ? Oui ! Stable.", ["Masse de 3 cm ?", "Oui !", "Stable."]),
    ("fr", "Une masse\nde 3 cm du rein.\nStable.", ["Une masse\nde 3 cm du rein.", "Stable."]),
    ("fr", "Une masse\r\nde 3 cm.\r\nStable.", ["Une masse\r\nde 3 cm.", "Stable."]),
    ("fr", "- masse du rein\n- nodule du foie", ["- masse du rein", "- nodule du foie"]),
    ("fr", "1. masse du rein\n2. nodule du foie", ["1. masse du rein", "2. nodule du foie"]),
    ("fr", "• masse du rein\n• nodule du foie", ["• masse du rein", "• nodule du foie"]),
    ("fr", "Une masse\n\ndu rein", ["Une masse", "du rein"]),
    ("fr", "Cf. la figure. Fin.", ["Cf. la figure.", "Fin."]),
    ("fr", "Ki-67 env. 20 %. Fin.", ["Ki-67 env. 20 %.", "Fin."]),
    ("fr", "Le patient va bien.Il sort.", ["Le patient va bien.", "Il sort."]),
    ("es", "Visto por el Dr. Pérez. Alta.", ["Visto por el Dr. Pérez.", "Alta."]),
    ("es", "Dosis de 12,5 g/m2. Buena tolerancia.", ["Dosis de 12,5 g/m2.", "Buena tolerancia."]),
    ("es", "Segmentos II/III. Sin incidencias.", ["Segmentos II/III.", "Sin incidencias."]),
    ("en", "Seen by Dr. Smith. Discharged.", ["Seen by Dr. Smith.", "Discharged."]),
    ("en", "A dose of 12.5 g/m2. Well tolerated.", ["A dose of 12.5 g/m2.", "Well tolerated."]),
    ("en", "Nodes, e.g. axillary, were normal. End.", ["Nodes, e.g. axillary, were normal.", "End."]),
]


@pytest.mark.parametrize(("language", "text", "expected"), SENTENCES)
def test_sentences(language: str, text: str, expected: list[str]) -> None:
    assert sentences(text, language) == expected


def test_every_offset_has_a_sentence_and_a_section() -> None:
    text = "Anamnèse\nUne masse. Un nodule.\n\nDiagnostic\nSarcome."
    tables = load_language("fr")
    outline = outline_of(split_words(text, tables), tables)
    assert outline.section_at(text.index("Sarcome")).name == "Diagnosis"
    assert outline.sentences[outline.sentence_at(text.index("nodule"))].start == text.index("Un nodule")
    assert [outline.section_at(i).name for i in (0, len(text))] == ["History", "Diagnosis"]


@pytest.mark.parametrize("text", ["", " ", "\n", "Anamnèse"])
def test_a_text_without_a_sentence_has_an_outline(text: str) -> None:
    tables = load_language("fr")
    outline = outline_of(split_words(text, tables), tables)
    assert outline.sentence_at(0) == 0
    assert outline.sections
