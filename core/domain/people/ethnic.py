"""The 54 ethnic groups. Two official lists number them differently, so a code is stored with its list.

The lists agree on 01–03, 05 and 07–10, swap 04 and 06 (Mường, Hoa), and go their own ways from 11 on: 11 is Ngái in
Decision 121-TCTK/PPCĐ (1979) and Ê Đê in Decision 1019/QĐ-TCTK (2008). Seen in a published copy: 01–09 of the first and
01–20 of the second (``verified``); the rest is from the censuses' order of the groups.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from core.domain.people.codes import Code, words
from core.text import Text

LIST = "1019/2008"
OLD_LIST = "121/1979"


@cache
def _from_1979() -> dict[str, str]:
    return {row["code_1979"]: row["code"] for row in _rows()}


@cache
def groups() -> dict[str, Code]:
    """Code of list 1019/2008 to the group."""
    return {row["code"]: Code(row["code"], Text(row["name"], row["name"]),
                              tuple(filter(None, row["other_names"].split("|")))) for row in _rows()}


def _rows() -> list[dict[str, str]]:
    with files("core.data").joinpath("ethnic_groups.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def group_words() -> dict[str, str]:
    """Every way of writing a group's name to its code. Bare numbers are left out: most depend on the list."""
    return {word: code for word, code in words(groups()).items() if not word.isdigit()}


def current_code(code: str | None, ethnic_list: str | None = LIST) -> str | None:
    """The code in list 1019/2008 of a group recorded by either list."""
    return _from_1979().get(code, code) if code and ethnic_list == OLD_LIST else code


def group_name(code: str | None, ethnic_list: str | None = LIST) -> str:
    """The name of a group by its code in either list; blank when there is none."""
    found = groups().get(current_code(code, ethnic_list) or "")
    return found.title.vi if found else ""
