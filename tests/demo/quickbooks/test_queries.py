import pytest

from qbwc_service.demo.quickbooks import NotSupported

from .talk import UNAPPLIED, applied_to, customer_add


def names(answered, path="CustomerRet/Name"):
    return answered.texts(path)


@pytest.fixture
def abc(talk):
    return [talk.add_customer(name) for name in ("Abe", "Bea", "Cal")]


def test_by_key_finds_inactive_ones_and_says_500_for_what_is_missing(talk, person, abc):
    person.make_inactive("Bea")

    answered = talk.ask(
        "<CustomerQueryRq><FullName>bea</FullName><FullName>Zoe</FullName></CustomerQueryRq>"
    )

    assert names(answered) == ["Bea"]
    assert answered.status() == (
        "500",
        "Warn",
        (
            "The query request has not been fully completed. There was a required element "
            '("Zoe") that could not be found in QuickBooks.'
        ),
    )
    nobody = talk.ask("<CustomerQueryRq><ListID>80000000-1</ListID></CustomerQueryRq>")
    assert (nobody.status_codes, names(nobody)) == (["500"], [])


def test_by_filter_only_active_ones_come_unless_asked(talk, person, abc):
    person.make_inactive("Bea")

    def ask(status: str) -> list[str]:
        return names(talk.ask(f"<CustomerQueryRq>{status}</CustomerQueryRq>"))

    assert ask("") == ["Abe", "Cal"]
    assert ask("<ActiveStatus>All</ActiveStatus>") == ["Abe", "Bea", "Cal"]
    assert ask("<ActiveStatus>InactiveOnly</ActiveStatus>") == ["Bea"]


def test_a_filter_that_finds_nothing_is_status_1(talk):
    assert talk.ask("<CustomerQueryRq/>").status() == (
        "1",
        "Info",
        "A query request did not find a matching object in QuickBooks",
    )


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2026-03-01T10:20:01", ["Late"]),
        ("2026-03-01T10:20:00", ["Early", "Late"]),
        ("2026-03-01T10:20:01+09:00", ["Late"]),
        ("2026-03-01T10:21", []),
        ("2026-03-01", ["Early", "Late"]),
    ],
)
def test_modified_filters_compare_local_time_as_written(talk, clock, since, found):
    talk.add_customer("Early")
    clock.pass_seconds(1)
    talk.add_customer("Late")

    answered = talk.ask(
        f"<CustomerQueryRq><FromModifiedDate>{since}</FromModifiedDate></CustomerQueryRq>"
    )
    assert names(answered) == found


def name_filter(criterion: str, name: str) -> str:
    return (
        f"<NameFilter><MatchCriterion>{criterion}</MatchCriterion><Name>{name}</Name></NameFilter>"
    )


RANGE = "<NameRangeFilter><FromName>b</FromName><ToName>bea</ToName></NameRangeFilter>"
IN_DEBT = (
    "<TotalBalanceFilter><Operator>GreaterThan</Operator><Amount>0.00</Amount></TotalBalanceFilter>"
)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (name_filter("StartsWith", "b"), ["Bea"]),
        (name_filter("Contains", "E"), ["Abe", "Bea"]),
        (name_filter("EndsWith", "l"), ["Cal"]),
        (RANGE, ["Bea"]),
        (IN_DEBT, ["Cal"]),
    ],
)
def test_other_filters(talk, abc, filters, found):
    talk.add_invoice("Cal")

    assert names(talk.ask(f"<CustomerQueryRq>{filters}</CustomerQueryRq>")) == found


def test_entity_query_looks_through_all_four_lists(talk, person):
    talk.add_customer("Cust")
    person.add_employee("Emp")
    person.add_other_name("Oth")

    answered = talk.ask(
        "<EntityQueryRq><FullName>VENDOR SUPPLIES INC</FullName><FullName>emp</FullName>"
        "<FullName>oth</FullName><FullName>cust</FullName></EntityQueryRq>"
    )
    assert [ret.tag for ret in answered.message_set[0]] == [
        "VendorRet", "EmployeeRet", "OtherNameRet", "CustomerRet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ItemQueryRq", "SKU1"),
        ("ItemSalesTaxQueryRq", "State Sales Tax"),
        ("AccountQueryRq", "Undeposited Funds"),
        ("PaymentMethodQueryRq", "Visa"),
        ("SalesTaxCodeQueryRq", "Non"),
        ("TermsQueryRq", "Net 30"),
        ("TermsQueryRq", "15th of the month"),
        ("ClassQueryRq", "Online"),
        ("TemplateQueryRq", "Web Invoice"),
        ("EmployeeQueryRq", "Sam Seller"),
        ("ItemSalesTaxGroupQueryRq", "State and City Sales Tax"),
        ("ItemQueryRq", "Stock sample"),
        ("ShipMethodQueryRq", "UPS"),
        ("CustomerTypeQueryRq", "Online"),
        ("CustomerMsgQueryRq", "Thank you for your business."),
        ("VendorQueryRq", "Vendor Supplies Inc"),
    ],
)
def test_every_list_has_its_query(talk, query, expected):
    answered = talk.ask_for_zero(f"<{query}/>")

    assert expected in answered.texts("Name")


