"""Restored in the middle of anything: nothing is made twice, nothing is missing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qbwc_service import database_schema, invitations
from qbwc_service.alerts import outbox
from qbwc_service.backup import check_first
from qbwc_service.database import Database
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.invitations import InvitationOver
from qbwc_service.ledger import drain
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import (
    Alert,
    AlertDelivery,
    AlertKind,
    Channel,
    DeliveryState,
    Drain,
    Event,
    Invitation,
    InvitationConnection,
    KeapSignIn,
    KeapSignInTry,
    Lease,
    LoginFailure,
    MessageSet,
    Role,
    SignInState,
    UpdateSession,
)
from qbwc_service.people import Standing
from qbwc_service.planning.order import ReceivedPayment, SalesOrder
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import create_endpoint
from tests.backup.conftest import back_up, restore
from tests.databases import ENGINES, empty_url
from tests.world import World, paid, sale

Traded = Sequence[tuple[SalesOrder, ReceivedPayment]]


def traded(*orders: int) -> Traded:
    return [(sale(order), paid(order, 1000, transaction_id=f"t{order}")) for order in orders]


BEFORE, SINCE = traded(1001, 1002), traded(1003, 1004, 1005)
ALL = range(1001, 1006)
INVOICES = [(str(order), "Ann Lee", "10.00") for order in ALL]
PAYMENTS = [(f"t{order}", "10.00", str(order)) for order in ALL]
TOLD = "Restored from a backup of 2026-11-23 15:00 UTC. Everything since is looked up"
POSTED = dict.fromkeys(ALL, ("posted", ""))


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """On tables as the migrations make them."""
    url = empty_url(tmp_path, request.param)
    with closing(Database(url)) as database:
        database_schema.upgrade(database)
    made = World(tmp_path, url)
    yield made
    made.close()


def keap_tells(world: World, some: Traded) -> None:
    world.keap_has(*(order for order, _ in some), payments=[payment for _, payment in some])


def until_rest(world: World) -> None:
    for _ in range(10):
        world.clock.pass_time(minutes=11)
        if world.update().ended is Ended.NONE:
            return
    raise AssertionError("never at rest")


def put_back(world: World, path: Path) -> None:
    """The service is stopped, the backup restored, the service started; Keap is read again."""
    world.database.close()
    restore(world.database, path, now=world.clock.now, replace=True)
    world.service = Service(world.database, world.secrecy, world.clock)
    world._endpoint = create_endpoint(world.service, public_url=world.config.public_url)
    world._clients.clear()


def after_each_call(world: World, act: Callable[[], object]) -> None:
    """Whenever the service has answered the Web Connector."""
    world.http().event_hooks = {"response": [lambda _response: act()]}


def count(world: World, *kinds: type) -> list[int]:
    with world.database.reading() as db:
        return [db.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds]


def is_written_now(world: World) -> bool:
    """Whether the newest message makes transactions: prepared, or handed out and not answered."""
    with world.database.reading() as db:
        newest = db.scalars(select(MessageSet).order_by(MessageSet.id.desc()).limit(1)).first()
        return newest is not None and newest.writes and newest.answered_at is None


def test_what_was_sent_since_the_backup_is_found_and_not_made_again(
    world: World, tmp_path: Path
) -> None:
    keap_tells(world, BEFORE)
    until_rest(world)
    back_up(world.database, tmp_path / "a.zip", now=world.clock.now)
    keap_tells(world, SINCE)
    until_rest(world)
    assert (world.invoices(), world.payments()) == (INVOICES, PAYMENTS)
    world.clock.pass_time(days=1)

    put_back(world, tmp_path / "a.zip")
    assert set(world.statuses()) == {1001, 1002}
    keap_tells(world, SINCE)
    until_rest(world)

    assert (world.invoices(), world.payments()) == (INVOICES, PAYMENTS)
    assert world.statuses() == POSTED
    assert world.errors() == []
    assert len({posting.record_id for posting in world.postings()}) == len(world.postings())


def test_what_was_planned_in_the_backup_and_paid_in_part_since_is_completed(
    world: World, tmp_path: Path
) -> None:
    """Of an order, the invoice was made since; its payment comes only now."""
    keap_tells(world, BEFORE)
    until_rest(world)
    world.keap_has(sale(1003))
    back_up(world.database, tmp_path / "a.zip", now=world.clock.now)
    until_rest(world)

    put_back(world, tmp_path / "a.zip")
    keap_tells(world, SINCE)
    until_rest(world)

    assert (world.invoices(), world.payments()) == (INVOICES, PAYMENTS)
    assert world.statuses() == POSTED


def test_a_backup_from_the_middle_of_an_update_makes_nothing_twice(
    world: World, tmp_path: Path
) -> None:
    """Messages that write were prepared, or handed out and not answered: recovery asks what became
    of them, and QuickBooks has kept the answer to a later one."""
    backups: list[Path] = []

    def perhaps_back_up() -> None:
        if is_written_now(world):
            backups.append(tmp_path / f"{len(backups)}.zip")
            back_up(world.database, backups[-1], now=world.clock.now)

    keap_tells(world, BEFORE)
    after_each_call(world, perhaps_back_up)
    until_rest(world)
    world.http().event_hooks = {}
    keap_tells(world, SINCE)
    until_rest(world)
    # The customer, then invoices and payments; each prepared, then handed out.
    assert len(backups) == 4

    for path in backups:
        put_back(world, path)
        assert is_written_now(world)
        keap_tells(world, SINCE)
        until_rest(world)
        assert (world.invoices(), world.payments()) == (INVOICES, PAYMENTS)
        assert world.statuses() == POSTED
        assert len(world.books().customers) == 1


def test_what_a_person_deleted_since_waits_where_its_message_was_under_way(
    world: World, tmp_path: Path
) -> None:
    """Not handed out when the backup was made, handed out a moment later: a plain look-up would
    find nothing and make it again."""

    def back_up_before_the_invoices() -> None:
        if "<InvoiceAdd" in world.prepared() and not (tmp_path / "a.zip").exists():
            back_up(world.database, tmp_path / "a.zip", now=world.clock.now)

    world.keap_has(sale(1001))
    after_each_call(world, back_up_before_the_invoices)
    until_rest(world)
    (invoice,) = world.books().invoices
    world.human.delete_invoice(invoice.txn_id)

    put_back(world, tmp_path / "a.zip")
    until_rest(world)
    assert world.invoices() == []
    assert world.statuses() == {1001: ("held", "outcome-unknown")}


def test_a_message_that_was_never_handed_out_is_sent_after_all(
    world: World, tmp_path: Path
) -> None:
    """The company file is as it was when the backup was made: recovery finds nothing there."""

    def back_up_first() -> None:
        if is_written_now(world) and not (tmp_path / "a.zip").exists():
            back_up(world.database, tmp_path / "a.zip", now=world.clock.now)
            world.human.backup(tmp_path / "company-backup.db")

    keap_tells(world, BEFORE)
    after_each_call(world, back_up_first)
    until_rest(world)
    world.human.restore(tmp_path / "company-backup.db")
    assert world.invoices() == []

    put_back(world, tmp_path / "a.zip")
    until_rest(world)
    assert (world.invoices(), world.payments()) == (INVOICES[:2], PAYMENTS[:2])


@pytest.mark.parametrize("since", ["sales-receipt", "sales-order"])
def test_what_became_another_form_since_is_not_made_a_second_time(
    world: World, tmp_path: Path, since: str
) -> None:
    """A setting was changed after the backup was made. Chosen again, what is there is found."""
    keap_tells(world, BEFORE)
    until_rest(world)
    back_up(world.database, tmp_path / "a.zip", now=world.clock.now)
    world.set(transaction=since)
    keap_tells(world, SINCE)
    until_rest(world)
    assert other_forms(world) == ["1003", "1004", "1005"]

    put_back(world, tmp_path / "a.zip")
    keap_tells(world, SINCE)
    until_rest(world)
    assert (world.invoices(), world.payments()) == (INVOICES[:2], PAYMENTS[:2])
    assert world.statuses()[1003] == ("held", "made-as-another-form")

    world.set(transaction=since)
    for order, _ in SINCE:
        world.decide().requeue(order.order_id)
    until_rest(world)
    assert other_forms(world) == ["1003", "1004", "1005"]
    assert world.statuses()[1003][0] == "posted"
    assert world.errors() == []


def other_forms(world: World) -> list[str]:
    books = world.books()
    return sorted(form.number for form in (*books.sales_receipts, *books.sales_orders))


def test_what_was_under_way_in_the_backup_is_over(world: World, tmp_path: Path) -> None:
    """The open session with its ticket, leases, the drain, wrong passwords, begun sign-ins."""
    backups = []

    def perhaps_back_up() -> None:
        with world.database.reading() as db:
            live = db.scalars(select(UpdateSession).where(UpdateSession.ended_at.is_(None))).first()
        if live is not None and not backups:
            backups.append(live.ticket_digest)
            back_up(world.database, tmp_path / "a.zip", now=world.clock.now)

    now = world.clock.now
    later = now + timedelta(hours=1)
    with world.database.writing("test") as db:
        drain.begin(db, "Bea", now)
        db.add(Lease(name="scheduler", owner="old machine", expires_at=later))
        db.add(LoginFailure(key="admin:10.0.0.9", count=9, last_at=now))
        of = {"connection_id": world.connection().id, "access_token": "", "refresh_token": ""}
        of |= {"issued_at": now, "expires_at": later}
        db.add(KeapSignIn(state=SignInState.PENDING, **of))
        db.add(KeapSignIn(state=SignInState.IN_FORCE, **of))
        db.flush()
        db.add(
            KeapSignInTry(
                state_digest="d", connection_id=world.connection().id, begun_by="Bea",
                verifier="", expires_at=later,
            )
        )  # fmt: skip
        drain.end(db)
    keap_tells(world, BEFORE)
    after_each_call(world, perhaps_back_up)
    world.update()
    with world.database.writing("test") as db:
        drain.begin(db, "Bea", now)

    put_back(world, tmp_path / "a.zip")

    assert count(world, Lease, Drain, LoginFailure, KeapSignInTry) == [0, 0, 0, 0]
    with world.database.reading() as db:
        assert [each.state for each in db.scalars(select(KeapSignIn))] == [SignInState.IN_FORCE]
        (session,) = db.scalars(select(UpdateSession))
        assert (session.ended_at, session.result) == (world.clock.now, check_first.ENDED)
        assert session.ticket_digest not in backups


def test_the_history_of_each_connection_tells_of_it(world: World, tmp_path: Path) -> None:
    world.neighbour()
    made_at = world.clock.now
    back_up(world.database, tmp_path / "a.zip", now=made_at)
    world.clock.pass_time(hours=2)
    put_back(world, tmp_path / "a.zip")
    with world.database.reading() as db:
        events = db.scalars(select(Event).order_by(Event.id)).all()
    told = [each for each in events if each.text.startswith(TOLD)]
    assert {(each.who, each.at, each.order_id) for each in told} == {("Bea", world.clock.now, None)}
    assert len({each.connection_id for each in told}) == len(told) == 2


def test_an_invitation_of_the_backup_opens_nothing(world: World, tmp_path: Path) -> None:
    """It may have been withdrawn since, or used."""
    author = Author("owner", world.clock.now)
    with world.database.writing("test") as db:
        everything = Standing("", Role.OWNER, None)
        secrets = [invitations.invite(db, author, everything)]
        secrets += [invitations.invite(db, author, Standing("", Role.VIEWER, [world.name]))]
    back_up(world.database, tmp_path / "a.zip", now=world.clock.now)
    put_back(world, tmp_path / "a.zip")
    for secret in secrets:
        with world.database.reading() as db, pytest.raises(InvitationOver):
            invitations.find(db, secret, world.clock.now)
    assert count(world, Invitation, InvitationConnection) == [0, 0]


def test_an_alert_that_waited_in_the_backup_is_told_to_nobody(world: World, tmp_path: Path) -> None:
    now = world.clock.now
    with world.database.writing("test") as db:
        told = {"key": "k", "at": now, "title": "t", "text": "t", "link": ""}
        alert = Alert(connection_id=world.connection().id, kind=AlertKind.FAILURES, **told)
        db.add(alert)
        db.flush()
        of = {"alert_id": alert.id, "channel": Channel.EMAIL, "next_try_at": now}
        for target, state in (("a@x.example", "waiting"), ("b@x.example", "sent")):
            db.add(AlertDelivery(target=target, state=DeliveryState(state), **of))
    back_up(world.database, tmp_path / "a.zip", now=now)
    put_back(world, tmp_path / "a.zip")
    world.clock.pass_time(hours=1)
    assert outbox.take(world.database, world.clock.now) is None
    with world.database.reading() as db:
        left = dict(db.execute(select(AlertDelivery.target, AlertDelivery.state)).all())
    assert left == {"a@x.example": DeliveryState.GIVEN_UP, "b@x.example": DeliveryState.SENT}
