"""How long people wait for an answer when many look at once.

``python -m benchmarks.sessions --home FOLDER --sessions 200`` opens that many visits to one server
over the protocol that the browser speaks, without a browser. Each clicks once in so many seconds:
parts of the overview, its survey rounds, and other pages. An answer is there when the run of the
page has come to its end. It prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.serving import resident, served

#: What somebody looks at, one click after another: a page, or a choice on the page at hand and
#: its option.
WAY = (
    ("choice:overview_view", "Benefit"),
    ("choice:wave", "Follow-up"),
    ("choice:overview_view", "Process"),
    ("search", ""),
    ("", ""),
    ("choice:wave", "End"),
    ("project", ""),
    ("methods", ""),
    ("", ""),
    ("choice:overview_view", "What is not known"),
)
#: Seconds after which an answer is given up.
PATIENCE = 120


@dataclass
class Visit:
    """One browser: its line to the server, the page it shows and the choices that stand there."""

    line: ClientConnection
    address: dict[str, str]
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    choices: dict[str, tuple[str, list[str], str]] = field(default_factory=dict)

    async def open(self) -> float:
        """Seconds until the first page stood."""
        return await self._ask()

    async def go(self, page: str) -> float:
        """Seconds from a click on a page of the bar until it stood."""
        self.page, self.choices = page, {}
        return await self._ask()

    async def choose(self, choice: str, option: str) -> float | None:
        """Seconds from a click on an option until the page stood; None where it is not offered."""
        if choice not in self.choices or option not in self.choices[choice][1]:
            return None
        number, options, _ = self.choices[choice]
        self.choices[choice] = (number, options, option)
        return await self._ask()

    async def _ask(self) -> float:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = urlencode(self.address)
        state.page_script_hash = self.pages[self.page] if self.pages else ""
        for number, _, chosen in self.choices.values():
            if chosen:
                told = state.widget_states.widgets.add(id=number)
                told.string_array_value.data.append(chosen)
        began = time.perf_counter()
        await self.line.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            async for frame in self.line:
                told = ForwardMsg.FromString(frame)
                self._note(told)
                if told.WhichOneof("type") == "script_finished":
                    return time.perf_counter() - began
        raise ConnectionError("the server hung up")

    def _note(self, told: ForwardMsg) -> None:
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in told.navigation.app_pages
            }
        elif kind == "page_info_changed":
            self.address = dict(parse_qsl(told.page_info_changed.query_string))
        elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "button_group":
            group = told.delta.new_element.button_group
            name = group.id.rsplit("-", 1)[-1]
            options = [option.content for option in group.options]
            default = options[group.default[0]] if group.default else ""
            self.choices.setdefault(name, (group.id, options, default))


async def look(
    address: str, number: int, seconds: float, pause: float, found: Mapping[str, list[float]]
) -> None:
    """One visit that clicks once in a pause until the time is over."""
    chance = random.Random(number)  # the same clicks in every run
    await asyncio.sleep(chance.uniform(0, 4 * pause))
    async with connect(
        f"{address.replace('http', 'ws')}/_stcore/stream",
        subprotocols=["streamlit"],
        origin=address,
        max_size=None,
    ) as line:
        visit = Visit(line, {"lang": "en", "persona": "steering"})
        found["first page"].append(await visit.open())
        way = cycle(WAY)
        for _ in range(number % len(WAY)):
            next(way)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
            what, option = next(way)
            waited = await (visit.choose(what, option) if option else visit.go(what))
            if waited is not None:
                found["choice" if option else f"page /{what}"].append(waited)


async def measure(
    address: str, sessions: int, seconds: float, pause: float
) -> dict[str, list[float]]:
    """Every wait of every visit, by what was clicked on."""
    found: dict[str, list[float]] = defaultdict(list)
    await asyncio.gather(
        *(look(address, number, seconds, pause, found) for number in range(sessions))
    )
    return found


def table(found: Mapping[str, list[float]]) -> str:
    """Clicks, and milliseconds of the middle, of the slowest twentieth and of the slowest."""
    clicks = {name: waits for name, waits in found.items() if name != "first page"}
    rows = ["| click | times | p50 ms | p95 ms | longest |", "|---|---|---|---|---|"]
    every = [wait for waits in clicks.values() for wait in waits]
    for name, waits in [*sorted(found.items()), ("all clicks", every)]:
        if len(waits) > 1:
            p95 = statistics.quantiles(waits, n=20)[-1]
            told = (1000 * value for value in (statistics.median(waits), p95, max(waits)))
            rows.append(f"| {name} | {len(waits)} | {' | '.join(f'{ms:.0f}' for ms in told)} |")
    return "\n".join(rows)


def main() -> None:
    """Print the table, and what the server used."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--home", type=Path, required=True, help="a folder for the sample")
    asked.add_argument("--sessions", type=int, default=200)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--pause", type=float, default=4)
    chosen = asked.parse_args()
    with served(chosen.home) as (address, server):
        process = psutil.Process(server)
        asyncio.run(measure(address, 2, 30, 0.5))  # the server's own first runs
        used, began = process.cpu_times(), time.perf_counter()
        found = asyncio.run(measure(address, chosen.sessions, chosen.seconds, chosen.pause))
        passed, now = time.perf_counter() - began, process.cpu_times()
        runs = sum(map(len, found.values()))
        processor = now.user + now.system - used.user - used.system
        print(table(found))
        print(
            f"\n{runs / passed:.1f} runs a second, {1000 * processor / runs:.0f} ms of processor "
            f"a run, {processor / passed:.0%} of one core, {resident(server):.0f} MB"
        )


if __name__ == "__main__":
    main()
