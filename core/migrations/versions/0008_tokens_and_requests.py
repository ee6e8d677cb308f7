"""What a token may do, and answers kept so that a request sent twice is done once."""

import sqlalchemy as sa
from alembic import op

from core import db

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("api_token", sa.Column("allowed", sa.String(length=100), server_default="", nullable=False))
    op.add_column("api_token", sa.Column("programmes", sa.String(length=1000), server_default="", nullable=False))
    op.create_table(
        "api_request",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), server_default="{}", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_request_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_api_request")),
    )
    op.create_index(op.f("ix_api_request_at"), "api_request", ["at"], unique=False)
