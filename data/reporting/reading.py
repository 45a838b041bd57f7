"""What is read of reported values: the desk, the record of a figure, the totals of a funder, and
what stands behind many values at once."""

from data.reporting.desk import DeskLine, desk
from data.reporting.figure_record import FigureRecord, Released, Version, items_of, record
from data.reporting.listing import SETTLED, Behind, behind, items_behind, standing
from data.reporting.protection import is_of_people, protected
from data.reporting.totals import Tally, Total, totals

__all__ = [
    "SETTLED",
    "Behind",
    "DeskLine",
    "FigureRecord",
    "Released",
    "Tally",
    "Total",
    "Version",
    "behind",
    "desk",
    "is_of_people",
    "items_behind",
    "items_of",
    "protected",
    "record",
    "standing",
    "totals",
]
