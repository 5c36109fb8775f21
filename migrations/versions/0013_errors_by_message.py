"""Entries of the error log are counted and found by what they are about."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(
        "ix_error_entry_message", "error_entry", ["connection_id", "message", "solved_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_error_entry_message", "error_entry")
