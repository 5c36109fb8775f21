"""What a crash of QuickBooks in the middle of a message leaves behind."""

import pytest

from qbwc_service.demo.quickbooks import (
    Company,
    Crash,
    CrashPoint,
    HResult,
    InProcessQuickBooks,
    SimulatedCrash,
    read_books,
)

from .talk import Talk, customer_add, make_company, message
from .test_message_memory import ids

SET = message(customer_add("Ann") + "<HostQueryRq/>" + customer_add("Bob"), ids("X"))


@pytest.mark.parametrize(
    ("spec", "customers", "kept"),
    [
        ("message-received", [], "9002"),
        ("request-applied:1", ["Ann"], "9002"),
        ("request-applied:2", ["Ann", "Bob"], "9002"),
        ("set-run:1", ["Ann", "Bob"], "9002"),
        ("memory-saved", ["Ann", "Bob"], "0"),
        ("before-answer:1", ["Ann", "Bob"], "0"),
    ],
)
def test_applied_requests_stay_and_the_set_is_kept_only_when_all_was_run(
    tmp_path, clock, spec, customers, kept
):
    crash = Crash.parse(spec, CrashPoint)
    with make_company(tmp_path, clock, crash=crash) as company, pytest.raises(SimulatedCrash):
        company.process(SET)

    with Company(tmp_path / "company.qbw", clock=clock) as company:
        assert [one.full_name for one in read_books(company).customers] == customers
        assert Talk(company).ask("", ids("X", "X")).set_status == kept


def test_the_second_passage_is_the_one_that_strikes(tmp_path, clock):
    crash = Crash.parse("message-received:2", CrashPoint)
    with make_company(tmp_path, clock, crash=crash) as company:
        company.process(SET)
        with pytest.raises(SimulatedCrash):
            company.process(SET)
        company.process(SET)


def test_messages_without_a_set_id_do_not_pass_the_points_of_the_memory(tmp_path, clock):
    crash = Crash.parse("set-run:1", CrashPoint)
    with make_company(tmp_path, clock, crash=crash) as company:
        company.process(message(customer_add("Zoe")))
        with pytest.raises(SimulatedCrash):
            company.process(SET)


def test_an_unknown_point_is_no_point():
    with pytest.raises(ValueError, match="nowhere"):
        Crash.parse("nowhere:1", CrashPoint)


def test_a_caller_sees_an_unexpected_error_and_its_session_is_over(tmp_path, clock):
    crash = Crash.parse("set-run:1", CrashPoint)
    with make_company(tmp_path, clock, crash=crash) as company:
        quickbooks = InProcessQuickBooks(company)
        ticket = quickbooks.begin_session("").ticket

        with pytest.raises(HResult) as died:
            quickbooks.process(ticket, SET)
        with pytest.raises(HResult) as over:
            quickbooks.process(ticket, SET)
        assert (died.value.text, over.value.text) == ("0x80040402", "0x8004040C")
