"""Which treatment does a response answer? What it is said to be under, else what was given last before it.

Drugs given together are answered together, and with those of their line; ``languages/<code>/plans.tsv`` has the words.
"""

from __future__ import annotations

from dataclasses import replace

from kg.model import Assertion, AssertionType, Mention, Span
from kg.reading.observed import Observed
from kg.reading.planwords import plan_tables
from kg.reading.text import fold
from kg.reading.together import GIVEN, Course, courses_of

TREATED = 600
"""A drug named at most so many characters before stands for the word "chemotherapy" nearer to a response."""
UNDER_REACH = 40
"""What a response is said to be under stands at most so many characters after it."""
TOGETHER = 200
"""A course against a tumour told so many characters before goes before drugs that are none."""
_ANSWERED = frozenset({"surgery", "radiotherapy", "systemic"})
"""Types of procedures that a response may be an answer to."""


def with_answered(observed: Observed, assertions: list[Assertion]) -> list[Assertion]:
    """Responses with the treatments or the operation that they answer."""
    courses = courses_of(observed, assertions)
    acts = [a for a in assertions if a.type is AssertionType.PROCEDURE and a.concept and a.concept.type in _ANSWERED]
    treated = [(m.span, a) for a in assertions if a.status in GIVEN or a in acts for m in a.mentions]
    return [
        replace(a, follows=_under(observed, a.mentions[0], treated) or _followed(observed, a, courses, acts))
        if a.type is AssertionType.RESPONSE and a.concept and ("answers", "no") not in a.concept.note
        else a
        for a in assertions
    ]


def _under(observed: Observed, response: Mention, treated: list[tuple[Span, Assertion]]) -> tuple[str, ...]:
    """The treatment right after a response, with a word such as ``sous`` between: ``progression sous létrozole``."""
    under, place = plan_tables(observed.language).under, response.span
    near = [(s, a) for s, a in treated if place.end < s.start <= place.end + UNDER_REACH]
    text = observed.document.text
    return tuple(a.id for s, a in near[:1] if under.search(fold(text[place.end : s.start])))


def _followed(
    observed: Observed, response: Assertion, courses: tuple[Course, ...], acts: list[Assertion]
) -> tuple[str, ...]:
    """Ids of what is told last before a response: an act, or a course with the others of its line."""
    place = response.mentions[0].span.start
    told_before = ((c, tuple(d for d in c.doses if d.mention.span.end <= place)) for c in courses)
    before = [(doses[-1].mention.span.end, replace(c, doses=doses)) for c, doses in told_before if doses]
    done = [(m.span.end, a) for a in acts for m in a.mentions if m.span.end <= place]
    end, act = max(done, key=lambda told: told[0], default=(0, None))
    told, course = max(before, key=lambda told: told[0], default=(0, None))
    if act and act.concept and (end > told or course is None):
        systemic = act.concept.type == "systemic" and place - told <= TREATED
        if course is None or not systemic:  # "chemotherapy" stands for the drugs named before
            return (act.id,)
    if course is None:
        return ()
    if not course.against_tumour and course.sentence != observed.outline.sentence_at(place):
        tumoral = [c for at, c in before if c.against_tumour and told - at <= TOGETHER]
        course = tumoral[-1] if tumoral else course
    here = course.sentence == observed.outline.sentence_at(place)
    return _of_line(course, [c for _, c in before], same_sentence=here)


def _is_same_plan(a: Course, b: Course) -> bool:
    """Whether two courses are of one line, or of one sentence with one intent: ``FEC néoadjuvant puis docétaxel``."""
    one_line, one_intent = b.lines and a.lines == b.lines, b.intents and a.intents == b.intents
    return bool(one_line or (one_intent and a.sentence == b.sentence))


def _of_line(course: Course, before: list[Course], *, same_sentence: bool) -> tuple[str, ...]:
    """A course with the others of its line; without what was stopped in an earlier sentence than the response's."""
    same = [c for c in before if c is course or _is_same_plan(c, course)]
    going = {d.treatment.id for c in same for d in c.doses if d.treatment.status != "Stopped"}
    return tuple(sorted(going if going and not same_sentence else {id for c in same for id in c.ids}))
