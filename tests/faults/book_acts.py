"""What a person does in QuickBooks, behind our back."""

from datetime import timedelta
from decimal import Decimal

from qbwc_service.demo.quickbooks.book_entries import BookPayment
from qbwc_service.demo.quickbooks.errors import Refused
from qbwc_service.planning.order import PaymentKind
from tests.faults.keap_acts import FIRST_ORDER, read, reference
from tests.faults.model import Mark, Row
from tests.faults.scene import Scene, invoices_of, ours_in
from tests.world import TODAY


def rename_customer(scene: Scene) -> bool:
    customers = scene.stage.books().customers
    if not customers:
        return False
    name = scene.dice.choice(customers).full_name
    new = f"{name[:30]} x{scene.dice.randint(1, 99999)}"
    scene.stage.human.rename_customer(name, new)
    return scene.did("customer renamed", f"person: {name} is called {new}")


def renumber(scene: Scene) -> bool:
    found = invoices_of(scene.stage.books(), scene.model)
    if not found:
        return False
    order_id = scene.dice.choice(sorted(found))
    number = f"R{scene.dice.randint(1, 999999)}"
    scene.stage.human.renumber_invoice(found[order_id].txn_id, number)
    _mark(scene, order_id, Mark.RENUMBERED, number=number)
    return scene.did("invoice renumbered", f"person: invoice of {order_id} is {number}")


def renumber_payment(scene: Scene) -> bool:
    """Another reference, as a bookkeeper writes the number of the bank's statement there."""
    ours = [
        o for o in ours_in(scene.stage.books(), scene.model) if isinstance(o.record, BookPayment)
    ]
    if not ours:
        return False
    chosen = scene.dice.choice(ours)
    number = f"B{scene.dice.randint(1, 999999)}"
    scene.stage.human.renumber_invoice(chosen.record.txn_id, number)
    _mark(scene, chosen.order_id, Mark.RENUMBERED)
    return scene.did("payment renumbered", f"person: payment {chosen.key} is {number}")


def redate(scene: Scene) -> bool:
    found = invoices_of(scene.stage.books(), scene.model)
    if not found:
        return False
    order_id = scene.dice.choice(sorted(found))
    on = (TODAY - timedelta(days=scene.dice.randint(1, 20))).isoformat()
    scene.stage.human.redate_invoice(found[order_id].txn_id, on)
    _mark(scene, order_id, Mark.REDATED, on=on)
    return scene.did("invoice redated", f"person: invoice of {order_id} is of {on}")


def move(scene: Scene) -> bool:
    """To another customer; what was paid on it hangs loose."""
    books = scene.stage.books()
    found = invoices_of(books, scene.model)
    if not found:
        return False
    order_id = scene.dice.choice(sorted(found))
    others = [c for c in books.customers if c.list_id != found[order_id].customer_id]
    if not others:
        return False
    customer = scene.dice.choice(others)
    try:
        scene.stage.human.move_invoice(found[order_id].txn_id, customer.full_name)
    except Refused:
        return False
    _mark(scene, order_id, Mark.MOVED, customer_id=customer.list_id)
    return scene.did("invoice moved", f"person: invoice of {order_id} to {customer.full_name}")


def edit_line(scene: Scene) -> bool:
    found = invoices_of(scene.stage.books(), scene.model)
    if not found:
        return False
    order_id = scene.dice.choice(sorted(found))
    amount = Decimal(scene.dice.randint(1, 20000)) / 100
    try:
        scene.stage.human.edit_invoice_line(found[order_id].txn_id, 1, f"{amount:.2f}")
    except Refused:
        return False
    _mark(scene, order_id, Mark.FORM_EDITED)
    return scene.did("invoice edited", f"person: line 1 of invoice of {order_id} is {amount}")


def delete_invoice(scene: Scene) -> bool:
    found = invoices_of(scene.stage.books(), scene.model)
    if not found:
        return False
    order_id = scene.dice.choice(sorted(found))
    try:
        scene.stage.human.delete_invoice(found[order_id].txn_id)
    except Refused:
        return False
    _mark(scene, order_id, Mark.FORM_DELETED)
    scene.model.orders[order_id].as_left.clear()
    scene.model.something_was_deleted()
    return scene.did("invoice deleted", f"person: invoice of {order_id} deleted")


