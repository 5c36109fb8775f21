"""New payments, applied to the transactions that they name and to nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbxml_builders.amounts import amount
from qbxml_builders.elements import Element, Request, dated, filled
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.refs import Ref, defining, macro_id, referred


@dataclass(frozen=True, slots=True)
class Applied:
    """What a payment pays: a TxnID, or the macro of an invoice in the same set. Exactly one."""

    amount: Decimal
    txn_id: str = ""
    macro: str = ""

    def __post_init__(self) -> None:
        if bool(self.txn_id) == bool(self.macro):
            raise QbxmlInvalid("AppliedToTxnAdd", "It needs a TxnID or a macro, and only one.")
        if not self.amount.is_finite():
            raise QbxmlInvalid("AppliedToTxnAdd", f"PaymentAmount is not a number: {self.amount}.")


@dataclass(frozen=True, slots=True)
class ReceivePaymentAdd:
    """A payment received. What ``applied`` leaves of ``total_amount`` stays the customer's credit.

    ``ref_number`` has at most 20 characters. Without ``deposit_to`` it goes to Undeposited Funds.
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
        if not self.total_amount.is_finite():
            raise QbxmlInvalid(
                "ReceivePaymentAdd", f"TotalAmount is not a number: {self.total_amount}."
            )
        used = sum((part.amount for part in self.applied), Decimal(0))
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
    for part in applied:
        target = (
            Element("TxnID", part.txn_id)
            if part.txn_id
            else Element("TxnID", (), (("useMacro", macro_id(part.macro)),))
        )
        yield Element("AppliedToTxnAdd", (target, *amount("PaymentAmount", part.amount)))
