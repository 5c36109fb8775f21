import pytest

from .talk import GUID, customer_add


def test_an_added_customer_comes_back_with_ids_times_and_balances(talk):
    answered = talk.ask_for_zero(
        customer_add(
            " Ren&#233;e Smith ",
            "<CompanyName>Blue: Sky</CompanyName><BillAddress><Addr1>1 Main St</Addr1>"
            "<City>Austin</City><State>TX</State><PostalCode>78701</PostalCode></BillAddress>"
            f"<Email>renee@example.com</Email><ExternalGUID>{GUID}</ExternalGUID>",
        )
    )
    (customer,) = answered.message_set.find("CustomerAddRs")

    assert [(child.tag, child.text) for child in customer if not len(child)] == [
        ("ListID", customer.findtext("ListID")),
        ("TimeCreated", "2026-03-01T10:20:00-05:00"),
        ("TimeModified", "2026-03-01T10:20:00-05:00"),
        ("EditSequence", "1772378400"),
        ("Name", "Renée Smith"),
        ("FullName", "Renée Smith"),
        ("IsActive", "true"),
        ("Sublevel", "0"),
        ("CompanyName", "Blue: Sky"),
        ("Email", "renee@example.com"),
        ("Balance", "0.00"),
        ("TotalBalance", "0.00"),
        ("ExternalGUID", GUID),
    ]
    assert [line.text for line in customer.find("BillAddressBlock")] == [
        "1 Main St",
        "Austin, TX 78701",
    ]
    assert customer.findtext("ListID").startswith("800000")
    assert answered.message_set[0].get("requestID") == "c"


@pytest.mark.parametrize("taken", ["SMITH", "Vendor Supplies Inc", "Employee One", "Other One"])
def test_customers_vendors_employees_and_other_names_share_one_name_space(talk, person, taken):
    person.add_customer("Smith")
    person.make_inactive("smith")
    person.add_employee("Employee One")
    person.add_other_name("Other One")

    assert talk.ask(customer_add(taken)).status() == (
        "3100",
        "Error",
        f'The name "{taken}" of the list element is already in use.',
    )


def test_a_colon_in_a_name_is_3090(talk):
    code, severity, text = talk.ask(customer_add("Incorrect : Name")).status()

    assert (code, severity) == ("3090", "Error")
    assert "cannot contain a colon" in text


def test_a_text_over_its_limit_is_3070_and_the_rest_of_the_set_is_run(talk):
    answered = talk.ask(customer_add("x" * 42) + customer_add("y" * 41))

    assert answered.status_codes == ["3070", "0"]
    assert answered.message_set[0].get("statusMessage") == (
        f'The string "{"x" * 42}" in the field "Name" is too long.'
    )


def test_characters_outside_windows_1252_are_kept_as_question_marks(talk):
    answered = talk.ask_for_zero(customer_add("&#1051;&#8364;&#8220;&#128512;"))

    assert answered.value("CustomerRet/Name") == "?€“?"
    assert talk.ask(customer_add("&#1046;&#8364;&#8220;&#128513;")).status_codes == ["3100"]


def test_a_job_hangs_under_its_parent_and_may_repeat_a_name_elsewhere(talk):
    talk.add_customer("A")
    talk.add_customer("B")
    job = talk.ask_for_zero(customer_add("Job", "<ParentRef><FullName>a</FullName></ParentRef>"))
    talk.add_customer("Job", "<ParentRef><FullName>B</FullName></ParentRef>")

    assert job.value("CustomerRet/FullName") == "A:Job"
    assert job.value("CustomerRet/Sublevel") == "1"
    assert job.value("ParentRef/FullName") == "A"


def test_a_missing_parent_is_3130(talk):
    answered = talk.ask(customer_add("Job", "<ParentRef><FullName>Nobody</FullName></ParentRef>"))

    assert answered.status()[0] == "3130"


def test_a_reference_to_nothing_is_3140_and_names_the_value(talk):
    code, _, text = talk.ask(
        customer_add("A", "<TermsRef><FullName>Net 99</FullName></TermsRef>")
    ).status()

    assert code == "3140"
    assert text.startswith('There is an invalid reference to QuickBooks Terms "Net 99"')


