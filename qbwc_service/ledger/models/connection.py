"""One Keap account joined to one QuickBooks company file."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Index, String, Text, or_, text, true
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_service.blotting import blotted_details, blotted_sentence
from qbwc_service.ledger.columns import Base, MaskedJson, MaskedText, RowId


class Connection(Base):
    """One Keap account joined to one QuickBooks company file."""

    __tablename__ = "connection"
    __table_args__ = (
        Index("ix_connection_company_name", "company_name"),
        Index("ix_connection_company_file", "company_file"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    #: part of every ExternalGUID, so it never changes and is never shared
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime]
    #: somebody paused it; what reads and sends asks for `paused`
    paused_by_hand: Mapped[bool] = mapped_column("paused", default=False)
    #: why it is suspended, a sentence ("" = it is not)
    suspended_because: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    #: while it is being set up orders are read and shown, and only those of the trial are sent
    is_on: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Keap ids of the orders that were sent before it was switched on, for a look
    trial_orders: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    #: settings that differ from their defaults (see qbwc_service.settings)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)

    user_name: Mapped[str] = mapped_column(String(80), unique=True)
    password_digest: Mapped[str] = mapped_column(String(64))
    #: which of the service's secret keys made the digest (Secrecy.key_id)
    password_key: Mapped[str] = mapped_column(String(16), default="")
    owner_id: Mapped[str] = mapped_column(String(38))
    file_id: Mapped[str] = mapped_column(String(38))

    keap_account: Mapped[str] = mapped_column(String(120), default="")
    keap_key: Mapped[str] = mapped_column(Text, default="")
    #: the account that has to answer, as Keap names it: ab103.infusionsoft.com
    keap_tenant: Mapped[str] = mapped_column(String(120), default="")
    #: the name of the business, as Keap shows it
    keap_account_name: Mapped[str] = mapped_column(Text, default="")
    #: merchant accounts in test mode: their payments are no money
    test_merchants: Mapped[list[Any]] = mapped_column(default=list)
    #: unit of the amounts of /orders/*/payments, which Keap leaves open: "major", "minor", ""
    order_payment_unit: Mapped[str] = mapped_column(String(5), default="")
    #: when the account itself (name, zone, currency, merchants) was read last
    account_read_at: Mapped[datetime | None]
    #: the row of keap_pace that its calls count to ("" = Keap was never asked)
    keap_pace: Mapped[str] = mapped_column(String(80), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    #: orders modified up to here were read and committed
    orders_watermark: Mapped[datetime | None]
    #: payments up to this id were read and committed
    payments_watermark: Mapped[int] = mapped_column(BigInteger, default=0)
    next_sync_at: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]
    last_sync_trouble: Mapped[str] = mapped_column(String(60), default="")

    #: learned at the first session, then pinned ("" = none yet)
    company_file: Mapped[str] = mapped_column(MaskedText(blotted_sentence), default="")
    company_name: Mapped[str] = mapped_column(Text, default="")
    #: ids of the connections whose FileID its company file bore too, at the last session
    shared_with: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    #: what QuickBooks said of itself at the last session: product, version, preferences
    quickbooks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: newest TimeModified QuickBooks has shown us, its own text without the offset
    quickbooks_clock: Mapped[str] = mapped_column(String(40), default="")
    #: plans made before this time are made anew when their order's turn comes
    plans_stale_since: Mapped[datetime | None]
    #: cause for which nothing is written to QuickBooks until a person decides ("" = none)
    write_block: Mapped[str] = mapped_column(String(60), default="")
    write_block_details: Mapped[dict[str, Any]] = mapped_column(
        MaskedJson(blotted_details), default=dict
    )
    last_contact_at: Mapped[datetime | None]
    last_contact_result: Mapped[str] = mapped_column(MaskedText(blotted_sentence), default="")
    #: how many seconds usually lie between two calls of the Web Connector (0 = not known yet)
    calls_every: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: signs what is told to a web address, encrypted ("" = none was made)
    webhook_key: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))

    @hybrid_property
    def paused(self) -> bool:
        """Nothing is read or sent: somebody paused it, or it is suspended, or both."""
        return bool(self.paused_by_hand or self.suspended_because)

    @paused.inplace.setter
    def _pause(self, paused_by_hand: bool) -> None:
        """Somebody's pause alone; a suspension stays as it is."""
        self.paused_by_hand = paused_by_hand

    @paused.inplace.expression
    @classmethod
    def _paused_in_sql(cls) -> ColumnElement[bool]:
        return or_(cls.paused_by_hand, cls.suspended_because != "")
