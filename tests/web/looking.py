"""What is looked at on every page that a browser shows: for everybody, with any hand, in one language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from jinja2 import Environment, nodes
from playwright.sync_api import Page

import core

ROOT = Path(core.__file__).parent.parent
THUMB = 43.5  # CSS pixels; 44 less what a browser rounds
_CITED = re.compile(r"(Quyết định|Nghị định|Thông tư|Kế hoạch|Nghị quyết) \d+/")  # a document keeps its name
_WISHES = {"Hỗ trợ nhà ở"}  # what households of the demo ask for, in their own words
# every rule of axe-core that is not an experiment: also the one that is off by default, the size of what is touched
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

LOOK = """() => {
  const shown = (each) => each.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true })
    && each.getClientRects().length > 0 && !each.closest(".visually-hidden");
  const named = (each) => (each.id ? "#" + each.id : each.outerHTML.slice(0, 110));
  const touched = "main .btn:not(.btn-link), .nav-list a, .pager a, .tabs a, .form-check, main .form-control, "
    + "main .form-select, main summary, .menu summary, .round-go, .round-call";
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const foreign = (each) => each.closest("[lang]")?.lang !== document.documentElement.lang;
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), parent = walker.currentNode.parentElement;
    if (text && !parent.closest("script, style") && !foreign(parent)) words.push(text);
  }
  for (const each of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    if (!foreign(each)) for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      if (each.getAttribute(name)) words.push(each.getAttribute(name));
    }
  }
  return {
    width: document.documentElement.scrollWidth,
    wide: [...document.querySelectorAll("main *")].filter((each) => shown(each)
      && each.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(named),
    heads: document.querySelectorAll("h1").length,
    title: document.title, lang: document.documentElement.lang,
    mains: document.querySelectorAll("main").length,
    skips: document.querySelector("body a")?.getAttribute("href"),
    small: [...document.querySelectorAll(touched)].filter((each) => shown(each)
      && each.getBoundingClientRect().height < THUMB).map(named),
    words,
  };
}""".replace("THUMB", str(THUMB))

# The keyboard has been used, so whatever takes the focus shows it: by an outline, or by a shadow that was not there.
RINGS = """() => {
  const unseen = [];
  const ring = (each) => getComputedStyle(each).outlineStyle !== "none";
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const each of document.querySelectorAll(all)) {
    if (!each.checkVisibility({ checkVisibilityCSS: true }) || each.disabled || each.tabIndex < 0) continue;
    const around = [each, each.closest("label"), each.parentElement].filter(Boolean);
    const before = around.map((one) => getComputedStyle(one).boxShadow);
    each.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement !== each) continue;
    if (!around.some((one, at) => ring(one) || getComputedStyle(one).boxShadow !== before[at])) {
      unseen.push(each.outerHTML.slice(0, 110));
    }
  }
  document.activeElement?.blur();
  return unseen;
}"""


def faults(page: Page, language: str) -> list[str]:
    """All that is wrong with the page shown, as sentences."""
    seen = page.evaluate(LOOK)
    size = page.viewport_size
    assert size
    width = size["width"]
    found = []
    if seen["width"] > width:
        found.append(f"scrolls sideways at {width}: {seen['width']} ({seen['wide']})")
    if seen["heads"] != 1:
        found.append(f"{seen['heads']} first headings")
    if not re.fullmatch(r"\S.* – Tiếp Sức", seen["title"]):
        found.append(f"title: {seen['title']!r}")
    if seen["lang"] != language:
        found.append(f"said to be in {seen['lang']!r}")
    if seen["mains"] != 1 or seen["skips"] != "#main":
        found.append("no main part, or no way to skip to it")
    if width < 600 and seen["small"]:
        found.append(f"too small for a thumb: {seen['small']}")
    found += [f"left in the other language: {text!r}" for text in leftovers(seen["words"], language)]
    return found + [f"axe: {each}" for each in violations(page)]


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core objects to, of any level; with ``rules``, to these only."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "runOnly": list(rules)} if rules else AXE
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']} ({each['impact']}): {node['html'][:160]}" for each in found for node in each["nodes"][:3]]


def unseen_focus(page: Page) -> list[str]:
    """What takes the keyboard's focus without showing it."""
    page.keyboard.press("Tab")
    return list(page.evaluate(RINGS))


def leftovers(words: Iterable[str], language: str) -> list[str]:
    """The sentences and figures that stand in the other language."""
    whole, patterns = _other(language)
    point = "," if language == "vi" else "."
    grouped = re.compile(rf"(?<![\d/.,-])\d{{1,3}}(?:{re.escape(point)}\d{{3}})+(?![\d/.,-])")
    return [
        text
        for text in dict.fromkeys(" ".join(each.split()) for each in words)
        if not _CITED.match(text)
        and text not in _WISHES
        and (text in whole or grouped.search(text) or any(pattern.fullmatch(text) for pattern in patterns))
    ]


@cache
def _other(language: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What may not stand on a page of ``language``: whole sentences, and patterns of those with values in them."""
    mine, theirs = set(), set()
    for vietnamese, english in pairs():
        mine.add(vietnamese if language == "vi" else english)
        theirs.add(english if language == "vi" else vietnamese)
    whole = {" ".join(each.split()) for each in theirs - mine}
    filled = {each for each in whole if "{" in each}
    patterns = tuple(
        re.compile(".{1,30}?".join(map(re.escape, re.split(r"\{\w+\}", each))))
        for each in sorted(filled)
        if sum(map(str.isalpha, re.sub(r"\{\w+\}", "", each)))
        >= 8  # what is left of a shorter one is in too many other sentences
    )
    return frozenset(each for each in whole - filled if len(each) > 3), patterns


@cache
def pairs() -> frozenset[tuple[str, str]]:
    """Every pair of sentences written in a template or in the program."""
    found: set[tuple[str, str]] = set()
    for package in ("core", "plugins", "workflows"):
        for file in (ROOT / package).rglob("*.py"):
            if file.is_relative_to(ROOT / "core/demo"):
                continue  # what people of the demo have typed
            found |= set(_of_program(file.read_text(encoding="utf-8")))
        for file in (ROOT / package).rglob("*.html"):
            found |= set(_of_template(file.read_text(encoding="utf-8")))
    return frozenset(found)


def _of_program(text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Text", "t"}:
            said = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if len(said) == 2:
                yield said[0], said[1]


def _of_template(text: str) -> Iterator[tuple[str, str]]:
    for call in Environment().parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            said = [each.value for each in call.args if isinstance(each, nodes.Const)]
            if len(said) == 2:
                yield said[0], said[1]
