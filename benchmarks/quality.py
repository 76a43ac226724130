"""How well? Our gold facts and ICD-O-3 corpora, where they are present. Prints tables, asserts nothing.

    python benchmarks/quality.py [SHARED_FOLDER]

The folder holds `data/gold`, `data/corpora` and `tools/score.py`; by default `../shared` beside the checkout.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from kg.graph.describe import describe
from kg.graph.write import write
from kg.identity import case_iri
from kg.model import Document
from kg.pipeline import read_case, reader_for

SETS = (
    ("facts", "data/gold/dev/txt", "data/gold/dev/json", "fr"),
    ("icdo", "data/corpora/fracco-fr/dev", "data/corpora/fracco-fr/dev", "fr"),
    ("icdo", "data/corpora/cantemist-es/dev", "data/corpora/cantemist-es/dev", "es"),
)


def graph_of(texts: Path, language: str, out: Path) -> int:
    """Write the graph of a folder of texts as N-Quads; returns the number of texts."""
    reader, paths = reader_for(language), sorted(texts.glob("*.txt"))
    with out.open("w", encoding="utf-8") as file:
        for path in paths:
            with path.open(encoding="utf-8", newline="") as source:
                case = read_case(Document(path.stem, language, source.read()), reader)
            file.write(write(describe(case, reader.vocabulary.lexicon), case_iri(path.stem), "nq"))
    return len(paths)


def main() -> None:
    """Print one table a data set that is present."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared"
    if not (shared / "tools" / "score.py").exists():
        sys.exit(f"{shared}: no tools/score.py there; name the folder that holds the corpora and the scorer")
    with tempfile.TemporaryDirectory() as folder:
        for kind, texts, gold, language in SETS:
            if not (shared / texts).is_dir():
                print(f"# {texts}: not present\n")
                continue
            out = Path(folder) / "graph.nq"
            count = graph_of(shared / texts, language, out)
            print(f"# {texts}: {count} texts, {language}", flush=True)
            subprocess.run([sys.executable, shared / "tools" / "score.py", kind, out, shared / gold], check=True)
            print(flush=True)


if __name__ == "__main__":
    main()
