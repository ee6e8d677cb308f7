"""Signing in and out, and one's own account: password, language, theme, tokens."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response
from wtforms import IntegerField, PasswordField, SelectField, StringField

from core import db
from core.domain import access, units, users
from core.errors import Refused
from core.text import Text
from core.web import admission, carrying, factors, forms, navigation
from core.web.admission import impersonal, own_work, public
from core.web.present import LANGUAGES, THEMES, t, tt

blueprint = Blueprint("access", __name__)
_A_YEAR = 31_536_000


class SignInForm(forms.Form):
    login = StringField(Text("Tên đăng nhập", "Sign-in name"), [forms.Filled()])
    password = PasswordField(Text("Mật khẩu", "Password"), [forms.Filled()])


class PasswordForm(forms.Form):
    old = PasswordField(Text("Mật khẩu hiện tại", "Present password"), [forms.Filled()])
    new = PasswordField(
        Text("Mật khẩu mới", "New password"),
        [forms.Filled()],
        description=Text(
            "Ít nhất 10 ký tự. Vài từ không liên quan dễ nhớ và khó đoán hơn ký tự lạ.",
            "At least 10 characters. A few unrelated words are easier to remember and harder to guess than odd signs.",
        ),
    )
    again = PasswordField(
        Text("Ghi lại mật khẩu mới", "New password again"),
        [
            forms.Filled(),
            forms.SameAs("new", Text("Hai lần ghi mật khẩu mới không giống nhau.", "The two new passwords differ.")),
        ],
    )


_SCOPES = [
    ("", Text("Mọi việc bạn được làm", "All that you may do")),
    ("read", Text("Chỉ xem", "Read only")),
    *(
        (f"read {code}", Text("Xem và: {what}", "Read, and: {what}").format(what=title))
        for code, title in users.OPERATIONS.items()
        if code != "read"
    ),
]


class TokenForm(forms.Form):
    name = StringField(Text("Dùng cho hệ thống nào", "Used by which system"), [forms.Filled()])
    days = IntegerField(
        Text("Số ngày có hiệu lực", "Good for how many days"),
        [forms.Filled()],
        default=90,
        description=Text("Tối đa 365 ngày.", "At most 365 days."),
    )
    scope = forms.OneOf(Text("Được làm gì", "What it may do"), [], _SCOPES, default="", validate_choice=False)
    programme = SelectField(Text("Cho chương trình", "For the programme"), default="", validate_choice=False)


@blueprint.route("/login", methods=["GET", "POST"])
@own_work
def sign_in() -> ResponseReturnValue:
    """Outside the request's transaction: a failed attempt is recorded although the request is refused."""
    form, instance = SignInForm(), current_app.instance  # type: ignore[attr-defined]
    wanted = admission.safe_next(request.values.get("next"))
    kept = request.form.get("carried", "")
    status = 200
    if request.method == "GET":
        with db.transaction(instance, read_only=True):
            if current_user.is_authenticated:
                return redirect(wanted or navigation.front_page(current_user.session.actor))
    if form.validate_on_submit():
        try:
            came = users.sign_in(instance, form.login.data, form.password.data, request.remote_addr or "")
            if isinstance(came, users.Halfway):
                return factors.ask_code(came, wanted, kept)
        except Refused as refused:
            if admission.in_background():
                raise
            forms.put_reasons(form, refused.reasons)
            status = refused.http_status
        else:
            return go_on(came, wanted, kept)
    elif form.errors:
        status = 422
    return render_template("sign_in.html", form=form, next=wanted, carried=kept), status


def go_on(key: str, wanted: str | None, kept: str) -> ResponseReturnValue:
    """Begin the session in this browser, and go on with what was asked for before signing in."""
    with db.transaction(current_app.instance, read_only=True):  # type: ignore[attr-defined]
        found = users.session(key)
        assert found is not None
        admission.begin_session(found)
        return _in_the_middle(found, kept) or redirect(wanted or navigation.front_page(found.actor))


