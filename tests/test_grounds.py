"""Does a diagnosis have what the text gives for it, each piece with its sort, and nothing that only stands near?

A row is a language, a text, and its gold: (diagnosis, observation, sort, basis).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.model import EvidenceBasis, EvidenceClass
from kg.pipeline import build

if TYPE_CHECKING:
    from conftest import Tell

Gold = set[tuple[str, str, EvidenceClass, EvidenceBasis]]
STAINS, GENES, CELLS = EvidenceClass.STAINS, EvidenceClass.GENES, EvidenceClass.MORPHOLOGY
IMAGE, LAB, ANSWER = EvidenceClass.IMAGING, EvidenceClass.LABORATORY, EvidenceClass.RESPONSE
S, A = EvidenceBasis.STATED, EvidenceBasis.ADJACENT

ROWS: list[tuple[str, str, Gold]] = [
    # images
    ("fr", "L'IRM cérébrale évoquait un méningiome.", {("meningioma", "mri", IMAGE, S)}),
    (
        "fr",
        "La TDM montrait une masse médiastinale en faveur d'un thymome.",
        {("thymoma", "computed-tomography", IMAGE, S), ("thymoma", "mass", IMAGE, S)},
    ),
    ("es", "La RM sugería un meningioma.", {("meningioma", "mri", IMAGE, S)}),
    ("en", "MRI was suggestive of a meningioma.", {("meningioma", "mri", IMAGE, S)}),
    # the microscope
    ("fr", "La biopsie a confirmé un carcinome épidermoïde.", {("squamous-cell-carcinoma", "biopsy", CELLS, S)}),
    ("fr", "Biopsie hépatique : carcinome hépatocellulaire.", {("hepatocellular-carcinoma", "liver-biopsy", CELLS, A)}),
    (
        "fr",
        "La prolifération à cellules fusiformes est compatible avec un léiomyosarcome.",
        {("leiomyosarcoma", "spindle-cell-neoplasm", CELLS, S)},
    ),
    ("es", "La biopsia confirmó un carcinoma epidermoide.", {("squamous-cell-carcinoma", "biopsy", CELLS, S)}),
    ("en", "Biopsy revealed squamous cell carcinoma.", {("squamous-cell-carcinoma", "biopsy", CELLS, S)}),
    # each test its own diagnosis
    (
        "fr",
        "L'IRM évoquait un méningiome, la biopsie a conclu à un gliome.",
        {("meningioma", "mri", IMAGE, S), ("glioma", "biopsy", CELLS, S)},
    ),
    # the laboratory, before the diagnosis and after it
    ("fr", "La sérologie confirmait une brucellose.", {("brucellosis", "serology", LAB, S)}),
    (
        "fr",
        "Le diagnostic de lupus est retenu devant des anticorps antinucléaires positifs et une thrombopénie.",
        {("sle", "antinuclear-antibody-positivity", LAB, S), ("sle", "thrombocytopenia", LAB, S)},
    ),
    (
        "es",
        "El diagnóstico de lupus se estableció ante anticuerpos antinucleares positivos.",
        {("sle", "antinuclear-antibody-positivity", LAB, S)},
    ),
    (
        "en",
        "A diagnosis of lupus was made based on positive antinuclear antibodies.",
        {("sle", "antinuclear-antibody-positivity", LAB, S)},
    ),
    # the answer to a treatment
    (
        "fr",
        "L'amélioration spectaculaire sous corticoïdes confirmait le diagnostic de maladie de Still.",
        {("still-disease", "improvement", ANSWER, S)},
    ),
    # stains and genes
    ("fr", "CD117 positif, compatible avec un GIST.", {("gist", "kit", STAINS, S)}),
    (
        "fr",
        "La translocation du gène EWSR1 était positive, confirmant un sarcome d'Ewing et excluant un mélanome.",
        {("ewing-sarcoma", "ewsr1", GENES, S), ("melanoma", "ewsr1", GENES, S)},
    ),
    # what excludes
    (
        "fr",
        "CD5 et CD117 négatifs, écartant un carcinome thymique.",
        {("thymic-carcinoma", "cd5", STAINS, S), ("thymic-carcinoma", "kit", STAINS, S)},
    ),
    (
        "fr",
        "L'absence d'amplification de MDM2 exclut un liposarcome dédifférencié.",
        {("dedifferentiated-liposarcoma", "mdm2", GENES, S)},
    ),
    ("es", "CD5 negativo, lo que descarta un carcinoma tímico.", {("thymic-carcinoma", "cd5", STAINS, S)}),
    ("en", "CD5 was negative, ruling out thymic carcinoma.", {("thymic-carcinoma", "cd5", STAINS, S)}),
    # what was first thought has nothing of what made it another
    (
        "fr",
        "Initialement étiquetée sarcome, la tumeur HMB45 positive et Melan-A positive est un mélanome.",
        {("melanoma", "pmel", STAINS, S), ("melanoma", "mlana", STAINS, S)},
    ),
]

NOTHING = [
    ("fr", "Une biopsie est prévue pour confirmer le lymphome."),
    ("fr", "Patient suivi pour un lymphome, hospitalisé pour une TDM."),
    ("fr", "Une IRM est demandée pour confirmer un méningiome."),
    ("fr", "Antécédent de méningiome confirmé par IRM."),
    ("fr", "Le patient, fébrile, a une pneumonie."),
    ("fr", "Pas de lymphome à la biopsie."),
    ("fr", "La sérologie était négative, mais l'examen clinique évoquait une brucellose."),
    ("es", "Se solicita una biopsia para confirmar el linfoma."),
    ("en", "CT for staging of his lymphoma was performed."),
    ("en", "A biopsy was planned to confirm lymphoma."),
]


def given(tell: Tell, language: str, text: str) -> Gold:
    """What a text gives for its diagnoses."""
    told = tell(text, language)
    return {(told.key(s.diagnosis), told.key(s.result), s.sort, s.basis) for s in told.case.evidence}


@pytest.mark.parametrize(("language", "text", "gold"), ROWS)
def test_evidence(language: str, text: str, gold: Gold, tell: Tell) -> None:
    assert given(tell, language, text) == gold


@pytest.mark.parametrize(("language", "text"), NOTHING)
def test_no_evidence(language: str, text: str, tell: Tell) -> None:
    assert given(tell, language, text) == set()


def test_a_link_has_the_class_of_its_sort(tell: Tell) -> None:
    told = tell("L'IRM cérébrale évoquait un méningiome.")
    kg = "<https://w3id.org/casekg/ontology#{}>".format
    types = {o for s, p, o in build(told.case) if "#evidence-" in s and p.endswith("#type>")}
    assert types == {kg("EvidenceLink"), kg("ImagingEvidence")}


def test_a_revision_has_its_evidence_of_every_sort(tell: Tell) -> None:
    told = tell(
        "Biopsie : sarcome probable. Relecture : la FISH montre une amplification de MDM2, confirmant un liposarcome."
    )
    (revision,) = told.case.revisions
    assert [told.key(e) for e in revision.evidence] == ["fish", "mdm2"]


def test_results_of_a_relative_are_no_evidence(tell: Tell) -> None:
    assert given(tell, "fr", "Cancer du sein. Sa mère est porteuse d'une mutation BRCA1.") == set()
