"""Sales receipts, sales orders and credit memos, and what the forms share."""

from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import HResult, read_books

from .forms import form_add, form_line, query
from .talk import GUID, Talk, invoice_add, line, make_company

FORMS = ("SalesReceipt", "SalesOrder", "CreditMemo")


@pytest.fixture(autouse=True)
def _customer(talk):
    talk.add_customer("Ann", "<Email>ann@example.com</Email>")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_answered_with_lines_tax_and_total(talk, form):
    lines = form_line(form, tax="") + form_line(form, "-10.00", item="SKU2", tax="")
    added = talk.ask_for_zero(form_add(form, lines=lines))
    read = talk.ask_for_zero(query(form, added.value(f"{form}Ret/TxnID")))

    for answered in (added, read):
        assert answered.value("RefNumber") == "N1"
        assert answered.value(f"{form}Ret/CustomerRef/FullName") == "Ann"
        assert answered.texts(f"{form}LineRet/Amount") == ["100.00", "-10.00"]
        assert (answered.value("Subtotal"), answered.value("SalesTaxTotal")) == ("90.00", "7.43")
        assert answered.value("TotalAmount") == "97.43"


@pytest.mark.parametrize(
    ("form", "balance"),
    [("SalesReceipt", "0.00"), ("SalesOrder", "0.00"), ("CreditMemo", "-97.43")],
)
def test_only_a_credit_memo_moves_the_balance_of_the_customer(talk, company, form, balance):
    talk.ask_for_zero(form_add(form, lines=form_line(form, "90.00", tax="")))

    assert read_books(company).customers[0].balance == Decimal(balance)


def test_a_sales_receipt_goes_to_undeposited_funds_unless_it_says_where(talk):
    header = (
        "<CheckNumber>77</CheckNumber><PaymentMethodRef><FullName>Visa</FullName>"
        "</PaymentMethodRef><DepositToAccountRef><FullName>Checking</FullName>"
        "</DepositToAccountRef>"
    )
    plain = talk.ask_for_zero(form_add("SalesReceipt"))
    told = talk.ask_for_zero(form_add("SalesReceipt", header=header))

    assert plain.value("DepositToAccountRef/FullName") == "Undeposited Funds"
    assert told.value("DepositToAccountRef/FullName") == "Checking"
    assert (told.value("CheckNumber"), told.value("PaymentMethodRef/FullName")) == ("77", "Visa")


def test_a_sales_receipt_needs_no_customer(talk):
    answered = talk.ask_for_zero(form_add("SalesReceipt", ""))

    assert answered.texts("CustomerRef") == []
    assert answered.value("TotalAmount") == "100.00"


def test_every_type_counts_its_own_numbers(talk):
    talk.add_invoice("Ann", number="500")
    for form, number in zip(FORMS, ("20", "30", "C-09"), strict=True):
        talk.ask_for_zero(form_add(form, number=number))

    def next_number(form):
        return talk.ask_for_zero(form_add(form, number="")).value("RefNumber")

    assert [next_number(form) for form in FORMS] == ["21", "31", "C-10"]
    assert talk.ask_for_zero(invoice_add("Ann", number="")).value("RefNumber") == "501"


def test_sales_orders_are_not_for_pro(tmp_path, clock):
    with make_company(tmp_path / "pro", clock, edition="Pro") as company:
        pro = Talk(company)
        pro.add_customer("Ann")

        assert pro.ask(form_add("SalesOrder")).status_codes == ["3250"]
        assert pro.ask("<SalesOrderQueryRq/>").status_codes == ["3250"]
        assert pro.ask(form_add("SalesReceipt")).status_codes == ["0"]


def test_sales_orders_post_to_no_account_so_that_none_is_asked_for(talk):
    accounts = "<AccountFilter><FullName>Checking</FullName></AccountFilter>"

    with pytest.raises(HResult, match="0x80040400"):
        talk.ask(f"<SalesOrderQueryRq>{accounts}</SalesOrderQueryRq>")


def test_a_sales_order_is_open(talk):
    answered = talk.ask_for_zero(form_add("SalesOrder"))

    assert answered.value("SalesOrderRet/IsManuallyClosed") == "false"
    assert answered.value("IsFullyInvoiced") == "false"


