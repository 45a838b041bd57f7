"""A judgement in words: the level by what it means, never by a bare number."""

from __future__ import annotations

from dashboard import format as written
from dashboard.wording import say
from data.judgement.assessment_reading import Action, Assessment, Rating
from metrics.names import CONSTRUCT_NAMES
from survey.rubric import LEVELS, Criterion, rubric

#: What stands among the levels for "does not apply".
NOT_APPLICABLE = "na"
CHOICES = (*LEVELS, NOT_APPLICABLE)


def construct_name(code: str, language: str) -> str:
    """What a construct is called; its code where a later rubric brought it."""
    return CONSTRUCT_NAMES[code].in_language(language) if code in CONSTRUCT_NAMES else code


def criteria_of(assessment: Assessment) -> dict[str, Criterion]:
    """What the assessment judges, by the rubric that it was begun with."""
    return rubric(assessment.rubric_version).of(assessment.phase)


def choice_of(rating: Rating) -> int | str | None:
    """Which of the choices a rating is; None where nothing is chosen yet."""
    return NOT_APPLICABLE if rating.not_applicable else rating.level


def title_of(choice: int | str | None, criterion: Criterion | None, language: str) -> str:
    """A choice by its short title."""
    if choice == NOT_APPLICABLE:
        return say("judge.not_applicable", language)
    if choice is None or criterion is None:
        return say("judge.not_chosen", language)
    return criterion.level(choice).title.in_language(language)


def meaning_of(choice: int | str, criterion: Criterion, language: str) -> str:
    """What is seen at a level."""
    if choice == NOT_APPLICABLE:
        return say("judge.not_applicable_meaning", language)
    return criterion.level(choice).meaning.in_language(language)


def rating_words(rating: Rating, criterion: Criterion | None, language: str) -> str:
    """A level by its title, with the reason that was given and the link that backs it."""
    said = [title_of(choice_of(rating), criterion, language) + "."]
    if rating.reason:
        said.append(say("judge.reason_words", language, reason=rating.reason))
    if rating.evidence_link:
        said.append(say("judge.link_words", language, link=rating.evidence_link))
    return " ".join(said)


def action_words(action: Action | None, language: str) -> str:
    """An action with who sees to it and by when; or that it was taken away."""
    if action is None:
        return say("judge.action_removed", language)
    said = [action.text]
    if action.owner:
        said.append(say("judge.action_owner_words", language, owner=action.owner))
    if action.due_on:
        said.append(
            say("judge.action_due_words", language, day=written.day(action.due_on, language))
        )
    if action.done_on:
        said.append(
            say("judge.action_done_words", language, day=written.day(action.done_on, language))
        )
    return " · ".join(said)


def whose(assessment: Assessment, language: str) -> str:
    """Whose judgement it is."""
    if assessment.kind == "joint":
        return say("judge.joint", language)
    return assessment.rater_name


def state_words(assessment: Assessment, language: str) -> str:
    """What became of it so far."""
    at = written.moment(assessment.submitted_at, language) if assessment.submitted_at else ""
    return say(f"judge.state.{assessment.state}", language, at=at)
