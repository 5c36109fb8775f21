"""qbwc-service requeue, hold, skip, link, accept, undo: what a person decides about orders."""

from collections.abc import Callable, Sequence

import click

from qbwc_service.cli.connection import WHO
from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.order_numbers import read_order_numbers
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import lock_connection
from qbwc_service.ledger.decisions import DecisionRefused, Decisions

_Decision = Callable[[Decisions, int], None]

_name = click.argument("name")
_orders = click.argument("orders", nargs=-1, required=True, metavar="ORDER...")


@click.command()
@_name
@_orders
def requeue(name: str, orders: tuple[str, ...]) -> None:
    """Plan and send orders again: what is held, skipped, failed or gone.

    What is in QuickBooks already, or may be, is refused, so that nothing is there twice.

    \b
    Examples:
      qbwc-service requeue acme 101
      qbwc-service requeue acme 102-110,115
    """
    _decide(name, orders, Decisions.requeue, "will be sent")


@click.command()
@_name
@_orders
def hold(name: str, orders: tuple[str, ...]) -> None:
    """Keep orders from being sent until you requeue them.

    \b
    Example:
      qbwc-service hold acme 101
    """
    _decide(name, orders, Decisions.hold, "is held")


@click.command()
@_name
@_orders
def skip(name: str, orders: tuple[str, ...]) -> None:
    """Never send these orders, because they are entered by hand or not wanted.

    \b
    Example:
      qbwc-service skip acme 101
    """
    _decide(name, orders, Decisions.skip, "is skipped")


@click.command()
@_name
@click.argument("order")
@click.argument("txn_id", metavar="TXNID")
def link(name: str, order: str, txn_id: str) -> None:
    """Say that an order is in QuickBooks already, as the invoice with this TxnID.

    Its payments are then applied to that invoice.

    \b
    Example:
      qbwc-service link acme 101 4B2-1196874232
    """
    _decide(
        name,
        [order],
        lambda decisions, number: decisions.link(number, txn_id),
        f"is linked to {txn_id}",
    )


@click.command()
@_name
@_orders
def accept(name: str, orders: tuple[str, ...]) -> None:
    """Say that what QuickBooks shows is right, although it differs from what was meant.

    \b
    Example:
      qbwc-service accept acme 101
    """
    _decide(name, orders, Decisions.accept, "is accepted as it is")


@click.command()
@_name
@_orders
def undo(name: str, orders: tuple[str, ...]) -> None:
    """Take back orders that were not sent. What is in QuickBooks is deleted there, by you.

    \b
    Example:
      qbwc-service undo acme 101
    """
    _decide(name, orders, Decisions.undo, "is taken back")


def _decide(name: str, texts: Sequence[str], decision: _Decision, outcome: str) -> None:
    """One line an order; exit code 1 when any was refused, while the others are done."""
    numbers = read_order_numbers(texts)
    with opened() as service:
        done = [_one(service, name, number, decision, outcome) for number in numbers]
    if not all(done):
        click.get_current_context().exit(REFUSED)


def _one(service: Surroundings, name: str, number: int, decision: _Decision, outcome: str) -> bool:
    # A transaction for each: what a refused decision began is rolled back with it.
    try:
        with service.database.writing("decision") as db:
            connection = lock_connection(db, name)
            decision(Decisions(db, connection, WHO, utc_now()), number)
    except DecisionRefused as refusal:
        click.echo(str(refusal))
        return False
    click.echo(f"Order {number} {outcome}.")
    return True