def test_a_request_id_over_fifty_characters_is_1060(talk):
    assert talk.ask(customer_add("A", request_id="r" * 51)).status_codes == ["1060"]


def test_a_feature_that_is_off_is_3250(talk):
    in_class = customer_add("A", "<ClassRef><FullName>Online</FullName></ClassRef>")
    talk.company.store.set_fact("class tracking", "off")
    assert talk.ask(in_class).status_codes == ["3250"]

    talk.company.store.set_fact("class tracking", "on")
    # In an Add, ClassRef comes before ParentRef and CompanyName.
    assert talk.ask(in_class).status_codes == ["0"]


def modify(list_id: str, sequence: str, changes: str) -> str:
    return (
        f"<CustomerModRq><CustomerMod><ListID>{list_id}</ListID>"
        f"<EditSequence>{sequence}</EditSequence>{changes}</CustomerMod></CustomerModRq>"
    )


def test_a_modification_keeps_what_it_does_not_name_and_clears_what_is_empty(talk, clock):
    list_id = talk.add_customer("A", "<CompanyName>Co</CompanyName><Email>a@example.com</Email>")
    clock.pass_seconds(1)

    answered = talk.ask_for_zero(
        modify(list_id, "1772378400", "<Name>B</Name><CompanyName/><Phone>1</Phone>")
    )

    assert answered.value("CustomerRet/Name") == "B"
    assert answered.texts("CompanyName") == []
    assert answered.value("Email") == "a@example.com"
    assert answered.value("Phone") == "1"
    assert answered.value("TimeModified") == "2026-03-01T10:20:01-05:00"
    assert answered.value("EditSequence") == "1772378401"


def test_a_stale_edit_sequence_is_3200(talk):
    list_id = talk.add_customer("A")

    assert talk.ask(modify(list_id, "1", "<Phone>1</Phone>")).status() == (
        "3200",
        "Error",
        'The provided edit sequence "1" is out-of-date.',
    )


def test_a_modification_of_nobody_is_3120(talk):
    assert talk.ask(modify("80000000-1", "1", "")).status_codes == ["3120"]


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("ItemService", "<ParentRef><FullName>SKU1</FullName></ParentRef>"),
        ("ItemNonInventory", "<ManufacturerPartNumber>M-1</ManufacturerPartNumber>"),
        ("ItemOtherCharge", "<SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef>"),
    ],
)
def test_items_are_added_with_their_account(talk, kind, head):
    answered = talk.ask_for_zero(
        f"<{kind}AddRq><{kind}Add><Name>New</Name>{head}<SalesOrPurchase><Desc>D</Desc>"
        "<Price>12.50</Price><AccountRef><FullName>sales</FullName></AccountRef>"
        f"</SalesOrPurchase><ExternalGUID>{GUID}</ExternalGUID></{kind}Add></{kind}AddRq>"
    )

    assert answered.value(f"{kind}Ret/Name") == "New"
    assert answered.value("SalesOrPurchase/AccountRef/FullName") == "Sales"
    assert answered.value("SalesOrPurchase/Price") == "12.50"
    assert answered.value("ExternalGUID") == GUID


def test_item_names_are_one_name_space_over_all_kinds(talk):
    answered = talk.ask(
        "<ItemOtherChargeAddRq><ItemOtherChargeAdd><Name>sku1</Name><SalesOrPurchase>"
        "<AccountRef><FullName>Sales</FullName></AccountRef></SalesOrPurchase>"
        "</ItemOtherChargeAdd></ItemOtherChargeAddRq>"
    )

    assert answered.status()[0] == "3100"


def test_include_ret_element_cuts_the_answer_and_include_none_empties_it(talk):
    cut = talk.ask(
        "<CustomerAddRq><CustomerAdd><Name>A</Name></CustomerAdd>"
        "<IncludeRetElement>ListID</IncludeRetElement></CustomerAddRq>"
    )
    nothing = talk.ask(customer_add("B"), 'onError="stopOnError" responseData="includeNone"')

    assert [child.tag for child in cut.message_set[0][0]] == ["ListID"]
    assert (nothing.status_codes, len(nothing.message_set[0])) == (["0"], 0)
