"""The simulated company: takes qbXML, changes its file, answers as QuickBooks does."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from .company_queries import query_company, query_host, query_preferences
from .context import Iterators, RequestContext
from .crash import Crash, CrashPoint
from .custom_fields import add_field, modify_field
from .errors import Refused
from .grammar import Element, parse_version
from .invoice_changes import modify_invoice
from .invoices import add_invoice
from .list_queries import LISTS_OF_QUERY, query_deleted_elements, query_deleted_txns, query_list
from .lists import (
    add_customer,
    add_non_inventory_item,
    add_other_charge_item,
    add_service_item,
    modify_customer,
)
from .message import (
    Answer,
    MessageSet,
    OnError,
    Request,
    read_message,
    response_element,
    write_message,
)
from .message_memory import FINE, MessageMemory
from .other_sales_forms import add_credit_memo, add_sales_order, add_sales_receipt
from .payments import add_payment
from .refunds import add_card_refund, add_check
from .removal import delete_txn, void_txn
from .store import Store
from .txn_queries import TYPE_OF_QUERY, query_txns
from .values import Clock, local_clock

Handler = Callable[[RequestContext, Element], Answer]

_LONGEST_REQUEST_ID: Final = 50
_WRITES: Final[Mapping[str, Handler]] = {
    "CustomerAdd": add_customer,
    "CustomerMod": modify_customer,
    "ItemServiceAdd": add_service_item,
    "ItemNonInventoryAdd": add_non_inventory_item,
    "ItemOtherChargeAdd": add_other_charge_item,
    "InvoiceAdd": add_invoice,
    "InvoiceMod": modify_invoice,
    "SalesReceiptAdd": add_sales_receipt,
    "SalesOrderAdd": add_sales_order,
    "CreditMemoAdd": add_credit_memo,
    "ReceivePaymentAdd": add_payment,
    "ARRefundCreditCardAdd": add_card_refund,
    "CheckAdd": add_check,
    "DataExtAdd": add_field,
    "DataExtMod": modify_field,
    "TxnDel": delete_txn,
    "TxnVoid": void_txn,
}
#: Adds of list members; the other Adds make transactions
LIST_ADDS: Final = frozenset(
    {"CustomerAdd", "ItemServiceAdd", "ItemNonInventoryAdd", "ItemOtherChargeAdd"}
)
TXN_ADDS: Final = frozenset(
    {name for name in _WRITES if name.endswith("Add")} - LIST_ADDS - {"DataExtAdd"}
)
_HANDLERS: Final[Mapping[str, Handler]] = {
    **_WRITES,
    **dict.fromkeys(LISTS_OF_QUERY, query_list),
    "HostQuery": query_host,
    "CompanyQuery": query_company,
    "PreferencesQuery": query_preferences,
    "ListDeletedQuery": query_deleted_elements,
    "TxnDeletedQuery": query_deleted_txns,
    **dict.fromkeys(TYPE_OF_QUERY, query_txns),
}
_NOT_PROCESSED: Final = Answer(3231, "Error", "The request has not been processed.")


class Company:
    """One company file, open in one simulated QuickBooks.

    `memory` is how many message sets error recovery keeps; `clock` is the time of the QuickBooks
    computer (aware, local). Calls from several threads are taken one after the other.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock = local_clock,
        memory: int = 1,
        crash: Crash | None = None,
    ) -> None:
        self.store = Store(path)
        self.clock = clock
        self.crash = crash or Crash()
        self.lock = threading.RLock()
        #: how long it takes over a request that writes, in seconds by the request's name
        self.add_seconds: Mapping[str, float] = {}
        self._memory = MessageMemory(self.store, memory)
        self._iterators = Iterators()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        with self.lock:
            self.store.close()

    @property
    def company_file(self) -> str:
        """The path of the company file as its Windows computer knows it."""
        return self.store.fact("company file")

    def begin_session(self) -> None:
        """A new QuickBooks session: the iterators of the one before are gone."""
        with self.lock:
            self._iterators = Iterators()

    def end_session(self) -> None:
        self.begin_session()

    def write_file_id(self, owner_id: str, file_id: str) -> None:
        """What the Web Connector writes when a .qwc is added; a later one takes its place."""
        with self.lock:
            self.store.set_data_ext(owner_id, "FileID", file_id)

    def process(self, text: str) -> str:
        """Runs one qbXML message and returns the answer.

        Raises HResult where QuickBooks refuses the whole message, NotSupported for what the
        simulator cannot play, SimulatedCrash at a kill point. Every request that was applied
        before an exception stays applied: a message set is no transaction.
        """
        with self.lock:
            self.crash.passing(CrashPoint.MESSAGE_RECEIVED)
            message = read_message(text, parse_version(self.store.fact("qbxml version")))
            answer = self._answer(message)
            self.crash.passing(CrashPoint.BEFORE_ANSWER)
            return answer

    def context(self) -> RequestContext:
        """What one request, or one act of a person, works with."""
        return RequestContext(self.store, self.clock(), self._iterators, {})

    def _answer(self, message: MessageSet) -> str:
        recalled = self._memory.recall(message)
        if recalled is not None:
            return write_message(recalled.answers, _set_attributes(message, recalled.status_code))
        self._memory.forget_old(message)
        answers = self._run(message)
        if message.new_id:
            self.crash.passing(CrashPoint.SET_RUN)
            self._memory.keep(message, answers)
            self.crash.passing(CrashPoint.MEMORY_SAVED)
        elements = [
            response_element(request, answer, include_data=message.include_data)
            for request, answer in answers
        ]
        return write_message(elements, _set_attributes(message, FINE))

    def _run(self, message: MessageSet) -> list[tuple[Request, Answer]]:
        answers: list[tuple[Request, Answer]] = []
        macros: dict[str, str] = {}
        stopped = False
        for request in message.requests:
            answer = _NOT_PROCESSED if stopped else self._apply(request, macros)
            answers.append((request, answer))
            if answer.severity == "Error" and message.on_error is OnError.STOP:
                stopped = True
        return answers

    def _apply(self, request: Request, macros: dict[str, str]) -> Answer:
        if len(request.request_id or "") > _LONGEST_REQUEST_ID:
            return Answer(1060, "Error", "The requestID is longer than 50 characters.")
        if request.too_long is not None:
            value, field = request.too_long.value, request.too_long.field
            return Answer(
                3070, "Error", f'The string "{value}" in the field "{field}" is too long.'
            )
        context = RequestContext(self.store, self.clock(), self._iterators, macros)
        try:
            with self.store.transaction():
                answer = _HANDLERS[request.name](context, request.element)
        except Refused as refusal:
            return Answer(refusal.status_code, "Error", refusal.message)
        if request.name in _WRITES:
            self.crash.passing(CrashPoint.REQUEST_APPLIED)
            time.sleep(self.add_seconds.get(request.name, 0.0))
        return answer


def _set_attributes(message: MessageSet, status_code: int) -> dict[str, str]:
    """Only a set that names a message set id gets a messageSetStatusCode."""
    if not message.new_id and not message.old_id:
        return {}
    new_id = {"newMessageSetID": message.new_id} if message.new_id else {}
    return {**new_id, "messageSetStatusCode": str(status_code)}
