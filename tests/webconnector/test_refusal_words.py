"""What the bookkeeper reads when QuickBooks refuses: by code, by record, by its own text."""

import re
from collections.abc import Callable

import pytest

from qbwc_service.demo.quickbooks import HResult, InProcessQuickBooks
from qbwc_service.demo.quickbooks.port import QuickBooksSession
from qbwc_service.ledger.models import Kind
from qbwc_service.messages import CATALOGUE, Who, message
from qbwc_service.webconnector import refusals
from qbxml_builders import hresults, statuses
from qbxml_builders.statuses import Reaction, classify
from tests.world import World, paid, sale

#: QuickBooks' own texts, as they were seen
GONE = (
    'There is an invalid reference to QuickBooks {} "80000001-1" in the Invoice.  QuickBooks error'
)
SAVING = "There was an error when saving a Invoice.  QuickBooks error message: "
DUE = (
    'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  QuickBooks error '
    "message: You cannot pay more than the amount due."
)

WAITS: list[tuple[int, Kind, str, str]] = [
    (3100, Kind.CUSTOMER, 'The name "Ann" of the list element is already in use.', "name-in-use"),
    (3140, Kind.INVOICE, GONE.format("Customer"), "customer-not-there"),
    (3140, Kind.INVOICE, GONE.format("Item"), "item-not-there"),
    (3140, Kind.INVOICE, GONE.format("ItemSalesTax"), "tax-entry-not-there"),
    (3140, Kind.INVOICE, GONE.format("Sales Tax Code"), "tax-entry-not-there"),
    (3140, Kind.PAYMENT, GONE.format("DepositToAccount"), "account-not-there"),
    (3140, Kind.INVOICE, GONE.format("Terms"), "list-entry-not-there"),
    (3140, Kind.INVOICE, "The sales tax through date is too early.", "quickbooks-set-up"),
    (3140, Kind.INVOICE, "The item is inactive.", "entry-inactive"),
    (3180, Kind.INVOICE, SAVING + "The item HAMMER is inactive.", "entry-inactive"),
    (3130, Kind.CUSTOMER, 'There is an invalid reference to a parent "P"', "parent-not-there"),
    (3141, Kind.INVOICE, "", "several-entries-fit"),
    (3120, Kind.PAYMENT, 'Object "5-1" specified in the request cannot be found.',
     "linked-record-gone"),
    (3180, Kind.INVOICE, SAVING + "The credit limit for the name has been exceeded.",
     "credit-limit-exceeded"),
    (3180, Kind.INVOICE, SAVING + "Transaction amount must be positive.", "total-below-zero"),
    (3180, Kind.INVOICE, SAVING + "The account number is in use.", "quickbooks-refused"),
    (3210, Kind.PAYMENT, DUE, "pays-more-than-open"),
    (3210, Kind.CREDIT_USE, "more than its balance", "more-than-is-left"),
    (3210, Kind.INVOICE, 'The "Rate" field has an invalid value', "value-refused"),
    (3250, Kind.SALES_ORDER, "This feature is not enabled", "sales-orders-not-offered"),
    (3250, Kind.INVOICE, "This feature is not enabled", "feature-off"),
    (3260, Kind.INVOICE, "Insufficient permission level", "permission-missing"),
    (3261, Kind.CUSTOMER, "", "personal-data-not-allowed"),
    (3270, Kind.INVOICE, "", "posting-account-missing"),
    (3310, Kind.CUSTOMER, "", "list-full"),
    (3070, Kind.INVOICE, 'The string "x" in the field "Memo" is too long.', "text-refused"),
    (3045, Kind.INVOICE, "", "message-not-understood"),
    (4711, Kind.INVOICE, "A code that nobody has described", "quickbooks-refused"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "text", "told"), WAITS)
def test_what_waits_for_a_person_is_told_by_what_has_to_be_done(
    code: int, kind: Kind, text: str, told: str
) -> None:
    assert refusals.held(code, kind, text) == told


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        (3100, "", "name-looked-up-again"),
        (3140, "", "lists-read-again"),
        (3175, "", "record-in-use"),
        (3180, "This list has been modified by another user.", "record-in-use"),
        (3200, "", "changed-meanwhile"),
        (1010, "", "quickbooks-not-ready"),
        (3231, "", "not-tried-yet"),
        (4711, "", "quickbooks-busy"),
    ],
)
def test_what_is_tried_again_says_that_it_goes_by_itself(code: int, text: str, told: str) -> None:
    found = refusals.again(code, Kind.INVOICE, text)
    assert found == told
    assert CATALOGUE[found].who is Who.ITSELF


