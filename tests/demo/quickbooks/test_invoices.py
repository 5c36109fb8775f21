from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import NotSupported, read_books

from .talk import GUID, NON, customer_add, invoice_add, line, message

FULL_HEADER = (
    "<BillAddress><Addr1>A</Addr1></BillAddress><PONumber>Keap 1</PONumber>"
    "<TermsRef><FullName>Net 30</FullName></TermsRef><Memo>Order 1</Memo>"
    "<IsToBePrinted>false</IsToBePrinted><IsToBeEmailed>false</IsToBeEmailed>"
    "<CustomerSalesTaxCodeRef><FullName>Non</FullName></CustomerSalesTaxCodeRef>"
    f"<Other>1</Other><ExternalGUID>{GUID}</ExternalGUID>"
)


@pytest.fixture(autouse=True)
def _customer(talk):
    talk.add_customer("Ann", "<Email>ann@example.com</Email>")


def test_an_invoice_is_answered_with_what_quickbooks_made_of_it(talk, company):
    answered = talk.ask_for_zero(
        invoice_add(
            "ann", header=FULL_HEADER, lines=line() + line("SKU2", "<Amount>-10.00</Amount>")
        )
    )
    invoice = read_books(company).invoices[0]

    assert {
        tag: answered.value(f"InvoiceRet/{tag}")
        for tag in (
            "TxnNumber", "TxnDate", "RefNumber", "DueDate", "Subtotal", "SalesTaxTotal",
            "AppliedAmount", "BalanceRemaining", "IsPaid", "Memo", "PONumber", "Other",
            "IsToBePrinted", "ExternalGUID", "EditSequence",
        )
    } == {
        "TxnNumber": "1", "TxnDate": "2026-02-01", "RefNumber": "K1", "DueDate": "2026-03-03",
        "Subtotal": "90.00", "SalesTaxTotal": "0.00", "AppliedAmount": "0.00",
        "BalanceRemaining": "90.00", "IsPaid": "false", "Memo": "Order 1", "PONumber": "Keap 1",
        "Other": "1", "IsToBePrinted": "false", "ExternalGUID": GUID, "EditSequence": "1772378400",
    }  # fmt: skip
    assert answered.value("CustomerRef/FullName") == "Ann"
    assert answered.value("ARAccountRef/FullName") == "Accounts Receivable"
    assert (invoice.total, invoice.customer, invoice.guid) == (Decimal("90.00"), "Ann", GUID)
    assert [(one.item, one.amount) for one in invoice.lines] == [
        ("SKU1", Decimal("100.00")),
        ("SKU2", Decimal("-10.00")),
    ]


@pytest.mark.parametrize(
    ("amounts", "quantity", "rate", "amount", "code"),
    [
        ("<Quantity>3</Quantity><Rate>0.335</Rate>", ["3"], ["0.335"], "1.01", "0"),
        ("<Quantity>-3</Quantity><Rate>0.335</Rate>", ["-3"], ["0.335"], None, "3180"),
        ("<Quantity>4</Quantity><Amount>10.00</Amount>", ["4"], ["2.50"], "10.00", "0"),
        ("<Quantity>3</Quantity><Amount>10.00</Amount>", ["3"], ["3.33333"], "10.00", "0"),
        ("<Rate>7.50</Rate>", [], ["7.50"], "7.50", "0"),
        ("<Amount>7.50</Amount>", [], [], "7.50", "0"),
        ("<Quantity>2</Quantity><Rate>9</Rate><Amount>5.00</Amount>", ["2"], ["2.50"], "5.00",
         "530"),
        ("<Quantity>2</Quantity>", ["2"], [], "0.00", "0"),
    ],
)  # fmt: skip
def test_a_line_is_reckoned_from_quantity_rate_and_amount(
    talk, amounts, quantity, rate, amount, code
):
    answered = talk.ask(invoice_add("Ann", lines=line(amounts=amounts, tail=NON)))

    assert answered.status_codes == [code]
    if amount is not None:
        assert answered.texts("InvoiceLineRet/Quantity") == quantity
        assert answered.texts("InvoiceLineRet/Rate") == rate
        assert answered.value("InvoiceLineRet/Amount") == amount
        assert answered.value("Subtotal") == amount


def test_an_item_lends_its_price_and_text(talk, person):
    talk.ask_for_zero(
        "<ItemServiceAddRq><ItemServiceAdd><Name>Priced</Name><SalesOrPurchase><Desc>Hour</Desc>"
        "<Price>80.00</Price><AccountRef><FullName>Sales</FullName></AccountRef></SalesOrPurchase>"
        "</ItemServiceAdd></ItemServiceAddRq>"
    )
    answered = talk.ask_for_zero(
        invoice_add("Ann", lines=line("Priced", "<Quantity>1.5</Quantity>", NON))
    )

    assert answered.value("InvoiceLineRet/Desc") == "Hour"
    assert answered.value("InvoiceLineRet/Amount") == "120.00"


