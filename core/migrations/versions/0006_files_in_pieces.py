"""Files that arrive in pieces, and what is written down for a visit before its pictures are here."""

import sqlalchemy as sa
from alembic import op

from core import db

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("begun_at", db.Moment(timezone=True), nullable=False),
        sa.Column("touched_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_upload_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_user_id"), "upload", ["user_id"], unique=False)
    op.create_index(op.f("ix_upload_visit_id"), "upload", ["visit_id"], unique=False)
    op.add_column("visit", sa.Column("draft", sa.Text(), nullable=True))
