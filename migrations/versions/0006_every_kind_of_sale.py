"""Sales receipts, sales orders, credits and refunds: an order's own prefix, approved refunds."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NEW_KINDS = (
    "sales-receipt",
    "sales-order",
    "credit-memo",
    "card-refund",
    "check-refund",
    "credit-use",
    "sale-update",
    "custom-fields",
    "removal",
)


def upgrade() -> None:
    op.add_column(
        "keap_order", sa.Column("own_prefix", sa.String(6), nullable=False, server_default="")
    )
    op.add_column("keap_payment", sa.Column("approved_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    posting = sa.table("posting", sa.column("id"), sa.column("kind"))
    entry = sa.table("error_entry", sa.column("posting_id"))
    newer = sa.select(posting.c.id).where(posting.c.kind.in_(_NEW_KINDS))
    op.execute(entry.update().where(entry.c.posting_id.in_(newer)).values(posting_id=None))
    op.execute(posting.delete().where(posting.c.kind.in_(_NEW_KINDS)))
    op.drop_column("keap_payment", "approved_at")
    op.drop_column("keap_order", "own_prefix")
