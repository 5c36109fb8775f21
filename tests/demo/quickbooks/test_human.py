from decimal import Decimal

import pytest

from qbwc_service.demo.quickbooks import Refused, new_company, read_books

from .talk import applied_to, customer_add


def test_a_rename_keeps_the_list_id_moves_the_time_and_carries_the_jobs(talk, person, clock):
    list_id = talk.add_customer("Ann")
    talk.ask_for_zero(customer_add("Job", "<ParentRef><FullName>Ann</FullName></ParentRef>"))
    clock.pass_seconds(7)
    person.rename_customer("ann", "Anna")

    answered = talk.ask("<CustomerQueryRq><FullName>Anna:Job</FullName></CustomerQueryRq>")
    renamed = talk.ask(f"<CustomerQueryRq><ListID>{list_id}</ListID></CustomerQueryRq>")
    assert answered.value("CustomerRet/FullName") == "Anna:Job"
    assert renamed.value("Name") == "Anna"
    assert renamed.value("TimeModified") == "2026-03-01T10:20:07-05:00"


def test_a_rename_may_not_take_a_name_in_use(person):
    person.add_customer("Ann")

    with pytest.raises(Refused, match="3100"):
        person.rename_customer("Ann", "vendor supplies inc")


def test_an_edited_customer_has_another_edit_sequence(talk, person, clock):
    list_id = talk.add_customer("Ann")
    before = talk.ask(f"<CustomerQueryRq><ListID>{list_id}</ListID></CustomerQueryRq>")
    clock.pass_seconds(7)
    person.edit_customer("Ann", Phone="480-555-0100", BillAddress={"City": "Mesa"})

    after = talk.ask(f"<CustomerQueryRq><ListID>{list_id}</ListID></CustomerQueryRq>")
    assert after.value("Phone") == "480-555-0100"
    assert after.value("BillAddressBlock/Addr1") == "Mesa"
    assert after.value("EditSequence") != before.value("EditSequence")


def test_after_a_merge_one_list_id_is_gone_and_the_other_has_everything(talk, person, company):
    gone = talk.add_customer("Ann")
    stays = talk.add_customer("Anna")
    invoice = talk.add_invoice("Ann")
    talk.pay("Ann", "40.00", applied_to(invoice, "40.00"))
    person.merge_customers("Ann", into="Anna")

    books = read_books(company)
    assert [(c.list_id, c.balance) for c in books.customers] == [(stays, Decimal("60.00"))]
    assert (books.invoices[0].customer, books.payments[0].customer) == ("Anna", "Anna")
    deleted = talk.ask(
        "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>"
    )
    assert deleted.texts("ListID") == [gone]


def test_jobs_of_a_merged_customer_go_over_with_their_names(talk, person):
    talk.add_customer("Ann")
    talk.add_customer("Anna")
    talk.ask_for_zero(customer_add("Job", "<ParentRef><FullName>Ann</FullName></ParentRef>"))
    person.merge_customers("Ann", into="Anna")

    answered = talk.ask_for_zero("<CustomerQueryRq><FullName>Anna:Job</FullName></CustomerQueryRq>")
    assert answered.texts("FullName") == ["Anna:Job", "Anna"]


@pytest.mark.parametrize(
    ("list_name", "query", "name"),
    [
        ("StandardTerms", "Terms", "Net 30"),
        ("DateDrivenTerms", "Terms", "15th of the month"),
        ("Class", "Class", "Shop"),
        ("Vendor", "Vendor", "Vendor Supplies Inc"),
        ("Template", "Template", "Web Invoice"),
    ],
)
def test_a_member_of_any_list_is_added_renamed_and_deleted(talk, person, list_name, query, name):
    def names():
        return talk.ask(f"<{query}QueryRq/>").texts("Name")

    person.add(list_name, "New one")
    person.rename(list_name, name, "Other name")
    assert {"New one", "Other name"} <= set(names())
    assert name not in names()
    person.delete(list_name, "New one")
    assert "New one" not in names()
    with pytest.raises(KeyError):
        person.delete(list_name, "New one")


