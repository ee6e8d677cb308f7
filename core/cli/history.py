"""Proving that nothing in the history was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.cli import frame
from core.cli.frame import as_json, t
from core.domain import audit, cases, history
from core.errors import BadInput, Reason
from core.text import Text, canonical

REFUSED = 3
LARGEST_KEPT = 200 * 1024 * 1024


@click.command(cls=frame.Command)
@click.option("--against", metavar="FILE", help="Seals that somebody else kept, as `tiepsuc seal --export` wrote them.")
@click.option("--papers", is_flag=True, help="Read every stored file too; its bytes must give its digest.")
@as_json
@click.pass_context
def verify(context: click.Context, against: str | None, papers: bool) -> None:
    """Read the whole history again and name the first row touched, cut or missing (exit status 3).

    Then hold against it what stands in the tables: states, answers, money, visits, decisions, definitions.
    """
    kept = _kept(against) if against else []
    with frame.work(read_only=True):
        heads = cases.heads()
        broken = audit.verify(kept, papers)
        unsealed = history.unsealed()
    number = heads[broken.case_id].number if broken and broken.case_id in heads else None
    if frame.wants_json():
        frame.show({"holds": broken is None, "cases": len(heads), "unsealed": unsealed, "first": _told(broken, number)})
    elif broken is None:
        click.echo(
            t(
                f"Lịch sử của {len(heads)} hồ sơ nguyên vẹn; {unsealed} dòng chưa niêm.",
                f"The history of {len(heads)} cases is whole; {unsealed} rows wait for a seal.",
            )
        )
    else:
        where = (
            t(f"Dấu niêm số {broken.seal}", f"Seal {broken.seal}")
            if broken.seal is not None
            else t("Cơ sở dữ liệu", "The database")
            if broken.case_id is None
            else t(
                f"Hồ sơ {number or broken.case_id}, dòng {broken.seq}",
                f"Case {number or broken.case_id}, row {broken.seq}",
            )
        )
        click.echo(f"{where}: {broken.what.to(frame.language())}", err=True)
    if broken is not None:
        context.exit(REFUSED)


def _told(broken: history.Broken | None, number: str | None) -> dict[str, Any] | None:
    if broken is None:
        return None
    return {"case": number, "row": broken.seq, "seal": broken.seal, "what": broken.what.to(frame.language())}


def _kept(name: str) -> list[dict[str, Any]]:
    content = frame.read_json(name, LARGEST_KEPT).get("seals")
    fits = isinstance(content, list) and all(
        isinstance(each, dict) and isinstance(each.get("id"), int) and isinstance(each.get("mac"), str)
        for each in content
    )
    if not fits:
        raise BadInput(
            Reason(
                "no_seals",
                Text(
                    f"{name}: không phải tệp dấu niêm do «tiepsuc seal --export» ghi",
                    f"{name}: not a file of seals that `tiepsuc seal --export` wrote",
                ),
                field="against",
            )
        )
    assert isinstance(content, list)
    return content


@click.command(cls=frame.Command)
@click.option(
    "--export", metavar="FILE", help="Write all seals to FILE (-: standard output), for somebody else to keep."
)
def seal(export: str | None) -> None:
    """Seal what happened since the last seal, as the worker does every minute."""
    with frame.work():
        count = history.seal_new()
        seals = list(history.heads()) if export else []
    if export is None:
        click.echo(t(f"Đã niêm {count} dòng.", f"{count} rows are sealed."))
        return
    written = canonical({"seals": seals}) + "\n"
    if export == "-":
        click.echo(written, nl=False)
        return
    try:
        Path(export).write_text(written, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            Reason(
                "file_unwritable",
                Text(
                    f"Không ghi được tệp {export}: {error.strerror}",
                    f"File {export} cannot be written: {error.strerror}",
                ),
                field="export",
            )
        ) from error
