"""The Keap account as every reading needs it: whose it is, its time zone, its currency."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keap import BusinessProfile
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.staging.trouble import ZoneUnknown

_FIRST_READING_OVERLAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Account:
    """`zone` is that of the settings where they name one; `currency` is three letters or ""."""

    zone: ZoneInfo
    currency: str
    start_date: date
    #: ids of merchant accounts in test mode
    test_merchants: frozenset[str] = frozenset()

    @property
    def first_reading_since(self) -> datetime:
        """From when on the first reading asks for orders: a day more than the start date needs."""
        return self.midnight(self.start_date) - _FIRST_READING_OVERLAP

    def midnight(self, day: date) -> datetime:
        """The beginning of a day of the account."""
        return datetime.combine(day, time(), self.zone)


def pin_account(connection: Connection, profile: BusinessProfile, tenant: str) -> Account:
    """Keep what Keap said of the account; the first account seen is the connection's for good.

    `tenant` is the account that answered, "" where Keap did not tell; that it is the pinned one,
    the client has seen to. Raises ZoneUnknown; the transaction must then not be committed.
    """
    connection.keap_tenant = connection.keap_tenant or tenant
    connection.keap_account_name = profile.name
    connection.time_zone = profile.time_zone
    connection.currency = profile.currency_code if len(profile.currency_code) == 3 else ""
    return account_of(connection)


def account_of(connection: Connection) -> Account:
    """The account as it was last read. Raises ZoneUnknown."""
    chosen = effective_settings(connection)
    try:
        zone = ZoneInfo(chosen.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ZoneUnknown(chosen.time_zone) from error
    return Account(
        zone, connection.currency, chosen.start_date, frozenset(connection.test_merchants)
    )
