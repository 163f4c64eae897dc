"""Show the terminal program in a browser of this computer, through textual-serve.

Whoever reaches the port works as this user, editor and all. So the server listens on
127.0.0.1 alone, and answers only pages of its own: without that, any web page that is
open in the same browser could connect to it.
"""

from __future__ import annotations

import asyncio
import shlex
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp_jinja2
from aiohttp import web
from textual_serve.server import Server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from grader.texts import Catalog

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"
TEMPLATES = Path(__file__).with_name("templates")


class LocalServer(Server):
    """A server for pages of its own on one listening socket."""

    def __init__(self, command: Sequence[str], listening: socket.socket, texts: Catalog) -> None:
        self._listening = listening
        self._words = {"lang": texts.lang, "ended": texts.say("serve.ended"), "again": texts.say("serve.again")}
        port = listening.getsockname()[1]
        super().__init__(shlex.join(command), host=HOST, port=port, title="gradlings", templates_path=TEMPLATES)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._own_pages_only)
        aiohttp_jinja2.get_env(app).globals["words"] = self._words
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command has said where the page is."""

    @web.middleware
    async def _own_pages_only(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # The name in Host guards against a foreign name that was made to lead here.
        own = {f"{HOST}:{self.port}", f"localhost:{self.port}"}
        origin = request.headers.get("Origin")
        if request.host not in own or (origin is not None and origin.removeprefix("http://") not in own):
            raise web.HTTPForbidden(text="This page belongs to another site.")
        return await handler(request)

    def run(self) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        runner = web.AppRunner(await self._make_app(), handle_signals=False)
        await runner.setup()
        await web.SockSite(runner, self._listening, shutdown_timeout=1.0).start()
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()
        await runner.cleanup()


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this computer alone; port 0 takes any that is free.

    Raises:
        OSError: the port is taken, or not for this user.
    """
    listening = socket.socket(socket.AF_INET)
    try:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening
