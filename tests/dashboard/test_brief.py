"""The brief on paper: every level and language, the numbers of the page, nothing that is hidden."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from dashboard import attention, downloads
from dashboard.brief import account, button, making, press, reported, results, subject
from dashboard.cli import program
from dashboard.figures import names
from dashboard.judging.words import construct_name
from dashboard.literal import literal
from dashboard.reporting import words as told_words
from dashboard.sections.gap_words import place_name
from dashboard.sections.outcomes import told_benefit
from dashboard.session import Viewing
from dashboard.tables import results_texts
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.database import reading
from data.reporting.reading import desk
from data.sample import KNOWN_EFFECTS
from metrics.metric import Level, Profile, Reason, ValueState
from survey.text import LANGUAGES
from tests.commands import run_arviomo
from tests.dashboard.looking import opened, plain, tables, tiles

pytestmark = pytest.mark.usefixtures("sample")


def looking(role: str, language: str = "fi") -> Viewing:
    with reading(engine()) as connection:
        user = access.persona(role, connection)
    return Viewing(user, language, access.profile_of(user), invented=True)


def first(viewing: Viewing, level: Level) -> int:
    """The first entity of a level that the reader may see."""
    if level is Level.PORTFOLIO:
        return 0
    return next(n for n in names(viewing, level) if subject.may_read(viewing.user, level, n))


def read(pdf: bytes) -> str:
    """The text of a PDF on one line, without what broke its lines."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return squeezed(" ".join(pages))


def squeezed(text: str) -> str:
    """A text without any space: lines break where they must, and thin spaces with them."""
    return re.sub(r"[\s\u00ad]+", "", text.replace("-\n", "-"))


def kinds(pdf: bytes) -> set[str]:
    """What the structure of a tagged PDF is made of: headings, figures, tables."""
    found: set[str] = set()
    ahead = [PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]]
    while ahead:
        node = ahead.pop()
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            ahead += node
        elif isinstance(node, dict):
            found |= {str(node["/S"])} if "/S" in node else set()
            ahead += [node["/K"]] if "/K" in node else []
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", Level)
def test_every_level_is_set_in_every_language(level, language):
    viewing = looking("steering", language)
    pdf = making.brief(viewing, level, first(viewing, level))
    paper = PdfReader(io.BytesIO(pdf))
    # The brief is for a meeting: no more than seven pages, of which one is what was reported.
    assert 2 <= len(paper.pages) <= 7
    root = paper.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert paper.metadata.title
    assert {"/Figure", "/Table", "/TH", "/H1", "/P"} <= kinds(pdf)
    xmp = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part>1<" in xmp.replace('"', "") or 'pdfuaid:part="1"' in xmp
    assert "pdfaid" in xmp


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["steering", "funder"])
def test_figures_on_paper_are_those_of_the_page(role, language):
    viewing = looking(role, language)
    project = first(viewing, Level.PROJECT)
    said = read(making.brief(viewing, Level.PROJECT, project))
    page = opened("project", role, language, project_id=project)
    figures = list(tiles(page).values())
    assert len(figures) == 8
    assert [tile for tile in figures if squeezed(tile).lower() not in said.lower()] == []
    scope = subject.scope_of(viewing, Level.PROJECT, project)
    told = told_benefit(viewing, scope)
    table = results_texts(told.rows, told.metric, language)
    shown = next(  # the table behind the same chart, as the page holds it
        each for each in tables(page) if list(each.iloc[:, 0]) == table_of(table)
    )
    cells = [squeezed(plain(str(cell))) for cell in shown.to_numpy().flatten()]
    assert [cell for cell in cells if cell not in said] == []


def table_of(table: dict[str, list[str]]) -> list[str]:
    """The first column of a table as a page holds it."""
    return [plain(literal(text)) for text in next(iter(table.values()))]


PARTS = (("approved", "locked"), ("submitted",))


def test_reported_figures_on_paper_are_those_of_the_desk_with_pending_apart():
    viewing = looking("funder")
    project = first(viewing, Level.PROJECT)
    scope = subject.scope_of(viewing, Level.PROJECT, project)
    days = reported.spans(viewing, scope)[-1]
    sections = reported.reported(viewing, scope, days)
    with reading(engine()) as connection:
        lines = [
            line
            for line in desk(connection, viewing.user, project=project, every_period=True)
            if line.period and (line.period.starts_on, line.period.ends_on) == days
        ]
    for section, statuses in zip(sections[1:], PARTS, strict=True):
        rows = [row for item in section.items if item["kind"] == "table" for row in item["rows"]]
        shown = [line for line in lines if line.status in statuses]
        promised, behind = rows[: len(shown)], rows[len(shown) :]
        assert len(promised) == len(behind) == len(shown)
        for row, line in zip(promised, shown, strict=True):
            told = [told_words.told(line, "fi", period=period) for period in (True, False)]
            assert row[2:] == [*told, told_words.attained_words(line, "fi")]
    # Numbers of people are those of the desk outside: in fives, their items not told.
    rounded = [line for line in lines if line.rounded and line.value is not None]
    assert rounded
    assert all(line.value % 5 == 0 for line in rounded)
    said = str([section.set() for section in sections])
    assert say("report.rounded", "fi") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_projects_brief_tells_where_it_and_participants_differ_and_the_publics_does_not(language):
    viewing = looking("steering", language)
    code = KNOWN_EFFECTS.blind_project
    with reading(engine()) as connection:
        listed = records.projects(connection, viewing.user)
    project = next(one.id for one in listed if one.code == code)
    scope = subject.scope_of(viewing, Level.PROJECT, project)
    (told,) = results.gap(viewing, scope)
    phase, construct = KNOWN_EFFECTS.blind_spot
    assert place_name(construct, phase, language) in told.items[0]["text"]
    assert told.items[1]["rows"][0][0] == construct_name(construct, language)
    title = say("gap.title", language)
    titles = [section.title for section in making.said(viewing, scope)]
    assert title in titles
    public = replace(viewing, profile=Profile.PUBLIC)
    assert title not in [section.title for section in making.said(public, scope)]