def _in_the_middle(found: users.Session, kept: str) -> ResponseReturnValue | None:
    """What somebody goes on with who was in the middle of something; None for everybody else."""
    if admission.in_background():
        return jsonify(person=str(found.actor.id), csrf=generate_csrf())
    sent = carrying.carried(kept)
    if sent is None:
        return None
    if sent.person != found.actor.id:
        said = t(
            "Nội dung đang gửi dở là của người khác nên đã bỏ.",
            "What was being sent was somebody else's and is dropped.",
        )
        flash(said, "warn")
        return None
    g.actor = found.actor
    return render_template("send_again.html", sent=sent)


@blueprint.get("/session")
@public
@impersonal
def who() -> ResponseReturnValue:
    """Who is signed in here, nobody being "", and a token for the forms of the page that asks."""
    return jsonify(person="" if g.actor is None else str(g.actor.id), csrf=generate_csrf())


@blueprint.post("/logout")
@public
def sign_out() -> ResponseReturnValue:
    """Leaves nothing in the browser, also when the session has ended by itself before."""
    if current_user.is_authenticated:
        users.end_session(current_user.get_id())
    admission.end_session()
    response = make_response(("", 204) if admission.in_background() else redirect(url_for("access.sign_in")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Kept with the person, and in a cookie for the page before sign-in."""
    chosen = request.form.get("language", "")
    response = _back()
    if chosen in LANGUAGES:
        if g.actor is not None:
            users.set_language(g.actor, chosen)
        _remember(response, "language", chosen)
    return response


@blueprint.post("/theme")
def choose_theme() -> ResponseReturnValue:
    response, chosen = _back(), request.form.get("theme", "")
    if chosen in THEMES:
        _remember(response, "theme", chosen)
    else:
        response.delete_cookie("theme")
    return response


def _back() -> Response:
    return make_response(redirect(admission.safe_next(request.form.get("next")) or url_for("tasks.worklist")))


def _remember(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=current_app.config["SESSION_COOKIE_SECURE"]
    )


@blueprint.get("/account")
@impersonal
def account() -> ResponseReturnValue:
    return _account(PasswordForm(formdata=None), TokenForm(formdata=None))


@blueprint.post("/account/password")
@admission.reads_first
def change_password() -> ResponseReturnValue:
    """In units of work of its own: a wrong present password is counted although the request is refused."""
    form, instance = PasswordForm(), db.work().instance
    if form.validate():
        with forms.refusals_into(form):
            address = request.remote_addr or ""
            epoch = users.change_password(instance, g.actor, form.old.data, form.new.data, address)
            with db.transaction(instance):
                found = users.session(users.start_session(g.actor.id, epoch))
            assert found is not None
            admission.begin_session(found)
    if forms.refused(form):
        return _account(form, TokenForm(formdata=None)), forms.status(form)
    flash(
        t(
            "Đã đổi mật khẩu. Các phiên làm việc khác của bạn đã kết thúc.",
            "The password is changed. Your other sessions have ended.",
        ),
        "good",
    )
    return redirect(navigation.front_page())


@blueprint.post("/account/tokens")
def create_token() -> ResponseReturnValue:
    form, text = TokenForm(), ""
    if form.validate():
        with forms.refusals_into(form):
            scope, programme = form.scope.data or "", form.programme.data or ""
            text = users.create_token(g.actor, form.name.data, form.days.data, scope.split(), programme.split())
    if forms.refused(form):
        return _account(PasswordForm(formdata=None), form), 422
    return _account(PasswordForm(formdata=None), TokenForm(formdata=None), new_token=text)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    users.revoke_token(g.actor, token_id)
    flash(t("Đã thu hồi mã truy cập.", "The token is revoked."), "good")
    return redirect(url_for("access.account"))


def _account(password: PasswordForm, token: TokenForm, new_token: str = "") -> str:
    everything = t("Mọi chương trình", "Every programme")
    programmes = {code: tt(one.programme.title) for code, one in sorted(db.registry().programmes.items())}
    token.programme.choices = [("", everything), *programmes.items()]
    named = units.names({held.unit_id for held in g.actor.grants})
    roles = [(access.ROLES[held.role].title, named.get(held.unit_id, "")) for held in g.actor.grants]
    return render_template(
        "account.html",
        password_form=password,
        token_form=token,
        new_token=new_token,
        roles=roles,
        tokens=users.tokens_of(g.actor),
        must_change=current_user.session.must_change,
        operations=users.OPERATIONS,
        factor=users.factor_of(g.actor.id),
        programmes=programmes,
    )
