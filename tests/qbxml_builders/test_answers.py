from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qbxml_builders import records
from qbxml_builders.addresses import Address
from qbxml_builders.answers import (
    Answer,
    AnswerUnreadable,
    ErrorRecovery,
    HostCompanyPreferences,
    Response,
    parse,
    parse_hcp,
)
from tests.qbxml_builders.conversations import (
    COMPANY,
    CUSTOMER,
    HCP,
    HOST,
    PREFERENCES,
    STAMP,
    answer,
    ok,
    read,
)
from tests.qbxml_builders.reference import QBXML, needs_reference

CREATED, MODIFIED = "2026-03-01T10:20:30-05:00", "2026-03-02T10:20:30-05:00"
GUID = "{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}"
DONE = Response("InvoiceAdd", "r1", 0, "Info", "Status OK")


def test_every_attribute_of_a_response_is_read() -> None:
    text = answer(
        '<CustomerQueryRs requestID="q 1" statusCode="500" statusSeverity="Warn" '
        'statusMessage="Not &quot;all&quot;" iteratorRemainingCount="7" iteratorID="{1}" />',
        attributes=' newMessageSetID="set-1" messageSetStatusCode="9002"',
    )
    response = Response("CustomerQuery", "q 1", 500, "Warn", 'Not "all"', "{1}", 7)
    assert parse(text) == Answer("9002", "set-1", (response,))
    assert (response.ok, response.empty) == (True, True)


def test_the_kept_answer_of_an_earlier_set_brings_ids_only() -> None:
    kept = (
        f"<ErrorRecovery><TxnID>1A-1</TxnID><TxnNumber>12</TxnNumber>"
        f"<EditSequence>1772</EditSequence><ExternalGUID>{GUID}</ExternalGUID></ErrorRecovery>"
    )
    text = answer(ok("InvoiceAdd", kept), attributes=' messageSetStatusCode="0"')
    recovery = ErrorRecovery("", "1A-1", "1772", GUID)
    assert parse(text) == Answer("0", "", (replace(DONE, recovery=recovery),))


@pytest.mark.parametrize(
    ("attributes", "code", "done"),
    [
        ("", 0, True),
        ('statusSeverity="Error"', 1000, False),
        ('statusCode="x"', 1000, False),
        ('statusCode="3100" statusSeverity="Error"', 3100, False),
        ('statusCode="3100" statusSeverity="Warn"', 3100, True),
        ('statusCode="530" statusSeverity="Warn"', 530, True),
        ('statusCode="570"', 570, True),
        ('statusCode="1" statusSeverity="Info"', 1, True),
    ],
)
def test_a_status_is_read_even_where_it_is_missing(attributes: str, code: int, done: bool) -> None:
    (response,) = parse(answer(f"<InvoiceAddRs {attributes}/>")).responses
    assert (response.status_code, response.ok) == (code, done)
    assert response.empty == (code == 1)
    assert response.iterator_remaining is None


def test_a_customer_is_read() -> None:
    assert read(CUSTOMER) == records.CustomerRecord(
        "80000002-1", "1772", CREATED, MODIFIED, "Dock 4", "Harbour:Dock 4", True, "80000001-1",
        "Harbour & Co", "Zoë", "O'Neill", "zoe@shop.example.com", "603 555 0100",
        Address(("Zoë", "12 Lane"), "Bath", "NH", "03801", "US"), "US Dollar", GUID,
        Decimal("12.50"),
    )  # fmt: skip


def test_who_shares_the_names_of_customers_is_read() -> None:
    content = (
        f"<ListID>7-1</ListID>{STAMP}<Name>Ann</Name><IsActive>0</IsActive>"
        "<CompanyName>Ann Ltd</CompanyName><Email>a@shop.example.com</Email>"
    )
    for kind in ("Vendor", "Employee", "OtherName"):
        assert read(f"<{kind}Ret>{content}</{kind}Ret>") == records.EntityRecord(
            kind, "7-1", "1772", CREATED, MODIFIED, "Ann", False, "Ann Ltd", "a@shop.example.com"
        )


