"""What each query asks, as the text between its request's tags."""

from collections.abc import Callable
from datetime import date

import pytest

from qbxml_builders import lists, transactions
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.lists import ListName, Page
from qbxml_builders.message_set import render
from qbxml_builders.session import company_query, preferences_query, version_to_send
from tests.qbxml_builders.values import GUID, SINCE
from tests.qbxml_builders.writing import written

DAY = date(2026, 3, 1)


def test_a_company_is_asked_for_our_file_id() -> None:
    assert written(company_query("1", owner_ids=(GUID,))) == (
        f'<CompanyQueryRq requestID="1"><OwnerID>{GUID}</OwnerID></CompanyQueryRq>'
    )
    assert written(preferences_query("2")) == '<PreferencesQueryRq requestID="2"/>'


@pytest.mark.parametrize(
    ("supported", "version"),
    [
        (["1.0", "9.0", "10.0", "13.0", "16.0"], "13.0"),
        (["1.0", "12.0", "9.0"], "12.0"),
        (["11.0", "9.0"], ""),
        (["CA3.0", "x", "1.", "²8.0"], ""),
        ([], ""),
    ],
)
def test_the_version_to_send_is_the_highest_that_both_know(
    supported: list[str], version: str
) -> None:
    assert version_to_send(supported) == version


def test_a_list_is_asked_for_whole_and_with_inactive_members() -> None:
    request = lists.list_query("1", ListName.TERMS, modified_since=SINCE, fields=("Name",))
    assert written(request) == (
        '<TermsQueryRq requestID="1"><ActiveStatus>All</ActiveStatus>'
        f"<FromModifiedDate>{SINCE}</FromModifiedDate>"
        "<IncludeRetElement>Name</IncludeRetElement></TermsQueryRq>"
    )


def test_templates_come_whole_since_they_know_no_filter() -> None:
    request = lists.list_query("1", ListName.TEMPLATE, modified_since=SINCE)
    assert written(request) == '<TemplateQueryRq requestID="1"/>'


def test_a_page_starts_an_iterator_and_the_next_one_continues_it() -> None:
    start = lists.customer_query("1", page=Page(500))
    following = lists.customer_query("2", page=Page(500, "{7}"))
    content = "<MaxReturned>500</MaxReturned><ActiveStatus>All</ActiveStatus></CustomerQueryRq>"
    assert written(start) == f'<CustomerQueryRq requestID="1" iterator="Start">{content}'
    assert written(following) == (
        f'<CustomerQueryRq requestID="2" iterator="Continue" iteratorID="{{7}}">{content}'
    )


def test_a_query_by_key_has_no_filter() -> None:
    assert written(lists.entity_query("1", full_names=("Ann", "Bob"))) == (
        '<EntityQueryRq requestID="1"><FullName>Ann</FullName><FullName>Bob</FullName>'
        "</EntityQueryRq>"
    )


MIXTURES: list[Callable[[], Request]] = [
    lambda: lists.customer_query("1", list_ids=("1",), full_names=("A",)),
    lambda: lists.customer_query("1", list_ids=("1",), modified_since=SINCE),
    lambda: lists.customer_query("1", full_names=("A",), page=Page(5)),
    lambda: transactions.invoice_query("1", txn_ids=("1",), ref_numbers=("2",)),
    lambda: transactions.invoice_query("1", ref_numbers=("2",), page=Page(5)),
    lambda: transactions.check_query("1", txn_ids=("1",), customers=("2",)),
    lambda: transactions.check_query("1", txn_ids=("1",), dates=(DAY, DAY)),
    lambda: transactions.check_query("1", ref_numbers=("1",), ref_number_range=("1", "2")),
]


@pytest.mark.parametrize("mixture", MIXTURES)
def test_keys_and_filters_do_not_mix(mixture: Callable[[], Request]) -> None:
    with pytest.raises(QbxmlInvalid, match="qbXML knows no mixture"):
        mixture()


def test_employees_and_other_names_cannot_be_read_in_pages() -> None:
    for query in (lists.employee_query, lists.other_name_query):
        with pytest.raises(QbxmlInvalid, match="has no attribute iterator here"):
            render([query("1", page=Page(5))])


