"""Which messages have lost their texts; indexes for what is cleaned up."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_WITH_TEXTS = sa.text("texts_removed_at IS NULL")
_IDLE = sa.text("posted = 0 AND held = 0 AND trouble = '' AND ended_at IS NOT NULL")
_SOLVED = sa.text("solved_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("message_set", sa.Column("texts_removed_at", sa.DateTime(), nullable=True))
    for name, table, columns, where in (
        ("ix_message_set_texts", "message_set", ["connection_id", "prepared_at"], _WITH_TEXTS),
        ("ix_update_session_idle", "update_session", ["connection_id", "ended_at"], _IDLE),
        ("ix_error_entry_solved", "error_entry", ["connection_id", "solved_at"], _SOLVED),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_error_entry_solved", table_name="error_entry")
    op.drop_index("ix_update_session_idle", table_name="update_session")
    op.drop_index("ix_message_set_texts", table_name="message_set")
    op.drop_column("message_set", "texts_removed_at")
