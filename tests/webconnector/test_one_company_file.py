"""Two Keap accounts, one QuickBooks company file: one at a time, and each keeps to what is its."""

from contextlib import closing
from pathlib import Path

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks import new_company
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.decisions import DecisionRefused
from qbwc_service.ledger.reconcile.linking import linkable
from qbwc_service.planning.order import Buyer
from tests.webconnector.meanwhile import QuickBooksAtWork
from tests.world import World, paid, product, sale

HERE, THERE = "10.0.0.5", "10.0.0.6"
BOB = Buyer("9", "Bob", "Ray", email="bob@example.com")


@pytest.fixture
def beta(world: World) -> World:
    """Another Keap account on the company file of the first one; both have been there."""
    made = world.neighbour("beta")
    world.update()
    made.update()
    world.clock.pass_time(hours=13)
    world.update()
    made.update()
    return made


def left_open(world: World, address: str = HERE) -> None:
    """A session whose computer went away in its middle, while it was reading."""
    world.faults.drop_answer_at(2)
    assert world.update(address=address).ended is Ended.DROPPED


# -- which file is the same ---------------------------------------------------------------------


def test_a_company_file_is_the_same_where_it_bears_both_file_ids(world: World, beta: World) -> None:
    assert world.connection().shared_with == [beta.connection().id]
    assert beta.connection().shared_with == [world.connection().id]


def test_a_firm_of_the_same_name_and_path_is_never_kept_waiting(
    world: World, tmp_path: Path
) -> None:
    company = new_company(tmp_path / "other.db", items=("HAMMER",), clock=world.clock)
    with closing(company):
        stranger = world.neighbour("stranger", company)
        world.update()
        stranger.update()
        world.keap_has(sale(1))
        left_open(world)
        stranger.keap_has(sale(1))

        assert world.connection().company_file == stranger.connection().company_file
        assert stranger.update(address=THERE).ended is Ended.DONE
        assert stranger.invoices() == [("1", "Ann Lee", "10.00")]
        assert stranger.connection().shared_with == []


def test_a_file_that_was_left_for_another_is_shared_no_more(
    world: World, beta: World, tmp_path: Path
) -> None:
    with closing(new_company(tmp_path / "own.db", items=("HAMMER",), clock=world.clock)) as own:
        own.write_file_id(beta.new.owner_id, beta.new.file_id)
        beta.keap_has(sale(1))
        beta.update(own)

    assert beta.connection().shared_with == []


# -- one at a time ------------------------------------------------------------------------------


