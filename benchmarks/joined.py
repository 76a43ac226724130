"""Do whole terminologies help reading, or harm it? Development figures and speed without and with all of them.

    python benchmarks/joined.py [SHARED_FOLDER] [--install] [--sets facts,fracco,cantemist] [--terms NAME,…]

``--install`` compiles every terminology of ``data/terms`` into ``$CASEKG_DATA``, which must be set, so that a user's
own terminologies are left alone. Prints tables, asserts nothing; times are processor time of this process.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from kg.graph.describe import describe
from kg.graph.write import write
from kg.identity import case_iri
from kg.model import Document
from kg.pipeline import read_case, reader_for
from kg.terms.building import terms_of
from kg.terms.catalogue import Entry, find_entry
from kg.terms.index import SUFFIX, compile_index, terms_folder
from kg.terms.installed import installed
from kg.terms.readers.formats import format_of, read_terms
from kg.terms.readers.gathering import joined
from kg.terms.readers.layout import PLAIN, Layout
from kg.terms.term import Name, Term

SETS = {
    "facts": ("facts", "data/gold/dev/txt", "data/gold/dev/json", "fr"),
    "fracco": ("icdo", "data/corpora/fracco-fr/dev", "data/corpora/fracco-fr/dev", "fr"),
    "cantemist": ("icdo", "data/corpora/cantemist-es/dev", "data/corpora/cantemist-es/dev", "es"),
}
Made = Callable[[Path], Iterator[Term]]


def rows(path: Path, delimiter: str = "\t") -> Iterator[dict[str, str]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    quoting = csv.QUOTE_MINIMAL if delimiter != "\t" else csv.QUOTE_NONE
    yield from csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=delimiter, quoting=quoting)


def of_file(path: Path, layout: Layout = PLAIN, form: str = "") -> Iterator[Term]:
    return read_terms(path, form or format_of(path), layout)


def mondo(folder: Path) -> Iterator[Term]:
    mappings = (*folder.glob("mondo/sssom_*/mondo_exactmatch_*"), *folder.glob("mondo/sssom_*/mondo_hasdbxref_icdo*"))
    for path in sorted(mappings):
        yield from of_file(path)
    for path in sorted(folder.glob("mondo/synonyms_confirmed_*.tsv")):
        for r in rows(path):
            if r["mondo_id"].startswith("MONDO:"):
                names = [Name(r["mondo_label"], "en", "label")]
                names += [Name(r["exact_synonym"])] if r["exact_synonym"] else []
                yield Term(r["mondo_id"], tuple(names))


def hp(folder: Path) -> Iterator[Term]:
    for code in ("fr", "es"):
        yield from of_file(folder / f"hpo/hp-{code}.babelon.tsv")
        for r in rows(folder / f"hpo/hp-{code}.babelon.tsv"):
            if r["predicate_id"] == "rdfs:label":
                yield Term(r["subject_id"], (Name(r["source_value"], "en", "label"),))
    for r in rows(folder / "hpo/hp-fr.synonyms.tsv"):
        if r["subject_id"].startswith("HP:"):
            yield Term(r["subject_id"], (Name(r["translation_value"], "fr"),))


def doid(folder: Path) -> Iterator[Term]:
    def spanish() -> Iterator[Term]:
        for r in rows(folder / "doid/doid-es-translated.tsv"):
            scope = "label" if r["predicate"] == "rdfs:label" else "exact" if "Exact" in (r["predicate"] or "") else ""
            if scope and r["translation_text"]:
                yield Term(r["source_id"], (Name(r["translation_text"], "es", scope),))

    return joined(of_file(folder / "doid/doid-2018-07-05.json.gz"), spanish())


def icdo3(folder: Path) -> Iterator[Term]:
    for r in rows(folder / "icdo3/en/Morphenglish.txt"):
        if r["Label"]:
            scope = "label" if r["Struct"] == "title" else "exact"
            yield Term(f"ICDO:{r['Code']}", (Name(r["Label"].strip('"'), "en", scope),))
    listed = (folder / "icdo3/fr/JDV_Morphologie_CISIS.xml").read_text(encoding="utf-8")
    for code, name in re.findall(r'code="([^"]+)".*?displayName="([^"]+)"', listed, re.S):
        if re.fullmatch(r"\d{4}/\d", code):
            yield Term(f"ICDO:{code}", (Name(name.removesuffix(", SAI"), "fr", "label"),))
    for r in rows(folder / "icdo3/es/Morfología_6_caracteres.tsv"):
        if re.fullmatch(r"\d{4}/\d", r["codigo"] or ""):
            yield Term(f"ICDO:{r['codigo']}", (Name(r["descriptor completo"].strip('"'), "es", "label"),))


def hgnc(folder: Path) -> Iterator[Term]:
    ids = {r["GeneID"]: r["identifier"] for r in rows(folder / "genes/xrefs-human.tsv") if r["resource"] == "HGNC"}
    for r in rows(folder / "genes/symbols-human.tsv"):
        if r["GeneID"] in ids:
            yield Term(ids[r["GeneID"]], (Name(r["symbol"], "en", "label" if r["type"] == "symbol" else "exact"),))


def atc(folder: Path) -> Iterator[Term]:
    def brands() -> Iterator[Term]:
        for code, names in json.loads((folder / "edsnlp/drugs.json").read_text(encoding="utf-8")).items():
            yield Term(f"ATC:{code}", tuple(Name(name, "fr") for name in names))

    return joined(of_file(folder / "atc/atc_fr_en_ANS_2022.rdf"), brands())


def drugbank(folder: Path) -> Iterator[Term]:
    layout = find_entry("drugbank").files[0].layout
    return of_file(folder / "drugbank_vocabulary/drugbank_vocabulary.csv", layout)


def bdpm(folder: Path) -> Iterator[Term]:
    for line in (folder / "bdpm/CIS_bdpm.txt").read_text(encoding="cp1252").splitlines():
        code, name = line.split("\t")[:2]
        yield Term(f"BDPM:{code}", (Name(name.partition(",")[0].strip(), "fr", "label"),))


def cim10(folder: Path) -> Iterator[Term]:
    for r in rows(folder / "edsnlp/cim10.csv.gz", ","):
        yield Term(f"CIM10:{r['code']}", (Name(r["long"], "fr", "label"),), parents=(f"CIM10:{r['code'][:3]}",))


def anatomy(folder: Path) -> Iterator[Term]:
    columns = (("English", "en"), ("Latin", "la"), ("Français", "fr"), ("Español", "es"), ("Portugues", "pt"))
    for number, r in enumerate(rows(folder / "z-anatomy/Translations_en_la_fr_es_pt.csv", ";")):
        names = tuple(Name(r[column].strip(), code, "label") for column, code in columns if (r[column] or "").strip())
        if names:
            yield Term(f"ZA:{number}", names)


def plain(name: str) -> Made:
    return lambda folder: of_file(next(folder.glob(name)), form="oncotree" if "oncotree" in name else "")


MADE: dict[str, tuple[Made, str, str]] = {
    "mondo": (mondo, "2026-08-04", "Disease"),
    "ncit": (plain("ncit/*.json.gz"), "2018-06-08", ""),
    "doid": (doid, "2018-07-05", "Disease"),
    "oncotree": (plain("oncotree/*.json"), "2025-10-03", "Disease"),
    "icdo3": (icdo3, "3.1", "Disease"),
    "cim10": (cim10, "edsnlp", "Disease"),
    "hp": (hp, "babelon", "Finding"),
    "uberon": (plain("uberon/uberon_import*.obo"), "2021-08-03", "Anatomy"),
    "z-anatomy": (anatomy, "", "Anatomy"),
    "drugbank": (drugbank, "", "Drug"),
    "atc": (atc, "2022", "Drug"),
    "bdpm": (bdpm, "", "Drug"),
    "hgnc": (hgnc, "", "Marker"),
    "biomappings": (plain("biomappings/positive.sssom.tsv"), "", ""),
}
"""Name → its terms, version and the kind of terms of no branch."""
OWN_TERMS = ("mondo", "ncit", "doid", "uberon", "hgnc")
"""Those whose files hold terms of others too: the catalogue tells which are theirs."""


def install(folder: Path) -> None:
    """Compile all terminologies of the folder."""
    if "CASEKG_DATA" not in os.environ:
        sys.exit("set CASEKG_DATA to a folder of its own before --install")
    for name, (made, version, kind) in MADE.items():
        known = find_entry(name) if name in OWN_TERMS else Entry(name, name, "", "", "")
        entry, start = replace(known, kind=kind, kinds=() if kind else known.kinds), time.process_time()
        terms: Iterable[Term] = terms_of(lambda made=made: made(folder), entry)
        path = terms_folder() / f"{name}{SUFFIX}"
        compile_index(terms, path, name=name, version=version, licence="")
        seconds, size = time.process_time() - start, path.stat().st_size / 1e6
        print(f"{name:12} {size:8.1f} MB {seconds:8.1f} s of processor", flush=True)


def graph_of(texts: Path, language: str, out: Path, terms: tuple[str, ...]) -> float:
    """Write the graph of a folder of texts as N-Quads; processor seconds of reading and describing, tables left out."""
    reader, spent = reader_for(language, terms=terms), 0.0
    with out.open("w", encoding="utf-8") as file:
        for path in sorted(texts.glob("*.txt")):
            with path.open(encoding="utf-8", newline="") as source:
                text = source.read()
            start = time.process_time()
            case = read_case(Document(path.stem, language, text), reader)
            lines = write(describe(case, reader.vocabulary.lexicon), case_iri(path.stem), "nq")
            spent += time.process_time() - start
            file.write(lines)
    return spent


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--terms", default="")
    asked = parser.parse_args()
    if asked.install:
        install(asked.folder / "data/terms")
    names = tuple(asked.terms.split(",")) if asked.terms else tuple(installed())
    print(f"terminologies: {', '.join(names)}\n")
    with tempfile.TemporaryDirectory() as scratch:
        for kind, texts, gold, language in (SETS[name] for name in asked.sets.split(",") if name):
            base = 0.0
            for terms in ((), names):
                out = Path(scratch) / "graph.nq"
                spent = graph_of(asked.folder / texts, language, out, terms)
                base = base or spent
                told = f"with {len(terms)} terminologies" if terms else "lexicon alone"
                print(f"# {texts}, {told}: {spent:.1f} s, {spent / base:.2f} times", flush=True)
                scorer = [sys.executable, asked.folder / "tools/score.py", kind, out, asked.folder / gold]
                subprocess.run(scorer, check=True)
                print(flush=True)


if __name__ == "__main__":
    main()
