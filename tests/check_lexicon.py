"""Holds lexicon tables against the rules and the publishers' labels: `python tests/check_lexicon.py TABLE.tsv…`.

Every check takes rows and returns one line a problem, with file and line; none raises. Identifiers are checked only
where the publishers' files are present (see sources.py).
"""
from __future__ import annotations

import collections
import itertools
import pathlib
import re
import sys
from collections.abc import Iterable, Iterator

import networkx

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from sources import TERMS, fold, labels  # noqa: E402

from kg.errors import TableError  # noqa: E402
from kg.reading.compilation import SHORT_ACCENTED  # noqa: E402
from kg.reading.tables import load_language, read_rows  # noqa: E402
from kg.reading.text import accents, key_of  # noqa: E402
from kg.terms.entries import LANGUAGES, Entry, Surface, read_contexts, read_table  # noqa: E402
from kg.terms.lexicon import concept_of  # noqa: E402

LEXICON = HERE.parent / "ontologies" / "lexicon"
ALLOWED = HERE / "allowed-ambiguities.tsv"
CHECKED = ("MONDO", "NCIT", "DOID", "UBERON", "HP", "HGNC", "DrugBank", "ATC")
_JOINING = frozenset({"et", "y", "e", "and", "plus", "mas", "avec", "con", "with"})


def _where(entry: Entry) -> str:
    return f"{entry.file}.tsv:{entry.line} {entry.id}"


def form_of(surface: Surface) -> str:
    """What a surface looks like to the reader: an acronym in its own letters, else stems; short words keep accents."""
    if surface.abbreviation:
        return re.sub(r"[\W_]+", "", surface.text)
    key = key_of(surface.text, load_language(surface.language))
    return key + accents(surface.text) if " " not in key and len(surface.text) <= SHORT_ACCENTED else key


def incomplete(entries: Iterable[Entry]) -> Iterator[str]:
    """Ids that stand twice, parents that are no row, rows without a name in one of the languages."""
    entries = list(entries)
    ids = collections.Counter(e.id for e in entries)
    for entry in entries:
        if ids[entry.id] > 1:
            yield f"{_where(entry)}: the id stands {ids[entry.id]} times"
        yield from (f"{_where(entry)}: parent {p} is not a row" for p in entry.parents if p not in ids)
        named = {s.language for s in entry.surfaces}
        yield from (f"{_where(entry)}: no name in {code}" for code in LANGUAGES if code not in named)


def unreachable(entries: Iterable[Entry]) -> Iterator[str]:
    """Surfaces that fold to nothing but articles, which the reader leaves out (an acronym such as DES)."""
    for entry in entries:
        for surface in entry.surfaces:
            if not key_of(surface.text, load_language(surface.language)):
                yield f"{_where(entry)}: {surface.text!r} ({surface.language}) can never be found"


def misplaced(entries: Iterable[Entry]) -> Iterator[str]:
    """Circles of parents, and tumours that do not descend from ``neoplasm``."""
    entries = list(entries)
    graph = networkx.DiGraph([(e.id, p) for e in entries for p in e.parents])
    yield from (f"parents go round in a circle: {' > '.join(circle)}" for circle in networkx.simple_cycles(graph))
    tumours = networkx.ancestors(graph, "neoplasm") if "neoplasm" in graph else set()
    for entry in entries:
        if entry.table == "morphologies" and entry.type == "tumour" and entry.id not in tumours | {"neoplasm"}:
            yield f"{_where(entry)}: a tumour that does not descend from neoplasm"


def allowed_pairs(path: pathlib.Path = ALLOWED) -> dict[frozenset[str], str]:
    """Pairs of ids that may share surfaces without a context rule, and why."""
    return {frozenset((first, second)): reason for (first, second, reason), _ in read_rows(path, 3)}


def ambiguous(entries: Iterable[Entry], allowed: Iterable[frozenset[str]]) -> Iterator[str]:
    """Surfaces that two rows claim in the same context, unless the pair is allowed; allowed pairs that share none."""
    owners: dict[tuple[str, str, str], dict[str, tuple[Entry, Surface]]] = collections.defaultdict(dict)
    for entry in entries:
        for surface in entry.surfaces:
            owners[surface.language, form_of(surface), surface.context].setdefault(entry.id, (entry, surface))
    unused = set(allowed)
    permitted = frozenset(unused)
    for (language, _, context), rows in owners.items():
        for (one, surface), (other, _) in itertools.combinations(rows.values(), 2):
            pair = frozenset((one.id, other.id))
            unused.discard(pair)
            if pair not in permitted or one.table == other.table:
                rule = f" in context {context}" if context else ""
                yield f"{_where(other)}: {surface.text!r} ({language}{rule}) also belongs to {_where(one)}"
    yield from (f"{ALLOWED.name}: {' and '.join(sorted(pair))} share no surface" for pair in sorted(unused, key=sorted))


def shared_identities(entries: Iterable[Entry]) -> Iterator[str]:
    """Rows that would be one concept in the graph because they take the same IRI."""
    owners: dict[str, Entry] = {}
    for entry in entries:
        first = owners.setdefault(concept_of(entry).iri, entry)
        if first is not entry:
            yield f"{_where(entry)}: has the same identity as {_where(first)}: {concept_of(entry).iri}"


def _joins(words: list[str], names: set[str]) -> bool:
    """Whether words are two or more names one after the other, parted by words of joining."""
    counts = {0: 0}
    for end in range(1, len(words) + 1):
        before = [counts[start] + 1 for start in range(end) if start in counts and " ".join(words[start:end]) in names]
        before += [counts[end - 1]] if words[end - 1] in _JOINING and end - 1 in counts else []
        if before:
            counts[end] = max(before)
    return counts.get(len(words), 0) > 1


