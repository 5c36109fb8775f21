"""mirror: read what changed in QuickBooks' lists since last time; the first time, everything.

The watermark of a list is the newest TimeModified that QuickBooks returned in it, less two hours,
sent without offset: never our clock, whose offset from QuickBooks' is unknown. A row that comes
twice is harmless. A list that is older than 60 days is loaded afresh, because QuickBooks tells
deletions for 90 days only (qbXML OSR: ListDeletedQuery).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qbwc_service.ledger import chosen_entries, company_file, mirror, queue
from qbwc_service.ledger.company_slice import ACCOUNT_LIST, ITEM_LIST, PAYMENT_METHOD_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.models import MessageSet
from qbwc_service.ledger.postings import MIRROR_CAUSES
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbwc_service.webconnector.verify import thing
from qbxml_builders.answers import Answer, Response
from qbxml_builders.elements import Request
from qbxml_builders.lists import (
    ListName,
    Page,
    customer_query,
    employee_query,
    item_query,
    list_deleted_query,
    list_query,
    other_name_query,
    txn_deleted_query,
    vendor_query,
)
from qbxml_builders.records import DeletedRecord
from qbxml_builders.statuses import Reaction, classify

PAGE = 500
#: where the watermark of the deleted transactions is kept, beside those of the lists
DELETED_TRANSACTIONS = "deleted transactions"
DELETED_TXNS_REQUEST = "deleted:transactions"
OUR_TRANSACTIONS = ("Invoice", "ReceivePayment")
FRESH_LOAD_AFTER = timedelta(days=60)
OVERLAP = timedelta(hours=2)

_COMMON = ("ListID", "TimeModified", "EditSequence", "Name", "IsActive")
_CUSTOMER = (
    *_COMMON,
    "FullName",
    "ParentRef",
    "Sublevel",
    "CompanyName",
    "FirstName",
    "LastName",
    "BillAddress",
    "Email",
    "ExternalGUID",
    "CurrencyRef",
)
_ITEM = (*_COMMON, "FullName", "ParentRef", "ExternalGUID")


@dataclass(frozen=True, slots=True)
class MirroredList:
    """One list of QuickBooks: how it is asked for, and under which type names it is deleted."""

    name: str
    deleted_types: tuple[str, ...]
    query: Callable[..., Request]
    fields: tuple[str, ...] = ()
    paged: bool = False


def _simple(name: ListName) -> MirroredList:
    def query(request_id: str, *, modified_since: str = "") -> Request:
        return list_query(request_id, name, modified_since=modified_since)

    return MirroredList(name.value, (name.value,), query)


_ITEM_TYPES = (
    "ItemDiscount",
    "ItemFixedAsset",
    "ItemGroup",
    "ItemInventory",
    "ItemInventoryAssembly",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemPayment",
    "ItemSalesTax",
    "ItemSalesTaxGroup",
    "ItemService",
    "ItemSubtotal",
)

LISTS: tuple[MirroredList, ...] = (
    MirroredList(CUSTOMER_LIST, ("Customer",), customer_query, _CUSTOMER, paged=True),
    MirroredList(ITEM_LIST, _ITEM_TYPES, item_query, _ITEM, paged=True),
    MirroredList("Vendor", ("Vendor",), vendor_query, _COMMON, paged=True),
    MirroredList("Employee", ("Employee",), employee_query, _COMMON),
    MirroredList("OtherName", ("OtherName",), other_name_query, _COMMON),
    _simple(ListName.ACCOUNT),
    _simple(ListName.PAYMENT_METHOD),
)
LIST_NAMES = tuple(each.name for each in LISTS)
_BY_NAME = {each.name: each for each in LISTS}
assert {ACCOUNT_LIST, PAYMENT_METHOD_LIST} <= set(LIST_NAMES)  # noqa: S101


class Mirror:
    """Asks for all lists in one message, and for further pages until every list is complete."""

    name = "mirror"

    def next_message(self, turn: Turn) -> Outgoing | None:
        notes = turn.notes(self.name)
        if "open" not in notes:
            notes = self._begin(turn)
        requests = [self._request(name, how) for name, how in notes["open"].items()]
        if not notes.get("deletions_asked"):
            requests.extend(self._deletions(notes))
            notes["deletions_asked"] = True
            turn.note(self.name, notes)
        return Outgoing(tuple(requests)) if requests else None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        notes = turn.notes(self.name)
        changed = False
        for response in answer.responses:
            turn.observe(response.records)
        for response in answer.responses:
            subject, _, list_name = response.request_id.partition(":")
            if response.request_id == DELETED_TXNS_REQUEST:
                self._notice_deleted(turn, response)
            elif subject == "deleted":
                changed |= self._forget(turn, response)
            elif subject == "list" and list_name in _BY_NAME:
                changed |= self._take_page(turn, notes, list_name, response)
        turn.note(self.name, notes)
        if not notes["open"]:
            mirror.state_of(
                turn.db, turn.connection.id, DELETED_TRANSACTIONS
            ).watermark = turn.connection.quickbooks_clock
        if changed:
            queue.plan_again(turn.db, turn.connection, turn.now, MIRROR_CAUSES)
            chosen_entries.check(turn.db, turn.connection, turn.now)

    def _begin(self, turn: Turn) -> dict[str, Any]:
        known = mirror.states_of_lists(turn.db, turn.connection.id)
        opened: dict[str, dict[str, str]] = {}
        since: dict[str, str] = {}
        for each in LISTS:
            state = known.get(each.name)
            if state and state.read_at and turn.now - state.read_at > FRESH_LOAD_AFTER:
                mirror.load_afresh(turn.db, turn.connection.id, each.name)
                state = None
            fresh = state is None or state.loaded_at is None
            watermark = "" if fresh or state is None else less_overlap(state.watermark)
            opened[each.name] = {"since": watermark, "iterator": "", "newest": ""}
            if watermark:
                since[each.name] = watermark
        gone = known.get(DELETED_TRANSACTIONS)
        notes = {
            "open": opened,
            "since": since,
            "transactions_since": less_overlap(gone.watermark) if gone else "",
        }
        turn.note(self.name, notes)
        return notes

    def _request(self, name: str, how: dict[str, str]) -> Request:
        each = _BY_NAME[name]
        options: dict[str, Any] = {"modified_since": how["since"]}
        if each.fields:
            options["fields"] = each.fields
        if each.paged:
            options["page"] = Page(PAGE, how["iterator"])
        return each.query(f"list:{name}", **options)

    def _deletions(self, notes: dict[str, Any]) -> list[Request]:
        """One request for all lists that are known already, from the oldest of their watermarks,
        and one for the transactions, since they were asked for last."""
        since: dict[str, str] = notes["since"]
        types = [kind for name in since for kind in _BY_NAME[name].deleted_types]
        requests = []
        if types:
            requests.append(list_deleted_query("deleted:lists", types, since=min(since.values())))
        if notes["transactions_since"]:
            requests.append(
                txn_deleted_query(
                    DELETED_TXNS_REQUEST, OUR_TRANSACTIONS, since=notes["transactions_since"]
                )
            )
        return requests

    def _take_page(self, turn: Turn, notes: dict[str, Any], name: str, response: Response) -> bool:
        how = notes["open"].get(name)
        if how is None:
            return False
        if not (response.ok or response.empty):
            return self._page_refused(turn, notes, name, response)
        changed = mirror.store(turn.db, turn.connection.id, response.records)
        newest = max((getattr(r, "time_modified", "")[:19] for r in response.records), default="")
        how["newest"] = max(how["newest"], newest)
        if response.iterator_remaining and response.records:
            how["iterator"] = response.iterator_id
        else:
            del notes["open"][name]
            self._complete(turn, name, how["newest"])
            if not how["since"]:
                company_file.lose_unmirrored(turn.db, turn.connection, name)
        return changed

    def _page_refused(
        self, turn: Turn, notes: dict[str, Any], name: str, response: Response
    ) -> bool:
        """A lost iterator starts over; a list that QuickBooks refuses is left for next time."""
        status = classify(response.status_code, response.message)
        if status.reaction is Reaction.ITERATOR_LOST and notes["open"][name]["iterator"]:
            notes["open"][name]["iterator"] = ""
            return False
        del notes["open"][name]
        mirror.state_of(turn.db, turn.connection.id, name).read_at = turn.now
        details = {"thing": f"reading its {name} list", "reason": response.message}
        turn.tell("quickbooks-set-up", details)
        return False

    def _complete(self, turn: Turn, name: str, newest: str) -> None:
        state = mirror.state_of(turn.db, turn.connection.id, name)
        # A list without a row yet is followed from the newest time seen anywhere in the file.
        state.watermark = max(state.watermark, newest) or turn.connection.quickbooks_clock
        state.loaded_at = state.loaded_at or turn.now
        state.read_at = turn.now

    def _notice_deleted(self, turn: Turn, response: Response) -> None:
        """Somebody deleted records that we made: each is gone, and its order needs a person."""
        ids = [record.id for record in response.records if isinstance(record, DeletedRecord)]
        for posting in company_file.lose_records(turn.db, turn.connection, ids):
            what = {"thing": thing(posting), "order": str(posting.order_id)}
            turn.tell("gone-from-quickbooks", what, posting)

    def _forget(self, turn: Turn, response: Response) -> bool:
        """Deleted or merged away: no longer mirrored, and no longer what our posting made."""
        changed = False
        for record in response.records:
            if isinstance(record, DeletedRecord):
                name = next((each.name for each in LISTS if record.type in each.deleted_types), "")
                changed |= mirror.forget(turn.db, turn.connection.id, name, [record.id])
                company_file.lose_records(turn.db, turn.connection, [record.id])
        return changed


def less_overlap(text: str) -> str:
    """A time as QuickBooks wrote it, less two hours, without offset; "" stays ""."""
    if not text:
        return ""
    return (datetime.fromisoformat(text[:19]) - OVERLAP).isoformat(timespec="seconds")
