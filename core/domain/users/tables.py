"""The sessions people work in, and the second step of signing in.

Accounts, grants, tokens and attempts are tables of ``core.domain.access``.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from core import db

user_session = Table(
    "user_session",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),  # the account's when the session began; another one ends it
    Column("started_at", db.Moment, nullable=False),
    Column("ended_at", db.Moment),
)

second_factor = Table(
    "second_factor",
    db.metadata,
    Column("user_id", BigInteger, ForeignKey("user_account.id"), primary_key=True, autoincrement=False),
    Column("secret", String(300), nullable=False),  # encrypted by a key made of the instance's own
    Column("started_at", db.Moment, nullable=False),
    Column("confirmed_at", db.Moment),  # until its first code was given it asks nobody for anything
    Column("last_step", BigInteger, nullable=False, default=0, server_default="0"),  # no code of it or before is taken
)

recovery_code = Table(
    "recovery_code",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),
    Column("used_at", db.Moment),
)
