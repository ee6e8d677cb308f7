"""What all commands share: one unit of work, two languages, exit statuses instead of tracebacks, JSON in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError as PoolTimeout

from core import db, instance as instances, outages, shapes
from core.domain import access, reads
from core.errors import BadInput, Reason, Refused
from core.text import Text

FAILED = 1  # neither the input nor the rules: the database or the machine
_KEY = "tiepsuc"
Given = TypeVar("Given", bound=Callable[..., Any])


def _meta() -> dict[str, Any]:
    """What belongs to this one run of the program: language, whether JSON is wanted, what a refusal is about."""
    found: dict[str, Any] = click.get_current_context().meta.setdefault(_KEY, {"language": "vi", "json": False})
    return found


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(_context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:
            _meta()[name] = value

    return keep


def _language_option() -> click.Option:
    return click.Option(
        ["--lang"],
        type=click.Choice(["vi", "en"]),
        expose_value=False,
        callback=_remember("language"),
        is_eager=True,
        help="Language of the sentences (vi unless given).",
    )


class Command(click.Command):
    """A command that also takes ``--lang``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_language_option())


class Group(click.Group):
    """Commands of one noun."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_language_option())


class Program(Group):
    """All commands; a refusal becomes its sentences and its exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            with ctx.scope(cleanup=False):
                _tell_refusal(refused)
            ctx.exit(refused.exit_status)
        except (DBAPIError, PoolTimeout) as error:
            with ctx.scope(cleanup=False):
                _tell_failure(_about_database(error))
            ctx.exit(FAILED)


def language() -> str:
    """The language of this run."""
    return str(_meta()["language"])


def t(vi: str, en: str) -> str:
    """One of two sentences, in the language of this run."""
    return Text(vi, en).to(language())


def refusals_about(**what: Any) -> None:
    """Have a refusal printed as JSON begin with these keys."""
    _meta().setdefault("about", {}).update(what)


def _tell_refusal(refused: Refused) -> None:
    found = _meta()
    chosen = language()
    if found["json"]:
        show({**shapes.refusal(refused, chosen), **found.get("about", {})})
    click.echo(refused.title.to(chosen) + ":", err=True)
    for reason in refused.reasons:
        source = f" ({reason.source})" if reason.source else ""
        click.echo(f"- {reason.sentence.to(chosen)}{source}", err=True)


def _tell_failure(sentence: Text) -> None:
    if wants_json():
        show({"reasons": shapes.reasons([Reason("database", sentence)], language())})
    click.echo(sentence.to(language()), err=True)


def _about_database(error: SQLAlchemyError) -> Text:
    found = outages.outage(error)
    if found is outages.UNPREPARED:
        return NOT_PREPARED
    if found is not None and found is not outages.GONE:
        return Text("{title}. Chưa có gì được ghi.", "{title}. Nothing was written.").format(title=found.title)
    return Text(
        "Không dùng được cơ sở dữ liệu: nó không trả lời, đang bận, hoặc TIEPSUC_DATABASE_URL không đúng. "
        "Chưa có gì được ghi.",
        "The database cannot be used: it does not answer, is busy, or TIEPSUC_DATABASE_URL is wrong. "
        "Nothing was written.",
    )


NOT_PREPARED = Text(
    "Cơ sở dữ liệu chưa được chuẩn bị cho phiên bản này. Hãy chạy: tiepsuc init",
    "The database is not prepared for this version. Run: tiepsuc init",
)


def current_instance() -> db.Instance:
    """The instance of the environment's settings, or the one that whoever calls ``main`` has put into its context."""
    context = click.get_current_context()
    found = context.find_object(db.Instance)
    if found is None:
        found = context.find_root().obj = instances.open_instance()
        context.find_root().call_on_close(found.engine.dispose)
    return found


@contextmanager
def work(*, read_only: bool = False) -> Iterator[db.Instance]:
    """One unit of work with what is in force now."""
    instance = current_instance()
    with db.transaction(instance, read_only=read_only, patient=True):
        instances.refresh(instance)
        yield instance


@contextmanager
def reading(login: str, what: str, **asked: Any) -> Iterator[access.Actor]:
    """A reading unit of work in the name of a person; what it handed out is logged before anything is printed."""
    with work(read_only=True) as instance:
        who = actor(login)
        yield who
        row = reads.taken(who, "terminal", what, asked)
    reads.write(instance, row)


# Options that several commands take


def as_user(command: Given) -> Given:
    """The person in whose name a command acts: ``login``."""
    return click.option("--as", "login", required=True, metavar="USER", help="The user in whose name this is done.")(
        command
    )


def as_json(command: Given) -> Given:
    """``--json``: the result, and a refusal, as one JSON object on standard output."""
    return click.option(
        "--json", is_flag=True, expose_value=False, callback=_remember("json"), help="Print JSON instead of sentences."
    )(command)


def data_option(command: Given) -> Given:
    """A file with the answers to what a step asks: ``data``."""
    return click.option(
        "--data", "data", metavar="FILE.json", help="The answers that the step asks for; - is standard input."
    )(command)


def version_option(command: Given) -> Given:
    """The version of the case one has seen: ``version``."""
    return click.option(
        "--version", "version", type=int, metavar="N", help="Refuse when the case is no longer at this version."
    )(command)


def actor(login: str) -> access.Actor:
    """The person named by ``--as``."""
    return access.actor_by_login(login)


# In and out


def wants_json() -> bool:
    """Whether ``--json`` was given."""
    return bool(_meta()["json"])


def show(found: Any) -> None:
    """Print one JSON value, in UTF-8 whatever the terminal's encoding is."""
    click.echo((json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode(), nl=False)


def read_bytes(name: str, limit: int) -> bytes:
    """The content of a file ("-": standard input), at most one byte over ``limit`` of it. Raises ``BadInput``."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(name).open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise BadInput(
            Reason(
                "file_unreadable",
                Text(f"Không đọc được tệp {name}: {_why(error).vi}", f"File {name} cannot be read: {_why(error).en}"),
                seen=name,
                field="file",
            )
        ) from error


def _why(error: OSError) -> Text:
    known = {
        FileNotFoundError: Text("không có tệp này", "there is no such file"),
        IsADirectoryError: Text("đây là một thư mục", "it is a folder"),
        PermissionError: Text("không có quyền đọc", "no permission to read it"),
    }
    return known.get(type(error), Text(str(error.strerror), str(error.strerror)))


LARGEST_JSON = 2 * 1024 * 1024


def read_json(name: str | None, limit: int = LARGEST_JSON) -> dict[str, Any]:
    """The JSON object in a file ("-": standard input), {} when none is named. Raises ``BadInput`` naming the line."""
    if name is None:
        return {}
    content = read_bytes(name, limit)
    if len(content) > limit:
        raise BadInput(
            Reason(
                "file_too_large",
                Text(
                    f"Tệp {name} lớn hơn {limit // 1024 // 1024} MB",
                    f"File {name} is larger than {limit // 1024 // 1024} MB",
                ),
                field="file",
            )
        )
    return shapes.parse(content, name)
