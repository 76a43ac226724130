"""What do our gold facts say? One JSON file a case: patient, markers, drugs, dates, sizes, diagnoses, revisions.

The text is ``<id>.txt`` beside the file, or in the folder ``txt`` beside the file's own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kg.corpus.texts import decode, read_bytes
from kg.errors import InputError
from kg.evaluation.gold import Facts, GoldDiagnosis, GoldDocument, GoldDrug, GoldMarker, GoldRevision
from kg.model import Span


def read_gold_json(path: Path) -> GoldDocument:
    """The document of a gold file; ``InputError`` where it is none, or its text is missing."""
    try:
        record = json.loads(read_bytes(path).decode("utf-8-sig"))
        facts = _facts(record)
        language = str(record.get("language") or "")
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not JSON in UTF-8; save it again") from error
    except KeyError as error:
        raise InputError(f"{path}: not our gold JSON (no {error}); see docs/evaluate.md") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: not our gold JSON (a value of the wrong type); see docs/evaluate.md") from error
    texts = [path.with_suffix(".txt"), path.parent.parent / "txt" / f"{path.stem}.txt"]
    text_file = next((file for file in texts if file.is_file()), None)
    if text_file is None:
        raise InputError(f"{path}: no text {path.stem}.txt beside it or in ../txt; put it there")
    text, _ = decode(read_bytes(text_file), str(text_file))
    return GoldDocument(path.stem, str(path), text, language, facts=facts)


def _span(item: dict[str, Any]) -> Span:
    return Span(int(item["start"]), int(item["end"]))


def _drug(item: dict[str, Any]) -> GoldDrug:
    dose = (item.get("dose") or {}).get("value")
    stated = "" if dose is None else str(dose)
    return GoldDrug(_span(item), str(item["inn"]).lower(), bool(item.get("ingredient")), stated)


def _facts(record: dict[str, Any]) -> Facts:
    age = record["patient"]["age"]
    return Facts(
        sex=str(record["patient"]["sex"]),
        age=None if age is None else float(age),
        markers=tuple(GoldMarker(_span(x), str(x["antigen"]).lower(), str(x["result"])) for x in record["ihc"]),
        drugs=tuple(map(_drug, record["drugs"])),
        dates=tuple(str(x["iso"]) for x in record["dates"]),
        sizes=tuple(float(v) for x in record["sizes"] for v in x["mm"]),
        diagnoses=tuple(
            GoldDiagnosis(x["n"], _span(x), x.get("icdo") or "", str(x["certainty"]), tuple(x["evidence_ihc"]))
            for x in record["diagnoses"]
        ),
        revisions=tuple(GoldRevision(x["from"], x["to"], str(x["kind"])) for x in record["revisions"]),
    )
