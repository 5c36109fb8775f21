"""Erases what tells of one Keap contact: names, e-mail addresses, numbers, addresses, notes.

Ids, days, amounts and goods stay, and so does which record of QuickBooks each order became: nothing
is sent twice, and totals still add up. The contact stays erased whatever Keap says of it later
(staging.erased_contacts), until it is readmitted. Keap, QuickBooks, back-ups and logs keep what
they have; a customer that QuickBooks changes later comes back into our copy of its list.

First the history that tells of many people is swept, in batches; then the contact's own rows go in
one transaction; then what was written meanwhile is swept. One that was cut short is finished by
asking for it again.

Transactions: erase.sweep, erase.contact.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qbwc_service.clock import Clock
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.database import Database
from qbwc_service.erasure import ContactNotErasable, person_texts
from qbwc_service.erasure.person_texts import ERASED, PersonTexts
from qbwc_service.erasure.sweep import sweep
from qbwc_service.ledger import audit, history, live_sessions, mirror_keys, queue, sources
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.models import (
    Connection,
    ContactCustomer,
    KeapContact,
    KeapOrder,
    KeapOrderPayment,
    KeapPayment,
    Kind,
    Mapping,
    MappingKind,
    MirrorRecord,
    OrderStatus,
    Posting,
    QuickbooksTxn,
    UnreadableRecord,
)
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key, search_key
from qbwc_service.planning.order import Buyer
from qbwc_service.staging.contact_rows import shown_name
from qbwc_service.staging.erased_contacts import (
    order_text_without_person,
    payment_text_without_person,
    sale_without_person,
)
from qbwc_service.staging.reading_lease import ReadingLease

BATCH = 200
_UNSETTLED = (
    OrderStatus.NEW,
    OrderStatus.HELD,
    OrderStatus.READY,
    OrderStatus.SENT,
    OrderStatus.WILL_RETRY,
)
_WAITING = (State.READY, State.SENT, State.HELD)
_OF_CUSTOMERS = (Kind.CUSTOMER, Kind.CUSTOMER_UPDATE)
#: fields of a planned record that tell of a person
_PLANNED = ("name", "company", "first_name", "last_name", "email", "phone")


def erase_contact(
    database: Database, name: str, contact_id: str, who: str, clock: Clock, *, batch: int = BATCH
) -> int:
    """Erase it; gives how many orders it had.

    Raises ConnectionUnknown, ContactNotErasable, and SyncBusy where Keap is being read.
    """
    with database.reading() as db:
        connection = find_connection(db, name)
    with ReadingLease(database, connection, clock):
        with database.reading() as db:
            rows = _Rows(db, connection, contact_id)
            rows.check()
            texts = rows.texts()
        sweep(database, connection.id, texts, batch)
        with database.writing("erase.contact") as db:
            rows = _Rows(db, lock_connection(db, name), contact_id)
            rows.check()
            texts |= rows.texts()
            rows.blot(texts, clock)
            author = Author(who, clock())
            details = {"contact": contact_id, "orders": len(rows.orders)}
            audit.record(db, author, "Contact erased", connection_id=connection.id, details=details)
            text = f"Contact {contact_id} erased"
            history.note(db, connection.id, text, now=author.now, who=who)
        sweep(database, connection.id, texts, batch)
    return len(rows.orders)


def refuse_unerasable(db: Session, connection: Connection, contact_id: str) -> None:
    """Raises ContactNotErasable where `erase_contact` would, as things are now."""
    _Rows(db, connection, contact_id).check()


def readmit_contact(db: Session, connection: Connection, contact_id: str, author: Author) -> bool:
    """What Keap says of it is kept again, from the next reading on; False where it was not erased.

    Its orders are read again when they change, or when they are asked for by number.
    """
    row = _contact(db, connection.id, contact_id)
    if row is None or row.erased_at is None:
        return False
    db.delete(row)
    what = "Contact readmitted"
    audit.record(db, author, what, connection_id=connection.id, details={"contact": contact_id})
    history.note(
        db, connection.id, f"Contact {contact_id} readmitted", now=author.now, who=author.who
    )
    return True


class _Rows:
    """What is the contact's own, by its ids."""

    def __init__(self, db: Session, connection: Connection, contact_id: str) -> None:
        self._db = db
        self._connection = connection
        self._contact_id = contact_id
        self._contact = _contact(db, connection.id, contact_id)
        self.orders = db.scalars(
            self._ours(KeapOrder).where(KeapOrder.contact_id == contact_id)
        ).all()
        self._order_ids = [order.keap_id for order in self.orders]
        if self._contact is None and not self.orders:
            raise ContactNotErasable(
                f'"{connection.name}" knows no contact {contact_id}. Nothing was erased.'
            )
        self._postings = self._all_postings()
        self._customers = self._own_customers()

    def check(self) -> None:
        """Raises ContactNotErasable while something of it is still on its way."""
        open_orders = [each.keap_id for each in self.orders if each.status in _UNSETTLED]
        if open_orders:
            numbers = ", ".join(str(each) for each in sorted(open_orders)[:10])
            raise ContactNotErasable(
                f"Not in QuickBooks yet: order {numbers}. Nothing was erased. Have it sent, or "
                "skip it, and try again."
            )
        if any(each.state in _WAITING for each in self._postings):
            raise ContactNotErasable(
                f"Something of contact {self._contact_id} still waits to be sent to QuickBooks. "
                "Nothing was erased. Try again when it is there, or skipped."
            )
        live = live_sessions.live_session(self._db, self._connection.id)
        if live is not None or queue.has_unresolved_set(self._db, self._connection.id):
            raise ContactNotErasable(
                "An update of the Web Connector is under way, or its outcome is not known yet. "
                "Nothing was erased. Try again after the next update."
            )

    def texts(self) -> PersonTexts:
        found = person_texts.of_names(
            [
                *(order.customer_name for order in self.orders),
                *(each.number for each in self._postings if each.kind in _OF_CUSTOMERS),
                *(name for each in self._customers for name in (each.name, each.full_name)),
            ]
        )
        if self._contact is not None:
            found |= person_texts.of_buyer(sources.buyer_from(self._contact.buyer))
            found |= person_texts.of_json(_json(self._contact.raw))
        for order in self.orders:
            sale = sources.sale_from(order.sale)
            found |= person_texts.of_buyer(sale.buyer)
            if sale.ship_to is not None:
                found |= person_texts.of_address(sale.ship_to)
            told = _json(order.raw)
            if isinstance(told, dict):
                found |= person_texts.of_json(
                    {key: told.get(key) for key in ("contact", "shipping_information")}
                )
        for each in self._customers:
            found |= person_texts.of_json(each.details)
        # What earlier erasures left is no text of a person.
        nobody = {ERASED, shown_name(Buyer(self._contact_id)), ""}
        return PersonTexts(found.telling - nobody, found.others - nobody)

    def blot(self, texts: PersonTexts, clock: Clock) -> None:
        """Take out of all of them what tells of the person."""
        self._blot_contact(clock)
        for order in self.orders:
            _blot_order(order, texts)
        for kind in (KeapPayment, KeapOrderPayment):
            for row in self._of_orders(kind):
                raw = row.raw.encode()
                is_whole = kind is KeapPayment and raw.startswith(b"{") and len(raw) > 2
                row.raw = texts.cleaned(
                    payment_text_without_person(raw).decode() if is_whole else row.raw
                )
        for posting in self._postings:
            _blot_posting(posting, texts)
        self._blot_customers(texts)

    def _blot_contact(self, clock: Clock) -> None:
        row = self._contact
        if row is None:
            row = KeapContact(
                connection_id=self._connection.id, contact_id=self._contact_id, read_at=clock()
            )
            self._db.add(row)
        row.raw = json.dumps({"id": self._contact_id})
        row.buyer = sources.stored(Buyer(self._contact_id))
        row.search_email = row.content_hash = ""
        row.erased_at = clock()
        for unreadable in self._db.scalars(
            self._ours(UnreadableRecord).where(
                UnreadableRecord.resource == "contacts",
                UnreadableRecord.record_id == self._contact_id,
            )
        ):
            self._db.delete(unreadable)

    def _blot_customers(self, texts: PersonTexts) -> None:
        """Our copies of what QuickBooks has. Nothing but its ListID leads to it from now on."""
        list_ids = [each.list_id for each in self._customers]
        for customer in self._customers:
            customer.name = customer.full_name = ERASED
            customer.name_key = customer.full_name_key = name_key(ERASED)
            customer.details = _only_flags(customer.details)
        mirror_keys.forget(self._db, self._connection.id, CUSTOMER_LIST, list_ids)
        for txn in self._db.scalars(
            self._ours(QuickbooksTxn).where(QuickbooksTxn.customer_list_id.in_(list_ids))
        ):
            txn.customer_name, txn.memo = ERASED, texts.cleaned(txn.memo)
        chosen = self._ours(Mapping).where(
            Mapping.kind == MappingKind.CUSTOMER, Mapping.key == self._contact_id
        )
        for mapping in self._db.scalars(chosen):
            mapping.shown = shown_name(Buyer(self._contact_id))
            if mapping.list_id in list_ids:
                mapping.full_name = ERASED

    def _all_postings(self) -> Sequence[Posting]:
        key = self._contact_id
        return self._db.scalars(
            self._ours(Posting).where(
                or_(
                    Posting.order_id.in_(self._order_ids),
                    (Posting.kind == Kind.CUSTOMER) & (Posting.source_key == key),
                    (Posting.kind == Kind.CUSTOMER_UPDATE)
                    & Posting.source_key.startswith(f"{key}/", autoescape=True),
                )
            )
        ).all()

    def _own_customers(self) -> Sequence[MirrorRecord]:
        """The customers of QuickBooks that are this contact's alone."""
        went = ContactCustomer.connection_id == self._connection.id
        mine = set(
            self._db.scalars(
                select(ContactCustomer.list_id).where(
                    went, ContactCustomer.contact_id == self._contact_id
                )
            )
        )
        mine |= {each.record_id for each in self._postings if each.kind is Kind.CUSTOMER} - {""}
        of_others = set(
            self._db.scalars(
                select(ContactCustomer.list_id).where(
                    went,
                    ContactCustomer.list_id.in_(sorted(mine)),
                    ContactCustomer.contact_id != self._contact_id,
                )
            )
        )
        return self._db.scalars(
            self._ours(MirrorRecord).where(
                MirrorRecord.list_name == CUSTOMER_LIST,
                MirrorRecord.list_id.in_(sorted(mine - of_others)),
            )
        ).all()

    def _of_orders(self, kind: Any) -> Sequence[Any]:
        return self._db.scalars(self._ours(kind).where(kind.order_id.in_(self._order_ids))).all()

    def _ours(self, kind: Any) -> Any:
        return select(kind).where(kind.connection_id == self._connection.id)