def test_a_customer_with_transactions_cannot_be_deleted(talk, person):
    talk.add_customer("Ann")
    talk.add_invoice("Ann")

    with pytest.raises(Refused, match="3160"):
        person.delete_customer("Ann")


def test_typed_transactions_obey_the_same_rules(person, company):
    invoice = person.type_invoice(
        "Ann", [("SKU1", "10"), ("SKU2", "2.50")], number="9", on="2026-01-02"
    )
    payment = person.type_payment("Ann", "5", number="c1", on="2026-01-03", invoice=invoice)
    person.type_payment("Ann", "1.5")

    books = read_books(company)
    assert (books.invoices[0].txn_id, books.invoices[0].number, books.invoices[0].total) == (
        invoice,
        "9",
        Decimal("13.53"),
    )
    assert (books.payments[0].txn_id, books.payments[0].applied[0].amount) == (
        payment,
        Decimal("5.00"),
    )
    assert books.payments[1].unused == Decimal("1.50")
    with pytest.raises(Refused, match="3210"):
        person.type_payment("Ann", "9", invoice=invoice)


def test_deleting_by_hand_sets_the_other_side_free(talk, person, company):
    talk.add_customer("Ann")
    paid, unpaid = talk.add_invoice("Ann"), talk.add_invoice("Ann")
    first = talk.pay("Ann", "100.00", applied_to(paid, "100.00"))
    second = talk.pay("Ann", "100.00", applied_to(unpaid, "100.00"))
    assert first.status_codes == second.status_codes == ["0"]

    person.delete_invoice(paid)
    person.delete_payment(second.value("ReceivePaymentRet/TxnID"))

    books = read_books(company)
    assert [(one.txn_id, one.balance) for one in books.invoices] == [(unpaid, Decimal("100.00"))]
    assert [(one.unused, one.applied) for one in books.payments] == [(Decimal("100.00"), ())]


def test_an_invoice_is_renumbered_moved_and_edited(talk, person, company, clock):
    talk.add_customer("Ann")
    talk.add_customer("Bob")
    invoice = talk.add_invoice("Ann")
    talk.pay("Ann", "10.00", applied_to(invoice, "10.00"))
    clock.pass_seconds(3)
    person.renumber_invoice(invoice, "H-1")
    person.edit_invoice_line(invoice, 1, "70")
    person.move_invoice(invoice, "Bob")

    read = read_books(company).invoices[0]
    assert (read.number, read.customer, read.total, read.balance) == (
        "H-1", "Bob", Decimal("70.00"), Decimal("70.00"),
    )  # fmt: skip
    assert talk.invoice(invoice).value("TimeModified") == "2026-03-01T10:20:03-05:00"


def test_inactive_and_active_again(talk, person):
    talk.add_customer("Ann")
    person.make_inactive("Ann")
    assert talk.ask("<CustomerQueryRq/>").status_codes == ["1"]
    person.make_active("Ann")
    assert talk.ask("<CustomerQueryRq/>").status_codes == ["0"]


def test_a_backup_brings_back_what_was(talk, person, company, tmp_path):
    talk.add_customer("Ann")
    person.backup(tmp_path / "b.qbb")
    talk.add_customer("Bob")
    person.restore(tmp_path / "b.qbb")

    assert [one.full_name for one in read_books(company).customers] == ["Ann"]


def test_what_does_not_exist_is_a_key_error(person):
    with pytest.raises(KeyError, match="Nobody"):
        person.rename_customer("Nobody", "X")
    with pytest.raises(KeyError, match="9-9"):
        person.delete_invoice("9-9")


def test_a_new_company_may_have_invoices_typed_by_hand(tmp_path, clock):
    with new_company(tmp_path / "c.qbw", taken_numbers=("1001", "1002"), clock=clock) as company:
        assert [(one.number, one.customer) for one in read_books(company).invoices] == [
            ("1001", "Walk-in Customer"),
            ("1002", "Walk-in Customer"),
        ]
    with pytest.raises(FileExistsError):
        new_company(tmp_path / "c.qbw")
