"""The second step of signing in: a code after the password, each taken once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pyotp
import pytest
from sqlalchemy import select

from core import db
from core.domain import access, users
from core.domain.access import Actor
from core.errors import BadInput, NotAllowed, NotFound, NotSignedIn, TooMany
from tests.worlds import World

PASSWORD, OFFICE = "ba con trâu đi cày", "192.0.2.1"


def later(world: World, **passed: int) -> None:
    cast(db.FixedClock, world.instance.clock).moment += timedelta(**passed)


def lan(world: World) -> Actor:
    with db.transaction(world.instance):
        return access.actor_by_login("lan.nt")


def code(world: World, secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(world.instance.clock.now() + timedelta(seconds=30 * steps))


def switched_on(world: World) -> tuple[str, list[str]]:
    """Lan's secret and her recovery codes; it is half a minute later, so that her next code is a new one."""
    with db.transaction(world.instance):
        users.create_user(
            world.admin, "lan.nt", "Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )
        users.enrol(access.actor_by_login("lan.nt"))
        begun = users.enrolment(access.actor_by_login("lan.nt"))
    assert begun
    codes = users.confirm(world.instance, lan(world), code(world, begun.secret), OFFICE)
    later(world, seconds=30)
    return begun.secret, codes


def halfway(world: World, address: str = OFFICE) -> users.Halfway:
    came = users.sign_in(world.instance, "lan.nt", PASSWORD, address)
    assert isinstance(came, users.Halfway)
    return came


def finish(world: World, came: users.Halfway, given: str, address: str = OFFICE) -> str:
    return users.finish_sign_in(world.instance, came, given, address)


def inside(world: World, key: str) -> bool:
    with db.transaction(world.instance):
        return users.session(key) is not None


def actions(world: World) -> list[str]:
    who = lan(world).id
    with db.transaction(world.instance):
        return [event.action for event in users.events_of(who)]


def test_nobody_is_asked_before_the_first_code_was_given(world: World) -> None:
    with db.transaction(world.instance):
        users.create_user(
            world.admin, "lan.nt", "Lan", "officer", world.commune.id, password=PASSWORD, must_change=False
        )
        users.enrol(access.actor_by_login("lan.nt"))
    with pytest.raises(BadInput):
        users.confirm(world.instance, lan(world), "000000", OFFICE)
    assert isinstance(users.sign_in(world.instance, "lan.nt", PASSWORD, OFFICE), str)


def test_the_password_alone_opens_nothing_and_with_a_code_a_session(world: World) -> None:
    secret, _ = switched_on(world)
    assert inside(world, finish(world, halfway(world), f" {code(world, secret)[:3]} {code(world, secret)[3:]}"))


def test_a_code_works_once_and_no_earlier_one_after_it(world: World) -> None:
    secret, _ = switched_on(world)
    finish(world, halfway(world), code(world, secret))
    for steps in (0, -1):
        with pytest.raises(BadInput):
            finish(world, halfway(world), code(world, secret, steps))
    later(world, seconds=30)
    assert finish(world, halfway(world), code(world, secret))


def test_a_telephone_may_be_half_a_minute_fast_or_slow_and_no_more(world: World) -> None:
    secret, _ = switched_on(world)
    later(world, minutes=2)
    for steps in (-2, 2):
        with pytest.raises(BadInput):
            finish(world, halfway(world), code(world, secret, steps))
    assert finish(world, halfway(world), code(world, secret, -1))
    assert finish(world, halfway(world), code(world, secret, 1))


def test_a_recovery_code_opens_once_and_its_use_is_told(world: World) -> None:
    _, codes = switched_on(world)
    assert len(set(codes)) == 10
    assert finish(world, halfway(world), codes[0].upper())
    with pytest.raises(BadInput):
        finish(world, halfway(world), codes[0])
    assert actions(world)[0] == "recovery_used"
    who = lan(world).id
    with db.transaction(world.instance):
        factor = users.factor_of(who)
        assert factor
        assert factor.codes_left == 9


def test_new_recovery_codes_end_the_old_ones(world: World) -> None:
    secret, codes = switched_on(world)
    fresh = users.renew_codes(world.instance, lan(world), code(world, secret), OFFICE)
    with pytest.raises(BadInput):
        finish(world, halfway(world), codes[0])
    assert finish(world, halfway(world), fresh[0])


def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(world: World) -> None:
    secret, codes = switched_on(world)
    with db.transaction(world.instance):
        stored = db.execute(select(users.second_factor.c.secret)).scalar_one()
        hashes = db.execute(select(users.recovery_code.c.code_hash)).scalars().all()
    assert secret not in stored
    assert not set(codes) & set(hashes)


def test_under_another_key_codes_are_refused_and_recovery_codes_still_open(world: World) -> None:
    secret, codes = switched_on(world)
    came = halfway(world)
    world.instance.settings = replace(world.instance.settings, secret_key="another key than before, and long")
    with pytest.raises(BadInput):
        finish(world, came, code(world, secret))
    assert finish(world, came, codes[0])


def test_wrong_codes_are_stopped_and_a_right_password_does_not_forgive_them(world: World) -> None:
    secret, _ = switched_on(world)
    wrong = "000000" if code(world, secret) != "000000" else "000001"
    for address in (OFFICE, "198.51.100.1"):
        for _ in range(5):
            with pytest.raises(BadInput):
                finish(world, halfway(world, address), wrong, address)
        with pytest.raises(TooMany):
            finish(world, halfway(world, address), code(world, secret), address)
    with pytest.raises(TooMany):
        finish(world, halfway(world), code(world, secret), "203.0.113.9")
    later(world, minutes=61)
    assert finish(world, halfway(world), code(world, secret))


def test_halfway_is_good_once_for_ten_minutes_and_not_after_the_account_changed(world: World) -> None:
    secret, codes = switched_on(world)
    came = halfway(world)
    finish(world, came, code(world, secret))
    with pytest.raises(NotSignedIn):
        finish(world, came, codes[0])
    came = halfway(world)
    later(world, minutes=11)
    with pytest.raises(NotSignedIn):
        finish(world, came, codes[0])
    came = halfway(world)
    who = lan(world).id
    with db.transaction(world.instance):
        users.reset_password(world.admin, who)
    with pytest.raises(NotSignedIn):
        finish(world, came, codes[0])


def test_halfway_made_up_or_of_somebody_else_is_worth_nothing(world: World) -> None:
    secret, _ = switched_on(world)
    came = halfway(world)
    for made_up in (replace(came, attempt=came.attempt + 1), replace(came, user_id=world.admin.id)):
        with pytest.raises(NotSignedIn):
            finish(world, made_up, code(world, secret))


def test_who_lost_everything_is_reset_with_a_reason_that_is_kept(world: World) -> None:
    secret, _ = switched_on(world)
    key = finish(world, halfway(world), code(world, secret))
    who = lan(world)
    with db.transaction(world.instance):
        with pytest.raises(BadInput):
            users.reset_factor(world.admin, who.id, " ")
        with pytest.raises(NotFound):
            users.reset_factor(world.officer, who.id, "mất điện thoại")
        users.reset_factor(world.admin, who.id, "mất điện thoại, đã gặp trực tiếp")
        event = users.events_of(who.id)[0]
    assert event.action == "factor_reset"
    assert "đã gặp trực tiếp" in event.detail
    assert not inside(world, key)
    assert isinstance(users.sign_in(world.instance, "lan.nt", PASSWORD, OFFICE), str)


def test_it_is_switched_off_by_a_code_and_not_where_a_role_needs_it(world: World) -> None:
    _, codes = switched_on(world)
    with pytest.raises(BadInput):
        users.switch_off(world.instance, lan(world), "000000", OFFICE)
    usual = world.instance.settings
    world.instance.settings = replace(usual, second_factor=frozenset({"officer"}))
    with pytest.raises(NotAllowed):
        users.switch_off(world.instance, lan(world), codes[0], OFFICE)
    world.instance.settings = usual
    users.switch_off(world.instance, lan(world), codes[0], OFFICE)
    assert actions(world)[:3] == ["factor_off", "recovery_used", "factor_on"]
    assert isinstance(users.sign_in(world.instance, "lan.nt", PASSWORD, OFFICE), str)


def test_one_that_is_in_use_is_not_replaced_by_beginning_anew(world: World) -> None:
    switched_on(world)
    with db.transaction(world.instance), pytest.raises(NotAllowed):
        users.enrol(access.actor_by_login("lan.nt"))


def test_what_was_begun_and_left_is_forgotten_after_a_day(world: World) -> None:
    switched_on(world)
    with db.transaction(world.instance):
        users.enrol(world.officer)
    later(world, hours=25)
    with db.transaction(world.instance):
        users.forget_old()
        assert users.enrolment(world.officer) is None
        assert users.factor_of(access.actor_by_login("lan.nt").id)
