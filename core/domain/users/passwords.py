"""Passwords: what is taken, how it is kept, how it is tried."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import BadInput, Reason
from core.text import Text, fold

LEAST, MOST = 10, 200  # characters
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # read aloud over a telephone without a mistake

# OWASP's second choice for Argon2id (19 MiB, 2 rounds): a whole office signs in at 7:30 on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Long enough, and still among the first that anybody tries here.
_COMMON = """
0123456789 1234567890 12345678910 123456789a 123456789@ 1234567891 0987654321 9876543210 1122334455 123123123123
147258369 1q2w3e4r5t 1qaz2wsx3edc a123456789 abc123456789 abcd123456 abcd1234567 admin12345 admin123456 adminadmin
administrator asdfghjkl1 asdfghjkl; matkhau123 matkhau1234 matkhau12345 matkhau@123 matkhaumoi password10 password12
password123 password1234 password@123 p@ssw0rd123 p@ssword123 passw0rd123 qazwsxedcr qwerty12345 qwerty123456
qwertyuiop qwertyuiop123 zxcvbnm123 iloveyou123 anhyeuem123 emyeuanh123 vietnam123 vietnam2025 vietnam2026 vietnam@123
hanoi123456 bacninh123 bacninh@123 bacgiang123 giamngheo123 giamngheo@123 hongheo123 tiepsuc123 tiepsuc@123 welcome123
letmein123 changeme123
"""
_TOO_COMMON = frozenset(_COMMON.split())


def normal(password: str) -> str:
    """The password as it is kept: one Unicode form, so that a telephone and a computer send the same one."""
    return unicodedata.normalize("NFC", password)


def check(password: str, login: str, field: str = "password") -> None:
    """Raise ``BadInput`` with every reason why this cannot be the password of ``login``."""
    password, plain = normal(password), fold(password).replace(" ", "")
    reasons = []
    if not LEAST <= len(password) <= MOST:
        reasons.append(
            Reason(
                "password_length",
                Text(f"Mật khẩu cần từ {LEAST} đến {MOST} ký tự.", f"A password takes {LEAST} to {MOST} characters."),
                seen=len(password),
                needed=LEAST,
                field=field,
            )
        )
    if login and (fold(login) in plain):
        reasons.append(
            Reason(
                "password_holds_login",
                Text("Mật khẩu không được chứa tên đăng nhập.", "The password must not contain the sign-in name."),
                field=field,
            )
        )
    if len(password) >= LEAST and (plain in _TOO_COMMON or len(set(plain)) < 4):
        reasons.append(
            Reason(
                "password_common",
                Text(
                    "Mật khẩu này quá dễ đoán. Hãy ghép vài từ không liên quan, ví dụ ba từ bất kỳ.",
                    "This password is too easy to guess. Join a few unrelated words instead.",
                ),
                field=field,
            )
        )
    if reasons:
        raise BadInput(reasons)


def kept(password: str) -> str:
    """The hash that is stored."""
    return _hasher.hash(normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one stored. With nothing stored it takes the same time and says no."""
    try:
        return _hasher.verify(stored or _nobodys(), normal(password)[:MOST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex(16))


def temporary(groups: int = 3) -> str:
    """A password to hand over once, such as ``k7mq-2fwh-9tza``: 59 bits, or almost 20 a group."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(groups))
