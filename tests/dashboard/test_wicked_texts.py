"""T-15, T-17: what users wrote does nothing anywhere and is shown as they wrote it.

A copy of the published sample in which every text that a user may write is wicked (`wicked`),
looked at page by page in a real browser, answered, set on paper and exported.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pysqlite3
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from dashboard.cli import program
from dashboard.navigation import PAGES
from dashboard.wording import say
from data import access
from data.access import Grant, Role, User
from tests.commands import environment
from tests.dashboard import wicked
from tests.dashboard.conftest import wait_until_ready
from tests.dashboard.windows import READY, address

#: By day each text stands in some field of every kind; by night every text in every field.
NIGHTS = range(0, len(wicked.PAYLOADS), 5)
Look = tuple[str, tuple[tuple[str, object], ...]]


def look_at(name: str, **chosen: object) -> Look:
    return name, tuple(chosen.items())


#: What a page shows besides what it shows at first.
VIEWS = (
    look_at("search", q="script"),
    look_at("search", q=f"<img src=x onerror={wicked.PWN}>"),
    look_at("claims", claims_view="lineage"),
    look_at("claims", claims_view="write"),
    look_at("surveys", surveys_view="forms"),
    look_at("surveys", surveys_view="notice"),
    look_at("self_assessment", judge_view="history"),
    look_at("proposals", proposal_id=2),
    look_at("overview", overview_view="compare"),
    look_at("overview", overview_view="unknown"),
    look_at("methods", methods_view="instruments"),
)


def is_refused(look: Look) -> bool:
    """Whether the page of a look is one that its persona may not open."""
    role = Role(dict(look[1]).get("persona", "evaluator"))
    return look[0] not in access.pages_for(User(1, "", (Grant(role),)))


#: Every page as somebody sees it who may open it.
PAGE_BY_PAGE = tuple(
    next(look for role in Role if not is_refused(look := look_at(name, persona=role.value)))
    for name in PAGES
)
EVALUATOR = tuple(look_at(name) for name in PAGES if not is_refused(look_at(name)))
#: It tells what programs wrote in words, cut to a line; the file has every letter (T-11 below).
IN_OTHER_WORDS = "audit"
#: What a funder sees otherwise than an evaluator.
FUNDER = tuple(look_at(name, persona="funder") for name in ("funded", "reporting", "claims"))
BY_DAY = (
    EVALUATOR
    + tuple(look for look in PAGE_BY_PAGE if look[0] not in dict(EVALUATOR))
    + VIEWS
    + FUNDER
)
BY_NIGHT = (
    BY_DAY
    + PAGE_BY_PAGE
    + tuple(look_at("project", project_id=number, lang="sv") for number in (2, 5, 9))
    + tuple(look_at("claims", claims_view=name) for name in ("expected", "comply", "cost"))
    + tuple(look_at("self_assessment", judge_view=name) for name in ("joint", "gap", "ready"))
    + (look_at("surveys", surveys_view="new"), look_at("overview", lang="en"))
    + tuple(look_at("overview", overview_view=view) for view in ("benefit", "process"))
)
WATCH = """
  window.__refused = [];
  document.addEventListener('securitypolicyviolation',
    // Streamlit's table asks whether it may compile, and does without.
    event => event.blockedURI === 'wasm-eval' ||
      window.__refused.push(event.violatedDirective + ' ' + event.blockedURI));
"""
#: Roles are tried though files were brought: whom to let in is not what is looked at here.
PLAYED = """
from dashboard import cli
from data import records
records.is_sample_only = lambda connection, played=False: True
cli.main()
"""
#: Everything that a reader can read, open or hear, but for fields that hold what is being edited.
SHOWN = """() => {
  const main = document.querySelector('[data-testid=stMain]') ?? document.body;
  const parts = [...main.querySelectorAll('.still .plot > span, details')].map(e => e.textContent);
  return main.innerText + '\\n\\n' + parts.join('\\n\\n');
}"""


def test_every_text_that_a_user_writes_is_planted_or_excepted():
    columns = wicked.text_columns()
    assert wicked.excepted().keys() <= columns, "an exception names a column that is gone"
    assert set(wicked.planted()) | wicked.excepted().keys() == columns
    assert len(wicked.PAYLOADS) == 60  # T-15
    assert len(set(wicked.PAYLOADS)) == 60


def test_every_page_is_looked_at_by_somebody_who_may_open_it():
    for looks in (BY_DAY, BY_NIGHT):
        assert {name for name, _ in looks} == set(PAGES)
        assert not any(map(is_refused, looks))


def test_the_search_for_mangled_texts_finds_them():
    whole = wicked.wicked(30)
    assert wicked.mangled(f"x {whole} y") == []
    assert len(wicked.mangled(whole.replace("[", ""))) == 1


@pytest.fixture(scope="module")
def planted_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample portfolio in which every text is wicked."""
    home = tmp_path_factory.mktemp("wicked") / "home"
    shutil.copytree(sample_home / "demo", home)
    wicked.plant(home / "arviomo.db")
    return home


