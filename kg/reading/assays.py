"""Is a substance named because it was given, or because it was measured, imaged with, or tested on germs?

``languages/<code>/treatment.tsv`` has the words.
"""

from __future__ import annotations

import re

from kg.reading.clauses import BEFORE, Clause, dose_of
from kg.reading.observed import Observed

RESULT_REACH = 25
"""The concentration of a substance stands at most so many characters after it."""
BLOOD_COUNT = 2
"""A sentence that names so many laboratory values lists substances, not treatments."""


def is_assayed(observed: Observed, clause: Clause) -> bool:
    """Whether a drug is what was measured or tested, or what an examination uses (``scintigraphie à la MIBG``)."""
    tables, near, item = clause.tables, clause.before[-BEFORE:], clause.item
    if any(pattern.search(near) for pattern in (tables.imaging, tables.tested)) or tables.imaged.match(clause.after):
        return True
    start, end = observed.folded_start(item.sentence), observed.words.starts[item.mention.first]
    if tables.isolated.search(observed.words.folded[start:end]) and dose_of(observed, clause) is None:
        return True
    if tables.assay.search(near) or tables.assayed.match(clause.after) or _has_concentration(observed, clause):
        return True
    dosed = observed.measures_in(observed.sentence(item), "dose")
    return not dosed and len(tables.laboratory.findall(observed.said(item.sentence))) >= BLOOD_COUNT


def _has_concentration(observed: Observed, clause: Clause) -> bool:
    """``vitamine D : 12 ng/mL``; a comma parts a drug from the result of something else."""
    end, after = clause.item.span.end, re.split("[,;]", clause.after[:RESULT_REACH])[0]
    results = observed.measures_in(observed.sentence(clause.item), "concentration")
    return any(0 <= m.span.start - end <= len(after) for m in results) and dose_of(observed, clause) is None
