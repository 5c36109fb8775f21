"""What mirrored records are found by, what people mapped, what a hold is about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("keap_order") as table:
        table.add_column(sa.Column("subject", sa.String(200), nullable=False, server_default=""))
        table.drop_index("ix_keap_order_cause")
        table.create_index("ix_keap_order_cause", ["connection_id", "cause", "subject"])
    with op.batch_alter_table("keap_order") as table:
        table.alter_column("subject", server_default=None)
    with op.batch_alter_table("mirror_record") as table:
        table.drop_index("ix_mirror_record_email")
        table.drop_column("email_key")
        table.add_column(sa.Column("seen_in", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("mirror_record") as table:
        table.alter_column("seen_in", server_default=None)
    _mirror_key()
    _mapping()
    _contact_customer()
    # What the new table holds is made from the records: every list is read afresh.
    for table_name in ("mirror_record", "mirror_list"):
        op.execute(f"DELETE FROM {table_name}")  # noqa: S608 - two fixed names # nosec B608


def downgrade() -> None:
    op.drop_table("contact_customer")
    op.drop_table("mapping")
    op.drop_table("mirror_key")
    with op.batch_alter_table("mirror_record") as table:
        table.drop_column("seen_in")
        table.add_column(sa.Column("email_key", sa.Text(), nullable=False, server_default=""))
        table.create_index("ix_mirror_record_email", ["connection_id", "list_name", "email_key"])
    with op.batch_alter_table("mirror_record") as table:
        table.alter_column("email_key", server_default=None)
    with op.batch_alter_table("keap_order") as table:
        table.drop_index("ix_keap_order_cause")
        table.drop_column("subject")
        table.create_index("ix_keap_order_cause", ["connection_id", "cause"])


def _mirror_key() -> None:
    op.create_table(
        "mirror_key",
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("list_name", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_mirror_key_connection_id"
        ),
        sa.PrimaryKeyConstraint(
            "connection_id", "list_name", "kind", "key", "list_id", name="pk_mirror_key"
        ),
    )
    op.create_index("ix_mirror_key_record", "mirror_key", ["connection_id", "list_name", "list_id"])


def _mapping() -> None:
    op.create_table(
        "mapping",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("list_name", sa.String(40), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_mapping_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mapping"),
        sa.UniqueConstraint(
            "connection_id", "kind", "key", name="uq_mapping_connection_id_kind_key"
        ),
    )
    op.create_index("ix_mapping_record", "mapping", ["connection_id", "list_name", "list_id"])


def _contact_customer() -> None:
    op.create_table(
        "contact_customer",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("contact_id", sa.String(40), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_contact_customer_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contact_customer"),
        sa.UniqueConstraint(
            "connection_id", "contact_id", name="uq_contact_customer_connection_id_contact_id"
        ),
    )
    op.create_index("ix_contact_customer_record", "contact_customer", ["connection_id", "list_id"])
