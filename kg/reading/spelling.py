"""Is a long unknown word a known one with a typing error? One letter off, never the first: ``Ifosfomide``."""

from __future__ import annotations

from kg.reading.compilation import LONG_TYPO
from kg.reading.vocabulary import Vocabulary


def corrected(stem: str, vocabulary: Vocabulary) -> str:
    """The one known stem that ``stem`` is a typing error of (one letter off, same first letter), else ``stem``."""
    done = vocabulary.corrections.get(stem)
    if done is not None:
        return done
    typos, found = vocabulary.typos, set(vocabulary.typos.get(stem, "").split())
    doubled: set[str] = set()
    for i in range(1, len(stem)):
        shorter = stem[:i] + stem[i + 1 :]
        if shorter in vocabulary.known and len(shorter) >= LONG_TYPO - 1:
            doubled.add(shorter)
        found.update(t for t in typos.get(shorter, "").split() if _is_one_off(stem, t))
    found = found or doubled  # names of the text's own language before those of any
    result = found.pop() if len(found) == 1 and stem not in vocabulary.language.real else stem
    vocabulary.corrections[stem] = result
    return result


def _is_one_off(a: str, b: str) -> bool:
    """True where equally long words differ in one letter or in two neighbours that changed places."""
    if len(a) != len(b):
        return False
    diff = [i for i in range(len(a)) if a[i] != b[i]]
    if len(diff) == 1:
        return True
    return len(diff) == 2 and diff[1] == diff[0] + 1 and a[diff[0]] == b[diff[1]] and a[diff[1]] == b[diff[0]]
