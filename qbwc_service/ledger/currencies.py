"""QuickBooks names a currency in words, its list of currencies knows the three letters."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, MirrorRecord
from qbwc_service.matching.keys import name_key

CURRENCY_LIST = "Currency"


def currency_codes(db: Session, connection: Connection) -> dict[str, str]:
    """The letters of each currency, by the key of its name."""
    home = _home(connection)
    codes = {home: connection.currency} if home else {}
    found = db.execute(
        select(MirrorRecord.full_name_key, MirrorRecord.details).where(
            MirrorRecord.connection_id == connection.id, MirrorRecord.list_name == CURRENCY_LIST
        )
    )
    return codes | {key: details.get("CurrencyCode", "") for key, details in found}


def home_currency(connection: Connection, codes: Mapping[str, str]) -> str:
    """The letters of the currency that the books are kept in; those of the Keap account where
    QuickBooks does not tell, as in books of one currency."""
    return codes.get(_home(connection), "") or connection.currency


def _home(connection: Connection) -> str:
    return name_key(str(connection.quickbooks.get("home_currency_name", "")))
