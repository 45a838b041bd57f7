"""Roles in words, and the two fields in which one is chosen with what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.session import Viewing, entered
from dashboard.truth import engine
from dashboard.wording import say
from data import records
from data.access import Grant, Role
from data.database import reading
from data.records.register import alphabet


@dataclass(frozen=True, slots=True)
class Scopes:
    """What roles can be for: the names of projects and of funders, by number."""

    projects: Mapping[int, str]
    funders: Mapping[int, str]

    def of(self, role: str) -> Mapping[int, str]:
        """The names among which a role's scope is chosen; none for a role of the whole house."""
        return {Role.MANAGER: self.projects, Role.FUNDER: self.funders}.get(role, {})


def scopes(viewing: Viewing) -> Scopes:
    """The projects and funders that somebody sees, as roles name them."""
    with reading(engine()) as connection:
        projects = records.project_names(connection, viewing.user)
        funders = records.funders(connection, viewing.user)
    language = viewing.language
    return Scopes(
        {one.id: records.name_in(one, language) for one in projects},
        {one.id: records.name_in(one, language) for one in funders},
    )


def in_words(grant: Grant, known: Scopes, language: str) -> str:
    """A role and what it is for."""
    role = say(f"users.role.{grant.role}", language)
    number = grant.project if grant.role == Role.MANAGER else grant.funder
    return role if number is None else f"{role}: {known.of(grant.role).get(number, number)}"


def choose(viewing: Viewing, known: Scopes, key: str) -> Callable[[], Grant]:
    """The fields of a role; what is called gives what stands in them when a button is pressed."""
    language = viewing.language
    chosen = st.selectbox(
        say("users.role", language),
        list(Role),
        format_func=lambda role: say(f"users.role.{role}", language),
        key=f"{key}_role",
        width=320,
    )
    names = known.of(chosen)
    if names:
        st.selectbox(
            say(f"users.scope.{chosen}", language),
            sorted(names, key=lambda number: alphabet(names[number])),
            format_func=lambda number: names[number],
            key=f"{key}_scope_{chosen}",
            width=520,
        )
    return partial(_chosen, key)


def _chosen(key: str) -> Grant:
    role = Role(entered(f"{key}_role"))
    number = entered(f"{key}_scope_{role}")
    return Grant(
        role,
        project=number if role is Role.MANAGER else None,
        funder=number if role is Role.FUNDER else None,
    )
