"""Household lists at a terminal."""

from __future__ import annotations

from collections.abc import Callable

import click

from core import db, exchange
from core.cli import frame
from core.cli.frame import as_json, t
from core.domain import access, units, users
from core.errors import BadInput, Reason, Stale
from core.exchange import BY_NAME, LARGEST_FILE, read_pairs
from core.text import Text

REFUSED = 3


def _given(command: Callable[..., None]) -> Callable[..., None]:
    """An option for every value that may be said once for a whole list."""
    for name in reversed(exchange.GIVEN):
        column = BY_NAME[name]
        option = click.option(
            f"--{name.replace('_', '-')}", metavar=name.upper(), help=f"{column.title}, as “{column.example}”."
        )
        command = option(command)
    return command


@click.group("import", cls=frame.Group)
def group() -> None:
    """Bring in what an office keeps in Excel."""


@group.command()
@click.argument("file")
@click.option(
    "--unit",
    required=True,
    metavar="CODE",
    help="The commune of the list; or a unit above, when each row has its Mã xã.",
)
@click.option("--partial", is_flag=True, help="FILE has some households only: the others are not missing.")
@click.option("--dry-run", is_flag=True, help="Only judge and report; write nothing.")
@click.option(
    "--as", "login", metavar="USER", help="The user in whose name; not needed where only one officer covers the unit."
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="HEADER=COLUMN",
    help="What a header means, as “Tên người đại diện=name”; COLUMN may be ignore. Remembered for the unit.",
)
@_given
@as_json
@click.pass_context
def households(
    context: click.Context,
    /,
    file: str,
    unit: str,
    partial: bool,
    dry_run: bool,
    login: str | None,
    pairs: tuple[str, ...],
    **given: str | None,
) -> None:
    """Import the household list in FILE (.xlsx, .xls, .csv); a second time changes nothing.

    Every row is judged before anything is written; a refused row refuses its household and no other. What the list
    leaves out may be given once for all its rows.
    """
    content = frame.read_bytes(file, LARGEST_FILE)

    def judge() -> tuple[access.Actor, exchange.Judged]:
        place = units.unit_by_code(unit, db.today())
        who = frame.actor(login or _only_officer(place))
        return who, exchange.judge_households(
            who,
            content,
            place.id,
            file_name=file if file != "-" else "",
            partial=partial,
            given={name: value for name, value in given.items() if value},
            mapping=read_pairs(pairs),
        )

    with frame.work(read_only=True):  # nobody waits for the writer while a long list is read
        who, judged = judge()
    report = judged.report(frame.language())
    if not dry_run:
        with frame.work():
            try:
                report["import"] = exchange.accept(who, judged)
            except Stale:  # somebody wrote in between: once more, and nobody else meanwhile
                who, judged = judge()
                report = {**judged.report(frame.language()), "import": exchange.accept(who, judged)}
    if frame.wants_json():
        frame.show(report)
    else:
        _print(report, judged.unit.name, dry_run)
    if report["refused"] and not report["new"] + report["changed"] + report["unchanged"]:
        context.exit(REFUSED)


@group.command()
@click.argument("number", metavar="IMPORT", type=int)
@click.option("--as", "login", metavar="USER", required=True, help="The user in whose name.")
@as_json
def undo(number: int, login: str) -> None:
    """Take back all that the accepted list IMPORT wrote, while nothing was built on it.

    The number is "import" of what the import printed as JSON, and stands in the address of its page.
    """
    with frame.work():
        row = exchange.undo(frame.actor(login), number)
    report = exchange.report_in(row.report, frame.language())
    if frame.wants_json():
        frame.show({"import": row.id, "undone_at": row.undone_at.isoformat(), "new": report["new"],
                    "changed": report["changed"]})
    else:
        click.echo(t(f"Đã hoàn tác {row.file_name}.", f"{row.file_name} is undone."))


def _only_officer(unit: units.Unit) -> str:
    found = users.logins_with("household.edit", unit.place)
    if len(found) == 1:
        return found[0]
    sentence = (
        Text(
            "Chưa có cán bộ nào phụ trách {unit}: tạo tài khoản trước, hoặc dùng --as",
            "No officer covers {unit}: make an account first, or use --as",
        )
        if not found
        else Text(
            "Nhiều cán bộ phụ trách {unit}: dùng --as với một trong {names}",
            "Several officers cover {unit}: use --as with one of {names}",
        )
    )
    raise BadInput(
        Reason("whose_name", sentence.format(unit=unit.name, names=", ".join(found)), needed=found, field="as")
    )


def _print(report: dict[str, object], unit: str, dry_run: bool) -> None:
    heading = t("Xem trước, chưa ghi", "A trial, nothing written") if dry_run else t("Đã nhập", "Imported")
    click.echo(f"{heading}: {unit}")
    words = {
        "rows": t("dòng", "rows"),
        "new": t("hộ mới", "households new"),
        "changed": t("hộ thay đổi", "changed"),
        "unchanged": t("hộ không đổi", "unchanged"),
        "missing": t("hộ có trong sổ, không có trong tệp", "in the register but not in the file"),
        "doubtful": t("hộ chưa rõ là hộ nào trong sổ", "in doubt which household it is"),
        "refused_households": t("hộ bị từ chối", "refused"),
    }
    for name, word in words.items():
        if report[name] or name != "doubtful":
            click.echo(f"  {report[name]:>8} {word}")
    if "import" in report:
        click.echo(f"  {t('số lần nhập', 'import')}: {report['import']}")
    for kind, heading in (
        ("notes", t("Khi đọc tệp", "In reading")),
        ("refused", t("Từ chối", "Refused")),
        ("warnings", t("Lưu ý", "Note")),
    ):
        for each in report[kind]:  # type: ignore[attr-defined]
            where = t(f"dòng {each['row']}, {each['column']}", f"row {each['row']}, {each['column']}")
            click.echo(f"{heading}: {where}: «{each['value']}»: {each['reason']}")