def test_every_column_was_planted(planted_home):
    with closing(pysqlite3.connect(planted_home / "arviomo.db")) as connection:
        bare = [
            f"{table}.{column}"
            for table, column in wicked.planted()
            if not connection.execute(
                f'select 1 from "{table}" where "{column}" like \'%w__w%\' limit 1'
            ).fetchone()
        ]
    assert bare == []


@pytest.fixture(scope="module")
def server(planted_home: Path) -> Iterator[str]:
    """The address of a server that shows the wicked portfolio."""
    with served(planted_home) as at:
        yield at


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server of a folder; what it says goes to the file of `failures`."""
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PLAYED, "serve", "--port", "0"],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        at = process.stdout.readline().strip()
        wait_until_ready(at)
        yield at
    finally:
        process.terminate()
        process.wait(timeout=30)


def failures(home: Path) -> list[str]:
    """What the server noted of pages that failed."""
    said = (home / "server.log").read_text()
    return [line for line in said.splitlines() if "failed" in line or "Error" in line]


class Watched:
    """A window that notes whatever a text did: dialogs, requests to others, refused contents."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.context = browser.new_context(base_url=server, locale="fi-FI", viewport=None)
        self.context.add_init_script(WATCH)
        self.host = urlsplit(server).netloc
        self.did: list[str] = []
        self.context.on("request", self._note)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("dialog", self._dismiss)
        self.page.on("popup", lambda window: self.did.append(f"window {window.url}"))
        self.page.on("download", lambda file: self.did.append(f"download {file.url}"))

    def _note(self, request) -> None:
        at = urlsplit(request.url)
        if at.scheme not in ("data", "blob") and at.netloc != self.host:
            self.did.append(f"request {request.url}")

    def _dismiss(self, dialog) -> None:
        self.did.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def look(self, at: str, *, screen: bool = True) -> list[str]:
        """What is wrong with the page at an address."""
        self.did.clear()
        self.page.goto(at)
        self.page.wait_for_selector("h1")
        if screen:
            self.page.wait_for_timeout(300)  # the first run has begun by now
            self.page.wait_for_function(READY)
        shown = [] if f"/{IN_OTHER_WORDS}?" in at else wicked.mangled(self.page.evaluate(SHOWN))
        return [*self.did, *harm(self.page), *shown]


def harm(page: Page) -> list[str]:
    """What a text did to the page that is open."""
    said = page.evaluate(
        """hosts => ({
          pwned: window.__pwn !== undefined,
          refused: window.__refused,
          visible: document.body.checkVisibility({opacityProperty: true, visibilityProperty: true}),
          fetched: [...document.querySelectorAll('[src],[data],[srcdoc],[srcset],form')]
            .map(e => e.getAttribute('src') || e.getAttribute('srcdoc') || e.action || e.data || '')
            .filter(at => String(at).includes(hosts)),
          linked: [...document.querySelectorAll('a[href], area[href]')]
            .filter(e => e.getAttribute('href').split('?')[0].includes(hosts)
              || /^(javascript|data|vbscript|file):/i.test(e.href)).map(e => e.href),
          kept: JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])
            .match(/w\\d\\dw/) ?? '',
          base: document.querySelectorAll('base, meta[http-equiv=refresh]').length,
        })""",
        wicked.SINK,
    )
    wrong = [
        f"{name}: {said[name]}" for name in ("refused", "fetched", "linked", "kept") if said[name]
    ]
    wrong += ["a script ran"] if said["pwned"] else []
    wrong += [] if said["visible"] else ["the page cannot be seen"]
    return wrong + (["base or refresh"] if said["base"] else [])


def sweep(browser: Browser, home: Path, server: str, looks: Sequence[Look]) -> dict[Look, list]:
    """What is wrong with each look at a page, and with the server's log."""
    watched, wrong = Watched(browser, server), {}
    for look in looks:
        name, chosen = look[0], dict(look[1])
        if found := watched.look(address(name, **chosen)):
            wrong[look] = found
        # Who may not open a page is shown another one, on which nothing of it is found.
        title = f"{say(f'page.{name}', chosen.get('lang', 'fi'))} – Arviomo"
        if watched.page.title() != title:
            wrong.setdefault(look, []).append(f"another page: {watched.page.title()}")
    watched.context.close()
    return wrong | ({"server": told} if (told := failures(home)) else {})


