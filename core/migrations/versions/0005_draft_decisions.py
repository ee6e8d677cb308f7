"""Draft decisions, the money reserved for them, and what an approver's day needs."""

import sqlalchemy as sa
from alembic import op

from core import db

revision = "0005"
down_revision = "0004"

_OVERRESERVED = "0 <= reserved AND committed + reserved <= allocated"


def upgrade() -> None:
    op.create_table(
        "decision_draft",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", db.Moment(timezone=True), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_draft")),
    )
    op.create_index("ix_decision_draft_changed_at", "decision_draft", ["changed_at", "id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fund_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reserved_at", db.Moment(timezone=True), nullable=False),
        sa.Column("reserved_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reservation_amount")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_reservation_case_id_case")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_reservation_fund_id_fund")),
        sa.PrimaryKeyConstraint("case_id", "fund_id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_fund_id"), "reservation", ["fund_id"], unique=False)
    op.add_column("case", sa.Column("draft_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_case_draft_id", "case", ["draft_id"], unique=False)
    op.add_column("decision", sa.Column("draft_id", sa.BigInteger(), nullable=True))
    _reserve_of_funds()
    _reviewing()


def _reviewing() -> None:
    op.create_table(
        "phrase",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_phrase_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index("ix_phrase_programme_unit_id", "phrase", ["programme", "unit_id"], unique=False)
    op.create_table(
        "pile",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("started_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_pile")),
    )


def _reserve_of_funds() -> None:
    """A column with its check. SQLite takes a new check with the column it is written at, and with nothing else; to
    make the table anew would cut what refers to it.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE fund ADD COLUMN reserved BIGINT DEFAULT 0 NOT NULL "
            f"CONSTRAINT ck_fund_never_overreserved CHECK ({_OVERRESERVED})"
        )
        return
    op.add_column("fund", sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_fund_never_overreserved"), "fund", _OVERRESERVED)
