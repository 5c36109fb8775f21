"""After a clean-up everything goes on as if nothing had been removed."""

import zipfile
from io import BytesIO

from sqlalchemy import select

from qbwc_service.admin.technical import exchanges
from qbwc_service.clean_up.sweep import Sweep
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import MessageSet
from qbwc_service.retention import USUAL
from qbwc_service.support_file import support_file
from tests.world import World, paid, sale


def sweep(world: World) -> dict[str, int]:
    return dict(Sweep(world.database, USUAL, world.clock.now, pause=lambda _: False).run())


def sets(world: World) -> list[MessageSet]:
    with world.database.reading() as db:
        return list(db.scalars(select(MessageSet).order_by(MessageSet.id)))


def updates_until_quiet(world: World) -> None:
    for _ in range(8):
        world.clock.pass_time(minutes=1)
        if world.update().ended is Ended.NONE:
            return
    raise AssertionError("the updates never came to rest")


def test_old_texts_go_and_the_next_update_sends_as_before(world: World) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    updates_until_quiet(world)
    posted = [(each.record_id, each.state) for each in world.postings()]
    world.clock.pass_time(days=89)
    assert sweep(world)["messages"] == 0
    world.clock.pass_time(days=2)
    before = len(sets(world))
    assert sweep(world)["messages"] == before
    assert {(each.request, each.answer) for each in sets(world)} == {("", None)}
    assert [(each.record_id, each.state) for each in world.postings()] == posted
    world.keap_has(sale(2), payments=[paid(2, 1000)])
    updates_until_quiet(world)
    assert [number for number, _, _ in world.invoices()] == ["1", "2"]
    assert world.statuses() == {1: ("posted", ""), 2: ("posted", "")}
    # QuickBooks was told to forget the kept answer of the last set that wrote, by its id.
    newest = next(each for each in sets(world) if each.request and each.writes)
    old = [each for each in sets(world) if not each.request and each.writes][-1]
    assert f'oldMessageSetID="{old.new_message_set_id}"' in newest.request
    assert sweep(world)["messages"] == 0


def test_a_message_without_an_outcome_keeps_its_text_and_is_recovered(world: World) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.faults.drop_answer_at(4)
    world.update()
    unresolved = [each for each in sets(world) if each.writes and each.resolved_at is None]
    assert len(unresolved) == 1
    world.clock.pass_time(days=200)
    sweep(world)
    kept = [each for each in sets(world) if each.texts_removed_at is None]
    assert unresolved[0].id in {each.id for each in kept}
    assert {each.id: each.request for each in kept}[unresolved[0].id] == unresolved[0].request
    updates_until_quiet(world)
    assert len(world.invoices()) == len(world.payments()) == 1
    assert world.statuses() == {1: ("posted", "")}


def test_pages_and_support_file_say_that_a_text_was_removed(world: World) -> None:
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    updates_until_quiet(world)
    world.clock.pass_time(days=91)
    sweep(world)
    connection = world.connection()
    with world.database.reading() as db:
        shown = exchanges(db, connection.id, world.postings())
        packed = support_file(
            db,
            connection,
            config=world.config,
            secrecy=world.secrecy,
            now=world.clock.now,
            order_id=1,
        )
    assert shown
    assert {(each.request, each.answer) for each in shown} == {
        ("The text of this message was removed after 91 days.",) * 2
    }
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("messages/")]
        assert "text_removed_at" in archive.read("support.json").decode()
