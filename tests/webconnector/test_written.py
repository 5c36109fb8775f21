"""What a person changed on a record of ours, in words: that would be lost by a removal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.planning.plan import (
    ListRef,
    Planned,
    PlannedCreditMemo,
    PlannedCreditUse,
    PlannedLine,
    PlannedPayment,
    PlannedRefund,
    PlannedSale,
    RefundForm,
    to_payload,
)
from qbwc_service.webconnector.txn_kinds import TxnMade
from qbwc_service.webconnector.written import ListIds, edits, resolved, same_lines
from qbxml_builders.records import LineRecord
from tests.webconnector.records import credit_memo, invoice, payment

DAY = date(2026, 3, 2)
LINES = (
    PlannedLine(ListRef(list_id="I-soap"), "Soap", Decimal(2), Decimal("30.00"), Decimal("60.00")),
    PlannedLine(ListRef(made_by="brush"), "Brush", None, None, Decimal("40.00")),
)
LIST_IDS: ListIds = {(Kind.ITEM, "brush"): "I-brush", (Kind.CUSTOMER, "77"): "C-1"}


def line(item: str, amount: str | None) -> LineRecord:
    value = None if amount is None else Decimal(amount)
    return LineRecord("L", item, "", None, None, value, "", "")


THERE = (line("I-soap", "60.00"), line("I-brush", "40.00"))


def written(kind: Kind, planned: Planned, amount: int = 10000) -> Posting:
    return Posting(
        kind=kind, number="100", amount=amount, payload=to_payload(planned), edit_sequence="1"
    )


def an_invoice() -> Posting:
    planned = PlannedSale("100", ListRef(made_by="77"), DAY, 10000, LINES, "memo", "")
    return written(Kind.INVOICE, planned)


def there(**changed: Any) -> TxnMade:
    """Our invoice as QuickBooks has it, touched since."""
    values: dict[str, Any] = {
        "txn_date": DAY,
        "edit_sequence": "2",
        "lines": THERE,
        "customer_full_name": "Ann Lee",
    }
    return invoice(**(values | changed))


def test_what_was_only_touched_has_nothing_of_a_persons() -> None:
    assert edits(an_invoice(), there(), LIST_IDS) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"subtotal": "110.00"}, "its total is 110.00 instead of 100.00"),
        ({"txn_date": date(2026, 3, 3)}, "its date is 2026-03-03 instead of 2026-03-02"),
        ({"ref_number": "100-A"}, "its number is 100-A instead of 100"),
        ({"customer": "C-2"}, "its customer is Ann Lee"),
        ({"lines": THERE[:1]}, "its lines are others"),
        ({"lines": THERE[::-1]}, "its lines are others"),
        ({"lines": (*THERE, line("I-bow", "0.00"))}, "its lines are others"),
        ({"lines": (line("I-soap", "60.00"), line("I-bow", "40.00"))}, "its lines are others"),
        ({"lines": (line("I-soap", "61.00"), line("I-brush", "39.00"))}, "its lines are others"),
    ],
)
def test_each_edit_is_told_in_words(changed: dict[str, Any], told: str) -> None:
    assert edits(an_invoice(), there(**changed), LIST_IDS) == (told,)


def test_edits_are_told_together_in_the_order_of_the_form() -> None:
    record = there(subtotal="1234.50", txn_date=date(2026, 3, 3), customer="C-2")
    assert edits(an_invoice(), record, LIST_IDS) == (
        "its total is 1,234.50 instead of 100.00",
        "its date is 2026-03-03 instead of 2026-03-02",
        "its customer is Ann Lee",
    )


def test_what_quickbooks_does_not_tell_is_no_edit() -> None:
    untold = there(txn_date=None, ref_number="")
    assert edits(an_invoice(), untold, LIST_IDS) == ()


def test_a_number_that_quickbooks_chose_is_no_edit() -> None:
    ours = an_invoice()
    ours.number = ""
    assert edits(ours, there(ref_number="2041"), LIST_IDS) == ()


def test_a_customer_that_was_to_be_made_and_is_not_known_is_no_edit() -> None:
    items = {(Kind.ITEM, "brush"): "I-brush"}
    assert edits(an_invoice(), there(customer="C-2"), items) == ()


@pytest.mark.parametrize(
    ("ours", "record"),
    [
        (an_invoice(), there(edit_sequence="1", subtotal="110.00")),
        (an_invoice(), there(subtotal="0.00")),
        (Posting(kind=Kind.INVOICE, amount=10000, payload={}), there(subtotal="110.00")),
    ],
    ids=["never touched", "void", "linked by a person, so not written by us"],
)
def test_nothing_to_lose(ours: Posting, record: TxnMade) -> None:
    assert edits(ours, record, LIST_IDS) == ()


def test_edits_of_a_payment() -> None:
    ours = written(Kind.PAYMENT, PlannedPayment("9/7", "100", 5000, DAY, "memo"), 5000)
    same: dict[str, Any] = {"ref_number": "100", "edit_sequence": "2", "txn_date": DAY}
    assert edits(ours, payment("50.00", **same), {}) == ()
    moved = payment("49.00", **(same | {"txn_date": date(2026, 3, 3)}))
    assert edits(ours, moved, {}) == (
        "its total is 49.00 instead of 50.00",
        "its date is 2026-03-03 instead of 2026-03-02",
    )


def test_edits_of_a_credit_memo() -> None:
    planned = PlannedCreditMemo("9/7", "100", 10000, DAY, LINES, "memo")
    ours = written(Kind.CREDIT_MEMO, planned)
    same: dict[str, Any] = {"edit_sequence": "2", "txn_date": DAY, "lines": THERE}
    assert edits(ours, credit_memo("100.00", **same), LIST_IDS) == ()
    other = credit_memo("100.00", **(same | {"lines": THERE[1:], "txn_date": date(2026, 3, 3)}))
    assert edits(ours, other, LIST_IDS) == (
        "its date is 2026-03-03 instead of 2026-03-02",
        "its lines are others",
    )


@pytest.mark.parametrize("kind", [Kind.CARD_REFUND, Kind.CHECK_REFUND])
def test_the_day_of_a_refund(kind: Kind) -> None:
    ours = written(kind, PlannedRefund("9/7", RefundForm.CARD, "100", 10000, DAY, "memo"))
    other = there(txn_date=date(2026, 3, 3), lines=())
    assert edits(ours, other, {}) == ("its date is 2026-03-03 instead of 2026-03-02",)


def test_what_has_no_day_and_no_lines_of_its_own_is_compared_by_its_amount() -> None:
    ours = written(Kind.CREDIT_USE, PlannedCreditUse("9/7", 10000, DAY))
    assert edits(ours, there(txn_date=date(2026, 3, 3), lines=()), {}) == ()


def test_a_line_of_text_has_no_amount() -> None:
    note = PlannedLine(ListRef(), "As agreed", None, None, Decimal(0))
    assert same_lines([note], [line("", None)], {})
    assert not same_lines([note], [line("", "1.00")], {})


def test_what_makes_a_list_entry_is_found_by_its_key_and_kind() -> None:
    assert resolved(ListRef(list_id="I-1"), Kind.ITEM, {}) == "I-1"
    assert resolved(ListRef(made_by="brush"), Kind.ITEM, LIST_IDS) == "I-brush"
    assert resolved(ListRef(made_by="brush"), Kind.CUSTOMER, LIST_IDS) == ""
