"""Makes the pictures of the README from the demo: `make screenshots`.

The demo is made anew in a folder of its own, on a fixed day with a clock that stands still, so that the same pages give
the same pictures.
"""

from __future__ import annotations

import io
import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from core import config, db, demo, instance as instances
from core.app import create_app
from core.domain import access, cases, monitoring, tasks
from tests import browser as chromium

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
ON, MORNING = date(2026, 11, 23), datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
PASSWORD = "ba con gà trống"  # noqa: S105 # of a demo that lives as long as this script
DESK, PHONE = (1360, 900), (390, 780)
COLOURS = 128


def main() -> None:
    """Make every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (instance, address):
        with db.transaction(instance, read_only=True):
            instances.refresh(instance)
            to_decide, to_visit = case_to_decide(), visit_to_make()
        with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium.find()) as browser:
            take(browser, address, "approver", f"/cases/{to_decide}", DESK, "case.png")
            take(browser, address, "monitor", f"/cases/{to_visit}", PHONE, "visit.png")


@contextmanager
def served(folder: Path) -> Iterator[tuple[db.Instance, str]]:
    """The demo at an address of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = config.from_environment({"TIEPSUC_INSTANCE": str(folder)})
    instance = instances.open_instance(settings, db.FixedClock(MORNING))
    instances.prepare(instance)
    demo.build(instance, 300, 1, ON, PASSWORD)
    server = make_server("127.0.0.1", 0, create_app(instance), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield instance, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        instance.engine.dispose()


def case_to_decide() -> str:
    """A case that the approver can approve today."""
    approver = access.actor_by_login("approver")
    for row in db.execute(cases.cases(approver, state="proposed")).all():
        if any(step.transition.code == "approve" and step.allowed for step in cases.possible(approver, row)):
            return str(row.number)
    raise LookupError("the demo has no case that can be approved")


def visit_to_make() -> str:
    """The most urgent of the monitor's visits that ask most, as the end of its address."""
    monitor = access.actor_by_login("monitor")
    found = [
        (len(monitoring.fields_of(db.registry().programme(row.programme).programme.step(row.key))), row.number, row.key)
        for row in db.execute(tasks.worklist(monitor, cases.case)).all()
        if row.kind == "visit"
    ]
    _, number, step = max(found, key=lambda each: each[0])
    return f"{number}/visits/{step}"


def take(browser: Browser, address: str, login: str, path: str, size: tuple[int, int], name: str) -> None:
    """Sign in and take the picture of what a screen shows of one page."""
    options = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "device_scale_factor": 2 if size is PHONE else 1}
    with browser.new_context(viewport={"width": size[0], "height": size[1]}, **options) as context:  # type: ignore[arg-type]
        page: Page = context.new_page()
        page.goto(f"{address}/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / name, "PNG", optimize=True)
    print(f"{IMAGES.name}/{name}: {(IMAGES / name).stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