@pytest.mark.parametrize(
    "query",
    [
        "OtherNameQueryRq", "CreditMemoQueryRq", "SalesReceiptQueryRq",
    ],
)  # fmt: skip
def test_what_the_company_does_not_have_is_status_1(talk, query):
    assert talk.ask(f"<{query}/>").status_codes == ["1"]


def test_currencies_are_refused_until_the_company_has_several(talk, person):
    assert talk.ask("<CurrencyQueryRq/>").status_codes == ["3250"]
    person.switch("multi-currency", on=True)
    assert talk.ask_for_zero("<CurrencyQueryRq/>").texts("CurrencyCode") == ["USD", "EUR"]


def test_a_list_that_the_user_may_not_see_is_refused(talk, person):
    person.forbid_reading("ClassQuery")
    refused = talk.ask("<ClassQueryRq/><TermsQueryRq/>")
    person.forbid_reading("")
    assert refused.status_codes == ["3260", "0"]
    assert talk.ask("<ClassQueryRq/>").status_codes == ["0"]


def test_an_item_has_its_other_numbers_and_custom_fields_come_when_asked(talk):
    which = "<ItemQueryRq><FullName>Stock sample</FullName>{}</ItemQueryRq>"
    plain = talk.ask_for_zero(which.format(""))
    asked = talk.ask_for_zero(which.format("<OwnerID>0</OwnerID>"))

    assert plain.value("ItemInventoryRet/BarCodeValue") == "4006381333931"
    assert plain.value("ItemInventoryRet/ManufacturerPartNumber") == "SAMPLE-16"
    assert plain.texts("DataExtName") == []
    assert (asked.texts("DataExtName"), asked.texts("DataExtValue")) == (["Shop SKU"], ["SMP"])


def test_a_sales_rep_is_an_initial_and_whom_it_stands_for(talk):
    rep = talk.ask_for_zero("<SalesRepQueryRq/>")
    assert (rep.value("Initial"), rep.value("FullName")) == ("SS", "Sam Seller")


def test_the_capacity_of_the_lists_comes_when_asked(talk, person):
    person.set_capacity("Entity", 100)
    asked = talk.ask_for_zero(
        "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity>"
        "</IncludeListMetaData></HostQueryRq>"
    )
    assert asked.value("EntityMetaData/MaxCapacity") == "100"
    assert asked.value("ItemMetaData/MaxCapacity") == "14500"


def test_account_types_and_method_types_filter(talk):
    accounts = talk.ask("<AccountQueryRq><AccountType>Bank</AccountType></AccountQueryRq>")
    methods = talk.ask(
        "<PaymentMethodQueryRq><PaymentMethodType>Visa</PaymentMethodType>"
        "<PaymentMethodType>Cash</PaymentMethodType></PaymentMethodQueryRq>"
    )

    assert names(accounts, "AccountRet/Name") == ["Checking"]
    assert names(methods, "PaymentMethodRet/Name") == ["Cash", "Visa"]


def start(limit: int = 2) -> str:
    return (
        f'<CustomerQueryRq requestID="1" iterator="Start"><MaxReturned>{limit}</MaxReturned>'
        "<IncludeRetElement>Name</IncludeRetElement></CustomerQueryRq>"
    )


def go_on(iterator_id: str, step: str = "Continue") -> str:
    return (
        f'<CustomerQueryRq iterator="{step}" iteratorID="{iterator_id}">'
        "<MaxReturned>2</MaxReturned></CustomerQueryRq>"
    )


