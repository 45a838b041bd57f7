"""The vectors of a brief: intervals drawn, gaps told, every letter with a shape."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from dashboard.brief import pictures
from dashboard.brief.letters import LETTERS, settable
from dashboard.brief.press import set_brief
from dashboard.charts import Reference, Row
from dashboard.wording import texts
from metrics.catalog import metrics
from metrics.metric import Method, Reason, Result, ValueState
from survey.text import LANGUAGES

QUALITY, BENEFIT = metrics()["process_quality"], metrics()["benefit_share"]


def result(value: float | None, low=None, high=None, *, indicative=False) -> Result:
    state = ValueState.SUPPRESSED if value is None else ValueState.VALUE
    reason = Reason.TOO_FEW if value is None else None
    return Result(
        "process_quality", "process_full@1", "quality", "project", 1, "end", "total", "",
        state, value, low, high, None, None, 40, None, None, 1, None, indicative,
        Method.STUDENT, reason,
    )  # fmt: skip


def tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  our own picture


def drawn(svg: str, tag: str) -> list[dict[str, str]]:
    return [each.attrib for each in tree(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def said(svg: str) -> str:
    return " ".join(tree(svg).itertext())


def test_a_mark_stands_at_its_value_with_the_whole_of_its_interval():
    svg = pictures.dots([Row("Luottamus", result(50.0, 25.0, 75.0))], QUALITY, "fi")
    plot = pictures.Plot(0, 100, pictures.LEFT, pictures.RIGHT)
    assert float(drawn(svg, "circle")[0]["cx"]) == pytest.approx(plot.at(50), abs=0.01)
    spans = [
        (float(line["x1"]), float(line["x2"]))
        for line in drawn(svg, "line")
        if line["y1"] == line["y2"]
    ]
    assert spans == [pytest.approx((plot.at(25), plot.at(75)), abs=0.01)]
    assert "50 (25–75)" in said(svg)


def test_kinds_and_sureness_are_told_by_shape():
    sure, unsure = result(0.5, 0.4, 0.6), result(0.5, 0.1, 0.9, indicative=True)
    outcome = pictures.dots([Row("A", sure), Row("B", unsure)], BENEFIT, "en")
    assert [each["fill"] for each in drawn(outcome, "polygon")] == ["#c4610e", "#ffffff"]
    assert drawn(outcome, "circle") == []
    assert "~ 50%" in said(outcome)


def test_what_is_not_shown_is_a_dotted_gap_with_its_words():
    svg = pictures.dots([Row("A", result(None), "ei näytetä")], QUALITY, "fi")
    assert drawn(svg, "circle") == []
    assert [line["stroke-dasharray"] for line in drawn(svg, "line") if "stroke-dasharray" in line]
    assert "ei näytetä" in said(svg)


def test_a_reference_and_a_direction_are_said():
    rows = [Row("A", result(40.0))]
    svg = pictures.dots(rows, QUALITY, "en", Reference("overall", 60.0), direction=True)
    assert "overall 60" in said(svg)
    assert "improved" in said(svg)


def test_a_grid_says_a_number_an_interval_or_a_word_in_every_cell():
    phases = [("P4", "Työpajat"), ("P6", "Pilotointi"), ("P8", "Skaalaus")]
    cells = {
        ("Luottamus", "P4"): Row("", result(62.0, 50.0, 74.0, indicative=True)),
        ("Luottamus", "P6"): Row("", result(None), "ei näytetä"),
    }
    svg = pictures.grid(["Luottamus"], phases, cells, QUALITY, "fi")
    assert "~62" in said(svg)
    assert "suojattu" in said(svg)
    assert said(svg).rstrip().endswith("–")  # nothing was asked in P8
    caps = [line for line in drawn(svg, "line") if line["x1"] == line["x2"]]
    assert len(caps) == 2


def test_words_of_people_are_words_in_a_picture():
    name = '<image href="https://evil.example/x.png"/>&amp;'
    svg = pictures.dots([Row(name, result(50.0))], QUALITY, "fi")
    assert drawn(svg, "image") == []
    assert "https://evil" in said(svg)


def test_letters_are_composed_and_others_named():
    assert settable("a\u0308kta\u0308") == "äktä"
    assert settable("yksi\n\tkaksi  kolme") == "yksi kaksi kolme"
    assert settable("\u202eok\u0000") == "[U+202E]ok[U+0000]"


def test_every_letter_that_is_set_has_a_shape():
    """The standards refuse a letter without one, upright, bold or slanted."""
    every = " ".join(sorted(LETTERS - {" "}))
    picture = pictures.picture(
        [
            pictures.text(every, 0, 10, "start", 8),
            pictures.text(every, 0, 20, "start", 8, weight="bold"),
            pictures.text(every, 0, 30, "start", 8, style="italic"),
        ],
        470,
        40,
    )
    pdf = set_brief(
        {
            "lang": "fi",
            "title": every,
            "name": every,
            "author": "Arviomo",
            "description": every,
            "kind": every,
            "facts": [every],
            "invented": every,
            "footer": every,
            "sections": [
                {
                    "title": every,
                    "level": 1,
                    "items": [
                        {"kind": "text", "text": every},
                        {"kind": "chart", "svg": picture, "alt": every, "legend": every},
                    ],
                }
            ],
        }
    )
    assert pdf.startswith(b"%PDF")


def test_everything_that_the_product_says_can_be_set():
    own = [text.in_language(code) for text in texts().values() for code in LANGUAGES]
    for metric in metrics().values():
        own += [
            text.in_language(c)
            for text in (metric.label, metric.reading, metric.definition)
            for c in LANGUAGES
        ]
    named = {found for text in own for found in re.findall(r"\[U\+\w+\]", settable(text))}
    assert named - {"[U+2318]"} == set()  # the command key stands on keyboards only