@pytest.mark.parametrize(
    ("tag", "content", "expected"),
    [
        (
            "ItemNonInventoryRet",
            ("<FullName>Kits:Guide</FullName><ParentRef><ListID>2-1</ListID></ParentRef>"
            "<SalesTaxCodeRef><ListID>3-1</ListID></SalesTaxCodeRef><SalesOrPurchase>"
            "<Desc>A guide</Desc><Price>9.50</Price><AccountRef><ListID>4-1</ListID></AccountRef>"
            f"</SalesOrPurchase><ExternalGUID>{GUID}</ExternalGUID>"),
            ("NonInventory", "Kits:Guide", "2-1", GUID, "A guide", Decimal("9.50"), "4-1", None),
        ),
        (
            "ItemServiceRet",
            ("<SalesAndPurchase><SalesDesc>Sold</SalesDesc><SalesPrice>5</SalesPrice>"
            "<IncomeAccountRef><ListID>4-2</ListID></IncomeAccountRef></SalesAndPurchase>"),
            ("Service", "Guide", "", "", "Sold", Decimal(5), "4-2", None),
        ),
        (
            "ItemInventoryRet",
            ("<SalesDesc>Stock</SalesDesc><SalesPrice>7.00</SalesPrice>"
            "<IncomeAccountRef><ListID>4-3</ListID></IncomeAccountRef>"),
            ("Inventory", "Guide", "", "", "Stock", Decimal("7.00"), "4-3", None),
        ),
        (
            "ItemDiscountRet",
            "<ItemDesc>Less</ItemDesc><AccountRef><ListID>4-4</ListID></AccountRef>",
            ("Discount", "Guide", "", "", "Less", None, "4-4", None),
        ),
        (
            "ItemSalesTaxRet", "<ItemDesc>State</ItemDesc><TaxRate>8.25</TaxRate>",
            ("SalesTax", "Guide", "", "", "State", None, "", Decimal("8.25")),
        ),
    ],
)  # fmt: skip
def test_an_item_is_read_whatever_its_kind(
    tag: str, content: str, expected: tuple[object, ...]
) -> None:
    head = f"<ListID>1-1</ListID>{STAMP}<Name>Guide</Name><IsActive>true</IsActive>"
    kind, full_name, *rest = expected
    assert read(f"<{tag}>{head}{content}</{tag}>") == records.ItemRecord(
        kind, "1-1", "1772", CREATED, MODIFIED, "Guide", full_name, True, *rest,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "content", "list_name", "full_name", "extra"),
    [
        (
            "AccountRet",
            ("<FullName>Bank:Main</FullName><ParentRef><ListID>1</ListID><FullName>Bank</FullName>"
            "</ParentRef><AccountType>Bank</AccountType><AccountNumber>1000</AccountNumber>"),
            "Account", "Bank:Main",
            {"ParentRef": "Bank", "AccountType": "Bank", "AccountNumber": "1000"},
        ),
        ("StandardTermsRet", "<StdDueDays>30</StdDueDays>", "Terms", "Main", {"StdDueDays": "30"}),
        ("DateDrivenTermsRet", "", "Terms", "Main", {}),
        ("SalesTaxCodeRet", "<IsTaxable>true</IsTaxable>", "SalesTaxCode", "Main",
         {"IsTaxable": "true"}),
        ("CurrencyRet", ("<CurrencyCode>USD</CurrencyCode><CurrencyFormat><DecimalPlaces>2"
         "</DecimalPlaces></CurrencyFormat>"), "Currency", "Main", {"CurrencyCode": "USD"}),
    ],
)  # fmt: skip
def test_a_member_of_a_simple_list_is_read(
    tag: str, content: str, list_name: str, full_name: str, extra: dict[str, str]
) -> None:
    head = f"<ListID>1-1</ListID>{STAMP}<Name>Main</Name><IsActive>false</IsActive>"
    assert read(f"<{tag}>{head}{content}</{tag}>") == records.ListRecord(
        list_name, "1-1", "1772", CREATED, MODIFIED, "Main", full_name, False, extra,
        parent_list_id="1" if "ParentRef" in extra else "",
    )  # fmt: skip


def test_an_item_is_read_with_its_other_numbers_and_custom_fields() -> None:
    own = "<DataExtRet><OwnerID>0</OwnerID><DataExtName>Shop SKU</DataExtName>"
    content = (
        "<BarCodeValue>4006381333931</BarCodeValue>"
        "<ManufacturerPartNumber>H-16</ManufacturerPartNumber>"
        f"{own}<DataExtType>STR255TYPE</DataExtType><DataExtValue>HAM</DataExtValue></DataExtRet>"
        f"{own}<DataExtValue/></DataExtRet>"
        f"<DataExtRet><OwnerID>{GUID}</OwnerID><DataExtName>Private</DataExtName>"
        "<DataExtValue>x</DataExtValue></DataExtRet>"
    )
    item = read(f"<ItemInventoryRet>{content}</ItemInventoryRet>")
    assert isinstance(item, records.ItemRecord)
    assert (item.part_number, item.barcode) == ("H-16", "4006381333931")
    assert item.custom_fields == {"Shop SKU": "HAM"}


