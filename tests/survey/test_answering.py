"""What is asked of whom, page by page, and which posted answers are taken."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from survey.answering import OPEN_LIMIT, Problem, check_page, pages, questions, settled
from survey.instrument import GROUPS, UNKNOWN_GROUP, WAVES, Instrument, instruments

BENEFIT = instruments()["benefit@1"]
EFFECTS = instruments()["effects@1"]


def text(said: str) -> dict[str, str]:
    return {"fi": f"{said} fi", "sv": f"{said} sv", "en": f"{said} en"}


def form(items: list[dict], sections: list[list[str]] | None = None) -> Instrument:
    yes_no = {
        "kind": "choice",
        "choices": [{"code": 0, "text": text("no")}, {"code": 1, "text": text("yes")}],
        "dont_know": text("do not know"),
    }
    body = {
        "code": "small",
        "version": 1,
        "kind": "outcome",
        "title": text("title"),
        "purpose": text("purpose"),
        "source": "Made in the test.",
        "answer_sets": {
            "yes_no": yes_no,
            "open": {"kind": "open"},
            "ten": {"kind": "recommendation"},
        },
        "items": [{"answers": "yes_no", "text": text(item["code"])} | item for item in items],
    }
    if sections:
        body["sections"] = [{"title": text("page"), "items": codes} for codes in sections]
    return Instrument.model_validate(body)


def waits(code: str, item: str, *codes: int, **more: object) -> dict:
    return {"code": code, "shown_if": {"item": item, "codes": list(codes or (1,))}, **more}


def codes(found: list[tuple]) -> list[list[str]]:
    return [[item.code for item in page] for page in found]


# A1 opens A2 and A3; A3 opens A4. Six plain items besides.
BRANCHED = form(
    [
        {"code": "A1"},
        waits("A2", "A1"),
        waits("A3", "A1", 0, -1),
        waits("A4", "A3"),
        *({"code": f"B{n}"} for n in range(1, 7)),
    ]
)


def test_without_sections_a_page_holds_four_items_in_order():
    plain = form([{"code": f"B{n}"} for n in range(1, 7)])
    assert codes(pages(plain, "RES", "end", {})) == [["B1", "B2", "B3", "B4"], ["B5", "B6"]]


def test_a_section_is_a_page():
    three = form([{"code": c} for c in ("A1", "A2", "B1")], [["A1", "A2"], ["B1"]])
    assert codes(pages(three, "RES", "end", {})) == [["A1", "A2"], ["B1"]]


def test_a_page_of_others_is_left_out():
    two = form(
        [{"code": "A1", "groups": ["STAFF"]}, {"code": "B1"}, {"code": "C1", "waves": ["end"]}],
        [["A1"], ["B1"], ["C1"]],
    )
    assert codes(pages(two, "RES", "baseline", {})) == [["B1"]]
    assert codes(pages(two, "STAFF", "end", {})) == [["A1"], ["B1"], ["C1"]]


def test_shipped_instruments_ask_each_group_what_concerns_it():
    # effects.v1.yaml: COM has five items, of which MARKET and PRODUCT are its own; RES has none.
    flat = [code for page in codes(pages(EFFECTS, "COM", "follow_up", {})) for code in page]
    assert flat == ["PRACT", "PRODUCT", "MARKET", "PARTNER", "EFFECT_TEXT"]
    assert pages(EFFECTS, "RES", "follow_up", {}) == []
    assert pages(EFFECTS, UNKNOWN_GROUP, "follow_up", {}) == []
    # benefit.v1.yaml asks REC from the second wave on.
    for wave, asked in (("baseline", False), ("end", True)):
        flat = [code for page in codes(pages(BENEFIT, "RES", wave, {})) for code in page]
        assert ("REC" in flat) is asked


def test_an_item_that_waits_never_shares_a_page_with_what_it_waits_for():
    # Cut at every fourth item, and before A2 (waits for A1) and A4 (waits for A3).
    assert codes(pages(BRANCHED, "RES", "end", {})) == [
        ["A1"], ["B1", "B2", "B3", "B4"], ["B5", "B6"],
    ]  # fmt: skip
    assert codes(pages(BRANCHED, "RES", "end", {"A1": 1}))[:2] == [["A1"], ["A2"]]
    assert codes(pages(BRANCHED, "RES", "end", {"A1": -1, "A3": 1}))[:3] == [
        ["A1"], ["A3"], ["A4"],
    ]  # fmt: skip


def test_a_changed_mind_takes_the_whole_chain_with_it():
    first = {"A1": 0, "A3": 1, "A4": 1, "B1": 0}
    assert settled(BRANCHED, "RES", "end", first) == first
    # A3 is not asked after A1 = 1, so A4 is not either although A3's answer still travels along.
    changed = first | {"A1": 1, "A2": 0}
    assert settled(BRANCHED, "RES", "end", changed) == {"A1": 1, "A2": 0, "B1": 0}
    assert settled(BRANCHED, "RES", "end", {}) == {}


def test_what_is_not_asked_of_a_group_or_in_a_wave_is_not_stored():
    assert settled(EFFECTS, "COM", "end", {"HOURS": 2, "MARKET": 1}) == {"MARKET": 1}
    assert settled(BENEFIT, "RES", "baseline", {"REC": 9, "CAPA1": 4}) == {"CAPA1": 4}
    assert settled(BENEFIT, "RES", "end", {"CHANGE_TEXT": "", "NO_SUCH": 1}) == {}


@pytest.mark.parametrize(
    ("said", "taken"),
    [("1", 1), (" 0 ", 0), ("-1", -1), ("", None), ("   ", None), ("01", 1)],
)
def test_posted_codes_are_read(said, taken):
    small = form([{"code": "A1"}])
    found, problems = check_page(small.items, small, {"A1": said})
    assert problems == []
    assert found == ({} if taken is None else {"A1": taken})


@pytest.mark.parametrize(
    "said", ["2", "-2", "-3", "yes", "1.0", "1e0", "１", "٣", "1;0", "9" * 400]
)
def test_what_the_item_does_not_offer_is_off_the_scale(said):
    small = form([{"code": "A1"}, {"code": "A2"}])
    found, problems = check_page(small.items, small, {"A1": said, "A2": "1"})
    assert found == {"A2": 1}
    assert [(problem.item, problem.code) for problem in problems] == [("A1", "off_scale")]
    assert len(problems[0].detail) <= 60


def test_a_recommendation_takes_zero_to_ten():
    small = form([{"code": "A1", "answers": "ten"}])
    taken = [n for n in range(-3, 13) if check_page(small.items, small, {"A1": str(n)})[0]]
    assert taken == list(range(11))


def test_an_open_answer_is_kept_as_written_up_to_its_limit():
    small = form([{"code": "A1", "answers": "open"}])
    said = "Kiitos \U0001f33f\r\n\r\nåäö\x00\x07\ud800 <b>$5</b>\t!"
    assert check_page(small.items, small, {"A1": f"  {said}\n"}) == (
        {"A1": "Kiitos \U0001f33f\n\nåäö <b>$5</b>\t!"},
        [],
    )
    whole = "ä" * OPEN_LIMIT
    assert check_page(small.items, small, {"A1": whole})[0] == {"A1": whole}
    # A browser counts a line end as one character and posts it as two.
    lines = "\r\n".join("ab" for _ in range(OPEN_LIMIT // 3))
    assert check_page(small.items, small, {"A1": lines})[1] == []
    found, problems = check_page(small.items, small, {"A1": whole + "ä"})
    assert (found, problems) == ({}, [Problem("A1", "too_long", str(OPEN_LIMIT + 1))])


def test_names_that_are_no_question_are_told_and_fields_of_the_form_are_not():
    small = form([{"code": "A1"}, {"code": "A2"}])
    posted = {"A1": "1", "A2": "0", "submission": "x", "page": "1", "csrf-token": "y", "ZZ9": "1"}
    found, problems = check_page(small.items[:1], small, posted)
    assert found == {"A1": 1}  # A2 stands on another page
    assert problems == [Problem("ZZ9", "unknown", "1")]


def test_a_question_is_an_item_with_its_answers():
    (first, *_) = questions(BENEFIT.items, BENEFIT)
    assert first.answers is BENEFIT.answers_of(first.item.code)


@pytest.mark.parametrize("key", sorted(instruments()))
def test_every_shipped_item_is_asked_once_of_whom_it_concerns(key):
    instrument = instruments()[key]
    # Whoever gives the answers that open items sees them all.
    opening = {i.shown_if.item: i.shown_if.codes[0] for i in instrument.items if i.shown_if}
    for group in (*GROUPS, UNKNOWN_GROUP):
        for wave in WAVES:
            flat = [item for page in pages(instrument, group, wave, opening) for item in page]
            assert len(flat) == len({item.code for item in flat})
            assert all(item.concerns(group, wave) for item in flat)
            waiting = [i for i in instrument.items if i.shown_if is None]
            assert {i.code for i in waiting if i.concerns(group, wave)} <= {i.code for i in flat}


@settings(max_examples=300, deadline=None)
@for_all(
    st.dictionaries(st.sampled_from([item.code for item in BRANCHED.items]), st.integers(-1, 1))
)
def test_the_way_through_is_the_same_whichever_way_it_is_walked(given):
    """Page by page, answering only what is seen, stores what settling everything at once does."""
    walked: dict[str, int | str] = {}
    seen = 0
    while seen < len(found := pages(BRANCHED, "RES", "end", walked)):
        posted = {item.code: str(given.get(item.code, "")) for item in found[seen]}
        taken, problems = check_page(found[seen], BRANCHED, posted)
        assert problems == []
        walked |= taken
        seen += 1
    assert walked == settled(BRANCHED, "RES", "end", given)


@settings(max_examples=300, deadline=None)
@for_all(st.dictionaries(st.text(max_size=8), st.text(max_size=40)), st.text(max_size=40))
def test_no_post_is_a_crash(posted, said):
    posted = posted | {"CAPA1": said, "CHANGE_TEXT": said}
    found, problems = check_page(BENEFIT.items, BENEFIT, posted)
    for code, value in found.items():
        accepted = BENEFIT.answers_of(code).accepted
        assert value in accepted if isinstance(value, int) else not accepted
    assert {problem.code for problem in problems} <= {"off_scale", "too_long", "unknown"}


# --- special categories of personal data ----------------------------------------------------------

HEALTH = form(
    [
        {"code": "A1"},
        {"code": "H1", "special": "health"},
        waits("H2", "H1", special="health", groups=["CUS"]),
        {"code": "U1", "special": "union", "waves": ["end"]},
    ]
)


@pytest.mark.parametrize(
    ("agreed", "asked"), [(False, [["A1"]]), (True, [["A1", "H1"], ["H2", "U1"]])]
)
def test_special_categories_are_asked_of_those_who_agreed(agreed, asked):
    given = {"A1": 1, "H1": 1, "H2": 0, "U1": 1}
    assert codes(pages(HEALTH, "CUS", "end", given, agreed=agreed)) == asked
    kept = settled(HEALTH, "CUS", "end", given, agreed=agreed)
    assert list(kept) == [code for page in asked for code in page]


def test_an_instrument_says_of_which_categories_it_asks_whom():
    assert HEALTH.special_of("CUS", "end") == ("health", "union")
    assert HEALTH.special_of("RES", "during") == ("health",)
    assert BENEFIT.special_of("RES", "end") == ()


def test_what_waits_for_a_special_answer_tells_of_it_too():
    with pytest.raises(ValueError, match="H2: waits for H1"):
        form([{"code": "H1", "special": "health"}, waits("H2", "H1")])


def test_a_flag_that_is_not_given_changes_no_hash():
    assert "special" not in BENEFIT.canonical
    assert '"special":"health"' in HEALTH.canonical


def test_a_long_section_of_a_form_that_others_made_is_cut_into_pages():
    names = [f"Q{number}" for number in range(1, 36)]
    long = form([{"code": name} for name in names], [names[:31], names[31:]])
    found = codes(pages(long, "RES", "end", {}))
    assert [len(page) for page in found] == [10, 10, 10, 1, 4]
    assert [code for page in found for code in page] == names
