"""Do ICD-O codes stand with the words that carry them, and only where the words mean a tumour?"""

from __future__ import annotations

import pytest

from kg.model import Case
from kg.pipeline import read


def codes(case: Case) -> list[tuple[str, str]]:
    """The words of every mention that has a morphology, with it."""
    text = case.document.text
    return [(text[g.mention.span.start : g.mention.span.end], g.morphology) for g in case.groundings if g.morphology]


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("Adénocarcinome pulmonaire connu.", [("Adénocarcinome", "8140/3")]),
        ("Antécédent de cancer du sein.", [("cancer", "8000/3")]),
        ("Volumineuse masse solide rétropéritonéale.", [("masse", "8000/1")]),
        ("Un carcinome épidermoïde du poumon.", [("carcinome épidermoïde", "8070/3")]),
        ("Tumeur stromale gastro-intestinale.", [("Tumeur stromale gastro-intestinale", "8936/1")]),
        ("Carcinome séreux péritonéal.", [("Carcinome séreux", "8441/3")]),
        ("La progression de la tumeur est lente.", [("tumeur", "8000/1")]),
        ("Métastase d'un adénocarcinome.", [("Métastase", "8000/6"), ("adénocarcinome", "8140/3")]),
        ("Adénocarcinome gastrique métastatique.", [("Adénocarcinome", "8140/3")]),
        ("Lésions métastatiques hépatiques.", [("Lésions métastatiques", "8000/6")]),
        ("Un thymome de type AB.", [("thymome de type AB", "8582/1")]),
        ("Lésion infiltrante du col.", [("Lésion", "8000/1")]),
        ("Carcinome canalaire infiltrant.", [("Carcinome canalaire infiltrant", "8500/3")]),
        ("Une tumeur avec extension pleurale.", [("tumeur", "8000/1"), ("extension", "8000/6")]),
        ("Biopsie de l'adénopathie axillaire.", [("adénopathie", "8000/1")]),
        ("Un mélanome muqueux anal primitif.", [("mélanome muqueux anal primitif", "8720/3")]),
        ("Un mélanome cutané du dos.", [("mélanome", "8720/3")]),
        ("Adénocarcinome gastrique de type intestinal.", [("Adénocarcinome gastrique de type intestinal", "8144/3")]),
        ("Adénocarcinome intestinal.", [("Adénocarcinome", "8140/3")]),
        ("Une tumeur avec extension vers la choane.", [("tumeur", "8000/1"), ("extension", "8000/6")]),
        ("Adénocarcinome : bilan d'extension.", [("Adénocarcinome", "8140/3")]),
        ("Adénocarcinome. Risque élevé de récidive.", [("Adénocarcinome", "8140/3")]),
        ("Adénocarcinome à haut risque, récidive.", [("Adénocarcinome", "8140/3"), ("récidive", "8000/6")]),
    ],
)
def test_the_words_of_the_histology_carry_the_code(text: str, coded: list[tuple[str, str]]) -> None:
    assert codes(read(text, language="fr")) == coded


def test_the_whole_name_keeps_its_concept_and_the_diagnosis_both_codes() -> None:
    case = read("Adénocarcinome pulmonaire connu.", language="fr")
    whole = next(g for g in case.groundings if g.mention.key == "adenocarcinom pulmonair")
    assert whole.concept is not None
    assert whole.concept.label("en") == "lung adenocarcinoma"
    (diagnosis,) = case.assertions
    assert (diagnosis.morphology, diagnosis.topography) == ("8140/3", "C34.9")


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("Le scanner montre une progression hépatique du cancer.", ["progression", "cancer"]),
        ("Traitement du cancer jusqu'à progression.", ["cancer"]),
        ("Atteinte hépatique d'un cancer.", ["Atteinte", "cancer"]),
    ],
)
def test_general_words_have_a_code_only_beside_a_site(text: str, coded: list[str]) -> None:
    assert [words for words, _ in codes(read(text, language="fr"))] == coded


@pytest.mark.parametrize(
    "text",
    [
        "Des lésions ischémiques anciennes.",
        "Aspect malin du bord.",
        "Un kyste simple.",
        "Indice de masse corporelle 31.",
        "Dossier vu au comité multidisciplinaire des tumeurs.",
    ],
)
def test_words_that_mean_no_tumour_have_no_code(text: str) -> None:
    assert codes(read(text, language="fr")) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Adénopathies axillaires gauches.", "C77.3"),
        ("Adénopathie sus-claviculaire.", "C77.0"),
        ("Adénopathies hilaires et pulmonaires.", "C77.1"),
        ("Une adénopathie isolée.", "C77.9"),
        ("Nodule pulmonaire.", "C34.9"),
    ],
)
def test_lymph_nodes_have_the_topography_of_their_group(text: str, code: str) -> None:
    (finding,) = read(text, language="fr").assertions
    assert {finding.topography} | {site.topography for site in finding.sites} == {code}


def test_a_cancer_named_by_its_site_has_both_codes() -> None:
    (diagnosis,) = read("Diagnostic : cancer du sein.", language="fr").assertions
    assert (diagnosis.morphology, diagnosis.topography) == ("8000/3", "C50.9")
