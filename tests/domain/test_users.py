"""Accounts, roles, passwords, signing in and tokens, as the people who administer and use them see it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import cast

import pytest
from sqlalchemy import select

from core import db
from core.domain import access, units, users
from core.domain.access import Actor
from core.errors import BadInput, NotAllowed, NotFound, NotSignedIn, Refused, TooMany
from tests.worlds import TODAY, World, person

PASSWORD = "ba con trâu đi cày"
OFFICE = "203.0.113.7"


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def later(world: World, **passed: int) -> None:
    clock = cast(db.FixedClock, world.instance.clock)
    clock.moment += timedelta(**passed)


def made(world: World, login: str = "lan.nt", role: str = "officer", **more: object) -> users.NewUser:
    with db.transaction(world.instance):
        return users.create_user(world.admin, login, "Nguyễn Thị Lan", role, world.commune.id, **more)  # type: ignore[arg-type]


def settled(world: World, login: str = "lan.nt") -> users.NewUser:
    """Somebody who has set their own password."""
    return made(world, login, password=PASSWORD, must_change=False)


def actor_of(world: World, login: str) -> Actor:
    with db.transaction(world.instance):
        return access.actor_by_login(login)


def local_admin(world: World, unit_id: int | None = None) -> Actor:
    with db.transaction(world.instance):
        return person("xa", ("admin", unit_id or world.commune.id))


def other_commune(world: World) -> int:
    with db.transaction(world.instance):
        assert world.commune.province_id is not None
        return units.children(world.commune.province_id)[1].id


def sign_in(world: World, login: str = "lan.nt", password: str = PASSWORD, address: str = OFFICE) -> str:
    key = users.sign_in(world.instance, login, password, address)
    assert isinstance(key, str)
    return key


def change_password(world: World, old: str, new: str, address: str = OFFICE) -> int:
    return users.change_password(world.instance, actor_of(world, "lan.nt"), old, new, address)


def session(world: World, key: str) -> users.Session | None:
    with db.transaction(world.instance):
        return users.session(key)


def events(world: World, user_id: int) -> list[str]:
    with db.transaction(world.instance):
        return [event.action for event in reversed(users.events_of(user_id))]


# ---- accounts -------------------------------------------------------------------------------------------------------


def test_a_new_user_signs_in_with_a_temporary_password_and_must_change_it(world: World) -> None:
    new = made(world)
    found = session(world, sign_in(world, password=new.password))
    assert found is not None
    assert found.must_change
    assert found.actor.roles == {"officer"}
    assert events(world, new.id) == ["created", "role_granted"]


def test_a_sign_in_name_is_taken_once_whatever_its_case(world: World) -> None:
    made(world)
    with pytest.raises(BadInput) as refused:
        made(world, " LAN.nt ")
    assert codes(refused) == {"login_taken"}


def test_all_that_is_wrong_with_a_new_account_is_said_at_once(world: World) -> None:
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        users.create_user(world.admin, "có dấu", "", "officer", world.commune.id)
    assert codes(refused) == {"login_form", "name_missing"}


def test_an_administrator_makes_users_and_grants_roles_only_below_their_own_unit(world: World) -> None:
    admin, elsewhere = local_admin(world), other_commune(world)
    with db.transaction(world.instance), pytest.raises(NotAllowed):
        users.create_user(admin, "xa.khac", "Người xã khác", "officer", elsewhere)
    with db.transaction(world.instance):
        new = users.create_user(admin, "xa.minh", "Người xã mình", "officer", world.commune.id)
        with pytest.raises(NotAllowed):
            users.grant_role(admin, new.id, "manager", world.commune.province_id or 0)


def test_who_is_no_administrator_makes_nobody(world: World) -> None:
    with db.transaction(world.instance), pytest.raises(NotAllowed):
        users.create_user(world.approver, "ban.be", "Bạn bè", "officer", world.commune.id)


def test_nobody_grants_a_role_to_themselves(world: World) -> None:
    with db.transaction(world.instance), pytest.raises(NotAllowed) as refused:
        users.grant_role(world.admin, world.admin.id, "approver", world.commune.id)
    assert codes(refused) == {"own_account"}


def test_nobody_locks_resets_or_disarms_themselves(world: World) -> None:
    with db.transaction(world.instance):
        own = users.grants_of(world.admin.id)[0].id
        for act in (users.lock_user, users.reset_password):
            with pytest.raises(NotAllowed):
                act(world.admin, world.admin.id)
        with pytest.raises(NotAllowed):
            users.revoke_grant(world.admin, own)


def test_a_user_beyond_reach_does_not_exist_for_an_administrator(world: World) -> None:
    admin = local_admin(world)
    with db.transaction(world.instance):
        stranger = person("ban.khac", ("officer", units.children(world.commune.province_id or 0)[1].id))
        assert [row.login for row in users.users_in_reach(admin)] == ["monitor", "officer", "xa"]
        with pytest.raises(NotFound):
            users.lock_user(admin, stranger.id)


def test_an_account_that_also_holds_a_role_elsewhere_is_not_taken_over_from_below(world: World) -> None:
    admin, new = local_admin(world), settled(world)
    with db.transaction(world.instance):
        users.grant_role(world.admin, new.id, "manager", world.commune.province_id or 0)
        with pytest.raises(NotAllowed) as refused:
            users.reset_password(admin, new.id)
    assert codes(refused) == {"roles_elsewhere"}


def test_a_locked_user_is_out_at_once_and_in_again_after_unlocking(world: World) -> None:
    new = settled(world)
    key = sign_in(world)
    with db.transaction(world.instance):
        users.lock_user(world.admin, new.id)
    assert session(world, key) is None
    with pytest.raises(NotSignedIn) as refused:
        sign_in(world)
    assert codes(refused) == {"account_locked"}
    with db.transaction(world.instance):
        users.unlock_user(world.admin, new.id)
    assert session(world, key) is None
    assert session(world, sign_in(world)) is not None
    assert events(world, new.id)[-2:] == ["locked", "unlocked"]


def test_users_are_found_by_name_without_marks(world: World) -> None:
    made(world)
    with db.transaction(world.instance):
        assert [row.login for row in users.users_in_reach(world.admin, "nguyen lan")] == ["lan.nt"]
        assert [row.login for row in users.users_in_reach(world.admin, "LAN.NT")] == ["lan.nt"]
        assert not users.users_in_reach(world.admin, "100%")


def test_pages_of_users_meet_without_overlap_in_both_directions(world: World) -> None:
    with db.transaction(world.instance):
        everybody = [row.login for row in users.users_in_reach(world.admin)]
        first = [row.login for row in users.users_in_reach(world.admin, limit=3)]
        second = [row.login for row in users.users_in_reach(world.admin, limit=3, after=first[-1])]
        assert first + second == everybody[:6]
        assert [row.login for row in users.users_in_reach(world.admin, limit=3, before=second[0])] == first


# ---- roles ----------------------------------------------------------------------------------------------------------


def test_a_role_holds_from_its_first_to_its_last_day(world: World) -> None:
    new = settled(world)
    with db.transaction(world.instance):
        users.grant_role(world.admin, new.id, "monitor", world.commune.id, TODAY + timedelta(1), TODAY + timedelta(2))
    for expected in (False, True, True, False):
        assert ("monitor" in actor_of(world, "lan.nt").roles) is expected
        later(world, days=1)


def test_a_role_is_not_granted_twice_for_the_same_days(world: World) -> None:
    new = made(world)
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        users.grant_role(world.admin, new.id, "officer", world.commune.id, TODAY + timedelta(30))
    assert codes(refused) == {"grant_overlaps"}


@pytest.mark.parametrize(
    ("role", "last", "code"), [("king", None, "role_unknown"), ("officer", TODAY - timedelta(1), "grant_ends_early")]
)
def test_a_grant_that_makes_no_sense_is_refused(world: World, role: str, last: date | None, code: str) -> None:
    new = made(world)
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        users.grant_role(world.admin, new.id, role, other_commune_of(world), None, last)
    assert codes(refused) == {code}


def other_commune_of(world: World) -> int:
    """Like ``other_commune``, inside a unit of work."""
    return units.children(world.commune.province_id or 0)[1].id


def test_a_revoked_role_is_gone_at_once_and_stays_on_record(world: World) -> None:
    new = settled(world)
    with db.transaction(world.instance):
        users.revoke_grant(world.admin, users.grants_of(new.id)[0].id)
    assert not actor_of(world, "lan.nt").roles
    with db.transaction(world.instance):
        assert users.grants_of(new.id)[0].revoked_by == world.admin.id
        assert [row.login for row in users.users_in_reach(world.admin, "lan")] == ["lan.nt"]


def test_an_administrator_elsewhere_cannot_revoke_a_role(world: World) -> None:
    new, admin = made(world), local_admin(world, other_commune(world))
    with db.transaction(world.instance), pytest.raises(NotFound):
        users.revoke_grant(admin, users.grants_of(new.id)[0].id)


# ---- passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("ngắn", {"password_length"}),
        ("lan.nt mãi mãi", {"password_holds_login"}),
        ("matkhau123", {"password_common"}),
        ("MậtKhẩu123", {"password_common"}),
        ("1111111111111", {"password_common"}),
        ("x" * 201, {"password_length", "password_common"}),
    ],
)
def test_a_weak_password_is_refused_with_every_reason(world: World, password: str, expected: set[str]) -> None:
    settled(world)
    with pytest.raises(BadInput) as refused:
        change_password(world, PASSWORD, password)
    assert codes(refused) == expected


def test_changing_a_password_takes_the_old_one_and_ends_other_sessions_and_tokens(world: World) -> None:
    settled(world)
    key, lan = sign_in(world), actor_of(world, "lan.nt")
    with db.transaction(world.instance):
        token = users.create_token(lan, "máy in", 30)
    with pytest.raises(BadInput):
        change_password(world, "không phải", "bốn mùa xuân hạ")
    change_password(world, PASSWORD, "bốn mùa xuân hạ")
    assert session(world, key) is None
    with db.transaction(world.instance), pytest.raises(NotSignedIn):
        users.actor_by_token(f"Bearer {token}")
    assert session(world, sign_in(world, password="bốn mùa xuân hạ")) is not None


def test_a_password_typed_on_another_keyboard_is_the_same_password(world: World) -> None:
    import unicodedata

    settled(world)
    assert sign_in(world, password=unicodedata.normalize("NFD", PASSWORD))


def test_a_reset_gives_a_temporary_password_once_and_ends_the_old_one(world: World) -> None:
    new = settled(world)
    with db.transaction(world.instance):
        temporary = users.reset_password(world.admin, new.id)
    with pytest.raises(NotSignedIn):
        sign_in(world)
    found = session(world, sign_in(world, password=temporary))
    assert found is not None
    assert found.must_change
    with db.transaction(world.instance):
        stored = db.execute(select(access.user.c.password_hash).where(access.user.c.id == new.id)).scalar_one()
        assert stored.startswith("$argon2id$")
        assert temporary not in "".join(event.detail for event in users.events_of(new.id))


# ---- signing in -----------------------------------------------------------------------------------------------------


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(world: World) -> None:
    settled(world)
    said = []
    for login in ("lan.nt", "khong.co"):
        with pytest.raises(NotSignedIn) as refused:
            sign_in(world, login, "sai mật khẩu rồi")
        said.append(refused.value.reasons)
    assert said[0] == said[1]


def test_a_wrong_name_is_not_kept_because_people_type_passwords_there(world: World) -> None:
    with pytest.raises(NotSignedIn):
        sign_in(world, "bi-mat-cua-toi")
    with db.transaction(world.instance):
        kept = db.execute(select(access.sign_in_attempt.c.login)).scalars().all()
    assert len(kept) == 1
    assert "bi-mat" not in kept[0]


@pytest.mark.parametrize("login", ["lan.nt", "khong.co"])
def test_after_five_failures_a_name_waits_until_the_time_that_is_said(world: World, login: str) -> None:
    settled(world)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(world, login, "sai mật khẩu rồi")
        later(world, minutes=1)
    with pytest.raises(TooMany) as refused:
        sign_in(world, login)
    assert "10:16" in refused.value.reasons[0].sentence.vi
    later(world, minutes=10)
    if login == "lan.nt":
        assert session(world, sign_in(world)) is not None
    else:
        with pytest.raises(NotSignedIn):
            sign_in(world, login)


def fail(world: World, times: int, address: str) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            sign_in(world, password="sai mật khẩu rồi", address=address)


def test_a_stranger_who_guesses_elsewhere_does_not_keep_the_owner_of_a_name_out(world: World) -> None:
    settled(world)
    fail(world, 5, "198.51.100.1")
    with pytest.raises(TooMany):
        sign_in(world, address="198.51.100.1")
    assert sign_in(world)


def test_guesses_from_many_addresses_are_stopped_at_fifty_an_hour_and_nothing_forgives_them(world: World) -> None:
    settled(world)
    for number in range(10):
        fail(world, 4, f"198.51.100.{number}")
        later(world, minutes=1)
        fail(world, 1, f"198.51.100.{number}")
        if number == 5:
            assert sign_in(world)
    with pytest.raises(TooMany) as refused:
        sign_in(world)
    assert "11:01" in refused.value.reasons[0].sentence.vi
    later(world, minutes=51)
    assert sign_in(world)


def test_the_present_password_is_guessed_no_faster_than_at_the_door(world: World) -> None:
    settled(world)
    fail(world, 2, OFFICE)
    for _ in range(3):
        with pytest.raises(BadInput):
            change_password(world, "sai mật khẩu rồi", "bốn mùa xuân hạ")
    with pytest.raises(TooMany):
        change_password(world, PASSWORD, "bốn mùa xuân hạ")
    with pytest.raises(TooMany):
        sign_in(world)
    later(world, minutes=16)
    change_password(world, PASSWORD, "bốn mùa xuân hạ")
    assert sign_in(world, password="bốn mùa xuân hạ")


def test_signing_in_rightly_forgives_the_failures_before(world: World) -> None:
    settled(world)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(NotSignedIn):
                sign_in(world, password="sai mật khẩu rồi")
            later(world, seconds=1)
        assert sign_in(world)
        later(world, seconds=1)


def test_after_thirty_failures_an_address_waits_whatever_the_name(world: World) -> None:
    settled(world)
    for number in range(30):
        with pytest.raises(NotSignedIn):
            sign_in(world, f"ten{number}")
    with pytest.raises(TooMany):
        sign_in(world)
    assert sign_in(world, address="198.51.100.1")


def test_guesses_made_at_the_same_moment_are_all_counted(world: World) -> None:
    settled(world)

    def guess(number: int) -> type[BaseException]:
        with pytest.raises(Refused) as refused:
            sign_in(world, password=f"đoán lần {number}")
        return refused.type

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(NotSignedIn) == 5
    assert answers.count(TooMany) == 7


def test_a_session_ends_after_twelve_hours_however_busy(world: World) -> None:
    settled(world)
    key = sign_in(world)
    later(world, hours=11, minutes=59)
    assert session(world, key) is not None
    later(world, minutes=2)
    assert session(world, key) is None


def test_a_session_that_was_signed_out_is_worth_nothing(world: World) -> None:
    settled(world)
    key, other = sign_in(world), sign_in(world)
    with db.transaction(world.instance):
        users.end_session(key)
    assert session(world, key) is None
    assert session(world, other) is not None


@pytest.mark.parametrize("key", ["", "0", "-1", "x", "9" * 30, "1 OR 1=1"])
def test_a_made_up_session_key_opens_nothing(world: World, key: str) -> None:
    assert session(world, key) is None


# ---- tokens ---------------------------------------------------------------------------------------------------------


def test_a_token_acts_as_its_owner_until_it_ends(world: World) -> None:
    with db.transaction(world.instance):
        text = users.create_token(world.officer, "phần mềm xã", 30)
        assert users.actor_by_token(f"Bearer {text}") == world.officer
        kept = db.execute(select(access.api_token.c.token_hash)).scalars().all()
        assert text not in kept
    later(world, days=31)
    with db.transaction(world.instance), pytest.raises(NotSignedIn):
        users.actor_by_token(f"Bearer {text}")


def test_a_revoked_token_and_anything_that_is_no_token_open_nothing(world: World) -> None:
    with db.transaction(world.instance):
        text = users.create_token(world.officer, "phần mềm xã", 30)
        token = users.tokens_of(world.officer)[0].id
        with pytest.raises(NotFound):
            users.revoke_token(world.approver, token)
        users.revoke_token(world.officer, token)
        assert not users.tokens_of(world.officer)
        for header in ("", "Bearer", f"Basic {text}", f"Bearer {text}", f"Bearer {text}x", "Bearer " + "é" * 50):
            with pytest.raises(NotSignedIn):
                users.actor_by_token(header)


@pytest.mark.parametrize(
    ("name", "days", "code"), [("", 30, "token_name"), ("a", 0, "token_days"), ("a", 366, "token_days")]
)
def test_a_token_has_a_name_and_lasts_a_year_at_most(world: World, name: str, days: int, code: str) -> None:
    with db.transaction(world.instance), pytest.raises(BadInput) as refused:
        users.create_token(world.officer, name, days)
    assert codes(refused) == {code}
