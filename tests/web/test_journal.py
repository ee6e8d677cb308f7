"""The log says what was done and how it ended, and nobody's name, number or password."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.config import from_environment
from core.errors import BadInput
from core.logs import Json
from tests.stories import opened
from tests.web.visitors import PASSWORD, Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the program logs, as a collector would get it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Json())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def test_the_log_of_a_story_holds_no_personal_data(
    world: World, visit: Visit, visitor: Visitor, written: io.StringIO
) -> None:
    case, officer = opened(world), visit("officer")
    visitor.sign_in("officer", PASSWORD)
    officer.get("/households?q=Lò Thị Phương")
    officer.post("/households/new", {"members-0-name": "Lò Thị Phương", "members-0-identity": "024190001234"})
    officer.get(f"/cases/{case}")
    officer.get("/nobody/024190001234")
    officer.client.open("/cases", method="PHUONG")
    name = "Lò Thị Phương"
    try:
        raise KeyError(name)
    except KeyError:
        logging.getLogger("waitress").exception("Exception while serving %s", "/households?q=Phương")
    text = written.getvalue()
    for secret in ("Phương", "PHUONG", "024190001234", PASSWORD, case, "Nguyễn", world.household, "Ph%C6"):
        assert secret not in text
    lines = [json.loads(line) for line in text.splitlines()]
    [shown] = [line for line in lines if line.get("route") == "/cases/<number>"]
    assert (shown["method"], shown["status"], shown["user"]) == ("GET", 200, str(world.officer.id))
    assert shown["ms"] >= 0
    assert len(shown["request"]) == 16
    assert "builtins.KeyError" in text


def test_an_answer_names_the_request_the_log_names(visit: Visit, written: io.StringIO) -> None:
    answer = visit("officer").client.get("/cases")
    assert f'"request": "{answer.headers["X-Request-Id"]}"' in written.getvalue()


def test_a_log_of_another_kind_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        from_environment({"TIEPSUC_INSTANCE": str(tmp_path), "TIEPSUC_LOG": "xml"})
    assert refused.value.reasons[0].field == "TIEPSUC_LOG"
