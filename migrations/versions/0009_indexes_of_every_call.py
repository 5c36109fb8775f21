"""What every call of the Web Connector asks for is found without reading what is settled.

SQLite takes a partial index only where the query says its condition in the same words, and for a
boolean column these are "= 1".
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

#: name, table, columns, condition on SQLite, condition on PostgreSQL
_Index = tuple[str, str, Sequence[str], str, str]

_BEFORE: Sequence[_Index] = (
    (
        "ix_keap_order_work",
        "keap_order",
        ["connection_id", "next_try_at", "keap_id"],
        "has_work AND is_checked",
        "has_work AND is_checked",
    ),
    (
        "ix_keap_order_unchecked",
        "keap_order",
        ["connection_id", "keap_id"],
        "NOT is_checked",
        "NOT is_checked",
    ),
    (
        "ix_message_set_unresolved",
        "message_set",
        ["connection_id"],
        "writes AND resolved_at IS NULL",
        "writes AND resolved_at IS NULL",
    ),
)
_AFTER: Sequence[_Index] = (
    (
        "ix_keap_order_work",
        "keap_order",
        ["connection_id", "next_try_at", "keap_id"],
        "has_work = 1 AND is_checked = 1",
        "has_work AND is_checked",
    ),
    (
        "ix_keap_order_unchecked",
        "keap_order",
        ["connection_id", "keap_id"],
        "is_checked = 0",
        "NOT is_checked",
    ),
    (
        "ix_message_set_unresolved",
        "message_set",
        ["connection_id", "id"],
        "writes = 1 AND resolved_at IS NULL",
        "writes AND resolved_at IS NULL",
    ),
)
_NEW: Sequence[_Index] = (
    (
        "ix_message_set_unsent",
        "message_set",
        ["connection_id"],
        "sent_at IS NULL AND resolved_at IS NULL",
        "sent_at IS NULL AND resolved_at IS NULL",
    ),
    (
        "ix_message_set_written",
        "message_set",
        ["connection_id", "id"],
        "writes = 1 AND resolved_at IS NOT NULL",
        "writes AND resolved_at IS NOT NULL",
    ),
    (
        "ix_update_session_live",
        "update_session",
        ["connection_id", "id"],
        "ended_at IS NULL",
        "ended_at IS NULL",
    ),
    (
        "ix_posting_newest",
        "posting",
        ["connection_id", "posted_at", "id"],
        "posted_at IS NOT NULL",
        "posted_at IS NOT NULL",
    ),
    (
        "ix_error_entry_posting",
        "error_entry",
        ["connection_id", "posting_id"],
        "posting_id IS NOT NULL",
        "posting_id IS NOT NULL",
    ),
)


def upgrade() -> None:
    _drop(_BEFORE)
    _create([*_AFTER, *_NEW])


def downgrade() -> None:
    _drop([*_AFTER, *_NEW])
    _create(_BEFORE)


def _create(indexes: Sequence[_Index]) -> None:
    for name, table, columns, on_sqlite, on_postgresql in indexes:
        op.create_index(
            name,
            table,
            list(columns),
            sqlite_where=sa.text(on_sqlite),
            postgresql_where=sa.text(on_postgresql),
        )


def _drop(indexes: Sequence[_Index]) -> None:
    for name, table, *_ in indexes:
        op.drop_index(name, table_name=table)