@pytest.mark.browser
def test_t15_t17_no_page_does_what_a_text_says(browser, planted_home, server):
    assert sweep(browser, planted_home, server, BY_DAY) == {}


@pytest.mark.browser
def test_t15_answering_shows_a_brought_questionnaire_to_the_letter(browser, planted_home, server):
    watched = Watched(browser, server)
    wrong = watched.look(f"/s/{wicked.TOKEN}?lang=fi", screen=False)
    pages, marks = 1, 0
    main = watched.page.locator("main button.main")
    while main.count() and pages < 20:
        for field in watched.page.locator("main textarea").all():
            field.fill(wicked.PAYLOADS[pages])
        if "at=start" in watched.page.url or pages == 1:
            watched.page.locator("main input[type=radio]").first.check()
        main.first.click()
        watched.page.wait_for_load_state()
        shown = watched.page.evaluate(SHOWN)
        marks += len(wicked.marks(shown))
        wrong += [*watched.did, *harm(watched.page), *wicked.mangled(shown)]
        pages += 1
    assert "/receipt" in watched.page.url
    watched.context.close()
    assert wrong == []
    assert pages > 3
    assert marks > 20
    assert failures(planted_home) == []


@pytest.mark.browser
@pytest.mark.nightly
@pytest.mark.parametrize("offset", NIGHTS)
def test_t15_every_text_in_every_field(browser, sample_home, tmp_path, offset):
    shutil.copytree(sample_home / "demo", tmp_path / "home")
    wicked.plant(tmp_path / "home" / "arviomo.db", offset)
    with served(tmp_path / "home") as at:
        assert sweep(browser, tmp_path / "home", at, BY_NIGHT) == {}


# --- what leaves the house -----------------------------------------------------------------------


@pytest.fixture
def wicked_house(planted_home, monkeypatch):
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(planted_home))
    return planted_home


def arviomo(*words: str) -> None:
    result = CliRunner().invoke(program("en"), words, prog_name="arviomo")
    assert result.exit_code == 0, result.output


def promising(house: Path) -> str:
    """The code of a project that reports something."""
    with closing(pysqlite3.connect(house / "arviomo.db")) as connection:
        return connection.execute(
            "select p.code from project p join indicator_target t on t.project_id = p.id"
            " join reported_value r on r.target_id = t.id join proof f on f.reported_id = r.id"
            " limit 1"
        ).fetchone()[0]


def test_t11_no_cell_of_a_file_is_a_formula_or_a_link(wicked_house, tmp_path):
    mine = f"--project={promising(wicked_house)}"
    arviomo("export", str(tmp_path / "r.xlsx"), "--as", "xlsx", mine)
    arviomo("export", str(tmp_path / "r.zip"), "--as", "package", mine)
    arviomo("audit", "export", str(tmp_path / "audit.csv"))
    with zipfile.ZipFile(tmp_path / "r.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert not [name for name, part in parts.items() if re.search(rb"<f[ >]|<hyperlink", part)]
    assert not [name for name in parts if "worksheets/_rels" in name or "externalLink" in name]
    assert wicked.marks("".join(part.decode() for part in parts.values()))
    with zipfile.ZipFile(tmp_path / "r.zip") as package:
        tables = [package.read(name) for name in package.namelist() if name.endswith(".csv")]
    tables.append((tmp_path / "audit.csv").read_bytes())
    cells = [
        cell
        for table in tables
        for row in csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    run = [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n") and not is_number(cell)]
    assert run == []
    assert len([cell for cell in cells if wicked.marks(cell)]) > 100


def is_number(cell: str) -> bool:
    return re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell) is not None


def test_t14_a_brief_of_wicked_texts_holds_only_words(wicked_house, tmp_path):
    paper = tmp_path / "brief.pdf"
    arviomo("brief", "project", promising(wicked_house), str(paper))
    read = PdfReader(paper)
    assert not read.attachments
    raw = paper.read_bytes() + b"".join(str(page.get_object()).encode() for page in read.pages)
    for mark in (b"/EmbeddedFile", b"/URI", b"/JavaScript", b"/Launch", b"/GoToR", b"/OpenAction"):
        assert mark not in raw
    said = "".join(page.extract_text() for page in read.pages)
    assert wicked.marks(said)
    assert wicked.mangled(said) == []
