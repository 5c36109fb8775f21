"""What happens in Keap, and that it is read."""

from collections.abc import Sequence

from qbwc_service.planning.order import Buyer, PaymentKind, ReceivedPayment
from tests.faults.model import Mark, Row, Told
from tests.faults.scene import Scene
from tests.world import paid, product, sale

SKUS = ("HAMMER", "NAIL", "SAW", "HAMMER", "NAIL", "SAW", "")
NOT_IN_QUICKBOOKS = "SPADE"
FIRST_ORDER = 1000


def new_orders(scene: Scene) -> bool:
    """Some orders of few people, often paid at once."""
    made = [_new_order(scene) for _ in range(scene.dice.choice((1, 1, 2, 3)))]
    read(scene, made)
    for told in made:
        if scene.dice.random() < 0.5:
            pay(scene, told, told.order.total)
    return scene.did("new orders", f"Keap: new orders {[told.order_id for told in made]}")


def _new_order(scene: Scene) -> Told:
    dice = scene.dice
    number = FIRST_ORDER + len(scene.model.orders)
    person = dice.randint(1, scene.people)
    buyer = Buyer(str(person), f"Given{person}", f"Family{person}", email=f"p{person}@example.com")
    skus = [dice.choice(SKUS) for _ in range(dice.randint(1, 3))]
    if dice.random() < 0.06:
        skus.append(NOT_IN_QUICKBOOKS)
    lines = [product(sku, dice.randint(1, 9999), dice.randint(1, 3)) for sku in skus]
    told = scene.model.add_order(sale(number, *lines, buyer=buyer))
    if NOT_IN_QUICKBOOKS in skus:
        told.marks.add(Mark.NO_ITEM)
    if number in scene.typed_numbers:
        told.marks.add(Mark.NUMBER_TYPED)
    return told


def owing(scene: Scene) -> list[Told]:
    """The orders on which money may still be paid."""
    found = [told for told in scene.model.orders.values() if told.order.total > told.paid()]
    return [told for told in found if Mark.CREDITED not in told.marks]


def later_payment(scene: Scene) -> bool:
    """On an order that owes something: all of it, or a part."""
    found = owing(scene)
    if not found:
        return False
    told = scene.dice.choice(found)
    left = told.order.total - told.paid()
    amount = left if scene.dice.random() < 0.6 else scene.dice.randint(1, left)
    pay(scene, told, amount)
    return scene.did("payment", f"Keap: {amount} cents paid on {told.order_id}")


def refund(scene: Scene) -> bool:
    """Of a paid order, all or a part of it."""
    found = [
        told
        for told in scene.model.orders.values()
        if told.paid() == told.order.total and not told.marks - {Mark.ANSWER_KEPT_NO_RECORD}
    ]
    if not found:
        return False
    told = scene.dice.choice(found)
    amount = told.paid() if scene.dice.random() < 0.4 else scene.dice.randint(1, told.paid())
    row = _add_row(scene, told, PaymentKind.REFUND, amount)
    told.marks.add(Mark.REFUNDED)
    read(scene, [told])
    return scene.did("refund", f"Keap: refund {row.payment_id} of {amount} on {told.order_id}")


def store_credit(scene: Scene) -> bool:
    """An order that nobody paid yet is paid with store credit."""
    found = [
        told
        for told in scene.model.orders.values()
        if not told.rows and not told.marks - {Mark.ANSWER_KEPT_NO_RECORD}
    ]
    if not found:
        return False
    told = scene.dice.choice(found)
    row = _add_row(scene, told, PaymentKind.CREDIT, scene.dice.randint(1, told.order.total))
    told.marks.add(Mark.CREDITED)
    read(scene, [told])
    return scene.did("store credit", f"Keap: credit {row.amount} on {told.order_id}")


def edit_order(scene: Scene) -> bool:
    """A line more, and so another total."""
    found = [told for told in scene.model.orders.values() if Mark.CREDITED not in told.marks]
    if not found:
        return False
    told = scene.dice.choice(found)
    old = told.order
    line = product("NAIL", scene.dice.randint(1, 500))
    told.order = sale(old.order_id, *old.lines, line, buyer=old.buyer)
    told.totals.add(told.order.total)
    told.marks.add(Mark.EDITED)
    read(scene, [told])
    return scene.did("order edited", f"Keap: {old.order_id} edited, now {told.order.total}")


def void_payment(scene: Scene) -> bool:
    """A payment turns out to be none."""
    rows = [
        row
        for row in scene.model.rows()
        if row.kind is PaymentKind.CASH
        and not row.is_void
        and Mark.REFUNDED not in scene.model.orders[row.order_id].marks
    ]
    if not rows:
        return False
    row = scene.dice.choice(rows)
    row.is_void = True
    told = scene.model.orders[row.order_id]
    told.marks.add(Mark.PAYMENT_VOIDED)
    read(scene, [told])
    return scene.did("payment voided", f"Keap: payment {row.payment_id} of {row.order_id} voided")


def power_cut(scene: Scene) -> bool:
    """The machine of the service goes off: commits that may be made again and that no other
    followed are lost with it."""
    lost, again = scene.before_reading, list(scene.read_since)
    if lost is not None:
        scene.stage.put_back_database(lost)
    else:
        scene.stage.start_service()
    nothing_is_lost_any_more(scene)
    scene.tally.faults["power cut"] += 1
    scene.say(f"power cut; Keap is read again for {again}")
    read(scene, [scene.model.orders[order_id] for order_id in dict.fromkeys(again)])
    return True


def nothing_is_lost_any_more(scene: Scene) -> None:
    """A commit that waits for the disk has taken all before it along."""
    scene.before_reading = None
    scene.read_since.clear()


def read_all_again(scene: Scene) -> None:
    """The watermark was set back with the database."""
    read(scene, list(scene.model.orders.values()))


def pay(scene: Scene, told: Told, amount: int) -> None:
    """So many cents are paid on it in Keap, and that is read."""
    _add_row(scene, told, PaymentKind.CASH, amount)
    read(scene, [told])


def _add_row(scene: Scene, told: Told, kind: PaymentKind, amount: int) -> Row:
    number = 1 + sum(1 for _ in scene.model.rows())
    row = Row(number, told.order_id, kind, amount)
    scene.model.add_row(row)
    return row


def read(scene: Scene, orders: Sequence[Told]) -> None:
    """Keap is read in commits that may be made again (see staging/pages.py)."""
    if scene.before_reading is None:
        scene.before_reading = scene.stage.copy_database()
    scene.read_since += [told.order_id for told in orders]
    payments = [row_asread(row) for told in orders for row in told.rows]
    scene.stage.keap_has(*(told.order for told in orders), payments=payments)


def reference(row: Row) -> str:
    return f"t{row.payment_id}"


def row_asread(row: Row) -> ReceivedPayment:
    kind, status, amount = row.kind, "APPROVED", row.amount
    if row.is_void:
        kind, status = PaymentKind.NOT_COMPLETED, "VOIDED"
    if row.kind is PaymentKind.REFUND:
        amount = -amount
    return paid(
        row.order_id,
        amount,
        payment_id=row.payment_id,
        transaction_id=reference(row),
        kind=kind,
        source_status=status,
        source_kind="Credit Card" if row.kind is not PaymentKind.CREDIT else "Credit",
    )
