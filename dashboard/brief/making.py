"""A brief of an entity: what its page says, in the order of who reads it on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dashboard import attention
from dashboard import format as written
from dashboard.brief import account, comparing, parts, press, reported, results, subject
from dashboard.brief.paper import Section, bullets, words
from dashboard.sections.comparison import beside_portfolio
from dashboard.sections.scope import Scope, headline
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import Level, Profile

#: Levels whose reader asks which projects need attention.
PORTFOLIOS = (Level.PORTFOLIO, Level.FUNDER)
#: What is said of what to look into, at most.
FINDINGS = 5


def brief(
    viewing: Viewing,
    level: str,
    entity: int,
    scope: Scope | None = None,
    days: reported.Days = None,
    part: str = parts.WHOLE,
) -> bytes:
    """A brief as a PDF, of what its reader may see and in their language.

    scope: the surveys that a page shows; those that it opens with, where none are given. days: of
    the reporting periods whose reported figures it holds; the newest figures, where none are given.
    part: the part of the overview that it is of; everything, where none is given.
    Raises: NoSuchSubject, NothingPublished, UnsetBrief.
    """
    return press.set_brief(contents(viewing, level, entity, scope, days, part))


def contents(
    viewing: Viewing,
    level: str,
    entity: int,
    scope: Scope | None = None,
    days: reported.Days = None,
    part: str = parts.WHOLE,
) -> dict[str, Any]:
    """Everything that a brief says, as data. Raises: NoSuchSubject, NothingPublished."""
    language = viewing.language
    name = subject.name_of(viewing, level, entity)
    scope = scope or subject.scope_of(viewing, level, entity)
    sections = said(viewing, scope, days) if part == parts.WHOLE else seen(viewing, scope, part)
    kind = say("brief.kind", language, level=say(f"brief.level.{level}", language))
    now = datetime.now(UTC)
    return {
        "lang": language,
        "title": f"{say('brief.title', language)}: {name}",
        "name": name,
        "author": say("app.name", language),
        "description": headline(viewing, scope),
        "kind": kind,
        "facts": [parts.view_words(scope, part, language), *facts(viewing, scope, now)],
        "invented": say("brief.invented", language) if viewing.invented else "",
        "footer": say(
            "brief.footer",
            language,
            name=name,
            revision=scope.publication.id,
            on=written.day(now.date(), language),
        ),
        "sections": [section.set() for section in sections],
    }


def facts(viewing: Viewing, scope: Scope, now: datetime) -> list[str]:
    """Who made the brief when, of which publication, and for whom its figures are protected."""
    language = viewing.language
    public = viewing.profile is Profile.PUBLIC
    return [
        say(
            "brief.made",
            language,
            at=written.moment(now, language),
            who=viewing.user.name,
        ),
        account.headline_facts(scope.publication, language),
        say("app.public_profile" if public else "brief.inside", language),
    ]


def said(viewing: Viewing, scope: Scope, days: reported.Days = None) -> list[Section]:
    """The sections of a brief: the answer first, how we know last."""
    language = viewing.language
    told = [
        first(viewing, scope),
        results.glance(viewing, scope),
        *([parts.needing(viewing)] if scope.level in PORTFOLIOS else []),
        Section(say("section.outcomes", language), ()),
        results.benefit(viewing, scope),
        results.change(viewing, scope),
        Section(say("section.process", language), ()),
        results.process(viewing, scope),
        results.phases(viewing, scope),
        *results.gap(viewing, scope),
        results.process_moved(viewing, scope),
        Section(say("brief.who_and_what", language), ()),
        results.participation(viewing, scope),
        *results.recorded(viewing, scope),
        *comparing.beside_each_other(viewing, scope),
        *reported.reported(viewing, scope, days),
    ]
    shown = account.figures_of(told)
    return [
        *told,
        account.not_known(viewing, shown, results.silent(viewing, scope)),
        account.definitions(viewing, shown, scope.publication),
    ]


def seen(viewing: Viewing, scope: Scope, part: str) -> list[Section]:
    """The sections of a brief of one part of the overview: the answer, the part, how we know."""
    told = [first(viewing, scope), *parts.PARTS[part](viewing, scope)]
    shown = account.figures_of(told)
    return [
        *told,
        account.not_known(viewing, shown, ()),
        account.definitions(viewing, shown, scope.publication),
    ]


def first(viewing: Viewing, scope: Scope) -> Section:
    """What matters first: the answer, how it stands beside the portfolio, what to look into."""
    language = viewing.language
    answers = [headline(viewing, scope)]
    if scope.level != Level.PORTFOLIO:
        answers += beside_portfolio(viewing, scope)
    items = [item for answer in answers for item in words(answer)]
    if scope.level == Level.PROJECT:
        found = attention.by_project(viewing).get(scope.entity, [])[:FINDINGS]
        lead = "brief.look_into" if found else "empty.attention_here"
        items += words(say(lead, language))
        items += bullets([attention.finding_text(finding, language) for finding in found])
    elif scope.level in PORTFOLIOS:
        needing = attention.pressing_projects(viewing)
        items += words(say_count("attention.count", needing, language))
    return Section(say("brief.first", language), items)