def test_a_tax_group_names_its_tax_items() -> None:
    members = "".join(
        f"<ItemSalesTaxRef><ListID>{one}</ListID></ItemSalesTaxRef>" for one in ("1-1", "2-2")
    )
    group = read(f"<ItemSalesTaxGroupRet>{members}</ItemSalesTaxGroupRet>")
    assert isinstance(group, records.ItemRecord)
    assert (group.kind, group.tax_items) == ("SalesTaxGroup", ("1-1", "2-2"))


def test_a_sales_rep_is_named_by_the_initial() -> None:
    content = "<SalesRepRet><ListID>1-1</ListID><Initial>AB</Initial></SalesRepRet>"
    assert read(content) == records.ListRecord(
        "SalesRep", "1-1", "", "", "", "AB", "AB", None, {"Initial": "AB"}
    )


def test_deletions_are_read() -> None:
    deleted = (
        "<TimeCreated>2026-03-01T09:00:00-05:00</TimeCreated>"
        "<TimeDeleted>2026-03-02T10:20:30-05:00</TimeDeleted>"
    )
    created = "2026-03-01T09:00:00-05:00"
    member = (
        "<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>8-1</ListID>"
        f"{deleted}<FullName>Ann</FullName></ListDeletedRet>"
    )
    txn = (
        "<TxnDeletedRet><TxnDelType>Invoice</TxnDelType><TxnID>1A-1</TxnID>"
        f"{deleted}<RefNumber>4417</RefNumber></TxnDeletedRet>"
    )
    assert read(member) == records.DeletedRecord("Customer", "8-1", created, "Ann")
    assert read(txn) == records.DeletedRecord("Invoice", "1A-1", created, "4417")


def test_an_element_without_reader_is_kept_by_name() -> None:
    assert read("<VehicleRet><ListID>1</ListID></VehicleRet>") == records.UnknownRecord(
        "VehicleRet"
    )


@pytest.mark.parametrize("content", ["", "<Balance>-</Balance><Sublevel>x</Sublevel>"])
def test_what_is_missing_or_unreadable_is_empty_or_none(content: str) -> None:
    assert read(f"<CustomerRet>{content}</CustomerRet>") == records.CustomerRecord(
        "", "", "", "", "", "", None, "", "", "", "", "", "", Address(), "", "", None
    )
    for no_amount in ("1e3", "1" + "0" * 15):
        bad = read(
            f"<InvoiceRet><TxnDate>soon</TxnDate><Subtotal>{no_amount}</Subtotal></InvoiceRet>"
        )
        assert isinstance(bad, records.InvoiceRecord)
        assert (bad.txn_date, bad.subtotal) == (None, None)


HOST_RECORD = records.HostRecord("QuickBooks Pro", "33", "0", "US", ("1.0", "13.0"), "SingleUser")
COMPANY_RECORD = records.CompanyRecord(
    "Blue Sky", (records.DataExt("{1}", "FileID", "{2}"),), date(2025, 12, 31)
)
PREFERENCES_RECORD = records.PreferencesRecord(
    date(2026, 1, 31), True, "US Dollar", True, "1-1", "2-1"
)


def test_host_company_and_preferences_are_read() -> None:
    assert parse_hcp(HCP) == HostCompanyPreferences(HOST_RECORD, COMPANY_RECORD, PREFERENCES_RECORD)


def test_the_limits_of_the_lists_are_read() -> None:
    limits = (
        "<ListMetaData><EntityMetaData><MaxCapacity>14500</MaxCapacity></EntityMetaData>"
        "<ItemMetaData><MaxCapacity>many</MaxCapacity></ItemMetaData></ListMetaData>"
    )
    host = read(f"<HostRet>{limits}</HostRet>")
    assert isinstance(host, records.HostRecord)
    assert host.capacity == {"Entity": 14500}


