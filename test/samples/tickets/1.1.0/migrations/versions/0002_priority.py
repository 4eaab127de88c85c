"""Tickets have a priority."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("tickets", sa.Column("priority", sa.Integer, nullable=False, server_default="3"))
    with op.get_context().autocommit_block():
        op.create_index("tickets_priority", "tickets", ["priority"], postgresql_concurrently=True)


def downgrade():
    op.drop_index("tickets_priority", "tickets")
    op.drop_column("tickets", "priority")
