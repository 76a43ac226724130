"""Which concepts may a text mean, and why? Candidates from the lexicon and any compiled terminologies, best first.

Three ways are tried, each only where the one before found nothing: the name itself in its normal form, its
language-neutral stems, the names nearest to them. A score starts from the way: exact 1, variant 0.95, cognate 0.9,
abbreviation 0.75, fuzzy 0.85 × likeness. It is multiplied by 0.99 for a name that is not the preferred label, 0.7 for
one of another scope than exact, 0.9 for one of another language than the text, 0.8 for an acronym in other letters,
0.95 for one of an obsolete term that was replaced, 0.5 where nothing in the terminology replaces it.
Numbers and units are never looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.errors import UsageError
from kg.model import Kind
from kg.reading.text import accents
from kg.terms.compiling import SAME
from kg.terms.found import Found
from kg.terms.index import Index, Place
from kg.terms.installed import open_terminologies
from kg.terms.merge import merge
from kg.terms.names import (
    cognate_languages,
    form_of,
    is_acronym,
    is_quantity,
    reading_languages,
    tables_of,
    tokens_of,
)
from kg.terms.neighbours import nearest
from kg.terms.term import Mapping, Name, Term

SCORES = {"exact": 1.0, "variant": 0.95, "cognate": 0.9, "fuzzy": 0.85, "abbreviation": 0.75}
SYNONYM, SCOPED, FOREIGN, RECASED, REPLACED, OBSOLETE = 0.99, 0.7, 0.9, 0.8, 0.95, 0.5
SHORT_ACCENTED = 5
"""Single words up to this length must agree in their accents, as in reading (``côte`` is not ``côté``)."""
LONG_STEM = 4
"""Letters of a stem that counts where the names of two languages are compared."""
PIVOTS = ("en", "la")
"""Languages of names that are looked for in texts of any language."""
REPLACEMENT = "IAO:0100001"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text, the language that it is in (``""`` where unknown), and the kind that is wanted (``""`` for any)."""

    text: str
    language: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Match:
    """A name that matched, with why and how well."""

    place: Place
    name: Name
    term: Term
    score: float
    why: str


def _language(name: Name) -> str:
    return name.language.partition("-")[0]


def _named(index: Index, asked: _Asked) -> Iterator[_Match]:
    """Names with the normal form of the text, each by the rules of its own language."""
    codes: dict[str, list[str]] = {}
    for code in index.rules:
        codes.setdefault(form_of(asked.text, code), []).append(code)
    for form, readings in codes.items():
        for place in index.named(form) if form else ():
            term = index.term_at(place[0])
            name = term.names[place[1]]
            if tables_of(name.language).code not in readings:
                continue
            if found := _same(asked.text, name.text):
                score, why = found
                if asked.language and _language(name) != asked.language:
                    score *= FOREIGN
                yield _Match(place, name, term, score, why)


def _same(text: str, name: str) -> tuple[float, str] | None:
    """How a name of the same normal form matches a text; None where short words differ in their accents."""
    if is_acronym(name):
        written = text == name or text in (f"{name}s", f"{name}S")
        return SCORES["abbreviation"] * (1.0 if written else RECASED), "abbreviation"
    if _plain(text) == _plain(name):
        return SCORES["exact"], "exact"
    if len(name) <= SHORT_ACCENTED and (marks := accents(text)) and marks != accents(name):
        return None
    return SCORES["variant"], "variant"


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text.strip()).casefold()


def _keys(asked: _Asked) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text's stems by the table of its language, or of each language where it is unknown, once."""
    seen = set()
    for code in [asked.language] if asked.language else cognate_languages():
        stems = tokens_of(asked.text, code)
        if stems and stems not in seen:
            seen.add(stems)
            yield code, stems


