from logging.config import fileConfig

from alembic import context

from tickets.database import make_engine
from tickets.models import Base

fileConfig(context.config.config_file_name)

with make_engine().connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
