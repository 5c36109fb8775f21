"""What the builders of payments and refunds write."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.payments import Applied, Credit, ReceivePaymentAdd, receive_payment_add
from qbxml_builders.refs import Ref
from qbxml_builders.refunds import (
    CardRefundAdd,
    CheckRefundAdd,
    Refunded,
    card_refund_add,
    check_refund_add,
)
from tests.qbxml_builders.txn_examples import (
    credits_only,
    full_card_refund,
    full_check_refund,
    full_payment,
)
from tests.qbxml_builders.values import GUID
from tests.qbxml_builders.writing import written

DAY = date(2026, 3, 1)


def test_a_payment_pays_by_macro_or_id_and_uses_credits_besides() -> None:
    assert written(receive_payment_add("1", full_payment(), "P1")) == (
        '<ReceivePaymentAddRq requestID="1"><ReceivePaymentAdd defMacro="TxnID:P1">'
        "<CustomerRef><ListID>80000001-1772000000</ListID></CustomerRef>"
        "<ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef>"
        "<TxnDate>2026-03-01</TxnDate><RefNumber>ch_00000000000000000</RefNumber>"
        "<TotalAmount>60.00</TotalAmount>"
        "<PaymentMethodRef><FullName>Visa</FullName></PaymentMethodRef><Memo>whole id</Memo>"
        "<DepositToAccountRef><FullName>Card Clearing</FullName></DepositToAccountRef>"
        f"<ExternalGUID>{GUID}</ExternalGUID>"
        '<AppliedToTxnAdd><TxnID useMacro="TxnID:K4417"/><PaymentAmount>44.69</PaymentAmount>'
        "</AppliedToTxnAdd><AppliedToTxnAdd><TxnID>1A2B-1772000000</TxnID>"
        "<PaymentAmount>10.00</PaymentAmount><SetCredit><CreditTxnID>1C-1</CreditTxnID>"
        "<AppliedAmount>2.00</AppliedAmount></SetCredit><SetCredit>"
        '<CreditTxnID useMacro="TxnID:M4417"/><AppliedAmount>0.50</AppliedAmount></SetCredit>'
        "</AppliedToTxnAdd></ReceivePaymentAdd>"
        "</ReceivePaymentAddRq>"
    )


def test_a_payment_of_nothing_in_particular_is_never_applied_by_quickbooks() -> None:
    payment = ReceivePaymentAdd(Ref("1-2"), DAY, "9", Decimal(1))
    text = written(receive_payment_add("1", payment))
    assert "<TotalAmount>1.00</TotalAmount><IsAutoApply>false</IsAutoApply>" in text


def test_a_payment_cannot_apply_more_than_it_is() -> None:
    applied = (Applied(Decimal("0.99"), "1-1"), Applied(Decimal("0.02"), "1-2"))
    with pytest.raises(QbxmlInvalid, match=r"1\.01 is applied, but the payment is only 1\.$"):
        ReceivePaymentAdd(Ref("1-2"), DAY, "9", Decimal(1), applied)


@pytest.mark.parametrize(("txn_id", "macro"), [("", ""), ("1-2", "K1")])
def test_what_is_paid_is_named_once(txn_id: str, macro: str) -> None:
    with pytest.raises(QbxmlInvalid, match="a TxnID or a macro, and only one"):
        Applied(Decimal(1), txn_id, macro)


def test_amounts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(QbxmlInvalid, match="PaymentAmount is not a number: NaN"):
        Applied(Decimal("NaN"), "1-2")
    with pytest.raises(QbxmlInvalid, match="TotalAmount is not a number: Infinity"):
        ReceivePaymentAdd(Ref("1-2"), DAY, "9", Decimal("Infinity"))


def test_a_payment_of_nothing_uses_credits_without_receiving_money() -> None:
    assert written(receive_payment_add("1", credits_only())) == (
        '<ReceivePaymentAddRq requestID="1"><ReceivePaymentAdd>'
        "<CustomerRef><ListID>1-2</ListID></CustomerRef><TxnDate>2026-03-01</TxnDate>"
        '<TotalAmount>0.00</TotalAmount><AppliedToTxnAdd><TxnID useMacro="TxnID:K4417"/>'
        '<SetCredit><CreditTxnID useMacro="TxnID:M4417"/><AppliedAmount>2.00</AppliedAmount>'
        "</SetCredit></AppliedToTxnAdd></ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


def test_what_is_applied_is_money_or_a_credit() -> None:
    with pytest.raises(QbxmlInvalid, match="Neither an amount nor a credit is applied"):
        Applied(None, "1-2")


CUSTOMER = "<CustomerRef><ListID>80000001-1772000000</ListID></CustomerRef>"
RECEIVABLE = "<FullName>Accounts Receivable</FullName>"
MEMO = "<Memo>Refund of order 4417</Memo>"


def test_a_card_refund_pays_back_the_credits_that_it_names() -> None:
    assert written(card_refund_add("1", full_card_refund(), "F1")) == (
        '<ARRefundCreditCardAddRq requestID="1"><ARRefundCreditCardAdd defMacro="TxnID:F1">'
        f"{CUSTOMER}<RefundFromAccountRef><FullName>Card Clearing</FullName>"
        f"</RefundFromAccountRef><ARAccountRef>{RECEIVABLE}</ARAccountRef>"
        "<TxnDate>2026-03-04</TxnDate><RefNumber>R4417</RefNumber>"
        f"<PaymentMethodRef><FullName>Visa</FullName></PaymentMethodRef>{MEMO}"
        f"<ExternalGUID>{GUID}</ExternalGUID>"
        '<RefundAppliedToTxnAdd><TxnID useMacro="TxnID:M4417"/><RefundAmount>20.00</RefundAmount>'
        "</RefundAppliedToTxnAdd><RefundAppliedToTxnAdd><TxnID>1A2B-1</TxnID>"
        "<RefundAmount>0.50</RefundAmount></RefundAppliedToTxnAdd></ARRefundCreditCardAdd>"
        "</ARRefundCreditCardAddRq>"
    )


def test_a_refund_by_check_is_booked_against_the_customer_and_its_credits() -> None:
    assert written(check_refund_add("1", full_check_refund(), "F2")) == (
        '<CheckAddRq requestID="1"><CheckAdd defMacro="TxnID:F2">'
        "<AccountRef><FullName>Checking</FullName></AccountRef>"
        "<PayeeEntityRef><ListID>80000001-1772000000</ListID></PayeeEntityRef>"
        f"<RefNumber>1042</RefNumber><TxnDate>2026-03-04</TxnDate>{MEMO}"
        f"<IsToBePrinted>false</IsToBePrinted><ExternalGUID>{GUID}</ExternalGUID>"
        '<ApplyCheckToTxnAdd><TxnID useMacro="TxnID:M4417"/><Amount>20.00</Amount>'
        "</ApplyCheckToTxnAdd><ApplyCheckToTxnAdd><TxnID>1A2B-1</TxnID><Amount>0.50</Amount>"
        f"</ApplyCheckToTxnAdd><ExpenseLineAdd><AccountRef>{RECEIVABLE}</AccountRef>"
        f"<Amount>20.50</Amount>{MEMO}{CUSTOMER}<ClassRef><FullName>Online</FullName></ClassRef>"
        "</ExpenseLineAdd></CheckAdd></CheckAddRq>"
    )


def check(total: Decimal, *refunded: Refunded) -> CheckRefundAdd:
    return CheckRefundAdd(Ref("1-1"), Ref("1-2"), Ref("1-3"), DAY, "9", total, refunded)


def test_a_check_cannot_refund_more_than_it_is() -> None:
    parts = (Refunded(Decimal("0.99"), "1-1"), Refunded(Decimal("0.02"), "1-2"))
    with pytest.raises(QbxmlInvalid, match=r"1\.01 is refunded, but the check is only 1\.$"):
        check(Decimal(1), *parts)


TWICE: list[Callable[[], object]] = [
    lambda: receive_payment_add(
        "1",
        ReceivePaymentAdd(Ref("1"), DAY, "9", Decimal(2), (Applied(Decimal(1), "1-2"),) * 2),
    ),
    lambda: card_refund_add(
        "1", CardRefundAdd(Ref("1"), DAY, "9", (Refunded(Decimal(1), macro="M1"),) * 2)
    ),
    lambda: check_refund_add("1", check(Decimal(2), *(Refunded(Decimal(1), "1-2"),) * 2)),
]


@pytest.mark.parametrize("build", TWICE)
def test_no_request_names_the_same_transaction_twice(build: Callable[[], object]) -> None:
    with pytest.raises(QbxmlInvalid, match="named twice; add its amounts up"):
        build()


@pytest.mark.parametrize(("txn_id", "macro"), [("", ""), ("1-2", "K1")])
def test_what_is_refunded_or_used_up_is_named_once(txn_id: str, macro: str) -> None:
    for part in (Refunded, Credit):
        with pytest.raises(QbxmlInvalid, match="a TxnID or a macro, and only one"):
            part(Decimal(1), txn_id, macro)
