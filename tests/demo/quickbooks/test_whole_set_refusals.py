"""What QuickBooks refuses before anything is run."""

import pytest

from qbwc_service.demo.quickbooks import HResult, NotSupported, read_books

from .talk import customer_add, invoice_add, line, message

ADD = customer_add("Good")
MAIL_BEFORE_PHONE = customer_add("B", "<Email>b@example.com</Email><Phone>1</Phone>")
BARE_GUID = "<ExternalGUID>0b0f3c5e-3c1d-5d0a-9a52-7d6f6c7b1048</ExternalGUID>"
GOOD_GUID = "<ExternalGUID>{0b0f3c5e-3c1d-5d0a-9a52-7d6f6c7b1048}</ExternalGUID>"

PARSE_ERRORS = {
    "not well-formed": message("<CustomerQueryRq>"),
    "no qbxml instruction": f'<?xml version="1.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">{ADD}'
    "</QBXMLMsgsRq></QBXML>",
    "a space before the declaration": " " + message(ADD),
    "raw non-ASCII": message(customer_add("Renée")),
    "a document type": message(ADD).replace("<QBXML>", "<!DOCTYPE QBXML><QBXML>", 1),
    "no onError": message(ADD, ""),
    "unknown onError": message(ADD, 'onError="stop"'),
    "unknown attribute of the set": message(ADD, 'onError="stopOnError" id="1"'),
    "unknown request": message(f"{ADD}<CustomerMakeRq/>"),
    "unknown element": message(f"{ADD}{customer_add('B', '<Nickname>b</Nickname>')}"),
    "wrong order": message(ADD + MAIL_BEFORE_PHONE),
    "missing name": message(f"{ADD}<CustomerAddRq><CustomerAdd/></CustomerAddRq>"),
    "bad boolean": message(f"{ADD}{customer_add('B', '<IsActive>TRUE</IsActive>')}"),
    "one decimal": message(ADD + invoice_add("Good", lines=line(amounts="<Amount>1.5</Amount>"))),
    "six decimals": message(ADD + invoice_add("Good", lines=line(amounts="<Rate>1.123456</Rate>"))),
    "exponent": message(ADD + invoice_add("Good", lines=line(amounts="<Quantity>1e3</Quantity>"))),
    "impossible date": message(ADD + invoice_add("Good", date="2026-02-30")),
    "a time with Z": message(
        f"{ADD}<CustomerQueryRq><FromModifiedDate>2026-01-01T00:00:00Z</FromModifiedDate>"
        "</CustomerQueryRq>"
    ),
    "GUID without braces": message(ADD + customer_add("B", BARE_GUID)),
    "key and filter together": message(
        f"{ADD}<CustomerQueryRq><FullName>A</FullName><MaxReturned>1</MaxReturned></CustomerQueryRq>"
    ),
    "iterator where there is none": message(
        f'{ADD}<AccountQueryRq iterator="Start"><MaxReturned>1</MaxReturned></AccountQueryRq>'
    ),
    "voiding a payment": message(
        f"{ADD}<TxnVoidRq><TxnVoidType>ReceivePayment</TxnVoidType><TxnID>1-1</TxnID></TxnVoidRq>"
    ),
    "payment applied to nothing": message(
        f"{ADD}<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef><FullName>Good</FullName>"
        "</CustomerRef><TotalAmount>1.00</TotalAmount></ReceivePaymentAdd></ReceivePaymentAddRq>"
    ),
    "an element younger than the version": message(
        ADD + customer_add("B", GOOD_GUID), version="7.0"
    ),
    "macro where none is allowed": message(
        '<CustomerAddRq><CustomerAdd defMacro="x"><Name>A</Name></CustomerAdd></CustomerAddRq>'
    ),
}


@pytest.mark.parametrize("text", PARSE_ERRORS.values(), ids=PARSE_ERRORS.keys())
def test_a_message_that_breaks_the_schema_is_refused_whole_and_leaves_nothing(company, text):
    with pytest.raises(HResult) as refusal:
        company.process(text)

    assert refusal.value.text == "0x80040400"
    assert refusal.value.message.startswith("QuickBooks found an error when parsing")
    assert refusal.value.detail
    assert read_books(company).customers == ()


def test_roll_back_on_error_passes_the_schema_and_is_refused_all_the_same(company):
    with pytest.raises(HResult) as refusal:
        company.process(message(ADD, 'onError="rollbackOnError"'))

    assert refusal.value.text == "0x80040413"


@pytest.mark.parametrize("version", ["17.0", "13", "CA3.0", ""])
def test_an_unknown_version_has_its_own_code(company, version):
    with pytest.raises(HResult) as refusal:
        company.process(message(ADD, version=version))

    assert refusal.value.text == "0x80040423"


def test_a_real_request_that_is_not_played_says_so(company):
    with pytest.raises(NotSupported, match="BillAddRq"):
        company.process(message("<BillAddRq/>"))


def test_comments_and_space_between_elements_do_no_harm(talk):
    answered = talk.ask("<!-- one -->\n <HostQueryRq requestID='1'/> <!-- two -->")

    assert answered.status_codes == ["0"]
