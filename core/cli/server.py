"""Preparing an instance, serving it, working for it."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

import click
from waitress.server import create_server

from core import db, instance as instances, jobs, logs
from core.app import create_app
from core.cli import frame
from core.cli.frame import t

SILENCE = 60  # seconds after which a connection is closed that sends nothing more of its request


@click.command(cls=frame.Command)
def init() -> None:
    """Create or migrate the database, load units, workflows, programmes and parameters. Quick when all is there."""
    instance = frame.current_instance()
    ready = instances.is_migrated(instance)
    instances.prepare(instance)
    if not ready:
        click.echo(t("Đã chuẩn bị cơ sở dữ liệu.", "The database is prepared."))
    for broken in instance.registry.broken:
        click.echo(t(f"Bỏ qua {broken.name}: {broken.why}", f"Set aside {broken.name}: {broken.why}"), err=True)


@click.command(cls=frame.Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@click.option("--no-work", is_flag=True, help="Run no jobs beside; `tiepsuc work` then has to.")
def serve(host: str, port: int, no_work: bool) -> None:
    """Serve the pages and the API; Ctrl-C ends it."""
    instance = prepared_instance()
    logs.to_stderr(instance.settings.log)
    try:
        server = create_server(
            create_app(instance),
            host=host,
            port=port,
            threads=8,
            ident=None,
            clear_untrusted_proxy_headers=True,
            channel_timeout=SILENCE,
            max_request_header_size=64 * 1024,
            # it keeps the whole of a request before the program sees it; what is a little too large is told by a page
            max_request_body_size=4 * instance.settings.upload_limit,
        )
    except OSError as error:
        vi = f"Không mở được cổng {port} tại {host}: {error.strerror}."
        en = f"Port {port} at {host} cannot be opened: {error.strerror}."
        hint = t("Có chương trình khác đang dùng? Thử: ", "Is another program using it? Try: ")
        click.echo(f"{t(vi, en)} {hint}make run PORT={port + 1}, tiepsuc serve --port {port + 1}", err=True)
        sys.exit(frame.FAILED)
    stop = _stop_by_signal()
    worker = threading.Thread(target=jobs.run, args=(instance,), kwargs={"stop": stop}, name="jobs", daemon=True)
    if not no_work:
        worker.start()
    try:
        for line in _addresses(server, host):
            click.echo(line)
        server.run()
    except KeyboardInterrupt:
        pass  # a second one, or one that came before the server ran; of the first it takes care itself
    finally:
        stop.set()
        server.close()
        if worker.ident:
            worker.join(timeout=5)


def _addresses(server: Any, host: str) -> list[str]:
    found = getattr(server, "effective_listen", None) or [(host, server.effective_port)]
    return [
        t(f"Tiếp Sức đang chạy tại http://{_name(at)}:{port}", f"Tiếp Sức runs at http://{_name(at)}:{port}")
        for at, port in found
    ]


def _name(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@click.command(cls=frame.Command)
@click.option("--once", is_flag=True, help="Do what is due, then end.")
def work(once: bool) -> None:
    """Run the jobs: seal the history, keep worklists true, forget what is old. Ctrl-C ends it."""
    instance = prepared_instance()
    logs.to_stderr(instance.settings.log)
    if once:
        failed = jobs.run(instance, once=True)
        sys.exit(frame.FAILED if failed else 0)
    stop = _stop_by_signal()
    try:
        click.echo(t("Đang làm các việc nền.", "Doing the jobs."))
        jobs.run(instance, stop=stop)
    except KeyboardInterrupt:
        stop.set()


def prepared_instance() -> db.Instance:
    """The instance, when its database has this program's schema; else the program ends with the one command to run."""
    instance = frame.current_instance()
    if not instances.is_migrated(instance):
        click.echo(frame.NOT_PREPARED.to(frame.language()), err=True)
        sys.exit(frame.FAILED)
    return instance


def _stop_by_signal() -> threading.Event:
    """An event for the jobs; a service manager's TERM ends the program as Ctrl-C does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background programs without it
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    return threading.Event()
