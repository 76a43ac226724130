"""What was each drug of a letter meant as, how was it given, and why did it end?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg.model import Assertion, AssertionType
from kg.pipeline import build
from kg.reading.explain import explain
from kg.store.queries import load_queries

if TYPE_CHECKING:
    from conftest import Read, Tell


def of(text: str, language: str, tell: Tell) -> dict[str, Assertion]:
    """Drug → its treatment, of those that the text names."""
    told = tell(text, language)
    return {told.key(a.id): a for a in told.of(AssertionType.TREATMENT) if not a.implied}


LINES = [
    # language, text, the line of each drug
    ("fr", "En L1, elle a reçu du pémétrexed.", {"pemetrexed": 1}),
    ("fr", "L2 : paclitaxel hebdomadaire.", {"paclitaxel": 2}),
    ("fr", "En 3L, docétaxel.", {"docetaxel": 3}),
    ("fr", "Ligne n°2 : docétaxel.", {"docetaxel": 2}),
    ("fr", "Fracture tassement de la vertèbre L2, traitée par denosumab.", {"denosumab": None}),
    ("es", "2L: capecitabina.", {"capecitabine": 2}),
    ("es", "En 3L, regorafenib.", {"regorafenib": 3}),
    ("en", "1L: ipilimumab and nivolumab. 2L: dabrafenib.", {"ipilimumab": 1, "nivolumab": 1, "dabrafenib": 2}),
    ("en", "As 2L therapy she received docetaxel.", {"docetaxel": 2}),
    ("en", "She drank 2 L of fluid with docetaxel.", {"docetaxel": None}),
    ("en", "1L FOLFOX + cetuximab, 2L FOLFIRI + bevacizumab.",
     {"folfox": 1, "cetuximab": 1, "folfiri": 2, "bevacizumab": 2}),
    ("fr", "Mélanome : 1L ipilimumab-nivolumab.", {"ipilimumab": 1, "nivolumab": 1}),
    ("fr", "Sérum salé 1L furosémide 40 mg.", {"normal-saline": None, "furosemide": None}),
]


@pytest.mark.parametrize(("language", "text", "lines"), LINES)
def test_short_forms_of_lines(language: str, text: str, lines: dict[str, int | None], tell: Tell) -> None:
    assert {drug: a.plan.line for drug, a in of(text, language, tell).items()} == lines


CYCLES = [
    # language, text, (cycles given, cycles planned) of each drug
    ("fr", "Paracétamol 500 mg x 2/j.", {"paracetamol": (None, None)}),
    ("fr", "Calcium 1 g x 3.", {"calcium-carbonate": (None, None)}),
    ("fr", "Énoxaparine 1 injection sous-cutanée par jour.", {"enoxaparin": (None, None)}),
    ("fr", "Docétaxel 75 mg/m2, 3 cycles sur 6 prévus.", {"docetaxel": (3, 6)}),
    ("fr", "Cisplatine-gemcitabine x 6 cycles.", {"cisplatin": (6, None), "gemcitabine": (6, None)}),
    ("fr", "Elle a reçu 6 cures de FEC puis 12 injections de paclitaxel.",
     {"fec": (6, None), "paclitaxel": (12, None)}),
    ("fr", "Rechute après la 2e cure de docétaxel.", {"docetaxel": (None, None)}),
    ("es", "FOLFOX-bevacizumab (8 ciclos de 12 previstos).", {"folfox": (8, 12), "bevacizumab": (8, 12)}),
    ("es", "Recibió doxorrubicina (4 ciclos) y luego paclitaxel.",
     {"doxorubicin": (4, None), "paclitaxel": (None, None)}),
    ("en", "Nivolumab 3 mg/kg q3w x 4; colitis after dose 3.", {"nivolumab": (4, None)}),
    ("en", "Methylprednisolone 1 g x 3 was given.", {"methylprednisolone": (None, None)}),
    ("en", "Carboplatin (AUC 5) plus pemetrexed for 4 cycles.", {"carboplatin": (4, None), "pemetrexed": (4, None)}),
    ("en", "Docetaxel was stopped after 2 of 6 planned cycles.", {"docetaxel": (2, 6)}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "cycles"), CYCLES)
def test_cycles(language: str, text: str, cycles: dict[str, tuple[int | None, int | None]], tell: Tell) -> None:
    assert {drug: (a.cycles, a.plan.cycles) for drug, a in of(text, language, tell).items()} == cycles


INTERVALS = [
    # language, text, drug, frequency, days of a cycle
    ("fr", "Docétaxel 75 mg/m² J1=J21.", "docetaxel", "21 d", ""),
    ("fr", "Paclitaxel 80 mg/m2 J1, J8, J15 (J1=J29).", "paclitaxel", "28 d", "1,8,15"),
    ("fr", "Radiochimiothérapie par cisplatine 100 mg/m2 J1, J22, J43.", "cisplatin", "", "1,22,43"),
    ("fr", "Paracétamol 500 mg x 2/j.", "paracetamol", "x 2/j", ""),
    ("fr", "Amoxicilline 1 g 3 fois par jour.", "amoxicillin", "3 fois par jour", ""),
    ("fr", "Pémétrexed-carboplatine AUC 5 toutes les 3 semaines.", "pemetrexed", "3 wk", ""),
    ("fr", "Ramipril, bisoprolol le soir.", "ramipril", "", ""),
    ("es", "Doxorrubicina 60 mg/m2 y ciclofosfamida 600 mg/m2 cada 21 días.", "doxorubicin", "21 d", ""),
    ("es", "Paracetamol 1 g c/8h.", "paracetamol", "8 h", ""),
    ("en", "Amoxicillin 500 mg 3 times per day.", "amoxicillin", "3 times per day", ""),
]


@pytest.mark.parametrize(("language", "text", "drug", "frequency", "days"), INTERVALS)
def test_intervals(language: str, text: str, drug: str, frequency: str, days: str, tell: Tell) -> None:
    a = of(text, language, tell)[drug]
    assert (a.frequency, a.plan.days) == (frequency, days)


STOPS = [
    # language, text, (status, reason) of each drug
    ("fr", "Docétaxel 75 mg/m² J1=J21, 3 cycles sur 6 prévus, arrêté pour progression.",
     {"docetaxel": ("Stopped", "Progression")}),
    ("fr", "Le paclitaxel a été arrêté devant la mauvaise tolérance.", {"paclitaxel": ("Stopped", "Toxicity")}),
    ("fr", "Le létrozole 2,5 mg/j a été stoppé à la demande de la patiente.", {"letrozole": ("Stopped", "Refusal")}),
    ("fr", "Le nivolumab est interrompu devant l'aggravation clinique.", {"nivolumab": ("Stopped", "Progression")}),
    ("fr", "Allergie à la pénicilline (œdème) et à l'amoxicilline.",
     {"penicillin": ("Allergy", ""), "amoxicillin": ("Allergy", "")}),
    ("fr", "Sunitinib débuté et arrêt de l'imatinib.", {"sunitinib": ("Given", ""), "imatinib": ("Stopped", "")}),
    ("fr", "Doxorubicine et ifosfamide 9 g/m2, arrêtés pour toxicité.",
     {"doxorubicin": ("Stopped", "Toxicity"), "ifosfamide": ("Stopped", "Toxicity")}),
    ("fr", "La radiochimiothérapie par cisplatine est proposée, puis durvalumab 10 mg/kg.",
     {"cisplatin": ("Planned", ""), "durvalumab": ("Planned", "")}),
    ("fr", "Allergies : pénicilline (œdème), amoxicilline, produits de contraste iodés.",
     {"penicillin": ("Allergy", ""), "amoxicillin": ("Allergy", ""), "iodinated-contrast-agent": ("Allergy", "")}),
    ("es", "FOLFOX (8 ciclos), suspendido por neuropatía secundaria a oxaliplatino.",
     {"folfox": ("Stopped", "Toxicity"), "oxaliplatin": ("Given", "")}),
    ("es", "Regorafenib 160 mg/día, que se suspendió por mala tolerancia.", {"regorafenib": ("Stopped", "Toxicity")}),
    ("fr", "L'aspirine n'a pas été reprise.", {"acetylsalicylic-acid": ("NotGiven", "")}),
    ("fr", "Elle ne prend plus de ramipril.", {"ramipril": ("Stopped", "")}),
    ("es", "Leflunomida, retirada por hepatotoxicidad.", {"leflunomide": ("Stopped", "Toxicity")}),
    ("fr", "Paclitaxel hebdomadaire + bevacizumab, arrêtés pour progression.",
     {"paclitaxel": ("Stopped", "Progression"), "bevacizumab": ("Stopped", "Progression")}),
    ("es", "Nivolumab, suspendido por empeoramiento clínico.", {"nivolumab": ("Stopped", "Progression")}),
    ("en", "Adalimumab 40 mg SC every other week was discontinued due to lack of efficacy.",
     {"adalimumab": ("Stopped", "Progression")}),
    ("en", "The rash resolved after discontinuation and prednisone 1 mg/kg/day.", {"prednisone": ("Given", "")}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "ends"), STOPS)
def test_ends_and_their_reasons(language: str, text: str, ends: dict[str, tuple[str, str]], tell: Tell) -> None:
    assert {drug: (a.status, a.plan.stop) for drug, a in of(text, language, tell).items()} == ends


DOSES = [
    # language, text, (dose, route) of each drug
    ("fr", "2 ampoules de potassium, 1 mg de dexaméthasone.",
     {"potassium-chloride": ("", ""), "dexamethasone": ("1 mg", "")}),
    ("fr", "Salbutamol 2 bouffées à la demande.", {"salbutamol": ("2 {puff}", "")}),
    ("fr", "Phloroglucinol 2 cp x 3/j.", {"phloroglucinol": ("2 {tbl}", "")}),
    ("fr", "Furosémide 40 mg 2 cp le matin.", {"furosemide": ("40 mg", "")}),
    ("fr", "Gentamicine 3 mg/kg/j IV.", {"gentamicin": ("3 mg/kg/d", "Intravenous")}),
    ("fr", "Colécalciférol 100 000 UI 1 ampoule tous les 3 mois.", {"colecalciferol": ("100000 [IU]", "")}),
    ("fr", "Méthotrexate 15 mg SC, acide folique 10 mg.",
     {"methotrexate": ("15 mg", "Subcutaneous"), "folic-acid": ("10 mg", "")}),
    ("es", "Insulina glargina 20 U s.c.", {"insulin-glargine": ("20 [IU]", "Subcutaneous")}),
    ("en", "She took 1 mg of dexamethasone at night.", {"dexamethasone": ("1 mg", "")}),
    ("en", "Insulin glargine 18 units SC at bedtime, albuterol 2 puffs prn.",
     {"insulin-glargine": ("18 [IU]", "Subcutaneous"), "salbutamol": ("2 {puff}", "")}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "doses"), DOSES)
def test_doses_and_routes(language: str, text: str, doses: dict[str, tuple[str, str]], tell: Tell) -> None:
    found = of(text, language, tell).items()
    assert {d: (f"{a.dose.value} {a.dose.unit}".rstrip() if a.dose else "", a.route) for d, a in found} == doses


NOT_GIVEN = [
    ("fr", "Le dosage de la vitamine D était de 12 ng/mL."),
    ("fr", "Vitamine D : 12 ng/mL."),
    ("fr", "La souche est sensible à la rifampicine et à la clindamycine, résistante à l'érythromycine."),
    ("fr", "Test aux bronchodilatateurs positif."),
    ("es", "Cepa sensible a rifampicina y resistente a isoniazida."),
    ("es", "Niveles de vitamina D bajos."),
    ("en", "The isolates were resistant to clindamycin, linezolid, and oxacillin."),
    ("en", "The tacrolimus trough concentration was 6.3 ng/mL."),
    ("en", "Serum zinc was low."),
    ("en", "Skin prick test to amoxicillin was negative."),
]


@pytest.mark.parametrize(("language", "text"), NOT_GIVEN)
def test_what_is_measured_or_tested_is_no_treatment(language: str, text: str, tell: Tell) -> None:
    assert of(text, language, tell) == {}


def test_a_drug_that_the_tumour_resists_was_given(tell: Tell) -> None:
    assert set(of("Tumeur résistante à l'imatinib.", "fr", tell)) == {"imatinib"}


def test_a_drug_given_again_in_a_later_line_is_told_twice(tell: Tell) -> None:
    told = tell("En mars 2018, carboplatine. En mai 2020, 2e ligne par carboplatine.")
    assert [a.plan.line for a in told.of(AssertionType.TREATMENT)] == [None, 2]


def test_maintenance_by_one_drug_of_several(tell: Tell) -> None:
    told = tell("Carboplatino y etopósido, mantenimiento con atezolizumab.", "es")
    assert [a.plan.intent for a in told.of(AssertionType.TREATMENT)] == ["", "", "Maintenance"]


def test_maintenance_after_cycles_is_a_treatment_of_its_own(tell: Tell) -> None:
    told = tell("Elle a reçu pemetrexed-carboplatine, 4 cycles, puis pemetrexed de maintenance.")
    found = [(told.key(a.id), a.cycles, a.plan.intent) for a in told.of(AssertionType.TREATMENT)]
    assert found == [("pemetrexed", 4, ""), ("carboplatin", 4, ""), ("pemetrexed", None, "Maintenance")]


def test_explain_says_what_a_treatment_was_meant_as(tell: Tell) -> None:
    told = tell("Docétaxel adjuvant en 2e ligne, J1 et J8, 3 des 6 cycles prévus, arrêté pour toxicité.")
    (a,) = told.of(AssertionType.TREATMENT)
    said = dict(explain(told.case, a.id))
    named = ("line", "intent", "cycles", "cycles planned", "days of a cycle", "stopped for")
    assert [said.get(name) for name in named] == ["2", "Adjuvant", "3", "6", "1,8", "Toxicity"]


def test_explain_says_how_grave_an_adverse_event_was(tell: Tell) -> None:
    told = tell("Neutropénie de grade 3 sous docétaxel.")
    (a,) = (a for a in told.case.assertions if a.adverse)
    said = dict(explain(told.case, a.id))
    assert (said["grade"], said["adverse event"]) == ("3", "of a treatment")


HARMS = [
    # language, text, event → the drugs that it is laid to
    ("fr", "Pémétrexed-carboplatine, 4 cycles, puis paclitaxel. Neuropathie de grade 2 sous paclitaxel.",
     {"peripheral-neuropathy": ["paclitaxel"]}),
    ("fr", "Sous paclitaxel, neuropathie périphérique de grade 2 et alopécie G2.",
     {"peripheral-neuropathy": ["paclitaxel"], "alopecia": ["paclitaxel"]}),
    ("fr", "Cisplatine et étoposide, 3 cycles. Neutropénie de grade 4 après la deuxième cure.",
     {"neutropenia": ["cisplatin", "etoposide"]}),
    ("fr", "Toxidermie apparue 10 jours après l'introduction de l'allopurinol, ayant motivé son arrêt.",
     {"drug-eruption": ["allopurinol"]}),
    ("fr", "Sous amiodarone, il a développé une hyperthyroïdie.", {"hyperthyroidism": ["amiodarone"]}),
    ("fr", "La réintroduction du cotrimoxazole a entraîné une éruption.", {"rash": ["sulfamethoxazole-trimethoprim"]}),
    ("fr", "Éruption régressive à l'arrêt de l'allopurinol.", {"rash": ["allopurinol"]}),
    ("fr", "Le léflunomide a été interrompu pour une diarrhée.", {"diarrhea": ["leflunomide"]}),
    ("fr", "Diarrhée de grade III imputable à l'irinotécan. Poursuite de l'oxaliplatine.",
     {"diarrhea": ["irinotecan"]}),
    ("fr", "FOLFOX. L'imatinib est remplacé par le sunitinib en raison d'une toxicité cutanée.",
     {"cutaneous-toxicity": ["imatinib"]}),
    ("fr", "BEP, 4 cycles. Toxicité : neutropénie, nécessitant du filgrastim.", {"neutropenia": ["bep"]}),
    ("fr", "Docétaxel. Une nécrose a compliqué la masse.", {}),
    ("fr", "Il reçoit du docétaxel. La masse s'est compliquée d'une nécrose.", {}),
    ("fr", "Diabète compliqué de neuropathie, sous metformine.", {}),
    ("fr", "Éruption avec hypotension, qui a bien évolué sous prednisone.", {}),
    ("fr", "Fièvre persistante sous ceftriaxone.", {}),
    ("fr", "Elle reçoit de la ceftriaxone. Dyspnée due à un épanchement.", {}),
    ("fr", "Cisplatine et pémétrexed. Réaction d'hypersensibilité sévère au carboplatine.",
     {"hypersensitivity-reaction": ["carboplatin"]}),
    ("fr", "Docétaxel, 4 cycles. Complication : infarctus du myocarde, non lié au traitement.", {}),
    ("fr", "Éruption à J5 de l'introduction de l'amoxicilline, disparue après son arrêt.", {"rash": ["amoxicillin"]}),
    ("es", "Inicia tocilizumab. Neutropenia grado 1 tras la tercera dosis.", {"neutropenia": ["tocilizumab"]}),
    ("en", "FOLFOX and cetuximab were given, oxaliplatin dropped for grade 2 neuropathy.",
     {"peripheral-neuropathy": ["oxaliplatin"]}),
    ("en", "Carbamazepine was withdrawn and prednisone begun, with resolution of the rash.",
     {"rash": ["carbamazepine"]}),
    ("es", "Recibe daratumumab. Diarrea grado 2 relacionada con lenalidomida.", {"diarrhea": ["lenalidomide"]}),
    ("es", "Síndrome mano-pie G3 atribuido a capecitabina; recibe también enalapril.",
     {"hand-foot-syndrome": ["capecitabine"]}),
    ("es", "FOLFOX-bevacizumab, suspendido por neuropatía grado 3 secundaria a oxaliplatino.",
     {"peripheral-neuropathy": ["oxaliplatin"]}),
    ("es", "FOLFIRI y aflibercept con toxicidad hematológica G2.",
     {"hematological-toxicity": ["folfiri", "aflibercept"]}),
    ("es", "Se inició alopurinol. Desarrolló exantema tras iniciar lamotrigina.", {"rash": ["lamotrigine"]}),
    ("en", "Nivolumab-induced colitis resolved on prednisone.", {"colitis": ["nivolumab"]}),
    ("en", "Ipilimumab and nivolumab were given; grade 3 diarrhea followed.",
     {"diarrhea": ["ipilimumab", "nivolumab"]}),
    ("en", "Pancytopenia attributed to methotrexate, on adalimumab.", {"pancytopenia": ["methotrexate"]}),
    ("en", "Rash developed three days after starting lamotrigine.", {"rash": ["lamotrigine"]}),
    ("en", "Dyspnea due to pleural effusion. She takes metformin.", {}),
    ("en", "Hypotension due to sepsis, on norepinephrine.", {}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "harms"), HARMS)
def test_harms_are_laid_to_their_drugs(language: str, text: str, harms: dict[str, list[str]], tell: Tell) -> None:
    told = tell(text, language)
    found = {told.key(a.id): [told.key(s) for s in a.suspected] for a in told.case.assertions if a.adverse}
    assert found == harms


RESPONSES = [
    # language, text, the drugs that each response answers
    ("fr", "L1 : cisplatine-gemcitabine, réponse partielle. L2 : pembrolizumab, progression.",
     [["cisplatin", "gemcitabine"], ["pembrolizumab"]]),
    ("fr", "FEC en néoadjuvant puis docétaxel. Réponse complète.", [["docetaxel", "fec"]]),
    ("fr", "Échec de l'étanercept. Le tocilizumab a permis une rémission.", [["tocilizumab"]]),
    ("fr", "Docétaxel, 3 cycles, arrêté pour progression.", [["docetaxel"]]),
    ("es", "Primera línea con FOLFOX. Segunda línea con FOLFIRI y aflibercept. Respuesta parcial.",
     [["aflibercept", "folfiri"]]),
    ("en", "1L: ipilimumab and nivolumab. 2L: dabrafenib and trametinib; best response was a partial response.",
     [["dabrafenib", "trametinib"]]),
    ("en", "Imatinib was given. She also takes paracetamol. Partial response.", [["imatinib"]]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answered"), RESPONSES)
def test_responses_answer_their_line(language: str, text: str, answered: list[list[str]], tell: Tell) -> None:
    told = tell(text, language)
    assert [sorted(map(told.key, a.follows)) for a in told.of(AssertionType.RESPONSE)] == answered


NAMED = [
    # language, text, (drug, status) of each treatment
    ("fr", "Traitement par immunoglobulines.", [("intravenous-immunoglobulin", "Given")]),
    ("fr", "Vitamine B12 1000 µg IM.", [("cyanocobalamin", "Given")]),
    ("fr", "Oxygène à domicile.", [("medical-oxygen", "Given")]),
    ("fr", "Allergie aux sulfamides.", [("sulfonamide", "Allergy")]),
    ("fr", "Sulfamides hypoglycémiants arrêtés.", [("sulfonylurea", "Stopped")]),
    ("fr", "Enzymothérapie substitutive par agalsidase alfa.",
     [("enzyme-replacement-therapy", "Given"), ("agalsidase-alfa", "Given")]),
    ("fr", "Elle prend du céliprolol et de la tianeptine.", [("celiprolol", "Given"), ("tianeptine", "Given")]),
    ("fr", "Échec du bimékizumab.", [("bimekizumab", "Given")]),
    ("es", "Recibió tratamiento con ceftibuteno.", [("ceftibuten", "Given")]),
    ("es", "Toma zofenopril 30 mg y lormetazepam.", [("zofenopril", "Given"), ("lormetazepam", "Given")]),
    ("en", "He was treated with latamoxef.", [("latamoxef", "Given")]),
    ("en", "Glipizide 5 mg tid and VPA were continued.", [("glipizide", "Given"), ("valproic-acid", "Given")]),
    ("en", "Inotropic agents were started.", [("vasopressor", "Given")]),
    ("en", "He denied use of recreational drugs.", []),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "statuses"), NAMED)
def test_drugs_of_many_names(language: str, text: str, statuses: list[tuple[str, str]], tell: Tell) -> None:
    assert tell(text, language).statuses() == statuses


LETTER = """Adénocarcinome colique métastatique.
En mars 2019, première ligne par FOLFOX et cétuximab, 8 cycles, réponse partielle.
Neuropathie de grade 2 imputable à l'oxaliplatine.
En mai 2020, deuxième ligne par FOLFIRI et bevacizumab, progression.
"""


def test_the_queries_answer_from_a_letter(read: Read) -> None:
    store = ox.Store()
    triples = build(read(LETTER))
    store.load("\n".join(f"{s} {p} {o} ." for s, p, o in triples).encode(), format=ox.RdfFormat.N_TRIPLES)
    queries = load_queries(Path(__file__).resolve().parents[1] / "queries")

    def ask(name: str, *columns: str) -> list[tuple[str, ...]]:
        found = store.query(queries[name].text)
        assert isinstance(found, ox.QuerySolutions)
        return sorted({tuple(str(row[column].value) for column in columns) for row in found})

    assert ask("response-by-line", "line", "drug", "response") == [
        ("1", "FOLFOX", "partial response"), ("1", "cetuximab", "partial response"),
        ("2", "FOLFIRI", "progression"), ("2", "bevacizumab", "progression"),
    ]  # fmt: skip
    assert ask("adverse-events-by-drug", "drug", "event") == [("oxaliplatin", "peripheral neuropathy")]
