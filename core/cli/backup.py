"""The whole instance in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core import backup as backups
from core.cli import frame
from core.cli.frame import as_json, t
from core.cli.server import prepared_instance
from core.domain import audit, cases

REFUSED = 3


@click.command(cls=frame.Command)
@click.argument("file")
@click.option("--with-keys", is_flag=True, help="Put TIEPSUC_SECRET_KEY and TIEPSUC_SEAL_KEY into it too.")
@as_json
def backup(file: str, with_keys: bool) -> None:
    """Write everything (rows, papers, seals) into FILE, while people go on working.

    FILE holds everybody's personal data: keep it as you keep the database. The keys are not in it unless asked for.
    """
    told = backups.backup(prepared_instance(), Path(file), with_keys=with_keys)
    if frame.wants_json():
        frame.show(_as_json(told))
        return
    click.echo(
        t(
            f"Đã sao lưu {told.cases} hồ sơ, {told.rows} dòng, {told.files} tệp vào {file}",
            f"{told.cases} cases, {told.rows} rows and {told.files} files are backed up in {file}",
        )
    )
    if not told.keys:
        click.echo(
            t(
                "Hãy cất riêng hai khóa TIEPSUC_SECRET_KEY và TIEPSUC_SEAL_KEY (hoặc các tệp secret_key và seal_key): "
                "bản sao lưu không chứa khóa.",
                "Keep the keys TIEPSUC_SECRET_KEY and TIEPSUC_SEAL_KEY (or the files secret_key and seal_key) "
                "elsewhere: the backup does not hold them.",
            ),
            err=True,
        )


@click.command(cls=frame.Command)
@click.argument("file")
@as_json
@click.pass_context
def restore(context: click.Context, file: str) -> None:
    """Fill an empty database from the backup in FILE, then verify it (exit status 3 when it does not hold).

    Keys that FILE holds are taken, unless the environment sets others.
    """
    instance = frame.current_instance()
    told = backups.restore(instance, Path(file))
    with frame.work(read_only=True):
        heads = cases.heads()
        broken = audit.verify(papers=True)
    if frame.wants_json():
        frame.show({**_as_json(told), "holds": broken is None, "what": broken and broken.what.to(frame.language())})
    else:
        click.echo(
            t(
                f"Đã khôi phục {told.cases} hồ sơ, {told.rows} dòng, {told.files} tệp.",
                f"{told.cases} cases, {told.rows} rows and {told.files} files are restored.",
            )
        )
        if broken is None:
            click.echo(t(f"Lịch sử của {len(heads)} hồ sơ nguyên vẹn.", f"The history of {len(heads)} cases is whole."))
        else:
            click.echo(broken.what.to(frame.language()), err=True)
        if told.taken_over:
            click.echo(
                t(
                    "Khóa niêm TIEPSUC_SEAL_KEY ở đây không phải khóa đã niêm: các dấu niêm cũ được giữ như trong bản "
                    "sao lưu và từ nay được bảo vệ bằng khóa ở đây.",
                    "TIEPSUC_SEAL_KEY here is not the key the seals were made with: they are taken over as the backup "
                    "has them, and from now on protected by the key here.",
                ),
                err=True,
            )
    if broken is not None:
        context.exit(REFUSED)


def _as_json(told: backups.Told) -> dict[str, Any]:
    return {
        "cases": told.cases,
        "rows": told.rows,
        "files": told.files,
        "keys": told.keys,
        "taken_over": told.taken_over,
    }
