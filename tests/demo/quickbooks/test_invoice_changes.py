"""InvoiceMod."""

from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import NotSupported, read_books

from .forms import set_credit
from .talk import GUID, NON, applied_to, line
from .test_credits import add_credit


@pytest.fixture
def invoice(talk):
    talk.add_customer("Ann")
    talk.add_customer("Bob")
    lines = line(amounts="<Quantity>2</Quantity><Rate>50.00</Rate>", tail=NON) + line(
        "SKU2", "<Amount>10.00</Amount>", NON
    )
    header = f"<Memo>Order 1</Memo><ExternalGUID>{GUID}</ExternalGUID>"
    return talk.add_invoice("Ann", header=header, lines=lines)


def mod(talk, invoice: str, changes: str = "", lines: str = "", sequence: str = ""):
    sequence = sequence or talk.invoice(invoice).value("EditSequence")
    return talk.ask(
        f'<InvoiceModRq requestID="m"><InvoiceMod><TxnID>{invoice}</TxnID>'
        f"<EditSequence>{sequence}</EditSequence>{changes}{lines}</InvoiceMod></InvoiceModRq>"
    )


def mod_line(line_id: str, changes: str = "") -> str:
    return f"<InvoiceLineMod><TxnLineID>{line_id}</TxnLineID>{changes}</InvoiceLineMod>"


def line_ids(talk, invoice: str) -> list[str]:
    return talk.invoice(invoice).texts("InvoiceLineRet/TxnLineID")


def test_what_is_absent_stays_and_what_is_empty_is_cleared(talk, clock, invoice):
    clock.pass_seconds(5)
    changes = "<RefNumber>K2</RefNumber><PONumber>5</PONumber><Memo></Memo>"
    answered = mod(talk, invoice, changes)

    assert answered.status_codes == ["0"]
    assert (answered.value("RefNumber"), answered.value("PONumber")) == ("K2", "5")
    assert answered.texts("InvoiceRet/Memo") == []
    assert answered.value("ExternalGUID") == GUID
    assert answered.texts("InvoiceLineRet/Amount") == ["100.00", "10.00"]
    assert answered.value("EditSequence") == "1772378405"
    assert answered.value("TimeCreated") == "2026-03-01T10:20:00-05:00"
    assert answered.value("TimeModified") == "2026-03-01T10:20:05-05:00"


def test_a_stale_edit_sequence_is_3200_with_the_text_of_quickbooks(talk, invoice):
    assert mod(talk, invoice, sequence="1").status() == (
        "3200",
        "Error",
        'The provided edit sequence "1" is out-of-date.',
    )


def test_an_invoice_that_is_gone_is_3120(talk, invoice):
    assert mod(talk, "9-9", sequence="1").status()[0] == "3120"


def test_lines_sent_take_the_place_of_all_lines(talk, invoice):
    first, _ = line_ids(talk, invoice)
    new = mod_line("-1", f"<ItemRef><FullName>SKU2</FullName></ItemRef><Amount>7.00</Amount>{NON}")
    answered = mod(talk, invoice, lines=mod_line(first) + new)

    assert answered.texts("InvoiceLineRet/Amount") == ["100.00", "7.00"]
    assert answered.texts("InvoiceLineRet/Rate") == ["50.00"]
    assert answered.texts("InvoiceLineRet/TxnLineID")[0] == first
    assert first not in answered.texts("InvoiceLineRet/TxnLineID")[1:]
    assert (answered.value("Subtotal"), answered.value("BalanceRemaining")) == ("107.00", "107.00")


def test_a_line_of_another_invoice_is_3120(talk, invoice):
    assert mod(talk, invoice, lines=mod_line("9-9")).status()[0] == "3120"