def joined_ingredients(entries: Iterable[Entry]) -> Iterator[str]:
    """Regimen surfaces that only list other drugs: the reader reads each of them by itself."""
    drugs = [e for e in entries if e.table == "drugs" and e.type != "generic"]
    names = {e.id: {fold(s.text) for s in e.surfaces} for e in drugs}
    counted = collections.Counter(name for own in names.values() for name in own)
    for entry in drugs:
        if entry.type == "regimen":
            others = {name for name, n in counted.items() if n > (name in names[entry.id])}
            for surface in entry.surfaces:
                if _joins(fold(surface.text).split(), others):
                    yield f"{_where(entry)}: {surface.text!r} only joins the names of its ingredients"


def contexts_wrong(entries: Iterable[Entry], paths: Iterable[pathlib.Path]) -> Iterator[str]:
    """Context rules that are used but not there, there but not used, or there twice."""
    rules = [rule.name for path in paths for rule in read_contexts(path)]
    used = set()
    for entry in entries:
        for surface in entry.surfaces:
            used.add(surface.context)
            if surface.context and surface.context not in rules:
                yield f"{_where(entry)}: context {surface.context} of {surface.text!r} is not a row of contexts-*.tsv"
    yield from (f"contexts: {n} stands {k} times" for n, k in collections.Counter(rules).items() if k > 1)
    yield from (f"contexts: {name} is never used" for name in sorted(set(rules) - used))


def _bag(name: str) -> str:
    return " ".join(sorted(name.split()))


def codes_wrong(entries: Iterable[Entry], known: dict[str, set[str]]) -> Iterator[str]:
    """Identifiers and ICD-O codes whose names in the source are not among the row's own surfaces."""
    histologies = collections.defaultdict(list)
    for curie in known:
        if curie.startswith("ICDO:"):
            histologies[curie[5:9]].append(curie)
    for entry in entries:
        own = {_bag(fold(s.text)) for s in entry.surfaces}
        for xref in entry.xrefs:
            if problem := _xref_wrong(entry, xref, own, known):
                yield f"{_where(entry)}: {problem}"
        if problem := _icdo_wrong(entry, own, known, histologies):
            yield f"{_where(entry)}: {problem}"


def _xref_wrong(entry: Entry, xref: str, own: set[str], known: dict[str, set[str]]) -> str:
    curie, note = xref.lstrip("~"), dict(entry.note)
    prefix = curie.split(":")[0]
    if prefix not in CHECKED:
        return ""
    names = known.get(curie)
    if names is None:
        return "" if "looked-up" in note else f"{curie} is not in the source (note looked-up=WHERE if found elsewhere)"
    if prefix == "HGNC" and note.get("gene"):
        return "" if fold(note["gene"]) in names else f"{curie} is {sorted(names)[:3]}, not gene={note['gene']}"
    if xref.startswith("~") or any(_bag(name) in own for name in names):
        return ""
    return f"{curie} is called {sorted(names)[:4]} there; none of them is among our surfaces"


def _icdo_wrong(entry: Entry, own: set[str], known: dict[str, set[str]], histologies: dict[str, list[str]]) -> str:
    code = entry.icdo
    if not code or "icdo" in dict(entry.note):
        return ""
    if code.startswith("C"):
        return "" if "ICDOT:" + code in known else f"topography {code} is not in the source"
    near = histologies.get(code[:4])
    if not near:
        return f"histology {code[:4]} is in no table (leave it out, or note icdo=SOURCE if looked up)"
    if any(_bag(name) in own for curie in near for name in known[curie]):
        return ""
    names = sorted({name for curie in near for name in known[curie]}, key=len)[:6]
    return f"{code} is called {names} there (note icdo=synonym when our row is one of its kinds)"


def structure_wrong(entries: list[Entry], contexts: Iterable[pathlib.Path]) -> list[str]:
    """All problems that the tables show by themselves, without the publishers' files."""
    return [*incomplete(entries), *unreachable(entries), *misplaced(entries), *ambiguous(entries, allowed_pairs()),
            *shared_identities(entries), *joined_ingredients(entries), *contexts_wrong(entries, contexts)]


def read_tables(paths: Iterable[pathlib.Path]) -> tuple[list[Entry], list[str]]:
    """The rows of the tables that are well-formed, and what is wrong with the first row of each other one."""
    entries: list[Entry] = []
    problems: list[str] = []
    for path in paths:
        try:
            entries += read_table(path)
        except TableError as error:
            problems.append(str(error))
    return entries, problems


def main() -> None:
    paths = [pathlib.Path(name) for name in sys.argv[1:]] or sorted(LEXICON.glob("*.tsv"))
    contexts = [p for p in paths if p.name.startswith("contexts")]
    entries, problems = read_tables(p for p in paths if p not in contexts)
    problems += structure_wrong(entries, contexts or sorted(LEXICON.glob("contexts*.tsv")))
    problems += codes_wrong(entries, labels()) if TERMS.is_dir() else ["identifiers not checked: no publishers' files"]
    print("\n".join(problems))
    print(f"{len(entries)} rows, {len(problems)} problems; surfaces "
          + ", ".join(f"{code} {sum(s.language == code for e in entries for s in e.surfaces)}" for code in LANGUAGES)
          + f"; without xrefs {sum(not e.xrefs for e in entries)}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
