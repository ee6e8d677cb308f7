"""What an error says: a refusal with all its reasons, a lost database, a broken program. Never a traceback.

A log line carries an incident number, the page's name, the kinds of error and the lines of the program they passed
through; never the message of an error, which may quote a person's data, and never the address, which may name them.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core import db, instance as instances
from core.errors import BadInput, NotFound, NotSignedIn, Reason, Refused, TooMany, without_values
from core.text import Text
from core.web import admission, carrying, outages
from core.web.admission import in_background

log = logging.getLogger("tiepsuc")

_HTTP = {
    400: (
        Text("Yêu cầu không đọc được", "The request cannot be read"),
        Text(
            "Trình duyệt gửi một yêu cầu không đúng dạng. Hãy quay lại và thử lần nữa.",
            "The browser sent something malformed. Go back and try again.",
        ),
    ),
    404: (
        Text("Không tìm thấy trang này", "There is no such page"),
        Text(
            "Trang không có, hoặc nằm ngoài địa bàn của bạn. Hãy kiểm tra lại địa chỉ.",
            "The page does not exist, or lies outside your area. Check the address.",
        ),
    ),
    405: (
        Text("Không làm được theo cách này", "Not possible this way"),
        Text(
            "Địa chỉ này không nhận thao tác vừa gửi. Hãy quay lại trang trước và dùng nút trên trang.",
            "This address does not take what was sent. Go back and use the button on the page.",
        ),
    ),
    413: (
        Text("Tệp quá lớn", "The file is too large"),
        Text(
            "Mỗi lần gửi tối đa {limit} MB. Hãy giảm cỡ ảnh hoặc chia tệp rồi gửi lại.",
            "At most {limit} MB at a time. Make the picture smaller or split the file, then send it again.",
        ),
    ),
}
_API = {  # the same, for a program that asks
    400: Text("Yêu cầu không đúng dạng HTTP hoặc biểu mẫu.", "The request is malformed."),
    404: Text("Không có địa chỉ này trong API.", "The API has no such address."),
    405: Text("Địa chỉ này không nhận phương thức đã gửi; xem tiêu đề Allow.",
              "The address does not take this method; see the header Allow."),
    413: Text("Gửi quá nhiều: tệp tối đa {limit} MB, JSON tối đa 2 MB.",
              "More than can be taken: files to {limit} MB, JSON to 2 MB."),
    415: Text("Gửi JSON với Content-Type: application/json.", "Send JSON as Content-Type: application/json."),
}  # fmt: skip
_OTHER = (
    Text("Yêu cầu không thực hiện được", "The request could not be done"),
    Text("Hãy quay lại và thử lần nữa.", "Go back and try again."),
)


def page(status: int, title: Text, sentence: Text, reasons: tuple[Reason, ...] = (), **more: Any) -> Response:
    """An error as a full page of the program, or as a problem document under ``/api/`` and for scripts of a page."""
    if request.path.startswith("/api/") or in_background():
        return current_app.extensions["problem"](
            status, title, reasons or (Reason(f"http_{status}", sentence),), **more
        )
    g.setdefault("actor", None)
    body = render_template("error.html", status=status, heading=title, sentence=sentence, reasons=reasons, **more)
    return make_response(body, status)


def _refused(error: Refused) -> ResponseReturnValue:
    sentence = Text("", "")
    if isinstance(error, NotFound) and not error.reasons:
        sentence = _HTTP[404][1]
    response = page(error.http_status, error.title, sentence, error.reasons)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = "60"
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Outside of the request's unit of work. What its writer posted in an older session is offered again."""
    kept = "" if in_background() else carrying.posted()
    if kept:
        with db.transaction(current_app.instance, read_only=True):  # type: ignore[attr-defined]
            instances.refresh(current_app.instance)  # type: ignore[attr-defined]
            admission.admit()
            sent = carrying.carried(kept)
            if g.actor is None:
                return admission.sign_in_page(kept)
            if sent is not None and sent.person == g.actor.id:
                return make_response(render_template("send_again.html", sent=sent), 400)
    return page(
        400,
        Text("Trang đã cũ, hãy tải lại", "The page is too old, load it again"),
        Text(
            "Trang này mở đã lâu hoặc bạn đã đăng nhập lại ở nơi khác, nên nội dung vừa gửi chưa được lưu. "
            "Hãy quay lại, tải lại trang rồi gửi lần nữa.",
            "This page was opened long ago or you signed in again elsewhere, so what you sent was not saved. "
            "Go back, load the page again, then send it once more.",
        ),
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error  # a redirect to the address with the right slash, and the like
    title, sentence = _HTTP.get(error.code, _OTHER)
    limit = (request.max_content_length or 0) // (1024 * 1024)
    if request.path.startswith("/api/"):
        sentence = _API.get(error.code, sentence)
    response = page(error.code, title, sentence.format(limit=limit))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def _not_storable(error: DataError) -> ResponseReturnValue:
    """What no form or path let through, but the database refuses: a number beyond 63 bits, a zero byte in a text."""
    _write_down(error)
    return page(
        422,
        BadInput.title,
        Text(
            "Có giá trị quá lớn hoặc chứa ký tự không lưu được. Hãy kiểm tra lại nội dung vừa gửi.",
            "A value is too large or holds a character that cannot be stored. Check what you sent.",
        ),
    )


def _broken(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    return page(
        500,
        Text("Chương trình gặp lỗi", "The program failed"),
        Text(
            "Lỗi này là của chương trình, không phải của bạn. Nội dung vừa gửi chưa được lưu. Hãy thử lại; nếu vẫn "
            "lỗi, báo quản trị viên mã sự cố bên dưới.",
            "The fault is the program's, not yours. What you sent was not saved. Try again; if it fails again, "
            "give the administrator the incident number below.",
        ),
        incident=_write_down(error),
    )


def _write_down(error: BaseException) -> str:
    incident = f"{secrets.randbelow(10**8):08d}"
    where = request.endpoint, g.get("request_id", "-")
    log.error("incident %s at %s %s of request %s\n%s", incident, request.method, *where, without_values(error))
    return f"{incident[:4]}-{incident[4:]}"


def register(app: Flask, problem: Callable[..., Response]) -> None:
    """One answer for each kind of error; ``problem`` writes it for the API."""
    app.extensions["problem"] = problem
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _not_storable)
    outages.register(app, page, _broken, _write_down)
    app.register_error_handler(Exception, _broken)
