"""Three days of a shop through the real thing: rows as Keap was read, updates until all is done."""

import random
from collections.abc import Sequence

import msgspec
from sqlalchemy import select, update

from qbwc_service.connections import find_connection
from qbwc_service.demo.quickbooks.body import Body
from qbwc_service.demo.quickbooks.records import ListName
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import queue, sources
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.mappings import Choice, Mappings
from qbwc_service.ledger.models import (
    KeapContact,
    KeapOrder,
    KeapPayment,
    MappingKind,
    OrderStatus,
    PaymentStatus,
)
from qbwc_service.ledger.standing import AT_ONCE
from qbwc_service.matching.tax_items import tax_key
from qbwc_service.planning.order import ReceivedPayment, SalesOrder
from qbwc_service.staging.order_rows import mark_deleted
from tests.accounts.fates import Act, Story
from tests.accounts.people import ACTS
from tests.accounts.profiles import USUAL, Profile
from tests.accounts.telling import LAST_DAY
from tests.world import World

_SESSIONS = 200
_HRESULTS = (0x80040402, 0x80040414, 0x8004040D)


def live(
    world: World,
    profile: Profile,
    stories: Sequence[Story],
    acts: Sequence[Act],
    *,
    faults: random.Random | None = None,
) -> None:
    """Everything that happens. `faults`: answers are lost by chance."""
    set_up(world, profile)
    for day in range(1, LAST_DAY + 1):
        for act in acts:
            if act.day == day:
                ACTS[act.name](world, *act.words)
        if day == 2 and profile.vanishes:
            _vanish(world, profile)
        if day == LAST_DAY:
            _approve(world, stories, range(day))
        read(world, stories, day)
        if day == LAST_DAY:
            _approve(world, stories, range(day, day + 1))
        come_to_rest(world, faults)
        world.clock.pass_time(days=1)


def _approve(world: World, stories: Sequence[Story], days: range) -> None:
    """A person approves the refunds that were read on these days, where the page offers it."""
    statuses = world.payment_statuses()
    for story in stories:
        for payment_id in story.approved:
            read_then = any(row.payment_id == payment_id and on in days for on, row in story.rows)
            if read_then and not statuses[payment_id][0].startswith("skipped"):
                world.approve(payment_id)


def set_up(world: World, profile: Profile) -> None:
    """The company file and the settings, before the first update."""
    human = world.human
    tools = human.add_item("Tools")
    under_tools: Body = {"ParentRef": {"ListID": tools}, "SalesOrPurchase": _SALES}
    human.add(ListName.ITEM_SERVICE, "DRILL", under_tools)
    for parent in ("Left", "Right"):
        above: Body = {"ParentRef": {"ListID": human.add_item(parent)}, "SalesOrPurchase": _SALES}
        human.add(ListName.ITEM_SERVICE, "TWIN", above)
    human.add_item("RETIRED")
    human.make_inactive("RETIRED", ListName.ITEM_SERVICE)
    if profile.closed_to:
        human.set_closing_date(profile.closed_to.isoformat())
    human.switch("sales tax", on=profile.has_sales_tax)
    world.set(**{**USUAL, **profile.settings})
    _choose_taxes(world, profile)


_SALES: Body = {"AccountRef": {"FullName": "Sales"}}


def _choose_taxes(world: World, profile: Profile) -> None:
    kinds = (ListName.ITEM_SALES_TAX, ListName.ITEM_SALES_TAX_GROUP)
    items = {each.full_name: each.list_id for each in world.company.store.lists.all(kinds)}
    choices = [
        Choice(MappingKind.TAX_ITEM, tax_key(text), text, "Item", items[name], name)
        for text, name in profile.tax_items.items()
    ]
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        Mappings(db, connection, "Bea", world.clock.now).choose(choices)


def _vanish(world: World, profile: Profile) -> None:
    lists = {"terms": ListName.TERMS, "deposit_account": ListName.ACCOUNT}
    world.human.make_inactive(profile[profile.vanishes], lists[profile.vanishes])


# -- what is read ----------------------------------------------------------------------------------


def read(world: World, stories: Sequence[Story], day: int) -> None:
    """The orders and payments of that day, as staging leaves them in the database."""
    orders = [order for story in stories for on, order in story.readings if on == day]
    rows = [row for story in stories for on, row in story.rows if on == day]
    new = {story.order_id for story in stories if story.readings[0][0] == day}
    seen = {
        (row.payment_id, row.order_id) for story in stories for on, row in story.rows if on < day
    }
    again = [row for row in rows if (row.payment_id, row.order_id) in seen]
    _insert_contacts(world, [order for order in orders if order.order_id in new])
    _insert_orders(world, [order for order in orders if order.order_id in new])
    _insert_payments(world, [row for row in rows if (row.payment_id, row.order_id) not in seen])
    world.keap_has(*(order for order in orders if order.order_id not in new), payments=again)
    gone = [story.order_id for story in stories if story.deleted_on == day]
    with world.database.writing("test") as db:
        mark_deleted(db, find_connection(db, "acme").id, gone, world.clock.now)


