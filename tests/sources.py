"""Labels of outside identifiers, read from the publishers' files under shared/data/terms (not shipped).

`labels(folder)` → {CURIE: set of folded labels}. Used by test_lexicon.py to hold every identifier of our
tables against its source; as a script, `python tests/sources.py find "angiomyolipoma"` prints identifiers.
"""
from __future__ import annotations

import collections
import csv
import gzip
import json
import os
import pathlib
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from kg.terms.cache import cache_folder

SHARED = pathlib.Path(os.environ.get("CASEKG_SHARED", pathlib.Path(__file__).resolve().parents[2] / "shared"))
TERMS = SHARED / "data" / "terms"


def fold(text: str) -> str:
    """Lower case, without accents or punctuation: the form in which labels are compared."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower().replace("œ", "oe").replace("æ", "ae")))


def _obo(path, add, accept):
    term = None
    for line in path.read_text(encoding="utf8", errors="replace").splitlines():
        if line.startswith("id: "):
            term = line[4:].strip().replace("http://identifiers.org/hgnc/", "HGNC:")
        elif term and line.startswith("name: ") and accept(term):
            add(term, line[6:].strip())
        elif term and line.startswith("synonym: ") and " EXACT" in line and accept(term):
            add(term, line.split('"')[1])


def _obographs(path, add, accept):
    with gzip.open(path) as packed:
        graphs = json.load(packed)["graphs"]
    for graph in graphs:
        for node in graph["nodes"]:
            curie = node["id"].rsplit("/", 1)[-1].replace("_", ":", 1)
            if accept(curie):
                if node.get("lbl"):
                    add(curie, node["lbl"])
                for synonym in node.get("meta", {}).get("synonyms", []):
                    if synonym["pred"] == "hasExactSynonym":
                        add(curie, synonym["val"])


def _rows(path, delimiter="\t", comment="#"):
    with path.open(encoding="utf8", newline="") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith(comment)), delimiter=delimiter)


def _mondo(add):
    for path in sorted((TERMS / "mondo").glob("sssom_*/mondo_exactmatch_*.sssom.tsv")):
        for row in _rows(path):
            add(row["subject_id"], row["subject_label"] or "")
            if row["object_id"].startswith(("NCIT:", "DOID:")):
                add(row["object_id"], row["object_label"] or "")
    for path in sorted((TERMS / "mondo").glob("sssom_*/mondo_hasdbxref_*.sssom.tsv")):
        for row in _rows(path):
            add(row["subject_id"], row["subject_label"] or "")
    for path in sorted((TERMS / "mondo").glob("synonyms_*.tsv")):
        for row in _rows(path):
            if (row.get("mondo_id") or "").startswith("MONDO:"):
                add(row["mondo_id"], row["mondo_label"] or "")
                add(row["mondo_id"], row.get("exact_synonym") or "")
                if "confirmed" in path.name and (row.get("synonym_scope_mondo") or "").lower().endswith("exactsynonym"):
                    add(row["mondo_id"], row.get("synonym") or "")


def _icdo(add):
    for name, prefix in (("Morphenglish.txt", "ICDO"), ("Topoenglish.txt", "ICDOT")):
        for line in (TERMS / "icdo3/en" / name).read_text(encoding="utf8", errors="replace").splitlines()[1:]:
            if line.count("\t") < 2:
                continue
            code, _, label = line.split("\t")[:3]
            add(f"{prefix}:{code}", re.sub(r",? NOS\b|,? \(?C\d\d(\.\d|\._)?\)?", "", label.strip('"')))
    for row in _rows(TERMS / "icdo3/seer/icd_o_31_histologies.csv", ","):
        add("ICDO:" + row["icdo3_histology_code"], row["icdo3_histology_code_name"].replace(", NOS", ""))
    with (TERMS / "icdo3/seer/icd_o_31_histology_synonyms.csv").open(encoding="utf8", errors="replace") as lines:
        for record in csv.reader(lines):
            if re.fullmatch(r"\d{4}/\d", record[0]):
                add("ICDO:" + record[0], record[1].replace(", NOS", ""))
    for line in (TERMS / "icdo3/es/Morfología_6_caracteres.tsv").read_text(encoding="utf8").splitlines()[1:]:
        cells = line.split("\t")
        add("ICDO:" + cells[0], re.sub(r",? SAI\b", "", cells[1]))
    for name, prefix in (("JDV_Morphologie_CISIS.xml", "ICDO"), ("JDV_Tumeur_CISIS.xml", "ICDO"),
                         ("JDV_LocalisationAnatomique_CISIS.xml", "ICDOT"), ("JDV_Organe_CISIS.xml", "ICDOT")):
        for concept in ET.parse(TERMS / "icdo3/fr" / name).iter():
            code = concept.get("code", "")
            if re.fullmatch(r"\d{4}/\d|C\d\d\.?\d?", code):
                if prefix == "ICDOT" and "." not in code and len(code) == 4:
                    code = code[:3] + "." + code[3]
                add(f"{prefix}:{code}", re.sub(r",? SAI\b", "", concept.get("displayName", "")))


def _genes(add):
    _obo(TERMS / "genes/hgnc_import.obo", add, lambda t: t.startswith("HGNC:"))
    hgnc = {}
    for row in _rows(TERMS / "genes/xrefs-human.tsv"):
        if row["resource"] == "HGNC":
            hgnc[row["GeneID"]] = row["identifier"].replace("HGNC:HGNC:", "HGNC:")
    for row in _rows(TERMS / "genes/symbols-human.tsv"):
        if row["GeneID"] in hgnc and row["type"] == "symbol":
            add(hgnc[row["GeneID"]], row["symbol"])


def _drugs(add):
    for row in _rows(TERMS / "drugbank_vocabulary/drugbank_vocabulary.csv", ",", "\0"):
        for name in (row["Common name"], *row["Synonyms"].split(" | ")):
            add("DrugBank:" + row["DrugBank ID"], name)
    for row in _rows(TERMS / "atc/WHO_ATC-DDD_2026-04-25.csv", ",", "\0"):
        add("ATC:" + row["atc_code"], row["atc_name"])
    text = (TERMS / "atc/atc_fr_en_ANS_2022.rdf").read_text(encoding="utf8")
    for block in re.finditer(r'atc/([A-Z0-9]+)">(.*?)</rdf:Description>', text, re.S):
        for label in re.findall(r"<rdfs:label[^>]*>([^<]*)<", block[2]):
            add("ATC:" + block[1], label)


def _phenotypes(add):
    for language in ("fr", "es"):
        for row in _rows(TERMS / f"hpo/hp-{language}.babelon.tsv"):
            if row["predicate_id"] == "rdfs:label":
                add(row["subject_id"], row["source_value"])
                add(row["subject_id"], row["translation_value"])
    for row in _rows(TERMS / "hpo/hp-fr.synonyms.tsv"):
        add(row["subject_id"], row["translation_value"] or "")
    for line in (TERMS / "hpo/layperson-synonyms.tsv").read_text(encoding="utf8").splitlines():
        if match := re.match(r"<\S+/HP_(\d+)>", line):
            for label in re.findall(r'"([^"]+)"', line):
                add("HP:" + match[1], label)


def labels(cache: bool = True) -> dict[str, set[str]]:
    """{CURIE: folded labels and exact synonyms} of all terminologies that are present, kept between runs."""
    files = [p.stat() for p in TERMS.rglob("*") if p.is_file()]
    stamp = f"{len(files)}-{sum(f.st_size for f in files)}-{max(f.st_mtime_ns for f in files)}"
    store = cache_folder() / f"test-labels-{stamp}.json"
    if cache and store.exists():
        return {curie: set(names) for curie, names in json.loads(store.read_text(encoding="utf8")).items()}
    found: dict[str, set[str]] = collections.defaultdict(set)

    def add(curie, label):
        if fold(label):
            found[curie].add(fold(label))

    _mondo(add)
    _obographs(TERMS / "ncit/ncit-disease-2018-06-08.json.gz", add, lambda t: t.startswith("NCIT:"))
    _obographs(TERMS / "doid/doid-2018-07-05.json.gz", add, lambda t: t.startswith("DOID:"))
    for name in ("uberon_import_mondo_2021-08-03.obo", "uberon_2010-12-07_full.obo", "efo-slim.obo"):
        _obo(TERMS / "uberon" / name, add, lambda t: t.startswith("UBERON:"))
    _icdo(add)
    _genes(add)
    _drugs(add)
    _phenotypes(add)
    if cache:
        store.parent.mkdir(parents=True, exist_ok=True)
        store.write_text(json.dumps({curie: sorted(names) for curie, names in found.items()}), encoding="utf8")
    return dict(found)


def main() -> None:
    verb, *words = sys.argv[1:]
    known = labels()
    if verb == "find":  # find WORDS… [prefix=MONDO]: exact first, then all words contained, shortest first
        prefix = next((w[7:] for w in words if w.startswith("prefix=")), "")
        for query in (w for w in words if not w.startswith("prefix=")):
            asked, hits = fold(query), []
            for curie, names in known.items():
                if prefix and not curie.startswith(prefix + ":"):
                    continue
                for name in names:
                    if name == asked:
                        hits.append((0, len(name), curie, name))
                    elif all(w in name.split() for w in asked.split()):
                        hits.append((1, len(name), curie, name))
            print(f"# {query}")
            for _, _, curie, name in sorted(hits)[:12]:
                print(f"{curie}\t{name}")
    elif verb == "show":
        for curie in words:
            print(curie, sorted(known.get(curie, ["(unknown)"])))


if __name__ == "__main__":
    main()
