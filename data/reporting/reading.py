"""What is read of reported values: the desk, the record of a figure, the totals of a funder."""

from data.reporting.desk import DeskLine, desk
from data.reporting.figure_record import FigureRecord, Released, Version, items_of, record
from data.reporting.protection import is_of_people, protected
from data.reporting.totals import Tally, Total, totals

__all__ = [
    "DeskLine",
    "FigureRecord",
    "Released",
    "Tally",
    "Total",
    "Version",
    "desk",
    "is_of_people",
    "items_of",
    "protected",
    "record",
    "totals",
]
