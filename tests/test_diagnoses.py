"""Which diagnosis revised which, how, on what evidence, and which one still holds?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from kg.model import Certainty, EvidenceBasis, EvidenceClass, Lifecycle, Polarity

if TYPE_CHECKING:
    from conftest import Tell

known = partial(pytest.mark.xfail, strict=True)
"""Marks a row that is not read rightly yet."""

Revisions = list[tuple[str, str, str]]

CHAINS = [
    pytest.param(
        "fr",
        "Une biopsie en mars 2010 montre un aspect compatible avec un sarcome. "
        "En mai 2010, la pièce opératoire conclut à un léiomyosarcome.",
        [("sarcoma", "leiomyosarcoma", "Refinement")],
        id="refinement",
    ),
    pytest.param(
        "fr",
        "En mars 2010, le diagnostic de léiomyosarcome est posé sur la biopsie. En juin 2012, la relecture retrouve "
        "HMB45 et Melan-A positifs, desmine négative : le diagnostic définitif est celui de PECome.",
        [("leiomyosarcoma", "pecoma", "Reclassification")],
        id="reclassification by immunohistochemistry",
    ),
    pytest.param(
        "fr",
        "En mars 2010, la biopsie évoque un méningiome. La pièce opératoire de mai 2010, positive pour STAT6 et CD34, "
        "conclut à une tumeur fibreuse solitaire.",
        [("meningioma", "fibrous-tumour-solitary", "Reclassification")],
        id="reclassification of a hedged diagnosis",
    ),
    pytest.param(
        "fr",
        "En 2010, un lymphome folliculaire est diagnostiqué. "
        "En 2014, transformation en lymphome diffus à grandes cellules B.",
        [("follicular-lymphoma", "dlbcl", "Transformation")],
        id="transformation",
    ),
    pytest.param(
        "fr",
        "La biopsie de mars 2010 est en faveur d'un sarcome. "
        "En mai 2010, la pièce opératoire montre un léiomyosarcome. "
        "En juin 2012, la relecture avec HMB45 positif conclut finalement à un PECome.",
        [("sarcoma", "leiomyosarcoma", "Refinement"), ("leiomyosarcoma", "pecoma", "Reclassification")],
        id="chain of three",
    ),
    pytest.param(
        "es",
        "En marzo de 2010 la biopsia es compatible con un sarcoma. En mayo de 2010 la pieza quirúrgica muestra un "
        "leiomiosarcoma.",
        [("sarcoma", "leiomyosarcoma", "Refinement")],
        id="refinement, es",
    ),
    pytest.param(
        "es",
        "En marzo de 2010 se diagnostica leiomiosarcoma en la biopsia. "
        "En junio de 2012 la revisión, con HMB45 positivo, "
        "concluye que el diagnóstico definitivo es PEComa.",
        [("leiomyosarcoma", "pecoma", "Reclassification")],
        id="reclassification, es",
    ),
    pytest.param(
        "en",
        "In March 2010 the biopsy was suggestive of a sarcoma. "
        "In May 2010 the resected specimen showed a leiomyosarcoma.",
        [("sarcoma", "leiomyosarcoma", "Refinement")],
        id="refinement, en",
    ),
    pytest.param(
        "en",
        "In March 2010 a leiomyosarcoma was diagnosed on biopsy. "
        "In June 2012, on review, HMB45 was positive and the final "
        "diagnosis was PEComa.",
        [("leiomyosarcoma", "pecoma", "Reclassification")],
        id="reclassification, en",
    ),
    pytest.param(
        "fr",
        "L'examen anatomopathologique de la biopsie montre une tumeur maligne indifférenciée du pancréas. "
        "En mai 2010, la pièce opératoire est en faveur d'un léiomyosarcome.",
        [("undifferentiated-malignant-neoplasm", "leiomyosarcoma", "Refinement")],
        id="what says no more than its class is refined",
    ),
    pytest.param(
        "fr",
        "La biopsie est compatible avec un sarcome à cellules fusiformes. "
        "La pièce opératoire conclut à un léiomyosarcome.",
        [("spindle-cell-sarcoma", "leiomyosarcoma", "Refinement")],
        id="the look of the cells is refined",
    ),
    pytest.param(
        "fr",
        "Le patient a initialement été diagnostiqué avec un séminome. "
        "La pièce opératoire montre un carcinome embryonnaire.",
        [("seminoma", "embryonal-carcinoma", "Reclassification")],
        id="the first diagnosis is called so",
    ),
    pytest.param(
        "fr",
        "Le diagnostic initial de léiomyosarcome est révisé en liposarcome myxoïde.",
        [("leiomyosarcoma", "myxoid-liposarcoma", "Reclassification")],
        id="one sentence tells of both",
    ),
    pytest.param(
        "es",
        "Inicialmente se diagnosticó un seminoma. La pieza quirúrgica muestra un carcinoma embrionario.",
        [("seminoma", "embryonal-carcinoma", "Reclassification")],
        id="the first diagnosis is called so, es",
    ),
    pytest.param(
        "en",
        "The tumor was initially diagnosed as a seminoma. Histology of the specimen showed embryonal carcinoma.",
        [("seminoma", "embryonal-carcinoma", "Reclassification")],
        id="the first diagnosis is called so, en",
    ),
]


@pytest.mark.parametrize(("language", "text", "expected"), CHAINS)
def test_revisions(language: str, text: str, expected: Revisions, tell: Tell) -> None:
    told = tell(text, language)
    assert told.revisions() == expected
    earlier = {a for a, _, _ in expected}
    for key, lifecycle in told.diagnoses():
        assert lifecycle == ("Superseded" if key in earlier else "Current")


UNREVISED = [
    pytest.param("fr", "Suspicion de mélanome. La biopsie confirme un mélanome.", id="confirmation"),
    pytest.param(
        "fr",
        "Léiomyosarcome de l'utérus opéré en 2010. En 2012, métastases pulmonaires du léiomyosarcome.",
        id="metastasis",
    ),
    pytest.param(
        "fr",
        "Léiomyosarcome de l'utérus opéré en 2010. En 2012, récidive du léiomyosarcome confirmée par biopsie.",
        id="relapse",
    ),
    pytest.param(
        "fr",
        "En 2010, adénocarcinome du côlon opéré. En 2014, biopsie : carcinome épidermoïde du poumon.",
        id="two primaries",
    ),
    pytest.param("fr", "Léiomyosarcome pléomorphe du rein. Le léiomyosarcome a été réséqué.", id="shorter name"),
    pytest.param(
        "fr", "Carcinome épidermoïde du poumon. La biopsie du foie montre une cirrhose.", id="another disease"
    ),
    pytest.param("fr", "Antécédents\nMélanome en 2001.\n\nDiagnostic\nSarcome du bras.", id="history"),
    pytest.param("fr", "Mère opérée d'un carcinome du sein. Biopsie : mélanome.", id="family"),
    pytest.param(
        "fr",
        "Le diagnostic différentiel se fait entre un méningiome et un schwannome.",
        id="alternatives of one sentence",
    ),
    pytest.param("fr", "Biopsie : mélanome. Pas de lymphome.", id="negated later"),
    pytest.param(
        "fr",
        "Suspicion clinique de neurofibromatose. La biopsie est compatible avec une tumeur maligne des gaines "
        "des nerfs périphériques.",
        id="what tumours arise in holds on",
    ),
    pytest.param(
        "fr",
        "Biopsie : tumeur germinale mixte. Pièce opératoire après chimiothérapie : tératome mature résiduel.",
        id="what is left of a mixed tumour",
    ),
    pytest.param(
        "fr",
        "La moelle est en faveur d'une leucémie aiguë myéloïde. Le diagnostic définitif est un sarcome myéloïde. "
        "Le traitement de la leucémie aiguë myéloïde est débuté.",
        id="a suspicion that is firm later",
    ),
    pytest.param(
        "fr",
        "Le scanner évoque une embolie pulmonaire. Transfert en médecine. Bilan d'extension. "
        "La biopsie de la cuisse est compatible avec un sarcome.",
        id="a tumour elsewhere does not revise a disease",
    ),
    pytest.param(
        "es",
        "En 2010, adenocarcinoma de colon intervenido. En 2014, biopsia: carcinoma epidermoide de pulmón.",
        id="two primaries, es",
    ),
    pytest.param("en", "Suspected melanoma. The biopsy confirmed melanoma.", id="confirmation, en"),
    pytest.param(
        "en",
        "Uterine leiomyosarcoma was resected in 2010. In 2012 there were lung metastases of leiomyosarcoma.",
        id="metastasis, en",
    ),
]


@pytest.mark.parametrize(("language", "text"), UNREVISED)
def test_no_revision(language: str, text: str, tell: Tell) -> None:
    told = tell(text, language)
    assert told.revisions() == []
    assert all(lifecycle != "Superseded" for _, lifecycle in told.diagnoses())


def test_a_shorter_name_joins_the_full_one(tell: Tell) -> None:
    told = tell("Léiomyosarcome pléomorphe du rein. Le léiomyosarcome a été réséqué.")
    (diagnosis,) = told.case.assertions[:1]
    assert told.diagnoses() == [("pleomorphic-leiomyosarcoma", "Current")]
    assert [told.quote(m.span) for m in diagnosis.mentions] == ["Léiomyosarcome pléomorphe", "léiomyosarcome"]
    assert diagnosis.morphology == "8890/3"


def test_what_is_excluded_is_refuted(tell: Tell) -> None:
    told = tell("La biopsie a exclu un lymphome.")
    (diagnosis,) = (a for a in told.case.assertions if a.lifecycle)
    assert (diagnosis.context.polarity, diagnosis.context.certainty) == (Polarity.NEGATED, Certainty.EXCLUDED)
    assert told.diagnoses() == [("lymphoma", "Refuted")]


def test_a_suspicion_that_is_excluded_later_is_refuted(tell: Tell) -> None:
    told = tell("Suspicion de lymphome. La biopsie a exclu un lymphome et montre une sarcoïdose.")
    assert told.diagnoses() == [("lymphoma", "Refuted"), ("lymphoma", "Refuted"), ("sarcoidosis", "Current")]


MIXED = [
    ("fr", "Pièce opératoire : tératome mature avec un foyer de carcinome embryonnaire.", "teratocarcinoma", "9081/3"),
    ("fr", "Biopsie : tératome mature avec des zones d'adénocarcinome.",
     "teratoma-with-malignant-transformation", "9084/3"),
    ("es", "Biopsia: adenocarcinoma con áreas de carcinoma epidermoide.", "adenosquamous-carcinoma", "8560/3"),
    ("en", "Biopsy: small cell carcinoma with a component of adenocarcinoma.",
     "combined-small-cell-carcinoma", "8045/3"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "key", "code"), MIXED)
def test_parts_named_together_are_one_mixed_tumour(language: str, text: str, key: str, code: str, tell: Tell) -> None:
    told = tell(text, language)
    (diagnosis,) = (a for a in told.case.assertions if a.lifecycle)
    assert (diagnosis.concept.key, diagnosis.morphology, len(diagnosis.mentions)) == (key, code, 2)
    assert diagnosis.candidates[0].why == "named by its parts"


def test_two_tumours_of_one_sentence_are_two(tell: Tell) -> None:
    told = tell("Biopsies : adénocarcinome du côlon et carcinome épidermoïde du poumon.")
    assert [key for key, _ in told.diagnoses()] == ["adenocarcinoma", "squamous-cell-carcinoma"]


CALLED = [
    ("fr", "Péritonite secondaire à une perforation utérine.", "uterine-perforation"),
    ("fr", "Anémie due à une aplasie médullaire.", "bone-marrow-aplasia"),
    ("fr", "Positivité de CK7 et de TTF1, en faveur d'une origine pulmonaire.", "primary-origin"),
    ("es", "Anemia secundaria a una aplasia medular.", "bone-marrow-aplasia"),
    ("en", "Anaemia due to bone marrow aplasia.", "bone-marrow-aplasia"),
]


@pytest.mark.parametrize(("language", "text", "key"), CALLED)
def test_what_explains_the_rest_is_a_diagnosis(language: str, text: str, key: str, tell: Tell) -> None:
    assert key in {named for named, _ in tell(text, language).diagnoses()}


def evidence(text: str, tell: Tell, language: str = "fr") -> set[tuple[str, str]]:
    """The stains that are held to diagnoses; ``test_grounds.py`` asks for the other sorts."""
    told = tell(text, language)
    stains = (s for s in told.case.evidence if s.sort is EvidenceClass.STAINS)
    return {(told.key(s.diagnosis), told.key(s.result)) for s in stains}


EVIDENCE = [
    (
        "HMB45 et Melan-A sont positifs, ce qui correspond à un PECome.",
        {("pecoma", "pmel"), ("pecoma", "mlana")},
    ),
    ("Diagnostic de PECome : HMB45 positif, desmine négative.", {("pecoma", "pmel"), ("pecoma", "des")}),
    ("Biopsie : CD117 et DOG1 positifs. L'aspect est compatible avec un GIST.", {("gist", "kit"), ("gist", "ano1")}),
    ("HMB45 positif.", set()),
    (
        "Pièce opératoire : léiomyosarcome de 3 cm. Marges saines. Un ganglion indemne. Desmine positive.",
        {("leiomyosarcoma", "des")},
    ),
    (
        "Biopsie : prolifération fusiforme, desmine positive, compatible avec un sarcome. Bon état général.\n\n"
        "Diagnostic\nTumeur d'immunophénotype compatible avec un léiomyosarcome.",
        {("sarcoma", "des"), ("leiomyosarcoma", "des")},
    ),
    (
        "Biopsie\n- HMB45 : positif\n- Desmine : négative\nFISH normale. Pas de nécrose.\n"
        "La tumeur est reclassée en PECome.",
        {("pecoma", "pmel"), ("pecoma", "des")},
    ),
    (
        "Microscopie\nLéiomyosarcome proposé en 2010.\n\nImmunohistochimie (bloc 2)\nHMB45 : positif\n\n"
        "Conclusion\nPECome du rein.",
        {("pecoma", "pmel")},
    ),
    (
        "Biopsie : léiomyosarcome. Exérèse en mai. La pièce montre une desmine positive.\n\nDiagnostic\nPECome.",
        {("pecoma", "des")},
    ),
    (
        "Biopsie positive pour un adénocarcinome, avec infection à Helicobacter pylori, HER2 négatif.",
        {("adenocarcinoma", "erbb2")},
    ),
    (
        "Biopsie : sarcome, desmine négative. Sur la pièce, HMB45 est positif, ce qui correspond à un PECome.",
        {("sarcoma", "des"), ("pecoma", "pmel")},
    ),
]


@pytest.mark.parametrize(("text", "expected"), EVIDENCE)
def test_evidence(text: str, expected: set[tuple[str, str]], tell: Tell) -> None:
    assert evidence(text, tell) == expected


def test_the_ground_of_evidence_is_told(tell: Tell) -> None:
    for text, basis in (
        ("Biopsie : léiomyosarcome. Marges saines. Desmine positive.", EvidenceBasis.ADJACENT),
        ("Biopsie : desmine positive, compatible avec un léiomyosarcome.", EvidenceBasis.STATED),
    ):
        (support,) = (s for s in tell(text).case.evidence if s.sort is EvidenceClass.STAINS)
        assert support.basis is basis


def test_a_revision_cites_the_results_of_the_later_diagnosis_only(tell: Tell) -> None:
    told = tell(
        "En mars 2010, biopsie : actine positive, en faveur d'un léiomyosarcome. "
        "En juin 2012, HMB45 positif et desmine négative : le diagnostic définitif est un PECome."
    )
    (revision,) = told.case.revisions
    assert sorted(told.key(e) for e in revision.evidence) == ["des", "pmel"]
    assert {pair for pair in evidence(told.text, tell) if pair[0] == "leiomyosarcoma"} == {("leiomyosarcoma", "actin")}


def test_evidence_is_cited_once(tell: Tell) -> None:
    told = tell(
        "In May 2011 the biopsy was suggestive of a leiomyoma. The mass was positive for CD117. "
        "The final diagnosis was gastrointestinal stromal tumor (GIST).",
        "en",
    )
    (revision,) = told.case.revisions
    assert [told.key(e) for e in revision.evidence] == ["kit"]


CERTAINTY = [
    ("fr", "Aspect compatible avec un sarcome.", "Probable"),
    ("fr", "En faveur d'un sarcome.", "Probable"),
    ("fr", "Images suggérant un sarcome.", "Probable"),
    ("fr", "Suspicion de sarcome.", "Possible"),
    ("fr", "L'examen n'exclut pas un sarcome.", "Possible"),
    ("fr", "Un sarcome ne peut être exclu.", "Possible"),
    ("fr", "Sarcome probable.", "Probable"),
    ("fr", "Diagnostic de sarcome.", "Confirmed"),
    ("fr", "La biopsie a exclu un sarcome.", "Excluded"),
    ("es", "Compatible con sarcoma.", "Probable"),
    ("es", "Sospecha de sarcoma.", "Possible"),
    ("es", "No se puede descartar sarcoma.", "Possible"),
    ("es", "Se descartó sarcoma.", "Excluded"),
    ("en", "Consistent with sarcoma.", "Probable"),
    ("en", "Suspected sarcoma.", "Possible"),
    ("en", "Sarcoma could not be excluded.", "Possible"),
    ("en", "Sarcoma was ruled out.", "Excluded"),
]


@pytest.mark.parametrize(("language", "text", "certainty"), CERTAINTY)
def test_certainty(language: str, text: str, certainty: str, tell: Tell) -> None:
    (diagnosis,) = (a for a in tell(text, language).case.assertions if a.lifecycle)
    assert diagnosis.context.certainty.value == certainty


def test_what_is_superseded_is_revised(tell: Tell) -> None:
    case = tell(
        "En 2010, biopsie compatible avec un léiomyosarcome. En 2012, la pièce d'exérèse est un léiomyosarcome. "
        "En 2014, à la relecture, le diagnostic définitif est un PECome."
    ).case
    superseded = {a.id for a in case.assertions if a.lifecycle is Lifecycle.SUPERSEDED}
    assert superseded == {revision.earlier for revision in case.revisions} != set()
