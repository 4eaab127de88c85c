"""Ends with 1 where the database has a revision that this release does not know."""

import sys

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from .database import engine

known = {script.revision for script in ScriptDirectory.from_config(Config("alembic.ini")).walk_revisions()}
with engine.connect() as connection:
    current = MigrationContext.configure(connection).get_current_revision()
sys.exit(0 if current is None or current in known else 1)
