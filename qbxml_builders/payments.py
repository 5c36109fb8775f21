"""New payments, applied to the transactions that they name and to nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbxml_builders.amounts import amount, check_amount
from qbxml_builders.elements import Element, Request, dated, filled
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.refs import Ref, defining, distinct, referred, target


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit that the customer has, a credit memo or an unused payment, and how much to use.

    Its TxnID, or the macro of a credit memo in the same set: exactly one.
    """

    amount: Decimal
    credit_txn_id: str = ""
    macro: str = ""

    def __post_init__(self) -> None:
        target("CreditTxnID", self.credit_txn_id, self.macro)
        check_amount("AppliedAmount", self.amount)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a payment pays: a TxnID, or the macro of an invoice in the same set. Exactly one.

    ``amount`` is the part of the payment, None where only ``credits`` pay.
    """

    amount: Decimal | None
    txn_id: str = ""
    macro: str = ""
    credits: tuple[Credit, ...] = ()

    def __post_init__(self) -> None:
        target("TxnID", self.txn_id, self.macro)
        if self.amount is None and not self.credits:
            raise QbxmlInvalid("AppliedToTxnAdd", "Neither an amount nor a credit is applied.")
        check_amount("PaymentAmount", self.amount)


@dataclass(frozen=True, slots=True)
class ReceivePaymentAdd:
    """A payment received. What ``applied`` leaves of ``total_amount`` stays the customer's credit.

    ``ref_number`` has at most 20 characters. Without ``deposit_to`` it goes to Undeposited Funds.

    With a ``total_amount`` of 0 it only uses credits: no money is received. TotalAmount is then
    written as 0.00, which leaves nothing to be assumed, and PaymentAmount is left out: the OSR
    lets an AppliedToTxnAdd consist of credits alone. QuickBooks makes no transaction of it, only
    links between those that exist, and so its answer has no TxnID and keeps no ``external_guid``:
    whether it was done shows in what remains of the invoice and of the credit.
    """

    customer: Ref
    txn_date: date
    ref_number: str
    total_amount: Decimal
    applied: tuple[Applied, ...] = ()
    ar_account: Ref | None = None
    payment_method: Ref | None = None
    deposit_to: Ref | None = None
    memo: str = ""
    external_guid: str = ""

    def __post_init__(self) -> None:
        check_amount("TotalAmount", self.total_amount)
        used = sum((part.amount or Decimal(0) for part in self.applied), Decimal(0))
        if used > self.total_amount:
            raise QbxmlInvalid(
                "ReceivePaymentAdd",
                f"{used} is applied, but the payment is only {self.total_amount}.",
            )


def receive_payment_add(request_id: str, payment: ReceivePaymentAdd, macro: str = "") -> Request:
    """The request that receives the payment. Source: qbXML OSR, ReceivePaymentAdd.

    IsAutoApply is only ever false: true may pay another invoice of that customer.
    """
    content = (
        payment.customer.element("CustomerRef"),
        *referred("ARAccountRef", payment.ar_account),
        *dated("TxnDate", payment.txn_date),
        *filled("RefNumber", payment.ref_number),
        *amount("TotalAmount", payment.total_amount),
        *referred("PaymentMethodRef", payment.payment_method),
        *filled("Memo", payment.memo),
        *referred("DepositToAccountRef", payment.deposit_to),
        *filled("ExternalGUID", payment.external_guid),
        *_application(payment.applied),
    )
    element = Element("ReceivePaymentAdd", content, defining(macro))
    return Request(request_id, Element("ReceivePaymentAddRq", (element,)))


def _application(applied: tuple[Applied, ...]) -> Iterator[Element]:
    if not applied:
        yield Element("IsAutoApply", "false")
    targets = [target("TxnID", part.txn_id, part.macro) for part in applied]
    distinct("AppliedToTxnAdd", targets)
    for part, named in zip(applied, targets, strict=True):
        content = (named, *amount("PaymentAmount", part.amount), *map(_credit, part.credits))
        yield Element("AppliedToTxnAdd", content)


def _credit(credit: Credit) -> Element:
    named = target("CreditTxnID", credit.credit_txn_id, credit.macro)
    return Element("SetCredit", (named, *amount("AppliedAmount", credit.amount)))
