"""Is a damaged text mended before it is read, and does every span lead back to the original?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.model import Span
from kg.reading.explain import explain
from kg.reading.mending import mend

if TYPE_CHECKING:
    from conftest import Read, Tell

MENDED = [
    ("un adénocar-\ncinome", "un adénocarcinome"),
    ("un adénocar-\r\n  cinome", "un adénocarcinome"),
    ("he\u0301patique", "hépatique"),
    ("carci\u00adnome ré\u200bnal", "carcinome rénal"),
    ("l’os et “oui”", 'l\'os et "oui"'),
    ("6  cm,\u00a0non", "6 cm, non"),
    ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
    ("fin  \n\nsuite", "fin\n\nsuite"),
    # a dash, a list, a number and a short prefix are no broken words
    ("- un\n- deux", "- un\n- deux"),
    ("CD-\n34", "CD-\n34"),
    ("avant -\naprès", "avant -\naprès"),
]


@pytest.mark.parametrize(("text", "meant"), MENDED)
def test_mend(text: str, meant: str) -> None:
    assert mend(text).text == meant
    assert mend(meant).text == meant


def test_a_clean_text_is_left_alone() -> None:
    mended = mend("Masse rénale de 3 cm.\nPas de fièvre.")
    assert mended.starts is None
    assert mended.original(Span(3, 8)) == Span(3, 8)


def test_spans_lead_back_over_all_that_was_mended() -> None:
    text = "\ufeffUn  adénocar-\r\ncinome re\u0301\u00adnal."
    mended = mend(text)
    for word, original in (("Un", "Un"), ("adénocarcinome", "adénocar-\r\ncinome"), ("rénal", "re\u0301\u00adnal")):
        start = mended.text.index(word)
        span = mended.original(Span(start, start + len(word)))
        assert text[span.start : span.end] == original


def test_the_graph_quotes_the_original(tell: Tell) -> None:
    told = tell("Diagnostic :  un léiomyosar-\ncome  du rein.")
    assert ("léiomyosar-\ncome", "leiomyosarcoma") in told.mentions()


def test_explain_shows_what_was_mended_and_what_corrected(read: Read) -> None:
    case = read("Le diagnostic est un léiomyosar-\ncome. On donne de l'ifosfomide.")
    lines = [line for a in case.assertions for line in explain(case, a.id)]
    assert ("mended to", "«léiomyosarcome»") in lines
    assert any(name.startswith("candidate") and "one letter off" in said for name, said in lines)
