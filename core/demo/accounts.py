"""Who works in the demo province, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core import db
from core.domain import access, units, users
from core.domain.access import Actor
from core.errors import BadInput, Reason

PROVINCE, COUNTRY = "24", "VN"


@dataclass(frozen=True)
class Commune:
    """A commune of the demo. ``registered`` begins the ID numbers of people born there: the code of the old province.

    ``settlement`` is set, unverified, where the law leaves it open since the commune was converted in 2025.
    """

    code: str
    registered: str
    prefix: str  # of its household codes
    share: int  # of the households, in percent
    villages: tuple[str, ...]
    groups: tuple[tuple[str, int], ...]  # ethnic groups and how many of a hundred households
    settlement: str = ""


WARD = Commune(
    "09409",
    "027",
    "MĐ",
    45,
    tuple(f"Tổ dân phố {name}" for name in ("Ngọc Trì", "Thượng Vũ", "Phú Nhuận", "Đông Lĩnh", "Xuân Lai")),
    (("Kinh", 100),),
    settlement="urban",
)
RURAL = Commune(
    "09499",
    "027",
    "TK",
    30,
    tuple(f"Thôn {name}" for name in ("Hoàng Kênh", "Cáp Trên", "Cáp Dưới", "Trung Chính", "An Trụ")),
    (("Kinh", 100),),
)
HILLS = Commune(
    "07531",
    "024",
    "TS",
    25,
    tuple(f"Thôn {name}" for name in ("Khuôn Tỏ", "Bắc Hoa", "Đồng Dau", "Thác Lười", "Mòng B")),
    (("Nùng", 52), ("Kinh", 18), ("Tày", 13), ("Sán Chay", 11), ("Sán Dìu", 6)),
)
COMMUNES = (WARD, RURAL, HILLS)


@dataclass(frozen=True)
class Account:
    """A person who signs in. ``unit`` is the official code of where the role is held."""

    login: str
    role: str
    name: str
    unit: str


ACCOUNTS = (
    Account("officer", "officer", "Nguyễn Thị Thu Hường", WARD.code),
    Account("approver", "approver", "Trần Quang Huy", PROVINCE),
    Account("accountant", "accountant", "Lê Minh Nguyệt", PROVINCE),
    Account("monitor", "monitor", "Ngô Văn Thắng", WARD.code),
    Account("manager", "manager", "Đỗ Hoàng Long", PROVINCE),
    Account("auditor", "auditor", "Phạm Bích Liên", PROVINCE),
    Account("admin", "admin", "Vũ Anh Tuấn", COUNTRY),
    Account("officer2", "officer", "Vi Thị Lan", HILLS.code),
    Account("officer3", "officer", "Đào Văn Khánh", RURAL.code),
)


def create(password: str) -> dict[str, Actor]:
    """Make the accounts, all with one password that need not be changed; gives the actors by sign-in name.

    Raises ``BadInput`` when the password breaks the rules.
    """
    on = db.today()
    for account in ACCOUNTS:
        unit = units.unit_by_code(account.unit, on)
        try:
            users.create_user(
                None, account.login, account.name, account.role, unit.id, password=password, must_change=False
            )
        except BadInput as refused:
            reasons = [
                Reason(each.code, each.sentence, each.seen, each.needed, field="TIEPSUC_DEMO_PASSWORD")
                for each in refused.reasons
            ]
            raise BadInput(reasons) from None
    return {account.login: access.actor_by_login(account.login) for account in ACCOUNTS}


def officer_of(commune: Commune) -> str:
    """The sign-in name of the commune's officer."""
    return next(each.login for each in ACCOUNTS if (each.role, each.unit) == ("officer", commune.code))


def monitor_of(commune: Commune) -> str:
    """The sign-in name of who visits in the commune: its monitor, or else its officer, who may visit too."""
    found = (each.login for each in ACCOUNTS if (each.role, each.unit) == ("monitor", commune.code))
    return next(found, officer_of(commune))


def classify(on: date) -> None:
    """Say of converted communes whether they count as rural or urban, where nobody has yet."""
    for commune in COMMUNES:
        unit = units.unit_by_code(commune.code, on)
        if commune.settlement and units.settlement(unit.id, on) is None:
            units.classify(
                unit.id,
                "settlement",
                commune.settlement,
                date(2025, 7, 1),
                source="Chưa có văn bản; giả định cho dữ liệu thử",
                verified=False,
            )
