"""Workbooks of sheets given as rows, for tests of XLSForms."""

from __future__ import annotations

from io import BytesIO

import openpyxl


def workbook(**sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()
