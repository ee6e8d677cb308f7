"""The log of reads."""

import sqlalchemy as sa
from alembic import op

from core import db
from core.migrations.append_only import guard

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "read_event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("kinds", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("filters", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_event")),
    )
    op.create_index("ix_read_event_at_id", "read_event", ["at", "id"], unique=False)
    op.create_index("ix_read_event_actor_id_at", "read_event", ["actor_id", "at"], unique=False)
    op.create_index("ix_read_event_case_id", "read_event", ["case_id"], unique=False)
    op.create_index("ix_read_event_household_id", "read_event", ["household_id"], unique=False)
    guard("read_event", months=12)
