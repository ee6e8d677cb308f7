"""The application behind a real address, and real browsers at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from core.app import Application


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: a failing test should show what failed."""


@contextmanager
def served(app: Application) -> Iterator[str]:
    """The address at which ``app`` answers, several requests at a time."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Desks:
    """Browsers of several people, each with its own cookies; what their consoles complain about is kept."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.site = site
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []

    def open(self, width: int = 1440, **looks: Any) -> Page:
        """A page of a browser of its own, in Vietnamese; addresses may be given without the host."""
        context = self._browser.new_context(
            base_url=self.site,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": 800},
            **looks,
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._complaints.append(said.text) if _complains(said) else None)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        return page

    def close(self) -> None:
        """Close every browser. A complaint on a console is a fault of the page."""
        for context in self._contexts:
            context.close()
        assert self._complaints == []


def _complains(said: ConsoleMessage) -> bool:
    """A refusal by 4xx is an answer and no fault of the page."""
    return said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource")
