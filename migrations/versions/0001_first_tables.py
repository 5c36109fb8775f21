"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite counts only INTEGER primary keys up by itself.
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _connection()
    _lease()
    _login_failure()
    _person()
    _event()
    _keap_contact()
    _keap_order()
    _keap_payment()
    _mirror_list()
    _mirror_record()
    _unreadable_record()
    _update_session()
    _message_set()
    _posting()
    _error_entry()


def downgrade() -> None:
    for table in (
        "error_entry",
        "posting",
        "message_set",
        "update_session",
        "unreadable_record",
        "mirror_record",
        "mirror_list",
        "keap_payment",
        "keap_order",
        "keap_contact",
        "event",
        "person",
        "login_failure",
        "lease",
        "connection",
    ):
        op.drop_table(table)


def _connection() -> None:
    op.create_table(
        "connection",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("user_name", sa.String(80), nullable=False),
        sa.Column("password_digest", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.String(38), nullable=False),
        sa.Column("file_id", sa.String(38), nullable=False),
        sa.Column("keap_account", sa.String(120), nullable=False),
        sa.Column("keap_key", sa.Text(), nullable=False),
        sa.Column("keap_tenant", sa.String(120), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("orders_watermark", sa.DateTime(), nullable=True),
        sa.Column("payments_watermark", sa.BigInteger(), nullable=False),
        sa.Column("next_sync_at", sa.DateTime(), nullable=True),
        sa.Column("last_sync_at", sa.DateTime(), nullable=True),
        sa.Column("last_sync_trouble", sa.String(60), nullable=False),
        sa.Column("company_file", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("quickbooks", sa.JSON(), nullable=False),
        sa.Column("quickbooks_clock", sa.String(40), nullable=False),
        sa.Column("plans_stale_since", sa.DateTime(), nullable=True),
        sa.Column("write_block", sa.String(60), nullable=False),
        sa.Column("write_block_details", sa.JSON(), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(), nullable=True),
        sa.Column("last_contact_result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
        sa.UniqueConstraint("name", name="uq_connection_name"),
        sa.UniqueConstraint("uid", name="uq_connection_uid"),
        sa.UniqueConstraint("user_name", name="uq_connection_user_name"),
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _login_failure() -> None:
    op.create_table(
        "login_failure",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_failure"),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_event_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_order", "event", ["connection_id", "order_id", "id"])


def _keap_contact() -> None:
    op.create_table(
        "keap_contact",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("contact_id", sa.String(40), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_contact_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_contact"),
        sa.UniqueConstraint(
            "connection_id", "contact_id", name="uq_keap_contact_connection_id_contact_id"
        ),
    )


def _keap_order() -> None:
    op.create_table(
        "keap_order",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("keap_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("modified_at", sa.DateTime(), nullable=True),
        sa.Column("contact_id", sa.String(40), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("total_paid", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("sale", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(60), nullable=False),
        sa.Column("skip", sa.String(60), nullable=False),
        sa.Column("has_work", sa.Boolean(), nullable=False),
        sa.Column("needs_plan", sa.Boolean(), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("group_limit", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_order_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_order"),
        sa.UniqueConstraint("connection_id", "keap_id", name="uq_keap_order_connection_id_keap_id"),
    )
    op.create_index("ix_keap_order_cause", "keap_order", ["connection_id", "cause"])
    op.create_index("ix_keap_order_contact", "keap_order", ["connection_id", "contact_id"])
    op.create_index("ix_keap_order_status", "keap_order", ["connection_id", "status", "keap_id"])
    op.create_index(
        "ix_keap_order_work",
        "keap_order",
        ["connection_id", "next_try_at", "keap_id"],
        sqlite_where=sa.text("has_work"),
        postgresql_where=sa.text("has_work"),
    )


def _keap_payment() -> None:
    op.create_table(
        "keap_payment",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(60), nullable=False),
        sa.Column("skip", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_payment_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_payment"),
        sa.UniqueConstraint(
            "connection_id",
            "payment_id",
            "order_id",
            name="uq_keap_payment_connection_id_payment_id_order_id",
        ),
    )
    op.create_index("ix_keap_payment_order", "keap_payment", ["connection_id", "order_id"])
    op.create_index("ix_keap_payment_status", "keap_payment", ["connection_id", "status"])


def _mirror_list() -> None:
    op.create_table(
        "mirror_list",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("list_name", sa.String(40), nullable=False),
        sa.Column("watermark", sa.String(40), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_mirror_list_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mirror_list"),
        sa.UniqueConstraint(
            "connection_id", "list_name", name="uq_mirror_list_connection_id_list_name"
        ),
    )


def _mirror_record() -> None:
    op.create_table(
        "mirror_record",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("list_name", sa.String(40), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("full_name_key", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("edit_sequence", sa.String(40), nullable=False),
        sa.Column("time_modified", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_mirror_record_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mirror_record"),
        sa.UniqueConstraint(
            "connection_id",
            "list_name",
            "list_id",
            name="uq_mirror_record_connection_id_list_name_list_id",
        ),
    )
    op.create_index(
        "ix_mirror_record_email", "mirror_record", ["connection_id", "list_name", "email_key"]
    )
    op.create_index(
        "ix_mirror_record_full_name",
        "mirror_record",
        ["connection_id", "list_name", "full_name_key"],
    )
    op.create_index(
        "ix_mirror_record_name", "mirror_record", ["connection_id", "list_name", "name_key"]
    )


def _unreadable_record() -> None:
    op.create_table(
        "unreadable_record",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("resource", sa.String(40), nullable=False),
        sa.Column("record_id", sa.String(80), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("readable_since", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_unreadable_record_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable_record"),
        sa.UniqueConstraint(
            "connection_id",
            "resource",
            "record_id",
            name="uq_unreadable_record_connection_id_resource_record_id",
        ),
    )


def _update_session() -> None:
    op.create_table(
        "update_session",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("ticket_digest", sa.String(64), nullable=False),
        sa.Column("remote_address", sa.String(60), nullable=False),
        sa.Column("client_version", sa.String(40), nullable=False),
        sa.Column("company_file", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("last_call_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("round_trips", sa.Integer(), nullable=False),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(60), nullable=False),
        sa.Column("trouble_details", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_update_session_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_update_session"),
        sa.UniqueConstraint("ticket_digest", name="uq_update_session_ticket_digest"),
    )
    op.create_index("ix_update_session_connection", "update_session", ["connection_id", "id"])


def _message_set() -> None:
    op.create_table(
        "message_set",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("session_id", _ROW_ID, nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("new_message_set_id", sa.String(23), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("remote_address", sa.String(60), nullable=False),
        sa.Column("company_file", sa.Text(), nullable=False),
        sa.Column("clock_before", sa.String(40), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("hresult", sa.String(40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("applied_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_message_set_connection_id"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["update_session.id"], name="fk_message_set_session_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_set"),
    )
    op.create_index("ix_message_set_session", "message_set", ["session_id", "id"])
    op.create_index(
        "ix_message_set_unresolved",
        "message_set",
        ["connection_id"],
        sqlite_where=sa.text("writes AND resolved_at IS NULL"),
        postgresql_where=sa.text("writes AND resolved_at IS NULL"),
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source_key", sa.String(120), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("external_guid", sa.String(38), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("number", sa.String(160), nullable=False),
        sa.Column("number_key", sa.String(160), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("planned_hash", sa.String(64), nullable=False),
        sa.Column("message_set_id", _ROW_ID, nullable=True),
        sa.Column("record_id", sa.String(40), nullable=False),
        sa.Column("edit_sequence", sa.String(40), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_posting_connection_id"
        ),
        sa.ForeignKeyConstraint(
            ["message_set_id"], ["message_set.id"], name="fk_posting_message_set_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_posting"),
        sa.UniqueConstraint(
            "connection_id",
            "kind",
            "source_key",
            "generation",
            name="uq_posting_connection_id_kind_source_key_generation",
        ),
    )
    op.create_index("ix_posting_name", "posting", ["connection_id", "kind", "number_key"])
    op.create_index("ix_posting_order", "posting", ["connection_id", "order_id"])
    op.create_index("ix_posting_record", "posting", ["connection_id", "record_id"])
    op.create_index("ix_posting_set", "posting", ["message_set_id"])


def _error_entry() -> None:
    op.create_table(
        "error_entry",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("posting_id", _ROW_ID, nullable=True),
        sa.Column("message", sa.String(60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("solved_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_error_entry_connection_id"
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name="fk_error_entry_posting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_error_entry"),
    )
    op.create_index("ix_error_entry_connection", "error_entry", ["connection_id", "id"])
    op.create_index("ix_error_entry_open", "error_entry", ["connection_id", "order_id", "message"])
