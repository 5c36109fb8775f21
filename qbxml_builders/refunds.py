"""New refunds, by card or by check, each of credits that it names and of nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbxml_builders.amounts import amount, check_amount
from qbxml_builders.elements import Element, Request, dated, filled, switched
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.refs import Ref, defining, distinct, referred, target


@dataclass(frozen=True, slots=True)
class Refunded:
    """The credit that is paid back, a credit memo or what a payment left unused, and how much.

    A TxnID, or the macro of a credit memo in the same set: exactly one.
    """

    amount: Decimal
    txn_id: str = ""
    macro: str = ""

    def __post_init__(self) -> None:
        target("TxnID", self.txn_id, self.macro)
        check_amount("RefundAmount", self.amount)


@dataclass(frozen=True, slots=True)
class CardRefundAdd:
    """A refund by card; its total is the sum of ``refunded``. US only: elsewhere write a check.

    ``ref_number`` has at most 11 characters. Without ``refund_from`` the money comes from
    Undeposited Funds.
    """

    customer: Ref
    txn_date: date
    ref_number: str
    refunded: tuple[Refunded, ...]
    refund_from: Ref | None = None
    ar_account: Ref | None = None
    payment_method: Ref | None = None
    memo: str = ""
    external_guid: str = ""


def card_refund_add(request_id: str, refund: CardRefundAdd, macro: str = "") -> Request:
    """The request that pays back by card. Source: qbXML OSR, ARRefundCreditCardAdd."""
    content = (
        refund.customer.element("CustomerRef"),
        *referred("RefundFromAccountRef", refund.refund_from),
        *referred("ARAccountRef", refund.ar_account),
        *dated("TxnDate", refund.txn_date),
        *filled("RefNumber", refund.ref_number),
        *referred("PaymentMethodRef", refund.payment_method),
        *filled("Memo", refund.memo),
        *filled("ExternalGUID", refund.external_guid),
        *_parts("RefundAppliedToTxnAdd", "RefundAmount", refund.refunded),
    )
    element = Element("ARRefundCreditCardAdd", content, defining(macro))
    return Request(request_id, Element("ARRefundCreditCardAddRq", (element,)))


@dataclass(frozen=True, slots=True)
class CheckRefundAdd:
    """A refund by check to a customer, drawn on a bank account and booked against the A/R account
    of the credits that it pays back.

    ``ref_number``, the check's number, has at most 11 characters. What ``refunded`` leaves of
    ``total`` stays a debit of the customer.
    """

    bank_account: Ref
    customer: Ref
    ar_account: Ref
    txn_date: date
    ref_number: str
    total: Decimal
    refunded: tuple[Refunded, ...]
    class_ref: Ref | None = None
    memo: str = ""
    external_guid: str = ""
    is_to_be_printed: bool = False

    def __post_init__(self) -> None:
        check_amount("Amount", self.total)
        used = sum((part.amount for part in self.refunded), Decimal(0))
        if used > self.total:
            raise QbxmlInvalid(
                "CheckAdd", f"{used} is refunded, but the check is only {self.total}."
            )


def check_refund_add(request_id: str, check: CheckRefundAdd, macro: str = "") -> Request:
    """The request that writes the check. Source: qbXML OSR, CheckAdd.

    The customer stands in the line too: QuickBooks asks for one next to an A/R account.
    """
    line = (
        check.ar_account.element("AccountRef"),
        *amount("Amount", check.total),
        *filled("Memo", check.memo),
        check.customer.element("CustomerRef"),
        *referred("ClassRef", check.class_ref),
    )
    content = (
        check.bank_account.element("AccountRef"),
        check.customer.element("PayeeEntityRef"),
        *filled("RefNumber", check.ref_number),
        *dated("TxnDate", check.txn_date),
        *filled("Memo", check.memo),
        *switched("IsToBePrinted", check.is_to_be_printed),
        *filled("ExternalGUID", check.external_guid),
        *_parts("ApplyCheckToTxnAdd", "Amount", check.refunded),
        Element("ExpenseLineAdd", line),
    )
    return Request(
        request_id, Element("CheckAddRq", (Element("CheckAdd", content, defining(macro)),))
    )


def _parts(tag: str, amount_tag: str, refunded: Sequence[Refunded]) -> Iterator[Element]:
    targets = [target("TxnID", part.txn_id, part.macro) for part in refunded]
    distinct(tag, targets)
    for part, named in zip(refunded, targets, strict=True):
        yield Element(tag, (named, *amount(amount_tag, part.amount)))
