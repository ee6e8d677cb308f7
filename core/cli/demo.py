"""A demo province at a terminal: made once, its accounts told each time."""

from __future__ import annotations

import os
from datetime import date, datetime

import click

from core import db, demo, instance as instances
from core.cli import frame
from core.cli.frame import as_json, t
from core.domain.access import ROLES
from core.text import Text

VARIABLE = "TIEPSUC_DEMO_PASSWORD"

# What shows most in five minutes: (account, what to do).
TRY_FIRST = (
    (
        "officer",
        Text(
            "Việc của tôi → mở một hồ sơ đang soạn → xem tiêu chí → Đề xuất",
            "My work → a draft → its criteria → Propose",
        ),
    ),
    (
        "officer",
        Text(
            "Nhập danh sách Excel nói trên (có hai dòng sai để thử)",
            "Import the Excel list above (two of its rows are wrong)",
        ),
    ),
    (
        "approver",
        Text(
            "Việc của tôi → đánh dấu vài hồ sơ → Phê duyệt bằng một quyết định",
            "My work → tick some cases → Approve by one decision",
        ),
    ),
    ("accountant", Text("Chi trả → chi các đợt đến hạn", "Payments → pay what is due")),
    (
        "monitor",
        Text(
            "Việc của tôi → ghi một lần kiểm tra (thử trên điện thoại)",
            "My work → record a visit (try it on a phone)",
        ),
    ),
)


def _day(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@click.command("demo", cls=frame.Command)
@click.option("--households", default=300, show_default=True, metavar="N", type=int, help="How many households.")
@click.option("--seed", default=1, show_default=True, type=int, help="The same seed and date give the same data.")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="DATE", help="Its last day (today unless given)."
)
@click.option("--if-empty", is_flag=True, help="Where there is data already, leave it and only tell the accounts.")
@as_json
def command(households: int, seed: int, on: date | None, if_empty: bool) -> None:
    """Fill an empty database with a demo province, Bắc Ninh: invented households, cases in every state.

    All accounts have one password: that of TIEPSUC_DEMO_PASSWORD, or one made up and printed.
    """
    instance = frame.current_instance()
    instances.prepare(instance)
    password = os.environ.get(VARIABLE) or None
    with db.transaction(instance, read_only=True):
        built = None if demo.is_empty() or not if_empty else demo.describe(instance, password)
    if built is None:
        if not frame.wants_json():
            click.echo(t("Đang tạo dữ liệu thử …", "Making the demo …"), err=True)
        built = demo.build(instance, households, seed, on, password)
    if frame.wants_json():
        frame.show(built.as_json())
    else:
        _print(built)


def _print(built: demo.Built) -> None:
    if not built.accounts:
        click.echo(t("Cơ sở dữ liệu đã có dữ liệu, không phải dữ liệu thử.", "There is data, and it is no demo."))
        return
    invented = t("mọi người và số liệu đều hư cấu", "all people and figures are invented")
    click.echo(f"\n{t('Tỉnh Bắc Ninh, dữ liệu thử', 'Bắc Ninh province, a demo')} ({invented})")
    click.echo(t(f"{built.households} hộ, {built.cases} hồ sơ", f"{built.households} households, {built.cases} cases"))
    password = built.password or t(
        "như đã in ở lần chạy đầu (quên? .venv/bin/tiepsuc user reset officer)",
        "as printed at the first run (lost? .venv/bin/tiepsuc user reset officer)",
    )
    click.echo(f"{t('Mật khẩu của mọi tài khoản', 'Password of every account')}: {password}")
    for each in built.accounts:
        role = ROLES[each["role"]].title.to(frame.language())
        click.echo(f"  {each['user']:<11} {role:<28} {each['unit_name']}")
    click.echo(f"{t('Danh sách Excel để nhập thử', 'An Excel list to import')}: {built.list_file}")
    click.echo("\nThử trước / Try first:")
    for who, what in TRY_FIRST:
        click.echo(f"  {who:<11} {what.vi}\n  {'':<11} {what.en}")
    click.echo()
