"""Seals that a restored instance takes over from the one it was backed up from."""

import sqlalchemy as sa
from alembic import op

from core import db
from core.migrations.append_only import guard

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "seal_takeover",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seal", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_takeover")),
    )
    guard("seal_takeover")
