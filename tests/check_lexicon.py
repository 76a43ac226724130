"""Holds lexicon tables against the rules and the publishers' labels: `python tests/check_lexicon.py TABLE.tsv…`."""
from __future__ import annotations

import collections
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from kg.errors import TableError  # noqa: E402
from kg.terms.lexicon import Entry, read_table  # noqa: E402
from sources import fold  # noqa: E402

CHECKED = ("MONDO", "NCIT", "DOID", "UBERON", "HP", "HGNC", "DrugBank", "ATC")


def codes_wrong(entries: list[Entry], known: dict[str, set[str]]) -> list[str]:
    """Every identifier whose label in the source is not among the row's own surfaces."""
    wrong = []
    for entry in entries:
        own = {fold(s.text) for s in entry.surfaces}
        bags = {" ".join(sorted(name.split())) for name in own}
        note = dict(entry.note)

        def agrees(curie: str, bags: set[str] = bags) -> bool:
            return any(" ".join(sorted(name.split())) in bags for name in known.get(curie, ()))

        for xref in entry.xrefs:
            curie = xref.lstrip("~")
            prefix = curie.split(":")[0]
            if prefix not in CHECKED:
                continue
            if curie not in known:
                if "looked-up" not in note:
                    wrong.append(f"{entry.file}:{entry.line} {entry.id}: {curie} is not in the source (note looked-up=WHERE if found elsewhere)")
            elif not xref.startswith("~") and not agrees(curie) and not (prefix == "HGNC" and note.get("gene")):
                wrong.append(f"{entry.file}:{entry.line} {entry.id}: {curie} is called {sorted(known[curie])[:4]} there; none of them is among our surfaces")
            if prefix == "HGNC" and note.get("gene") and fold(note["gene"]) not in known.get(curie, ()):
                wrong.append(f"{entry.file}:{entry.line} {entry.id}: {curie} is {sorted(known.get(curie, ()))[:3]}, not gene={note['gene']}")
        if re.match(r"\d{4}/", entry.icdo):
            histology = entry.icdo[:4]
            near = [c for c in known if c.startswith(f"ICDO:{histology}/")]
            if agrees("ICDO:" + entry.icdo) or "icdo" in note:
                continue
            if not near:
                wrong.append(f"{entry.file}:{entry.line} {entry.id}: histology {histology} is in none of the tables (note icdo=SOURCE if in ICD-O-3.2)")
            elif not any(agrees(c) for c in near):
                names = sorted({n for c in near for n in known[c]}, key=len)[:6]
                wrong.append(f"{entry.file}:{entry.line} {entry.id}: {entry.icdo} is called {names} there (note icdo=synonym when our row is one of its kinds)")
        elif entry.icdo and "ICDOT:" + entry.icdo not in known:
            wrong.append(f"{entry.file}:{entry.line} {entry.id}: topography {entry.icdo} is not in the source")
    return wrong


def structure_wrong(entries: list[Entry]) -> list[str]:
    """Duplicate ids, surfaces that two concepts claim without a context rule, unknown parents."""
    wrong, ids = [], collections.Counter(e.id for e in entries)
    wrong += [f"id {i} stands {n} times" for i, n in ids.items() if n > 1]
    owners: dict[tuple[str, str, str], list[Entry]] = collections.defaultdict(list)
    for entry in entries:
        for surface in {(s.language, s.text if s.abbreviation else fold(s.text), s.context) for s in entry.surfaces}:
            owners[surface].append(entry)
        wrong += [f"{entry.file}:{entry.line} {entry.id}: parent {p} is not a row" for p in entry.parents if p not in ids]
    for (language, text, context), rows in owners.items():
        if len({r.id for r in rows}) > 1:
            wrong.append(f"surface {text!r} ({language}, context {context or 'none'}) is claimed by {', '.join(sorted({f'{r.file}/{r.id}' for r in rows}))}")
    return wrong


def main() -> None:
    from sources import labels
    entries: list[Entry] = []
    for name in sys.argv[1:]:
        try:
            entries += read_table(pathlib.Path(name))
        except TableError as error:
            print(error)
    problems = structure_wrong(entries) + codes_wrong(entries, labels())
    print("\n".join(problems))
    print(f"{len(entries)} rows, {len(problems)} problems; surfaces "
          + ", ".join(f"{lang} {sum(s.language == lang for e in entries for s in e.surfaces)}" for lang in ("en", "fr", "es"))
          + f"; without xrefs {sum(not e.xrefs for e in entries)}")


if __name__ == "__main__":
    main()
