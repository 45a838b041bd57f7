"""Odd exports of known tools, made here: what somebody's own settings, language or program did.

No tool wrote these files. Each holds the same four people's answers as `exported.py`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl

from survey.instrument import instruments
from tests.data.imports.exported import (
    GOAL,
    MAIL,
    PEOPLE,
    RULE,
    TRUST,
    as_csv,
    as_xlsx,
    codes,
    texts,
)

_PULSE = instruments()["process_pulse@1"]
_CODES = ("GOAL1", "RULE1", "TRUST1")


def questions(language: str) -> list[str]:
    said = {item.code: item.text.in_language(language) for item in _PULSE.items}
    return [said[code] for code in _CODES]


def answers(language: str, at: int) -> list[str]:
    scale = _PULSE.answers_of("GOAL1")
    steps = [*(choice.text for choice in scale.choices), scale.dont_know, scale.not_applicable]
    return [steps[place - 1].in_language(language) if place else "" for place in PEOPLE[at]]


def webropol_merged(folder: Path) -> Path:
    """Lines of a report above, merged headings over the answer's own columns and over the
    statements, an empty column that somebody put between them."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Pihapilotin loppukysely – raportti 3.4.2026"], ["Vastaajia: 4"], []):
        sheet.append(row)
    sheet.append(["Vastaaja", "", "", "3. Arvioi päättynyttä vaihetta:", *[None] * 3, "4. Muuta?"])
    sheet.append(["Numero", "Vastausaika", "Kieli", GOAL, RULE, None, TRUST, None])
    for merged in ("A1:H1", "A4:C4", "D4:G4"):
        sheet.merge_cells(merged)
    for at in range(4):
        goal, rule, trust = texts(at)
        own = [at + 1, f"{at + 1}.3.2026 klo 10.15", "suomi"]
        sheet.append([*own, goal, rule, None, trust, f"Omin sanoin {at}"])
    book.save(path := folder / "webropol.xlsx")
    return path


def webropol_utf16(folder: Path) -> Path:
    """UTF-16 with tabs, a title above, the answer's number before its words."""
    said = [f"5. Arvioi: {text}" for text in (GOAL, RULE, TRUST)]
    rows = [["Kysely: Pihapilotti"], [], ["Vastaajan ID", "Vastattu", "Keräin", *said, ""]]
    for at in range(4):
        both = [f"{code} {text}" if code.isdigit() else text
                for code, text in zip(codes(at), texts(at), strict=True)]  # fmt: skip
        rows.append([at + 1, f"{at + 1}.3.2026 10:15", "Julkinen linkki", *both, ""])
    path = folder / "webropol.csv"
    path.write_bytes(as_csv(rows, "\t").encode("utf-16"))
    return path


def forms_swedish(folder: Path) -> Path:
    """Swedish, Windows-1252 with ``;``, points beside a question, American days, a hard space."""
    goal, rule, trust = questions("sv")
    head = ["ID", "Starttid", "Slutförandetid", "E-post", "Namn", "Språk", goal, f"Poäng - {goal}",
            f"{rule} ", f"{trust}\xa0", "Var hörde du om oss?"]  # fmt: skip
    rows = []
    for at in range(4):
        first, *rest = answers("sv", at)
        times = [f"3/{at + 13}/26 10:00:00", f"3/{at + 13}/26 10:07:00"]
        rows.append([at + 1, *times, "anonymous", "", "Svenska", first, "", *rest, "Nätet;Brev;"])
    path = folder / "forms.csv"
    path.write_bytes(as_csv([head, *rows], ";").encode("cp1252"))
    return path


def surveymonkey_names(folder: Path) -> Path:
    """A workbook with names in place of headings, and columns that nobody filled."""
    own = ["respondent_id", "collector_id", "date_created", "date_modified", "ip_address",
           "email_address", "first_name", "last_name", "custom_1"]  # fmt: skip
    top = [*own, "Please rate the phase that ended:", "", "", "", "How did you hear?", "", "", ""]
    below = [""] * len(own) + [*questions("en"), "Comment", "Web", "Letter",
                               "Other (please specify)", ""]  # fmt: skip
    rows = []
    for at in range(4):
        times = [f"2026-03-0{at + 1} 10:00:00", f"2026-03-0{at + 1} 10:05:00"]
        about = [11400000000 + at, 40, *times, "192.0.2.7", "", "", "", ""]
        heard = ["Web" if at % 2 else "", "Letter" if at != 1 else "", "", ""]
        rows.append([*about, *answers("en", at), "", *heard])
    return as_xlsx(folder / "monkey.xlsx", {"Sheet": [top, below, *rows]})


