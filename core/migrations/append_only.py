"""Triggers that keep rows as they were written.

Altering such a table in batch mode on SQLite drops them: lay them again after it.
"""

from alembic import op


def guard(table: str, months: int | None = None) -> None:
    """Have the database refuse to change or delete rows of ``table``.

    With ``months``, rows whose ``at`` is longer ago than that, by the database's own clock, may be deleted.
    """
    sentence = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        young = f"WHEN OLD.at > datetime('now', '-{months} months') " if months else ""
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"{young if act == 'DELETE' else ''}BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
        return
    old = f"IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '{months} months' THEN RETURN OLD; END IF; "
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {old if months else ''}RAISE EXCEPTION '{sentence}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )
