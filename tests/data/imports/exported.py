"""Made exports of survey tools: the shapes that the tools write, with answers made up here.

No tool wrote these files. The shapes follow what is public of each tool's exports; Webropol,
Microsoft Forms, ODK and REDCap have no real file beside the repository at all.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

GOAL = "Tiesin, mihin yhteiseen tavoitteeseen tässä vaiheessa pyrittiin."
RULE = "Tiesin, mikä oma tehtäväni oli."
TRUST = "Saatoin kertoa keskeneräisen ajatuksen huoletta."
AGREE = [
    "", "Täysin eri mieltä", "Jokseenkin eri mieltä", "Ei samaa eikä eri mieltä",
    "Jokseenkin samaa mieltä", "Täysin samaa mieltä", "En osaa sanoa", "Ei koske minua",
]  # fmt: skip
#: What four people answered to the three items, as places of AGREE; 6 and 7 are no scale.
PEOPLE = [(5, 4, 1), (4, 6, 3), (0, 2, 2), (3, 3, 7)]
#: The same as it is stored: -1 does not know, -2 does not concern, a blank is absent.
STORED = [
    {"GOAL1": 5, "RULE1": 4, "TRUST1": 1},
    {"GOAL1": 4, "RULE1": -1, "TRUST1": 3},
    {"RULE1": 2, "TRUST1": 2},
    {"GOAL1": 3, "RULE1": 3, "TRUST1": -2},
]
MAIL = [f"henkilo{at}@example.org" for at in range(4)]


def texts(at: int) -> list[str]:
    return [AGREE[place] for place in PEOPLE[at]]


def codes(at: int) -> list[str]:
    """Numbers, and words where there is no step of the scale."""
    return [str(place) if 0 < place < 6 else AGREE[place] for place in PEOPLE[at]]


def as_csv(rows: list[list], separator: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(rows)
    return out.getvalue()


def as_xlsx(path: Path, sheets: dict[str, list[list]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path


def kobo_csv(folder: Path) -> Path:
    """``;``, every cell quoted, group paths, both forms of a multiple choice, an HXL row."""
    head = ["start", "arvio/GOAL1", "arvio/RULE1", "arvio/TRUST1", "kanava", "kanava/netti",
            "kanava/kirje", "_id", "_uuid", "_submission_time", "_validation_status",
            "_submitted_by", "_index"]  # fmt: skip
    tags = ["", "#goal", "#rule", "#trust", "", "", "", "", "", "", "", "", ""]
    rows = [
        ["2026-03-01T10:00:00", *codes(at), "netti", "1", "0", 100 + at, f"u-{at}",
         "2026-03-01T10:05:00", "", f"kerääjä{at}", at + 1]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "kobo.csv"
    path.write_text(as_csv([head, tags, *rows], ";", csv.QUOTE_ALL), encoding="utf-8")
    return path


def kobo_labels(folder: Path) -> Path:
    """XLSX with labels instead of names, ``::`` between groups, and a sheet of repeats."""
    head = [f"Arvio::{GOAL}", f"Arvio::{RULE}", f"Arvio::{TRUST}", "_id", "_uuid",
            "_submission_time", "_validation_status", "_submitted_by", "_index"]  # fmt: skip
    rows = [
        [*texts(at), 100 + at, f"u-{at}", "2026-03-01T10:05:00", "", "kerääjä", at + 1]
        for at in range(4)
    ]
    repeats = [["jäsen", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"]]
    repeats += [["aikuinen", at, "Arvio", 1 + at % 4, f"u-{at % 4}"] for at in range(9)]
    return as_xlsx(folder / "kobo.xlsx", {"Arvio": [head, *rows], "jäsenet": repeats})


def odk_zip(folder: Path) -> Path:
    """A zip with the form and a repeat; zeros for a multiple choice that nobody answered."""
    head = ["SubmissionDate", "meta-instanceID", "arvio-GOAL1", "arvio-RULE1", "arvio-TRUST1",
            "kanava", "kanava/netti", "kanava/kirje", "paikka-Latitude", "paikka-Longitude", "KEY",
            "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status",
            "ReviewState", "DeviceID", "Edits", "FormVersion"]  # fmt: skip
    rows = [
        ["2026-03-01T10:05:00.123Z", f"uuid:{at}", *codes(at), "netti" if at else "",
         "1" if at else "0", "0", "60.1", "24.9", f"uuid:{at}", "7", "Kerääjä", "0", "0", "", "",
         "laite1", "0", "1"]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "odk.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("arvio.csv", as_csv([head, *rows]))
        archive.writestr("arvio-jasen.csv", "ika,PARENT_KEY,KEY\n30,uuid:0,uuid:0/jasen[1]\n")
    return path


def limesurvey_codes(folder: Path) -> Path:
    """Code headings, answers A1-A5, an anonymous survey (1980), and its structure beside it."""
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "Q1[SQ001]",
            "Q1[SQ002]", "Q1[SQ003]", "ipaddr"]  # fmt: skip
    lime = {0: "", 6: "A6", 7: "A7"} | {place: f"A{place}" for place in range(1, 6)}
    rows = [
        [at + 1, "1980-01-01 00:00:00", "2", "fi", "1", f"tok{at}",
         *(lime[place] for place in PEOPLE[at]), "192.0.2.1"]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "lime.csv"
    path.write_text(as_csv([head, *rows], ",", csv.QUOTE_ALL), encoding="utf-8")
    structure(path.with_suffix(".lss"))
    return path


def structure(path: Path) -> None:
    """A LimeSurvey structure of one array of three rows, in Finnish and Swedish."""

    def row(**fields: str) -> str:
        cells = "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items())
        return f"<row>{cells}</row>"

    questions = row(qid="1", parent_qid="0", title="Q1", question="<p>Arvioi</p>", language="fi")
    subs = [
        row(qid=str(at + 2), parent_qid="1", title=f"SQ00{at + 1}", question=text, language="fi")
        for at, text in enumerate((GOAL, RULE, TRUST))
    ]
    answers = [
        row(qid="1", code=f"A{at}", answer=AGREE[at], sortorder=str(at), language="fi")
        for at in range(1, 8)
    ]
    path.write_text(
        "<?xml version='1.0' encoding='UTF-8'?><document><LimeSurveyDocType>Survey"
        "</LimeSurveyDocType><languages><language>fi</language></languages>"
        f"<answers><rows>{''.join(answers)}</rows></answers>"
        f"<questions><rows>{questions}</rows></questions>"
        f"<subquestions><rows>{''.join(subs)}</rows></subquestions></document>",
        encoding="utf-8",
    )


def limesurvey_full(folder: Path) -> Path:
    """Full headings and long answers, as ``question [row]``."""
    head = ["Response ID", "Date submitted", "Last page", "Start language", "Seed",
            *(f"Arvioi vaihetta. [{text}]" for text in (GOAL, RULE, TRUST))]  # fmt: skip
    rows = [[at + 1, f"2026-03-0{at + 1} 10:00:00", 2, "fi", 1, *texts(at)] for at in range(4)]
    path = folder / "lime_full.csv"
    path.write_text(as_csv([head, *rows], ";", csv.QUOTE_ALL), encoding="utf-8-sig")
    return path


def google_csv(folder: Path) -> Path:
    """A grid as ``Question [Row]``, a list in a cell, an e-mail, trailing blanks in headers."""
    grid = [f"Arvioi vaihetta  [{text}]" for text in (GOAL, RULE, TRUST)]
    head = ["Aikaleima", "Sähköpostiosoite", *grid, "Mistä kuulit? "]
    heard = ["Netti;Kirje", "Netti", "Kirje;Ystävä", "Netti;Ystävä"]
    rows = [
        [f"2026/03/0{at + 1} 8:46:17 AM EET", MAIL[at], *texts(at), heard[at]] for at in range(4)
    ]
    path = folder / "google.csv"
    path.write_text(as_csv([head, *rows]), encoding="utf-8")
    return path


def ms_forms(folder: Path) -> Path:
    """XLSX in Finnish: a column a statement, a list ending in ``;``, name and e-mail."""
    head = ["Tunnus", "Aloitusaika", "Valmistumisaika", "Sähköposti", "Nimi", GOAL, RULE, TRUST,
            "Mistä kuulit?"]  # fmt: skip
    rows = [
        [at + 1, f"2026-03-0{at + 1} 10:00:00", f"2026-03-0{at + 1} 10:07:00", "anonymous",
         "Vastaaja", *texts(at), "Netti;Kirje;"]
        for at in range(4)
    ]  # fmt: skip
    return as_xlsx(folder / "forms.xlsx", {"Sheet1": [head, *rows]})


def webropol_xlsx(folder: Path) -> Path:
    """A title row, and a merged row of questions above a row of statements."""
    top = ["Vastaajan ID", "Vastausaika", "Kieli", "1. Arvioi päättynyttä vaihetta", "", ""]
    below = ["", "", "", GOAL, RULE, TRUST]
    rows = [[at + 1, f"{at + 1}.3.2026 10.15", "suomi", *texts(at)] for at in range(4)]
    sheet = [["Webropol-kyselyn perusraportti"], [], top, below, *rows]
    return as_xlsx(folder / "webropol.xlsx", {"Raportti": sheet})


def webropol_csv(folder: Path) -> Path:
    """Windows-1252, ``;``, Swedish questions, numbers instead of words."""
    swedish = [
        "Jag visste vilket gemensamt mål vi arbetade mot i det här skedet.",
        "Jag visste vad som var min uppgift.",
        "Jag kunde dela en ofärdig tanke utan oro.",
    ]
    head = ["Vastaajanumero", "Vastausaika", "Kieli", "Kesto (mm:ss)", *swedish]
    rows = [[at + 1, f"{at + 1}.3.2026 10:15", "ruotsi", "3,5", *codes(at)] for at in range(4)]
    path = folder / "webropol.csv"
    path.write_bytes(as_csv([head, *rows], ";").encode("cp1252"))
    return path


def qualtrics_csv(folder: Path) -> Path:
    """Three header rows: names, texts, import ids as JSON."""
    system = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)",
              "Finished", "RecordedDate", "ResponseId", "RecipientEmail", "LocationLatitude",
              "UserLanguage"]  # fmt: skip
    names = [*system, "Q2_1", "Q2_2", "Q2_3"]
    said = [*system, *(f"Arvioi vaihetta: - {text}" for text in (GOAL, RULE, TRUST))]
    ids = [json.dumps({"ImportId": name}) for name in names]
    rows = [
        ["2026-03-01 10:00:00", "2026-03-01 10:05:00", "IP Address", "192.0.2.1", "100", "300",
         "True", f"2026-03-0{at + 1} 10:05:00", f"R_{at}", MAIL[at], "60.17", "FI", *texts(at)]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "qualtrics.csv"
    path.write_text(as_csv([names, said, ids, *rows]), encoding="utf-8-sig")
    return path


def surveymonkey_csv(folder: Path) -> Path:
    """Two header rows: questions, and under them ``Response`` or the rows of a matrix."""
    top = ["Respondent ID", "Collector ID", "Date Created", "Date Modified", "IP Address",
           "Email Address", "First Name", "Arvioi vaihetta:", "", "",
           "Mistä kuulit?", ""]  # fmt: skip
    below = ["", "", "", "", "", "", "", GOAL, RULE, TRUST, "Netti", "Kirje"]
    rows = [
        [1000 + at, 5, f"03/1{at + 3}/2026 10:00:00 AM", f"03/1{at + 3}/2026 10:05:00 AM",
         "192.0.2.1", MAIL[at], "", *texts(at), "Netti" if at else "", ""]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "surveymonkey.csv"
    path.write_text(as_csv([top, below, *rows]), encoding="utf-8")
    return path


def redcap_csv(folder: Path) -> Path:
    """Raw codes, checkboxes with ``___``, a form's completeness."""
    head = ["record_id", "redcap_survey_identifier", "arvio_timestamp", "goal1", "rule1", "trust1",
            "kanava___1", "kanava___2", "arvio_complete"]  # fmt: skip
    rows = [[at + 1, "", f"2026-03-0{at + 1} 10:05:00", *codes(at), 1, 0, 2] for at in range(4)]
    path = folder / "redcap.csv"
    path.write_text(as_csv([head, *rows]), encoding="utf-8")
    return path


