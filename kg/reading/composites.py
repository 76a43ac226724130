"""Are two tumours that are named together one mixed tumour? ``tératome avec un foyer de carcinome embryonnaire``.

A lexicon row names its parts in its note: ``parts=teratoma+embryonal-carcinoma``; a part stands for what lies below it
too. The words that join the parts are the roles ``part`` and ``part-on`` of ``diagnosis.tsv``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from kg.model import Assertion, AssertionType, Candidate, Concept
from kg.reading.conclusions import diagnosis_forms
from kg.reading.merging import merge
from kg.reading.observed import Observed
from kg.reading.tables import Language
from kg.reading.text import alternatives, pattern_of
from kg.terms.lexicon import Lexicon

REACH = 80
"""At most so many characters stand between the names of two parts."""
WHY = "named by its parts"


@cache
def _joint(language: Language) -> re.Pattern[str]:
    """What stands between two parts: joining words, one of which says that a part follows."""
    forms = diagnosis_forms(language)
    part, on = pattern_of(forms["part",]), alternatives(forms["part-on",])
    return re.compile(
        rf"\s*(?:(?:\b(?:{on})\b|\d+|[%(),'’])\s*)*(?:{part})\s*(?:(?:\b(?:{on})\b|{part}|\d+|[%(),'’])\s*)*"
    )


def composed(said: list[Assertion], observed: Observed) -> list[Assertion]:
    """What each mention says, in order, with the parts of a mixed tumour made one diagnosis of it."""
    made: list[Assertion] = []
    last = -1  # the place of the last diagnosis in ``made``
    for a in said:
        whole = _whole(made[last], a, observed) if last >= 0 and a.morphology else None
        if whole is not None:
            made[last] = _of_parts(made[last], a, whole)
            continue
        made.append(a)
        if a.type is AssertionType.DIAGNOSIS and a.morphology:
            last = len(made) - 1
    return made


def _whole(first: Assertion, second: Assertion, observed: Observed) -> Concept | None:
    """The tumour that two diagnoses of one sentence are the parts of."""
    if first.passage != second.passage or second.type is not AssertionType.DIAGNOSIS:
        return None
    words = observed.words
    left, right = words.ends[first.mentions[-1].last], words.starts[second.mentions[0].first]
    if not 0 < right - left <= REACH or not _joint(observed.language).fullmatch(words.folded, left, right):
        return None
    lexicon = observed.lexicon
    one, other = _family(first, lexicon), _family(second, lexicon)
    found = (key for key, (a, b) in lexicon.composites if (a in one and b in other) or (b in one and a in other))
    return next((lexicon.concepts[key] for key in found), None)


def _family(a: Assertion, lexicon: Lexicon) -> set[str]:
    key = a.concept.key if a.concept else ""
    return {key, *lexicon.ancestors(key)}


def _of_parts(first: Assertion, second: Assertion, whole: Concept) -> Assertion:
    candidate = Candidate(whole, first.candidates[0].score, whole.label("en"), WHY)
    return replace(merge([first, second]), candidates=(candidate, *first.candidates), morphology=whole.morphology)