def test_a_percentage_line_takes_of_the_line_above(talk):
    lines = line(tail=NON) + line("SKU2", "<RatePercent>-12.5</RatePercent>", NON)

    assert talk.ask_for_zero(invoice_add("Ann", lines=lines)).value("Subtotal") == "87.50"


def test_omitted_tax_codes_mean_tax_by_the_company_default(talk):
    answered = talk.ask_for_zero(
        invoice_add("Ann", lines=line() + line(amounts="<Amount>0.05</Amount>"))
    )

    assert answered.value("ItemSalesTaxRef/FullName") == "State Sales Tax"
    assert answered.value("SalesTaxPercentage") == "8.25"
    assert answered.value("Subtotal") == "100.05"
    assert answered.value("SalesTaxTotal") == "8.25"
    assert answered.value("BalanceRemaining") == "108.30"


def test_only_taxable_lines_are_taxed_and_none_of_a_customer_who_is_not(talk):
    mixed = talk.ask_for_zero(invoice_add("Ann", lines=line() + line(tail=NON)))
    exempt = talk.ask_for_zero(
        invoice_add(
            "Ann",
            header="<CustomerSalesTaxCodeRef><FullName>Non</FullName></CustomerSalesTaxCodeRef>",
            lines=line(tail="<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>"),
        )
    )

    assert mixed.value("SalesTaxTotal") == "8.25"
    assert exempt.value("SalesTaxTotal") == "0.00"


def test_without_sales_tax_there_is_none_and_its_elements_are_3250(talk, person):
    person.switch("sales tax", on=False)

    plain = talk.ask_for_zero(invoice_add("Ann", lines=line()))
    assert plain.value("SalesTaxTotal") == "0.00"
    assert plain.texts("ItemSalesTaxRef") == []
    assert talk.ask(invoice_add("Ann", lines=line(tail=NON))).status_codes == ["3250"]


def test_a_negative_total_is_refused_and_nothing_stays(talk, company):
    code, severity, text = talk.ask(
        invoice_add("Ann", lines=line(amounts="<Amount>-0.01</Amount>", tail=NON))
    ).status()

    assert (code, severity) == ("3180", "Error")
    assert "must be positive" in text
    assert read_books(company).invoices == ()


def test_a_free_invoice_is_paid_at_once(talk):
    answered = talk.ask_for_zero(invoice_add("Ann", lines=line(amounts="<Amount>0.00</Amount>")))

    assert answered.value("IsPaid") == "true"


def test_numbers_and_guids_in_use_are_taken_without_a_word(talk, company):
    header = f"<ExternalGUID>{GUID}</ExternalGUID>"
    for _ in range(2):
        talk.add_invoice("Ann", number="K1", header=header)

    assert [(one.number, one.guid) for one in read_books(company).invoices] == [
        ("K1", GUID),
        ("K1", GUID),
    ]


def test_an_omitted_number_is_the_next_and_an_omitted_date_the_last_one_used(talk, company):
    talk.add_invoice("Ann", number="", date="")
    talk.add_invoice("Ann", number="INV-099", date="2026-01-05")
    talk.add_invoice("Ann", number="", date="")

    assert [(one.number, one.on) for one in read_books(company).invoices] == [
        ("1", "2026-03-01"),
        ("INV-099", "2026-01-05"),
        ("INV-100", "2026-01-05"),
    ]


