"""Which findings came of a treatment, of which drug, and how grave were they?

A finding is an adverse event where words lay it to a drug or a treatment (``induit par``, ``-induced``), where it is
gone once the drug is stopped or the drug was stopped for it, where its sentence tells of toxicity or gives it a grade,
or where its very name says so (``toxidermie``). It is laid to the drug that the words name, else to the one that the
patient was under, else to those given together last, those against a tumour before any other.

Read by eye on 60 training texts of FRACCO, 150 of French journals and 60 of MACCROBAT (2026-11-22): of 119 adverse
events about 12 are none of a drug, or of another one; what was missed was not counted.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kg.model import Assertion, AssertionType, Experiencer, Kind, Polarity
from kg.reading.drugwords import treatment_tables
from kg.reading.observed import Item, Observed
from kg.reading.planwords import grade_in, plan_tables
from kg.reading.together import Course, Dose, courses_of

ADVERSE_REACH, TOXICITY_REACH = 2, 6
"""An adverse event is told at most so many sentences after its drug; a toxicity, after one against a tumour."""
STOP_BEFORE = 30
"""A stop stands at most so many characters before its drug (``arrêt de l'imatinib pour``)."""
COURSE_REACH = 40
"""What ``compliqué de`` is said of stands at most so many characters before it."""
ARISING, UNDER = 60, 15
"""No more characters stand between a harm and its drug with a word such as ``apparu`` between them, or with none."""
GRADE_AFTER, GRADE_BEFORE = 45, 14
"""A grade stands at most so many characters after its finding, or right before it."""
_MAY_BE_ADVERSE = frozenset({AssertionType.FINDING, AssertionType.DIAGNOSIS})
_NEVER_GRADED = frozenset({"imaging", "status", "exposure"})
"""Types of findings that are no toxicity and whose grade is none of it."""
_SHARING = frozenset({Kind.FINDING, Kind.DISEASE})
HARM = ("harm", "drug")
"""The note of a finding whose name says that a drug did it."""
_SUPPORT = ("L03AA", "B03", "A04", "A07", "V03AF")
"""ATC groups of drugs given against the harm of others."""
LINK = 10
"""Two findings no further apart share the grade after them (``anémie et thrombopénie de grade 3``)."""


def with_suspects(observed: Observed, assertions: list[Assertion]) -> list[Assertion]:
    """The assertions, adverse events with their grade and the drugs that they are laid to."""
    courses = courses_of(observed, assertions)
    return _with_reasons([_told_adverse(observed, a, courses) if _may_be(a) else a for a in assertions])


def _may_be(a: Assertion) -> bool:
    told = a.context.polarity is Polarity.AFFIRMED and a.context.experiencer is Experiencer.PATIENT
    status = a.concept is not None and a.concept.type == "status"  # "bon état général", "apyrétique"
    return a.type in _MAY_BE_ADVERSE and told and not a.morphology and not status


def _told_adverse(observed: Observed, a: Assertion, courses: tuple[Course, ...]) -> Assertion:
    """A finding as an adverse event, where one of its mentions says so."""
    for mention in a.mentions:
        sentence = observed.outline.sentence_at(mention.span.start)
        item = next((i for i in observed.by_sentence[sentence] if i.mention is mention), None)
        near = [c for c in courses if sentence - TOXICITY_REACH <= c.sentence <= sentence]
        if item is None or not near:
            continue
        gradable = a.concept is not None and a.concept.type not in _NEVER_GRADED
        grade = _grade(observed, item) if gradable else None
        if suspects := _suspects(observed, item, near, graded=grade is not None):
            return replace(a, adverse=True, grade=grade, suspected=suspects)
    return a


def _suspects(observed: Observed, item: Item, near: list[Course], *, graded: bool) -> tuple[str, ...]:
    """The drugs that a finding is laid to; none where it is no adverse event."""
    here = [dose for course in near if course.sentence == item.sentence for dose in course.doses]
    if culprits := [dose for dose in here if _is_blamed(observed, item, dose)]:
        return _with_linked(observed, culprits, here)
    if culprits := [dose for dose in here if _is_doer(observed, item, dose)]:
        return _with_linked(observed, _last_list(observed, culprits), here)
    if (not here and _of_another_act(observed, item.sentence)) or (item.concept and item.concept.type in _NEVER_GRADED):
        return ()
    toxic = _is_toxicity(observed, item)
    given = [c for c in (_as_given(observed, item, c, toxic=toxic) for c in near) if c.doses]
    against = any(course.against_tumour for course in given)
    adverse = item.concept is not None and item.concept.type in ("adverse", "laboratory")
    if not (toxic or (graded and (against or adverse)) or _is_complication(observed, item, given)):
        return ()
    under = [dose for dose in here if _is_under(observed, item.sentence, dose)]
    return _with_linked(observed, under, here) if under else _last_given(observed, item, given)


def _as_given(observed: Observed, item: Item, course: Course, *, toxic: bool) -> Course:
    """A course as far as it may have done a harm that no word lays to it.

    What was given instead or against it did not, nor did a drug told after it, where no word tells of toxicity, unless
    it is one against a tumour.
    """
    words, place = observed.words, observed.words.starts[item.mention.first]
    far = item.sentence - course.sentence > ADVERSE_REACH and not (toxic and course.against_tumour)
    instead = treatment_tables(observed.language).instead
    start = observed.folded_start(course.sentence)

    def may_have(dose: Dose) -> bool:
        coded = dose.treatment.concept.notations if dose.treatment.concept else ()
        support = any(code.startswith(_SUPPORT) for code in coded)
        later = dose.start > place and not (course.against_tumour or toxic)
        other = course.sentence == item.sentence and instead.search(words.folded[start : dose.start])
        return not (far or support or later or other)

    doses = tuple(filter(may_have, course.doses))
    before = tuple(dose for dose in doses if dose.start < place)
    return replace(course, doses=before or doses)


def _is_blamed(observed: Observed, item: Item, dose: Dose) -> bool:
    """Whether words lay a finding before a drug to it: ``colite induite par A``, ``régressive à l'arrêt de A``."""
    tables, words, end = treatment_tables(observed.language), observed.words, observed.words.ends[item.mention.last]
    between = words.folded[end : dose.start]
    reaction = _is_reaction(observed, item) and tables.reaction_to.fullmatch(between)
    gone = tables.forcing.match(words.folded[dose.end : observed.folded_end(item.sentence)])
    told = reaction or gone or tables.blaming.search(between) or tables.relieved.search(between)
    return end <= dose.start and bool(told)


def _is_reaction(observed: Observed, item: Item) -> bool:
    """Whether the name of a finding says that it is a harm or an allergy."""
    if item.concept is None:
        return False
    above = {item.concept.key, *observed.lexicon.ancestors(item.concept.key)}
    return "hypersensitivity-reaction" in above or HARM in item.concept.note


def _is_doer(observed: Observed, item: Item, dose: Dose) -> bool:
    """Whether a drug did it: ``A-induced colitis``, ``arrêt de A pour colite``, ``colite, motivant l'arrêt``."""
    tables, words = treatment_tables(observed.language), observed.words
    start, end = words.starts[item.mention.first], words.ends[item.mention.last]
    if _arose(observed, item, dose):
        return True
    between, after = words.folded[dose.end : start], words.folded[end : observed.folded_end(item.sentence)]
    stop = plan_tables(observed.language).stopping.search(words.folded[max(0, dose.start - STOP_BEFORE) : start])
    stopped_for = stop and plan_tables(observed.language).stopped_for.search(between)
    told = stopped_for or tables.gone.search(between) or tables.doing.fullmatch(between) or tables.forcing.match(after)
    return dose.end <= start and bool(told)


def _arose(observed: Observed, item: Item, dose: Dose) -> bool:
    """``Sous A, il a développé B``, ``B apparu dix jours après l'introduction de A``; an infection is none's."""
    tables, words = treatment_tables(observed.language), observed.words
    concept = item.concept
    infection = concept is not None and "infection" in observed.lexicon.ancestors(concept.key)
    if infection or not _is_under(observed, item.sentence, dose):
        return False
    start, end = words.starts[item.mention.first], words.ends[item.mention.last]
    low, high = (dose.end, start) if dose.end <= start else (end, dose.start)
    if high - low <= ARISING and tables.arose.search(words.folded[low:high]):
        return True
    led = tables.arose.search(observed.before(item, UNDER + 10))
    return end <= dose.start <= end + UNDER and led is not None


def _is_under(observed: Observed, sentence: int, dose: Dose) -> bool:
    """Whether words such as ``sous`` stand right before a drug."""
    before = observed.words.folded[observed.folded_start(sentence) : dose.start]
    return treatment_tables(observed.language).under.search(before) is not None


def _last_list(observed: Observed, doses: list[Dose]) -> list[Dose]:
    """The last drug of several with those that are listed before it."""
    link, found = treatment_tables(observed.language).link, doses[-1:]
    for dose in reversed(doses[:-1]):
        if link.fullmatch(observed.words.folded[dose.end : found[0].start]) is None:
            break
        found.insert(0, dose)
    return found


def _with_linked(observed: Observed, culprits: list[Dose], here: list[Dose]) -> tuple[str, ...]:
    """The drugs that words blame, with those that they list after the first of them."""
    link, found = treatment_tables(observed.language).link, list(culprits)
    for dose in here:
        if found[-1].end <= dose.start and link.fullmatch(observed.words.folded[found[-1].end : dose.start]):
            found.append(dose)
    return tuple(dict.fromkeys(dose.treatment.id for dose in found))


def _last_given(observed: Observed, item: Item, given: list[Course]) -> tuple[str, ...]:
    """The nearest course of the sentence, or of the last one that has any; one against a tumour before any other."""
    place = observed.words.starts[item.mention.first]
    against = [course for course in given if course.against_tumour]
    named = [c for c in given if any(d.treatment.concept and d.treatment.concept.type != "class" for d in c.doses)]
    for kind in (against, named):
        if kind:
            return min(kind, key=lambda c: (item.sentence - c.sentence, min(abs(d.start - place) for d in c.doses))).ids
    return ()


def _is_toxicity(observed: Observed, item: Item) -> bool:
    """Whether a finding is the harm of a treatment by its name, or its sentence tells of one."""
    said, tables = observed.said(item.sentence), treatment_tables(observed.language)
    if item.concept is not None and HARM in item.concept.note:
        return True
    start = observed.folded_start(item.sentence)
    before, after = observed.words.starts[item.mention.first] - start, observed.words.ends[item.mention.last] - start
    if tables.unrelated.search(said[after:]):
        return False
    laid = tables.blamed_treatment.search(said[after:]) or tables.treatment_doing.search(said[:before])
    return bool(laid or tables.adverse.search(said))


def _is_complication(observed: Observed, item: Item, given: list[Course]) -> bool:
    """Whether a finding complicates what was given: drugs against a tumour, or another right before the words."""
    said, tables = observed.said(item.sentence), treatment_tables(observed.language)
    start, against = observed.folded_start(item.sentence), any(course.against_tumour for course in given)
    own = plan_tables(observed.language).own
    drugs = [dose.end - start for c in given if c.sentence == item.sentence for dose in c.doses]
    others = [i for i in observed.by_sentence[item.sentence] if i.kind in _SHARING and i is not item]
    signs = [observed.words.ends[i.mention.last] - start for i in others]
    if tables.unrelated.search(said):
        return False
    for cue in tables.complicated.finditer(said):
        near = range(cue.start() - COURSE_REACH, cue.start() + 1)
        drug, sign = (max((end for end in ends if end in near), default=0) for ends in (drugs, signs))
        if (drug or against) and sign <= drug and not own.match(said, cue.end()):
            return True
    return False


def _with_reasons(assertions: list[Assertion]) -> list[Assertion]:
    """Stopped drugs without a reason that the sentence of their stop lays an adverse event to: stopped for toxicity."""
    blamed = {(id, a.passage) for a in assertions if a.adverse for id in a.suspected}
    return [
        replace(a, plan=replace(a.plan, stop="Toxicity"))
        if a.status == "Stopped" and not a.plan.stop and (a.id, a.passage) in blamed
        else a
        for a in assertions
    ]


def _of_another_act(observed: Observed, sentence: int) -> bool:
    """Whether a sentence speaks of an operation or of radiotherapy, whose harm is no drug's."""
    acts = (i.concept for i in observed.by_sentence[sentence] if i.kind is Kind.PROCEDURE)
    return any(concept and concept.type in ("surgery", "radiotherapy") for concept in acts)


def _grade(observed: Observed, item: Item) -> int | None:
    """The grade right before a finding (``grade 3 neutropenia``), or after it and those listed with it."""
    grade = plan_tables(observed.language).grade
    lead = list(grade.finditer(observed.before(item, GRADE_BEFORE)))
    if lead and not re.sub(r"\b(?:of|de|d')", "", observed.before(item, GRADE_BEFORE)[lead[-1].end() :]).strip():
        return grade_in(lead[-1])
    said = re.split(r"[.;:,]", observed.after(item, GRADE_AFTER))[0]
    match, end = grade.search(said), observed.words.ends[item.mention.last]
    others = [i.mention for i in observed.by_sentence[item.sentence] if i.kind in _SHARING]
    gaps = [observed.words.starts[m.first] - end for m in others]
    between = min((gap for gap in gaps if gap > 0), default=len(said))
    return grade_in(match) if match and (between > match.start() or between <= LINK) else None
