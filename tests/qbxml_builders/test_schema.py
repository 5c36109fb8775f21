import pytest

from qbxml_builders.elements import Element, Request
from qbxml_builders.schema import QbxmlInvalid, check
from tests.qbxml_builders.examples import every_query, every_write

NAME = Element("Name", "Ann")


def customer(*content: Element) -> Request:
    return Request("1", Element("CustomerAddRq", (Element("CustomerAdd", content),)))


def query(*content: Element, **attributes: str) -> Request:
    return Request("1", Element("CustomerQueryRq", content, tuple(attributes.items())))


def invoice(*content: Element) -> Request:
    start = Element("CustomerRef", (Element("ListID", "1-2"),))
    return Request("1", Element("InvoiceAddRq", (Element("InvoiceAdd", (start, *content)),)))


def payment(*content: Element) -> Request:
    start = Element("CustomerRef", (Element("ListID", "1-2"),))
    element = Element("ReceivePaymentAdd", (start, *content))
    return Request("1", Element("ReceivePaymentAddRq", (element,)))


def test_every_example_passes_the_two_versions_that_we_send() -> None:
    for request in every_query() + every_write():
        check(request, "12.0")
        check(request, "13.0")


@pytest.mark.parametrize(
    ("request_", "version", "path", "reason"),
    [
        (
            Request("1", Element("ListDelRq")), "13.0", "ListDelRq",
            "This request is not one that we send.",
        ),
        (
            Request("x" * 51, Element("HostQueryRq")), "13.0", "HostQueryRq",
            "requestID must have 1 to 50 characters; it has 51.",
        ),
        (
            Request("", Element("HostQueryRq")), "13.0", "HostQueryRq",
            "requestID must have 1 to 50 characters; it has 0.",
        ),
        (
            customer(), "13.0", "CustomerAddRq/CustomerAdd/Name",
            "Name is required and missing.",
        ),
        (
            customer(Element("Name", "")), "13.0", "CustomerAddRq/CustomerAdd/Name",
            "Name is empty; leave it out instead.",
        ),
        (
            customer(Element("Name", "A:B")), "13.0", "CustomerAddRq/CustomerAdd/Name",
            "Name cannot hold a colon: it separates list levels.",
        ),
        (
            customer(NAME, Element("Email", "a\x0bb")), "13.0",
            "CustomerAddRq/CustomerAdd/Email", "XML cannot carry the character U+000B.",
        ),
        (
            customer(NAME, Element("Phone", "1"), Element("FirstName", "Ann")), "13.0",
            "CustomerAddRq/CustomerAdd/FirstName",
            ("FirstName is number 3 in CustomerAdd, after Phone: the wrong place, once too often, "
            "or next to what excludes it."),
        ),
        (
            customer(NAME, NAME), "13.0", "CustomerAddRq/CustomerAdd/Name",
            ("Name is number 2 in CustomerAdd, after Name: the wrong place, once too often, "
            "or next to what excludes it."),
        ),
        (
            customer(NAME, Element("OpenBalance", "1.00")), "13.0",
            "CustomerAddRq/CustomerAdd/OpenBalance", "CustomerAdd has no element OpenBalance.",
        ),
        (
            customer(NAME, Element("BillAddress", "text")), "13.0",
            "CustomerAddRq/CustomerAdd/BillAddress", "BillAddress holds elements, not text.",
        ),
        (
            customer(NAME, Element("Phone", (NAME,))), "13.0",
            "CustomerAddRq/CustomerAdd/Phone", "Phone holds text, not elements.",
        ),
        (
            customer(NAME, Element("ParentRef")), "13.0",
            "CustomerAddRq/CustomerAdd/ParentRef", "One of these is missing: ListID or FullName.",
        ),
        (
            customer(NAME, Element("ExternalGUID", "1")), "13.0",
            "CustomerAddRq/CustomerAdd/ExternalGUID",
            "ExternalGUID must be a GUID in braces; it is '1'.",
        ),
        (
            customer(NAME, Element("ExternalGUID", "0")), "7.0",
            "CustomerAddRq/CustomerAdd/ExternalGUID",
            "ExternalGUID is known since qbXML 8.0; this message is 7.0.",
        ),
        (
            query(Element("ListID", "1" * 37)), "13.0", "CustomerQueryRq/ListID[1]",
            "ListID may have at most 36 characters; it has 37.",
        ),
        (
            query(Element("ListID", "1"), Element("ListID", "2"), Element("MaxReturned", "1")),
            "13.0", "CustomerQueryRq/MaxReturned",
            ("MaxReturned is number 3 in CustomerQueryRq, after ListID: the wrong place, "
            "once too often, or next to what excludes it."),
        ),
        (
            query(Element("MaxReturned", "-1")), "13.0", "CustomerQueryRq/MaxReturned",
            "MaxReturned must be a whole number above zero; it is '-1'.",
        ),
        (
            query(Element("MaxReturned", "0")), "13.0", "CustomerQueryRq/MaxReturned",
            "MaxReturned must be a whole number above zero; it is '0'.",
        ),
        (
            query(Element("ActiveStatus", "Both")), "13.0", "CustomerQueryRq/ActiveStatus",
            "ActiveStatus cannot be 'Both'.",
        ),
        (
            query(Element("FromModifiedDate", "2026-03-01T10:20:30Z")), "13.0",
            "CustomerQueryRq/FromModifiedDate",
            ("FromModifiedDate must be a time such as 2026-03-01T10:20:30, without Z and "
            "fractions; it is '2026-03-01T10:20:30Z'."),
        ),
        (
            query(Element("FromModifiedDate", "2026-02-30")), "13.0",
            "CustomerQueryRq/FromModifiedDate", "FromModifiedDate names no day: '2026-02-30'.",
        ),
        (
            query(onError="x"), "13.0", "CustomerQueryRq",
            "CustomerQueryRq has no attribute onError here.",
        ),
        (
            query(iterator="Start"), "4.1", "CustomerQueryRq",
            "CustomerQueryRq has no attribute iterator here.",
        ),
        (
            query(iteratorID="\x00"), "13.0", "CustomerQueryRq/@iteratorID",
            "XML cannot carry the character U+0000.",
        ),
        (
            invoice(
                Element("InvoiceLineAdd"),
                Element("InvoiceLineAdd", (Element("Amount", "1.5"),)),
            ),
            "13.0", "InvoiceAddRq/InvoiceAdd/InvoiceLineAdd[2]/Amount",
            "Amount must be an amount with two decimals; it is '1.5'.",
        ),
        (
            payment(Element("TotalAmount", "1.00")), "13.0",
            "ReceivePaymentAddRq/ReceivePaymentAdd",
            "One of these is missing: IsAutoApply or AppliedToTxnAdd.",
        ),
        (
            payment(Element("AppliedToTxnAdd", (Element("TxnID"),))), "13.0",
            "ReceivePaymentAddRq/ReceivePaymentAdd/AppliedToTxnAdd[1]/TxnID",
            "TxnID holds text, not elements.",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_limit(
    request_: Request, version: str, path: str, reason: str
) -> None:
    with pytest.raises(QbxmlInvalid) as caught:
        check(request_, version)
    assert (caught.value.path, caught.value.reason) == (path, reason)
    assert str(caught.value) == f"{path}: {reason}"


@pytest.mark.parametrize("char", ["\t", "\n", "\r", "\x7f", "😀", "\ufffd"])
def test_what_xml_can_carry_passes(char: str) -> None:
    check(customer(NAME, Element("Notes", f"a{char}b")), "13.0")


def test_limits_count_characters_and_include_the_last() -> None:
    check(customer(Element("Name", "é" * 41)), "13.0")
    check(Request("x" * 50, Element("HostQueryRq")), "13.0")