def test_the_whole_brief_names_the_projects_that_need_attention_with_their_reasons():
    viewing = looking("steering")
    scope = subject.scope_of(viewing, Level.PORTFOLIO, 0)
    titles = {section.title: section for section in making.said(viewing, scope)}
    ((listed,),) = [titles[say("section.attention", "fi")].items]
    needing = attention.pressing_projects(viewing)
    assert len(listed["items"]) == min(needing, attention.MOST) > 0
    assert all(": " in line for line in listed["items"])


def test_who_reads_the_public_profile_gets_the_public_figures():
    viewing = looking("funder")
    project = first(viewing, Level.PROJECT)
    said = read(making.brief(viewing, Level.PROJECT, project))
    assert squeezed("vähintään 10 ihmistä lukua kohti") in said
    assert squeezed("Älä julkaise") not in said


def test_a_brief_is_for_those_who_may_read_its_entity():
    manager = looking("manager")
    own = first(manager, Level.PROJECT)
    every = names(looking("steering"), Level.PROJECT)
    other = next(number for number in every if number != own)
    for level, entity in ((Level.PROJECT, other), (Level.PROJECT, 10**6), ("city", 1)):
        with pytest.raises(subject.NoSuchSubject):
            making.contents(manager, level, entity)
    with pytest.raises(subject.NoSuchSubject):
        making.contents(looking("funder"), Level.PORTFOLIO, 0)


def test_what_is_suppressed_stands_nowhere(monkeypatch):
    """A figure that is hidden, with numbers in it that no gate would let through: a canary."""
    viewing = looking("steering")
    scope = subject.scope_of(viewing, Level.PORTFOLIO, 0)
    told = told_benefit(viewing, scope)
    hidden = replace(
        told.rows[0].result,
        state=ValueState.SUPPRESSED,
        value=0.4242,
        low=0.3131,
        high=0.5353,
        p=0.0777,
        reason=Reason.TOO_FEW,
    )
    rows = [replace(told.rows[0], result=hidden, absence="ei näytetä"), *told.rows[1:]]
    monkeypatch.setattr(results, "told_benefit", lambda *_: replace(told, rows=rows))
    contents = making.contents(viewing, Level.PORTFOLIO, 0)
    section = next(s for s in contents["sections"] if s["title"] == "Kuka hyötyi ja kuka ei")
    said = str([item for item in section["items"] if item["kind"] in ("chart", "table")])
    assert "Suojattu" in said
    assert "ei näytetä" in said
    words = re.sub(r'(x|y|cx|cy|points)\d?="[^"]*"', "", said)  # where marks stand is no figure
    assert re.findall(r"\b(42|31\D{1,3}54|0,078)\b", words) == []


def test_the_five_states_are_told_apart():
    viewing = looking("steering", "en")
    contents = making.contents(viewing, Level.PORTFOLIO, 0)
    title = "What is not known"
    section = next(each for each in contents["sections"] if each["title"] == title)
    table = next(item for item in section["items"] if item["kind"] == "table")
    states = [row[0] for row in table["rows"]]
    assert states == ["Value", "Zero", "Not reported", "Not applicable", "Protected"]
    told = making.said(viewing, subject.scope_of(viewing, Level.PORTFOLIO, 0))
    shown = account.figures_of(told)
    assert sum(int(row[1]) for row in table["rows"]) == sum(map(len, shown.values()))


HOSTILE = (
    '#import "@preview/cetz:0.3.0": *',
    "@preview/cetz:0.3.0",
    "$ sum_(i=1)^n x_i $",
    "*lihava* ja _kursiivi_ ja `koodi`",
    r"C:\windows\system32 \u{41} \#",
    '#read("/etc/passwd")',
    "/etc/passwd ../../secret",
    "https://evil.example/pixel.png",
    '#link("https://evil.example")[tästä]',
    '<script>alert(1)</script> & &lt; "lainaus"',
    "= Otsikko // kommentti /* piilo */",
    '#image("x.svg") ]]) #panic("x") <label> @viite',
)


