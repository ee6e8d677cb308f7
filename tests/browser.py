"""The Chromium that tests drive: where it is, and getting it (`python -m tests.browser`, part of `make test`)."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "TIEPSUC_TEST_BROWSER"  # the path of a browser, or "none" to go without
NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
DEBIAN = "sudo apt-get install -y chromium"
ELSEWHERE = ".venv/bin/playwright install --with-deps chromium"


def unwanted() -> bool:
    """Whether the tests were told to go without a browser."""
    return os.environ.get(VARIABLE) == "none"


def find() -> str | None:
    """The path of a browser that starts, or None."""
    given = os.environ.get(VARIABLE)
    playwright_own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    candidates = [given] if given else [*map(shutil.which, NAMES), *map(str, playwright_own)]
    return next((path for path in candidates if path and _starts(path)), None)


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser is a script that only says to install a snap
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> None:
    """Ask apt for Debian's Chromium where that needs no password; says nothing when it cannot."""
    if not _is_debian():
        return
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        command = [*become_root, *environment, "apt-get", "-qq", *arguments]
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError:  # no sudo here
            return


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def main() -> None:
    if unwanted() or find():
        return
    print("Fetching Chromium for the browser tests ...", flush=True)
    install()
    if find() is None:
        sys.exit(f"The browser tests need Chromium. Run: {DEBIAN if _is_debian() else ELSEWHERE}\n"
                 f"(or go without them: {VARIABLE}=none make test)")


if __name__ == "__main__":
    main()
