"""T-18, T-20: every click that writes and every file that leaves asks for a right of the policy."""

from __future__ import annotations

import ast

import pytest

from data.permissions import PERMISSIONS
from tests import callgraph

WRITING = "data.database:writing"
#: Functions that are handed what a click does, and open the transaction for it.
HANDED = (
    "judging.saving:_done", "people.changes:_done", "reporting.doing:attempt",
    "reporting.saving:_made", "surveys.actions:_act", "surveys.actions:_confirmed",
    "surveys.personal:_done", "surveys.replies:_act", "voices.coding:_done",
    "commands.people:_change", "commands.exporting:_note", "commands.exporting:_hand_out",
)  # fmt: skip
#: What writes on a click, on the command line or in a child, and the right that it asks for.
CALLBACKS = {
    "grant user": (
        "commands.people:add", "commands.people:disable", "commands.people:enable",
        "commands.people:grant", "commands.people:password", "commands.people:withdraw",
        "people.changes:cancel", "people.changes:disable", "people.changes:enable",
        "people.changes:grant", "people.changes:invite", "people.changes:invite_again",
        "people.changes:withdraw",
    ),
    "store batch": (
        "commands.intake:_store", "intake_worker:keep_profile", "intake_worker:store",
        "surveys.xlsform:_store",
    ),
    "undo batch": (
        "commands.intake:undo", "intake_worker:undo", "commands.keeping:erase",
        "commands.keeping:retention", "commands.keeping:subject_access",
    ),
    "assess assessment": (
        "judging.saving:_beside", "judging.saving:mark_done", "judging.saving:reopen",
        "judging.saving:save", "judging.saving:start", "judging.saving:submit",
    ),
    "report indicator": (
        "commands.own_indicators:indicators", "reporting.claim_form:_save",
        "reporting.decisions:_correct", "reporting.proof_lists:_attach_file",
        "reporting.proof_lists:_attach_link", "reporting.proof_lists:_remove",
        "reporting.saving:begin", "reporting.saving:change_period", "reporting.saving:close",
        "reporting.saving:count", "reporting.saving:open_period", "reporting.saving:read",
        "reporting.saving:save", "reporting.saving:submit", "reporting.target_form:_save",
    ),
    "approve indicator": ("reporting.decisions:_approve", "reporting.decisions:_send_back"),
    "release release": (
        "commands.releasing:_freeze", "commands.releasing:_rotate", "reporting.release_worker:made",
    ),
    "ask collection": (
        "surveys.actions:_moving", "surveys.actions:_reopening", "surveys.actions:show",
        "surveys.invited:_withdraw",
        "surveys.links:token", "surveys.notice:_use", "surveys.opening:_open",
        "surveys.personal:_invite", "surveys.personal:_remind",
    ),
    "publish notice": ("surveys.notice:_write",),
    "reply reply": ("surveys.replies:_steps", "surveys.replies:edit"),
    "code row": ("voices.coding:clear", "voices.coding:new_theme", "voices.coding:put"),
    "publish revision": ("commands.serving:load_sample",),
}  # fmt: skip
#: Files that leave, from a page or by a command, and the right that is asked for them.
EXPORTS = {
    "app_pages.audit:_offer": "read audit",
    "arrivals:rejected": "read row",
    "arrivals:remarked": "read row",
    "brief.button:make": "read project",
    "judging.form:offer": "assess assessment",
    "reporting.files:_make": "read indicator",
    "reporting.proof_lists:way": "read indicator",
    "reporting.releases:way": "read release",
    "surveys.links:_picture": "ask collection",
    "surveys.personal:_tell_links": "ask collection",
    "surveys.xlsform:download": "read collection",
    "commands.auditing:export": "read audit",
    "commands.exporting:_figures": "read project",
    "commands.exporting:_open_data": "read project",
    "commands.exporting:_report": "read indicator",
}
#: What writes without asking for a right of the policy, and why that is as it must be.
WITHOUT = {
    "answering.visits:_send": "a respondent, who has a link instead of a role",
    "commands.exporting:_release": "counts the openings of data; the file asks (EXPORTS)",
    "doorway.admitting:admit": "a sign-in begins",
    "doorway.invitations:_accept": "whoever was invited takes their own place by its code",
    "doorway.routes:_admit_identity": "a sign-in begins",
    "doorway.routes:_note_refusal": "a refusal is written down",
    "doorway.routes:check_password": "a wrong password is counted",
    "doorway.visits:end_session": "one's own session ends",
    "downloads:_content": "the file itself asks when it is read (EXPORTS); this notes it",
    "server:_write_denials": "denials are written down",
    "server:settle_sign_in": "denials of the last run of the server are written down",
    "server:show_error": "denials are written down",
    "session:note_denials": "denials are written down",
    "session:user": "one's own session is noted as in use",
}
#: What hands files out, to be told what to hand out.
WAYS = (
    "downloads:offer", "downloads:offer_to_read", "fetching:fetch", "reporting.files:offered",
    "brief.button:offered",
)  # fmt: skip


