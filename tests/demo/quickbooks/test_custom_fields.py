"""Custom fields of sales forms (OwnerID 0)."""

import pytest

from qbwc_service.demo.quickbooks import NotSupported, read_books

from .forms import form_add, id_or_macro, query
from .talk import UNAPPLIED, invoice_add


@pytest.fixture(autouse=True)
def _company(talk, person):
    talk.add_customer("Ann")
    person.define_field("Keap Order")


def field(
    verb: str, kind: str, txn_id: str, value: str = "101", *, name: str = "Keap Order"
) -> str:
    return (
        f"<DataExt{verb}Rq><DataExt{verb}><OwnerID>0</OwnerID><DataExtName>{name}</DataExtName>"
        f"<TxnDataExtType>{kind}</TxnDataExtType>{id_or_macro('TxnID', txn_id)}"
        f"<DataExtValue>{value}</DataExtValue></DataExt{verb}></DataExt{verb}Rq>"
    )


@pytest.mark.parametrize("kind", ["Invoice", "SalesReceipt", "CreditMemo"])
def test_a_field_is_filled_and_shown_to_who_asks_for_it(talk, clock, kind):
    added = invoice_add("Ann") if kind == "Invoice" else form_add(kind)
    txn_id = talk.ask_for_zero(added).value(f"{kind}Ret/TxnID")
    clock.pass_seconds(3)
    answered = talk.ask_for_zero(field("Mod", kind, txn_id))
    read = talk.ask_for_zero(query(kind, txn_id))
    unasked = talk.ask_for_zero(query(kind, txn_id).replace("<OwnerID>0</OwnerID>", ""))

    for one in (answered, read):
        assert [e.text for e in one.message_set.find(".//DataExtRet")] == [
            "0", "Keap Order", "STR255TYPE", "101",
        ]  # fmt: skip
    assert unasked.texts("DataExtRet") == []
    assert read.value("EditSequence") == "1772378403"


def test_a_field_that_nobody_defined_is_refused(talk):
    invoice = talk.add_invoice("Ann")

    for verb, code, doing in (("Add", "3180", "saving"), ("Mod", "3170", "modifying")):
        status = talk.ask(field(verb, "Invoice", invoice, name="Other")).status()
        assert status[:2] == (code, "Error")
        assert status[2].startswith(
            f'There was an error when {doing} a data extension named "Other".'
        )


def test_only_mod_takes_the_place_of_a_value(talk, company):
    invoice = talk.add_invoice("Ann")

    assert talk.ask(field("Add", "Invoice", invoice)).status_codes == ["0"]
    assert talk.ask(field("Add", "Invoice", invoice, "102")).status_codes == ["3180"]
    assert talk.ask(field("Mod", "Invoice", invoice, "103", name="keap order")).status_codes == [
        "0"
    ]
    assert read_books(company).invoices[0].custom_fields == (("Keap Order", "103"),)


def test_a_field_of_the_same_set_goes_by_macro(talk):
    answered = talk.ask_for_zero(
        form_add("SalesReceipt", macro="TxnID:s") + field("Add", "SalesReceipt", "TxnID:s")
    )

    assert answered.value("DataExtRet/DataExtValue") == "101"


def test_other_transactions_have_no_such_fields(talk):
    invoice = talk.add_invoice("Ann")
    payment = talk.pay("Ann", "1.00", UNAPPLIED).value("ReceivePaymentRet/TxnID")

    assert talk.ask(field("Mod", "ReceivePayment", payment)).status_codes == ["3351"]
    assert talk.ask(field("Mod", "CreditMemo", invoice)).status_codes == ["3120"]
    assert talk.ask(field("Mod", "Invoice", "9-9")).status_codes == ["3120"]


def test_a_value_that_is_too_long_is_refused(talk):
    invoice = talk.add_invoice("Ann")

    assert talk.ask(field("Mod", "Invoice", invoice, "x" * 255)).status_codes == ["0"]
    assert talk.ask(field("Mod", "Invoice", invoice, "x" * 256)).status_codes == ["3170"]


def test_private_data_and_lists_are_not_played(talk):
    invoice = talk.add_invoice("Ann")
    private = field("Mod", "Invoice", invoice).replace(
        "<OwnerID>0<", "<OwnerID>{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}<"
    )

    with pytest.raises(NotSupported):
        talk.ask(private)
