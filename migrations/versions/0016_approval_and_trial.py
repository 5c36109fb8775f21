"""Orders wait for a person's approval, or until the connection is switched on.

Connections that there are were on all the time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column(
        "connection", sa.Column("is_on", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "connection",
        sa.Column("trial_orders", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column(
        "keap_order", sa.Column("approved_hash", sa.String(64), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("keap_order", "approved_hash")
    op.drop_column("connection", "trial_orders")
    op.drop_column("connection", "is_on")
