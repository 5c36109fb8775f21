"""The transactions that a person types, changes, deposits and removes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from .body import Body, bodies_at, element_of
from .context import RequestContext
from .credits import apply_credit, fit_applications
from .desk import Desk, named, txn_at
from .errors import Refused
from .grammar import Element
from .invoices import add_invoice
from .lists import add_element
from .message import Answer
from .other_sales_forms import add_credit_memo, add_sales_order, add_sales_receipt
from .payments import add_payment
from .records import ListName, Txn, TxnType, name_space
from .refunds import add_card_refund, add_check
from .removal import free_txn, make_void, refuse_if_deposited, remove_txn
from .sales_forms import line_tag
from .sales_tax import totalled_up
from .txn_rules import touch
from .values import ZERO, amount_text

Lines = Sequence[tuple[str, str]]
"""Lines of a form: the name of the item and the amount."""
_Add = Callable[[RequestContext, Element], Answer]
_FORMS: Final[dict[TxnType, _Add]] = {
    TxnType.INVOICE: add_invoice,
    TxnType.SALES_RECEIPT: add_sales_receipt,
    TxnType.SALES_ORDER: add_sales_order,
    TxnType.CREDIT_MEMO: add_credit_memo,
}


class TxnDesk(Desk):
    """Typed transactions obey the rules of their requests; each is named by its TxnID.

    A form adds its customer where it is new. "" leaves number and date to QuickBooks.
    """

    def type_invoice(self, customer: str, lines: Lines, *, number: str = "", on: str = "") -> str:
        return self._type_form(TxnType.INVOICE, customer, lines, number, on)

    def type_sales_receipt(
        self, customer: str, lines: Lines, *, number: str = "", on: str = ""
    ) -> str:
        return self._type_form(TxnType.SALES_RECEIPT, customer, lines, number, on)

    def type_sales_order(
        self, customer: str, lines: Lines, *, number: str = "", on: str = ""
    ) -> str:
        return self._type_form(TxnType.SALES_ORDER, customer, lines, number, on)

    def type_credit_memo(
        self, customer: str, lines: Lines, *, number: str = "", on: str = ""
    ) -> str:
        return self._type_form(TxnType.CREDIT_MEMO, customer, lines, number, on)

    def type_payment(
        self, customer: str, amount: str, *, number: str = "", on: str = "", invoice: str = ""
    ) -> str:
        """A payment on the invoice, or on none."""
        total = amount_text(Decimal(amount))
        body: Body = {"CustomerRef": {"FullName": customer}, **_dated(number, on)}
        body["TotalAmount"] = total
        if invoice:
            body["AppliedToTxnAdd"] = {"TxnID": invoice, "PaymentAmount": total}
        else:
            body["IsAutoApply"] = "false"
        return self._type("ReceivePaymentAdd", body, add_payment)

    def apply_credit(self, credit: str, invoice: str, amount: str) -> None:
        """Apply Credits in the invoice: a credit memo or what is unused of a payment."""
        with self._at_work() as context:
            debit = txn_at(context, invoice)
            apply_credit(context, credit, debit, Decimal(amount), "Amount to use")

    def type_card_refund(self, credit: str, amount: str, *, number: str = "", on: str = "") -> str:
        """Gives so much of a credit back by card."""
        applied: Body = {"TxnID": credit, "RefundAmount": amount_text(Decimal(amount))}
        body: Body = {
            "CustomerRef": self._customer_of(credit),
            **_dated(number, on),
            "RefundAppliedToTxnAdd": applied,
        }
        return self._type("ARRefundCreditCardAdd", body, add_card_refund)

    def type_refund_check(
        self, credit: str, amount: str, *, number: str = "", on: str = "", bank: str = "Checking"
    ) -> str:
        """Gives so much of a credit back by cheque, drawn on the bank account."""
        total, customer = amount_text(Decimal(amount)), self._customer_of(credit)
        with self._at_work() as context:
            receivable: Body = {"ListID": txn_at(context, credit).account_id}
        line: Body = {"AccountRef": receivable, "Amount": total, "CustomerRef": customer}
        body: Body = {
            "AccountRef": {"FullName": bank},
            "PayeeEntityRef": customer,
            **_dated(number, on),
            "ApplyCheckToTxnAdd": {"TxnID": credit, "Amount": total},
            "ExpenseLineAdd": line,
        }
        return self._type("CheckAdd", body, add_check)

    def deposit(self, txn_ids: Sequence[str], *, to: str = "Checking", on: str = "") -> str:
        """Takes payments and sales receipts to the bank; Refused(3210) for one that is there."""
        with self._at_work() as context:
            account = named(context, to, ListName.ACCOUNT)
            txns = [txn_at(context, txn_id) for txn_id in txn_ids]
            total = sum((txn.total for txn in txns), ZERO)
            body: Body = {"DepositToAccountRef": {"ListID": account.list_id}}
            deposit = _deposit(context, total, on, body)
            for txn in txns:
                if context.store.links.is_deposited(txn.txn_id):
                    raise Refused(3210, f"{txn.txn_type} {txn.txn_id} is in a deposit already.")
                context.store.links.put_in_deposit(txn.txn_id, deposit.txn_id)
                touch(context, txn.txn_id)
            return deposit.txn_id

    def reconcile(self, txn_id: str) -> None:
        """Ticks it off on a bank statement."""
        with self._at_work() as context:
            context.store.links.reconcile(txn_at(context, txn_id).txn_id)

    # Changes.

    def renumber_invoice(self, txn_id: str, number: str) -> None:
        with self._at_work() as context:
            _change(context, replace(txn_at(context, txn_id), ref_number=number))

    def redate_invoice(self, txn_id: str, on: str) -> None:
        with self._at_work() as context:
            _change(context, replace(txn_at(context, txn_id), txn_date=on))

    def move_invoice(self, txn_id: str, customer: str) -> None:
        """Puts the invoice under another customer; payments on it are taken off."""
        with self._at_work() as context:
            owner = named(context, customer, ListName.CUSTOMER)
            txn = txn_at(context, txn_id)
            free_txn(context, txn)
            _change(context, replace(txn, customer_id=owner.list_id))

    def edit_invoice_line(self, txn_id: str, line: int, amount: str) -> None:
        """Changes the amount of a line (1 is the first); the totals follow, and what of the
        payments is now too much becomes unused."""
        with self._at_work() as context:
            txn = txn_at(context, txn_id)
            tag = line_tag(txn.txn_type)
            lines = bodies_at(txn.body, tag)
            changed: Body = {**lines[line - 1], "Amount": amount_text(Decimal(amount))}
            changed.pop("Rate", None)
            edited = [*lines[: line - 1], changed, *lines[line:]]
            body, total = totalled_up(context.store, {**txn.body, tag: edited}, tag)
            _change(context, replace(txn, body=body, total=total))
            fit_applications(context, txn_id)

    def delete_invoice(self, txn_id: str) -> None:
        """QuickBooks warns a person about linked payments and then lets them stay, unused."""
        self.delete_txn(txn_id)

    def delete_payment(self, txn_id: str) -> None:
        self.delete_txn(txn_id)

    def delete_txn(self, txn_id: str) -> None:
        """Any transaction; Refused(3160) for money that is in a deposit, and for nothing else."""
        with self._at_work() as context:
            txn = txn_at(context, txn_id)
            refuse_if_deposited(context.store, txn)
            remove_txn(context, txn)

    def void_txn(self, txn_id: str) -> None:
        """Any transaction; refused like its deletion."""
        with self._at_work() as context:
            txn = txn_at(context, txn_id)
            refuse_if_deposited(context.store, txn)
            make_void(context, txn)

    def _type_form(
        self, txn_type: TxnType, customer: str, lines: Lines, number: str, on: str
    ) -> str:
        body: Body = {"CustomerRef": {"FullName": customer}, **_dated(number, on)}
        body[f"{txn_type}LineAdd"] = [
            {"ItemRef": {"FullName": item}, "Amount": amount_text(Decimal(amount))}
            for item, amount in lines
        ]
        return self._type(f"{txn_type}Add", body, _FORMS[txn_type], new_customer=customer)

    def _type(self, name: str, body: Body, add: _Add, *, new_customer: str = "") -> str:
        with self._at_work() as context:
            if new_customer:
                _quick_add(context, new_customer)
            answer = add(context, element_of(f"{name}Rq", {name: body}))
            return (answer.recovery or {})["TxnID"]

    def _customer_of(self, txn_id: str) -> Body:
        with self._at_work() as context:
            return {"ListID": txn_at(context, txn_id).customer_id}


def _dated(number: str, on: str) -> Body:
    return {tag: text for tag, text in (("TxnDate", on), ("RefNumber", number)) if text}


def _quick_add(context: RequestContext, customer: str) -> None:
    if context.store.lists.named(customer, (ListName.CUSTOMER,)) is None:
        wanted: Body = {"Name": customer}
        add_element(context, ListName.CUSTOMER, wanted, name_space(ListName.CUSTOMER))


def _change(context: RequestContext, txn: Txn) -> None:
    context.store.txns.save(txn)
    touch(context, txn.txn_id)


def _deposit(context: RequestContext, total: Decimal, on: str, body: Body) -> Txn:
    deposit = Txn(
        TxnType.DEPOSIT,
        context.new_id("txn", "last txn id"),
        context.store.next_number("last txn number"),
        "",
        "",
        on or context.now.date().isoformat(),
        "",
        total,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        body,
    )
    context.store.txns.save(deposit)
    return deposit
