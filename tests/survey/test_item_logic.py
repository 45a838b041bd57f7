"""Skip logic, pages and audiences of an instrument: what is accepted, and what is refused."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from survey.describe import describe
from survey.instrument import Instrument, instruments


def text(said: str) -> dict[str, str]:
    return {"fi": f"{said} fi", "sv": f"{said} sv", "en": f"{said} en"}


YES_NO = {
    "kind": "choice",
    "choices": [{"code": 0, "text": text("no")}, {"code": 1, "text": text("yes")}],
    "dont_know": text("do not know"),
}


def form(items: list[dict], **more: object) -> dict:
    """An instrument body; items are given by what they have besides answers and text."""
    return {
        "code": "small",
        "version": 1,
        "kind": "place",
        "title": text("title"),
        "purpose": text("purpose"),
        "source": "Made in the test.",
        "answer_sets": {"yes_no": YES_NO, "open": {"kind": "open"}},
        "items": [{"answers": "yes_no", "text": text(item["code"])} | item for item in items],
    } | more


def waits(code: str, item: str, *codes: int) -> dict:
    return {"code": code, "shown_if": {"item": item, "codes": list(codes or (1,))}}


def test_what_is_not_given_stays_out_of_the_hash():
    plain = form([{"code": "A1"}, {"code": "A2"}])
    said = Instrument.model_validate(plain)
    for name in ("shown_if", "hint", "sections", "audience", "variant_of"):
        assert name not in said.canonical
    given = copy.deepcopy(plain)
    given["items"][1] |= {"shown_if": {"item": "A1", "codes": [1]}, "hint": text("help")}
    given["sections"] = [{"title": text("one"), "items": ["A1", "A2"]}]
    given |= {"audience": "plain", "variant_of": "benefit@1"}
    changed = Instrument.model_validate(given)
    assert changed.sha256 != said.sha256
    assert Instrument.model_validate_json(changed.canonical) == changed


@pytest.mark.parametrize(
    ("items", "rule"),
    [
        ([waits("A1", "A2"), {"code": "A2"}], "not an earlier item"),
        ([waits("A1", "A1")], "not an earlier item"),
        ([waits("A1", "B9")], "not an earlier item"),
        ([{"code": "A1", "answers": "open"}, waits("A2", "A1")], "open item"),
        ([{"code": "A1"}, waits("A2", "A1", 7)], r"waits for \[7\]"),
        ([{"code": "A1"}, waits("A2", "A1", -2)], r"waits for \[-2\]"),
    ],
)
def test_skip_logic_asks_about_an_earlier_closed_item_and_its_answers(items, rule):
    with pytest.raises(ValidationError, match=rule):
        Instrument.model_validate(form(items))


def test_an_answer_of_dont_know_may_open_a_question():
    said = Instrument.model_validate(form([{"code": "A1"}, waits("A2", "A1", 1, -1)]))
    assert said.item("A2").shown_if.codes == (1, -1)


def test_a_chain_of_waiting_items_has_an_end():
    chain = [{"code": "A0"}, *(waits(f"A{n}", f"A{n - 1}") for n in range(1, 21))]
    Instrument.model_validate(form(chain))
    with pytest.raises(ValidationError, match="A21: more than 20"):
        Instrument.model_validate(form([*chain, waits("A21", "A20")]))


@pytest.mark.parametrize("pages", [[["A1"]], [["A1", "A2"], ["A2"]], [["A2", "A1"]], [["A1", "X"]]])
def test_sections_hold_every_item_once_in_order(pages):
    sections = [{"title": text("page"), "items": codes} for codes in pages]
    with pytest.raises(ValidationError, match="sections name every item once"):
        Instrument.model_validate(form([{"code": "A1"}, {"code": "A2"}], sections=sections))


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"variant_of": "benefit@1"}, "says whom it is for"),
        ({"variant_of": "small@1", "audience": "pupil"}, "not a variant of itself"),
        ({"variant_of": "benefit", "audience": "pupil"}, "variant_of"),
        ({"audience": "children"}, "audience"),
    ],
)
def test_a_variant_says_of_what_and_for_whom(more, rule):
    with pytest.raises(ValidationError, match=rule):
        Instrument.model_validate(form([{"code": "A1"}], **more))


@pytest.mark.parametrize("key", sorted(instruments()))
def test_help_texts_and_page_titles_are_in_three_languages(key):
    instrument = instruments()[key]
    texts = [item.hint for item in instrument.items if item.hint]
    texts += [section.title for section in instrument.sections]
    for said in texts:
        assert said.fi != said.sv
        assert said.fi != said.en


def test_an_answer_set_has_a_name_of_one_word():
    body = form([{"code": "A1"}])
    body["answer_sets"]["two words"] = {"kind": "open"}
    with pytest.raises(ValidationError, match="single words"):
        Instrument.model_validate(body)


def test_a_variant_names_an_instrument_that_there_is():
    named = {i.variant_of for i in instruments().values() if i.variant_of}
    assert named <= set(instruments())


def test_the_page_of_docs_tells_skip_logic_pages_and_audience():
    items = [{"code": "A1", "hint": text("help")}, waits("A2", "A1", 0, 1)]
    sections = [{"title": text("first"), "items": ["A1", "A2"]}]
    body = form(items, sections=sections, audience="plain", variant_of="benefit@1")
    page = describe([Instrument.model_validate(body)])
    assert "A1 fi (help fi)" in page
    assert "only after A1 = 0 or 1" in page
    assert "| 1 | A1, A2 | first fi | first sv | first en |" in page
    assert "Place assessment, for plain language, a wording of its own beside `benefit@1`" in page
