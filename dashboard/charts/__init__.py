"""Published results -> Plotly figures: pure functions, nothing is computed or looked up here."""

from dashboard.charts.counts import (
    Counted,
    Pair,
    counted_bars,
    participation_bars,
    taken_up_bars,
)
from dashboard.charts.dumbbell import GapRow, dumbbell
from dashboard.charts.gap_grid import GapCells, gap_grid
from dashboard.charts.grammar import has_range, is_shown
from dashboard.charts.grid import GridRow, share_grid
from dashboard.charts.heatmap import PhaseCell, PhaseRow, cell_text, phase_heatmap
from dashboard.charts.intervals import Reference, Row, change_forest, interval_dots
from dashboard.charts.plane import NUMBERED, Point, Side, plane
from dashboard.charts.tiles import Place, tile_map
from dashboard.charts.timeline import Phase, phase_timeline
from dashboard.charts.waves import wave_steps

__all__ = [
    "NUMBERED",
    "Counted",
    "GapCells",
    "GapRow",
    "GridRow",
    "Pair",
    "Phase",
    "PhaseCell",
    "PhaseRow",
    "Place",
    "Point",
    "Reference",
    "Row",
    "Side",
    "cell_text",
    "change_forest",
    "counted_bars",
    "dumbbell",
    "gap_grid",
    "has_range",
    "interval_dots",
    "is_shown",
    "participation_bars",
    "phase_heatmap",
    "phase_timeline",
    "plane",
    "share_grid",
    "taken_up_bars",
    "tile_map",
    "wave_steps",
]