def test_settings_that_are_off_are_off() -> None:
    off = read("<PreferencesRet><AccountingPreferences/></PreferencesRet>")
    assert off == records.PreferencesRecord(None, False, "", False, "", "")


def test_a_dividing_date_counts_only_while_the_accountants_copy_is_out() -> None:
    back = read(COMPANY.replace("Exists>true<", "Exists>false<"))
    assert back == replace(COMPANY_RECORD, accountant_copy_dividing_date=None)


def test_a_damaged_text_gives_what_can_still_be_found() -> None:
    cut = answer(ok("HostQuery", HOST), ok("CompanyQuery", COMPANY))
    cut = cut[: cut.index("</CompanyRet>")]
    assert parse_hcp(cut) == HostCompanyPreferences(HOST_RECORD, COMPANY_RECORD, None, damaged=True)
    half_an_emoji = cut.replace(">Blue Sky<", ">Blue &#xD83D;Sky<")
    assert parse_hcp(half_an_emoji) == parse_hcp(cut)
    for broken in ("&#xD83D\x01;", "&#xD8\x013D;", "&#&#xD83D;xD83D;", "&#55357"):
        found = parse_hcp(cut.replace(">Blue Sky<", f">Blue {broken}<"))
        assert found.host == HOST_RECORD
        assert found.company is not None
        assert found.company.name.startswith("Blue")
    assert parse_hcp("not even XML") == HostCompanyPreferences(damaged=True)
    assert parse_hcp("<!DOCTYPE x><x/>") == HostCompanyPreferences(damaged=True)


def test_the_later_calls_of_a_session_bring_nothing_and_that_is_no_damage() -> None:
    assert parse_hcp(" \r\n") == HostCompanyPreferences()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not well-formed: "),
        ("0x80040400", "not well-formed: "),
        ("<QBXML><QBXMLMsgsRs>", "not well-formed: "),
        ("<QBXML/>", "no QBXMLMsgsRs in the answer; it begins '<QBXML/>'"),
        ("<html><QBXMLMsgsRs/></html>", "no QBXMLMsgsRs in the answer"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><QBXML/>', "it declares a document type"),
        ("<QBXML>&undeclared;</QBXML>", "not well-formed: "),
        ("\ud800", "not text: "),
    ],
)
def test_what_is_no_answer_is_unreadable(text: str, reason: str) -> None:
    with pytest.raises(AnswerUnreadable) as caught:
        parse(text)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    "head",
    ["\ufeff", "\r\n ", '<?xml version="1.0" encoding="utf-16"?>', '<?xml version="1.0" ?>\n'],
)
def test_the_head_of_an_answer_may_be_anything(head: str) -> None:
    text = f"{head}<QBXML><QBXMLMsgsRs>{ok('InvoiceAdd', '')}</QBXMLMsgsRs></QBXML>"
    assert parse(text) == Answer("", "", (DONE,))


@pytest.mark.parametrize(
    "bad",
    ["\x0b", "&#11;", "&#x1F;", "&#00;", "\uffff", "&#xFFFE;", "&#65535;", "&#xd83D;", "&#x0DFFF;"]
    + [f"&#{number};" for number in (55296, 55299, 55300, 56000, 57299, 57339, 57343)],
)
def test_control_characters_in_a_memo_do_not_hide_an_answer(bad: str) -> None:
    content = f"<InvoiceRet><TxnID>1A-1</TxnID><Memo>a{bad}b&#10;c</Memo></InvoiceRet>"
    record = read(content)
    assert isinstance(record, records.InvoiceRecord)
    assert (record.txn_id, record.memo) == ("1A-1", "ab\nc")


def test_comments_and_instructions_in_an_answer_are_nothing() -> None:
    content = "<!-- a --><?b c?><VehicleRet/>"
    assert read(content) == records.UnknownRecord("VehicleRet")


def test_preferences_with_comma_decimals_are_no_obstacle() -> None:
    assert read(PREFERENCES) == PREFERENCES_RECORD


@needs_reference
def test_every_recorded_answer_is_readable() -> None:
    paths = sorted((QBXML / "samples").glob("*.response.xml"))
    assert len(paths) > 20
    for path in paths:
        found = parse(path.read_text(encoding="utf-8"))
        assert all(response.kind for response in found.responses), path.name
        known = [record for response in found.responses for record in response.records]
        done = [response for response in found.responses if response.ok and not response.empty]
        assert all(known) or not done, path.name
