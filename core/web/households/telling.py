"""What was changed in the register, told for the history of a household."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select

from core import db
from core.domain import access, people
from core.text import Text
from core.web.present import t, tt, typed

LABELS = {
    "code": Text("Mã hộ", "Household code"),
    "village": Text("Thôn, tổ dân phố", "Village"),
    "address": Text("Địa chỉ", "Address"),
    "phone": Text("Điện thoại", "Telephone"),
    "set_up_on": Text("Lập hộ từ ngày", "Set up on"),
    "name": Text("Họ và tên", "Full name"),
    "relation": Text("Quan hệ với chủ hộ", "Relation to the head"),
    "birth": Text("Ngày sinh", "Born"),
    "birth_date": Text("Ngày sinh", "Born"),
    "birth_year": Text("Năm sinh", "Year of birth"),
    "sex": Text("Giới tính", "Sex"),
    "ethnic": Text("Dân tộc", "Ethnic group"),
    "ethnic_code": Text("Dân tộc", "Ethnic group"),
    "id_number": Text("Số định danh", "ID number"),
    "marks": Text("Ưu tiên", "Priority"),
    "demands": Text("Nhu cầu", "Wants"),
    "ended_on": Text("Không còn từ ngày", "Ended on"),
    "died_on": Text("Ngày mất", "Died on"),
    "members_known": Text("Biết đủ thành viên", "All members known"),
    "size_said": Text("Số nhân khẩu", "Number of members"),
}


def changes(rows: Sequence[Row[Any]], members: dict[int, str], sight: access.Sight) -> list[dict[str, Any]]:
    """The changes of a household as ``ui.timeline`` shows them, private values as they are seen."""
    who = names_of({row.recorded_by for row in rows if row.recorded_by})
    return [
        {
            "at": row.recorded_at,
            "who": who.get(row.recorded_by, t("máy chủ", "the server")),
            "title": t("Nhập từ danh sách", "From an imported list") if row.import_id else t("Sửa", "Corrected"),
            "note": members.get(row.person_id, ""),
            "detail": "; ".join(_changed(json.loads(row.changed), sight)),
        }
        for row in rows
    ]


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """The names of accounts."""
    query = select(access.user.c.id, access.user.c.name).where(access.user.c.id.in_(user_ids))
    return {row.id: row.name for row in db.execute(query)} if user_ids else {}


def _changed(changed: dict[str, list[Any]], sight: access.Sight) -> list[str]:
    shown = {name: pair for name, pair in changed.items() if name != "ethnic_list"}
    if shown.get("birth_date", [None, None]) != [None, None]:
        shown.pop("birth_year", None)  # the day says it
    return [
        f"{tt(LABELS[name]) if name in LABELS else name}: {_value(name, before, sight)} → {_value(name, after, sight)}"
        for name, (before, after) in shown.items()
    ]


def _value(name: str, value: Any, sight: access.Sight) -> str:
    if value in (None, ""):
        return t("(trống)", "(empty)")
    if name in people.PRIVATE:
        return str(people.column_seen(sight, name, value))
    if name == "sex" and value in people.SEXES:
        return tt(people.SEXES[value].title)
    if name == "ethnic_code":
        return people.group_name(value) or str(value)
    return str(value) if isinstance(value, int) else typed(value)
