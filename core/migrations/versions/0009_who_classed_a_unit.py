"""Who recorded the class of a unit, and when; rows brought by the program itself have nobody."""

import sqlalchemy as sa
from alembic import op

from core import db

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("unit_class", sa.Column("recorded_at", db.Moment(timezone=True), nullable=True))
    op.add_column("unit_class", sa.Column("recorded_by", sa.BigInteger(), nullable=True))
