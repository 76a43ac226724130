"""Which acronyms does the text itself define, and where does it use them?

``tumeur stromale gastro-intestinale (GIST)``, also after a few more words (``… urothélial de haut grade (CU)``);
``diagnostic d'HP`` or ``transformation en LPB`` where only one disease that the text names can be meant.
"""

from __future__ import annotations

import re

from kg.model import Kind, Mention, Span
from kg.reading.text import Words

_DEFINED = re.compile(r"\(\s*([A-ZÀ-Ý][A-Za-zÀ-ÿ0-9-]{1,7})\s*[);,:]")
_DIAGNOSED = re.compile(
    r"(?:iagn[oó]sti\w*\s+(?:d['’]\s?(?:un\s|une\s)?|de\s|of\s)|ransforma\w+\s+(?:en\s|to\s|into\s))([A-Z]{2,4})(?![\w-])"
)
MODIFIERS = 4
"""At most so many words stand between a name and its acronym."""


def _abbreviates(acronym: str, name: str) -> bool:
    """Whether all letters of the acronym stand in the name, its first one at the start of one of the name's words.

    Initials of its last words alone stand for those: ``carcinome infiltrant sans autre indication (SAI)``.
    """
    letters = [c for c in acronym.lower() if c.isalpha()]
    pool, starts = list(name), [word[0] for word in re.findall(r"\w+", name)]
    if len(letters) < 2 or letters[0] not in starts or letters in (starts[at:] for at in range(1, len(starts))):
        return False
    for letter in letters:
        if letter not in pool:
            return False
        pool.remove(letter)
    return True


def _initials(acronym: str, phrase: str) -> bool:
    """Whether the letters start words of a phrase in their order, the first one its first (``carcinome … langue``)."""
    heads = [word[0] for word in re.findall(r"\w+", phrase)]
    rest = iter(heads)
    return heads[:1] == [acronym[0].lower()] and all(c.lower() in rest for c in acronym if c.isalpha())


def _spells(letters: str, name: str) -> bool:
    """Whether the letters stand in the name in their order, the first one at its start (HP, hémangiopéricytome)."""
    rest = iter(name)
    return name.startswith(letters[0]) and all(letter in rest for letter in letters)


def _name(words: Words, mention: Mention) -> str:
    return words.folded[words.starts[mention.first] : words.ends[mention.last]]


def _before(words: Words, bracket: int) -> range:
    """Indexes of the words before a bracket in which a name may end, the last first; none beyond another mark."""
    first = bracket - 1
    while first > 0 and bracket - first <= MODIFIERS and words.forms[first].isalnum():
        first -= 1
    return range(bracket - 1, first, -1)


def defined_acronyms(words: Words, mentions: list[Mention]) -> dict[str, Mention]:
    """Acronym as written → the mention that it stands for."""
    found: dict[str, Mention] = {}
    ends: dict[int, Mention] | None = None
    for match in _DEFINED.finditer(words.text):
        if sum(c.isupper() for c in match[1]) < 2:
            continue
        if ends is None:
            ends = {m.last: m for m in mentions if m.kind in (Kind.DISEASE, Kind.DRUG, Kind.MARKER)}
        bracket = words.at(match.start())
        mention = next((ends[i] for i in _before(words, bracket) if i in ends), None)
        if mention is None:
            continue
        phrase = words.folded[words.starts[mention.first] : words.starts[bracket]]
        if _abbreviates(match[1], _name(words, mention)) or _initials(match[1], phrase):
            found.setdefault(match[1], mention)
    for match in _DIAGNOSED.finditer(words.text):
        meant = {m.key: m for m in mentions if m.kind is Kind.DISEASE and _spells(match[1].lower(), _name(words, m))}
        if len(meant) == 1 and not any(m.span.start == match.start(1) for m in mentions):
            found.setdefault(match[1], next(iter(meant.values())))
    return found


def with_uses(words: Words, defined: dict[str, Mention], mentions: list[Mention]) -> list[Mention]:
    """The mentions with every place where a defined acronym is used; there it hides what else it could name."""
    found = []
    for acronym, mention in sorted(defined.items()):
        for match in re.finditer(rf"(?<![\w-]){re.escape(acronym)}s?(?![\w-])", words.text):
            first, last = words.at(match.start()), words.at(match.end() - 1)
            found.append(Mention(Span(match.start(), match.end()), mention.key, mention.kind, first, last))
    taken = {i for m in found for i in range(m.first, m.last + 1)}
    kept = [m for m in mentions if m.kind is Kind.ANATOMY or taken.isdisjoint(range(m.first, m.last + 1))]
    return sorted([*kept, *found], key=lambda m: (m.first, m.last, m.kind))
