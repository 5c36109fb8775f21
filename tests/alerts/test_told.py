"""What people are told of, once for each change; through the job and a real mail server."""

from datetime import timedelta

import pytest

from qbwc_service.ledger.models import SignInState
from tests.alerts.conftest import Office
from tests.ledger_rows import add_unreadable


def test_an_order_that_needs_somebody_is_told_with_its_reason_and_where_to_go(
    office: Office,
) -> None:
    office.holds(7, about="GOLD")
    office.holds(8, about="GOLD")
    assert office.looks() == ["[acme] 2 orders need you"]
    mail = office.sink.mails[0]
    text = mail.get_content().replace("\r\n", "\n")
    assert (mail["From"], mail["To"]) == ("sync@example.com", "bea@example.com")
    assert "- 2 orders: QuickBooks has no item" in text
    assert "What to do: Open Needs you" in text
    assert "https://sync.example.com/c/acme/needs-you\n" in text
    assert "Change that: https://sync.example.com/c/acme/alerts" in text


def test_it_is_told_once_and_more_of_the_same_is_no_news(office: Office) -> None:
    office.holds(7, about="GOLD")
    assert len(office.looks()) == 1
    office.holds(8, about="GOLD")
    assert office.looks(hours=2) == []
    assert office.looks(days=3) == []


def test_another_reason_is_told_but_never_sooner_than_after_an_hour(office: Office) -> None:
    office.holds(7, about="GOLD")
    office.looks()
    office.holds(8, about="SILVER")
    assert office.looks(minutes=59) == []
    office.holds(9, cause="closed-period")
    assert office.looks(minutes=1) == ["[acme] 3 orders need you"]


def test_that_nothing_needs_you_any_more_is_told_once(office: Office) -> None:
    office.holds(7)
    office.looks()
    office.releases_everything()
    assert office.looks(minutes=10) == []
    assert office.looks(minutes=50) == ["[acme] Nothing needs you any more"]
    assert office.looks(days=1) == []


def test_what_was_settled_within_the_hour_and_came_back_is_told_again_later(
    office: Office,
) -> None:
    office.holds(7)
    office.looks()
    office.releases_everything()
    office.looks(hours=1)
    office.holds(8)
    assert office.looks(minutes=30) == []
    assert office.looks(minutes=30) == ["[acme] 1 order needs you"]


def test_no_customer_is_named_in_a_mail(office: Office) -> None:
    office.holds(7, cause="customer-email-of-another", about="ann@example.com")
    office.looks()
    assert "ann@example.com" not in str(office.sink.mails[0])
    assert "belongs to another customer" in office.sink.texts()[0]


def test_records_that_cannot_be_read_need_somebody_too(office: Office) -> None:
    with office.database.writing("test") as db:
        add_unreadable(db, office.connection().id, "5")
    assert office.looks() == ["[acme] 1 record needs you"]


# -- silence ---------------------------------------------------------------------------------------


def test_three_intervals_without_a_call_are_told_once_and_that_it_calls_again(
    office: Office,
) -> None:
    office.calls()
    office.has(1)
    assert office.looks(minutes=44) == []
    assert office.looks(minutes=1) == [
        "[acme] We have not heard from the QuickBooks computer since 23 Nov 2026, 10:00"
    ]
    assert "It usually calls every 15 minutes. 1 order waits." in office.sink.texts()[0]
    assert office.looks(hours=5) == []
    office.calls()
    assert office.looks() == ["[acme] The QuickBooks computer calls again"]
    assert office.looks(minutes=44) == []


def test_a_computer_that_calls_seldom_is_waited_for_longer(office: Office) -> None:
    office.calls()
    office.change(calls_every=3600)
    assert office.looks(minutes=179) == []
    assert len(office.looks(minutes=1)) == 1


def test_one_that_calls_every_minute_is_given_what_the_file_says(office: Office) -> None:
    office.calls()
    office.change(calls_every=60)
    assert office.looks(minutes=14) == []
    assert len(office.looks(minutes=1)) == 1


def test_in_quiet_hours_nobody_has_to_call_and_then_it_counts_anew(office: Office) -> None:
    office.set(quiet_hours="10:30-12:00")
    office.calls()
    assert office.looks(minutes=119) == []
    assert office.looks(minutes=45) == []
    assert len(office.looks(minutes=1)) == 1


def test_who_is_paused_or_never_called_is_not_silent(office: Office) -> None:
    assert office.looks(days=2) == []
    office.calls()
    office.change(paused=True)
    assert office.looks(days=2) == []


def test_what_happened_while_the_service_was_off_is_nobodys_silence(office: Office) -> None:
    office.calls()
    office.now += timedelta(hours=8)
    office.job = office.process()
    assert office.looks() == []
    assert office.looks(minutes=44) == []
    assert len(office.looks(minutes=1)) == 1


def many(office: Office, number: int) -> list[str]:
    names = ["acme", *(f"shop{place}" for place in range(1, number))]
    for name in names[1:]:
        office.add(name, alert_emails="bea@example.com")
    return names


