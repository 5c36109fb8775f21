"""Two computers with the same link: the second waits, and nothing is written twice."""

from collections.abc import Callable

import pytest

from qbwc_service.demo.web_connector.outcome import Ended, UpdateResult
from tests.webconnector.meanwhile import QuickBooksAtWork
from tests.webconnector.test_recovery import a_busy_day, the_books_are_right, updates_until_quiet
from tests.world import World, paid, product, sale

FIRST, SECOND = "10.0.0.5", "10.0.0.6"


def test_a_second_computer_is_busy_while_the_first_is_at_work(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.drop_answer_at(2)
    world.update(address=FIRST)

    assert world.update(address=SECOND).authenticate == ("", "busy", "600")


def test_the_same_computer_may_begin_anew_at_once(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.drop_answer_at(2)
    world.update(address=FIRST)

    assert world.update(address=FIRST).ended is Ended.DONE
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_after_ten_silent_minutes_the_second_computer_takes_over(world: World) -> None:
    a_busy_day(world)
    world.faults.drop_answer_at(4)
    world.update(address=FIRST)
    world.clock.pass_time(minutes=11)

    assert world.update(address=SECOND).ended is Ended.DONE
    updates_until_quiet(world)
    the_books_are_right(world)


def test_a_second_computer_does_not_send_what_the_first_may_still_be_running(
    world: World,
) -> None:
    world.update()
    world.keap_has(sale(1, product(price=700)), payments=[paid(1, 700)])
    world.faults.hresult_at(4, 0x80040402, message_was_run=False)
    world.update(address=FIRST)
    assert world.statuses() == {1: ("sent", "")}

    result = world.update(address=SECOND)

    assert result.messages_with_writes == 0
    assert world.statuses() == {1: ("sent", "")}
    assert "waiting-for-other-computer" in world.errors()

    world.clock.pass_time(minutes=11)
    world.update(address=SECOND)
    assert world.invoices() == [("1", "Ann Lee", "7.00")]
    assert world.payments() == [("K10", "7.00", "1")]


def test_a_wrong_password_is_refused_and_the_right_one_never_slowed(world: World) -> None:
    connector = world.web_connector()
    connector._password = "wrong"
    for _ in range(50):
        assert connector.update().ended is Ended.NVU

    assert world.update().ended is Ended.DONE


def test_an_unknown_user_is_refused(world: World) -> None:
    soap = world.web_connector()._soap
    answer = soap.call_for_list(
        "authenticate", {"strUserName": "somebody", "strPassword": world.new.password}
    )

    assert answer == ("", "nvu")


def test_a_ticket_of_one_connection_opens_nothing_else(world: World) -> None:
    soap = world.web_connector()._soap
    answers = [
        soap.call("sendRequestXML", {"ticket": "0" * 32, "qbXMLMajorVers": "13"}),
        soap.call("receiveResponseXML", {"ticket": "0" * 32, "response": "<QBXML/>"}),
        soap.call("getLastError", {"ticket": "0" * 32}),
        soap.call("closeConnection", {"ticket": ""}),
    ]

    assert answers == [
        "",
        "-1",
        "This update is not known here. Press Update Selected to start a new one.",
        "Nothing to do.",
    ]


def test_a_wrong_password_is_told_until_the_right_one_comes(world: World) -> None:
    connector = world.web_connector()
    connector._password = "wrong"
    connector.update()

    assert world.errors() == ["web-connector-password"]
    assert world.connection().last_contact_result == "Refused: the password was wrong."
    # A stranger who knows the user name must not hide that the computer is silent.
    assert world.connection().last_contact_at is None

    world.update()
    assert world.errors() == []


# -- two computers behind one address -----------------------------------------------------------


def at_the_sale(world: World, meanwhile: Callable[[], object]) -> UpdateResult:
    """A computer whose QuickBooks has the message with the sale, and is slow: all this happens
    before it is run."""
    quickbooks = QuickBooksAtWork(world.company, "InvoiceAddRq", meanwhile)
    return world.web_connector(quickbooks=quickbooks, address=FIRST).update()


def test_behind_one_address_nothing_is_sent_twice_while_the_first_is_still_at_it(
    world: World,
) -> None:
    world.human.open_for_many()
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    others: list[UpdateResult] = []

    first = at_the_sale(world, lambda: others.append(world.update(address=FIRST)))

    assert others[0].messages_with_writes == 0
    assert first.status.startswith("Another update of this link took the place of this one")
    assert "two-computers" in world.errors()
    assert world.statuses() == {1: ("posted", "")}  # the late answer was used
    updates_until_quiet(world)
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.payments() == [("K10", "10.00", "1")]


def test_behind_one_address_a_message_that_is_run_minutes_later_is_found(world: World) -> None:
    world.human.open_for_many()
    world.keap_has(sale(1), payments=[paid(1, 1000)])

    def the_other_comes() -> None:
        for _ in range(3):
            world.update(address=FIRST)
            world.clock.pass_time(minutes=3)

    at_the_sale(world, the_other_comes)
    updates_until_quiet(world)
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    assert world.payments() == [("K10", "10.00", "1")]


def test_two_computers_that_were_seen_behind_one_address_wait_for_each_other(
    world: World,
) -> None:
    world.human.open_for_many()
    world.keap_has(sale(1))
    at_the_sale(world, lambda: world.update(address=FIRST))
    world.keap_has(sale(2))
    world.faults.drop_answer_at(1)
    world.update(address=FIRST)

    assert world.update(address=FIRST).authenticate == ("", "busy", "600")


class PlugPulled(Exception):
    pass


def the_plug_is_pulled_at_the_sale(world: World) -> None:
    """The computer has the message with the sales, and dies before QuickBooks runs it."""

    def dies() -> None:
        raise PlugPulled

    a_busy_day(world)
    with pytest.raises(PlugPulled):
        at_the_sale(world, dies)
    assert world.statuses() == dict.fromkeys((1, 2, 3), ("sent", ""))
    assert world.invoices() == []


def test_where_nobody_else_can_have_the_file_open_a_restarted_computer_goes_on_at_once(
    world: World,
) -> None:
    the_plug_is_pulled_at_the_sale(world)

    assert world.update(address=FIRST).ended is Ended.DONE
    the_books_are_right(world)


def test_where_others_may_have_it_open_it_reads_for_ten_minutes_and_then_goes_on(
    world: World,
) -> None:
    world.human.open_for_many()
    the_plug_is_pulled_at_the_sale(world)

    assert world.update(address=FIRST).messages_with_writes == 0
    assert "waiting-for-other-computer" in world.errors()
    world.clock.pass_time(minutes=10)
    world.update(address=FIRST)
    the_books_are_right(world)
    assert world.errors() == ["unknown-item-used"]


def test_another_path_of_the_file_is_another_computer(world: World) -> None:
    world.update()
    world.keap_has(sale(1))
    world.faults.drop_answer_at(2)
    world.update(address=FIRST)
    world.human.move_company_file(r"Q:\Blue Sky Demo.qbw")
    result = world.update(address=FIRST)

    assert result.messages_with_writes == 0
    assert world.connection().write_block == "company-file-moved"


def test_the_calls_of_a_replaced_update_are_answered_to_its_end(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.drop_answer_at(2)
    ticket = world.update(address=FIRST).ticket
    world.update(address=FIRST)
    soap = world.web_connector()._soap
    ended = (
        "Another update of this link took the place of this one; nothing is lost. Only a second "
        "computer can bring this about: remove the link from the Web Connector of one of them."
    )

    assert soap.call("sendRequestXML", {"ticket": ticket, "qbXMLMajorVers": "13"}) == ""
    assert soap.call("getLastError", {"ticket": ticket}) == ended
    assert soap.call("receiveResponseXML", {"ticket": ticket, "response": "<QBXML/>"}) == "-1"
    assert soap.call("connectionError", {"ticket": ticket, "hresult": "0x80040408"}) == "done"
    assert soap.call("closeConnection", {"ticket": ticket}) == ended