@pytest.mark.parametrize("form", FORMS)
def test_forms_obey_the_rules_of_invoices(talk, person, form):
    assert talk.ask(form_add(form, "Nobody")).status()[0] == "3140"
    assert talk.ask(form_add(form, amount="-0.01")).status()[0] == "3180"
    template = "<TemplateRef><FullName>Web Invoice</FullName></TemplateRef>"
    swapped = form_add(form).replace("<TxnDate>", f"{template}<TxnDate>", 1)
    assert talk.ask(swapped).status()[0] == "3140"
    person.set_closing_date("2026-02-03")
    assert talk.ask(form_add(form)).status()[0] == "3171"


@pytest.mark.parametrize("form", FORMS)
def test_forms_are_found_by_number_date_customer_and_in_pages(talk, form):
    talk.add_customer("Bob")
    for number, date in (("1", "2026-01-01"), ("20", "2026-01-20"), ("3", "2026-02-03")):
        talk.ask_for_zero(form_add(form, "Bob", number=number, date=date))
    talk.ask_for_zero(form_add(form, "Ann", number="4"))

    def numbers(filters, attributes=""):
        return talk.ask(f"<{form}QueryRq{attributes}>{filters}</{form}QueryRq>").texts("RefNumber")

    dates = "<TxnDateRangeFilter><FromTxnDate>2026-01-02</FromTxnDate></TxnDateRangeFilter>"
    of_bob = "<EntityFilter><FullName>Bob</FullName></EntityFilter>"
    in_range = (
        "<RefNumberRangeFilter><FromRefNumber>2</FromRefNumber><ToRefNumber>10</ToRefNumber>"
        "</RefNumberRangeFilter>"
    )
    assert numbers("<RefNumber>20</RefNumber>") == ["20"]
    assert numbers(dates) == ["20", "3", "4"]
    assert numbers(dates + of_bob + in_range) == ["3"]
    first = talk.ask(
        f'<{form}QueryRq iterator="Start"><MaxReturned>3</MaxReturned>'
        f"<IncludeRetElement>RefNumber</IncludeRetElement></{form}QueryRq>"
    )
    assert first.message_set[0].get("iteratorRemainingCount") == "1"
    assert [[e.tag for e in ret] for ret in first.message_set[0]] == [["RefNumber"]] * 3


def test_each_tax_of_a_group_is_rounded_by_itself(talk):
    header = "<ItemSalesTaxRef><FullName>State and City Sales Tax</FullName></ItemSalesTaxRef>"
    taxed = talk.ask_for_zero(
        invoice_add("Ann", header=header, lines=line(amounts="<Amount>0.33</Amount>"))
    )

    # 8.25 % of 0.33 is 0.027225, 1.5 % is 0.00495; 9.75 % of it would be 0.032175.
    assert taxed.value("SalesTaxPercentage") == "9.75"
    assert taxed.value("SalesTaxTotal") == "0.03"
    taxed = talk.ask_for_zero(
        invoice_add("Ann", header=header, lines=line(amounts="<Amount>0.34</Amount>"))
    )
    # 0.02805 and 0.0051: three cents and one cent; 9.75 % of it is 0.03315.
    assert taxed.value("SalesTaxTotal") == "0.04"


def test_error_recovery_keeps_the_ids_of_every_type(talk):
    guid = f"<ExternalGUID>{GUID}</ExternalGUID>"
    body = "".join(form_add(form, header=guid) for form in FORMS)
    sent = talk.ask(body, 'onError="continueOnError" newMessageSetID="X"')
    kept = talk.ask("", 'onError="continueOnError" newMessageSetID="X" oldMessageSetID="X"')

    ids = [ret.findtext("TxnID") for response in sent.message_set for ret in response]
    assert kept.texts("ErrorRecovery/TxnID") == ids
    assert kept.texts("ErrorRecovery/EditSequence") == ["1772378400"] * 3
    assert kept.texts("ErrorRecovery/ExternalGUID") == [GUID] * 3
