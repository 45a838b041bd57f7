"""docs/design.md holds: contrast in light and dark, colours that stay apart, one grammar."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dashboard.charts import change_forest, grammar
from metrics.catalog import metrics

ROOT = Path(grammar.__file__).parents[2]
CHARTS = sorted(Path(grammar.__file__).parent.glob("*.py"))
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
MARKS = {
    "process": grammar.PROCESS,
    "outcome": grammar.OUTCOME,
    "own": grammar.OWN,
    "quiet": grammar.QUIET,
}
#: Simulation of colour blindness in linear RGB at full strength: Machado, Oliveira & Fernandes
#: (2009), A physiologically-based model for simulation of color vision deficiency, table 1.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    """Linear RGB of a colour as #rrggbb (sRGB, IEC 61966-2-1)."""
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.1, relative luminance)."""
    light, dark = sorted(
        (float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB under D65 (CIE 15)."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(np.clip(np.array(to_xyz) @ rgb, 1e-6, None) / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_name_in_the_logo_fits_it_in_whatever_font_a_reader_has():
    svg = (ROOT / "dashboard" / "assets" / "logo.svg").read_text(encoding="utf-8")
    width, start, length = (
        int(re.search(rf'<{part}="(\d+)"', svg)[1])
        for part in (r"svg[^>]* width", "text x", r"text[^>]* textLength")
    )
    assert start + length <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_stand_out_from_the_page_and_from_its_panels(scheme):
    for page in ("backgroundColor", "secondaryBackgroundColor"):
        for name, colour in MARKS.items():
            # WCAG 2.1, 1.4.11: graphical objects 3:1
            assert contrast(colour, THEME[scheme][page]) >= 3, (name, page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_links_can_be_read(scheme):
    for page in ("backgroundColor", "secondaryBackgroundColor"):
        for ink in ("textColor", "linkColor", "primaryColor"):
            # WCAG 2.1, 1.4.3: text 4.5:1
            assert contrast(THEME[scheme][ink], THEME[scheme][page]) >= 4.5, (ink, page)


@pytest.mark.parametrize("kind", BLIND)
def test_outcome_and_process_stay_apart_for_colour_blind_readers(kind):
    seen = {name: lab(np.clip(np.array(BLIND[kind]) @ linear(MARKS[name]), 0, 1)) for name in MARKS}
    apart = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(seen, 2)
    }
    # A difference of about 2.3 is just seen (CIE 1976); ten times that is told apart at a glance.
    assert apart["process", "outcome"] > 23
    assert min(apart.values()) > 4 * 2.3  # squares and circles, told apart by shape too


def test_the_design_names_the_colours_that_are_drawn():
    said = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    assert all(colour in said for colour in MARKS.values())


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.stem)
def test_no_chart_breaks_the_grammar(path):
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"go\.(Pie|Sunburst|Treemap|Scatter3d|Surface|Funnelarea)", code)
    assert not re.search(r"yaxis2|overlaying|showlegend\": True|stackgroup|\"spline\"", code)
    assert "plotly.express" not in code
    # Words take the ink of the page: no annotation and no axis has a colour of its own.
    assert not re.search(r"font=\{[^}]*color|\"(tick)?font\": \{[^}]*color", code)


def test_the_canvas_is_the_template():
    figure = change_forest([], metrics()["paired_change"], "fi")
    assert '"template"' not in figure.to_json()
    assert (figure.layout.showlegend, figure.layout.hovermode) == (False, False)
    assert figure.layout.paper_bgcolor == grammar.CLEAR
