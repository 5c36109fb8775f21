"""The books as an auditor reads them."""

from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import Refused, read_books

from .talk import invoice_add


def test_a_person_types_every_kind_and_the_books_tell(person, company):
    invoice = person.type_invoice("Ann", [("SKU1", "100")], number="1", on="2026-02-01")
    credit = person.type_credit_memo("Ann", [("SKU1", "60")], number="C1", on="2026-02-02")
    payment = person.type_payment("Ann", "50", number="P1", on="2026-02-03")
    person.type_sales_receipt("Ann", [("SKU2", "5")], number="S1")
    person.type_sales_order("Ann", [("SKU2", "7")], number="O1")
    person.apply_credit(credit, invoice, "20")
    person.apply_credit(payment, invoice, "30")
    card = person.type_card_refund(credit, "15", number="R1")
    check = person.type_refund_check(payment, "12", number="7")

    books = read_books(company)
    (read,) = books.invoices
    (memo,) = books.credit_memos
    (paid,) = books.payments
    # The default tax of 8.25 % is on every form.
    assert (read.total, read.balance) == (Decimal("108.25"), Decimal("58.25"))
    assert (memo.total, memo.remaining) == (Decimal("64.95"), Decimal("29.95"))
    assert (paid.total, paid.unused) == (Decimal("50.00"), Decimal("8.00"))
    assert [(one.credit_type, one.credit_number, one.amount) for one in books.applications] == [
        ("CreditMemo", "C1", Decimal("20.00")),
        ("ReceivePayment", "P1", Decimal("30.00")),
    ]
    assert memo.applied == books.applications[:1]
    assert paid.applied == books.applications[1:]
    assert [(one.txn_id, one.kind, one.number, one.account) for one in books.refunds] == [
        (card, "card", "R1", "Undeposited Funds"),
        (check, "check", "7", "Checking"),
    ]
    assert [[(part.credit_id, part.amount) for part in one.refunds] for one in books.refunds] == [
        [(credit, Decimal("15.00"))],
        [(payment, Decimal("12.00"))],
    ]
    assert [(one.number, one.total) for one in books.sales_receipts] == [("S1", Decimal("5.41"))]
    assert [(one.number, one.total) for one in books.sales_orders] == [("O1", Decimal("7.58"))]
    # 108.25 less 64.95 and 50.00, and 27.00 given back.
    assert books.customers[0].balance == Decimal("20.30")


def test_an_expense_is_no_refund(talk, company):
    talk.ask_for_zero(
        "<CheckAddRq><CheckAdd><AccountRef><FullName>Checking</FullName></AccountRef>"
        "<ExpenseLineAdd><AccountRef><FullName>Office Supplies</FullName></AccountRef>"
        "<Amount>3.00</Amount></ExpenseLineAdd></CheckAdd></CheckAddRq>"
    )

    assert read_books(company).refunds == ()


def test_money_is_deposited_once_and_its_total_is_the_deposit(person, company):
    person.add_customer("Ann")
    payment = person.type_payment("Ann", "50")
    receipt = person.type_sales_receipt("Ann", [("SKU1", "5")])
    deposit = person.deposit([payment, receipt], to="Checking", on="2026-02-05")

    books = read_books(company)
    assert (books.payments[0].is_deposited, books.sales_receipts[0].is_deposited) == (True, True)
    with pytest.raises(Refused, match="in a deposit already"):
        person.deposit([payment])
    with pytest.raises(Refused, match="Take it out of the deposit first"):
        person.delete_txn(payment)
    person.delete_txn(deposit)
    person.delete_txn(payment)
    assert read_books(company).payments == ()


def test_a_person_may_delete_and_void_what_a_program_may_not(person, company):
    invoice = person.type_invoice("Ann", [("SKU1", "100")])
    credit = person.type_credit_memo("Ann", [("SKU1", "60")])
    person.apply_credit(credit, invoice, "20")
    person.void_txn(credit)

    books = read_books(company)
    assert (books.credit_memos[0].total, books.credit_memos[0].memo) == (0, "VOID: ")
    assert books.invoices[0].balance == Decimal("108.25")
    person.delete_txn(credit)
    assert read_books(company).credit_memos == ()


def test_a_lower_line_sets_what_was_paid_too_much_free(person, company):
    invoice = person.type_invoice("Ann", [("SKU1", "100")])
    person.type_payment("Ann", "108.25", invoice=invoice)
    person.edit_invoice_line(invoice, 1, "50")
    person.redate_invoice(invoice, "2026-01-05")

    books = read_books(company)
    assert (books.invoices[0].on, books.invoices[0].balance) == ("2026-01-05", 0)
    assert books.payments[0].unused == Decimal("54.12")


def test_the_edition_is_changed(talk, person):
    person.add_customer("Ann")
    person.change_edition("Pro")
    assert talk.ask("<SalesOrderQueryRq/>").status_codes == ["3250"]
    person.change_edition("Enterprise")
    assert talk.ask("<SalesOrderQueryRq/>").status_codes == ["1"]


def test_the_fields_of_a_form_are_told(talk, company):
    talk.add_customer("Ann")
    talk.ask_for_zero(invoice_add("Ann", header="<TermsRef><FullName>Net 30</FullName></TermsRef>"))

    (read,) = read_books(company).invoices
    assert (read.terms, read.template, read.class_name) == ("Net 30", "Intuit Service Invoice", "")