def test_the_second_link_is_busy_while_the_first_is_at_work(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    left_open(world)
    beta.keap_has(sale(2))

    assert beta.update(address=THERE).authenticate == ("", "busy", "600")
    assert beta.connection().last_contact_result == (
        "Busy: another link is at work on the same company file."
    )


def test_with_nothing_to_do_the_second_link_is_not_kept_waiting(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    left_open(world)

    assert beta.update(address=THERE).ended is Ended.NONE


def test_the_second_link_goes_on_once_the_first_has_closed(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    world.update()
    beta.keap_has(sale(2))

    assert beta.update(address=THERE).ended is Ended.DONE
    assert [number for number, _, _ in world.invoices()] == ["1", "2"]


def test_after_ten_silent_minutes_the_second_link_takes_the_file(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    left_open(world)
    beta.keap_has(sale(2))
    world.clock.pass_time(minutes=10)

    assert beta.update(address=THERE).ended is Ended.DONE
    assert world.update().ended is Ended.DONE
    assert [number for number, _, _ in world.invoices()] == ["1", "2"]


def test_whoever_was_given_up_writes_nothing_more(world: World, beta: World) -> None:
    """The first computer was asleep, not dead: its session was ended meanwhile."""
    world.keap_has(sale(1))
    beta.keap_has(sale(2))
    quickbooks = QuickBooksAtWork(world.company, "CustomerQueryRq", lambda: pause_and_update(beta))
    asleep = world.web_connector(quickbooks=quickbooks).update()

    assert asleep.ended is Ended.ERROR
    assert asleep.status == "It was silent for 10 minutes and was given up."
    assert [number for number, _, _ in world.invoices()] == ["2"]


def pause_and_update(beta: World) -> None:
    beta.clock.pass_time(minutes=11)
    assert beta.update(address=THERE).ended is Ended.DONE


def test_the_first_session_of_a_second_link_stops_where_the_first_is_at_work(
    world: World,
) -> None:
    world.update()
    world.keap_has(sale(1))
    left_open(world)
    beta = world.neighbour("beta")
    beta.keap_has(sale(1))

    result = beta.update(address=THERE)

    assert result.ended is Ended.ERROR
    assert result.status.startswith("Another link is at work on this company file. ")
    assert "acme" in result.status
    assert result.messages_with_writes == 0
    assert beta.errors() == ["company-file-busy"]

    world.update()
    beta.update(address=THERE)
    assert beta.errors() == ["number-taken"]


def test_two_first_sessions_at_once_do_not_miss_each_other(world: World) -> None:
    """The second comes to learn the company while the first is between two of its calls."""
    beta = world.neighbour("beta")
    world.keap_has(sale(1))
    beta.keap_has(sale(2))
    seen: list[Ended] = []
    quickbooks = QuickBooksAtWork(
        world.company, "CustomerQueryRq", lambda: seen.append(beta.update(address=THERE).ended)
    )

    assert world.web_connector(quickbooks=quickbooks).update().ended is Ended.DONE
    assert seen == [Ended.ERROR]
    assert beta.errors() == ["company-file-busy"]


def test_what_the_first_may_still_be_writing_keeps_the_second_from_writing(
    world: World, beta: World
) -> None:
    world.human.open_for_many()
    world.keap_has(sale(1, product(price=700)))
    beta.keap_has(sale(1, product(price=800)))
    world.faults.close_before_receive(5)
    assert world.update().ended is Ended.CLOSED
    assert world.statuses() == {1: ("sent", "")}

    assert beta.update(address=THERE).messages_with_writes == 0
    assert beta.errors() == ["waiting-for-other-computer"]

    world.clock.pass_time(minutes=10)
    beta.update(address=THERE)
    world.update()
    assert world.invoices() == [("1", "Ann Lee", "7.00")]
    assert beta.statuses() == {1: ("held", "number-taken")}


def test_a_number_that_was_found_free_stays_free_until_it_is_used(
    world: World, beta: World
) -> None:
    """The answer to the look-up is under way when the other link wants to send that number."""
    world.keap_has(sale(1))
    beta.keap_has(sale(1, product(price=2000)))
    seen: list[Ended] = []
    quickbooks = QuickBooksAtWork(
        world.company,
        "InvoiceQueryRq",
        lambda: seen.append(beta.update(address=THERE).ended),
        slow_answer=True,
    )
    world.web_connector(quickbooks=quickbooks).update()

    assert seen == [Ended.POSTPONED]
    assert world.invoices() == [("1", "Ann Lee", "10.00")]
    beta.update(address=THERE)
    assert beta.statuses() == {1: ("held", "number-taken")}


# -- what is whose ------------------------------------------------------------------------------


def test_a_number_of_the_other_link_is_seen_and_held(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    world.update()
    beta.keap_has(sale(1, product(price=2000), buyer=BOB))
    beta.update()

    assert beta.statuses() == {1: ("held", "number-taken")}
    assert world.invoices() == [("1", "Ann Lee", "10.00")]

    beta.decide().renumber(1, "B-")
    beta.update()
    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("B-1", "Bob Ray", "20.00")]


def test_a_customer_that_the_other_link_made_is_found(world: World, beta: World) -> None:
    beta.keap_has(sale(2))
    world.keap_has(sale(1))
    world.update()
    beta.update()

    assert world.invoices() == [("1", "Ann Lee", "10.00"), ("2", "Ann Lee", "10.00")]
    assert [customer.full_name for customer in world.books().customers] == ["Ann Lee"]


def test_a_payment_with_the_reference_of_the_other_link_is_posted_too(
    world: World, beta: World
) -> None:
    """Keap counts the payments of each account from 1 on: K10 of the one is not K10 of the other,
    not even for the same customer and amount."""
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()
    beta.keap_has(sale(2), payments=[paid(2, 1000, payment_id=10)])
    beta.update()

    assert world.payments() == [("K10", "10.00", "1"), ("K10", "10.00", "2")]
    assert beta.statuses() == {2: ("posted", "")}


def test_so_it_is_where_the_answer_to_the_first_was_lost(world: World, beta: World) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.faults.drop_answer_at(5)
    world.update()
    assert world.payments() == [("K10", "10.00", "1")]
    world.clock.pass_time(minutes=11)
    beta.keap_has(sale(2), payments=[paid(2, 1000, payment_id=10)])
    beta.update()
    world.update()

    assert world.payments() == [("K10", "10.00", "1"), ("K10", "10.00", "2")]
    assert world.statuses() == {1: ("posted", "")}
    assert beta.statuses() == {2: ("posted", "")}


def test_nobody_links_an_order_to_a_record_of_the_other_link(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    world.update()
    beta.keap_has(sale(1))
    world.clock.pass_time(hours=21)
    beta.update()
    (record,) = world.books().invoices
    with world.database.reading() as db:
        assert linkable(db, find_connection(db, "beta")) == []
    with pytest.raises(DecisionRefused) as refused:
        beta.decide().link(1, record.txn_id)
    assert refused.value.reason == f"{record.txn_id} belongs to an order of the link acme"


def test_the_comparison_counts_nothing_of_the_other_link(world: World, beta: World) -> None:
    world.keap_has(*(sale(number) for number in range(1, 7)), payments=[paid(1, 1000)])
    world.update()
    beta.keap_has(*(sale(number, buyer=BOB) for number in range(11, 17)))
    beta.update()
    world.clock.pass_time(hours=21)
    world.update()
    beta.update()

    for link in (world, beta):
        assert link.connection().write_block == ""
        assert link.errors() == []
        assert {status for status, _ in link.statuses().values()} <= {
            "posted",
            "posted-payment-open",
        }


def test_a_record_of_the_one_that_is_deleted_is_told_to_the_one(world: World, beta: World) -> None:
    world.keap_has(sale(1))
    beta.keap_has(sale(2))
    world.update()
    beta.update()
    (mine,) = [each for each in world.books().invoices if each.number == "1"]
    world.human.delete_invoice(mine.txn_id)
    world.keap_has(sale(3))
    beta.keap_has(sale(4))
    world.update()
    beta.update()

    assert world.statuses()[1] == ("held", "gone-from-quickbooks")
    assert beta.errors() == []
    assert beta.statuses()[2][0] == "posted-payment-open"
