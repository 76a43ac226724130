"""Where a language codes words, do those that its cases code carry their code, and only those?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kg
from kg.errors import TableError
from kg.reading.codedwordrules import coded_word_rules
from kg.reading.tables import load_language

if TYPE_CHECKING:
    from conftest import Read

SPANISH = [
    # words for any tumour or metastasis, wherever they stand
    ("Masa de aspecto tumoral.", [("tumoral", "8000/1")]),
    ("Se confirma afectación metastásica.", [("metastásica", "8000/6")]),
    ("Lesión sospechosa de malignidad.", [("malignidad", "8000/3")]),
    ("Abundantes células tumorales malignas.", [("células tumorales malignas", "8001/3")]),
    ("Marcadores tumorales normales.", []),
    ("Presentada en el comité de tumores.", []),
    ("Masa, nódulos, adenopatías y lesiones estables.", []),
    # an organ makes a metastasis of some of them
    ("Múltiples lesiones hepáticas.", [("lesiones hepáticas", "8000/6")]),
    ("Progresión a nivel pulmonar.", [("Progresión a nivel pulmonar", "8000/6")]),
    ("Cáncer de colon. Nódulo pulmonar.", [("Cáncer", "8000/3"), ("Nódulo pulmonar", "8000/6")]),
    ("Cáncer de pulmón. Nódulo pulmonar.", [("Cáncer", "8000/3")]),
    ("Lesión renal.", []),
    ("Progresión radiológica a nivel óseo.", [("Progresión radiológica a nivel óseo", "8000/6")]),
    ("Adenopatías axilares y supraclaviculares.", [("Adenopatías axilares y supraclaviculares", "8000/6")]),
    # a name without its organ
    ("Adenocarcinoma de colon.", [("Adenocarcinoma", "8140/3")]),
    ("Carcinoma medular de tiroides.", [("Carcinoma medular", "8510/3")]),
    ("Tumor del estroma gastrointestinal.", [("Tumor del estroma gastrointestinal", "8936/3")]),
    ("Carcinoma renal de células claras.", [("Carcinoma renal de células claras", "8310/3")]),
    ("Adenocarcinoma gástrico.", [("Adenocarcinoma", "8140/3")]),
    ("Carcinoma de mama triple negativo.", [("Carcinoma", "8010/3")]),
    ("Angiomas atípicos.", [("Angiomas", "9120/0")]),
    ("Comité de sarcomas.", []),
    # with its grade, even behind the organ or the acronym
    ("Adenocarcinoma bien diferenciado.", [("Adenocarcinoma bien diferenciado", "8140/31")]),
    ("Adenocarcinoma de colon, grado 3.", [("Adenocarcinoma de colon, grado 3", "8140/33")]),
    ("Carcinoma ductal infiltrante (CDI) grado II.", [("Carcinoma ductal infiltrante (CDI) grado II", "8500/32")]),
    ("Carcinoma lobulillar grado 2 de Nottingham.", [("Carcinoma lobulillar grado 2 de Nottingham", "8520/32")]),
    ("Adenocarcinoma de próstata (Gleason 3+4).", [("Adenocarcinoma de próstata (Gleason 3+4)", "8140/32")]),
    ("Carcinoma escamoso grado 2, infiltrante.", [("Carcinoma escamoso grado 2, infiltrante", "8070/32")]),
    ("Linfoma indiferenciado.", [("Linfoma", "9590/3")]),
    ("Adenocarcinoma poco diferenciado de páncreas.", [("Adenocarcinoma poco diferenciado", "8140/33")]),
    # a pattern is no organ
    (
        "Adenocarcinoma gástrico poco diferenciado de tipo intestinal.",
        [("Adenocarcinoma gástrico poco diferenciado de tipo intestinal", "8144/33")],
    ),
    ("Adenocarcinoma intestinal.", [("Adenocarcinoma", "8140/3")]),
    # with what makes it a metastasis
    ("Melanoma metastásico.", [("Melanoma metastásico", "8720/6")]),
    ("Metástasis hepática de un melanoma.", [("Metástasis hepática de un melanoma", "8720/6")]),
    ("Metástasis de carcinoma lobulillar.", [("Metástasis de carcinoma lobulillar", "8520/6")]),
    ("Melanoma con metástasis.", [("Melanoma con metástasis", "8720/6")]),
    ("Melanoma estadio IV por metástasis.", [("Melanoma estadio IV por metástasis", "8720/6")]),
    ("Carcinoma de colon diseminado.", [("Carcinoma de colon diseminado", "8010/6")]),
    ("Se aprecian focos diseminados.", []),
    ("Carcinoma compatible con metástasis.", [("Carcinoma compatible con metástasis", "8010/6")]),
    # … but one that is a metastasis already takes no more of them
    (
        "Melanoma metastásico con afectación pulmonar.",
        [("Melanoma metastásico", "8720/6"), ("afectación pulmonar", "8000/6")],
    ),
    ("Melanoma. Sin metástasis.", [("Melanoma", "8720/3"), ("metástasis", "8000/6")]),
    ("Melanoma, sin metástasis.", [("Melanoma", "8720/3"), ("metástasis", "8000/6")]),
    ("Adenocarcinoma metastásico.", [("Adenocarcinoma metastásico", "8140/6")]),
    ("Metástasis de carcinoma de mama.", [("Metástasis de carcinoma", "8010/6")]),
    # with a component that tells its histology
    (
        "Adenocarcinoma de colon con células en anillo de sello.",
        [("Adenocarcinoma de colon con células en anillo de sello", "8490/3")],
    ),
    # TNM
    ("Estadio pT2N1M0.", [("pT2N1M0", "8000/6")]),
    ("Estadio pT2 N1 M1b.", [("M1b", "8000/6")]),
    ("Melanoma pT2 N1 M1.", [("Melanoma pT2 N1 M1", "8720/6")]),
    ("Melanoma estadio IV (pT2N1M1).", [("Melanoma estadio IV (pT2N1M1)", "8720/6")]),
    ("Melanoma M0.", [("Melanoma", "8720/3"), ("M0", "8000/6")]),
]


@pytest.mark.parametrize(("text", "coded"), SPANISH)
def test_spanish_words_are_coded(text: str, coded: list[tuple[str, str]], read: Read) -> None:
    told = read(text, "es").groundings
    assert [(text[g.mention.span.start : g.mention.span.end], g.morphology) for g in told if g.morphology] == coded


def test_coded_words_mean_what_they_say_or_the_name_that_they_are_part_of(read: Read) -> None:
    case = read("Adenocarcinoma de pulmón. Progresión hepática.", "es")
    meant = {g.mention.span: g.concept.key for g in case.groundings if g.morphology and g.concept}
    assert list(meant.values()) == ["adenocarcinoma", "progression"]
    assert "lung-adenocarcinoma" in {a.concept.key for a in case.assertions if a.concept}


def test_coded_words_are_mentions_of_the_graph(read: Read) -> None:
    graph = list(kg.build(read("Afectación metastásica.", "es", id="x")))
    coded = [s for s, p, o in graph if p.endswith("#morphology>") and "#char=" in s]
    assert [s.partition("#")[2] for s in coded] == ["char=11,22>"]
    assert (coded[0], "kind") in {(s, p.rpartition("#")[2].rstrip(">")) for s, p, _ in graph}


@pytest.mark.parametrize(
    "row", ["colour\t8000/1\ttumor", "sited\t8000/6\tlesión", "word\t8000/1\ttumor\thepático", "word\t8000/1\ta\tb\tc"]
)
def test_a_wrong_row_is_named(row: str, tmp_path: Path) -> None:
    (tmp_path / "codedwords.tsv").write_text(f"word\t8000/1\ttumor\n{row}\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"codedwords\.tsv:2: "):
        coded_word_rules(replace(load_language("es"), folder=tmp_path))
