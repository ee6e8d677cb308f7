"""The 54 ethnic groups. Two official lists number them; they swap 04 and 06, so a code is stored with its list.

Names and codes are those of Decision 1019/QĐ-TCTK (2008). Only 04–06 were compared with Decision 121 (1979); the other codes
of the older list are taken to be the same (unverified).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from core.domain.people.codes import Code, words
from core.text import Text

LIST = "1019/2008"
OLD_LIST = "121/1979"
_SWAPPED = {"04": "06", "06": "04"}


@cache
def groups() -> dict[str, Code]:
    """Code of list 1019/2008 to the group."""
    with files("core.data").joinpath("ethnic_groups.csv").open(encoding="utf-8") as file:
        return {row["code"]: Code(row["code"], Text(row["name"], row["name"]), tuple(filter(None, row["other_names"].split("|"))))
                for row in csv.DictReader(file)}


@cache
def group_words() -> dict[str, str]:
    """Every way of writing a group's name to its code. Bare numbers are left out: 04 and 06 depend on the list."""
    return {word: code for word, code in words(groups()).items() if not word.isdigit()}


def current_code(code: str | None, ethnic_list: str | None = LIST) -> str | None:
    """The code in list 1019/2008 of a group recorded by either list."""
    return _SWAPPED.get(code, code) if code and ethnic_list == OLD_LIST else code


def group_name(code: str | None, ethnic_list: str | None = LIST) -> str:
    """The name of a group by its code in either list; blank when there is none."""
    found = groups().get(current_code(code, ethnic_list) or "")
    return found.title.vi if found else ""