def test_an_iterator_hands_out_pages_until_nothing_remains(talk, abc):
    first = talk.ask(start())
    attributes = first.message_set[0].attrib
    second = talk.ask(go_on(attributes["iteratorID"]))

    assert (names(first), attributes["iteratorRemainingCount"]) == (["Abe", "Bea"], "1")
    assert [child.tag for child in first.message_set[0][0]] == ["Name"]
    assert names(second) == ["Cal"]
    assert second.message_set[0].get("iteratorRemainingCount") == "0"
    assert second.message_set[0].get("iteratorID") == attributes["iteratorID"]


def test_an_iterator_dies_with_its_session_and_when_stopped(talk, company, abc):
    company.begin_session()
    lost = talk.ask(start()).message_set[0].get("iteratorID")
    company.end_session()
    company.begin_session()
    stopped = talk.ask(start()).message_set[0].get("iteratorID")

    assert talk.ask(go_on(stopped, "Stop")).status_codes == ["0"]
    assert talk.ask(go_on(lost)).status_codes == ["3391"]
    assert talk.ask(go_on(stopped)).status_codes == ["3391"]


def test_max_returned_and_metadata(talk, abc):
    limited = talk.ask("<CustomerQueryRq><MaxReturned>2</MaxReturned></CustomerQueryRq>")
    counted = talk.ask('<CustomerQueryRq metaData="MetaDataOnly"/>')

    assert names(limited) == ["Abe", "Bea"]
    assert (counted.message_set[0].get("retCount"), len(counted.message_set[0])) == ("3", 0)


def test_a_deleted_customer_is_found_among_the_deleted(talk, person, abc):
    person.delete_customer("Bea")
    answered = talk.ask(
        "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>"
    )

    assert [e.text for e in answered.message_set[0][0]] == [
        "Customer", abc[1], "2026-03-01T10:20:00-05:00", "2026-03-01T10:20:00-05:00", "Bea",
    ]  # fmt: skip
    other = talk.ask("<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>")
    assert other.status_codes == ["1"]


def invoices(talk, filters: str) -> list[str]:
    return talk.ask(f"<InvoiceQueryRq>{filters}</InvoiceQueryRq>").texts("InvoiceRet/RefNumber")


def test_numbers_are_found_in_any_letter_case_and_every_one_that_has_it(talk, abc):
    talk.add_invoice("Abe", number="k1")
    talk.add_invoice("Bea", number="K1")

    assert invoices(talk, "<RefNumber>K1</RefNumber>") == ["k1", "K1"]
    assert invoices(talk, "<RefNumberCaseSensitive>K1</RefNumberCaseSensitive>") == ["K1"]
    assert talk.ask("<InvoiceQueryRq><RefNumber>K2</RefNumber></InvoiceQueryRq>").status_codes == [
        "500"
    ]


def test_filters_over_invoices(talk, abc, clock):
    first = talk.add_invoice("Abe", number="1", date="2026-01-01")
    clock.pass_seconds(60)
    talk.add_invoice("Bea", number="20", date="2026-01-20")
    talk.add_invoice("Cal", number="3", date="2026-02-03")
    talk.pay("Bea", "1.00", UNAPPLIED)
    clock.pass_seconds(60)
    talk.pay("Abe", "100.00", applied_to(first, "100.00"))

    def modified(start: str) -> str:
        return (
            f"<ModifiedDateRangeFilter><FromModifiedDate>{start}</FromModifiedDate>"
            "</ModifiedDateRangeFilter>"
        )

    assert invoices(talk, modified("2026-03-01T10:22:00")) == ["1"]
    assert invoices(talk, modified("2026-03-01T10:21:00")) == ["1", "20", "3"]
    assert invoices(
        talk,
        "<TxnDateRangeFilter><FromTxnDate>2026-01-02</FromTxnDate><ToTxnDate>2026-01-31</ToTxnDate>"
        "</TxnDateRangeFilter>",
    ) == ["20"]
    assert invoices(talk, "<EntityFilter><FullName>cal</FullName></EntityFilter>") == ["3"]
    assert invoices(talk, "<PaidStatus>NotPaidOnly</PaidStatus>") == ["20", "3"]
    assert invoices(talk, "<PaidStatus>PaidOnly</PaidStatus>") == ["1"]
    assert invoices(
        talk,
        "<RefNumberRangeFilter><FromRefNumber>2</FromRefNumber><ToRefNumber>10</ToRefNumber>"
        "</RefNumberRangeFilter>",
    ) == ["3"]
    assert invoices(
        talk,
        "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>2</RefNumber>"
        "</RefNumberFilter>",
    ) == ["20"]