@pytest.mark.parametrize(
    ("request_text", "kind"),
    [
        (invoice_add("Nobody"), 'Customer "Nobody"'),
        (invoice_add("Ann", lines=line("NONE")), 'Item "NONE"'),
        (invoice_add("Ann", account="<ARAccountRef><FullName>X</FullName></ARAccountRef>"),
         'ARAccount "X"'),
        (invoice_add("Vendor Supplies Inc"), 'Customer "Vendor Supplies Inc"'),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_3140(talk, request_text, kind):
    code, _, text = talk.ask(request_text).status()

    assert code == "3140"
    assert text.startswith(f"There is an invalid reference to QuickBooks {kind} in the Invoice")


def test_an_inactive_customer_or_item_cannot_be_used(talk, person):
    person.make_inactive("SKU2", "ItemService")
    assert talk.ask(invoice_add("Ann", lines=line("SKU2"))).status()[0] == "3140"

    person.make_inactive("Ann")
    assert talk.ask(invoice_add("Ann")).status()[0] == "3140"


def test_an_account_that_is_not_receivable_is_3140(talk):
    account = "<ARAccountRef><FullName>Checking</FullName></ARAccountRef>"

    assert talk.ask(invoice_add("Ann", account=account)).status()[0] == "3140"


def test_a_list_id_wins_over_a_full_name(talk):
    ann = talk.add_customer("Other Ann")
    body = invoice_add("Ann").replace("<CustomerRef>", f"<CustomerRef><ListID>{ann}</ListID>")

    assert talk.ask_for_zero(body).value("CustomerRef/FullName") == "Other Ann"


@pytest.mark.parametrize(("date", "code"), [("2026-01-31", "3171"), ("2026-02-01", "0")])
def test_the_closing_date_itself_is_closed(talk, person, date, code):
    person.set_closing_date("2026-01-31")

    assert talk.ask(invoice_add("Ann", date=date)).status_codes == [code]


def test_email_needs_an_address(talk):
    talk.add_customer("No Mail")
    header = "<IsToBeEmailed>true</IsToBeEmailed>"

    assert talk.ask(invoice_add("No Mail", header=header)).status_codes == ["3180"]
    assert talk.ask(invoice_add("Ann", header=header)).status_codes == ["0"]


def test_what_is_not_played_is_said_and_rolled_back(company, talk):
    text = message(invoice_add("Ann", header="<LinkToTxnID>1-1</LinkToTxnID>"))

    with pytest.raises(NotSupported, match="LinkToTxnID"):
        company.process(text)
    assert talk.ask(customer_add("After")).status_codes == ["0"]


def test_a_rename_shows_in_old_invoices(talk, person):
    txn_id = talk.add_invoice("Ann")
    person.rename_customer("Ann", "Anna")

    assert talk.invoice(txn_id).value("CustomerRef/FullName") == "Anna"


def test_an_item_bought_and_sold_lends_its_sales_side(talk):
    talk.ask_for_zero(
        "<ItemServiceAddRq><ItemServiceAdd><Name>Both</Name><SalesAndPurchase>"
        "<SalesDesc>Sold</SalesDesc><SalesPrice>9.99</SalesPrice><IncomeAccountRef>"
        "<FullName>Sales</FullName></IncomeAccountRef><PurchaseCost>5.00</PurchaseCost>"
        "</SalesAndPurchase></ItemServiceAdd></ItemServiceAddRq>"
    )
    answered = talk.ask_for_zero(invoice_add("Ann", lines=line("Both", "", NON)))

    assert (answered.value("InvoiceLineRet/Desc"), answered.value("Subtotal")) == ("Sold", "9.99")


def test_an_address_on_the_customer_is_the_default_and_its_gaps_are_closed(talk):
    address = (
        "<BillAddress><Addr1>Acme</Addr1><Addr3>2 Side St</Addr3><PostalCode>99</PostalCode>"
        "<Country>USA</Country></BillAddress>"
    )
    talk.add_customer("Acme", address)
    answered = talk.ask_for_zero(invoice_add("Acme"))

    block = answered.message_set.find(".//BillAddressBlock")
    assert [(e.tag, e.text) for e in block] == [
        ("Addr1", "Acme"),
        ("Addr2", "2 Side St"),
        ("Addr3", "99"),
        ("Addr4", "USA"),
    ]


def test_a_line_may_carry_class_date_and_free_columns(talk, person):
    person.switch("class tracking", on=True)
    tail = (
        "<ClassRef><FullName>online</FullName></ClassRef><Amount>5.00</Amount>"
        "<ServiceDate>2026-01-31</ServiceDate><Other1>a</Other1><Other2>b</Other2>"
    )
    answered = talk.ask_for_zero(invoice_add("Ann", lines=line(amounts="", tail=tail)))

    assert answered.value("InvoiceLineRet/ClassRef/FullName") == "Online"
    assert [
        answered.value(f"InvoiceLineRet/{tag}") for tag in ("ServiceDate", "Other1", "Other2")
    ] == [
        "2026-01-31",
        "a",
        "b",
    ]


def test_a_line_without_an_item_is_only_text(talk):
    lines = line(tail=NON) + "<InvoiceLineAdd><Desc>Thank you</Desc></InvoiceLineAdd>"
    answered = talk.ask_for_zero(invoice_add("Ann", lines=lines))

    assert answered.texts("InvoiceLineRet/Desc") == ["Thank you"]
    assert answered.value("Subtotal") == "100.00"
