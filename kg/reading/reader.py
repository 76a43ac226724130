"""What does reading one language need? Its tables, its vocabulary, and what a user adds to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.learning.model import Model
from kg.learning.modelfile import read_model
from kg.reading.observed import Noted
from kg.reading.tables import Language, load_language
from kg.reading.terminologies import join
from kg.reading.text import Words
from kg.reading.vocabulary import Vocabulary, load_vocabulary
from kg.terms.joined import Terminologies


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading one language needs: its tables and its vocabulary. Made once, used for any number of texts.

    ``second`` may change what was found: another reader's opinion (see ``kg.corpus.engines``).
    """

    language: Language
    vocabulary: Vocabulary
    model: Model | None = None
    second: Callable[[Words, Vocabulary, Noted], Noted] | None = None
    terminologies: Terminologies | None = None


@cache
def reader_for(
    language: str, lexicon: Path | None = None, model: Path | None = None, terms: tuple[str, ...] = ()
) -> Reader:
    """The reader of a language; the first call compiles the lexicon, later ones are free.

    ``terms`` are names of installed terminologies that join the lexicon; ``UsageError`` for one that is not installed.
    """
    tables = load_language(language)
    vocabulary, trained = load_vocabulary(tables, lexicon), read_model(model, language) if model else None
    if not terms:
        return Reader(tables, vocabulary, trained)
    joined, terminologies = join(vocabulary, terms)
    return Reader(tables, joined, trained, terminologies=terminologies)
