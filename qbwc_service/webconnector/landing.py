"""What QuickBooks made -> the ledger, with the same few statements however many postings it is.

What is known of the postings of one answer is loaded at once, when it is first needed; their
history and their records in the mirror are written together at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import Self, TypeGuard

from sqlalchemy import select

from qbwc_service.ledger import error_log, history, mirror, mirror_keys, queue, states
from qbwc_service.ledger.causes import ITEM_CAUSES
from qbwc_service.ledger.customer_slice import PLANNED_CUSTOMERS
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, MirrorRecord, Posting
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.states import State
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import outcome
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TxnMade, kind_of_record
from qbwc_service.webconnector.verify import check_form, check_payment
from qbxml_builders.records import (
    CustomerRecord,
    ItemRecord,
    PaymentRecord,
    Record,
)

#: told of a posted order for a person to read: its form in QuickBooks does not settle them
STILL_TRUE_WHEN_POSTED = (
    "unknown-item-used",
    "payment-edited-after-sending",
    "payment-voided-in-keap",
    "customer-not-updated",
)

MadeRecord = TxnMade | CustomerRecord | ItemRecord
#: qbXML IDTYPE
LONGEST_ID = 36


class Landing:
    """The postings of one answer, and the records that may be theirs; a context that writes what
    is left to write at its end."""

    def __init__(
        self, turn: Turn, postings: Iterable[Posting], records: Iterable[Record] = ()
    ) -> None:
        self._turn = turn
        self._postings = list(postings)
        self._records = [record for record in records if isinstance(record, MadeRecord)]
        self._names: list[tuple[Posting, CustomerRecord | ItemRecord]] = []
        self._happened: list[history.Happened] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._mirror_names()
            turn = self._turn
            history.note_all(turn.db, turn.connection.id, self._happened, now=turn.now)

    def may_be(self, record: Record, posting: Posting) -> TypeGuard[MadeRecord]:
        """Whether the record (one of those handed in) can be what the posting made: of its kind,
        with an id of its own that no other posting has, and not under somebody else's GUID. What
        cannot be stays unresolved."""
        if not _is_kind(record, posting.kind):
            return False
        record_id = _id_of(record)
        if not 0 < len(record_id) <= LONGEST_ID:
            return False
        guid = record.external_guid.lower()
        if guid and guid != posting.external_guid.lower():
            return False
        if posting.kind is Kind.PAYMENT and not self._partner_is_there(posting):
            return False
        return (posting.kind, record_id) not in self._taken

    def record_among(self, posting: Posting, records: Sequence[Record]) -> MadeRecord | None:
        """The record that the posting made: the one under its GUID, else the only one there is."""
        fitting = [record for record in records if self.may_be(record, posting)]
        ours = [record for record in fitting if record.external_guid]
        if ours:
            return ours[0]
        return fitting[0] if len(records) == len(fitting) == 1 else None

    def made(self, posting: Posting, record: MadeRecord, *, linked: bool = False) -> None:
        """QuickBooks has it under this record's id; compared with what was meant, and noted."""
        turn, record_id = self._turn, _id_of(record)
        states.post(posting, record_id, edit_sequence=record.edit_sequence, linked=linked)
        self._taken.add((posting.kind, record_id))
        posting.posted_at = turn.now
        turn.session.posted += 1
        turn.observe([record])
        self._solve_entries(posting)
        if isinstance(record, CustomerRecord | ItemRecord):
            self._names.append((posting, record))
        else:
            if not posting.number:
                posting.number = record.ref_number
                posting.number_key = name_key(record.ref_number)
            difference = self._difference(posting, record)
            if difference:
                states.flag(posting, difference.cause, difference.details)
                turn.tell(difference.cause, difference.details, posting)
                turn.session.held += 1
        text = "was in QuickBooks already" if linked else "is in QuickBooks"
        self._happened.append(history.Happened(posting.order_id, f"{thing(posting)} {text}"))

    # -- what is known ----------------------------------------------------------------------------

    @cached_property
    def _taken(self) -> set[tuple[Kind, str]]:
        """The ids among the records that postings have already."""
        ids = {_id_of(record) for record in self._records} - {""}
        rows = self._turn.db.execute(
            select(Posting.kind, Posting.record_id).where(
                Posting.connection_id == self._turn.connection.id,
                Posting.record_id.in_(sorted(ids)),
                Posting.state == State.POSTED,
            )
        )
        return {(kind, record_id) for kind, record_id in rows}

    @cached_property
    def _of_orders(self) -> Mapping[int, outcome.OfOrder]:
        order_ids = {posting.order_id for posting in self._postings if posting.order_id is not None}
        return outcome.of_orders(self._turn, order_ids)

    @cached_property
    def _customers(self) -> Mapping[str, Posting]:
        """The customers that we made for the forms among the postings, by source key."""
        keys = {_customer_of(posting).get("made_by", "") for posting in self._postings}
        return outcome.list_ids(self._turn, Kind.CUSTOMER, sorted(keys - {""}))

    @cached_property
    def _open_entries(self) -> error_log.OpenEntries:
        """So that nothing is searched for each of many postings of which nothing was told."""
        turn, postings = self._turn, self._postings
        forms = {posting.order_id for posting in postings if posting.kind.is_sale}
        return error_log.open_about(
            turn.db,
            turn.connection.id,
            order_ids={order_id for order_id in forms if order_id is not None},
            posting_ids={posting.id for posting in postings},
        )

    def _partner_is_there(self, posting: Posting) -> bool:
        of_order = self._of_orders.get(posting.order_id or 0, {})
        return outcome.is_partner_there(posting, of_order)

    # -- what follows from it ---------------------------------------------------------------------

    def _solve_entries(self, posting: Posting) -> None:
        """A form settles what was told of its order, others only what was told of themselves."""
        turn, known = self._turn, self._open_entries
        if posting.kind.is_sale and posting.order_id is not None:
            if posting.order_id in known.order_ids:
                error_log.solve_of_form(
                    turn.db,
                    turn.connection.id,
                    posting.order_id,
                    now=turn.now,
                    keep=STILL_TRUE_WHEN_POSTED,
                )
        elif posting.id in known.posting_ids:
            error_log.solve(turn.db, turn.connection.id, now=turn.now, posting_id=posting.id)

    def _difference(self, posting: Posting, record: TxnMade) -> Hold | None:
        if isinstance(record, PaymentRecord):
            sale = sale_of(self._of_orders.get(posting.order_id or 0, {}).values())
            return check_payment(posting, record, sale.record_id if sale else "")
        tax = int(posting.payload.get("tax", 0))
        customer = self._meant_customer(posting)
        if customer not in {"", record.customer_list_id} and self._is_called(customer, record):
            customer = record.customer_list_id
        return check_form(posting, record, customer_list_id=customer, tax=tax)

    def _meant_customer(self, posting: Posting) -> str:
        """The ListID that a form was planned for; other records go to whoever the form has now."""
        customer = _customer_of(posting)
        if customer.get("list_id"):
            return customer["list_id"]
        made_by = self._customers.get(customer.get("made_by", ""))
        return made_by.record_id if made_by else ""

    def _is_called(self, list_id: str, record: TxnMade) -> bool:
        """The customer of the record bears the name of that one. QuickBooks has no name twice: it
        is the same customer, made anew in a company file that was put back."""
        known = self._turn.db.scalar(
            select(MirrorRecord.full_name_key).where(
                MirrorRecord.connection_id == self._turn.connection.id,
                MirrorRecord.list_name == "Customer",
                MirrorRecord.list_id == list_id,
            )
        )
        return known is not None and known == name_key(record.customer_full_name)

    def _mirror_names(self) -> None:
        turn = self._turn
        items = [record for posting, record in self._names if posting.kind is Kind.ITEM]
        customers = {p.source_key: r for p, r in self._names if p.kind is Kind.CUSTOMER}
        if mirror.store(turn.db, turn.connection.id, items):
            # The next reading of the lists finds nothing new in them.
            queue.plan_held_again(turn.db, turn.connection.id, ITEM_CAUSES)
        mirror.store(turn.db, turn.connection.id, customers.values())
        # From now on the records themselves are found, in the mirror.
        mirror_keys.forget(turn.db, turn.connection.id, PLANNED_CUSTOMERS, customers)


def _customer_of(posting: Posting) -> Mapping[str, str]:
    """Whom a planned form is for: list_id, or made_by."""
    found: Mapping[str, str] = posting.payload.get("customer", {}) if posting.kind.is_sale else {}
    return found


def _is_kind(record: Record, kind: Kind) -> TypeGuard[MadeRecord]:
    match record:
        case CustomerRecord():
            return kind is Kind.CUSTOMER
        case ItemRecord():
            return kind is Kind.ITEM
        case _:
            return kind_of_record(record) is kind


def _id_of(record: MadeRecord) -> str:
    return record.list_id if isinstance(record, CustomerRecord | ItemRecord) else record.txn_id