def _alike(index: Index, asked: _Asked) -> Iterator[_Match]:
    """Names with all the stems of the text and no others: in its own language, only the order or endings differ."""
    for code, stems in _keys(asked):
        for place in index.alike(" ".join(stems)):
            term = index.term_at(place[0])
            name = term.names[place[1]]
            yield _Match(place, name, term, SCORES["cognate"], "variant" if _language(name) == code else "cognate")


def _near(index: Index, asked: _Asked) -> Iterator[_Match]:
    """Names with most of the stems of the text."""
    for _, stems in _keys(asked):
        for likeness, places in nearest(index, stems):
            for place in places:
                term = index.term_at(place[0])
                yield _Match(place, term.names[place[1]], term, SCORES["fuzzy"] * likeness, "fuzzy")


def _current(index: Index, term: Term) -> list[Term]:
    """The terms that an obsolete one gave way to, none where nothing in the index replaces it."""
    found: dict[str, Term] = {}
    todo, seen = list(term.replaced_by), {term.curie}
    while todo:
        curie = todo.pop()
        other = None if curie in seen else index.term(curie)
        seen.add(curie)
        if other is not None and other.obsolete:
            todo += other.replaced_by
        elif other is not None:
            found[curie] = other
    return [found[curie] for curie in sorted(found)]


def _scoped(match: _Match) -> float:
    scope = match.name.scope
    return match.score * (1.0 if scope == "label" else SYNONYM if scope == "exact" else SCOPED)


def _found(index: Index, match: _Match) -> Iterator[Found]:
    """The candidates of a match: its term, or those that replace it."""
    score, name = _scoped(match), match.name

    def of(term: Term, score: float, xrefs: tuple[Mapping, ...], replaces: str, obsolete: bool) -> Found:
        return Found(term.curie, term.label, term.kind, round(score, 3), name.text, name.language, name.scope,
                     match.why, index.name, index.version, xrefs, replaces, obsolete)  # fmt: skip

    if not match.term.obsolete:
        yield of(match.term, score, match.term.mappings, "", False)
    elif current := _current(index, match.term):
        for term in current:
            yield of(term, score * REPLACED, term.mappings, match.term.curie, False)
    else:
        elsewhere = tuple(Mapping(curie, REPLACEMENT) for curie in match.term.replaced_by)
        yield of(match.term, score * OBSOLETE, (*match.term.mappings, *elsewhere), "", True)


def _best(index: Index, matches: Iterable[_Match], kind: str) -> list[Found]:
    """The best candidate of each term of the wanted kind, or of none that is known."""
    best: dict[str, Found] = {}
    for match in matches:
        for found in _found(index, match):
            old = best.get(found.curie)
            wanted = not kind or found.kind in (kind, "")
            if wanted and (old is None or (-found.score, found.term) < (-old.score, old.term)):
                best[found.curie] = found
    return list(best.values())


def _with_mapped(indexes: Sequence[Index], found: Sequence[Found]) -> list[Found]:
    """``found`` and the terms that mappings lead to, under a score of 0: they only count where ``merge`` joins them."""
    known = {f.curie for f in found}
    more: dict[str, Found] = {}
    for index in indexes:
        for one in found:
            here = [index.term(m.target) for m in one.xrefs if m.predicate in SAME and m.target not in known]
            for term in [*here, *map(index.term_at, index.mapped_to(one.curie))]:
                if term is not None and not term.obsolete and term.curie not in known:
                    more[term.curie] = Found(term.curie, term.label, term.kind, 0.0, "", "", "", "", index.name,
                                             index.version, term.mappings)  # fmt: skip
    return [*found, *more.values()]


@dataclass(frozen=True, slots=True)
class Named:
    """A name that has a language-neutral key, with its term; ``form`` is its normal form, ``""`` for a cognate."""

    index: Index
    place: Place
    name: Name
    term: Term
    form: str


