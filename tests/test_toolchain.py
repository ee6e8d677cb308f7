"""What the two commands of the README stand on: lock files, the front end's files, and nothing of anybody's machine."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from setuptools import Distribution

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "core/web/static/vendor"
PYTHON_LOCKS = ("requirements.lock", "requirements-node.lock")
LOCKS = (*PYTHON_LOCKS, "package-lock.json")


def direct_requirements() -> list[Requirement]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup["options"]["install_requires"] + "".join(setup["options.extras_require"].values())
    return [Requirement(line) for line in lines.splitlines() if line]


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M)}


def tracked() -> list[Path]:
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("requirement", direct_requirements(), ids=lambda requirement: requirement.name)
def test_each_direct_dependency_is_locked_within_its_range(requirement: Requirement) -> None:
    version = locked().get(canonicalize_name(requirement.name))
    assert version is not None, f"run `make lock`: {requirement.name} is not in requirements.lock"
    assert requirement.specifier.contains(version), f"run `make lock`: {version} is not {requirement.specifier}"


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_everything_locked_carries_its_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\w)", (ROOT / name).read_text(encoding="utf-8"))[1:]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_each_front_end_package_is_locked_by_hash_and_not_by_place() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {f"node_modules/{name}" for name in wanted} <= packages.keys()
    assert lock["packages"][""]["dependencies"] == wanted
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_lock_of_python_packages_names_no_place(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    registry = re.compile(r"\b(pypi|pythonhosted|npmjs|debian|ubuntu)\.(org|com)\b")
    machine = re.compile(r"(?<![\w.])/(home|root|Users|work|tmp|mnt|opt)/\w")
    found = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}" for number, line in enumerate(lines, 1)
                  if registry.search(line) or machine.search(line)]
    assert found == []


def test_the_front_end_stands_in_the_package_with_its_licences() -> None:
    fonts = {f"be-vietnam-pro-{subset}-{weight}.woff2"
             for subset in ("vietnamese", "latin") for weight in (400, 600, 700)}
    licences = {f"LICENSE-{name}.txt" for name in ("bootstrap", "htmx", "jsqr", "be-vietnam-pro")}
    present = {path.name for path in VENDOR.iterdir() if path.stat().st_size}
    assert present == {"bootstrap.min.css", "htmx.min.js", "jsqr.js", "fonts.css", "VERSIONS.txt"} | fonts | licences
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    entries = {name: lock[f"node_modules/{name}"] for name in sorted(wanted)}
    assert (VENDOR / "VERSIONS.txt").read_text().splitlines() == [
        f"{name} {entry['version']} {entry['license']}" for name, entry in entries.items()]


def test_the_style_sheets_of_the_front_end_load_nothing_from_elsewhere() -> None:
    for sheet in VENDOR.glob("*.css"):
        addresses = re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8"))
        assert [found for found in addresses if not found.startswith("data:") and not (VENDOR / found).is_file()] == []


def test_every_vietnamese_letter_has_its_place_in_the_typeface() -> None:
    letters = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ₫"
    spans = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", (VENDOR / "fonts.css").read_text(encoding="utf-8"))
    ranges = [range(int(first, 16), int(last or first, 16) + 1) for first, last in spans]
    assert [letter for letter in letters + letters.upper() if not any(ord(letter) in span for span in ranges)] == []


def test_the_built_wheel_carries_the_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    distribution = Distribution()
    distribution.parse_config_files(["setup.cfg"])
    distribution.include_package_data = False  # only what setup.cfg names, whatever git or a manifest knows
    build = distribution.get_command_obj("build_py")
    build.ensure_finalized()
    carried = {name for package, _, _, names in build.data_files if package == "core.web" for name in names}
    assert {f"static/vendor/{path.name}" for path in VENDOR.iterdir()} <= carried


def test_every_command_of_the_readme_and_of_the_guide_is_a_target() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for document in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make (\w+)|^\s*make (\w+)", (ROOT / document).read_text(encoding="utf-8"), re.M))
        assert {first or second for first, second in named} <= targets, document


def test_the_help_of_make_tells_every_target_for_people() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = set(re.findall(r'@echo "make (\w+)', makefile))
    declared = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.M)[0].split())
    assert told == declared - {"help", "check", "browser"}
