"""How far a person has come in the set-up of a connection."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "set_up",
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("ticks", sa.JSON(), nullable=False),
        sa.Column("file_downloaded_at", sa.DateTime(), nullable=True),
        sa.Column("password_made_at", sa.DateTime(), nullable=True),
        sa.Column("right_company_file", sa.Text(), nullable=False),
        sa.Column("last_days", sa.JSON(), nullable=False),
        sa.Column("last_days_read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_set_up_connection_id"
        ),
        sa.PrimaryKeyConstraint("connection_id", name="pk_set_up"),
    )


def downgrade() -> None:
    op.drop_table("set_up")
