"""People who work here: found, made, given roles, locked and let in again by the administrators of their place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from wtforms import StringField

from core import db
from core.domain import access, units, users
from core.domain.access import ROLES
from core.text import Text
from core.web import forms
from core.web.admission import needs
from core.web.present import t, tt
from core.web.units import unit_named

blueprint = Blueprint("users", __name__, url_prefix="/users")
PAGE = 50

_ACTIONS = {
    "created": Text("Lập tài khoản", "Account made"),
    "role_granted": Text("Giao vai trò {role} tại {unit}", "Role {role} granted at {unit}"),
    "role_revoked": Text("Thu hồi vai trò {role} tại {unit}", "Role {role} revoked at {unit}"),
    "locked": Text("Khóa tài khoản", "Account locked"),
    "unlocked": Text("Mở khóa tài khoản", "Account unlocked"),
    "password_reset": Text("Cấp mật khẩu tạm", "Temporary password given"),
    "password_changed": Text("Tự đổi mật khẩu", "Changed their password"),
    "factor_on": Text("Bật xác thực hai bước", "Second step switched on"),
    "factor_off": Text("Tắt xác thực hai bước", "Second step switched off"),
    "factor_reset": Text("Đặt lại xác thực hai bước: {reason}", "Second step reset: {reason}"),
    "recovery_renewed": Text("Lấy mã dự phòng mới", "New recovery codes"),
    "recovery_used": Text("Đăng nhập bằng mã dự phòng", "Recovery code used"),
    "token_created": Text("Tạo mã truy cập", "Token made"),
    "token_revoked": Text("Thu hồi mã truy cập", "Token revoked"),
}


class GrantForm(forms.Form):
    role = forms.OneOf(
        Text("Vai trò", "Role"),
        [forms.Filled()],
        [("", Text("Chọn vai trò", "Choose a role")), *((role.code, role.title) for role in ROLES.values())],
    )
    unit = StringField(
        Text("Tại đơn vị", "At the unit"),
        [forms.Filled()],
        description=Text(
            "Ghi mã hoặc tên xã, phường, tỉnh. Vai trò có hiệu lực tại đó và mọi đơn vị trực thuộc.",
            "Code or name of a commune or province. The role holds there and in all units below.",
        ),
    )
    valid_from = forms.DateField(Text("Từ ngày", "From"))
    valid_to = forms.DateField(Text("Đến hết ngày", "To and including"))


class ReasonForm(forms.Form):
    reason = StringField(
        Text("Lý do", "Reason"),
        [forms.Filled()],
        description=Text("Ví dụ: mất điện thoại, đã gặp trực tiếp.", "Such as: telephone lost, met in person."),
    )


class NewUserForm(forms.Form):
    name = StringField(Text("Họ và tên", "Full name"), [forms.Filled()])
    login = StringField(
        Text("Tên đăng nhập", "Sign-in name"),
        [forms.Filled()],
        description=Text(
            "Chữ thường không dấu, số, dấu chấm; ví dụ lan.nt",
            "Small letters without marks, digits, dots; such as lan.nt",
        ),
    )
    role = GrantForm.role
    unit = GrantForm.unit


@blueprint.get("")
@needs("user.manage")
def index() -> ResponseReturnValue:
    wanted, after, before = (request.args.get(name, "").strip() for name in ("q", "after", "before"))
    rows = list(users.users_in_reach(g.actor, wanted, PAGE + 1, after=after, before=before))
    more = len(rows) > PAGE
    rows = (rows[1:] if before else rows[:PAGE]) if more else rows
    earlier, later = (more, True) if before else (bool(after), more)
    return render_template(
        "users/index.html",
        rows=rows,
        wanted=wanted,
        roles=users.roles_of([row.id for row in rows]),
        newer=url_for(".index", q=wanted or None, before=rows[0].login) if rows and earlier else "",
        older=url_for(".index", q=wanted or None, after=rows[-1].login) if rows and later else "",
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("user.manage")
def create() -> ResponseReturnValue:
    form = NewUserForm()
    if form.validate_on_submit():
        with forms.refusals_into(form):
            made = users.create_user(
                g.actor, form.login.data, form.name.data, form.role.data, unit_named(form.unit.data).id
            )
        if not forms.refused(form):
            return render_template(
                "users/password.html",
                who=form.name.data,
                user_id=made.id,
                login=made.login,
                password=made.password,
                fresh=True,
            )
    return forms.shown("users/new.html", form, units=_units_to_offer())


@blueprint.route("/<int:user_id>", methods=["GET", "POST"])
@needs("user.manage")
def show(user_id: int) -> ResponseReturnValue:
    """One account; posting here grants a role."""
    row, form = users.user_in_reach(g.actor, user_id), GrantForm()
    if form.validate_on_submit():
        with forms.refusals_into(form):
            users.grant_role(
                g.actor,
                user_id,
                form.role.data,
                unit_named(form.unit.data).id,
                form.valid_from.data,
                form.valid_to.data,
            )
        if not forms.refused(form):
            flash(t("Đã giao vai trò.", "The role is granted."), "good")
            return redirect(url_for(".show", user_id=user_id))
    grants, events = users.grants_of(user_id), users.events_of(user_id)
    named = units.names({grant.unit_id for grant in grants} | {_detail(event).get("unit", 0) for event in events})
    return forms.shown(
        "users/show.html",
        form,
        row=row,
        grants=grants,
        named=named,
        events=_timeline(events, named),
        today=db.today(),
        ROLES=ROLES,
        factor=users.factor_of(user_id),
        obstacles=users.manageable(g.actor, user_id),
        units=_units_to_offer(),
        revocable={grant.id for grant in grants if users.revocable(g.actor, grant)},
    )


@blueprint.post("/<int:user_id>/grants/<int:grant_id>/revoke")
@needs("user.manage")
def revoke(user_id: int, grant_id: int) -> ResponseReturnValue:
    users.revoke_grant(g.actor, grant_id)
    flash(t("Đã thu hồi vai trò.", "The role is revoked."), "good")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.route("/<int:user_id>/lock", methods=["GET", "POST"])
@needs("user.manage")
def lock(user_id: int) -> ResponseReturnValue:
    row = users.user_in_reach(g.actor, user_id)
    if request.method == "POST":
        users.lock_user(g.actor, user_id)
        flash(t("Đã khóa tài khoản của {name}.", "The account of {name} is locked.", name=row.name), "good")
        return redirect(url_for(".show", user_id=user_id))
    return render_template(
        "confirm.html",
        title=t("Khóa tài khoản của {name}?", "Lock the account of {name}?", name=row.name),
        text=t(
            "Người này bị đăng xuất ngay và không vào được cho đến khi được mở khóa. Việc đang chờ họ vẫn "
            "nằm trong danh sách của những người cùng vai trò.",
            "They are signed out at once and cannot come in until the account is unlocked. What waits for "
            "them stays in the lists of people with the same role.",
        ),
        action=t("Khóa tài khoản", "Lock the account"),
        kind="danger",
        to=url_for(".lock", user_id=user_id),
        back=url_for(".show", user_id=user_id),
    )


@blueprint.post("/<int:user_id>/unlock")
@needs("user.manage")
def unlock(user_id: int) -> ResponseReturnValue:
    users.unlock_user(g.actor, user_id)
    flash(t("Đã mở khóa tài khoản.", "The account is unlocked."), "good")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.route("/<int:user_id>/reset", methods=["GET", "POST"])
@needs("user.manage")
def reset(user_id: int) -> ResponseReturnValue:
    row = users.user_in_reach(g.actor, user_id)
    if request.method == "POST":
        return render_template(
            "users/password.html",
            who=row.name,
            user_id=user_id,
            login=row.login,
            password=users.reset_password(g.actor, user_id),
            fresh=False,
        )
    return render_template(
        "confirm.html",
        title=t("Cấp lại mật khẩu cho {name}?", "Give {name} a new password?", name=row.name),
        text=t(
            "Mật khẩu cũ, các phiên làm việc và mã truy cập của người này mất hiệu lực ngay. Mật khẩu tạm "
            "chỉ hiện một lần.",
            "Their old password, sessions and tokens end at once. The temporary password is shown once.",
        ),
        action=t("Cấp mật khẩu tạm", "Give a temporary password"),
        to=url_for(".reset", user_id=user_id),
        back=url_for(".show", user_id=user_id),
    )


@blueprint.route("/<int:user_id>/reset-second-step", methods=["GET", "POST"])
@needs("user.manage")
def reset_factor(user_id: int) -> ResponseReturnValue:
    row, form = users.user_in_reach(g.actor, user_id), ReasonForm()
    if form.validate_on_submit():
        with forms.refusals_into(form):
            users.reset_factor(g.actor, user_id, form.reason.data)
        if not forms.refused(form):
            flash(t("Đã đặt lại xác thực hai bước.", "The second step is reset."), "good")
            return redirect(url_for(".show", user_id=user_id))
    return forms.shown("users/reset_factor.html", form, row=row)


def _units_to_offer() -> list[units.Unit]:
    """The units an administrator grants at most: those where they administer, and what lies directly below."""
    held = {each.unit_id for each in g.actor.grants if each.role in access.PERMISSIONS["user.manage"]}
    return [found for unit_id in sorted(held) for found in (units.unit_by_id(unit_id), *units.children(unit_id))]


def _timeline(events: Sequence[Row[Any]], named: Mapping[int, str]) -> list[dict[str, Any]]:
    """Events of an account as ``ui.timeline`` shows them."""
    found = []
    for event in events:
        detail = _detail(event)
        role = ROLES.get(detail.get("role", ""))
        sentence = _ACTIONS.get(event.action, Text(event.action, event.action)).format(
            role=role.title if role else "", unit=named.get(detail.get("unit", 0), ""), reason=detail.get("reason", "")
        )
        found.append({"at": event.at, "who": event.by or t("máy chủ", "the server"), "title": tt(sentence)})
    return found


def _detail(event: Row[Any]) -> dict[str, Any]:
    return json.loads(event.detail) if event.detail else {}
