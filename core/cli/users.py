"""Accounts at the terminal of the machine, which may do what an administrator of the whole country may."""

from __future__ import annotations

from datetime import datetime

import click

from core import db
from core.cli import frame
from core.cli.frame import as_json, t
from core.domain import access, units, users
from core.errors import NotFound, Reason
from core.text import Text

DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
_role = click.option(
    "--role", required=True, type=click.Choice(list(access.ROLES)), help="What the person may do there."
)
_unit = click.option(
    "--unit", required=True, metavar="CODE", help="Where, and everywhere below: an official code, or VN."
)


@click.group("user", cls=frame.Group)
def group() -> None:
    """Users and their roles."""


@group.command("list")
@as_json
def list_() -> None:
    """Every account with the roles it holds today."""
    with frame.work(read_only=True):
        rows = users.users_in_reach(None, limit=100_000)
        held = users.roles_of([row.id for row in rows])
    found = [
        {
            "user": row.login,
            "name": row.name,
            "locked": row.locked_at is not None,
            "roles": [{"role": each.role.to(frame.language()), "unit": each.unit} for each in held[row.id]],
        }
        for row in rows
    ]
    if frame.wants_json():
        frame.show({"users": found})
        return
    for one in found:
        roles = "; ".join(f"{each['role']}, {each['unit']}" for each in one["roles"])
        click.echo(
            f"{one['user']:<20} {one['name']}: {roles}" + (t(" (đã khóa)", " (locked)") if one["locked"] else "")
        )


@group.command()
@click.argument("login")
@click.option("--name", required=True, help="Full name.")
@_role
@_unit
@as_json
def create(login: str, name: str, role: str, unit: str) -> None:
    """Make the account LOGIN with its first role; its temporary password is printed once."""
    with frame.work():
        made = users.create_user(None, login, name, role, units.unit_by_code(unit, db.today()).id)
    if frame.wants_json():
        frame.show({"user": made.login, "password": made.password})
        return
    click.echo(
        t(
            f"Tài khoản {made.login}, mật khẩu tạm: {made.password}",
            f"Account {made.login}, temporary password: {made.password}",
        )
    )


@group.command()
@click.argument("login")
@_role
@_unit
@click.option("--from", "valid_from", type=DAY, help="The first day; today unless given.")
@click.option("--to", "valid_to", type=DAY, help="The last day; open unless given.")
def grant(login: str, role: str, unit: str, valid_from: datetime | None, valid_to: datetime | None) -> None:
    """Give LOGIN a role at a unit and below."""
    with frame.work():
        place = units.unit_by_code(unit, db.today())
        days = [each.date() if each else None for each in (valid_from, valid_to)]
        users.grant_role(None, _key(login), role, place.id, *days)
    click.echo(t(f"Đã giao {role} tại {place.name} cho {login}.", f"{login} is {role} at {place.name}."))


@group.command()
@click.argument("login")
@click.option("--name", default="terminal", show_default=True, help="What the token is for.")
@click.option("--days", default=90, show_default=True, type=int, help="How long it is good; 365 at most.")
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    type=click.Choice(list(users.OPERATIONS)),
    help="What it may do; may be given several times. All that LOGIN may, unless given.",
)
@click.option(
    "--programme", "programmes", multiple=True, metavar="NAME", help="For cases of this programme only; several times."
)
def token(login: str, name: str, days: int, allowed: tuple[str, ...], programmes: tuple[str, ...]) -> None:
    """Make a token by which another system acts as LOGIN through the API; it is printed once."""
    with frame.work():
        made = users.create_token(frame.actor(login), name, days, allowed, programmes)
    click.echo(made)


@group.command()
@click.argument("login")
@as_json
def tokens(login: str) -> None:
    """The tokens of LOGIN that still work: what each is for, may do, and until when."""
    with frame.work(read_only=True):
        rows = users.tokens_of(frame.actor(login))
    if frame.wants_json():
        frame.show(
            {
                "tokens": [
                    {
                        "token": row.id,
                        "name": row.name,
                        "expires_on": row.expires_on.isoformat(),
                        "allowed": row.allowed.split(),
                        "programmes": row.programmes.split(),
                    }
                    for row in rows
                ]
            }
        )
        return
    for row in rows:
        what = row.allowed or t("mọi việc", "everything")
        click.echo(f"{row.id}  {row.name}: {what} {row.programmes}  → {row.expires_on:%d/%m/%Y}")


@group.command()
@click.argument("login")
@click.argument("token", type=int)
def revoke(login: str, token: int) -> None:
    """End TOKEN (a number that `user tokens` prints) of LOGIN."""
    with frame.work():
        users.revoke_token(frame.actor(login), token)
    click.echo(t("Đã thu hồi mã truy cập.", "The token is revoked."))


@group.command()
@click.argument("login")
def reset(login: str) -> None:
    """Give LOGIN a temporary password; every session and token of the account ends."""
    with frame.work():
        password = users.reset_password(None, _key(login))
    click.echo(t(f"Mật khẩu tạm: {password}", f"Temporary password: {password}"))


@group.command("reset-factor")
@click.argument("login")
@click.option("--reason", required=True, help="Why; kept with the act.")
def reset_factor(login: str, reason: str) -> None:
    """Take the second step of signing in from LOGIN, who lost it; every session and token of the account ends."""
    with frame.work():
        users.reset_factor(None, _key(login), reason)
    click.echo(t(f"Đã đặt lại xác thực hai bước của {login}.", f"The second step of {login} is reset."))


@group.command()
@click.argument("login")
def lock(login: str) -> None:
    """Let nobody in as LOGIN."""
    with frame.work():
        users.lock_user(None, _key(login))
    click.echo(t(f"Đã khóa {login}.", f"{login} is locked."))


@group.command()
@click.argument("login")
def unlock(login: str) -> None:
    """Let LOGIN in again, with the password it had."""
    with frame.work():
        users.unlock_user(None, _key(login))
    click.echo(t(f"Đã mở khóa {login}.", f"{login} is unlocked."))


def _key(login: str) -> int:
    """The key of an account, locked or not. Raises ``NotFound``."""
    wanted = login.strip().lower()
    found = db.execute(access.user.select().where(access.user.c.login == wanted)).first()
    if found is None:
        sentence = Text("Không có người dùng «{login}»", "No user “{login}”").format(login=login[:64])
        raise NotFound(Reason("user_unknown", sentence, seen=login[:64], field="login"))
    return int(found.id)
