"""What a person decides: qbwc-service requeue, hold, skip, link, renumber, approve, accept and
send-again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.numbers import numbers_given
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import lock_connection
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.people import COMMAND_LINE

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
@click.argument("orders", nargs=-1, metavar="[ORDER...]")
@click.option(
    "--payment",
    "payments",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="NUMBER",
    help="Skip this payment of Keap alone, for example one whose order is not sent.",
)
def skip(name: str, orders: tuple[str, ...], payments: tuple[int, ...]) -> None:
    """Never send these orders, because they are entered by hand or not wanted.

    \b
    Examples:
      qbwc-service skip acme 101
      qbwc-service skip acme --payment 28894
    """
    if not orders and not payments:
        raise click.UsageError("Name an order, or a payment with --payment.")
    parts = [_Part(f"Order {number}", number, Decisions.skip) for number in _numbers(orders)]
    parts += [_Part(f"Payment {number}", number, Decisions.skip_payment) for number in payments]
    _decide_each(name, parts, "is skipped")


@click.command()
@_name
@click.argument("order")
@click.argument("txn_id", metavar="TXNID")
def link(name: str, order: str, txn_id: str) -> None:
    """Say that an order is in QuickBooks already, as the form with this TxnID.

    Where that is an invoice, its payments are then applied to it.

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
@click.argument("order")
@click.argument("prefix")
def renumber(name: str, order: str, prefix: str) -> None:
    """Post an order under another number, because QuickBooks has its number for something else.

    The prefix is for this order alone. With the number it has to fit into 11 characters.

    \b
    Example:
      qbwc-service renumber acme 101 K-
    """
    _decide(
        name,
        [order],
        lambda decisions, number: decisions.renumber(number, prefix),
        f"gets the prefix {prefix.strip()}",
    )


@click.command()
@_name
@click.argument("payments", nargs=-1, type=click.IntRange(min=1), metavar="[PAYMENT...]")
@click.option(
    "--order",
    "orders",
    multiple=True,
    metavar="ORDER",
    help="Approve this order (see the setting approve_before_sending): 101, or 101-110.",
)
def approve(name: str, payments: tuple[int, ...], orders: tuple[str, ...]) -> None:
    """Let go what waits for your approval: refunds by their payment numbers in Keap, and orders.

    \b
    Examples:
      qbwc-service approve acme 28894 28901
      qbwc-service approve acme --order 101-110
    """
    if not payments and not orders:
        raise click.UsageError("Name a refund by its payment number, or an order with --order.")
    parts = [_Part(f"Refund {number}", number, Decisions.approve_refund) for number in payments]
    parts += [_Part(f"Order {number}", number, Decisions.approve) for number in _numbers(orders)]
    _decide_each(name, parts, "is approved")


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


@click.command("send-again")
@_name
@_orders
def send_again(name: str, orders: tuple[str, ...]) -> None:
    """Send orders that are in QuickBooks anew, once you have deleted their forms there.

    For orders that went to the unknown item, after you chose the right one. Nothing is deleted by
    this command; without it, what is deleted in QuickBooks is never made again by itself.

    \b
    Example:
      qbwc-service send-again acme 101
    """
    outcome = "is sent again once it is deleted in QuickBooks"
    _decide(name, orders, Decisions.send_again_once_deleted, outcome)


@dataclass(frozen=True, slots=True)
class _Part:
    """One decision about one order or payment; `thing` begins the sentence that tells of it."""

    thing: str
    number: int
    decision: _Decision


def _decide(name: str, texts: Sequence[str], decision: _Decision, outcome: str) -> None:
    parts = [_Part(f"Order {number}", number, decision) for number in _numbers(texts)]
    _decide_each(name, parts, outcome)


def _numbers(texts: Sequence[str]) -> Sequence[int]:
    return numbers_given(texts) if texts else ()


def _decide_each(name: str, parts: Sequence[_Part], outcome: str) -> None:
    """One line each; exit code 1 when any was refused, while the others are done."""
    with opened() as service:
        done = [_one(service, name, part, outcome) for part in parts]
    if not all(done):
        click.get_current_context().exit(REFUSED)


def _one(service: Surroundings, name: str, part: _Part, outcome: str) -> bool:
    # A transaction for each: what a refused decision began is rolled back with it.
    try:
        with service.database.writing("decision") as db:
            connection = lock_connection(db, name)
            part.decision(Decisions(db, connection, COMMAND_LINE, utc_now()), part.number)
    except DecisionRefused as refusal:
        click.echo(str(refusal))
        return False
    click.echo(f"{part.thing} {outcome}.")
    return True
