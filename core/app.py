"""The application: the only module that knows all the others."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from core import api, db, instance as instances, web
from core.api.problems import problem
from core.domain import reads
from core.web import admission, security
from core.web.reads import of_request


class _Key(IntegerConverter):
    """``<int:…>`` in an address: no larger than a key can be, so that a made-up one is not found instead of a fault."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = None) -> None:
        super().__init__(map, fixed_digits, min, 2**63 - 1 if max is None else max)


class Application(Flask):
    """Flask, with each request one unit of work.

    The transaction is opened around ``dispatch_request`` and not by before/after hooks, because a commit that fails
    there (a conflict, a lost database) is then answered by the ordinary error pages. It has ended when the body of a
    streamed response is made; ``web.streaming.streamed`` opens another for that. What was read is logged in between,
    in a short unit of work of its own: a page whose reading cannot be logged is not shown.
    """

    def __init__(self, instance: db.Instance) -> None:
        super().__init__("core.web", static_folder="static", template_folder="templates")
        self.instance = instance
        self.url_map.converters["int"] = _Key
        self.url_map.strict_slashes = False  # an address somebody typed works with and without a slash at its end

    def dispatch_request(self) -> ResponseReturnValue:
        if admission.opens_its_own_work(request.endpoint):
            return super().dispatch_request()
        if "\0" in request.path or any("\0" in text for pair in request.args.items(multi=True) for text in pair):
            raise BadRequest  # no database has a word for it
        reading = request.method in {"GET", "HEAD", "OPTIONS"} or admission.only_reads(request.endpoint)
        with db.transaction(self.instance, read_only=reading):
            instances.refresh(self.instance)
            answer: ResponseReturnValue | None = admission.admit()
            if answer is None:
                answer = super().dispatch_request()
            read = of_request(answer)
        if request.method == "POST":
            self.instance.trouble = None  # it was written
        if read is not None:
            reads.write(self.instance, read)
        return answer


def create_app(instance: db.Instance | None = None) -> Application:
    """The WSGI application of an instance."""
    app = Application(instance or instances.open_instance())
    settings = app.instance.settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1000,
        SESSION_COOKIE_NAME="tiepsuc",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https_only,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    web.register(app, problem)
    security.csrf.exempt(api.blueprint)  # it reads a token and no cookie
    app.register_blueprint(api.blueprint)
    return app
