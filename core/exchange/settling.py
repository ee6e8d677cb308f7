"""What a list says in columns of its own way, turned into what the columns of the register say."""

from __future__ import annotations

from typing import Any

from core.domain.people import CATEGORIES, SEXES, Finding
from core.domain.people.values import said
from core.text import Text

_BOTH_BIRTHS = Text("Ghi năm sinh ở cả cột nam và cột nữ: để lại một cột",
                    "A birth year stands in both the men's and the women's column: leave one")
_TWO = Text("Đánh dấu cả {first} và {second}: để lại một", "Both {first} and {second} are ticked: leave one")
_AGAINST = Text("Cột này nói {seen}, khác với cột «{title}»: sửa một trong hai",
                "This column says {seen}, unlike the column “{title}”: correct one of them")


def settle(values: dict[str, Any], findings: list[Finding], number: int) -> None:
    """Turn birth years by sex, ticks by sex or by category, a head's own column into birth, sex, category and name."""
    if "head_name" in values:
        head = values.pop("head_name")
        if "name" not in values:
            values["name"] = head
    _births(values, findings, number)
    _ticks(values, findings, number, "sex", tuple(SEXES))
    _ticks(values, findings, number, "category", tuple(CATEGORIES))
    if "deprived" in values:
        mask = values.pop("deprived")
        for bit in range(12):
            values.setdefault(f"deprived_{bit + 1}", bool(mask >> bit & 1))


def _births(values: dict[str, Any], findings: list[Finding], number: int) -> None:
    said_by = {sex: values.pop(f"birth_{sex}") for sex in SEXES if f"birth_{sex}" in values}
    if len(said_by) > 1:
        findings.append(Finding(number, "birth_female", said(said_by["female"]), _BOTH_BIRTHS))
    elif said_by:
        (sex, birth), = said_by.items()
        values.setdefault("birth", birth)
        _say(values, findings, number, "sex", sex, f"birth_{sex}")


def _ticks(values: dict[str, Any], findings: list[Finding], number: int, name: str, codes: tuple[str, ...]) -> None:
    ticked = [code for code in codes if values.pop(f"{name}_{code}", False)]
    if len(ticked) > 1:
        known = SEXES if name == "sex" else CATEGORIES
        findings.append(Finding(number, f"{name}_{ticked[1]}", "x", _TWO.format(
            first=known[ticked[0]].title, second=known[ticked[1]].title)))
    elif ticked:
        _say(values, findings, number, name, ticked[0], f"{name}_{ticked[0]}")


def _say(values: dict[str, Any], findings: list[Finding], number: int, name: str, code: str, column: str) -> None:
    if values.setdefault(name, code) != code:
        from core.exchange.columns import BY_NAME

        title = (SEXES if name == "sex" else CATEGORIES)[code].title
        findings.append(Finding(number, column, "", _AGAINST.format(seen=title, title=BY_NAME[name].title)))
