"""Which postings of an order may go now, each behind what it refers to."""

from typing import Any

import pytest

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.sendable import sale_of, sendable
from qbwc_service.ledger.states import State
from qbwc_service.planning.plan import PlannedRemoval, to_payload

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
def test_while_the_form_is_not_there_nothing_goes(state: State) -> None:
    void = removal_of(None)
    parts = [posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO), void]
    assert kinds(posting(Kind.INVOICE, state), *parts) == []


# -- behind a form in QuickBooks -------------------------------------------------------------------

INVOICE = posting(Kind.INVOICE, State.POSTED)


def test_payments_and_credit_memos_follow_an_invoice() -> None:
    parts = [posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO, source_key="2/7")]
    assert kinds(INVOICE, *parts) == [Kind.PAYMENT, Kind.CREDIT_MEMO]


def test_nothing_follows_an_invoice_that_differs_from_what_was_meant() -> None:
    differs = posting(Kind.INVOICE, State.POSTED, cause="total-differs")
    assert kinds(differs, posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO, source_key="2/7")) == []
    change = posting(Kind.SALE_UPDATE)
    assert kinds(differs, posting(Kind.PAYMENT), change) == [Kind.SALE_UPDATE]


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


def test_custom_fields_follow_the_form() -> None:
    assert kinds(INVOICE, posting(Kind.CUSTOM_FIELDS)) == [Kind.CUSTOM_FIELDS]


@pytest.mark.parametrize(("state", "goes"), [(State.READY, 1), (State.SENT, 0)])
def test_while_the_form_is_to_be_changed_nothing_else_goes(state: State, goes: int) -> None:
    parts = [posting(Kind.SALE_UPDATE, state), posting(Kind.PAYMENT), posting(Kind.CREDIT_MEMO)]
    assert kinds(INVOICE, *parts) == [Kind.SALE_UPDATE] * goes


def test_a_change_that_cannot_be_made_keeps_nothing_else() -> None:
    parts = [posting(Kind.SALE_UPDATE, State.HELD), posting(Kind.PAYMENT)]
    assert kinds(INVOICE, *parts) == [Kind.PAYMENT]


# -- what is to be deleted -------------------------------------------------------------------------


def removal_of(target: Posting | None, state: State = State.READY) -> Posting:
    """The deletion of the target, or (None) the void of the form."""
    key = f"undo/{target.id}" if target else "2/7"
    planned = PlannedRemoval(key, target is None, target.id if target else None)
    return posting(Kind.REMOVAL, state, source_key=key, payload=to_payload(planned))


FORM = posting(Kind.INVOICE, State.POSTED, id=1)
PAYMENT = posting(Kind.PAYMENT, State.POSTED, id=2)
MEMO = posting(Kind.CREDIT_MEMO, State.POSTED, id=3, source_key="2/7")
REFUND = posting(Kind.CARD_REFUND, State.POSTED, id=4, source_key="2/7")


def goes(*removals: Posting) -> list[str]:
    found = sendable(FORM, [PAYMENT, MEMO, REFUND, posting(Kind.PAYMENT, id=9), *removals])
    return [each.source_key for each in found]


def test_payments_and_refunds_are_deleted_before_memos_and_these_before_the_form() -> None:
    form, payment, memo, refund = map(removal_of, (FORM, PAYMENT, MEMO, REFUND))
    assert goes(form, memo, refund, payment) == ["undo/4", "undo/2"]
    assert goes(form, memo) == ["undo/3"]
    assert goes(form) == ["undo/1"]


@pytest.mark.parametrize("state", [State.SENT, State.HELD])
def test_what_is_not_deleted_yet_keeps_the_form(state: State) -> None:
    assert goes(removal_of(FORM), removal_of(PAYMENT, state)) == []


@pytest.mark.parametrize("state", [State.POSTED, State.SKIPPED])
def test_a_removal_that_is_done_or_dropped_keeps_nothing(state: State) -> None:
    assert goes(removal_of(PAYMENT, state)) == ["1/7"]


def test_a_void_goes_alone_once_the_form_is_there() -> None:
    assert goes(removal_of(None)) == ["2/7"]