def test_many_silent_at_once_are_one_alarm_to_whoever_runs_the_service(office: Office) -> None:
    names = many(office, 8)
    for place, name in enumerate(names):
        office.now += timedelta(minutes=2 if place else 0)
        office.calls(name)
    # The first is silent for three intervals now, the last for two and a half.
    assert office.looks(minutes=31) == ["8 of 8 QuickBooks computers have stopped calling"]
    assert office.sink.mails[0]["To"] == "olga@example.com"
    assert "https://sync.example.com can be reached" in office.sink.texts()[0]
    assert office.looks(hours=3) == []


def test_those_that_stay_silent_after_the_alarm_are_told_of_one_by_one(office: Office) -> None:
    names = many(office, 8)
    office.calls(*names)
    office.looks(minutes=45)
    office.calls(*names[1:])
    assert office.looks() == [
        "Most QuickBooks computers call again",
        "[acme] We have not heard from the QuickBooks computer since 23 Nov 2026, 10:00",
    ]


def test_five_silent_or_half_of_all_are_no_alarm(office: Office) -> None:
    names = many(office, 12)
    office.calls(*names)
    office.now += timedelta(minutes=40)
    office.calls(*names[6:])
    assert len(office.looks(minutes=5)) == 6


# -- Keap, company file, failures ------------------------------------------------------------------


def test_a_login_that_keap_refuses_is_told_with_the_words_of_the_page(office: Office) -> None:
    office.fails("keap-key-refused")
    assert office.looks() == ["[acme] Keap does not accept the API key"]
    assert "please obtain an API key from Infusionsoft" in office.sink.texts()[0].replace(
        "Please", "please"
    )
    office.succeeds("keap-key-refused")
    assert office.looks() == ["[acme] The login to Keap works again"]


def test_a_sign_in_that_ends_within_a_week_is_told(office: Office) -> None:
    from qbwc_service.ledger.models import KeapSignIn

    with office.database.writing("test") as db:
        db.add(
            KeapSignIn(
                connection_id=office.connection().id,
                state=SignInState.IN_FORCE,
                access_token="-",
                refresh_token="-",
                issued_at=office.now,
                expires_at=office.now,
            )
        )
    assert office.looks(days=37) == []
    assert office.looks(days=1) == ["[acme] The sign-in with Keap ends on 7 Jan 2027"]
    assert office.looks(days=1) == []


def test_another_company_file_is_told_once_for_each_file(office: Office) -> None:
    office.fails("wrong-company-file", expected="Acme Ltd", found="Beta LLC")
    assert office.looks() == ["[acme] Another company file is open in QuickBooks"]
    assert "This link belongs to Acme Ltd; open is Beta LLC." in office.sink.texts()[0]
    office.fails("wrong-company-file", expected="Acme Ltd", found="Beta LLC")
    assert office.looks(hours=4) == []
    office.fails("wrong-company-file", expected="Acme Ltd", found="Gamma Inc")
    assert len(office.looks()) == 1


def test_a_company_file_that_waits_for_an_answer_is_told(office: Office) -> None:
    office.change(
        write_block="company-file-moved", write_block_details={"expected": "C:", "found": "D:"}
    )
    assert office.looks() == ["[acme] The company file is at a new place"]
    office.change(write_block="", write_block_details={})
    assert office.looks() == ["[acme] The right company file is in use again"]


def test_five_failures_in_a_row_with_one_cause_are_told(office: Office) -> None:
    why = {"meaning": "QuickBooks did not open.", "advice": "Open it once by hand."}
    office.fails("cannot-reach-quickbooks", 4, **why)
    assert office.looks() == []
    office.fails("cannot-reach-quickbooks", **why)
    assert office.looks() == [
        "[acme] 5 times in a row: The Web Connector could not reach QuickBooks"
    ]
    assert "What to do: Open it once by hand." in office.sink.texts()[0]
    office.succeeds("cannot-reach-quickbooks")
    assert office.looks() == ["[acme] It works again"]
    office.fails("cannot-reach-quickbooks", 4, **why)
    assert office.looks(hours=2) == []


# -- who is told -----------------------------------------------------------------------------------


def test_each_address_gets_a_mail_of_its_own(office: Office) -> None:
    office.set(alert_emails="bea@example.com, carl@example.com")
    office.holds(7)
    assert len(office.looks()) == 2
    assert {mail["To"] for mail in office.sink.mails} == {"bea@example.com", "carl@example.com"}


def test_people_choose_what_they_are_told_of(office: Office) -> None:
    office.set(alert_kinds="sign-in")
    office.holds(7)
    office.fails("keap-key-refused")
    assert office.looks() == ["[acme] Keap does not accept the API key"]


def test_who_is_added_later_is_told_how_things_are(office: Office) -> None:
    office.set(alert_emails="")
    office.holds(7)
    assert office.looks() == []
    office.set(alert_emails="bea@example.com")
    assert len(office.looks(days=1)) == 1


def test_without_a_mail_server_nothing_is_counted_as_told(office: Office) -> None:
    server = office.config.mail_server
    office.without(mail_server=None)
    office.holds(7)
    assert office.looks() == []
    office.without(mail_server=server)
    # The process before has not ended: it is replaced when nothing is heard of it.
    assert office.looks(minutes=1) == []
    assert len(office.looks(minutes=1)) == 1


@pytest.mark.parametrize("times", [2, 3])
def test_several_processes_tell_everything_once(office: Office, times: int) -> None:
    office.holds(7)
    for process in [office.process() for _ in range(times)]:
        process.run()
    assert office.sink.subjects() == ["[acme] 1 order needs you"]
