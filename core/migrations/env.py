"""Alembic's entry on the connection that ``core.instance.migrate`` gives it. Plugins have no tables."""

import importlib
import pkgutil

from alembic import context

import core.domain
from core import db

for module in pkgutil.walk_packages(core.domain.__path__, "core.domain."):
    importlib.import_module(module.name)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata,
    render_as_batch=True,
    user_module_prefix="db.",
)
with context.begin_transaction():
    context.run_migrations()
