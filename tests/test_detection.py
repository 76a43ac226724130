"""Is the language of a text found, also of a short one and of one without any function word?"""

from __future__ import annotations

import pytest

from kg.reading.detection import SAMPLE, detect_language
from kg.reading.tables import language_codes

ROWS = [
    ("La patiente présente une masse du sein avec des métastases dans le foie.", "fr"),
    ("Une tumeur du rein a été vue chez le patient.", "fr"),
    ("La paciente presenta una masa en la mama y metástasis en el hígado.", "es"),
    ("Se realiza una biopsia del riñón sin complicaciones.", "es"),
    ("The patient had a mass in the breast with metastases to the liver.", "en"),
    ("A biopsy of the kidney was performed and she was discharged.", "en"),
    ("LE PATIENT EST ADRESSÉ POUR UNE MASSE DU REIN", "fr"),
    ("THE PATIENT WAS ADMITTED WITH A RENAL MASS", "en"),
    ("", "fr"),
    ("CD34 STAT6", "fr"),
]


@pytest.mark.parametrize(("text", "code"), ROWS)
def test_language(text: str, code: str) -> None:
    assert detect_language(text) == code


def test_accents_as_marks_of_their_own_change_nothing() -> None:
    assert detect_language("Le re\u0301sultat a e\u0301te\u0301 revu par le service.") == "fr"


def test_only_a_sample_is_looked_at() -> None:
    assert detect_language("The patient was admitted to the ward. " + " " * SAMPLE + "le la les des une " * 100) == "en"


def test_every_language_is_one_of_the_folders() -> None:
    assert language_codes() == ["en", "es", "fr"]
