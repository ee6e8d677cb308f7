"""What is said twice is compared: the guides with the code, the README with the Makefile, links with files."""

from __future__ import annotations

import configparser
import importlib
import inspect
import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import plugins
from core import db, hookspecs, toolkit

ROOT = Path(__file__).resolve().parent.parent
GUIDES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"(?:\[[^\]]*\]\(|<img src=\")([^)#\"\s]+)(#[^)\s]*)?[)\"]")
BLOCK = re.compile(r"^```python\n(# (\S+)\n.*?)^```$", re.M | re.S)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(guide: Path) -> None:
    for target, anchor in LINK.findall(guide.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        assert (guide.parent / target).exists(), f"{guide.name}: {target}"
        if anchor:
            assert anchor[1:] in anchors(guide.parent / target), f"{guide.name}: {target}{anchor}"


def anchors(guide: Path) -> set[str]:
    """The names by which its headings are linked to."""
    headings = re.findall(r"^#+ (.*)$", guide.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_make_command_of_the_readme_exists() -> None:
    said = set(re.findall(r"(?:^    |`)make (\w+)", read("README.md"), re.M))
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.M))
    assert {"run", "test"} <= said <= targets


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_guide_names_exists(guide: Path) -> None:
    named = re.findall(
        r"`((?:core|plugins|workflows|tests|docs|scripts|benchmarks)/[\w./-]+)`", guide.read_text("utf-8")
    )
    taught = {"plugins/water/__init__.py", "tests/plugins/test_water.py"}
    missing = [name for name in named if name not in taught and not (ROOT / name).exists() and "<" not in name]
    if guide.name != "CHANGELOG.md":
        assert missing == []


def test_the_readme_fits_one_screen_and_names_five_files_to_read_first() -> None:
    text = read("README.md")
    assert len(text.splitlines()) <= 60
    section = text.split("## Read first")[1].split("##")[0]
    assert len(re.findall(r"^\d\. \[`", section, re.M)) == 5


def blocks() -> dict[str, str]:
    """The files that the plugin guide tells to write, by name."""
    return {name: text for text, name in BLOCK.findall(read("docs/plugins.md"))}


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The plugin of the guide, importable as if its file were there."""
    module = types.ModuleType("plugins.water")
    monkeypatch.setitem(sys.modules, "plugins.water", module)
    monkeypatch.setattr(plugins, "water", module, raising=False)
    exec(compile(blocks()["plugins/water/__init__.py"], "docs/plugins.md", "exec"), module.__dict__)
    return module


@pytest.mark.databases("sqlite")
def test_the_programme_of_the_guide_runs_and_its_test_passes(taught: Any, instance: db.Instance) -> None:
    told: dict[str, Any] = {"__name__": "told"}
    exec(compile(blocks()["tests/plugins/test_water.py"], "docs/plugins.md", "exec"), told)
    stories = [function for name, function in told.items() if name.startswith("test_")]
    assert stories
    for story in stories:
        story(instance)


def test_the_guide_names_all_that_a_plugin_may_import_and_every_hook() -> None:
    guide = read("docs/plugins.md")
    parts = ("Field", "Criterion", "Declared", "Row", "Paper", "Support", "Instalment", "Step", "DemoCase")
    assert set(parts) <= set(toolkit.__all__)
    assert all(f"`{part}`" in guide for part in parts)
    kinds = {name.removeprefix("tiepsuc_").replace("_", " ") for name in vars(hookspecs) if name.startswith("tiepsuc_")}
    [line] = [line for line in guide.splitlines() if line.startswith("All hooks stand")]
    assert set(line.split(": ")[1].rstrip(".").split(", ")) == kinds


def layers(contract: str) -> list[str]:
    """The layers of an import contract, topmost first, each line with its modules between commas."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup[f"importlinter:contract:{contract}"]["layers"].splitlines()
    return [", ".join(re.findall(r"\w+", line)) for line in lines if line]


def test_the_guide_to_the_architecture_has_the_layers_of_the_contract() -> None:
    guide = read("docs/architecture.md")
    told = re.findall(r"^\| `([\w`, ]+)` \|", guide.split("## Layers")[1].split("## ")[0], re.M)
    assert [row.replace("`", "") for row in told] == layers("core")
    [nouns] = re.findall(r"^    (\w+(?: < \w+)+)$", guide, re.M)
    assert nouns.split(" < ") == [
        noun for line in reversed(layers("domain")) for noun in line.split(", ") if present(noun)
    ]


def present(noun: str) -> bool:
    """Whether a noun of the contract exists yet; it may keep a place for one that is to come."""
    return importlib.util.find_spec(f"core.domain.{noun}") is not None


def test_every_function_that_the_guide_to_the_architecture_names_exists() -> None:
    named = re.findall(r"`((?:core|workflows|plugins)(?:\.\w+)+)`", read("docs/architecture.md"))
    assert named
    for name in named:
        found: Any = None
        module = name
        rest: list[str] = []
        while found is None:
            try:
                found = importlib.import_module(module)
            except ModuleNotFoundError:
                module, _, last = module.rpartition(".")
                rest.insert(0, last)
                assert module, name
        for each in rest:
            found = getattr(found, each)
        assert inspect.ismodule(found) or callable(found) or found is not None


def test_every_decision_says_what_was_decided_why_and_what_was_turned_down() -> None:
    records = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert len(records) >= 5
    for number, record in enumerate(records, 1):
        text = record.read_text(encoding="utf-8")
        assert record.name.startswith(f"{number:02d}-")
        assert [each for each in ("## Why", "## Turned down") if each not in text] == []
        assert len(text.splitlines()) <= 40
