"""qbwc-service undo: take back what was posted, or show what that would do."""

from collections.abc import Iterator, Sequence

import click

from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.numbers import numbers_given
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.decision_steps import DecisionRefused
from qbwc_service.ledger.undo import UndoPreview, plan_undo, undo_order
from qbwc_service.ledger.undo_runs import UndoneRun, preview_run, undo_run
from qbwc_service.people import COMMAND_LINE
from qbwc_service.planning.money import shown


@click.command()
@click.argument("name")
@click.argument("orders", nargs=-1, metavar="[ORDER...]")
@click.option(
    "--run",
    "session",
    type=click.IntRange(min=1),
    metavar="SESSION",
    help="Everything that this update posted, instead of orders.",
)
@click.option("--preview", is_flag=True, help="Show what it would do, and do nothing.")
@click.option(
    "--even-so", is_flag=True, help="Also where what somebody else did in QuickBooks is lost."
)
def undo(
    name: str, orders: tuple[str, ...], session: int | None, *, preview: bool, even_so: bool
) -> None:
    """Take orders back: what we made for them is deleted in QuickBooks at the next update.

    Customers and items stay, and so does whatever we did not make. What QuickBooks does not
    delete, because it is in a deposit or reconciled, stays too; the order then says why.

    \b
    Examples:
      qbwc-service undo acme 101 --preview
      qbwc-service undo acme 101
      qbwc-service undo acme --run 57
    """
    if bool(orders) == (session is not None):
        raise click.UsageError("Name orders, or an update with --run.")
    with opened() as service:
        if session is not None:
            found = _run(service, name, session, preview=preview, even_so=even_so)
        else:
            found = _orders(service, name, orders, preview=preview, even_so=even_so)
    for line in _lines(found, preview=preview):
        click.echo(line)
    if session is not None and not (found.undone or found.refused):
        click.echo(f"Nothing that update {session} posted is in QuickBooks.")
    if found.refused:
        click.get_current_context().exit(REFUSED)


def _run(
    service: Surroundings, name: str, session: int, *, preview: bool, even_so: bool
) -> UndoneRun:
    if preview:
        with service.database.reading() as db:
            return preview_run(db, find_connection(db, name), session)
    with service.database.writing("undo") as db:
        return undo_run(
            db, lock_connection(db, name), session, COMMAND_LINE, utc_now(), even_so=even_so
        )


def _orders(
    service: Surroundings, name: str, orders: Sequence[str], *, preview: bool, even_so: bool
) -> UndoneRun:
    undone: list[UndoPreview] = []
    refused: list[DecisionRefused] = []
    for order_id in numbers_given(orders):
        try:
            undone.append(_order(service, name, order_id, preview=preview, even_so=even_so))
        except DecisionRefused as refusal:
            refused.append(refusal)
    return UndoneRun(tuple(undone), tuple(refused))


def _order(
    service: Surroundings, name: str, order_id: int, *, preview: bool, even_so: bool
) -> UndoPreview:
    # A transaction for each: what a refused decision began is rolled back with it.
    if preview:
        with service.database.reading() as db:
            return plan_undo(db, find_connection(db, name), order_id)
    with service.database.writing("undo") as db:
        connection = lock_connection(db, name)
        return undo_order(db, connection, order_id, COMMAND_LINE, utc_now(), even_so=even_so)


def _lines(found: UndoneRun, *, preview: bool) -> Iterator[str]:
    for planned in found.undone:
        yield from _planned(planned, preview=preview)
    for refusal in found.refused:
        yield str(refusal)


def _planned(planned: UndoPreview, *, preview: bool) -> Iterator[str]:
    if not planned.removed:
        yield f"Order {planned.order_id} {'would be' if preview else 'is'} taken back."
        return
    verb = "would be" if preview else "will be"
    yield f"Order {planned.order_id} {verb} deleted in QuickBooks at the next update:"
    for each in planned.removed:
        how = " (voided first, because it is applied)" if each.is_voided_first else ""
        yield f"  {each.thing}, {shown(each.amount)}{how}"
    for stays in planned.stays:
        yield f"  stays: {stays.thing}, because {stays.reason}"
    for thing in planned.not_sent:
        yield f"  never sent: {thing}"
