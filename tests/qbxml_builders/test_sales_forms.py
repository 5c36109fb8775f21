"""What the builders of invoices, receipts, orders and credit memos write."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbxml_builders.credit_memos import CreditMemoAdd, credit_memo_add
from qbxml_builders.elements import Request
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.invoices import (
    NEW_LINE,
    InvoiceAdd,
    InvoiceMod,
    Line,
    LineMod,
    invoice_add,
    invoice_mod,
)
from qbxml_builders.message_set import render
from qbxml_builders.refs import Ref
from qbxml_builders.sales_orders import SalesOrderAdd, sales_order_add
from qbxml_builders.sales_receipts import SalesReceiptAdd, sales_receipt_add
from tests.qbxml_builders.txn_examples import (
    full_credit_memo,
    full_invoice,
    full_invoice_mod,
    full_line,
    full_sales_order,
    full_sales_receipt,
)
from tests.qbxml_builders.values import GUID
from tests.qbxml_builders.writing import written

DAY = date(2026, 3, 1)
LINES = (Line(Ref("3-4"), amount=Decimal(-5)),)

# The stretches of a full form, as the builders must write them.
CUSTOMER = (
    "<CustomerRef><ListID>80000001-1772000000</ListID></CustomerRef>"
    "<ClassRef><FullName>Online</FullName></ClassRef>"
)
RECEIVABLE = "<ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef>"
PLACE = (
    "<City>Portsmouth</City><State>NH</State><PostalCode>03801</PostalCode>"
    "<Country>United States</Country>"
)
ADDRESS = f"<Addr1>Zo&#235; O'Neill &amp; Sons</Addr1><Addr2>12 Harbour Lane</Addr2>{PLACE}"
NUMBER = (
    "<TemplateRef><FullName>Web Form</FullName></TemplateRef><TxnDate>2026-03-01</TxnDate>"
    f"<RefNumber>4417</RefNumber><BillAddress>{ADDRESS}</BillAddress>"
    f"<ShipAddress>{ADDRESS}</ShipAddress>"
)
PENDING = "<IsPending>true</IsPending>"
TERMS = "<PONumber>Keap 4417</PONumber><TermsRef><FullName>Net 30</FullName></TermsRef>"
DELIVERY = (
    "<DueDate>2026-03-31</DueDate><SalesRepRef><FullName>AB</FullName></SalesRepRef>"
    "<ShipDate>2026-03-02</ShipDate><ShipMethodRef><FullName>Courier</FullName></ShipMethodRef>"
    "<ItemSalesTaxRef><FullName>State Tax</FullName></ItemSalesTaxRef>"
    "<Memo>Order 4417 &#8212; thanks</Memo>"
    "<CustomerMsgRef><FullName>Thank you!</FullName></CustomerMsgRef>"
)
QUEUES = "<IsToBePrinted>true</IsToBePrinted><IsToBeEmailed>true</IsToBeEmailed>"
TAX_CODE = "<CustomerSalesTaxCodeRef><FullName>Non</FullName></CustomerSalesTaxCodeRef>"
OTHER = "<Other>4417</Other>"
EXTERNAL_GUID = f"<ExternalGUID>{GUID}</ExternalGUID>"
ITEM = (
    "<ItemRef><ListID>80000011-1772000000</ListID></ItemRef>"
    "<Desc>Coaching callwith notes</Desc><Quantity>1.5</Quantity><Rate>33.125</Rate>"
    "<ClassRef><FullName>Online</FullName></ClassRef>"
)
SERVICE_DATE = "<ServiceDate>2026-02-27</ServiceDate>"
LINE_END = (
    "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><Other1>a</Other1>"
    "<Other2>b</Other2>"
)
COLOUR = (
    "<DataExt><OwnerID>0</OwnerID><DataExtName>Colour</DataExtName>"
    "<DataExtValue>red</DataExtValue></DataExt>"
)
DISCOUNT = "<ItemRef><FullName>Discount</FullName></ItemRef><Amount>-5.00</Amount>"


def lines(tag: str, service_date: str = SERVICE_DATE) -> str:
    return f"<{tag}>{ITEM}{service_date}{LINE_END}{COLOUR}</{tag}><{tag}>{DISCOUNT}</{tag}>"


def form(tag: str, content: str) -> str:
    return f'<{tag}Rq requestID="1"><{tag} defMacro="TxnID:K1">{content}</{tag}></{tag}Rq>'


FORMS: dict[str, tuple[Callable[[], Request], str]] = {
    "InvoiceAdd": (
        lambda: invoice_add("1", full_invoice(), "K1"),
        CUSTOMER + RECEIVABLE + NUMBER + PENDING + TERMS + DELIVERY + QUEUES + TAX_CODE + OTHER
        + EXTERNAL_GUID + lines("InvoiceLineAdd"),
    ),
    "CreditMemoAdd": (
        lambda: credit_memo_add("1", full_credit_memo(), "K1"),
        CUSTOMER + RECEIVABLE + NUMBER + PENDING + TERMS + DELIVERY + QUEUES + TAX_CODE + OTHER
        + EXTERNAL_GUID + lines("CreditMemoLineAdd"),
    ),
    "SalesOrderAdd": (
        lambda: sales_order_add("1", full_sales_order(), "K1"),
        CUSTOMER + NUMBER + TERMS + DELIVERY + QUEUES + TAX_CODE + OTHER + EXTERNAL_GUID
        + lines("SalesOrderLineAdd", service_date=""),
    ),
    "SalesReceiptAdd": (
        lambda: sales_receipt_add("1", full_sales_receipt(), "K1"),
        CUSTOMER + NUMBER + PENDING + "<CheckNumber>1001</CheckNumber>"
        + "<PaymentMethodRef><FullName>Visa</FullName></PaymentMethodRef>" + DELIVERY + QUEUES
        + TAX_CODE + "<DepositToAccountRef><FullName>Card Clearing</FullName>"
        + "</DepositToAccountRef>" + OTHER + EXTERNAL_GUID + lines("SalesReceiptLineAdd"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("tag", FORMS)
def test_a_form_is_written_field_by_field(tag: str) -> None:
    build, content = FORMS[tag]
    assert written(build()) == form(tag, content)


BARE: dict[str, Callable[[tuple[Line, ...]], Request]] = {
    "Invoice": lambda n: invoice_add("1", InvoiceAdd(Ref("1-2"), DAY, "4417", n)),
    "CreditMemo": lambda n: credit_memo_add("1", CreditMemoAdd(Ref("1-2"), DAY, "4417", n)),
    "SalesOrder": lambda n: sales_order_add("1", SalesOrderAdd(Ref("1-2"), DAY, "4417", n)),
    "SalesReceipt": lambda n: sales_receipt_add("1", SalesReceiptAdd(Ref("1-2"), DAY, "4417", n)),
}


@pytest.mark.parametrize("kind", BARE)
def test_the_smallest_form_is_dated_posts_and_is_neither_printed_nor_mailed(kind: str) -> None:
    assert written(BARE[kind](LINES)) == (
        f'<{kind}AddRq requestID="1"><{kind}Add>'
        "<CustomerRef><ListID>1-2</ListID></CustomerRef><TxnDate>2026-03-01</TxnDate>"
        "<RefNumber>4417</RefNumber><IsToBePrinted>false</IsToBePrinted>"
        f"<IsToBeEmailed>false</IsToBeEmailed><{kind}LineAdd><ItemRef><ListID>3-4</ListID>"
        f"</ItemRef><Amount>-5.00</Amount></{kind}LineAdd></{kind}Add></{kind}AddRq>"
    )


@pytest.mark.parametrize("kind", ["CreditMemo", "SalesOrder", "SalesReceipt"])
def test_a_form_needs_a_line(kind: str) -> None:
    with pytest.raises(QbxmlInvalid, match=f"{kind}LineAdd is required and missing"):
        render([BARE[kind](())])


def test_a_line_of_a_sales_order_has_no_service_date() -> None:
    order = replace(full_sales_order(), lines=(full_line(),))
    with pytest.raises(QbxmlInvalid, match="SalesOrderLineAdd has no element ServiceDate"):
        render([sales_order_add("1", order)])


def test_an_invoice_is_changed_with_its_whole_list_of_lines() -> None:
    new = f"{ITEM}{SERVICE_DATE}{LINE_END}"
    assert written(invoice_mod("1", full_invoice_mod())) == (
        '<InvoiceModRq requestID="1"><InvoiceMod><TxnID>1A2B-1772000000</TxnID>'
        f"<EditSequence>1772000000</EditSequence>{CUSTOMER}{RECEIVABLE}{NUMBER}{PENDING}{TERMS}"
        f"{DELIVERY}{TAX_CODE}{OTHER}"
        "<InvoiceLineMod><TxnLineID>2A-1</TxnLineID></InvoiceLineMod>"
        f"<InvoiceLineMod><TxnLineID>2A-2</TxnLineID>{new}</InvoiceLineMod>"
        f"<InvoiceLineMod><TxnLineID>-1</TxnLineID>{new}</InvoiceLineMod>"
        "</InvoiceMod></InvoiceModRq>"
    )


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    assert written(invoice_mod("1", InvoiceMod("1-2", "1772", is_pending=False))) == (
        '<InvoiceModRq requestID="1"><InvoiceMod><TxnID>1-2</TxnID>'
        "<EditSequence>1772</EditSequence><IsPending>false</IsPending></InvoiceMod></InvoiceModRq>"
    )


def test_a_new_line_of_a_changed_invoice_has_content() -> None:
    with pytest.raises(QbxmlInvalid, match="A new line needs its content"):
        LineMod(NEW_LINE)


@pytest.mark.parametrize(("rate", "amount"), [(None, None), (Decimal(1), Decimal(1))])
def test_a_line_has_a_rate_or_an_amount(rate: Decimal | None, amount: Decimal | None) -> None:
    with pytest.raises(QbxmlInvalid, match="a Rate or an Amount, and only one"):
        Line(Ref("1-2"), rate=rate, amount=amount)
