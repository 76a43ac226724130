"""Does every gene that was looked into get its own result, with the kind and the name of its alteration?

A row is a language, a sentence, and its gold: (gene or fusion, kind, result, change as written).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.model import AssertionType, Experiencer, Polarity
from kg.pipeline import build

if TYPE_CHECKING:
    from conftest import Tell

Gold = list[tuple[str, str, str, str]]
P, N, E = "Positive", "Negative", "Equivocal"
MUT, AMP, REAR, DEL = "gene-mutation", "gene-amplification", "gene-rearrangement", "gene-deletion"
METH, INSTABLE, CHROMOSOME = "gene-methylation", "genomic-instability", "chromosome-abnormality"
CLONAL, VIRUS = "clonal-rearrangement", "viral-genome"

FRENCH: list[tuple[str, Gold]] = [
    # named: the naming is the finding
    ("Présence d'une mutation de KIT.", [("kit", MUT, P, "")]),
    ("Mutation BRAF V600E présente.", [("braf", MUT, P, "V600E")]),
    ("La tumeur porte une mutation de l'exon 11 de KIT.", [("kit", MUT, P, "exon 11")]),
    ("Mutation V600E dans l'exon 15 du gène BRAF.", [("braf", MUT, P, "V600E")]),
    ("FISH : amplification du gène MDM2.", [("mdm2", AMP, P, "")]),
    ("Amplification des gènes MDM2 et CDK4.", [("mdm2", AMP, P, ""), ("cdk4", AMP, P, "")]),
    ("Il s'agit d'une t(11;22)(q24;q12).", [("ewsr1-fli1", REAR, P, "t(11;22)(q24;q12)")]),
    ("Translocation PAX3-FOXO1 en RT-PCR.", [("foxo1", REAR, P, "PAX3-FOXO1")]),
    ("Codélétion 1p/19q et mutation IDH2.", [("1p-19q-codeletion", DEL, P, ""), ("idh2", MUT, P, "")]),
    ("Méthylation du promoteur de MGMT.", [("mgmt", METH, P, "")]),
    ("Phénotype MSI-H de la tumeur du côlon.", [("microsatellite-instability", INSTABLE, P, "")]),
    ("Tumeur au phénotype microsatellitaire stable.", [("microsatellite-instability", INSTABLE, N, "")]),
    ("Réarrangement clonal du TCR.", [("tcr-rearrangement", CLONAL, P, "")]),
    ("Le caryotype était normal.", [(CHROMOSOME, CHROMOSOME, N, "")]),
    (
        "Le NGS montre une mutation p.(Gly12Asp) de KRAS avec une fréquence allélique de 23 %.",
        [("kras", MUT, P, "p.(Gly12Asp)")],
    ),
    ("Mutation de TP53 avec une fréquence allélique de 31 %.", [("tp53", MUT, P, "fréquence allélique de 31 %")]),
    # told once by its kind and once by its name
    ("Mutation EGFR retrouvée (délétion de l'exon 19).", [("egfr", MUT, P, "délétion de l'exon 19")]),
    # denied
    ("Absence d'amplification de MDM2 et de CDK4.", [("mdm2", AMP, N, ""), ("cdk4", AMP, N, "")]),
    ("Pas de réarrangement de DDIT3 ni de FUS.", [("ddit3", REAR, N, ""), ("fus", REAR, N, "")]),
    (
        "Aucune mutation de l'EGFR ou translocation ALK n'a été détectée.",
        [("egfr", MUT, N, ""), ("alk", REAR, N, "")],
    ),
    ("Traité malgré l'absence de mutation de l'EGFR.", [("egfr", MUT, N, "")]),
    ("Le gène MET n'est pas amplifié.", [("met", AMP, N, "")]),
    ("Mutation T790M non détectée dans le plasma.", [("egfr", MUT, N, "T790M")]),
    # a word for a list
    ("KRAS, NRAS et BRAF sauvages.", [("kras", MUT, N, ""), ("nras", MUT, N, ""), ("braf", MUT, N, "")]),
    ("KRAS muté (G12D), BRAF natif.", [("kras", MUT, P, "G12D"), ("braf", MUT, N, "")]),
    ("Mutation de l'exon 9 de KIT, PDGFRA sauvage.", [("kit", MUT, P, "exon 9"), ("pdgfra", MUT, N, "")]),
    ("EGFR muté, ALK et ROS1 négatifs.", [("egfr", MUT, P, ""), ("alk", REAR, N, ""), ("ros1", REAR, N, "")]),
    ("ALK et ROS1 non réarrangés en FISH.", [("alk", REAR, N, ""), ("ros1", REAR, N, "")]),
    (
        "Double réarrangement MYC et BCL2, sans réarrangement de BCL6.",
        [("myc", REAR, P, ""), ("bcl2", REAR, P, ""), ("bcl6", REAR, N, "")],
    ),
    (
        "L'étude met en évidence une mutation de l'EGFR (L858R), ALK et ROS1 négatifs.",
        [("egfr", MUT, P, "L858R"), ("alk", REAR, N, ""), ("ros1", REAR, N, "")],
    ),
    (
        "Biologie moléculaire : mutation de l'EGFR (délétion de l'exon 19), ALK et ROS1 négatifs.",
        [("egfr", MUT, P, "délétion de l'exon 19"), ("alk", REAR, N, ""), ("ros1", REAR, N, "")],
    ),
    ("Étude des gènes KRAS et NRAS : aucune mutation.", [("kras", MUT, N, ""), ("nras", MUT, N, "")]),
    ("JAK2 V617F positif, absence de BCR-ABL.", [("jak2", MUT, P, "V617F"), ("bcr-abl1", REAR, N, "BCR-ABL")]),
    ("La sonde EWSR1 est réarrangée dans 40 % des noyaux.", [("ewsr1", REAR, P, "40 % des noyaux")]),
    ("FISH MDM2 négative.", [("mdm2", AMP, N, "")]),
    ("FISH MDM2 non contributive.", [("mdm2", AMP, E, "")]),
    ("Recherche de mutation BRAF négative.", [("braf", MUT, N, "")]),
    # a method after its gene
    ("HER2 2+, FISH négative.", [("erbb2", AMP, N, "")]),
    ("HER2 score 2+ (FISH amplifiée).", [("erbb2", AMP, P, "")]),
    # a purpose is no finding, and a state no alteration
    ("FISH pour la détection du réarrangement du gène EWSR1 : non concluante.", [("ewsr1", REAR, E, "")]),
    ("Adénocarcinome de type sauvage EGFR.", [("egfr", MUT, N, "")]),
    ("Mutation du gène BRCA 2.", [("brca2", MUT, P, "")]),
    # viruses: only a word says that they are there
    ("EBER positif dans les cellules tumorales.", [("eber", VIRUS, P, "")]),
    ("PCR HPV 16 positive.", [("hpv-16", VIRUS, P, "")]),
]

SPANISH: list[tuple[str, Gold]] = [
    (
        "Se detecta mutación de EGFR (L858R), sin la mutación T790M.",
        [("egfr", MUT, P, "L858R"), ("egfr", MUT, N, "T790M")],
    ),
    ("KRAS nativo, BRAF no mutado.", [("kras", MUT, N, ""), ("braf", MUT, N, "")]),
    ("Reordenamiento de ALK y mutación de EGFR negativos.", [("alk", REAR, N, ""), ("egfr", MUT, N, "")]),
    ("HER2 no amplificado por FISH.", [("erbb2", AMP, N, "")]),
    ("FISH positiva para la amplificación de MDM2.", [("mdm2", AMP, P, "")]),
    ("El estudio molecular mostró una fusión EML4-ALK.", [("eml4-alk", REAR, P, "EML4-ALK")]),
    ("Portadora de mutación en BRCA2.", [("brca2", MUT, P, "")]),
    (
        "Deleción del exón 19 de EGFR y amplificación de MET.",
        [("egfr", MUT, P, "Deleción del exón 19"), ("met", AMP, P, "")],
    ),
    ("Mutación de EGFR (del 19).", [("egfr", MUT, P, "del 19")]),
    ("Estabilidad de microsatélites.", [("microsatellite-instability", INSTABLE, N, "")]),
    ("No se detectaron mutación de EGFR ni translocación de ALK.", [("egfr", MUT, N, ""), ("alk", REAR, N, "")]),
    ("La mutación BRAF resultó negativa.", [("braf", MUT, N, "")]),
    ("HER2 2+ (FISH no amplificado), Ki67 70 %.", [("erbb2", AMP, N, "")]),
    ("Se confirma t(X;18).", [("ss18-ssx", REAR, P, "t(X;18)")]),
]

ENGLISH: list[tuple[str, Gold]] = [
    ("FISH showed MDM2 amplification.", [("mdm2", AMP, P, "")]),
    (
        "No EGFR mutation was detected; ALK and ROS1 rearrangements were negative.",
        [("egfr", MUT, N, ""), ("alk", REAR, N, ""), ("ros1", REAR, N, "")],
    ),
    ("KRAS wild type, NRAS Q61R mutation.", [("kras", MUT, N, ""), ("nras", MUT, P, "Q61R")]),
    ("Sequencing revealed an exon 19 deletion of EGFR.", [("egfr", MUT, P, "exon 19 deletion")]),
    ("A JAK2 V617F mutation was detected with a VAF of 32%.", [("jak2", MUT, P, "V617F")]),
    ("HER2 was equivocal (2+) and not amplified by FISH.", [("erbb2", AMP, N, "")]),
    ("BCR-ABL1 fusion was absent.", [("bcr-abl1", REAR, N, "BCR-ABL1")]),
    ("Cytogenetics showed t(9;22)(q34;q11).", [("bcr-abl1", REAR, P, "t(9;22)(q34;q11)")]),
    ("Break-apart FISH for EWSR1 was positive in 45% of nuclei.", [("ewsr1", REAR, P, "45% of nuclei")]),
    ("Germline BRCA1 testing was negative.", [("brca1", MUT, N, "")]),
    ("MGMT promoter was methylated and IDH1 was wild type.", [("mgmt", METH, P, ""), ("idh1", MUT, N, "")]),
    ("H3 K27M mutant diffuse midline glioma.", [("h3-k27m", MUT, P, "K27M")]),
    ("No mutations in KIT or PDGFRA were found.", [("kit", MUT, N, ""), ("pdgfra", MUT, N, "")]),
    ("HPV 16 DNA was detected by PCR.", [("hpv-16", VIRUS, P, "")]),
    ("The tumor was microsatellite stable.", [("microsatellite-instability", INSTABLE, N, "")]),
    ("TERT promoter mutation C228T was identified.", [("tert", MUT, P, "C228T")]),
]

ROWS = [
    *(("fr", text, gold) for text, gold in FRENCH),
    *(("es", text, gold) for text, gold in SPANISH),
    *(("en", text, gold) for text, gold in ENGLISH),
]

SILENT = [
    # looked for, pending, a drug's target, other people, or a stain
    ("fr", "Une recherche de mutation EGFR a été demandée."),
    ("fr", "La mutation BRAF est en attente."),
    ("fr", "En attente du résultat de la mutation EGFR."),
    ("fr", "Les mutations de résistance (T790M) ont été recherchées dans le sang."),
    ("fr", "Traitement par un inhibiteur de l'EGFR."),
    ("fr", "Un dépistage est proposé aux porteuses de la mutation BRCA1."),
    ("fr", "Si une mutation de l'EGFR est présente, un traitement ciblé sera discuté."),
    ("fr", "Vaccination contre le papillomavirus HPV 16."),
    ("fr", "Immunohistochimie : IDH1 R132H positif, ATRX conservé."),
    ("fr", "HER2 3+, CD117 positif, p53 positif."),
    ("es", "Se solicita estudio de la mutación BRAF."),
    ("es", "Pacientes con mutación de EGFR."),
    ("en", "Testing for ALK was requested."),
    ("en", "The patient was treated with an EGFR inhibitor."),
    ("en", "EGFR mutation is common in patients who never smoked."),
]


def told_by(tell: Tell, language: str, text: str) -> Gold:
    """The molecular results of a text."""
    found = tell(text, language).of(AssertionType.MOLECULAR_RESULT)
    return [(a.concept.key, a.alteration.key, a.result, a.value) for a in found if a.concept and a.alteration]


@pytest.mark.parametrize(("language", "text", "gold"), ROWS)
def test_results(language: str, text: str, gold: Gold, tell: Tell) -> None:
    assert told_by(tell, language, text) == gold


@pytest.mark.parametrize(("language", "text"), SILENT)
def test_no_result(language: str, text: str, tell: Tell) -> None:
    assert told_by(tell, language, text) == []


@pytest.mark.parametrize(("language", "text", "gold"), ROWS)
def test_a_gene_is_no_stain(language: str, text: str, gold: Gold, tell: Tell) -> None:
    stains = {result[0] for result in tell(text, language).results()}
    assert stains <= {"erbb2", "mki67"}  # HER2 2+ beside its FISH, Ki-67


def test_a_denied_alteration_is_a_result_and_no_negated_statement(tell: Tell) -> None:
    (a,) = tell("Absence d'amplification de MDM2.").of(AssertionType.MOLECULAR_RESULT)
    assert a.result == N
    assert a.context.polarity is Polarity.AFFIRMED


def test_a_relative_keeps_his_gene(tell: Tell) -> None:
    (a,) = tell("Son père est porteur d'une mutation BRCA2.").of(AssertionType.MOLECULAR_RESULT)
    assert a.context.experiencer is Experiencer.FAMILY


def test_the_method_is_the_procedure_of_the_sentence(tell: Tell) -> None:
    told = tell("En FISH, le gène MDM2 est amplifié. Le CD34 est négatif.")
    (a,) = told.of(AssertionType.MOLECULAR_RESULT)
    (method,) = (p for p in told.of(AssertionType.PROCEDURE) if p.id == a.method)
    assert told.quote(method.mentions[0].span) == "FISH"


def test_a_stain_and_its_fish_are_two_results(tell: Tell) -> None:
    told = tell("HER2 2+, FISH négative.")
    assert told.results() == [("erbb2", E, "2+")]
    (a,) = told.of(AssertionType.MOLECULAR_RESULT)
    (stain,) = told.of(AssertionType.MARKER_RESULT)
    assert a.mentions == stain.mentions
    assert a.id != stain.id


def test_the_graph_has_the_gene_the_kind_and_the_method(tell: Tell) -> None:
    told = tell("FISH : amplification du gène MDM2.")
    (a,) = told.of(AssertionType.MOLECULAR_RESULT)
    kg = "<https://w3id.org/casekg/ontology#{}>".format
    pairs = {(p, o) for s, p, o in build(told.case) if s.endswith(f"#{a.id}>")}
    assert (kg("marker"), "<http://identifiers.org/hgnc/6973>") in pairs
    assert (kg("concept"), "<https://w3id.org/casekg/concept/gene-amplification>") in pairs
    assert (kg("result"), kg("Positive")) in pairs
    assert [o for p, o in pairs if p.endswith("#wasDerivedFrom>")] == [
        f"<https://w3id.org/casekg/case/{told.case.document.id}#{a.method}>"
    ]
