"""The sessions people work in. Accounts, grants, tokens and attempts are tables of ``core.domain.access``."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

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