def test_an_entity_filter_may_take_in_the_jobs(talk, abc):
    talk.ask_for_zero(customer_add("Job", "<ParentRef><FullName>Abe</FullName></ParentRef>"))
    talk.add_invoice("Abe:Job", number="J")

    assert invoices(talk, f"<EntityFilter><ListID>{abc[0]}</ListID></EntityFilter>") == []
    with_jobs = f"<EntityFilter><ListIDWithChildren>{abc[0]}</ListIDWithChildren></EntityFilter>"
    assert invoices(talk, with_jobs) == ["J"]


def test_lines_and_links_come_only_when_asked(talk, abc):
    txn_id = talk.add_invoice("Abe")
    talk.pay("Abe", "1.00", applied_to(txn_id, "1.00"))
    bare = talk.ask(f"<InvoiceQueryRq><TxnID>{txn_id}</TxnID></InvoiceQueryRq>")
    payment = talk.ask("<ReceivePaymentQueryRq><RefNumber>p1</RefNumber></ReceivePaymentQueryRq>")

    assert bare.texts("InvoiceLineRet") == bare.texts("LinkedTxn") == []
    assert payment.texts("AppliedToTxnRet") == []
    assert payment.value("TotalAmount") == "1.00"
    full = talk.invoice(txn_id)
    assert (len(full.texts("InvoiceLineRet")), len(full.texts("LinkedTxn"))) == (1, 1)


def test_host_company_and_preferences_say_who_quickbooks_is(talk, company, person):
    company.write_file_id(
        "{57f3b9b1-86f1-4fcc-b1ee-566de1813d20}", "{00000000-0000-0000-0000-000000000001}"
    )
    person.set_closing_date("2025-12-31")
    person.set_dividing_date("2025-11-30")

    answered = talk.ask_for_zero(
        "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity>"
        "</IncludeListMetaData></HostQueryRq><CompanyQueryRq>"
        "<OwnerID>{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}</OwnerID></CompanyQueryRq>"
        "<CompanyQueryRq/><PreferencesQueryRq/>"
    )

    assert answered.texts("SupportedQBXMLVersion")[-1] == "16.0"
    assert answered.value("Country") == "US"
    assert answered.value("EntityMetaData/MaxCapacity") == "14500"
    assert answered.texts("CompanyRet/CompanyName") == ["Blue Sky Demo"] * 2
    assert [e.text for e in answered.message_set.find(".//DataExtRet")] == [
        "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}", "FileID", "STR255TYPE",
        "{00000000-0000-0000-0000-000000000001}",
    ]  # fmt: skip
    assert answered.value("ClosingDate") == "2025-12-31"
    assert answered.texts("AccountantCopy/DividingDate") == ["2025-11-30"] * 2
    assert answered.value("DefaultItemSalesTaxRef/FullName") == "State Sales Tax"


@pytest.mark.parametrize(
    "filters",
    [
        "<CustomerQueryRq><ClassFilter><FullName>Online</FullName></ClassFilter></CustomerQueryRq>",
        "<InvoiceQueryRq><CurrencyFilter><FullName>Euro</FullName></CurrencyFilter></InvoiceQueryRq>",
        (
            "<InvoiceQueryRq><TxnDateRangeFilter><DateMacro>LastMonth</DateMacro></TxnDateRangeFilter>"
            "</InvoiceQueryRq>"
        ),
    ],
)
def test_filters_that_are_not_played_say_so(talk, abc, filters):
    talk.add_invoice("Abe")

    with pytest.raises(NotSupported):
        talk.ask(filters)


def test_today_and_accounts_filter_invoices(talk, abc):
    talk.add_invoice("Abe", number="old", date="2026-02-28")
    talk.add_invoice("Abe", number="new", date="2026-03-01")
    today = "<TxnDateRangeFilter><DateMacro>Today</DateMacro></TxnDateRangeFilter>"
    checking = "<AccountFilter><FullName>Checking</FullName></AccountFilter>"
    receivable = "<AccountFilter><FullName>accounts receivable</FullName></AccountFilter>"

    assert invoices(talk, today) == ["new"]
    assert invoices(talk, checking) == []
    assert invoices(talk, receivable) == ["old", "new"]
