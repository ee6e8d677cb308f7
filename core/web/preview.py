"""The page of one import: its households by state, page by page, and what is asked of whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request, url_for

from core import exchange
from core.domain import access, movements, people, units
from core.errors import Reason
from core.text import Text
from core.web.households.telling import names_of
from core.web.present import language, number, t, tt

SIZE, MOST_SHOWN = 50, 100

TITLES = {
    "doubtful": Text("Chưa rõ là hộ nào", "In doubt"),
    "refused": Text("Bị từ chối", "Refused"),
    "changed": Text("Thay đổi", "Changed"),
    "new": Text("Mới", "New"),
    "missing": Text("Không có trong tệp", "Not in the file"),
    "unchanged": Text("Không đổi", "Unchanged"),
}


def shown(import_id: int, reasons: Sequence[Reason] = (), state: str = "") -> str:
    """The page; ``reasons`` are why something that was asked for was not done."""
    row = exchange.import_of(g.actor, import_id)
    report = exchange.report_in(row.report, language())
    found = exchange.counts(import_id)
    wanted = state or request.args.get("state", "")
    here = wanted if wanted in TITLES else next((each for each in TITLES if each in found), "new")
    total, _, _ = found.get(here, (0, 0, 0))
    begin = min(start(request.values), max(total - 1, 0) // SIZE * SIZE)
    lines = exchange.page(import_id, here, begin, SIZE) if total else []
    return render_template(
        "imports/show.html",
        row=row,
        report=report,
        unit=units.unit_by_id(row.for_unit_id, row.on_date),
        who=names_of({key for key in (row.uploaded_by, row.accepted_by, row.undone_by) if key}),
        state=here,
        tabs=[(tt(title), address(import_id, each), each == here, number(found[each][0], language()))
              for each, title in TITLES.items() if each in found],
        differ=sum(each[2] for each in found.values()),
        lines=lines,
        first=begin + 1,
        total=total,
        newer=address(import_id, here, begin - SIZE) if begin else "",
        older=address(import_id, here, begin + SIZE) if begin + SIZE < total else "",
        most=MOST_SHOWN,
        reasons=reasons,
        mine=access.may(g.actor, "household.edit", row),
        settled=_settled(import_id, here, lines),
        kinds=movements.KINDS,
        typed=request.form,
        people=people,
        masked=lambda value: people.column_seen(access.MASKING, "id_number", value),
        en=language() == "en",
    )


def address(import_id: int, state: str, begin: int = 0) -> str:
    """The page of a state, from a line on."""
    return url_for("exchange.show", import_id=import_id, state=state, start=begin if begin > 0 else None)


def start(data: Mapping[str, str]) -> int:
    """Where a page begins, as its address says; 0 for what is no number."""
    said = data.get("start", "")
    return int(said) // SIZE * SIZE if re.fullmatch(r"[0-9]{1,7}", said) else 0


def ask_to_undo(row: Any) -> str:
    """Ask once more before a list is taken back, or say what was built on it."""
    back = url_for("exchange.show", import_id=row.id)
    reasons = exchange.built_on(row) if row.accepted_at and not row.undone_at else []
    if reasons or not row.accepted_at or row.undone_at:
        return shown(row.id, reasons)
    report = exchange.report_in(row.report, language())
    return render_template(
        "confirm.html",
        title=t("Hoàn tác lần nhập này?", "Undo this import?"),
        text=t("Sổ trở lại như trước khi ghi danh sách: hộ mới được rút ra, hộ đã sửa trở về như cũ, biến động đã chọn "
               "bị bỏ. Không có gì bị xóa; mọi việc vẫn đọc lại được.",
               "The register becomes as it was before the list: new households are taken out, changed ones go back, "
               "movements chosen are dropped. Nothing is deleted; everything stays readable."),
        action=t("Hoàn tác", "Undo"),
        to=url_for("exchange.undo", import_id=row.id),
        back=back,
        kind="danger",
        facts=[(t("Tệp", "File"), row.file_name), (t("Hộ mới", "New"), number(report["new"], language())),
               (t("Hộ thay đổi", "Changed"), number(report["changed"], language()))],
    )


def chosen(form: Mapping[str, str]) -> dict[int, int | None]:
    """By the head's row whom it means, from fields ``row-12`` that hold a household's id or "new"."""
    found: dict[int, int | None] = {}
    for name, value in form.items():
        row = re.fullmatch(r"row-([0-9]{1,7})", name)
        if row and re.fullmatch(r"new|[0-9]{1,19}", value):
            found[int(row[1])] = None if value == "new" else int(value)
    return found


def settled(form: Any) -> tuple[list[movements.Said], list[Reason]]:
    """What became of the households of a page: each line's own choice, else that for all ticked lines."""
    ticked = set(form.getlist("ticked"))
    said, reasons = [], []
    for name in form:
        key = re.fullmatch(r"kind-([0-9]{1,19})", name)
        if key is None:
            continue
        kind = form[name] or (form.get("kind", "") if key[1] in ticked else "")
        if not kind:
            continue
        detail = form.get(f"detail-{key[1]}", "")
        found, wrong = movements.read(int(key[1]), {
            "kind": kind, "on": form.get("on"), "decision_number": form.get("decision_number"),
            "decided_on": form.get("decided_on"), "into": detail, "whereto": detail,
            "note": detail if kind in ("stays", "error", "died") else ""})
        reasons += wrong
        said += [found] if found else []
    if not said and not reasons:
        reasons.append(Reason("nothing_chosen", _NOTHING, field="kind"))
    return said, list({(reason.code, reason.field): reason for reason in reasons}.values())


_NOTHING = Text("Chưa chọn biến động của hộ nào", "Nothing was chosen for any household")


def _settled(import_id: int, state: str, lines: list[dict[str, Any]]) -> dict[int, Any]:
    """What was recorded of the missing households of a page, from this list."""
    if state != "missing" or not lines:
        return {}
    ids = [line["household_id"] for line in lines]
    return {row.household_id: row for row in movements.of_households(ids, import_id)}
