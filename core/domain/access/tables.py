"""The tables of users and of the roles granted to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, Text as LongText

from core import db

user = Table(
    "user_account",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("folded", String(300), nullable=False, default=""),  # name and login without marks and case, for searching
    Column("password_hash", String(200), nullable=False),
    Column("must_change", Integer, nullable=False, default=1),
    Column("locked_at", db.Moment),
    Column("epoch", Integer, nullable=False, default=1),  # raised to end every session and token of this user
    Column("language", String(2), nullable=False, default="vi"),
    Column("created_at", db.Moment, nullable=False),
    Column("created_by", BigInteger),
)


role_grant = Table(
    "role_grant",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("role", String(32), nullable=False),
    Column("unit_id", Integer, ForeignKey("unit.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("granted_by", BigInteger),
    Column("granted_at", db.Moment, nullable=False),
    Column("revoked_by", BigInteger),
    Column("revoked_at", db.Moment),
)


api_token = Table(
    "api_token",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", db.Moment, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("revoked_at", db.Moment),
    # words of users.OPERATIONS and codes of programmes, between spaces; "" is all
    Column("allowed", String(100), nullable=False, default="", server_default=""),
    Column("programmes", String(1000), nullable=False, default="", server_default=""),
)


sign_in_attempt = Table(
    "sign_in_attempt",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", db.Moment, nullable=False),
    Column("succeeded", Integer, nullable=False),
    Index("ix_sign_in_attempt_login_at", "login", "at"),
    Index("ix_sign_in_attempt_address_at", "address", "at"),
)


access_event = Table(  # what administrators did, appended only
    "access_event",
    db.metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", db.Moment, nullable=False),
    Column("actor_id", BigInteger),
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("detail", LongText, nullable=False, default=""),
    info=db.APPEND_ONLY,
)
