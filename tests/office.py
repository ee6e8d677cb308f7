"""A province at work: the installed programmes, people who sign in, money in funds, a commune's Excel list."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from core import db, instance as instances, plugins
from core.domain import access, budget, units, users

PASSWORD = "ba con trâu đi cày"
PROVINCE, WARD, OTHER = "24", "09409", "07531"  # Bắc Ninh; phường Mão Điền, and a commune of the old Bắc Giang
TODAY = date(2026, 11, 23)

PEOPLE = {  # who: name, role, where
    "officer": ("Nguyễn Thị Thu Hường", "officer", WARD),
    "stranger": ("Vi Thị Lan", "officer", OTHER),
    "approver": ("Trần Quang Huy", "approver", PROVINCE),
    "second": ("Phan Thị Mai", "approver", PROVINCE),
    "accountant": ("Lê Minh Nguyệt", "accountant", PROVINCE),
    "monitor": ("Ngô Văn Thắng", "monitor", WARD),
    "manager": ("Đỗ Hoàng Long", "manager", PROVINCE),
    "auditor": ("Phạm Bích Liên", "auditor", PROVINCE),
}
FUNDS = (("NSTW-26", "central", 100_000_000), ("NSDP-26", "local", 60_000_000))


def build(instance: db.Instance) -> None:
    """Fill an instance, in units of work of its own."""
    instance.plugins = plugins.find(())
    instances.prepare(instance)
    with db.transaction(instance):
        for login, (name, role, unit) in PEOPLE.items():
            at = units.unit_by_code(unit, TODAY).id
            users.create_user(None, login, name, role, at, password=PASSWORD, must_change=False)
        manager = access.actor_by_login("manager")
        for code, source, amount in FUNDS:
            named = {"code": code, "name": f"Hỗ trợ nhà ở ({code})", "source": source, "capital": "recurrent"}
            budget.create_fund(manager, {**named, "year": str(TODAY.year), "programme": "housing", "unit": PROVINCE})
            budget.allocate(manager, code, amount, "Quyết định giao vốn", TODAY)


def open_again(instance: db.Instance) -> None:
    """Give an instance that is a copy of one that ``build`` filled its plugins and its registry."""
    instance.plugins = plugins.find(())
    with db.transaction(instance):
        instances.build_registry(instance)


def actor(instance: db.Instance, login: str) -> access.Actor:
    """Somebody of this province, for acts outside the browser."""
    with db.transaction(instance, read_only=True):
        return access.actor_by_login(login)


HEAD = {
    "Mã hộ": "MĐ-0001",
    "Thôn": "Tổ dân phố Ngọc Trì",
    "Họ và tên": "Nguyễn Văn Á",
    "Quan hệ với chủ hộ": "Chủ hộ",
    "Ngày sinh": "05/08/1968",
    "Giới tính": "Nam",
    "Dân tộc": "Kinh",
    "Số định danh": "027068001234",
    "Phân loại": "Hộ nghèo",
    "Điểm A": 115,
    "Điểm B": 50,
    **{f"Thiếu hụt {number}": "x" if number in (7, 8) else "" for number in range(1, 13)},
    "Ngày công nhận": "12/12/2025",
    "Số quyết định": "94/QĐ-UBND",
    "Cư trú": "Thường trú",
    "Lập hộ từ ngày": "06/05/2012",
}


def member(of: Mapping[str, Any], name: str, relation: str, born: str, sex: str, number: str = "") -> dict[str, Any]:
    """A further row of a household: only what is said of the person."""
    said = {"Họ và tên": name, "Quan hệ với chủ hộ": relation, "Ngày sinh": born, "Giới tính": sex}
    return {"Mã hộ": of["Mã hộ"], "Dân tộc": "Kinh", "Số định danh": number, **said}


def head(code: str, name: str, **more: Any) -> dict[str, Any]:
    """The head's row of another household like the first."""
    return {**HEAD, "Mã hộ": code, "Họ và tên": name, "Số định danh": "", **more}


def workbook(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A list as a commune keeps it: two title rows, an empty one, the header, then the rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ỦY BAN NHÂN DÂN PHƯỜNG MÃO ĐIỀN"])
    sheet.append(["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2025"])
    sheet.append([])
    columns = ["STT", *HEAD]
    sheet.append(columns)
    for number, row in enumerate(rows, 1):
        sheet.append([number, *(row.get(column, "") for column in columns[1:])])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HOUSE: dict[str, Any] = {
    "has_house": True,
    "present_floor": "not_durable",
    "present_frame": "not_durable",
    "present_roof": "not_durable",
    "present_area": 20,
    "present_heads": 3,
    "helped_before": False,
    "kind": "new",
    "planned_area": 30,
    "planned_life": 20,
    "planned_floor_hard": True,
    "planned_frame_hard": True,
    "planned_roof_hard": True,
    "planned_cost": 90_000_000,
    "money_central": 40_000_000,
    "money_local": 20_000_000,
    "money_own": 30_000_000,
}
