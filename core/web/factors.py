"""The second step of signing in: giving the code, setting it up on one's own account, recovery codes."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import StringField

from core import db
from core.domain import users
from core.errors import NotSignedIn, Reason, Refused
from core.text import Text
from core.web import admission, forms, navigation
from core.web.admission import enrols, impersonal, own_work, reads_first
from core.web.present import t, tt

blueprint = Blueprint("factors", __name__)


class CodeForm(forms.Form):
    code = StringField(
        Text("Mã xác thực", "Code"),
        [forms.Filled()],
        description=Text("6 chữ số trên ứng dụng xác thực.", "The 6 digits in your authenticator app."),
    )


class GivenCodeForm(CodeForm):
    code = StringField(
        Text("Mã xác thực", "Code"),
        [forms.Filled()],
        description=Text(
            "6 chữ số trên ứng dụng xác thực, hoặc một mã dự phòng.",
            "The 6 digits in your authenticator app, or a recovery code.",
        ),
    )


# ---- signing in ------------------------------------------------------------------------------------------------------


def ask_code(halfway: users.Halfway, wanted: str | None, kept: str) -> ResponseReturnValue:
    """The page that asks for the code of somebody whose password was right."""
    if admission.in_background():
        sentence = Text(
            "Tài khoản này cần thêm mã xác thực. Hãy bấm «Đăng nhập ở thẻ khác», rồi quay lại trang này.",
            "This account needs a code too. Use “Sign in on another tab”, then come back to this page.",
        )
        raise NotSignedIn(Reason("code_needed", sentence))
    text = str(_signer().dumps([halfway.user_id, halfway.epoch, halfway.attempt]))
    return _asking(GivenCodeForm(formdata=None), text, wanted, kept), 200


@blueprint.route("/login/code", methods=["GET", "POST"])
@own_work
def finish() -> ResponseReturnValue:
    """Outside the request's transaction: a failed attempt is recorded although the request is refused."""
    halfway = _halfway(request.form.get("halfway", ""))
    if halfway is None:
        return redirect(url_for("access.sign_in"))
    form, status = GivenCodeForm(), 422
    wanted, kept = admission.safe_next(request.form.get("next")), request.form.get("carried", "")
    if form.validate():
        from core.web.access import go_on  # it imports this module

        try:
            instance = current_app.instance  # type: ignore[attr-defined]
            key = users.finish_sign_in(instance, halfway, form.code.data, request.remote_addr or "")
        except NotSignedIn as refused:
            for reason in refused.reasons:
                flash(tt(reason.sentence), "warn")
            return redirect(url_for("access.sign_in", next=wanted))
        except Refused as refused:
            forms.put_reasons(form, refused.reasons)
            status = refused.http_status
        else:
            return go_on(key, wanted, kept)
    return _asking(form, request.form["halfway"], wanted, kept), status


def _asking(form: GivenCodeForm, halfway: str, wanted: str | None, kept: str) -> str:
    return render_template("factors/ask.html", form=form, halfway=halfway, next=wanted, carried=kept)


def _halfway(text: str) -> users.Halfway | None:
    """What ``ask_code`` signed, unless it was touched; how long it is good the domain says."""
    try:
        return users.Halfway(*_signer().loads(text))
    except BadSignature:
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="halfway")


# ---- one's own account -----------------------------------------------------------------------------------------------


@blueprint.get("/account/second-step")
@enrols
@impersonal
def show() -> ResponseReturnValue:
    return _page(CodeForm(formdata=None))


@blueprint.post("/account/second-step")
@enrols
def start() -> ResponseReturnValue:
    users.enrol(g.actor)
    return redirect(url_for(".show"))


@blueprint.post("/account/second-step/confirm")
@enrols
@reads_first
def confirm() -> ResponseReturnValue:
    form, codes = CodeForm(), []
    if form.validate():
        with forms.refusals_into(form):
            codes = users.confirm(db.work().instance, g.actor, form.code.data, request.remote_addr or "")
    return _page(form) if forms.refused(form) else _codes(codes)


@blueprint.post("/account/second-step/codes")
@reads_first
def renew() -> ResponseReturnValue:
    form, codes = GivenCodeForm(), []
    if form.validate():
        with forms.refusals_into(form):
            codes = users.renew_codes(db.work().instance, g.actor, form.code.data, request.remote_addr or "")
    return _page(form) if forms.refused(form) else _codes(codes)


@blueprint.post("/account/second-step/off")
@reads_first
def switch_off() -> ResponseReturnValue:
    form = GivenCodeForm()
    if form.validate():
        with forms.refusals_into(form):
            users.switch_off(db.work().instance, g.actor, form.code.data, request.remote_addr or "")
    if forms.refused(form):
        return _page(form)
    flash(t("Đã tắt xác thực hai bước.", "The second step is switched off."), "good")
    return redirect(url_for("access.account"))


def _page(form: CodeForm) -> ResponseReturnValue:
    begun, factor = users.enrolment(g.actor), users.factor_of(g.actor.id)
    if factor and not forms.refused(form):
        form = GivenCodeForm(formdata=None)
    return forms.shown(
        "factors/show.html",
        form,
        factor=factor,
        secret=" ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4)) if begun else "",
        picture=_picture(begun.address) if begun else "",
        required=users.required(g.actor),
        must_enrol=current_user.session.must_enrol,
    )


def _codes(codes: list[str]) -> str:
    return render_template("factors/codes.html", codes=codes, onward=navigation.front_page())


def _picture(address: str) -> Markup:
    """A QR code as SVG, black on white also at night, or a camera does not read it."""
    made = segno.make(address, micro=False)
    drawn = made.svg_inline(omitsize=True, light="#fff", svgclass="qr", title=t("Mã QR", "QR code"))
    return Markup(drawn)  # noqa: S704 (drawn by segno, which escapes the title)
