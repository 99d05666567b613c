"""Alembic's entry: the engine comes from whoever starts a migration, so that both databases take the same road."""

import sqlmodel  # noqa: F401  # generated revisions name its column types
from alembic import context
from sqlmodel import SQLModel

import webapp.app  # noqa: F401  # every room's tables join the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
