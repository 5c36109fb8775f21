"""Updates of customers: which of them wait, and customers read once more, now with their phones."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_READY_UPDATES = sa.text("kind = 'customer-update' AND state = 'ready'")


def upgrade() -> None:
    op.create_index(
        "ix_posting_ready_update",
        "posting",
        ["connection_id", "id"],
        sqlite_where=_READY_UPDATES,
        postgresql_where=_READY_UPDATES,
    )
    # The next session reads the list from its start; until then the copy of it stays as it is.
    op.execute("DELETE FROM mirror_list WHERE list_name = 'Customer'")


def downgrade() -> None:
    op.drop_index("ix_posting_ready_update", table_name="posting")
    op.execute(
        "UPDATE error_entry SET posting_id = NULL WHERE posting_id IN "
        "(SELECT id FROM posting WHERE kind = 'customer-update')"
    )
    op.execute("DELETE FROM posting WHERE kind = 'customer-update'")
