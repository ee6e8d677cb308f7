"""The history of a case in words: who, when, from, to, the note, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from core.domain import access, cases, history
from core.domain.programmes import Form
from core.fields import Field, parse_date, show
from core.text import Text, money
from core.web import states
from core.web.present import dmy, language, t, tt

_NOTES = ("comment", "reason", "note")


class Story(NamedTuple):
    """The items of ``ui.timeline``, latest first; the one that brought the case where it is, and where it came from."""

    items: list[dict[str, Any]]
    arrival: dict[str, Any] | None
    came_from: str | None


def story(row: Any, form: Form, sight: access.Sight) -> Story:
    """The whole history of a case, private values as they are seen."""
    happened = history.of_case(row.id)
    items = [_item(row, form, each, sight) for each in happened]
    for each, item in zip(happened, items, strict=True):
        if each.to_state == row.state and each.from_state not in (None, row.state):
            return Story(items, item, each.from_state)
    return Story(items, None, None)


def _item(row: Any, form: Form, happened: history.Happened, sight: access.Sight) -> dict[str, Any]:
    workflow = states.machine_of(row).workflow
    title, told = tt(cases.action_title(row, happened.action)), {**happened.facts, **happened.private}
    moved = happened.to_state and happened.from_state != happened.to_state
    target = workflow.state(str(happened.to_state)) if moved else None
    if target and happened.from_state and tt(target.title) != title:
        title = f"{title} → {tt(target.title)}"
    return {
        "at": happened.at,
        "who": t("tự động", "by the program") if happened.facts.get("automatic") else happened.actor,
        "title": title,
        "note": next((told[name] for name in _NOTES if told.get(name)), ""),
        "detail": list(_details(row, form, happened, told, sight)),
        "tone": "done" if target and target.final else "info" if moved else "neutral",
    }


def _details(
    row: Any, form: Form, happened: history.Happened, told: Mapping[str, Any], sight: access.Sight
) -> Iterator[str]:
    for changes in (happened.facts.get("changed", {}), happened.private.get("changed", {})):
        for name, (before, after) in changes.items():
            field = form.field(name)
            label = tt(field.label) if field else name
            yield f"{label}: {_value(field, before, sight)} → {_value(field, after, sight)}"
    if "decision" in told:
        yield _decision(told["decision"])
    for part in told.get("committed", ()):
        said = Text("Giữ {amount} của nguồn {fund}", "{amount} committed from {fund}")
        yield tt(said, amount=_dong(part), fund=part["fund"])
    for part in told.get("reserved", ()):
        said = Text("Dành {amount} của nguồn {fund}", "{amount} reserved of {fund}")
        yield tt(said, amount=_dong(part), fund=part["fund"])
    if told.get("unreserved"):
        yield t("Thôi dành {amount}", "{amount} no longer reserved", amount=_dong({"amount": told["unreserved"]}))
    if told.get("released"):
        yield t("Trả về nguồn {amount}", "{amount} given back", amount=_dong({"amount": told["released"]}))
    if happened.action in ("attach", "remove"):
        yield _paper(form, told)
        if told.get("shared_with"):
            yield t(
                "Một tệp, cùng đính kèm cho {n} hồ sơ khác", "One file, for {n} other cases too", n=told["shared_with"]
            )
    if happened.action == "visit":
        yield from _visit(form, told, sight)
    if happened.action == "pay":
        yield from _payment(form, told)
    verdicts = told.get("verdicts")
    if verdicts:
        holding = sum(1 for outcome in verdicts.values() if outcome is True)
        yield t("{n}/{all} tiêu chí đạt", "{n} of {all} criteria hold", n=holding, all=len(verdicts))
    yield from _other_fields(row, happened, told, sight)


def _value(field: Field | None, value: Any, sight: access.Sight) -> str:
    if value is None:
        return t("trống", "empty")
    return seen_value(sight, field, value) if field else str(sight.of("sensitive", value))


def seen_value(sight: access.Sight, field: Field, value: Any) -> str:
    """A stored value in words, as it is seen."""
    words = show(field, value, language())
    return words if sight.sees(field.privacy) else str(sight.of(field.privacy, words))


def _dong(part: Mapping[str, Any]) -> str:
    return f"{money(part['amount'], language())} đ"


def _decision(told: Mapping[str, Any]) -> str:
    return t(
        "Quyết định {number} ngày {day}, {issuer}; {signer}, {capacity}",
        "Decision {number} of {day}, {issuer}; {signer}, {capacity}",
        number=told["number"],
        day=dmy(parse_date(told["issued_on"])),
        issuer=told["issuer"],
        signer=told["signer"],
        capacity=told["capacity"],
    )


def _paper(form: Form, told: Mapping[str, Any]) -> str:
    titles = {paper.code: paper.title for paper in form.papers} | {"other": Text("Giấy tờ khác", "Other paper")}
    title = tt(titles.get(told.get("kind", ""), Text("", "")))
    return ": ".join(filter(None, (title, told.get("name", ""))))


def _visit(form: Form, told: Mapping[str, Any], sight: access.Sight) -> Iterator[str]:
    step = next((each for each in form.steps if each.code == told.get("step")), None)
    outcome = t("đạt", "passed") if told.get("passed") else t("chưa đạt", "not passed")
    title = tt(step.title) if step else told.get("step", "")
    yield f"{title}: {outcome}, {dmy(parse_date(told.get('visited_on', '')))}"
    for field in step.fields if step else ():
        value = {**told.get("answers", {}), **told}.get(field.name)
        if value is not None:
            yield f"{tt(field.label)}: {seen_value(sight, field, value)}"
    if told.get("photos"):
        yield t("{n} ảnh", "{n} photographs", n=told["photos"])


def _payment(form: Form, told: Mapping[str, Any]) -> Iterator[str]:
    titles = {each.code: each.title for each in form.instalments}
    title = tt(titles.get(told["instalment"], Text(told["instalment"], told["instalment"])))
    yield f"{title}: {_dong(told)}, {dmy(parse_date(told['paid_on']))}"
    if told.get("voucher"):
        yield t("Chứng từ {voucher}", "Voucher {voucher}", voucher=told["voucher"])
    if told.get("payee"):
        yield t("Người nhận: {payee}", "Received by {payee}", payee=told["payee"])


def _other_fields(row: Any, happened: history.Happened, told: Mapping[str, Any], sight: access.Sight) -> Iterator[str]:
    """What else the step asked for."""
    try:
        step = states.machine_of(row).workflow.transition(happened.action)
    except KeyError:
        return
    for field in step.fields:
        if field.name in told and field.name not in _NOTES:
            yield f"{tt(field.label)}: {seen_value(sight, field, told[field.name])}"
