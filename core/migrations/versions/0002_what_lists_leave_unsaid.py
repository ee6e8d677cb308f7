"""What a list leaves unsaid: members it does not name, values given once for the file, what its headers mean."""

import sqlalchemy as sa
from alembic import op

from core import db

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "import_mapping",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("header", sa.String(length=200), nullable=False),
        sa.Column("column", sa.String(length=32), nullable=False),
        sa.Column("said_by", sa.BigInteger(), nullable=True),
        sa.Column("said_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_mapping_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "header", name=op.f("pk_import_mapping")),
    )
    op.add_column("import_batch", sa.Column("given", sa.Text(), nullable=True))
    op.add_column("household", sa.Column("members_known", sa.Integer(), server_default="1", nullable=False))
    op.add_column("household", sa.Column("size_said", sa.Integer(), nullable=True))