def test_every_code_that_holds_a_record_has_words_that_need_somebody() -> None:
    waiting = {Reaction.PERSON, Reaction.SETUP, Reaction.DEFECT, Reaction.NAME_TAKEN}
    for code, status in statuses.KNOWN.items():
        if status.reaction in waiting:
            assert CATALOGUE[refusals.held(code, Kind.INVOICE, "")].who is not Who.ITSELF
        if status.reaction is Reaction.DEFECT:
            assert CATALOGUE[refusals.held(code, Kind.INVOICE, "")].who is Who.DEFECT


def test_a_line_of_the_tables_says_nothing_else_than_what_is_done() -> None:
    """What is told as tried again is; no line stands behind one that takes all of its codes."""
    for line in refusals.HELD:
        for code in line.codes:
            assert classify(code, "").reaction not in {Reaction.RETRY, Reaction.STALE}
    for number, line in enumerate(refusals.HELD):
        plain = [each for each in refusals.HELD[:number] if not each.kinds and not each.text]
        assert not any(line.codes <= each.codes for each in plain), line


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("0x80040408", "quickbooks-did-not-start"),
        (" 8004040a ", "other-company-file-open"),
        ("0x80040414", "window-open-in-quickbooks"),
        ("0x80040416", "no-company-file-open"),
        ("0x80040420", "link-not-allowed"),
        ("0x80040437", "quickbooks-user-elsewhere"),
        ("0x80070005", "windows-users-differ"),
        ("0x80040421", "cannot-reach-quickbooks"),
        ("something else", "cannot-reach-quickbooks"),
    ],
)
def test_why_quickbooks_could_not_be_opened_is_told_by_what_has_to_be_done(
    code: str, told: str
) -> None:
    assert refusals.not_opened(code) == told


def test_every_code_of_the_table_is_a_known_one() -> None:
    assert set(refusals.NOT_OPENED) <= set(hresults.KNOWN)
    known = {code for line in (*refusals.HELD, *refusals.TRIED_AGAIN) for code in line.codes}
    assert known <= set(statuses.KNOWN)


def answering(code: int, text: str, request: str = "InvoiceAdd") -> Callable[[World], None]:
    """An update in which QuickBooks refuses every such request with this code."""

    class Refusing(InProcessQuickBooks):
        def process(self, ticket: str, message: str) -> str:
            found = re.search(rf'<{request}Rq requestID="([^"]*)"', message)
            if found is None:
                return super().process(ticket, message)
            return (
                f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{request}Rs requestID="{found[1]}" '
                f'statusCode="{code}" statusSeverity="Error" statusMessage="{text}"/>'
                "</QBXMLMsgsRs></QBXML>"
            )

    def update(world: World) -> None:
        world.web_connector(quickbooks=Refusing(world.company)).update()

    return update


def test_an_order_over_the_credit_limit_says_so_and_waits(world: World) -> None:
    world.keap_has(sale(1))
    answering(3180, "The credit limit for the name on this transaction has been exceeded.")(world)
    assert world.statuses() == {1: ("held", "credit-limit-exceeded")}
    assert world.invoices() == []


def test_a_form_that_is_open_in_a_window_says_so_and_goes_by_itself(world: World) -> None:
    world.keap_has(sale(1))
    answering(3175, "Object is in use")(world)
    assert world.statuses() == {1: ("will-retry", "record-in-use")}
    world.clock.pass_time(minutes=10)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.errors() == []


def test_a_payment_that_is_more_than_is_open_says_so(world: World) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    answering(
        3210, "You cannot pay more than the amount due.", request="ReceivePaymentAdd"
    )(world)  # fmt: skip
    assert "pays-more-than-open" in world.errors()


class Busy(InProcessQuickBooks):
    """A window is open in it."""

    def begin_session(self, company_file: str) -> QuickBooksSession:
        raise HResult(0x80040414)


def test_a_window_in_quickbooks_is_told_and_solved_by_the_next_good_update(world: World) -> None:
    world.keap_has(sale(1))
    world.web_connector(quickbooks=Busy(world.company)).update()
    assert world.errors() == ["window-open-in-quickbooks"]
    assert "small window" in message("window-open-in-quickbooks").title
    world.update()
    assert world.errors() == []
