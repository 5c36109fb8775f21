"""Error recovery: what QuickBooks keeps of a message set, and for how long."""

import pytest

from qbwc_service.demo.quickbooks import read_books

from .talk import GUID, Talk, customer_add, invoice_add, make_company, payment_add
from .test_payments import BY_MACRO


def ids(new: str = "", old: str = "") -> str:
    named = (("newMessageSetID", new), ("oldMessageSetID", old))
    return 'onError="continueOnError"' + "".join(f' {tag}="{v}"' for tag, v in named if v)


SET = (
    customer_add("Ann", request_id="1")
    + invoice_add("Ann", macro="TxnID:a", header=f"<ExternalGUID>{GUID}</ExternalGUID>")
    + payment_add("Ann", "100.00", BY_MACRO)
    + customer_add("ann", request_id="4")
)


@pytest.fixture
def sent(talk):
    return talk.ask(SET, ids("X"))


def test_a_set_that_is_kept_is_answered_again_without_being_run(talk, company, sent):
    books = read_books(company)

    for again in (talk.ask(SET, ids("X")), talk.ask("", ids("X", "X"))):
        kept = [
            [(e.tag, e.text) for e in response.iterfind("ErrorRecovery/*")]
            for response in again.message_set
        ]
        assert again.set_status == "0"
        assert again.message_set.get("newMessageSetID") == "X"
        assert again.status_codes == sent.status_codes == ["0", "0", "0", "3100"]
        assert [e.get("requestID") for e in again.message_set] == ["1", "i", "p", "4"]
        assert kept == [
            [("ListID", sent.value("CustomerRet/ListID")), ("EditSequence", "1772378400")],
            [
                ("TxnID", sent.value("InvoiceRet/TxnID")),
                ("TxnNumber", "1"),
                ("EditSequence", "1772378400"),
                ("ExternalGUID", GUID),
            ],
            [
                ("TxnID", sent.value("ReceivePaymentRet/TxnID")),
                ("TxnNumber", "2"),
                ("EditSequence", "1772378400"),
            ],
            [],
        ]  # fmt: skip
    assert read_books(company) == books


def test_asking_does_not_forget_and_forgetting_does(talk, sent):
    assert talk.ask("", ids("X", "X")).set_status == "0"
    assert talk.ask("", ids("X", "X")).set_status == "0"
    assert talk.ask("", ids(old="X")).set_status == "0"
    assert talk.ask("", ids("X", "X")).set_status == "9002"
    assert talk.ask("", ids(old="X")).set_status == "600"


def test_other_content_under_the_same_id_is_9001_and_is_not_run(talk, company, sent):
    answered = talk.ask(customer_add("Bob"), ids("X"))

    assert (answered.set_status, answered.status_codes) == ("9001", [])
    assert [one.full_name for one in read_books(company).customers] == ["Ann"]


def test_asking_for_an_unknown_set_is_9002_and_evicts_nothing(talk, sent):
    assert talk.ask("", ids("Y", "Y")).set_status == "9002"
    assert talk.ask("", ids("X", "X")).set_status == "0"


def test_only_the_last_set_is_kept(talk, sent):
    talk.ask(customer_add("Bob"), ids("Y"))

    assert talk.ask("", ids("X", "X")).set_status == "9002"
    assert talk.ask("", ids("Y", "Y")).set_status == "0"


def test_a_set_without_an_id_evicts_nothing(talk, sent):
    assert talk.ask(customer_add("Bob")).set_status is None
    assert talk.ask("", ids("X", "X")).set_status == "0"


def test_chaining_forgets_the_old_set_and_keeps_the_new(tmp_path, clock):
    with make_company(tmp_path, clock, memory=5) as company:
        talk = Talk(company)
        talk.ask(customer_add("Ann"), ids("X"))
        talk.ask(customer_add("Bob"), ids("Y"))
        assert talk.ask("", ids("X", "X")).set_status == "0"

        chained = talk.ask(customer_add("Carl"), ids("Z", "X"))
        assert (chained.set_status, chained.status_codes) == ("0", ["0"])
        assert [talk.ask("", ids(one, one)).set_status for one in "XYZ"] == ["9002", "0", "0"]
        assert talk.ask("", ids(old="ClearAllMessageSets")).set_status == "0"
        assert [talk.ask("", ids(one, one)).set_status for one in "YZ"] == ["9002", "9002"]


@pytest.mark.parametrize(("length", "status"), [(23, "0"), (24, "9004")])
def test_an_id_over_23_characters_is_9004_and_nothing_is_run(talk, company, length, status):
    answered = talk.ask(customer_add("Ann"), ids("x" * length))

    assert answered.set_status == status
    assert len(read_books(company).customers) == (1 if status == "0" else 0)


def test_a_backup_brings_its_own_memory_back(talk, person, tmp_path, company):
    person.backup(tmp_path / "backup.qbb")
    talk.ask(customer_add("Ann"), ids("X"))
    person.restore(tmp_path / "backup.qbb")

    assert talk.ask("", ids("X", "X")).set_status == "9002"
    assert read_books(company).customers == ()
