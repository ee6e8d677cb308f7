"""Imports that are staged and can be undone: their lines, the choices made, what they did; movements of households."""

import sqlalchemy as sa
from alembic import op

from core import db

revision = "0003"
down_revision = "0002"

_FACTS = ("membership", "household_category", "residence", "mark", "demand", "cause")


def upgrade() -> None:
    for table in _FACTS:
        op.add_column(table, sa.Column("superseded_import_id", sa.BigInteger(), nullable=True))
    for table in ("person", "household"):
        op.add_column(table, sa.Column("superseded_at", db.Moment(timezone=True), nullable=True))
    op.add_column("import_batch", sa.Column("partial", sa.Integer(), server_default="0", nullable=False))
    for name, kind in (
        ("corrects_id", sa.BigInteger()),
        ("register", sa.String(length=64)),
        ("seen", sa.String(length=64)),
        ("undone_at", db.Moment(timezone=True)),
        ("undone_by", sa.BigInteger()),
    ):
        op.add_column("import_batch", sa.Column(name, kind, nullable=True))
    op.create_table(
        "import_line",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=200), nullable=False),
        sa.Column("village", sa.String(length=200), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("differs", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_import_line_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_line")),
    )
    op.create_table(
        "import_choice",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("chosen_by", sa.BigInteger(), nullable=True),
        sa.Column("chosen_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_import_choice_import_id")),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_import_choice")),
    )
    op.create_table(
        "import_household",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("did", sa.String(length=8), nullable=False),
        sa.Column("version_before", sa.Integer(), nullable=False),
        sa.Column("version_after", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_import_household_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_import_household_import_id")),
        sa.PrimaryKeyConstraint("import_id", "household_id", name=op.f("pk_import_household")),
    )
    op.create_index("ix_import_household_household_id", "import_household", ["household_id"], unique=False)
    op.create_table(
        "movement",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("decision_number", sa.String(length=64), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("into_household_id", sa.BigInteger(), nullable=True),
        sa.Column("whereto", sa.String(length=200), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_movement_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_movement_import_id")),
        sa.ForeignKeyConstraint(["into_household_id"], ["household.id"], name=op.f("fk_movement_into_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_household_id", "movement", ["household_id"], unique=False)
    op.create_index("ix_movement_import_id", "movement", ["import_id"], unique=False)