def test_texts_of_people_are_set_as_they_wrote_them_and_do_nothing():
    viewing = looking("steering")
    contents = making.contents(viewing, Level.PORTFOLIO, 0)
    hostile = " | ".join(HOSTILE)
    contents["name"] = contents["title"] = contents["footer"] = contents["kind"] = hostile
    contents["facts"] = list(HOSTILE)
    contents["sections"] = [
        {
            "title": text,
            "level": 1,
            "items": [
                {"kind": "text", "text": text},
                {"kind": "list", "items": [text]},
                {"kind": "terms", "items": [[text, text]]},
                {
                    "kind": "table",
                    "head": [text],
                    "rows": [[text]],
                    "widths": [1],
                    "aligned": ["start"],
                    "size": 8,
                },
            ],
        }
        for text in HOSTILE
    ]
    pdf = press.set_brief(contents)
    said = read(pdf)
    # As heading, paragraph, item, term, meaning, head, cell and fact; letters keep their places.
    assert [text for text in HOSTILE if said.count(squeezed(text)) < 8] == []
    paper = PdfReader(io.BytesIO(pdf))
    assert not paper.attachments
    assert "root:x:" not in said
    raw = pdf + b"".join(bytes(str(page.get_object()), "utf-8") for page in paper.pages)
    for mark in (b"/EmbeddedFile", b"/URI", b"/JavaScript", b"/Launch", b"/GoToR"):
        assert mark not in raw


def test_a_letter_without_a_shape_is_named_by_its_code():
    contents = making.contents(looking("steering"), Level.PORTFOLIO, 0)
    contents["name"] = "Iloa \U0001f600 漢 \u202e\x07 loppu"
    said = read(press.set_brief(contents))
    assert squeezed("Iloa [U+1F600] [U+6F22] [U+202E][U+0007] loppu") in said


def test_a_brief_that_cannot_be_set_says_so_and_leaves_the_server(monkeypatch):
    monkeypatch.setattr(press, "WORKER", ("-c", "import os; os.abort()"))
    with pytest.raises(press.UnsetBrief):
        press.set_brief({"name": "x"})
    monkeypatch.setattr(press, "WORKER", ("-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(press, "PATIENCE", 0.5)
    with pytest.raises(press.UnsetBrief, match="try again"):
        press.set_brief({"name": "x"})


def test_the_button_makes_a_brief_only_when_it_is_pressed(monkeypatch):
    made: list[tuple[str, str, str]] = []

    def make(_viewing, level, _entity, scope, _days, part) -> bytes:
        made.append((level, part, scope.wave))
        return b"%PDF"

    monkeypatch.setattr(making, "brief", make)
    monkeypatch.setattr(downloads, "_browser", lambda _cookies: "a browser")
    at = opened("overview", "steering", "en", overview_view="process", wave="follow_up")
    assert made == []
    at.button(key="brief").click().run()
    (link,) = at.get("link_button")
    assert re.fullmatch(
        r"/download/[\w-]{43}/brief-portfolio-0-process-\d+-en-[0-9a-f]{64}\.pdf", link.proto.url
    )
    at.radio(key="brief_what").set_value(button.EVERYTHING).run()
    at.button(key="brief").click().run()
    assert made == [("portfolio", "process", "follow_up"), ("portfolio", "", "follow_up")]


def test_a_brief_is_handed_only_to_who_still_reads_the_same(monkeypatch):
    viewing = looking("steering", "en")
    scope = subject.scope_of(viewing, Level.PORTFOLIO, 0)
    offers = []
    monkeypatch.setattr(downloads, "offer_to_read", lambda read, *_: offers.append(read))
    button.offered(viewing, scope, b"%PDF")
    (fetch,) = offers
    roles = ("steering", "evaluator", "manager", "funder")
    # Others may read it too, but would see other reported figures in it.
    assert [fetch(None, looking(role).user) for role in roles] == [b"%PDF", None, None, None]
    scope = subject.scope_of(viewing, Level.PROJECT, first(viewing, Level.PROJECT))
    button.offered(viewing, scope, b"%PDF")
    stranger = access.User(0, "", (access.Grant(access.Role.MANAGER, project=10**6),))
    assert offers[1](None, stranger) is None


def test_the_command_writes_a_brief(sample_home, tmp_path):
    home = next(sample_home.rglob("arviomo.db")).parent
    out = tmp_path / "brief.pdf"
    done = run_arviomo(home, "brief", "portfolio", "all", str(out), "--language", "sv")
    assert done.returncode == 0, done.stderr
    assert PdfReader(out).trailer["/Root"]["/Lang"] == "sv"

    def refused(*words: str) -> str:
        told = CliRunner().invoke(program("en"), ["brief", *words, str(tmp_path / "no.pdf")])
        assert told.exit_code == 1
        assert list(tmp_path.iterdir()) == [out]
        return told.output

    never = refused("--period", "1999-01-01", "1999-12-31", "portfolio", "all")
    assert "No reporting period lies wholly between these days" in never
    assert "There is no code nowhere at the level theme" in refused("theme", "nowhere")
