"""Who reads the texts? Our own stages (``local``), or EDS-NLP in the place of some of them (``eds``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.model import Span

if TYPE_CHECKING:
    from kg.pipeline import Reader
    from kg.reading.asked import Asked

ENGINES = ("local", "eds")


def check_engine(engine: str, language: str = "auto") -> str:
    """``engine`` itself; ``UsageError`` where there is none of that name, it isn't installed, or lacks the language."""
    if engine not in ENGINES:
        raise UsageError(f"--engine {engine}: there is no such engine; there are {', '.join(ENGINES)}")
    if engine == "eds":
        from kg.reading.eds import check_eds

        check_eds(language)
    return engine


def reader_of(
    language: str,
    lexicon: Path | None = None,
    model: Path | None = None,
    engine: str = "local",
    terms: tuple[str, ...] = (),
) -> Reader:
    """The reader of a language that an engine reads with; ``terms`` are installed terminologies that join."""
    from kg.pipeline import reader_for

    reader = reader_for(language, lexicon, model, terms)
    if engine == "eds":
        from kg.reading.eds import check_eds, second_opinion

        check_eds(language)
        return replace(reader, second=second_opinion)
    return reader


def span_reader(engine: str) -> Callable[[str, str, Iterable[Span]], tuple[Asked, ...]]:
    """What says which qualifiers hold at given spans of a text (text, language, spans)."""
    if engine == "eds":
        from kg.reading.eds import look_at as look_with_eds

        return look_with_eds
    from kg.reading.asked import look_at

    return look_at
