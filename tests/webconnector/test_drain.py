"""While the service is drained: what is open finishes, nothing begins."""

from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import drain
from tests.webconnector.meanwhile import QuickBooksAtWork
from tests.world import World, sale


def begin(world: World) -> None:
    with world.database.writing("test") as db:
        drain.begin(db, "Olga", world.clock.now)


def end(world: World) -> None:
    with world.database.writing("test") as db:
        drain.end(db)


def test_an_open_update_finishes(world: World) -> None:
    world.keap_has(sale(1))
    quickbooks = QuickBooksAtWork(world.company, "CustomerQueryRq", lambda: begin(world))

    assert world.web_connector(quickbooks=quickbooks).update().ended is Ended.DONE
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_none_begins_and_the_web_connector_comes_again(world: World) -> None:
    begin(world)
    world.keap_has(sale(1))
    assert world.update().authenticate == ("", "busy", "60")
    assert world.connection().last_contact_result == "Busy: the service is about to be restarted."

    end(world)
    assert world.update().ended is Ended.DONE
    assert world.invoices() == [("1", "Ann Lee", "10.00")]


def test_one_with_nothing_to_do_is_told_so(world: World) -> None:
    world.update()
    begin(world)

    assert world.update().ended is Ended.NONE


def test_a_computer_that_was_started_anew_leaves_no_open_update_behind(world: World) -> None:
    world.keap_has(sale(1))
    world.faults.drop_answer_at(2)
    world.update()
    begin(world)
    world.update()

    with world.database.reading() as db:
        assert drain.still_open(db, world.clock.now) == []
