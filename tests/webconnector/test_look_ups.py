"""The look-up before every Add: what is asked, and what follows from what is there."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.plan import (
    Hold,
    PlannedCreditUse,
    PlannedPayment,
    to_payload,
)
from qbwc_service.webconnector.look_up import Found, day_of, questions
from qbwc_service.webconnector.look_up_decisions import (
    Adopt,
    AlreadyUsed,
    Decision,
    applied_to,
    decide_against_invoice,
    decide_credit_use,
    decide_form,
    decide_payment,
)
from qbwc_service.webconnector.txn_kinds import KIND_OF_TYPE, TXN_KINDS, TxnMade, kind_of_record
from qbxml_builders.elements import Request
from qbxml_builders.message_set import render
from qbxml_builders.records import InvoiceRecord, PaymentRecord, SaleRecord
from tests.webconnector.records import credit_memo, invoice, linked, payment

GUID = "{3c190436-3317-5091-8576-7fa47c97ee5c}"
DAY = date(2026, 11, 23)
FORMS = [kind for kind in TXN_KINDS if kind is not Kind.PAYMENT]


def posting(kind: Kind, **changes: Any) -> Posting:
    values: dict[str, Any] = {
        "id": 1,
        "number": "100",
        "order_id": 100,
        "amount": 10000,
        "external_guid": GUID,
        "payload": {},
    }
    return Posting(kind=kind, **(values | changes))


def found(*records: TxnMade) -> Found:
    """What the look-ups brought."""
    there = Found()
    for record in records:
        kind = kind_of_record(record)
        assert kind
        there.by_id[record.txn_id] = record
        if record.external_guid:
            there.by_guid[record.external_guid.lower()] = record
        there.txns.setdefault((kind, record.ref_number.casefold()), []).append(record)
    return there


def cause(decision: Decision) -> str:
    return decision.cause if isinstance(decision, Hold) else str(decision)


# -- questions -------------------------------------------------------------------------------------


def asked(*postings: Posting, **more: Any) -> str:
    """The questions as QuickBooks reads them."""
    requests: list[Request] = list(questions(postings, **more))
    return render(requests, version="13.0") if requests else ""


@pytest.mark.parametrize("kind", list(TXN_KINDS))
def test_each_kind_is_asked_for_by_its_number(kind: Kind) -> None:
    text = asked(posting(kind))
    assert f"<{TXN_KINDS[kind].txn_type}QueryRq" in text
    assert "<RefNumber>100</RefNumber>" in text


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.SALES_RECEIPT, Kind.SALES_ORDER])
def test_what_quickbooks_numbers_is_sought_by_customer_around_its_day(kind: Kind) -> None:
    unnumbered = posting(kind, number="", payload={"placed_on": DAY.isoformat()})
    text = asked(unnumbered, customers={1: "C-1"})
    assert "<ListID>C-1</ListID>" in text
    assert "<FromTxnDate>2026-11-20</FromTxnDate>" in text
    assert "<ToTxnDate>2026-11-26</ToTxnDate>" in text
    assert asked(unnumbered) == ""


def test_a_hundred_numbers_are_asked_for_in_two_questions() -> None:
    many = [posting(Kind.INVOICE, id=place, number=str(place)) for place in range(100)]
    assert asked(*many).count("<InvoiceQueryRq") == 2


def test_what_is_to_be_paid_is_asked_for_by_its_id() -> None:
    there = posting(Kind.INVOICE, record_id="I-1")
    assert "<TxnID>I-1</TxnID>" in asked(there=[there])


def test_the_day_of_a_record_is_that_of_the_form_or_of_the_payment() -> None:
    assert day_of(posting(Kind.INVOICE, payload={"placed_on": "2026-11-23"})) == "2026-11-23"
    assert day_of(posting(Kind.PAYMENT, payload={"paid_on": "2026-11-22"})) == "2026-11-22"
    assert day_of(posting(Kind.REMOVAL)) == ""


def test_answers_of_one_kind_do_not_stand_for_those_of_another() -> None:
    there = Found(answered={"look:numbers:0", "look:receipts:0"})
    questions_asked = ["look:numbers:0", "look:receipts:0", "look:memos:0"]
    assert there.covers(Kind.INVOICE, questions_asked)
    assert there.covers(Kind.SALES_RECEIPT, questions_asked)
    assert not there.covers(Kind.CREDIT_MEMO, questions_asked)


# -- kinds -----------------------------------------------------------------------------------------


def test_every_record_says_which_kind_made_it() -> None:
    assert kind_of_record(invoice()) is Kind.INVOICE
    assert kind_of_record(payment("1.00")) is Kind.PAYMENT
    assert kind_of_record(credit_memo()) is Kind.CREDIT_MEMO
    assert {KIND_OF_TYPE[known.txn_type] for known in TXN_KINDS.values()} == set(TXN_KINDS)


def test_what_the_reference_says_cannot_be_voided_is_not() -> None:
    cannot = {kind for kind, known in TXN_KINDS.items() if not known.can_be_voided}
    assert cannot == {Kind.PAYMENT, Kind.SALES_ORDER}


# -- forms, credit memos, refunds ------------------------------------------------------------------


def test_ours_is_adopted_whatever_its_number_is_now() -> None:
    ours = invoice(ref_number="A-1", external_guid=GUID.upper())
    assert decide_form(posting(Kind.INVOICE), found(ours)) == Adopt(ours)


def test_nothing_of_that_number_leaves_the_way_free() -> None:
    assert decide_form(posting(Kind.INVOICE), found(invoice(ref_number="101"))) is None


def test_anybody_elses_with_that_number_is_shown_beside_it() -> None:
    other = invoice(
        "1200.00", customer="C-9", customer_full_name="America Ltd", txn_date=date(2024, 2, 14)
    )
    decision = decide_form(posting(Kind.INVOICE), found(other))
    assert decision == Hold(
        "number-taken",
        {
            "thing": "Invoice 100",
            "order": "100",
            "number": "100",
            "other_customer": "America Ltd",
            "other_total": "1,200.00",
            "other_date": "2024-02-14",
            "other_txn_id": "I-1",
        },
    )


def test_the_number_of_another_kind_of_form_is_free() -> None:
    assert decide_form(posting(Kind.SALES_RECEIPT), found(invoice(), credit_memo())) is None


def test_a_credit_memo_with_a_taken_number_has_a_cause_of_its_own() -> None:
    decision = decide_form(posting(Kind.CREDIT_MEMO), found(credit_memo()))
    assert cause(decision) == "memo-number-taken"


def test_without_a_number_only_the_mark_tells() -> None:
    unnumbered = posting(Kind.INVOICE, number="")
    assert decide_form(unnumbered, found(invoice(ref_number=""))) is None
    ours = invoice(external_guid=GUID)
    assert decide_form(unnumbered, found(ours)) == Adopt(ours)


# -- payments --------------------------------------------------------------------------------------


def pay(amount: int = 4000, applied: int | None = None) -> Posting:
    planned = PlannedPayment("1/100", "T-1", amount, DAY, "", applied=applied)
    return posting(Kind.PAYMENT, number="T-1", amount=amount, payload=to_payload(planned))


def look_at(record: PaymentRecord, *known: str, customer: str = "C-1") -> Decision:
    return decide_payment(pay(), found(record), customer, frozenset(known))


def test_our_own_payment_is_adopted() -> None:
    ours = payment("40.00", external_guid=GUID, customer="C-9")
    assert look_at(ours) == Adopt(ours)


def test_the_same_reference_customer_and_amount_is_the_same_payment() -> None:
    same = payment("40.00")
    assert look_at(same) == Adopt(same, linked=True)


@pytest.mark.parametrize(
    "record", [payment("40.01"), payment("40.00", customer="C-9")], ids=["amount", "customer"]
)
def test_the_same_reference_with_anything_else_waits(record: PaymentRecord) -> None:
    assert cause(look_at(record)) == "payment-reference-taken"


def test_another_payment_of_ours_may_have_the_reference_too() -> None:
    assert look_at(payment("60.00"), "P-1") is None


def test_another_reference_is_another_payment() -> None:
    assert look_at(payment("40.00", ref_number="T-2")) is None


@pytest.mark.parametrize(
    ("record", "known", "becomes"),
    [
        (invoice(), (), "None"),
        (invoice(balance="40.00"), (), "None"),
        (invoice(balance="39.99"), (), "invoice-paid-already"),
        (invoice(balance=None), (), "None"),
        (invoice(links=(linked("ReceivePayment", "-40.00"),)), (), "payment-typed-by-hand"),
        (invoice(links=(linked("ReceivePayment", "-40.00"),)), ("L-1",), "None"),
        (invoice(links=(linked("ReceivePayment", "-41.00"),)), (), "None"),
        (invoice(links=(linked("CreditMemo", "-40.00"),)), (), "None"),
    ],
)
def test_what_is_on_the_invoice_already(
    record: InvoiceRecord, known: tuple[str, ...], becomes: str
) -> None:
    assert cause(decide_against_invoice(pay(), record, frozenset(known))) == becomes


def test_only_the_part_for_the_invoice_has_to_fit() -> None:
    open_39 = invoice(balance="39.00")
    assert decide_against_invoice(pay(4000, applied=3900), open_39, frozenset()) is None
    assert decide_against_invoice(pay(4000, applied=3901), open_39, frozenset()) is not None


# -- uses of a credit memo -------------------------------------------------------------------------

USE = posting(
    Kind.CREDIT_USE,
    number="",
    amount=2000,
    payload=to_payload(PlannedCreditUse("1/100", 2000, DAY)),
)
ON_INVOICE = linked("Invoice", "-20.00", "I-1")


@pytest.mark.parametrize(
    ("memo", "on", "becomes"),
    [
        (credit_memo(), invoice(), "None"),
        (credit_memo(remaining="19.99"), invoice(), "credit-used-elsewhere"),
        (credit_memo(), invoice(balance="19.99"), "invoice-paid-already"),
        (credit_memo(), invoice(balance="20.00"), "None"),
        (credit_memo(remaining=None), invoice(balance=None), "None"),
        (
            credit_memo(remaining="0.00", links=(linked("Invoice", "-20.00", "I-2"),)),
            invoice(),
            "credit-used-elsewhere",
        ),
    ],
)
def test_there_is_enough_left_on_both_sides_or_it_waits(
    memo: SaleRecord, on: InvoiceRecord, becomes: str
) -> None:
    assert cause(decide_credit_use(USE, memo, on)) == becomes


def test_what_is_applied_already_is_not_applied_again() -> None:
    memo = credit_memo(remaining="0.00", links=(ON_INVOICE,))
    assert decide_credit_use(USE, memo, invoice(balance="0.00")) == AlreadyUsed(memo)


def test_how_much_of_a_memo_is_on_an_invoice() -> None:
    links = (ON_INVOICE, linked("Invoice", "5.00", "I-1"), linked("Invoice", "-9.00", "I-2"))
    assert applied_to(credit_memo(links=links), "I-1") == Decimal("25.00")
    assert applied_to(credit_memo(), "I-1") == 0
