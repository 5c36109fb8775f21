import pytest

from qbxml_builders.customers import CustomerAdd, customer_add
from qbxml_builders.elements import Element, Request
from qbxml_builders.lists import ListName, customer_query, list_query
from qbxml_builders.message_set import OnError, QbxmlInvalid, render
from qbxml_builders.session import host_query
from tests.qbxml_builders.examples import every_query, every_write


def test_a_message_is_exactly_these_bytes() -> None:
    customer = CustomerAdd('Zoë <&> "Q"', notes="one\r\ntwo")
    assert render(
        [host_query("1"), customer_add("2", customer)],
        on_error=OnError.STOP,
        new_message_set_id="new-1",
        old_message_set_id="old-1",
    ) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<?qbxml version="13.0"?>\n'
        "<QBXML>\n"
        '  <QBXMLMsgsRq onError="stopOnError" oldMessageSetID="old-1" newMessageSetID="new-1">\n'
        '    <HostQueryRq requestID="1"/>\n'
        '    <CustomerAddRq requestID="2">\n'
        "      <CustomerAdd>\n"
        '        <Name>Zo&#235; &lt;&amp;&gt; "Q"</Name>\n'
        "        <Notes>one&#13;\ntwo</Notes>\n"
        "      </CustomerAdd>\n"
        "    </CustomerAddRq>\n"
        "  </QBXMLMsgsRq>\n"
        "</QBXML>\n"
    )


def test_the_recovery_question_is_an_empty_set_with_the_same_id_twice() -> None:
    message = render([], old_message_set_id="set-1", new_message_set_id="set-1")
    assert message.splitlines()[3] == (
        '  <QBXMLMsgsRq onError="continueOnError" oldMessageSetID="set-1" newMessageSetID="set-1"/>'
    )


def test_the_same_requests_are_the_same_text() -> None:
    assert render(every_query() + every_write()) == render(every_query() + every_write())


def test_the_version_is_that_of_the_instruction() -> None:
    assert render([host_query("1")], version="2.0").splitlines()[1] == '<?qbxml version="2.0"?>'


@pytest.mark.parametrize("version", ["", "13", "13.0\n", "13.00", '1.0"', "CA3.0"])
def test_a_version_that_is_none_is_refused(version: str) -> None:
    with pytest.raises(QbxmlInvalid, match="is not a qbXML version"):
        render([], version=version)


@pytest.mark.parametrize("name", ["old_message_set_id", "new_message_set_id"])
@pytest.mark.parametrize("value", ["a" * 24, "é", "a b", "a\n"])
def test_a_message_set_id_that_quickbooks_would_refuse_is_refused(name: str, value: str) -> None:
    with pytest.raises(QbxmlInvalid, match="is not 1 to 23"):
        render([], **{name: value})  # type: ignore[arg-type]


def test_a_request_id_may_not_be_used_twice() -> None:
    with pytest.raises(QbxmlInvalid, match="'1' is used twice") as caught:
        render([host_query("1"), customer_query("1")])
    assert caught.value.path == "CustomerQueryRq[2]"


def test_a_request_against_the_schema_is_not_rendered() -> None:
    with pytest.raises(QbxmlInvalid, match="at most 41 characters"):
        render([customer_add("1", CustomerAdd("n" * 42))])


def test_a_request_newer_than_the_message_is_not_rendered() -> None:
    with pytest.raises(QbxmlInvalid, match=r"known since qbXML 8\.0; this message is 7\.0"):
        render([list_query("1", ListName.CURRENCY)], version="7.0")


@pytest.mark.parametrize(
    ("tag", "kind", "writes"),
    [
        ("InvoiceAddRq", "InvoiceAdd", True),
        ("CustomerModRq", "CustomerMod", True),
        ("TxnVoidRq", "TxnVoid", True),
        ("TxnDelRq", "TxnDel", True),
        ("TxnDeletedQueryRq", "TxnDeletedQuery", False),
        ("HostQueryRq", "HostQuery", False),
    ],
)
def test_a_request_knows_its_kind_and_whether_it_writes(tag: str, kind: str, writes: bool) -> None:
    request = Request("1", Element(tag))
    assert (request.kind, request.writes) == (kind, writes)


def test_only_the_builders_of_writes_write() -> None:
    assert not any(request.writes for request in every_query())
    assert all(request.writes for request in every_write())