@pytest.mark.parametrize(
    ("changes", "quantity", "rate", "amount"),
    [
        ("<Desc>Other text</Desc>", "2", "50.00", "100.00"),
        ("<Quantity>3</Quantity>", "3", "50.00", "150.00"),
        ("<Rate>40.00</Rate>", "2", "40.00", "80.00"),
        ("<Amount>90.00</Amount>", "2", "45.00", "90.00"),
    ],
)
def test_a_changed_line_is_reckoned_from_what_was_sent(
    talk, invoice, changes, quantity, rate, amount
):
    first, _ = line_ids(talk, invoice)
    answered = mod(talk, invoice, lines=mod_line(first, changes))

    assert [answered.value(f"InvoiceLineRet/{tag}") for tag in ("Quantity", "Rate", "Amount")] == [
        quantity,
        rate,
        amount,
    ]
    assert answered.value("Subtotal") == amount


def test_tax_is_reckoned_anew(talk, invoice):
    first, _ = line_ids(talk, invoice)
    taxed = "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>"
    answered = mod(talk, invoice, lines=mod_line(first, taxed))

    assert answered.value("SalesTaxTotal") == "8.25"
    assert answered.value("BalanceRemaining") == "108.25"


def test_what_was_paid_too_much_becomes_unused(talk, company, invoice):
    talk.pay("Ann", "60.00", applied_to(invoice, "60.00"), number="old")
    talk.pay("Ann", "50.00", applied_to(invoice, "50.00"), number="new")
    first, _ = line_ids(talk, invoice)
    answered = mod(talk, invoice, lines=mod_line(first, "<Amount>55.00</Amount>"))

    assert answered.value("BalanceRemaining") == "0.00"
    assert [(one.ref_number, one.unused) for one in read_books(company).payments] == [
        ("old", Decimal("5.00")),
        ("new", Decimal("50.00")),
    ]


def test_another_customer_takes_the_payments_off(talk, company, invoice):
    talk.pay("Ann", "60.00", applied_to(invoice, "60.00"))
    changes = "<CustomerRef><FullName>Bob</FullName></CustomerRef>"
    answered = mod(talk, invoice, changes)

    assert answered.value("InvoiceRet/CustomerRef/FullName") == "Bob"
    assert answered.value("BalanceRemaining") == "110.00"
    assert read_books(company).payments[0].unused == Decimal("60.00")


@pytest.mark.parametrize("closing", ["2026-02-01", "2026-01-15"])
def test_neither_the_old_nor_the_new_date_may_be_in_a_closed_period(talk, person, invoice, closing):
    person.set_closing_date(closing)

    code, _, text = mod(talk, invoice, "<TxnDate>2026-01-10</TxnDate>").status()
    assert (code, "modify a Invoice" in text) == ("3171", True)


def test_a_new_date_moves_the_due_date(talk, invoice):
    answered = mod(talk, invoice, "<TxnDate>2026-02-10</TxnDate>")

    assert (answered.value("TxnDate"), answered.value("DueDate")) == ("2026-02-10", "2026-02-10")


def test_a_new_address_is_printed_and_an_old_one_is_not(talk, invoice):
    mod(talk, invoice, "<BillAddress><Addr1>Old</Addr1></BillAddress>")
    answered = mod(talk, invoice, "<BillAddress><Addr1>New</Addr1></BillAddress>")

    assert answered.texts("BillAddressBlock/Addr1") == ["New"]


def test_a_total_below_zero_is_3180_and_nothing_changes(talk, invoice):
    first, _ = line_ids(talk, invoice)

    minus = mod_line(first, "<Amount>-1.00</Amount>")
    assert mod(talk, invoice, lines=minus).status()[0] == "3180"
    assert talk.invoice(invoice).value("Subtotal") == "110.00"


def test_a_credit_is_set_in_a_change_too(talk, invoice):
    answered = mod(talk, invoice, set_credit(add_credit(talk), "30.00"))

    assert answered.value("BalanceRemaining") == "80.00"


def test_groups_are_not_played(talk, invoice):
    group = "<InvoiceLineGroupMod><TxnLineID>-1</TxnLineID></InvoiceLineGroupMod>"

    with pytest.raises(NotSupported, match="InvoiceLineGroupMod"):
        mod(talk, invoice, lines=group)