def test_payments_receipts_and_card_refunds_have_no_linked_transactions_to_ask_for() -> None:
    for query in (
        transactions.receive_payment_query,
        transactions.sales_receipt_query,
        transactions.card_refund_query,
    ):
        with pytest.raises(QbxmlInvalid, match="has no element IncludeLinkedTxns"):
            render([query("1", linked_txns=True)])


def test_deletions_are_asked_for_from_a_time_on() -> None:
    assert written(lists.list_deleted_query("1", ("Customer", "Vendor"), since=SINCE)) == (
        '<ListDeletedQueryRq requestID="1"><ListDelType>Customer</ListDelType>'
        "<ListDelType>Vendor</ListDelType><DeletedDateRangeFilter>"
        f"<FromDeletedDate>{SINCE}</FromDeletedDate></DeletedDateRangeFilter>"
        "</ListDeletedQueryRq>"
    )
    assert written(lists.txn_deleted_query("2", ("Invoice",))) == (
        '<TxnDeletedQueryRq requestID="2"><TxnDelType>Invoice</TxnDelType></TxnDeletedQueryRq>'
    )


def test_invoices_are_asked_for_by_number_with_all_details() -> None:
    request = transactions.invoice_query(
        "1", ref_numbers=("4417",), line_items=True, linked_txns=True
    )
    assert written(request) == (
        '<InvoiceQueryRq requestID="1"><RefNumber>4417</RefNumber>'
        "<IncludeLineItems>true</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>"
        "</InvoiceQueryRq>"
    )


def test_orders_are_narrowed_by_date_customer_and_number() -> None:
    request = transactions.sales_order_query(
        "1",
        dates=(DAY, date(2026, 3, 31)),
        customers=("1-2", "3-4"),
        ref_number_range=("100", "199"),
        page=Page(25),
        owner_ids=("0",),
    )
    assert written(request) == (
        '<SalesOrderQueryRq requestID="1" iterator="Start"><MaxReturned>25</MaxReturned>'
        "<TxnDateRangeFilter><FromTxnDate>2026-03-01</FromTxnDate>"
        "<ToTxnDate>2026-03-31</ToTxnDate></TxnDateRangeFilter>"
        "<EntityFilter><ListID>1-2</ListID><ListID>3-4</ListID></EntityFilter>"
        "<RefNumberRangeFilter><FromRefNumber>100</FromRefNumber>"
        "<ToRefNumber>199</ToRefNumber></RefNumberRangeFilter>"
        "<OwnerID>0</OwnerID></SalesOrderQueryRq>"
    )


def test_what_changed_and_what_is_dated_cannot_be_asked_for_at_once() -> None:
    with pytest.raises(QbxmlInvalid, match="Ask by date or by what changed, never by both"):
        transactions.invoice_query("1", modified_since=SINCE, dates=(DAY, DAY))


@pytest.mark.parametrize(("first", "last"), [("9", "10"), ("B", "A"), ("10", "A"), ("7", "7")])
def test_a_range_of_numbers_goes_up_where_both_ends_are_numeric(first: str, last: str) -> None:
    assert f"<FromRefNumber>{first}</FromRefNumber><ToRefNumber>{last}<" in written(
        transactions.check_query("1", ref_number_range=(first, last))
    )


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(QbxmlInvalid, match="The range ends before it begins: 10"):
        transactions.check_query("1", ref_number_range=("10", "9"))
    with pytest.raises(QbxmlInvalid, match="The dates end before they begin: 2026-03-01"):
        transactions.check_query("1", dates=(DAY, date(2026, 2, 28)))


@pytest.mark.parametrize(
    "kind", ["SalesReceipt", "SalesOrder", "CreditMemo", "ARRefundCreditCard", "Check"]
)
def test_deletions_of_every_kind_that_we_make_can_be_asked_for(kind: str) -> None:
    assert f"<TxnDelType>{kind}</TxnDelType>" in written(lists.txn_deleted_query("1", (kind,)))


def test_changed_payments_are_asked_for_in_pages() -> None:
    request = transactions.receive_payment_query("1", modified_since=SINCE, page=Page(25))
    assert written(request) == (
        '<ReceivePaymentQueryRq requestID="1" iterator="Start"><MaxReturned>25</MaxReturned>'
        f"<ModifiedDateRangeFilter><FromModifiedDate>{SINCE}</FromModifiedDate>"
        "</ModifiedDateRangeFilter></ReceivePaymentQueryRq>"
    )
