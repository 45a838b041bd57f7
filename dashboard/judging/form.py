"""The form of a self-assessment: for each construct, the description that fits is the answer."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import streamlit as st

from dashboard import sign_in
from dashboard.components import part
from dashboard.fetching import fetch
from dashboard.judging import saving
from dashboard.judging.actions import action_fields, next_step
from dashboard.judging.beside import apart_words, others_words
from dashboard.judging.draft import Draft
from dashboard.judging.words import (
    CHOICES,
    NOT_APPLICABLE,
    choice_of,
    construct_name,
    criteria_of,
    meaning_of,
    title_of,
)
from dashboard.literal import literal
from dashboard.session import Viewing, tied
from dashboard.wording import say
from dashboard.writing import store_or_send
from data.access import NotPermitted, User
from data.judgement.assessment_reading import Assessment, Evidence
from data.judgement.evidence import BEGINNINGS, evidence
from data.schema import EVIDENCE_BYTES
from survey.rubric import Criterion

MEGABYTE = 1024 * 1024
_FIELDS = {"reason": 4000, "evidence_link": 500}


def form(viewing: Viewing, assessment: Assessment, raters: Sequence[Assessment]) -> None:
    """Everything of an assessment that is open, and the buttons that store it.

    raters: the raters' own judgements, to be shown beside a joint one.
    """
    language = viewing.language
    draft = saving.draft_of(viewing, assessment)
    told_of_others(draft, assessment, language)
    for construct, criterion in criteria_of(assessment).items():
        with st.container(border=True):
            part(construct_name(construct, language))
            level(draft, construct, criterion, language)
            beside_it(raters, construct, criterion, language)
            reason(draft, construct, language)
            with st.expander(evidence_title(draft, assessment, construct, language)):
                link_field(draft, construct, language)
                files(viewing, draft, assessment, construct)
            next_step(draft, construct, criterion, language)
    part(say("judge.actions", language))
    action_fields(viewing, assessment, draft)
    store_or_send(
        viewing, draft, "judge", changed=draft.is_changed, save=saving.save,
        submit=saving.submit, drop=saving.drop,
    )  # fmt: skip


def level(draft: Draft, construct: str, criterion: Criterion, language: str) -> None:
    """The described levels as a choice, and that the matter does not apply."""

    def put(chosen: int | str | None) -> None:
        absent = chosen == NOT_APPLICABLE
        draft.rate(construct, level=None if absent else chosen, not_applicable=absent)

    st.radio(
        # A label is also read aloud as it is given, so words of our own go in without escapes.
        criterion.question.in_language(language),
        CHOICES,
        format_func=lambda choice: title_of(choice, criterion, language),
        captions=[literal(meaning_of(choice, criterion, language)) for choice in CHOICES],
        **tied(field(draft, construct, "level"), choice_of(draft.rating(construct)), put),
    )


def beside_it(
    raters: Sequence[Assessment], construct: str, criterion: Criterion, language: str
) -> None:
    """What each rater said alone, and whether they stand apart."""
    if not raters:
        return
    st.markdown(
        f"**{literal(say('judge.raters_said', language))}** "
        f"{literal(others_words(raters, construct, criterion, language))}"
    )
    if words := apart_words(raters, construct, language):
        st.markdown(f"**{literal(words)}**")


def reason(draft: Draft, construct: str, language: str) -> None:
    """Why that level."""
    st.text_area(
        say("judge.reason", language, construct=construct_name(construct, language)),
        height=80,
        max_chars=_FIELDS["reason"],
        **tied(
            field(draft, construct, "reason"),
            draft.rating(construct).reason or "",
            lambda text: draft.rate(construct, reason=text.strip() or None),
        ),
    )


def link_field(draft: Draft, construct: str, language: str) -> None:
    """The address of something that backs the level."""
    name = construct_name(construct, language)
    st.text_input(
        say("judge.link", language, construct=name),
        max_chars=_FIELDS["evidence_link"],
        placeholder="https://",
        **tied(
            field(draft, construct, "link"),
            draft.rating(construct).evidence_link or "",
            lambda text: draft.rate(construct, evidence_link=text.strip() or None),
        ),
    )


def files(viewing: Viewing, draft: Draft, assessment: Assessment, construct: str) -> None:
    """The files behind a construct, and a field for one more where this visit may send files."""
    language = viewing.language
    for number, file in enumerate(f for f in assessment.evidence if f.construct == construct):
        key = field(draft, construct, f"file{number}")
        with st.container(horizontal=True, vertical_alignment="center"):
            offer(viewing, assessment, file)
            remove = literal(say("judge.file_remove", language, name=file.name))
            if st.button(remove, key=f"{key}_remove", type="tertiary"):
                saving.detach(viewing, draft, construct, file.sha256)
                st.rerun()
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        st.caption(literal(say("judge.file_sample", language)))
        return
    # A new key after each file, so that the field is empty again and nothing is sent twice.
    count = sum(file.construct == construct for file in assessment.evidence)
    brought = st.file_uploader(
        say("judge.file", language, construct=construct_name(construct, language)),
        type=[*BEGINNINGS, "jpg"],
        max_upload_size=EVIDENCE_BYTES // MEGABYTE,
        key=field(draft, construct, f"upload{count}"),
    )
    if brought is not None and saving.attach(
        viewing, draft, construct, brought.name, brought.getvalue()
    ):
        st.rerun()
    elif brought is not None:
        saving.tell(language)


def offer(viewing: Viewing, assessment: Assessment, file: Evidence) -> None:
    """A file to take away; it is read when somebody asks for it, with the rights that they have."""

    def content(connection: sa.Connection, user: User) -> bytes | None:
        try:
            return evidence(connection, user, assessment.id, file.sha256).content
        except NotPermitted:
            return None

    fetch(viewing, file.name, f"evidence-{file.sha256}.{file.kind}", content)


def evidence_title(draft: Draft, assessment: Assessment, construct: str, language: str) -> str:
    """What the folded evidence holds."""
    files_here = sum(file.construct == construct for file in assessment.evidence)
    count = files_here + bool(draft.rating(construct).evidence_link)
    name = construct_name(construct, language)
    return literal(say("judge.evidence", language, construct=name, n=count))


def told_of_others(draft: Draft, assessment: Assessment, language: str) -> None:
    """That somebody stored something since this writer began."""
    if draft.is_changed and draft.version != assessment.version:
        st.warning(literal(say("judge.others_wrote", language)))


def field(draft: Draft, construct: str, name: str) -> str:
    """The key of a field of this assessment."""
    return f"judge_{draft.assessment}_{construct}_{name}"
