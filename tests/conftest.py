"""What the tests share: a cache of their own, the readers of the embedded lexicon, and short ways to read a text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings

from kg.model import Assertion, AssertionType, Case, Document, Span
from kg.pipeline import read_case, reader_for

# The same examples on every machine; the first one of a run also compiles the lexicon, so no deadline.
settings.register_profile("casekg", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("casekg")

Read = Callable[..., Case]


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The compiled lexicon is kept for one run of the tests, also for the processes that they start."""
    before = os.environ.get("CASEKG_CACHE")
    os.environ["CASEKG_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["CASEKG_CACHE"]
    else:
        os.environ["CASEKG_CACHE"] = before


@pytest.fixture(scope="session")
def read(_cache: None) -> Read:
    """A text as a case: ``read(text)`` in French, ``read(text, "es")``."""

    def read_text(text: str, language: str = "fr", id: str = "case") -> Case:
        return read_case(Document(id, language, text), reader_for(language))

    return read_text


class Told:
    """A case in the words of its text and the slugs of its concepts, as the tables of the tests write it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.text = case.document.text
        self._by_id = {a.id: a for a in case.assertions}

    def quote(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def of(self, *types: AssertionType) -> list[Assertion]:
        return [a for a in self.case.assertions if a.type in types]

    def key(self, id: str) -> str:
        """The concept of the assertion ``id``."""
        concept = self._by_id[id].concept
        return concept.key if concept else ""

    def mentions(self) -> list[tuple[str, str]]:
        """(words, concept) of every mention."""
        return [(self.quote(g.mention.span), g.concept.key if g.concept else "") for g in self.case.groundings]

    def results(self) -> list[tuple[str, str, str]]:
        """(marker, result, value) of every marker result."""
        return [(self.key(a.id), a.result, a.value) for a in self.of(AssertionType.MARKER_RESULT)]

    def statuses(self) -> list[tuple[str, str]]:
        """(drug, status) of every treatment."""
        return [(self.key(a.id), a.status) for a in self.of(AssertionType.TREATMENT)]

    def diagnoses(self) -> list[tuple[str, str]]:
        """(diagnosis, lifecycle), in the order of the text."""
        return [(self.key(a.id), a.lifecycle.value if a.lifecycle else "") for a in self.of(AssertionType.DIAGNOSIS)]

    def revisions(self) -> list[tuple[str, str, str]]:
        """(earlier, later, kind) of every revision."""
        return [(self.key(r.earlier), self.key(r.later), r.kind.value) for r in self.case.revisions]

    def sizes(self) -> list[tuple[tuple[Decimal, ...], str, str, str]]:
        """(values, unit, form, what it measures) of every size."""
        found = [(m.measure, self.key(m.measures) if m.measures else "") for m in self.case.measurements]
        return [(m.values, m.unit, m.form, owner) for m, owner in found]

    def codes(self) -> list[str]:
        """Codes of the findings about the text."""
        return [f.code for f in self.case.findings]


Tell = Callable[..., Told]


@pytest.fixture(scope="session")
def tell(read: Read) -> Tell:
    """A text, read, as the tables of the tests write it: ``tell(text).results()``."""

    def tell_text(text: str, language: str = "fr") -> Told:
        return Told(read(text, language))

    return tell_text
