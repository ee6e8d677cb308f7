"""The first schema."""

from alembic import op

from core import db
from core.migrations.append_only import guard

revision = "0001"
down_revision = None


def upgrade() -> None:
    db.metadata.create_all(op.get_bind())
    for table in ("history", "seal", "access_event", "registry_change", "allocation", "payment"):
        guard(table)
