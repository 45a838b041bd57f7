"""What is read of reported values: the desk, the record of a figure, the totals of a funder, and
what stands behind many values at once."""

from data.reporting.desk import DeskLine, desk
from data.reporting.figure_record import FigureRecord, Released, Version, items_of, line, record
from data.reporting.listing import SETTLED, Behind, behind, items_behind, standing
from data.reporting.protection import is_of_people, protected
from data.reporting.totals import ObjectiveTotal, Tally, Total, totals, totals_by_objective

__all__ = [
    "SETTLED",
    "Behind",
    "DeskLine",
    "FigureRecord",
    "ObjectiveTotal",
    "Released",
    "Tally",
    "Total",
    "Version",
    "behind",
    "desk",
    "is_of_people",
    "items_behind",
    "items_of",
    "line",
    "protected",
    "record",
    "standing",
    "totals",
    "totals_by_objective",
]