def whole(*names: str) -> set[str]:
    return {f"dashboard.{name}" for name in names}


def short(names) -> set[str]:
    return {name.removeprefix("dashboard.") for name in names}


def writers() -> set[str]:
    """Every function of the dashboard that writes, or hands over what writes."""
    opened = callgraph.callers(WRITING, within="data.")
    found = callgraph.callers(WRITING, *opened, *whole(*HANDED), within="dashboard.")
    return short(found) - set(HANDED)


def test_t18_every_click_that_writes_stands_here_with_its_right():
    listed = {name for names in CALLBACKS.values() for name in names}
    assert writers() == listed | set(WITHOUT) | (set(EXPORTS) & writers())
    assert listed.isdisjoint(WITHOUT)
    assert len(listed) > 55  # 62 when this was written


@pytest.mark.parametrize(
    ("right", "name"), [(right, name) for right, names in CALLBACKS.items() for name in names]
)
def test_t18_a_click_that_writes_comes_to_ask_for_its_right(right, name):
    asked = {" ".join(pair) for pair in callgraph.asked(f"dashboard.{name}")}
    assert right in asked
    allowed = {" ".join(pair) for rights in PERMISSIONS.values() for pair in rights}
    assert asked <= allowed


def test_t18_every_file_that_leaves_stands_here_and_asks_for_its_right():
    pages = short(callgraph.callers(*whole(*WAYS), within="dashboard.")) - set(WAYS)
    commands = short(callgraph.callers("dashboard.commands.exporting:_hand_out"))
    assert pages | commands | {"commands.auditing:export"} == set(EXPORTS)
    for name, right in EXPORTS.items():
        asked = {" ".join(pair) for pair in callgraph.asked(f"dashboard.{name}")}
        assert right in asked, name


def callbacks() -> set[str]:
    """Every function that a button, a field or a form calls when it is used."""
    found = set()
    for function in callgraph.functions().values():
        for node in ast.walk(function.node):
            if isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change"):
                used = {getattr(one, "id", getattr(one, "attr", "")) for one in ast.walk(node)}
                found |= {call for call in function.calls if call.rpartition(":")[2] in used}
    return found & set(callgraph.functions())


def test_t18_no_callback_writes_but_those_above():
    """A callback that comes to open a transaction does so through one of the functions above."""
    known = {name for names in CALLBACKS.values() for name in names} | set(WITHOUT)
    opened = {WRITING, *callgraph.callers(WRITING, within="data.")}
    found = callbacks()
    assert len(found) > 20  # 29 when this was written
    for name in found:
        reached = callgraph.reached(name)
        calls = {call for one in reached for call in callgraph.functions()[one].calls}
        if calls & opened:
            assert short(reached) & (known | set(HANDED)), name


# --- the walk itself -----------------------------------------------------------------------------


def test_the_walk_follows_packages_inner_functions_and_what_is_handed_over():
    assert ("grant", "user") in callgraph.asked("dashboard.people.changes:grant")
    assert ("read", "audit") in callgraph.asked("dashboard.app_pages.audit:_offer")
    assert callgraph.asked("dashboard.format:count") == set()
