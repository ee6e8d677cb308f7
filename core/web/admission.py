"""Who comes in: a session or a token made into ``g.actor``, and every page closed unless it says that it is public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Flask,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from core import db
from core.domain import access, users
from core.web import carrying
from core.web.present import t

View = TypeVar("View", bound=Callable[..., Any])
manager = LoginManager()


class SignedIn(UserMixin):
    """What Flask-Login keeps of a request: the session and the actor behind it."""

    def __init__(self, found: users.Session) -> None:
        self.session = found

    def get_id(self) -> str:
        return self.session.key


def public(view: View) -> View:
    """A page that is shown to people who are not signed in."""
    view.public = True  # type: ignore[attr-defined]
    return view


def own_work(view: View) -> View:
    """A view that opens its own units of work, or needs none; nobody is looked up for it, so it is public too."""
    view.own_work = True  # type: ignore[attr-defined]
    return public(view)


def needs(permission: str) -> Callable[[View], View]:
    """A view only for people who hold ``permission`` (of ``access.PERMISSIONS``) anywhere; of reach it asks the domain.

    Not a ``before_request`` function: those run before the unit of work, when nobody is known yet.
    """

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def reads_first(view: View) -> View:
    """A view that changes something after long reading: the request's work is read-only, and it opens a short one of
    its own to write (``db.transaction(db.work().instance)``), so that nobody waits for the writer's lock meanwhile.
    """
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def only_reads(endpoint: str | None) -> bool:
    """Whether the request's work is read-only whatever its method; see ``reads_first``."""
    return bool(_marked(endpoint, "reads_first"))


def enrols(view: View) -> View:
    """A page by which somebody sets up the second step of signing in, open before that is done."""
    view.enrols = True  # type: ignore[attr-defined]
    return view


def impersonal(view: View) -> View:
    """A page that shows nobody's personal data but the reader's own, so that looking at it is not logged."""
    view.impersonal = True  # type: ignore[attr-defined]
    return view


def takes(size: int) -> Callable[[View], View]:
    """A view to which ``size`` bytes may be sent, whatever the limit for others is."""

    def mark(view: View) -> View:
        view.largest = size  # type: ignore[attr-defined]
        return view

    return mark


def _make_room() -> None:
    if largest := _marked(request.endpoint, "largest"):
        request.max_content_length = max(largest, current_app.config["MAX_CONTENT_LENGTH"] or 0)


def shows_nobody(endpoint: str | None) -> bool:
    """Whether a page is marked ``impersonal``."""
    return bool(_marked(endpoint, "impersonal"))


def opens_its_own_work(endpoint: str | None) -> bool:
    """Whether ``dispatch_request`` leaves this endpoint without a transaction: static files and views marked so."""
    return endpoint == "static" or bool(_marked(endpoint, "own_work"))


def _marked(endpoint: str | None, mark: str) -> Any:
    return getattr(current_app.view_functions.get(endpoint or ""), mark, None)


def admit() -> Response | None:
    """Set ``g.actor``; a response when this request goes no further. Runs in the request's unit of work."""
    g.actor = None
    if request.blueprint == "api":
        if not _marked(request.endpoint, "public"):
            g.token = users.token_in(request.headers.get("Authorization", ""))
            g.token.require(_marked(request.endpoint, "operation") or "read")
            g.actor = g.token.actor
        return None
    if current_user.is_authenticated:
        g.actor = current_user.session.actor
        carrying.own_token(g.actor)
    if request.routing_exception is not None or _marked(request.endpoint, "public"):
        return None
    if g.actor is None:
        return _to_sign_in()
    if current_user.session.must_change and request.endpoint not in {"access.account", "access.change_password"}:
        return redirect(url_for("access.account"))
    if _enrols_first():
        return redirect(url_for("factors.show"))
    if permission := _marked(request.endpoint, "permission"):
        access.require(g.actor, permission)
    return None


def _enrols_first() -> bool:
    """Whether the person has to set up the second step before this page; a temporary password goes before that."""
    here = current_user.session
    return here.must_enrol and not here.must_change and not _marked(request.endpoint, "enrols")


def in_background() -> bool:
    """Whether a script of a page asks, which has no use for a page."""
    return "X-Background" in request.headers


def _to_sign_in() -> Response:
    """To the page of signing in, and from there to what was asked for; who was thrown out in between is told so."""
    if in_background():
        return make_response("", 401)
    if request.headers.get("HX-Request"):  # a fragment: the whole page has to go, not the part
        return make_response("", 401, {"HX-Redirect": url_for("access.sign_in")})
    reading = request.method == "GET"
    if not reading and (kept := carrying.posted()):
        return sign_in_page(kept)
    if session.get("seen"):
        session.pop("seen")
        lost = "" if reading else t(" Nội dung vừa gửi chưa được lưu.", " What you just sent was not saved.")
        flash(t("Phiên làm việc đã hết, hãy đăng nhập lại.", "Your session has ended, sign in again.") + lost, "warn")
    wanted = request.full_path.rstrip("?") if reading else urlsplit(request.referrer or "").path
    return redirect(url_for("access.sign_in", next=wanted if wanted != "/" else None))


def sign_in_page(kept: str) -> Response:
    """The page of signing in, with what was just posted and who may send it again."""
    from core.web.access import SignInForm  # it imports this module

    return make_response(render_template("sign_in.html", form=SignInForm(formdata=None), next=None, carried=kept), 401)


def begin_session(found: users.Session) -> None:
    """Sign the person in, in a cookie that shares nothing with the one before."""
    session.clear()
    g.pop("csrf_token", None)  # the token of this answer is the new session's
    login_user(SignedIn(found))
    carrying.own_token(found.actor)
    session["seen"] = int(db.now().timestamp())


def end_session() -> None:
    """Forget the person in this browser; the session itself is ended by ``users.end_session``."""
    logout_user()
    session.clear()


def safe_next(wanted: str | None) -> str | None:
    """``wanted`` when it is a path of this site, else None: no scheme, no host, no backslash, no control character."""
    if not wanted or not wanted.startswith("/") or wanted[1:2] in {"/", "\\"}:
        return None
    if any(ord(c) < 32 or c == "\\" for c in wanted):
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted


def register(app: Flask) -> None:
    """Flask-Login, with the idle limit of the settings; the absolute limit is kept by ``users.session``."""
    app.before_request(_make_room)  # before anybody reads a form
    manager.init_app(app, add_context_processor=False)  # templates read ``actor``, which needs no database
    manager.session_protection = None  # a phone changes its address all day


@manager.user_loader
def _load(key: str) -> SignedIn | None:
    now = int(db.now().timestamp())
    seen = int(session.get("seen", 0))
    if now - seen > db.settings().session_minutes * 60:
        return None
    found = users.session(key)
    if found is not None and now - seen > 60:  # no cookie a second on a busy page
        session["seen"] = now
    return None if found is None else SignedIn(found)
