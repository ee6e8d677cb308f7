"""What every test may ask for: an instance on each database, and a browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, sync_playwright

from core import db
from core.db import Instance
from core.domain import units
from tests import browser as chromium, worlds
from tests.databases import KINDS, Databases, migrate

# An example that writes does so in databases.undone(), so the database need not be new for each.
_checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile("default", max_examples=25, deadline=None, derandomize=True, suppress_health_check=_checks)
settings.register_profile("large", max_examples=2000, deadline=None, suppress_health_check=_checks)
settings.load_profile("default")

SHARED = "TIEPSUC_TEST_SHARED"  # the folder that all workers of this run share; the first process makes and removes it
MINE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if SHARED not in os.environ:
        config.stash[MINE] = Path(tempfile.mkdtemp(prefix="tiepsuc-"))
        os.environ[SHARED] = str(config.stash[MINE])


def pytest_unconfigure(config: pytest.Config) -> None:
    if MINE in config.stash:
        shutil.rmtree(config.stash[MINE], ignore_errors=True)
        del os.environ[SHARED]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_kind" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize("engine_kind", mark.args if mark else KINDS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium.unwanted():
        without = [item for item in items if "browser" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in without])
        items[:] = without


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The databases of this worker."""
    made = Databases(tmp_path_factory.mktemp("databases"), Path(os.environ[SHARED]))
    yield made
    made.close()


@pytest.fixture
def instance(engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[Instance]:
    """A migrated, empty instance of its own, at 10 o'clock on 23/11/2026; the test runs on both databases."""
    with databases.fresh(engine_kind, tmp_path) as made:
        yield made


def load_country(instance: Instance) -> None:
    """Give a new instance the country's units."""
    migrate(instance)
    with db.transaction(instance):
        units.load_units()


@pytest.fixture
def country(engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[Instance]:
    """Like ``instance``, with the country's units loaded."""
    with databases.fresh(engine_kind, tmp_path, load_country) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = chromium.find()
    assert path, f"no browser: run `make browser`, or set {chromium.VARIABLE}=none"
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with no cookies, in Vietnamese, at Hà Nội's time."""
    with browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh") as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def build_world(instance: Instance) -> None:
    """Give a new instance the world of ``tests.worlds``."""
    worlds.build(instance)


@pytest.fixture
def world(engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[worlds.World]:
    """An instance with people, a household, money and the programme of ``tests.worlds``; on both databases."""
    with databases.fresh(engine_kind, tmp_path, build_world) as made:
        yield worlds.again(made)
