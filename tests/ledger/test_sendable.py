"""Which postings of an order may go now, each behind what it refers to."""

from typing import Any

import pytest

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.sendable import sale_of, sendable
from qbwc_service.ledger.states import State

REFUNDS = (Kind.CARD_REFUND, Kind.CHECK_REFUND)


def posting(kind: Kind, state: State = State.READY, **changes: Any) -> Posting:
    values = {"source_key": "1/7", "generation": 1}
    return Posting(kind=kind, state=state, **(values | changes))


def kinds(sale: Posting | None, *parts: Posting) -> list[Kind]:
    return [each.kind for each in sendable(sale, parts)]


# -- the form --------------------------------------------------------------------------------------


def test_without_a_form_nothing_goes() -> None:
    assert kinds(None, posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO)) == []


def test_of_several_forms_the_living_one_counts_else_the_last() -> None:
    gone = posting(Kind.INVOICE, State.GONE, id=1)
    undone = posting(Kind.SALES_RECEIPT, State.UNDONE, id=3)
    living = posting(Kind.SALES_ORDER, State.HELD, id=2)
    payment = posting(Kind.PAYMENT, id=9)
    assert sale_of([gone, living, undone, payment]) is living
    assert sale_of([gone, undone]) is undone
    assert sale_of([payment]) is None


# -- beside a form that is still to go -------------------------------------------------------------


def test_an_invoice_goes_with_its_payments_and_with_nothing_else() -> None:
    parts = [posting(kind) for kind in Kind if not kind.is_sale and not kind.is_name]
    assert kinds(posting(Kind.INVOICE), *parts) == [Kind.INVOICE, Kind.PAYMENT]


@pytest.mark.parametrize("form", [Kind.SALES_RECEIPT, Kind.SALES_ORDER])
def test_no_payment_goes_with_a_receipt_or_an_order(form: Kind) -> None:
    assert kinds(posting(form), posting(Kind.PAYMENT)) == [form]


@pytest.mark.parametrize("state", [each for each in State if each is not State.READY])
def test_only_what_is_ready_goes(state: State) -> None:
    assert kinds(posting(Kind.INVOICE), posting(Kind.PAYMENT, state)) == [Kind.INVOICE]


@pytest.mark.parametrize("state", [State.HELD, State.SENT, State.SKIPPED, State.GONE, State.UNDONE])
def test_while_the_form_is_not_there_only_a_removal_goes(state: State) -> None:
    parts = [posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO), posting(Kind.REMOVAL)]
    assert kinds(posting(Kind.INVOICE, state), *parts) == [Kind.REMOVAL]


# -- behind a form in QuickBooks -------------------------------------------------------------------

INVOICE = posting(Kind.INVOICE, State.POSTED)


def test_payments_and_credit_memos_follow_an_invoice() -> None:
    parts = [posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO, source_key="2/7")]
    assert kinds(INVOICE, *parts) == [Kind.PAYMENT, Kind.CREDIT_MEMO]


def test_a_payment_has_nothing_to_pay_on_a_receipt() -> None:
    assert kinds(posting(Kind.SALES_RECEIPT, State.POSTED), posting(Kind.PAYMENT)) == []


@pytest.mark.parametrize("refund", REFUNDS)
@pytest.mark.parametrize(
    ("memo", "goes"),
    [
        (State.READY, True),
        (State.POSTED, True),
        (State.SENT, False),
        (State.HELD, False),
        (State.SKIPPED, False),
        (State.GONE, False),
    ],
)
def test_a_refund_goes_with_its_credit_memo_or_behind_it(
    refund: Kind, memo: State, *, goes: bool
) -> None:
    found = kinds(INVOICE, posting(Kind.CREDIT_MEMO, memo), posting(refund))
    assert (refund in found) is goes


@pytest.mark.parametrize(
    ("memo", "goes"), [(State.READY, False), (State.POSTED, True), (State.HELD, False)]
)
def test_a_credit_memo_is_used_only_once_it_is_there(memo: State, *, goes: bool) -> None:
    found = kinds(INVOICE, posting(Kind.CREDIT_MEMO, memo), posting(Kind.CREDIT_USE))
    assert (Kind.CREDIT_USE in found) is goes


@pytest.mark.parametrize("kind", [*REFUNDS, Kind.CREDIT_USE])
def test_the_memo_of_another_row_is_not_its_own(kind: Kind) -> None:
    other = posting(Kind.CREDIT_MEMO, State.POSTED, source_key="2/7")
    assert kinds(INVOICE, other, posting(kind)) == []


def test_changes_of_the_form_follow_it() -> None:
    parts = [posting(Kind.SALE_UPDATE), posting(Kind.CUSTOM_FIELDS), posting(Kind.REMOVAL)]
    assert kinds(INVOICE, *parts) == [Kind.SALE_UPDATE, Kind.CUSTOM_FIELDS, Kind.REMOVAL]
