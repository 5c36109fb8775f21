"""Two computers with the same link: the second waits, and nothing is written twice."""

from qbwc_service.demo.web_connector.outcome import Ended
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

    world.update()
    assert world.errors() == []