def delete_payment(scene: Scene) -> bool:
    ours = [
        o for o in ours_in(scene.stage.books(), scene.model) if isinstance(o.record, BookPayment)
    ]
    if not ours:
        return False
    chosen = scene.dice.choice(ours)
    try:
        scene.stage.human.delete_payment(chosen.record.txn_id)
    except Refused:
        return False
    _mark(scene, chosen.order_id, Mark.PAYMENT_DELETED)
    scene.model.something_was_deleted()
    return scene.did("payment deleted", f"person: payment {chosen.key} deleted")


def type_payment(scene: Scene) -> bool:
    """The same payment by hand, before ours or after it, with our reference or another."""
    books = scene.stage.books()
    found = invoices_of(books, scene.model)
    there = {o.key for o in ours_in(books, scene.model) if isinstance(o.record, BookPayment)}
    rows = [
        row
        for row in scene.model.rows()
        if row.order_id in found
        and row.kind is PaymentKind.CASH
        and not row.typed
        and not row.is_void
        and (row.key not in there or scene.dice.random() < 0.2)
    ]
    if not rows:
        return False
    return _type(scene, scene.dice.choice(rows), there)


def type_coming_payment(scene: Scene) -> bool:
    """A person types what a customer paid before Keap tells of it."""
    found = invoices_of(scene.stage.books(), scene.model)
    owing = [
        told
        for told in scene.model.orders.values()
        if told.order_id in found
        and told.order.total > told.paid()
        and Mark.CREDITED not in told.marks
    ]
    if not owing:
        return False
    told = scene.dice.choice(owing)
    number = 1 + sum(1 for _ in scene.model.rows())
    row = Row(number, told.order_id, PaymentKind.CASH, told.order.total - told.paid())
    if not _type(scene, row, set()):
        return False
    scene.model.add_row(row)
    read(scene, [told])
    return True


def _type(scene: Scene, row: Row, there: set[str]) -> bool:
    invoice = invoices_of(scene.stage.books(), scene.model)[row.order_id]
    number = reference(row) if scene.dice.random() < 0.5 else f"by hand {row.payment_id}"
    amount = f"{Decimal(row.amount) / 100:.2f}"
    is_applied = scene.dice.random() < 0.75
    try:
        txn_id = scene.stage.human.type_payment(
            invoice.customer, amount, number=number, invoice=invoice.txn_id if is_applied else ""
        )
    except Refused:
        return False
    if not is_applied:
        scene.model.something_lies_unapplied(row.amount)
    if row.key not in there:
        row.typed = txn_id
    _mark(scene, row.order_id, Mark.TYPED)
    when = "after" if row.key in there else "before"
    how = "" if is_applied else ", applied to nothing"
    act = f"payment typed by hand {when} ours{how}"
    did = f"person: payment {row.key} of {amount} typed as {number}, {when} ours{how}"
    return scene.did(act, did)


def take_number(scene: Scene) -> bool:
    """An invoice of somebody else under the number of an order of today or to come."""
    number = FIRST_ORDER + len(scene.model.orders) + scene.dice.randint(-2, 2)
    found = invoices_of(scene.stage.books(), scene.model)
    if number in found or number in scene.typed_numbers or number < FIRST_ORDER:
        return False
    on = TODAY.isoformat()
    txn_id = scene.stage.human.type_invoice(
        "Walk-in", [("Counter sale", "12.50")], number=str(number), on=on
    )
    scene.typed_numbers[number] = txn_id
    if number in scene.model.orders:
        scene.model.orders[number].marks.add(Mark.NUMBER_TYPED)
    return scene.did("our number typed", f"person: an invoice {number} of Walk-in")


def _mark(scene: Scene, order_id: int, mark: Mark, **left: str) -> None:
    told = scene.model.orders[order_id]
    told.marks.add(mark)
    told.as_left |= left
