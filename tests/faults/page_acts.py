"""What people decide on our pages and answer there."""

from collections.abc import Callable

from qbwc_service.connections import find_connection
from qbwc_service.ledger import company_file
from qbwc_service.ledger.decision_steps import DecisionRefused
from qbwc_service.planning.order import PaymentKind
from tests.faults.keap_acts import nothing_is_lost_any_more, owing, pay
from tests.faults.model import Mark, Row
from tests.faults.scene import Scene
from tests.world import Deciding


def requeue(scene: Scene) -> bool:
    return _decide(scene, "requeue", Mark.REQUEUED, lambda who, order_id: who.requeue(order_id))


def hold(scene: Scene) -> bool:
    return _decide(scene, "hold", Mark.HELD, lambda who, order_id: who.hold(order_id))


def skip(scene: Scene) -> bool:
    return _decide(scene, "skip", Mark.SKIPPED, lambda who, order_id: who.skip(order_id))


def pay_between_hold_and_skip(scene: Scene) -> bool:
    """A person looks at an order, somebody pays just then, and the person decides again."""
    found = owing(scene)
    if not found:
        return False
    told = scene.dice.choice(found)
    if scene.dice.random() < 0.7:
        _decide(scene, "hold", Mark.HELD, lambda who, chosen: who.hold(chosen), told.order_id)
    pay(scene, told, scene.dice.randint(1, told.order.total - told.paid()))
    if scene.dice.random() < 0.5:
        return _skip_row(scene, scene.dice.choice(told.rows))
    return _decide(scene, "skip", Mark.SKIPPED, lambda who, chosen: who.skip(chosen), told.order_id)


def skip_payment(scene: Scene) -> bool:
    """One payment or refund is never to be sent."""
    rows = list(scene.model.rows())
    return bool(rows) and _skip_row(scene, scene.dice.choice(rows))


def _skip_row(scene: Scene, row: Row) -> bool:
    try:
        scene.stage.decide().skip_payment(row.payment_id)
    except DecisionRefused:
        return False
    row.is_skipped = True
    scene.model.orders[row.order_id].marks.add(Mark.PAYMENT_SKIPPED)
    nothing_is_lost_any_more(scene)
    return scene.did("skip payment", f"pages: payment {row.payment_id} skipped")


def accept(scene: Scene) -> bool:
    return _decide(scene, "looks right", Mark.ACCEPTED, lambda who, order_id: who.accept(order_id))


def undo(scene: Scene) -> bool:
    done = _decide(scene, "undo", Mark.UNDONE, lambda who, order_id: who.undo(order_id))
    if done:
        scene.model.something_was_deleted()
    return done


def link(scene: Scene) -> bool:
    """To the invoice that a person typed under the order's number."""
    both = sorted(scene.typed_numbers.keys() & scene.model.orders.keys())
    if not both:
        return False
    order_id = scene.dice.choice(both)
    txn_id = scene.typed_numbers[order_id]
    return _decide(
        scene,
        "link",
        Mark.LINKED,
        lambda who, chosen: who.link(chosen, txn_id),
        order_id,
    )


def approve(scene: Scene) -> bool:
    rows = [
        row for row in scene.model.rows() if row.kind is PaymentKind.REFUND and not row.is_approved
    ]
    if not rows:
        return False
    row = scene.dice.choice(rows)
    try:
        scene.stage.approve(row.payment_id)
    except DecisionRefused:
        return False
    row.is_approved = True
    nothing_is_lost_any_more(scene)
    return scene.did("approve refund", f"pages: refund {row.payment_id} approved")


def requeue_what_is_gone(scene: Scene) -> bool:
    """The bookkeeper sends again what a person or a backup took away."""
    gone = [
        order_id
        for order_id, (status, cause) in scene.stage.statuses().items()
        if status == "held" and cause == "gone-from-quickbooks"
    ]
    if not gone:
        return False
    order_id = scene.dice.choice(gone)
    return _decide(
        scene, "requeue", Mark.REQUEUED, lambda who, chosen: who.requeue(chosen), order_id
    )


def answer_restored(scene: Scene) -> bool:
    """ "Yes, the company file is a restored backup"."""
    with scene.stage.database.writing("test") as db:
        connection = find_connection(db, "acme")
        answered = company_file.confirm_restored(db, connection, "Bea", scene.stage.our_time())
    if answered:
        nothing_is_lost_any_more(scene)
        scene.did("answered: restored", "pages: the company file is a restored backup")
    return answered


def _decide(
    scene: Scene,
    name: str,
    mark: Mark,
    decide: Callable[[Deciding, int], None],
    order_id: int = 0,
) -> bool:
    if not scene.model.orders:
        return False
    chosen = order_id or scene.dice.choice(sorted(scene.model.orders))
    try:
        decide(scene.stage.decide(), chosen)
    except DecisionRefused:
        return False
    scene.model.orders[chosen].marks.add(mark)
    nothing_is_lost_any_more(scene)
    return scene.did(name, f"pages: {name} {chosen}")
