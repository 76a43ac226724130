"""Which words does a language code wherever they stand, and what belongs to them? The rows of ``codedwords.tsv``.

Rows are: role, value, forms parted by ``|``, and sites (roles ``sited`` and ``elsewhere``). Forms are compared as
stems; heads as they are written: ``nódulos subpleurales`` may name metastases where one of them doesn't.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.reading.tables import Language, forms
from kg.reading.text import fold, key_of

UNCODED = "-"
"""Instead of a code: words that are not coded (``marcadores tumorales``), nor any word in them."""
JOINED = "+"
"""Instead of a code: words that are coded only together with the tumour that they make a metastasis of."""
_ROLES = ("word", "sited", "elsewhere", "staged", "grade", "coded", "link", "after", "of", "with", "towards", "beside",
          "component", "including", "dropped", "pattern", "unspecific", "ungraded", "whole")  # fmt: skip

Phrases = dict[str, list[tuple[tuple[str, ...], str]]]
"""First stem → the other stems of a phrase and its value, the longest first."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rows of ``codedwords.tsv`` by role; phrases and words are stems."""

    words: Phrases
    """Words that are coded wherever they stand."""
    sited: dict[str, dict[str, str]]
    """Head as written → stems of a site → code of the two."""
    elsewhere: dict[tuple[str, str], frozenset[str]]
    """Head and site that are coded only where no tumour of the site is named → the stems that name it."""
    staged: dict[str, str]
    """Category of M → code of the TNM formula that ends with it."""
    grades: Phrases
    """Words of a grade → its digit."""
    coded: dict[str, str]
    """Key of a concept → its code in this language's cases."""
    link: frozenset[str]
    """Words between a head and its site."""
    after: frozenset[str]
    """Words that belong to a coded name where they follow it."""
    of: frozenset[str]
    """Words between a metastasis and the tumour that it is of, beside organs."""
    with_: frozenset[str]
    """Words that say that a tumour has metastases."""
    towards: frozenset[str]
    """Words between a tumour and those."""
    beside: frozenset[str]
    """Words between a tumour and its grade, beside organs and numbers."""
    pattern: frozenset[str]
    """Words before the name of a pattern that is no organ of the tumour (``de tipo intestinal``)."""
    unspecific: tuple[str, ...]
    """Beginnings of codes of names that are read word by word instead."""
    ungraded: tuple[str, ...]
    """Beginnings of codes that hold their grade."""
    components: frozenset[str]
    """Keys of concepts that tell the histology of the tumour before them."""
    including: frozenset[str]
    """Words between a tumour and those."""
    dropped: frozenset[str]
    """Words at the end of a name that are not coded with it."""
    whole: frozenset[str]
    """Keys of concepts whose names keep the organ in them."""


@cache
def coded_word_rules(language: Language) -> Rules | None:
    """The rules of a language, or None where names are coded, not words; ``TableError`` for a wrong row."""
    if not (language.folder / "codedwords.tsv").exists():
        return None
    rows: dict[str, list[tuple[str, str, str]]] = {role: [] for role in _ROLES}
    for (role, value, cell, sites), where in language.table("codedwords", 4):
        if role not in rows or (role in ("sited", "elsewhere")) != bool(sites):
            wanted = f"role ({', '.join(_ROLES)}), value, forms; and sites where it is sited"
            raise TableError(f"{where}: a row is: {wanted}")
        rows[role].append((value, cell, sites))
    valued = {role: [(form, value) for value, cell, _ in rows[role] for form in forms(cell)] for role in _ROLES}
    plain = {role: tuple(form for form, _ in valued[role]) for role in _ROLES}
    stems = {role: frozenset(key_of(form, language) for form in plain[role]) for role in _ROLES}
    return Rules(
        words=_phrases(valued["word"], language),
        sited=_sited([*rows["sited"], *rows["elsewhere"]], language),
        elsewhere=_elsewhere(rows["elsewhere"], language),
        staged={fold(form): code for form, code in valued["staged"]},
        grades=_phrases(valued["grade"], language),
        coded=dict(valued["coded"]),
        link=stems["link"], after=stems["after"], of=stems["of"], with_=stems["with"], towards=stems["towards"],
        beside=stems["beside"], components=frozenset(plain["component"]),
        including=stems["including"], dropped=stems["dropped"], pattern=stems["pattern"],
        unspecific=plain["unspecific"], ungraded=plain["ungraded"],
        whole=frozenset(plain["whole"]),
    )  # fmt: skip


def _phrases(forms_: Iterable[tuple[str, str]], language: Language) -> Phrases:
    found: Phrases = {}
    for form, value in forms_:
        first, *rest = key_of(form, language).split()
        found.setdefault(first, []).append((tuple(rest), value))
    return {first: sorted(ends, key=lambda end: -len(end[0])) for first, ends in found.items()}


def _sited(rows: Iterable[tuple[str, str, str]], language: Language) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code, heads, sites in rows:
        stems = {key_of(site, language): code for site in forms(sites)}
        for head in forms(heads):
            found.setdefault(fold(head), {}).update(stems)
    return found


def _elsewhere(rows: Iterable[tuple[str, str, str]], language: Language) -> dict[tuple[str, str], frozenset[str]]:
    found = {}
    for _, heads, sites in rows:
        stems = frozenset(key_of(site, language) for site in forms(sites))
        found.update({(fold(head), stem): stems for head in forms(heads) for stem in stems})
    return found
