"""What a person chooses from QuickBooks' lists for the payments and taxes of Keap.

Checked against our copy of the lists, noted in the history, and in force for all that is not sent
yet.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_service.ledger.list_entries import ChoiceRefused, find_entry
from qbwc_service.ledger.mappings import Choice, Mappings
from qbwc_service.ledger.models import Connection, MappingKind, MirrorRecord
from qbwc_service.matching.payment_methods import method_key
from qbwc_service.matching.tax_items import (
    SALES_TAX_KINDS,
    TAX_LINE_KINDS,
    TaxUnreadable,
    tax_key,
)
from qbwc_service.settings import DEPOSIT_ACCOUNT_TYPES

TAX_ITEM_KINDS = tuple(sorted(SALES_TAX_KINDS | TAX_LINE_KINDS))
_OF_PAYMENT = {
    MappingKind.PAYMENT_METHOD: ("PaymentMethod", ()),
    MappingKind.DEPOSIT_ACCOUNT: ("Account", DEPOSIT_ACCOUNT_TYPES),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """One person's choices; each method raises ChoiceRefused and has then changed nothing."""

    db: Session
    connection: Connection
    who: str
    now: datetime

    def map_payment(self, words: str, kind: MappingKind, full_name: str) -> bool:
        """Payments of this type or card brand get that method, or go to that account.

        True when that is something new.
        """
        key = _payment_key(words)
        list_name, kinds = _OF_PAYMENT[kind]
        entry = find_entry(self.db, self.connection.id, list_name, full_name, kinds)
        return self._choose(kind, key, words.strip(), entry)

    def unmap_payment(self, words: str, kind: MappingKind) -> bool:
        """False where nothing was mapped."""
        return bool(self._mappings.remove(kind, [_payment_key(words)]))

    def map_tax(self, tax: str, item: str) -> bool:
        """`tax`: "rate:8.25", "state:AZ" or "label:County tax". True when that is new."""
        key, shown = _tax(tax)
        entry = find_entry(self.db, self.connection.id, "Item", item, TAX_ITEM_KINDS)
        return self._choose(MappingKind.TAX_ITEM, key, shown, entry)

    def unmap_tax(self, tax: str) -> bool:
        key, _ = _tax(tax)
        return bool(self._mappings.remove(MappingKind.TAX_ITEM, [key]))

    def _choose(self, kind: MappingKind, key: str, shown: str, entry: MirrorRecord) -> bool:
        choice = Choice(kind, key, shown, entry.list_name, entry.list_id, entry.full_name)
        return bool(self._mappings.choose([choice]))

    @property
    def _mappings(self) -> Mappings:
        return Mappings(self.db, self.connection, self.who, self.now)


def _payment_key(words: str) -> str:
    key = method_key(words)
    if not key:
        raise ChoiceRefused(f'"{words}" names no payment type and no card.')
    return key


def _tax(text: str) -> tuple[str, str]:
    try:
        key = tax_key(text)
    except TaxUnreadable as error:
        raise ChoiceRefused(str(error)) from error
    kind, _, value = text.partition(":")
    return key, f"{kind.strip().lower()} {value.strip()}"
