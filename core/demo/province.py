"""The whole demo: accounts, lists, money and cases of a province, in one unit of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core import db, instance as instances
from core.demo import accounts, households, lists, money, office as offices, playing, stories
from core.demo.accounts import ACCOUNTS, COMMUNES, HILLS, RURAL, WARD, officer_of
from core.demo.households import Household
from core.demo.office import FIRST_DAY, Office, Run
from core.domain import access, cases, history, people, units
from core.domain.programmes import Programme
from core.domain.users import passwords
from core.errors import BadInput, Reason, WrongState
from core.exchange import sample_file
from core.text import Text

FEWEST, MOST = 1, 20_000
REVIEWED = (12, 16)  # month and day on which the communes import the list of the year
EARLIEST = FIRST_DAY + timedelta(90)


@dataclass(frozen=True)
class Built:
    """What a demo holds. ``password`` is that of every account; none where it is not known any more."""

    accounts: list[dict[str, str]]
    households: int
    cases: int
    password: str | None
    list_file: Path

    def as_json(self) -> dict[str, Any]:
        """What ``tiepsuc demo --json`` prints."""
        return {
            "accounts": self.accounts,
            "households": self.households,
            "cases": self.cases,
            "password": self.password,
            "list": str(self.list_file),
        }


def build(
    instance: db.Instance, number: int = 300, seed: int = 1, on: date | None = None, password: str | None = None
) -> Built:
    """Fill an empty, prepared instance with ``number`` households and the cases they have on ``on`` (default today).

    The same number, seed and date give the same data; only salts, and the hashes they go into, differ. Raises
    ``WrongState`` when the instance holds anything, ``BadInput`` for a number, date or password that will not do.
    """
    on = on or instance.clock.today()
    _refuse_odd(number, on)
    with db.transaction(instance):
        _require_empty()
    begins = offices.at(offices.days_before(on, stories.LONGEST), 7, 30)
    clock = db.FixedClock(begins)
    serials = count(1)
    playing = replace(instance, clock=clock, keys=lambda: db.key_at(clock.now().timestamp(), next(serials)))
    known = password or passwords.temporary()
    with db.transaction(playing):
        instances.refresh(playing)
        _require_empty()
        _fill(clock, number, seed, on, known)
        clock.moment = offices.at(on, 0, 5)
        history.seal_new()
    if password is None:
        _keep_password(instance, known)
    with db.transaction(instance, read_only=True):
        return describe(instance, password)


def _refuse_odd(number: int, on: date) -> None:
    wrong = []
    if not FEWEST <= number <= MOST:
        sentence = Text(f"Số hộ từ {FEWEST} đến {MOST}", f"A demo has {FEWEST} to {MOST} households")
        wrong.append(Reason("demo_size", sentence, seen=number, needed=FEWEST, field="households"))
    if on < EARLIEST:
        sentence = Text(
            f"Dữ liệu thử theo địa giới mới: ngày từ {EARLIEST:%d/%m/%Y}",
            f"The demo stands on the units since July 2025: a day from {EARLIEST:%d/%m/%Y} on",
        )
        wrong.append(Reason("demo_day", sentence, seen=on.isoformat(), needed=EARLIEST.isoformat(), field="on"))
    if wrong:
        raise BadInput(wrong)


def is_empty() -> bool:
    """Whether nobody has an account here and no household is known."""
    return not any(db.execute(select(table.c.id).limit(1)).first() for table in (access.user, people.household))


def _require_empty() -> None:
    if not is_empty():
        raise WrongState(
            Reason(
                "not_empty",
                Text(
                    "Cơ sở dữ liệu đã có người dùng hoặc hộ; dữ liệu thử chỉ tạo trên cơ sở dữ liệu trống",
                    "There are accounts or households already; a demo is only made in an empty database",
                ),
            )
        )


def _fill(clock: db.FixedClock, number: int, seed: int, on: date, password: str) -> None:
    begins = clock.moment.date()
    first = begins.year - 1  # the December whose list is the newest when the demo begins
    running: list[Programme] = [each.programme for each in db.registry().programmes.values()]
    actors = accounts.create(password)
    accounts.classify(begins)
    latest = max(first, on.year - (on <= date(on.year, *REVIEWED)))
    listed = households.invent(seed, number, first, latest, [each.title.vi for each in running])
    _hand_in(actors, listed, first)
    office = Office(clock, on, seed, actors)
    runs = _runs(running, number)
    yearly: list[tuple[datetime, Callable[[], None]]] = []
    for year in range(begins.year, on.year + 1):
        opens = begins if year == begins.year else date(year, 1, 5)
        if opens < on:
            yearly.append((offices.at(opens, 7, 45), lambda year=year: _grant(office, runs, running, year)))  # type: ignore[misc]
        review = date(year, *REVIEWED)
        if begins < review < on:
            yearly.append(
                (
                    offices.at(review, 9),
                    lambda year=year: _review(office, listed, year),  # type: ignore[misc]
                )
            )
    playing.play(office, runs, yearly)
    ward = [each for each in listed if each.commune is WARD]
    file = sample_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(lists.to_try(ward, seed, latest))


def _review(office: Office, listed: list[Household], year: int) -> None:
    """The list of a later December; whom a programme can help has to be asked anew."""
    listed[:] = map(households.reviewed, listed, count(1))
    _hand_in(office.actors, listed, year)
    office.candidates.clear()


def _hand_in(actors: Any, listed: list[Household], year: int) -> None:
    for commune in COMMUNES:
        here = [each for each in listed if each.commune is commune and each.since <= year]
        lists.hand_in(actors[officer_of(commune)], commune, here, year)


def _runs(running: list[Programme], number: int) -> list[Run]:
    """The stories of every programme; those that may lie anywhere go round the communes."""
    found: list[Run] = []
    serials = count(1)
    for programme in running:
        anywhere = cycle((WARD, RURAL, WARD, HILLS))
        for story in stories.told(number // 4):
            commune = story.commune or next(anywhere)
            if commune is HILLS and story.code == "proposed":
                commune = WARD  # the hills have run out of money; one case shows it
            found.append(Run(story, commune, programme.code, next(serials), list(story.acts)))
    return found


def _grant(office: Office, runs: list[Run], running: list[Programme], year: int) -> None:
    """The funds of a year, for the cases that will be approved in it."""
    office.candidates.clear()  # another year, other rules
    for programme in running:
        approvals = Counter(
            run.commune.code
            for run in runs
            for act in run.story.acts
            if run.programme == programme.code
            and act.verb in ("propose", "approve")
            and offices.days_before(office.on, act.ago).year == year
        )
        money.grant(office.actors["manager"], programme, year, {place: n // 2 + 1 for place, n in approvals.items()})


def _password_file(instance: db.Instance) -> Path:
    return Path(instance.settings.instance) / "demo" / "password"


def _keep_password(instance: db.Instance, password: str) -> None:
    """Keep a made-up password beside the database, readable to its owner alone, so that a second run can tell it."""
    file = _password_file(instance)
    file.touch(mode=0o600)
    file.write_text(password + "\n")


def describe(instance: db.Instance, password: str | None = None) -> Built:
    """What the demo in the current unit of work's database holds; accounts that were taken away are left out."""
    there = {row.login for row in db.execute(select(access.user.c.login))}
    file = _password_file(instance)
    if password is None and file.exists():
        password = file.read_text().strip()
    return Built(
        [
            {"user": each.login, "role": each.role, "unit": each.unit, "unit_name": _name(each.unit)}
            for each in ACCOUNTS
            if each.login in there
        ],
        db.execute(select(func.count()).select_from(people.household)).scalar_one(),
        db.execute(select(func.count()).select_from(cases.case)).scalar_one(),
        password,
        sample_file(),
    )


def _name(code: str) -> str:
    return units.unit_by_code(code, db.today()).name