def _insert_orders(world: World, orders: Sequence[SalesOrder]) -> None:
    if not orders:
        return
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        db.execute(
            rows_of(KeapOrder), [_order_row(connection.id, order, world) for order in orders]
        )


def _order_row(connection_id: int, order: SalesOrder, world: World) -> dict[str, object]:
    return {
        "connection_id": connection_id,
        "keap_id": order.order_id,
        "invoice_id": order.invoice_id,
        "title": order.title,
        "order_date": order.placed_on,
        "contact_id": order.buyer.contact_id,
        "customer_name": f"{order.buyer.first_name} {order.buyer.last_name}",
        "currency": order.currency,
        "total": order.total,
        "total_paid": order.total_paid,
        "raw": "{}",
        "sale": msgspec.Raw(msgspec.json.encode(order)),
        "content_hash": sources.sale_hash(order),
        "read_at": world.clock.now,
        "status": OrderStatus.NEW,
        "cause": "",
        "subject": "",
        "skip": "",
        "has_work": True,
        "needs_plan": True,
        "next_try_at": AT_ONCE,
        "is_checked": True,
        "overrides": [],
        "own_prefix": "",
    }


def _insert_contacts(world: World, orders: Sequence[SalesOrder]) -> None:
    buyers = {order.buyer.contact_id: order.buyer for order in orders if order.buyer.contact_id}
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        known = set(db.scalars(select(KeapContact.contact_id)))
        values = [
            {
                "connection_id": connection.id,
                "contact_id": contact_id,
                "raw": "{}",
                "buyer": sources.stored(buyer),
                "content_hash": "-",
                "read_at": world.clock.now,
            }
            for contact_id, buyer in buyers.items()
            if contact_id not in known
        ]
        if values:
            db.execute(rows_of(KeapContact), values)


def _insert_payments(world: World, rows: Sequence[ReceivedPayment]) -> None:
    if not rows:
        return
    with world.database.writing("test") as db:
        connection = find_connection(db, "acme")
        db.execute(rows_of(KeapPayment), [_payment_row(connection.id, row, world) for row in rows])
        paid = sorted({row.order_id for row in rows})
        for start in range(0, len(paid), 500):
            db.execute(
                update(KeapOrder)
                .where(
                    KeapOrder.connection_id == connection.id,
                    KeapOrder.keap_id.in_(paid[start : start + 500]),
                )
                .values(needs_plan=True, has_work=True),
                execution_options={"synchronize_session": False},
            )


def _payment_row(connection_id: int, row: ReceivedPayment, world: World) -> dict[str, object]:
    return {
        "connection_id": connection_id,
        "payment_id": row.payment_id,
        "order_id": row.order_id,
        "amount": row.amount,
        "paid_on": row.paid_on,
        "kind": row.kind,
        "is_shared": len(row.order_ids) > 1,
        "raw": "{}",
        "received": sources.stored(row),
        "content_hash": sources.payment_hash(row),
        "read_at": world.clock.now,
        "status": PaymentStatus.NEW,
        "cause": "",
        "skip": "",
    }


# -- updates ---------------------------------------------------------------------------------------


def come_to_rest(world: World, faults: random.Random | None) -> None:
    """The Web Connector runs until there is nothing to do but to read lists again."""
    quiet = 0
    for _ in range(_SESSIONS):
        if faults is not None and faults.random() < 0.5:
            _break_something(world, faults)
        result = world.update()
        world.clock.pass_time(minutes=11 if faults else 1)
        is_over = result.ended in {Ended.NONE, Ended.DONE} and not result.messages_with_writes
        quiet = quiet + 1 if is_over and not _work_left(world) else 0
        # An answer that comes late comes with the next session.
        if quiet > 1 or (quiet and result.ended is Ended.NONE):
            return
    raise AssertionError(f"still at work after {_SESSIONS} update sessions")


def _work_left(world: World) -> bool:
    with world.database.reading() as db:
        connection = find_connection(db, "acme")
        waits = queue.what_waits(db, connection.id, world.clock.now).work
        return waits or bool(queue.unresolved_sets(db, connection.id))


def _break_something(world: World, dice: random.Random) -> None:
    """One of the ways in which an answer is lost, doubled or late."""
    message = dice.randint(1, 12)
    match dice.randint(1, 5):
        case 1:
            world.faults.drop_answer_at(message)
        case 2:
            world.faults.close_before_receive(message)
        case 3:
            world.faults.duplicate_receive(message)
        case 4:
            world.faults.late_answer(message)
        case _:
            was_run = dice.random() < 0.5
            world.faults.hresult_at(message, dice.choice(_HRESULTS), message_was_run=was_run)
