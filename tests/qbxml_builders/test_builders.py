"""What each builder writes, as the text between its request's tags."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbxml_builders import lists, transactions
from qbxml_builders.addresses import Address
from qbxml_builders.customers import CustomerAdd, CustomerMod, customer_add, customer_mod
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.invoices import InvoiceAdd, Line, invoice_add
from qbxml_builders.items import ItemAdd, ItemKind, item_add
from qbxml_builders.lists import ListName, Page
from qbxml_builders.message_set import render
from qbxml_builders.payments import Applied, ReceivePaymentAdd, receive_payment_add
from qbxml_builders.refs import Ref
from qbxml_builders.session import company_query, preferences_query, version_to_send
from tests.qbxml_builders.examples import GUID, SINCE, full_customer, full_invoice, full_payment

DAY = date(2026, 3, 1)


def written(request: Request) -> str:
    """The request in one line, without blanks between its elements."""
    lines = render([request]).splitlines()[4:-2]
    return "".join(line.strip() for line in lines)


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


def test_a_customer_is_written_field_by_field() -> None:
    address = (
        "<Addr1>Zo&#235; O'Neill &amp; Sons</Addr1><Addr2>12 Harbour Lane</Addr2>"
        "<City>Portsmouth</City><State>NH</State><PostalCode>03801</PostalCode>"
        "<Country>United States</Country>"
    )
    assert written(customer_add("1", full_customer())) == (
        '<CustomerAddRq requestID="1"><CustomerAdd><Name>O\'Neill, Zo&#235;</Name>'
        "<ParentRef><FullName>Harbour Shops</FullName></ParentRef>"
        "<CompanyName>O'Neill &amp; Sons</CompanyName><FirstName>Zo&#235;</FirstName>"
        f"<LastName>O'Neill</LastName><BillAddress>{address}</BillAddress>"
        "<ShipAddress><Addr1>Dock 4</Addr1></ShipAddress><Phone>603 555 0100</Phone>"
        "<AltPhone>603 555 0101</AltPhone><Email>zoe@shop.example.com</Email>"
        "<Contact>Zo&#235;</Contact><CustomerTypeRef><FullName>Retail</FullName>"
        "</CustomerTypeRef><TermsRef><FullName>Net 30</FullName></TermsRef>"
        "<SalesRepRef><FullName>AB</FullName></SalesRepRef><SalesTaxCodeRef>"
        "<FullName>Tax</FullName></SalesTaxCodeRef><AccountNumber>77</AccountNumber>"
        f"<Notes>Rings twice</Notes><ExternalGUID>{GUID}</ExternalGUID>"
        "<CurrencyRef><FullName>US Dollar</FullName></CurrencyRef></CustomerAdd></CustomerAddRq>"
    )


def test_a_customer_is_changed_in_the_given_fields_only() -> None:
    change = CustomerMod(
        "1-2", "1772000000", Address(("1 Main St",), "Mesa"), email="a@example.com"
    )
    assert written(customer_mod("1", change)) == (
        '<CustomerModRq requestID="1"><CustomerMod><ListID>1-2</ListID>'
        "<EditSequence>1772000000</EditSequence><BillAddress><Addr1>1 Main St</Addr1>"
        "<City>Mesa</City></BillAddress><Email>a@example.com</Email></CustomerMod></CustomerModRq>"
    )
    assert customer_mod("1", change).writes


def test_an_empty_address_is_left_out_and_its_gaps_close() -> None:
    assert "Address" not in written(customer_add("1", CustomerAdd("A", bill_address=Address())))
    gaps = CustomerAdd("A", bill_address=Address(("", "x", "", "y")))
    assert "<Addr1>x</Addr1><Addr2>y</Addr2>" in written(customer_add("1", gaps))


def test_an_address_of_six_lines_is_refused() -> None:
    with pytest.raises(QbxmlInvalid, match="at most 5 lines; this has 6"):
        customer_add("1", CustomerAdd("A", ship_address=Address(tuple("abcdef"))))


def test_an_item_is_sold_from_an_account() -> None:
    item = ItemAdd(
        ItemKind.NON_INVENTORY, "Guide", Ref(list_id="9-1"), "A guide", Decimal("9.5"),
        Ref(full_name="Tax"), GUID,
    )  # fmt: skip
    assert written(item_add("1", item)) == (
        '<ItemNonInventoryAddRq requestID="1"><ItemNonInventoryAdd><Name>Guide</Name>'
        "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><SalesOrPurchase>"
        "<Desc>A guide</Desc><Price>9.50</Price><AccountRef><ListID>9-1</ListID></AccountRef>"
        f"</SalesOrPurchase><ExternalGUID>{GUID}</ExternalGUID></ItemNonInventoryAdd>"
        "</ItemNonInventoryAddRq>"
    )


def test_the_smallest_invoice_is_dated_and_neither_printed_nor_mailed() -> None:
    line = Line(Ref(list_id="3-4"), amount=Decimal(-5))
    invoice = InvoiceAdd(Ref(list_id="1-2"), DAY, "4417", (line,))
    assert written(invoice_add("1", invoice)) == (
        '<InvoiceAddRq requestID="1"><InvoiceAdd>'
        "<CustomerRef><ListID>1-2</ListID></CustomerRef><TxnDate>2026-03-01</TxnDate>"
        "<RefNumber>4417</RefNumber><IsToBePrinted>false</IsToBePrinted>"
        "<IsToBeEmailed>false</IsToBeEmailed><InvoiceLineAdd><ItemRef><ListID>3-4</ListID>"
        "</ItemRef><Amount>-5.00</Amount></InvoiceLineAdd></InvoiceAdd></InvoiceAddRq>"
    )


def test_an_invoice_is_written_field_by_field() -> None:
    text = written(invoice_add("1", replace(full_invoice(), bill_address=None), "K4417"))
    assert text.startswith('<InvoiceAddRq requestID="1"><InvoiceAdd defMacro="TxnID:K4417">')
    for part in (
        "<ClassRef><FullName>Online</FullName></ClassRef><ARAccountRef>",
        "<TemplateRef><FullName>Web Invoice</FullName></TemplateRef><TxnDate>",
        (
            "<PONumber>Keap 4417</PONumber><TermsRef><FullName>Net 30</FullName></TermsRef>"
            "<DueDate>2026-03-31</DueDate><SalesRepRef><FullName>AB</FullName></SalesRepRef>"
            "<ShipDate>2026-03-02</ShipDate><ShipMethodRef><FullName>Courier</FullName>"
            "</ShipMethodRef><ItemSalesTaxRef><FullName>State Tax</FullName></ItemSalesTaxRef>"
            "<Memo>Order 4417 &#8212; thanks</Memo><CustomerMsgRef><FullName>Thank you!</FullName>"
        ),
        (
            "<CustomerSalesTaxCodeRef><FullName>Non</FullName></CustomerSalesTaxCodeRef>"
            f"<Other>4417</Other><ExternalGUID>{GUID}</ExternalGUID>"
        ),
        "<Desc>Coaching call" + "with notes</Desc><Quantity>1.5</Quantity><Rate>33.125</Rate>"
        "<ClassRef><FullName>Online</FullName></ClassRef><ServiceDate>2026-02-27</ServiceDate>"
        "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><Other1>a</Other1>"
        "<Other2>b</Other2>",
    ):
        assert part in text


@pytest.mark.parametrize(("rate", "amount"), [(None, None), (Decimal(1), Decimal(1))])
def test_a_line_has_a_rate_or_an_amount(rate: Decimal | None, amount: Decimal | None) -> None:
    with pytest.raises(QbxmlInvalid, match="a Rate or an Amount, and only one"):
        Line(Ref("1-2"), rate=rate, amount=amount)


def test_a_payment_pays_an_invoice_of_the_same_set_by_macro_and_others_by_id() -> None:
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
        "<PaymentAmount>10.00</PaymentAmount></AppliedToTxnAdd></ReceivePaymentAdd>"
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


@pytest.mark.parametrize(("list_id", "full_name"), [("", ""), ("1-2", "Ann")])
def test_a_reference_names_its_record_once(list_id: str, full_name: str) -> None:
    with pytest.raises(QbxmlInvalid, match="a ListID or a FullName, and only one"):
        Ref(list_id, full_name)


@pytest.mark.parametrize("macro", ["a b", "é", "TxnID:K1", "x" * 41])
def test_a_macro_is_a_plain_name(macro: str) -> None:
    with pytest.raises(QbxmlInvalid, match="is not 1 to 40 letters"):
        invoice_add("1", full_invoice(), macro)


def test_amounts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(QbxmlInvalid, match="PaymentAmount is not a number: NaN"):
        Applied(Decimal("NaN"), "1-2")
    with pytest.raises(QbxmlInvalid, match="TotalAmount is not a number: Infinity"):
        ReceivePaymentAdd(Ref("1-2"), DAY, "9", Decimal("Infinity"))