def named_by(indexes: Iterable[Index], key: str, language: str) -> tuple[Named, ...]:
    """The preferred names and exact synonyms of a language-neutral key that a text in ``language`` may use.

    A single stem is too little to go by for a name of another language, and so are short ones; genes have no names
    but their symbols, and a term without a kind is no concept of ours.
    """
    several, found = _tells(key), []
    for index in indexes:
        for place in index.alike(key):
            term = index.term_at(place[0])
            name = term.names[place[1]]
            if name.scope in ("label", "exact") and term.kind:
                if _language(name) == language:
                    found.append(Named(index, place, name, term, form_of(name.text, language)))
                elif several and term.kind != Kind.MARKER and _language(name) in PIVOTS:
                    found.append(Named(index, place, name, term, ""))
    return tuple(found)


def _tells(key: str) -> bool:
    """Whether a key has two stems or more that are no short ones."""
    return sum(len(stem) >= LONG_STEM and stem.isalpha() for stem in key.split(" ")) > 1


def find_named(
    indexes: Sequence[Index], named: Sequence[Named], key: str, text: str, language: str
) -> tuple[Found, ...]:
    """The candidates of a text among names of its language-neutral key; terms of several terminologies are one."""
    form, several = form_of(text, language), _tells(key)
    found = [f for n in named for f in _best(n.index, _matching(n, form, text, several), "")]
    best: dict[str, Found] = {}
    for one in sorted(found, key=lambda f: -f.score):
        best.setdefault(one.curie, one)
    return tuple(f for f in merge(_with_mapped(indexes, list(best.values()))) if f.score) if best else ()


def _matching(n: Named, form: str, text: str, several: bool) -> Iterator[_Match]:
    if not n.form:
        yield _Match(n.place, n.name, n.term, SCORES["cognate"] * FOREIGN, "cognate")
    elif n.form == form:
        if same := _same(text, n.name.text):
            yield _Match(n.place, n.name, n.term, *same)
    elif several:
        yield _Match(n.place, n.name, n.term, SCORES["cognate"], "variant")


def found_of(indexes: Sequence[Index], curie: str) -> Found | None:
    """The term of a CURIE, as one candidate with what mappings make the same; None where no index has it."""
    for index in indexes:
        term = index.term(curie)
        if term is not None:
            one = Found(curie, term.label, term.kind, 1.0, "", "", "", "", index.name, index.version, term.mappings,
                        obsolete=term.obsolete)  # fmt: skip
            return next(f for f in merge(_with_mapped(indexes, [one])) if f.score)
    return None


def find_in(
    indexes: Sequence[Index], text: str, *, kind: Kind | None = None, language: str = "auto", limit: int = 10
) -> tuple[Found, ...]:
    """The candidates for ``text`` in some indexes, as ``find`` returns them."""
    if language != "auto" and language not in reading_languages() + cognate_languages():
        known = sorted({*reading_languages(), *cognate_languages()})
        raise UsageError(f"unknown language {language!r}: there are {', '.join(known)}, or auto")
    if is_quantity(text):
        return ()
    asked = _Asked(text, "" if language == "auto" else language, kind or "")
    for way in (_named, _alike, _near):
        found = [f for index in indexes for f in _best(index, way(index, asked), asked.kind)]
        if found:
            joined = merge(_with_mapped(indexes, found) if len(indexes) > 1 else found)
            return tuple(f for f in joined if f.score)[:limit]
    return ()


def find(
    text: str,
    *,
    kind: Kind | None = None,
    language: str = "auto",
    terminologies: Sequence[str] | None = None,
    limit: int = 10,
) -> tuple[Found, ...]:
    """The concepts that ``text`` may name, best first, at most ``limit``; none where nothing is near enough.

    ``kind`` keeps those of a kind (and terms whose terminology doesn't say). ``language`` is that of the text, or
    ``auto``. ``terminologies`` are names of installed ones, ``lexicon`` being the embedded; None means all. Scores
    run from 0 to 1; the lexicon wins ties. Raises ``UsageError`` for an unknown language or terminology.
    """
    return find_in(open_terminologies(terminologies), text, kind=kind, language=language, limit=limit)
