"""Records of QuickBooks are found by the GUID that they bear."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("UPDATE quickbooks_txn SET external_guid = lower(external_guid)")
    op.create_index("ix_quickbooks_txn_guid", "quickbooks_txn", ["connection_id", "external_guid"])


def downgrade() -> None:
    op.drop_index("ix_quickbooks_txn_guid", "quickbooks_txn")
