"""What the page "Accounts and payments" shows, as plain values. A constant number of queries."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.health import Head, head_of
from qbwc_service.ledger import mappings, models
from qbwc_service.ledger.choices import TAX_ITEM_KINDS
from qbwc_service.ledger.chosen_slice import entry_of, lists_read
from qbwc_service.ledger.list_entries import entries_of
from qbwc_service.ledger.models import Connection, KeapPayment, MappingKind, MirrorRecord
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.sources import payment_from
from qbwc_service.matching.company import ListEntry
from qbwc_service.matching.keys import name_key
from qbwc_service.matching.payment_methods import method_key, named_method
from qbwc_service.matching.tax_items import SALES_TAX_KINDS
from qbwc_service.planning.order import PaymentKind
from qbwc_service.settings import DEPOSIT_ACCOUNT_TYPES

#: which payments are looked at for the methods that Keap uses: the newest
PAYMENTS_LOOKED_AT = 500
#: a shop has a dozen methods; more rows than that are a mistake of Keap's
ROWS = 100
_MOST_ENTRIES = 5000
_OF_PAYMENTS = (MappingKind.PAYMENT_METHOD, MappingKind.DEPOSIT_ACCOUNT)
_SMALL_LISTS = ("Account", "PaymentMethod")


@dataclass(frozen=True, slots=True)
class Select:
    """One choice from a QuickBooks list; `missing` is what is chosen and not there any more."""

    options: tuple[str, ...]
    chosen: str
    missing: str
    #: what it means to choose nothing
    empty: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment type or card brand of Keap."""

    words: str
    times: int
    method: Select
    deposit: Select


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax and its item."""

    key: str
    shown: str
    item: str
    is_there: bool
    #: what stands in the way of its being used by the settings of now; "" nothing
    unused: str


@dataclass(frozen=True, slots=True)
class TaxItem:
    """An item that a tax may go to; with a sales tax item QuickBooks reckons by itself."""

    full_name: str
    is_sales_tax: bool


@dataclass(frozen=True, slots=True)
class AccountsView:
    """The whole page."""

    head: Head
    is_read: bool
    payments: Sequence[PaymentLine]
    taxes: Sequence[TaxLine]
    tax_items: Sequence[TaxItem]
    #: QuickBooks reckons the tax (setting sales_tax)
    is_tax_reckoned: bool
    #: where the tax goes as a line while nothing is chosen for it
    tax_item: str


def accounts_view(db: Session, connection: Connection) -> AccountsView:
    read = lists_read(db, connection.id)
    lists = _small_lists(db, connection.id)
    items = _tax_entries(db, connection)
    mapped = mappings.of_connection(db, connection, [*_OF_PAYMENTS, MappingKind.TAX_ITEM])
    chosen = effective_settings(connection)
    is_reckoned = chosen.sales_tax == "quickbooks"
    return AccountsView(
        head=head_of(connection),
        is_read={"Account", "PaymentMethod"} <= read,
        payments=_payments(connection, lists, mapped, _seen(db, connection.id)),
        taxes=[
            _tax_line(row, {item.list_id: item for item in items}, is_reckoned=is_reckoned)
            for row in mapped
            if row.kind is MappingKind.TAX_ITEM
        ],
        tax_items=_active(items),
        is_tax_reckoned=is_reckoned,
        tax_item=chosen.tax_item,
    )


def payment_lines(
    db: Session, connection: Connection, *, also: Iterable[tuple[str, int]] = ()
) -> list[PaymentLine]:
    """The payment types and cards that Keap uses, `also` those that others have counted."""
    words, times = _seen(db, connection.id)
    for text, number in also:
        key = method_key(text)
        if key and key not in words:
            words[key], times[key] = text, number
    mapped = mappings.of_connection(db, connection, _OF_PAYMENTS)
    return _payments(connection, _small_lists(db, connection.id), mapped, (words, times))


def tax_items_of(db: Session, connection: Connection) -> list[TaxItem]:
    """The items that a tax may go to."""
    return _active(_tax_entries(db, connection))


def _tax_entries(db: Session, connection: Connection) -> list[ListEntry]:
    return [entry_of(row) for row in entries_of(db, connection.id, "Item", TAX_ITEM_KINDS)]


def _active(items: Iterable[ListEntry]) -> list[TaxItem]:
    return [
        TaxItem(item.full_name, item.kind in SALES_TAX_KINDS) for item in items if item.is_active
    ]


def _tax_line(row: models.Mapping, items: Mapping[str, ListEntry], *, is_reckoned: bool) -> TaxLine:
    item = items.get(row.list_id)
    is_there = item is not None and item.is_active
    unused = ""
    if item is not None and (item.kind in SALES_TAX_KINDS) is not is_reckoned:
        unused = (
            "not used now: the tax is a line, and this is a sales tax item"
            if item.kind in SALES_TAX_KINDS
            else "not used now: QuickBooks reckons the tax, and this is no sales tax item"
        )
    return TaxLine(row.key, row.shown, row.full_name, is_there, unused)


def _small_lists(db: Session, connection_id: int) -> dict[str, list[ListEntry]]:
    """The active entries of these lists, by name."""
    lists: dict[str, list[ListEntry]] = {name: [] for name in _SMALL_LISTS}
    rows = db.scalars(
        select(MirrorRecord)
        .where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name.in_(_SMALL_LISTS),
            MirrorRecord.is_active,
        )
        .order_by(MirrorRecord.full_name_key, MirrorRecord.list_id)
        .limit(_MOST_ENTRIES)
    )
    for row in rows:
        lists[row.list_name].append(entry_of(row))
    return lists


def _payments(
    connection: Connection,
    lists: Mapping[str, Sequence[ListEntry]],
    mapped: Iterable[models.Mapping],
    seen: tuple[dict[str, str], Counter[str]],
) -> list[PaymentLine]:
    chosen = {(row.kind, row.key): row for row in mapped}
    words, times = seen
    for kind, key in chosen:
        if kind is not MappingKind.TAX_ITEM:
            words.setdefault(key, chosen[kind, key].shown)
    methods = lists["PaymentMethod"]
    accounts = _fitting(lists["Account"], DEPOSIT_ACCOUNT_TYPES)
    general = str(connection.settings.get("deposit_account") or "Undeposited Funds")
    keys = sorted(words, key=lambda key: (-times[key], key))[:ROWS]
    return [
        PaymentLine(
            words[key],
            times[key],
            _mapped(methods, chosen.get((MappingKind.PAYMENT_METHOD, key)), _named(key, methods)),
            _mapped(accounts, chosen.get((MappingKind.DEPOSIT_ACCOUNT, key)), general),
        )
        for key in keys
    ]


def _seen(db: Session, connection_id: int) -> tuple[dict[str, str], Counter[str]]:
    """The payment types and card brands of the newest payments, as Keap writes them, counted."""
    rows = db.scalars(
        select(KeapPayment.received)
        .where(KeapPayment.connection_id == connection_id)
        .order_by(KeapPayment.payment_id.desc())
        .limit(PAYMENTS_LOOKED_AT)
    )
    words: dict[str, str] = {}
    times: Counter[str] = Counter()
    for received in rows:
        payment = payment_from(received)
        if payment.kind is not PaymentKind.CASH:
            continue
        named = {method_key(text): text for text in (payment.source_kind, payment.method)}
        named.pop("", None)
        times.update(named.keys())
        for key, text in named.items():
            words.setdefault(key, text)
    return words, times


def _named(key: str, methods: Iterable[ListEntry]) -> str:
    by_name = {name_key(method.full_name): method.full_name for method in methods}
    return named_method(key, by_name) or "no method"


def _mapped(entries: Sequence[ListEntry], row: models.Mapping | None, by_itself: str) -> Select:
    """A mapping goes by ListID: it shows under the name that the entry has now."""
    options = tuple(entry.full_name for entry in entries)
    empty = f"Not chosen: {by_itself}"
    if row is None:
        return Select(options, "", "", empty)
    now = next((entry.full_name for entry in entries if entry.list_id == row.list_id), "")
    return Select(options, now, "" if now else row.full_name, empty)


def _fitting(entries: Sequence[ListEntry], kinds: Collection[str]) -> list[ListEntry]:
    return [entry for entry in entries if not kinds or not entry.kind or entry.kind in kinds]
