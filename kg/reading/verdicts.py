"""What does the text say became of a diagnosis: was it held, given up, or what the illness turned out to be?

The words are rows of ``languages/<code>/verdicts.tsv``: a role, the side of the name on which they stand, the forms.
Of the words before a name the nearest judge it, and the other names of its list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.errors import TableError
from kg.model import Assertion, Certainty, Mention, Polarity
from kg.reading.observed import Observed
from kg.reading.tables import Language, forms
from kg.reading.text import fold, pattern_of

REACH = 90
"""Words that judge a diagnosis stand at most so many characters before or after its name."""
_ROLES = ("wrong", "first", "held", "instead", "final", "contrast", "rejected", "kept", "again")
_SIDES = ("before", "after")
_CLAUSE = re.compile(r";|\.\s")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a diagnosis where it is named.

    ``wrong``: an error, given up; ``first``: somebody's first one; ``held``: made or suspected; ``instead``: what it
    was after an error, ``contrast``: after what it was not; ``final``: the last of several; ``rejected``: denied
    although it had been thought of; ``kept``: confirmed; ``again``: told of its relapse or spread.
    """

    sentence: int
    place: int
    wrong: bool = False
    first: bool = False
    held: bool = False
    instead: bool = False
    contrast: bool = False
    final: bool = False
    rejected: bool = False
    kept: bool = False
    again: bool = False


@cache
def _words(language: Language) -> dict[tuple[str, str], re.Pattern[str]]:
    """The words of each role on each side of a name."""
    found: dict[tuple[str, str], list[str]] = {(role, side): [] for role in _ROLES for side in _SIDES}
    for (role, side, cell), where in language.table("verdicts", 3):
        if (role, side) not in found:
            raise TableError(f"{where}: a row is: role ({', '.join(_ROLES)}), side ({', '.join(_SIDES)}), forms")
        found[role, side] += map(fold, forms(cell))
    return {key: re.compile(pattern_of(cells)) for key, cells in found.items()}


def verdicts_of(a: Assertion, names: list[Mention], observed: Observed) -> tuple[Verdict, ...]:
    """What is said at each mention of a diagnosis; ``names`` are the mentions of all diagnoses, in order."""
    return tuple(_verdict(a, mention, names, observed) for mention in a.mentions)


def _verdict(a: Assertion, mention: Mention, names: list[Mention], observed: Observed) -> Verdict:
    before, after = _around(mention, names, observed)
    words = _words(observed.language)
    last = {role: _last(words[role, "before"], before) for role in _ROLES}
    then = {role: bool(words[role, "after"].search(after)) for role in _ROLES}
    again = last["again"] > max(last[role] for role in _ROLES if role != "again")
    right, stands = max(last["instead"], last["final"]), again or last["kept"] >= 0
    wrong = (last["wrong"] > right or then["wrong"]) and not stands
    hedged = a.context.certainty in (Certainty.PROBABLE, Certainty.POSSIBLE)
    held = (last["held"] >= 0 or then["held"] or hedged) and not again
    excluded = any(cue.rule == f"certainty={Certainty.EXCLUDED}" for cue in a.context.cues)
    return Verdict(
        observed.outline.sentence_at(mention.span.start),
        mention.span.start,
        wrong=wrong,
        first=(last["first"] > right or then["first"]) and held and not stands,
        held=held,
        instead=not wrong and (last["instead"] >= 0 or last["final"] > max(last["wrong"], last["first"]) >= 0),
        contrast=last["contrast"] >= 0,
        final=not wrong and (last["final"] >= 0 or then["final"]),
        rejected=a.context.polarity is Polarity.NEGATED and (excluded or wrong or last["rejected"] >= 0),
        kept=last["kept"] >= 0,
        again=again,
    )


def _last(words: re.Pattern[str], text: str) -> int:
    """Where the last of some words in a text ends, or -1."""
    return max((m.end() for m in words.finditer(text)), default=-1)


def _around(mention: Mention, names: list[Mention], observed: Observed) -> tuple[str, str]:
    """The folded text before and after a name in its clause: from the name before its list, up to the next one.

    The heading of its line stands before it too.
    """
    words = observed.words
    sentence = observed.outline.sentence_at(mention.span.start)
    low, high = observed.folded_start(sentence), observed.folded_end(sentence)
    start, end = words.starts[mention.first], words.ends[mention.last]
    first = mention
    for name in reversed([n for n in names if n.last < mention.first and words.starts[n.first] >= low]):
        if not _is_listed(words.folded[words.ends[name.last] : words.starts[first.first]], observed.language):
            low = words.ends[name.last]
            break
        first = name
    before = words.folded[max(low, words.starts[first.first] - REACH) : start]
    high = min(high, end + REACH, *(words.starts[n.first] for n in names if n.first > mention.last))
    return f"{observed.heading(sentence)} {_CLAUSE.split(before)[-1]}", _CLAUSE.split(words.folded[end:high])[0]


def _is_listed(gap: str, language: Language) -> bool:
    """Whether only words and marks of a list stand between two names."""
    known = language.listing | language.skipped | language.elided
    return all(word in known for word in re.findall(r"[^\W\d_]+", gap)) and not _CLAUSE.search(gap)
