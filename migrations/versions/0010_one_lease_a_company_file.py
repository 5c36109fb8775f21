"""Which connections share a company file, who is at work on it, and a service that is drained."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "company_file_lease",
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("holder_id", _ROW_ID, nullable=False),
        # No foreign keys: to check one, PostgreSQL would wait for the row of the other connection,
        # whose call may be waiting for this row.
        sa.PrimaryKeyConstraint("connection_id", name="pk_company_file_lease"),
    )
    op.create_table(
        "drain",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drain"),
    )
    op.add_column(
        "connection",
        sa.Column("shared_with", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.create_index("ix_connection_company_name", "connection", ["company_name"])
    op.create_index("ix_connection_company_file", "connection", ["company_file"])


def downgrade() -> None:
    op.drop_index("ix_connection_company_file", "connection")
    op.drop_index("ix_connection_company_name", "connection")
    op.drop_column("connection", "shared_with")
    op.drop_table("drain")
    op.drop_table("company_file_lease")
