"""A real headless browser, driven over its debugging protocol."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
    "--remote-allow-origins=*", "--window-size=1200,800", "about:blank",
)  # fmt: skip
START_S = 30.0


def find_browser() -> str | None:
    """Return the browser of this machine, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running(program: str, folder: Path) -> Iterator[str]:
    """Run a browser and yield the address of its debugging protocol."""
    words = [program, f"--user-data-dir={folder}", *QUIET]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            yield _address(folder / "DevToolsActivePort")
        finally:
            browser.terminate()


def _address(told: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        lines = told.read_text(encoding="ascii").splitlines() if told.exists() else []
        if len(lines) > 1:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise TimeoutError(told)


class Page:
    """One tab."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._count = 0
        self._session: str | None = None

    async def open(self, address: str) -> None:
        """Open a tab at `address`."""
        target = await self.ask("Target.createTarget", url=address)
        attached = await self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        await self.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.ask("Page.bringToFront")

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send one command and return its result."""
        self._count += 1
        message: dict[str, object] = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        await self._line.send_json(message)
        while True:
            told = json.loads((await self._line.receive(timeout=START_S)).data)
            if told.get("id") == self._count:
                result: dict[str, Any] = told["result"]
                return result

    async def value(self, script: str) -> object:
        """Return the value of a script in the page."""
        return (await self.ask("Runtime.evaluate", expression=script))["result"].get("value")

    async def press(self, key: str) -> None:
        """Press a letter."""
        await self.ask("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def escape(self) -> None:
        """Press the escape key."""
        for way in ("rawKeyDown", "keyUp"):
            await self.ask("Input.dispatchKeyEvent", type=way, key="Escape", code="Escape", windowsVirtualKeyCode=27)

    async def picture(self) -> bytes:
        """Return a PNG of the page."""
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])