def _contact(db: Session, connection_id: int, contact_id: str) -> KeapContact | None:
    return db.scalars(
        select(KeapContact).where(
            KeapContact.connection_id == connection_id, KeapContact.contact_id == contact_id
        )
    ).first()


def _blot_order(order: KeapOrder, texts: PersonTexts) -> None:
    sale = sale_without_person(sources.sale_from(order.sale))
    order.sale = texts.cleaned_json(sources.stored(sale))
    order.raw = texts.cleaned(order_text_without_person(order.raw.encode()).decode())
    order.title = ""
    order.customer_name = shown_name(sale.buyer)
    order.search_name = search_key(order.customer_name)
    order.subject = texts.cleaned(order.subject)


def _blot_posting(posting: Posting, texts: PersonTexts) -> None:
    payload = dict(posting.payload)
    if posting.kind in _OF_CUSTOMERS:
        payload |= {name: ERASED for name in _PLANNED if payload.get(name)}
        payload |= {name: {} for name in ("wanted", "before") if name in payload}
        posting.number, posting.number_key = ERASED, name_key(ERASED)
    payload |= {name: None for name in ("bill_to", "ship_to") if name in payload}
    posting.payload = texts.cleaned_json(payload)
    posting.details = texts.cleaned_json(posting.details)
    posting.agreed = texts.cleaned_json(posting.agreed)


def _only_flags(details: dict[str, Any]) -> dict[str, Any]:
    """What is no text: no name and no address is among it."""
    return {name: each for name, each in details.items() if isinstance(each, bool | int | None)}


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
