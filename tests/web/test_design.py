"""The design system: every colour a token by day and by night, every pair of them readable, one style sheet."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from core.web import delivery
from tests.web.visitors import Visitor

STATIC = Path(delivery.__file__).parent / "static"
OWN = [sheet for sheet in delivery.SHEETS if not sheet.startswith("vendor/")]
NO_PAPER = [sheet for sheet in OWN if sheet not in {"css/tokens.css", "css/print.css"}]
GROUNDS = {"ground", "surface", "sunken", "hover"}
TONES = {"neutral", "info", "good", "warn", "bad", "done"}
TEXTS = {"ink", "muted", "accent", "accent-strong", *TONES}
EDGES = {"line-strong", "accent", "focus", *TONES}  # what shows where a control is and how it stands
TEXT, EDGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def sheet(name: str) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def colours() -> dict[str, tuple[str, str]]:
    """The colour tokens: by day and by night."""
    pair = r"--([a-z-]+): var\(--by-day, (#[0-9a-f]{3,6})\) var\(--by-night, (#[0-9a-f]{3,6})\);"
    return {name: (day, night) for name, day, night in re.findall(pair, sheet("css/tokens.css"))}


def light(colour: str) -> float:
    """The relative luminance of ``#rgb`` or ``#rrggbb``."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def used(what: str) -> set[str]:
    """The tokens that stand as ``what`` (a property) in any of our style sheets."""
    said = " ".join(value for name in NO_PAPER for value in re.findall(rf"(?<![\w-]){what}:([^;}}]+)", sheet(name)))
    return set(re.findall(r"var\(--([a-z-]+)", said)) - {"tone", "tone-soft"}


def test_contrast_is_counted_as_the_recommendation_does() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground(theme: int) -> None:
    known = colours()
    softs = {f"{tone}-soft" for tone in TONES} | {"accent-soft"}
    pairs = [
        *product(TEXTS, GROUNDS),
        *product({"ink", "muted"}, softs),
        *((tone, f"{tone}-soft") for tone in TONES | {"accent"}),
        *product({"on-accent"}, {"accent", "accent-strong"}),
        ("surface", "bad"),  # a dangerous button under the pointer
    ]
    bad = {
        (text, on): round(seen, 2)
        for text, on in pairs
        if (seen := contrast(known[text][theme], known[on][theme])) < TEXT
    }
    assert bad == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_edge_of_a_control_can_be_seen(theme: int) -> None:
    known = colours()
    bad = {
        (edge, on): round(seen, 2)
        for edge, on in product(EDGES, GROUNDS)
        if (seen := contrast(known[edge][theme], known[on][theme])) < EDGE
    }
    assert bad == {}


def test_no_text_and_no_ground_escapes_the_two_tests_above() -> None:
    assert used("color") - {"on-accent", "surface"} <= TEXTS
    softs = {f"{tone}-soft" for tone in (*TONES, "accent")}
    # what fills a bar or draws a line carries no text
    assert used("background(?:-color)?") <= GROUNDS | softs | {"accent", "half-accent", "line", "line-strong"}


def test_colours_and_sizes_are_written_as_tokens() -> None:
    found = []
    for name in NO_PAPER:
        text = sheet(name)
        found += [(name, value) for value in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])|\b(?:rgb|hsl)a?\(", text)]
        for part in re.findall(r"(?<![\w-])(?:padding|margin|gap|border-radius)[a-z-]*:([^;}]+)", text):
            found += [(name, part) for size in re.findall(r"[\d.]+(?:px|rem)", part) if size != "1px"]
    assert found == []


def test_every_token_that_is_used_is_there() -> None:
    whole = "".join(sheet(name) for name in OWN)
    defined = set(re.findall(r"--([\w-]+):", whole))
    asked = {name for name in re.findall(r"var\(--([\w-]+)", whole) if not name.startswith("bs-")}
    assert asked <= defined


def test_the_style_sheet_holds_nothing_that_an_office_computer_cannot_read() -> None:
    whole = "".join(sheet(name) for name in OWN)
    newer = r"light-dark\(|color-mix\(|oklch\(|@layer|@scope|@starting-style|anchor\(|(?<=[;{}])\s*&"
    assert re.findall(newer, whole) == []  # Chrome 109 is the last on Windows 7


def test_all_style_sheets_come_as_one(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    [address] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    with visitor.client.get(address) as answer:
        assert answer.mimetype == "text/css"
        sheet = answer.get_data(as_text=True)
        assert all(
            re.sub(r"/\*.*?\*/\s*", "", (STATIC / name).read_text("utf-8"), flags=re.DOTALL) in sheet
            for name in OWN
        )
        assert ":root,[data-bs-theme=light]{--bs-" in sheet
        assert "Licensed under MIT" in sheet
    kept = {path.name for path in (STATIC / "css").glob("*.css")}
    assert kept == {Path(name).name for name in delivery.SHEETS if name.startswith("css/")}


def test_of_bootstrap_all_is_kept_that_a_page_uses_and_little_else() -> None:
    whole = (STATIC / delivery.BOOTSTRAP).read_text(encoding="utf-8")
    kept = delivery.of_use(whole)
    classes = r"\.([a-zA-Z][\w-]*)"
    folder = STATIC.parent
    said = " ".join(
        path.read_text(encoding="utf-8")
        for pattern in ("templates/**/*.html", "static/*.js", "**/*.py")
        for path in folder.glob(pattern)
    )
    ours = {name for sheet_name in OWN for name in re.findall(classes, sheet(sheet_name))}
    asked = set(re.findall(r"[a-zA-Z][\w-]*", " ".join(re.findall(r"class(?:Name)?[=:] ?[\"']([^\"']+)[\"']", said))))
    missing = (asked & set(re.findall(classes, whole))) - set(re.findall(classes, kept))
    assert missing - ours == set()
    assert "@media" in kept
    assert len(kept) < len(whole) / 4