def qualtrics_zones(folder: Path) -> Path:
    """UTF-16 with tabs, import ids with a time zone, a column of zones, texts on two lines."""
    own = ["StartDate", "EndDate", "Status", "Progress", "Duration (in seconds)", "Finished",
           "RecordedDate", "ResponseId", "DistributionChannel", "UserLanguage", "Timezone",
           "Q_RecaptchaScore"]  # fmt: skip
    names = [*own, "Q2_1", "Q2_2", "Q2_3", "Q9"]
    said = [*own, *(f"Please rate the phase\nthat ended - {text}" for text in questions("en")),
            "Anything else?"]  # fmt: skip
    zone = {"timeZone": "Europe/Helsinki"}
    ids = [json.dumps({"ImportId": name} | (zone if "Date" in name else {})) for name in names]
    rows = [
        [f"2026-03-0{at + 1} 10:00:00", f"2026-03-0{at + 1} 10:05:00", "0", "100", "300", "1",
         f"2026-03-0{at + 1} 10:05:01", f"R_{at}", "anonymous", "EN", "Europe/Helsinki", "0.9",
         *answers("en", at), f"in words\n{at}"]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "qualtrics.tsv"
    path.write_bytes(as_csv([names, said, ids, *rows], "\t").encode("utf-16"))
    return path


def kobo_nested(folder: Path) -> Path:
    """Groups in groups, the form's version twice, a place, UTF-8 with a mark."""
    own = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
           "_submitted_by", "__version__", "_tags", "meta/rootUuid", "_index"]  # fmt: skip
    asked = [f"arvio/vaihe/{code}" for code in _CODES]
    asked += [f"arvio/kanavat/{name}" for name in ("kanava", "kanava/netti", "kanava/kirje")]
    head = ["start", "end", "__version__", *asked, "paikka", "_paikka_latitude", *own]
    rows = []
    for at in range(4):
        heard = ["netti kirje", "1", "1"] if at else ["", "", ""]
        stored = [100 + at, f"u-{at}", "2026-03-01T08:05:00", "", "", "submitted_via_web", "",
                  "vAb1", "", f"uuid:{at}", at + 1]  # fmt: skip
        times = ["2026-03-01T10:00:00.000+02:00", "2026-03-01T10:05:00.000+02:00", "vAb1"]
        rows.append([*times, *codes(at), *heard, "60.16952 24.93545 0 0", "60.16952", *stored])
    path = folder / "kobo.csv"
    path.write_bytes(as_csv([head, *rows], ";", csv.QUOTE_ALL).encode("utf-8-sig"))
    return path


def odk_alone(folder: Path) -> Path:
    """The plain CSV of a form, without a zip around it."""
    head = ["SubmissionDate", "meta-instanceID", *(f"arvio-{code}" for code in _CODES), "KEY",
            "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status",
            "ReviewState", "DeviceID", "Edits", "FormVersion"]  # fmt: skip
    rows = [
        ["2026-03-01T10:05:00.123Z", f"uuid:{at}", *codes(at), f"uuid:{at}", "7", "Kerääjä", "0",
         "0", "", "", "laite", "0", "1"]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "odk.csv"
    path.write_text(as_csv([head, *rows]), encoding="utf-8")
    return path


def google_swedish(folder: Path) -> Path:
    """A Swedish sheet saved as CSV: a clock with points."""
    head = ["Tidstämpel", "E-postadress", *(f"Bedöm skedet [{text}]" for text in questions("sv"))]
    rows = [[f"2026-03-0{at + 1} 10.15.22", MAIL[at], *answers("sv", at)] for at in range(4)]
    path = folder / "google.csv"
    path.write_text(as_csv([head, *rows]), encoding="utf-8")
    return path


def google_workbook(folder: Path) -> Path:
    """The answers' own sheet as a workbook, with a column that nobody named or filled."""
    head = ["Aikaleima", "Sähköpostiosoite", *(f"Arvio  [{text}]" for text in (GOAL, RULE, TRUST)),
            "Sarake 6"]  # fmt: skip
    rows = [[f"{at + 1}.3.2026 klo 8.46.17", MAIL[at], *texts(at), ""] for at in range(4)]
    return as_xlsx(folder / "google.xlsx", {"Lomakevastaukset 1": [head, *rows]})


#: Each odd export: whose it is, its maker, the day of the first answer, and what stays out.
ODD: dict[str, tuple[str, Callable[[Path], Path], str, set[str]]] = {
    "webropol merged": ("webropol", webropol_merged, "2026-03-01", set()),
    "webropol utf-16": ("webropol", webropol_utf16, "2026-03-01", set()),
    "forms swedish": ("ms_forms", forms_swedish, "2026-03-13", {"E-post", "Namn"}),
    "surveymonkey names": ("surveymonkey", surveymonkey_names, "2026-03-01", {"ip_address"}),
    "qualtrics zones": ("qualtrics", qualtrics_zones, "2026-03-01", set()),
    "kobo nested": ("kobo", kobo_nested, "2026-03-01", {"paikka", "_paikka_latitude"}),
    "odk alone": ("odk", odk_alone, "2026-03-01", {"SubmitterName", "DeviceID"}),
    "google swedish": ("google_forms", google_swedish, "2026-03-01", {"E-postadress"}),
    "google workbook": ("google_forms", google_workbook, "2026-03-01", {"Sähköpostiosoite"}),
}
