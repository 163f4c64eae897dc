"""The program in a browser: a page for this computer alone, and no process left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.tui.browser import Page, find_browser, running
from tests.warm.processes import becomes_true, below, is_alive

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

pytest.importorskip("textual_serve", reason="the extra `web` is not installed")
ROOT = Path(__file__).parents[2]
# What Chromium makes of a screen of one colour at this size is far smaller.
DRAWN_BYTES = 20_000
BREATH_S = 0.5
PATIENCE_S = 60.0


class Served:
    """A server under way."""

    def __init__(self, process: subprocess.Popen[str], address: str, said: str) -> None:
        self.process = process
        self.address = address
        self.said = said


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    """Run `grader serve` in `folder` on a free port."""
    words = [sys.executable, "-m", "grader", "--lang", "en", "serve", "--port", "0", *options]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        words, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline() + process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said
        try:
            yield Served(process, found[0], said)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def test_it_says_that_there_is_no_password(tmp_path: Path) -> None:
    """The address is this computer's own, and who may use it is said in plain words."""
    with serving(tmp_path) as served:
        assert "no password" in served.said
        host, port = served.address.removeprefix("http://").split(":")
        assert host == "127.0.0.1"
        with pytest.raises(OSError, match="refused"), socket.create_connection((_other_address(), int(port)), 2):
            pass


def _other_address() -> str:
    # All of 127.0.0.0/8 leads to this computer, but only one address of it is listened on.
    return "127.0.0.2"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8000"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
    ],
    ids=str,
)
def test_pages_of_others_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    """A foreign page in the same browser can neither read the page nor open the line to the program."""

    async def ask(address: str) -> list[int]:
        async with aiohttp.ClientSession() as session:
            async with session.get(address, headers=headers) as plain:
                found = [plain.status]
            try:
                async with session.ws_connect(f"{address}/ws", headers=headers):
                    found.append(101)
            except aiohttp.WSServerHandshakeError as refused:
                found.append(refused.status)
        return found

    with serving(tmp_path) as served:
        assert asyncio.run(ask(served.address)) == [403, 403]


def test_a_port_that_is_taken_is_told_of(tmp_path: Path) -> None:
    """The message names the port and the next step."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "grader", "--lang", "en", "serve", "--port", port]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port 0" in done.stderr


def test_a_browser_shows_the_program_and_its_keys_work(tmp_path: Path) -> None:
    """The page draws the program, keys change what it shows, and quitting is said; closing leaves no process."""
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine")
    workspace = tmp_path / "home"
    workspace.mkdir()
    with serving(workspace) as served, running(program, tmp_path / "profile") as browser:
        first, helped = asyncio.run(_visit(browser, served.address))
        assert len(first) > DRAWN_BYTES
        assert len(helped) > DRAWN_BYTES
        assert first != helped
        processes = below(served.process.pid)
    assert becomes_true(lambda: not any(map(is_alive, processes)))


async def _visit(browser: str, address: str) -> tuple[bytes, bytes]:
    async with aiohttp.ClientSession() as session, session.ws_connect(browser, max_msg_size=1 << 26) as line:
        page = Page(line)
        await page.open(address)
        await _until(page, "document.body.classList.contains('-first-byte')")
        first = await _until_drawn(page, lambda picture: len(picture) > DRAWN_BYTES)
        await page.press("?")
        helped = await _until_drawn(page, lambda picture: picture != first and len(picture) > DRAWN_BYTES)
        await page.escape()
        await _until_drawn(page, lambda picture: picture != helped)

        async def quits() -> bool:
            # What was drawn may be late. In one breath escape and q would be one key, Alt and q.
            await asyncio.sleep(BREATH_S)
            await page.press("q")
            return bool(await page.value("document.body.classList.contains('-closed')"))

        await _wait(quits)
        return first, helped


async def _until(page: Page, script: str) -> None:
    async def holds() -> bool:
        return bool(await page.value(script))

    await _wait(holds)


async def _until_drawn(page: Page, accepted: Callable[[bytes], bool]) -> bytes:
    found = [b""]

    async def holds() -> bool:
        found[0] = await page.picture()
        return accepted(found[0])

    await _wait(holds)
    return found[0]


async def _wait(holds: Callable[[], Awaitable[bool]]) -> None:
    end = asyncio.get_running_loop().time() + PATIENCE_S
    while not await holds():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.1)