def decidim_answers(folder: Path) -> Path:
    """Localised heads, numbered questions, a matrix with its rows after a slash."""
    grid = [f"1. Arvioi vaihetta/{text}" for text in (GOAL, RULE, TRUST)]
    head = ["ID", "Luontiaika", "IP-tiiviste", "Käyttäjän tila", *grid, "2. Muuta"]
    rows = [
        [f"s{at}", f"2026-03-0{at + 1} 10:05:00 +0200", f"abc{at}", "Rekisteröitynyt", *texts(at),
         f"Kiitos, vastasin omin sanoin {at}"]
        for at in range(4)
    ]  # fmt: skip
    path = folder / "decidim.csv"
    path.write_text(as_csv([head, *rows], ";"), encoding="utf-8")
    return path


def tidy_csv(folder: Path) -> Path:
    """A plain table with codes as headers."""
    rows = [["response_id", "GOAL1", "RULE1", "TRUST1"]]
    rows += [[f"r{at}", *codes(at)] for at in range(4)]
    path = folder / "tidy.csv"
    path.write_text(as_csv(rows), encoding="utf-8")
    return path


#: Each made export: who writes such files, the maker, and personal columns that must stay out.
EXPORTS: dict[str, tuple[str, Callable[[Path], Path], set[str]]] = {
    "kobo csv": ("kobo", kobo_csv, {"_submitted_by"}),
    "kobo labels": ("kobo", kobo_labels, {"_submitted_by"}),
    "odk zip": ("odk", odk_zip, {"SubmitterName", "DeviceID", "paikka-Latitude"}),
    "limesurvey codes": ("limesurvey", limesurvey_codes, {"token", "ipaddr"}),
    "limesurvey full": ("limesurvey", limesurvey_full, set()),
    "google forms": ("google_forms", google_csv, {"Sähköpostiosoite"}),
    "microsoft forms": ("ms_forms", ms_forms, {"Sähköposti", "Nimi"}),
    "webropol xlsx": ("webropol", webropol_xlsx, set()),
    "webropol csv": ("webropol", webropol_csv, set()),
    "qualtrics": ("qualtrics", qualtrics_csv, {"IPAddress", "RecipientEmail", "LocationLatitude"}),
    "surveymonkey": ("surveymonkey", surveymonkey_csv, {"IP Address", "Email Address"}),
    "redcap": ("redcap", redcap_csv, set()),
    "decidim answers": ("decidim_answers", decidim_answers, {"IP-tiiviste"}),
    "tidy": ("table", tidy_csv, set()),
}
