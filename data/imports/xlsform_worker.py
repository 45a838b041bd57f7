"""The child process that reads an XLSForm: limited like the reader of files, and easy to lose.

It takes a request as JSON on its standard input, and says on its standard output, as one line of
JSON, what the form is or what is wrong with it. The checker of the field has the last word, because
a form that KoboToolbox and ODK refuse can be asked by nobody.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from data.imports.limits import Limits
from data.imports.worker import confine
from survey.xlsform.problems import Problem, shortened
from survey.xlsform.read import Reading, read

#: Loaded before the gates close: loading them loads foreign code, which is forbidden afterwards.
_LOADED = ("openpyxl", "pyxform.xls2xform")


def check(path: Path, file: str) -> Reading:
    """What the form is, after our own limits and then the checker of the field."""
    content = path.read_bytes()
    reading = read(content, file)
    refused = _refusal(content) if reading.instrument else ""
    if refused:
        return Reading(None, (Problem("pyxform_refused", detail={"said": refused}),))
    return reading


def _refusal(content: bytes) -> str:
    """Why the checker of the field refuses a form; empty where it takes it."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        convert(content, file_type=".xlsx")
    except PyXFormError as error:
        return shortened(str(error)) or type(error).__name__
    return ""


def main() -> None:
    """Answers one request."""
    request = json.loads(sys.stdin.read())
    for module in _LOADED:
        importlib.import_module(module)
    confine(Limits(**request["limits"]))
    reading = check(Path(request["path"]), request["file"])
    report = {
        "instrument": reading.instrument.canonical if reading.instrument else None,
        "problems": [asdict(problem) for problem in reading.problems],
        "remarks": [asdict(remark) for remark in reading.remarks],
        "names": reading.names,
        "values": reading.values,
    }
    print(json.dumps({"report": report}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
