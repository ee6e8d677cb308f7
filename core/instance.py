"""Putting an instance together: database, plugins, what is in force. The web and the terminal stand on top of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from core import config, db, plugins
from core.domain import access, budget, cases, decisions, disbursement, monitoring, parameters, programmes, units
from core.errors import BadInput, Reason, Refused
from core.text import Text

NOUNS_WITH_RULES = (cases, decisions, budget, disbursement, monitoring)


def open_instance(
    settings: config.Settings | None = None, clock: db.Clock | None = None, extra: Iterable[tuple[str, Any]] = ()
) -> db.Instance:
    """An instance on its database, with its registry when the database has been prepared (see ``prepare``).

    ``extra`` are plugins besides the installed ones, as (name, module or object).
    """
    settings = settings or config.from_environment()
    _require_roles(settings)
    instance = db.Instance(settings, db.open_engine(settings), clock or db.Clock())
    instance.plugins = plugins.find(extra)
    return instance


def _require_roles(settings: config.Settings) -> None:
    """A misspelt role must not leave its people without the second step. Raises ``BadInput``."""
    if unknown := sorted(settings.second_factor - access.ROLES.keys()):
        known = ", ".join(sorted(access.ROLES))
        sentence = Text(
            "TIEPSUC_SECOND_FACTOR: không có vai trò «{seen}»; chọn trong: {known}",
            "TIEPSUC_SECOND_FACTOR: there is no role “{seen}”; choose of: {known}",
        ).format(seen=unknown[0][:40], known=known)
        raise BadInput(Reason("role_unknown", sentence, seen=unknown[0][:40], field="TIEPSUC_SECOND_FACTOR"))


def prepare(instance: db.Instance) -> None:
    """Create or migrate the database, load units and the rows that plugins bring; does nothing when all is there."""
    migrate(instance)
    with db.transaction(instance):
        units.load_units()
        build_registry(instance)
        for plugin, declared in programmes.declared_by(instance.plugins):
            try:
                parameters.bring(declared)
            except Refused as refusal:
                instance.plugins.set_aside(plugin, refusal)
        build_registry(instance)


def build_registry(instance: db.Instance) -> None:
    """Have the instance know what is in force, inside the current unit of work."""
    db.work().registry = instance.registry = programmes.load(
        instance.plugins,
        [each for noun in NOUNS_WITH_RULES for each in noun.REQUIREMENTS],
        [each for noun in NOUNS_WITH_RULES for each in noun.EFFECTS],
        access.ROLES,
    )


def refresh(instance: db.Instance) -> None:
    """Rebuild the registry when somebody changed what is in force; asked at the start of every unit of work."""
    if instance.registry is None or instance.registry.version != parameters.version():
        build_registry(instance)


def migrate(instance: db.Instance) -> None:
    """Bring the database's schema to the newest version."""
    with db.transaction(instance, patient=True) as work:
        if db.is_postgres():  # one at a time; SQLite has one writer anyway
            work.connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tiepsuc migrate'))"))
        upgrade(work.connection, "head")


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the schema to a version, in the connection's transaction: all of the way, or none of it."""
    command.upgrade(_alembic(connection), revision)


def revision() -> str:
    """The version of the schema in the current unit of work, "" where there is none."""
    return MigrationContext.configure(db.work().connection).get_current_revision() or ""


def knows(revision: str) -> bool:
    """Whether this program has such a version of the schema."""
    return revision in {each.revision for each in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def is_migrated(instance: db.Instance) -> bool:
    """Whether the schema is the one this program was written for."""
    with db.transaction(instance, read_only=True) as work:
        present = MigrationContext.configure(work.connection).get_current_heads()
    return set(present) == set(ScriptDirectory.from_config(_alembic()).get_heads())


def _alembic(connection: Any = None) -> Config:
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    found.attributes["connection"] = connection
    return found
