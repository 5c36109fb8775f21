"""qbwc-service orders: the orders of a connection and what was made of them."""

from typing import Any

import click

from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.connections import find_connection
from qbwc_service.ledger.models import OrderStatus
from qbwc_service.ledger.reports import OrderReport, order_reports
from qbwc_service.planning.money import decimal_amount, shown


@click.command()
@click.argument("name")
@click.option(
    "--status",
    type=click.Choice([status.value for status in OrderStatus]),
    help="Only the orders of this status.",
)
@json_option
def orders(name: str, status: str | None, as_json: bool) -> None:
    """List orders with their status and their records in QuickBooks.

    \b
    Examples:
      qbwc-service orders acme --status held
      qbwc-service orders acme --json
    """
    wanted = OrderStatus(status) if status else None
    with opened() as service, service.database.reading() as db:
        found = order_reports(db, find_connection(db, name).id, wanted)
    if as_json:
        print_json([_document(order) for order in found])
        return
    print_table(
        ["Order", "Customer", "Total", "Status", "In QuickBooks", "Note"],
        [_row(order) for order in found],
        "There is no such order.",
    )


def _document(order: OrderReport) -> dict[str, Any]:
    return {
        "keap_id": order.keap_id,
        "number": order.number,
        "status": order.status,
        "cause": order.cause,
        "total": decimal_amount(order.total),
        "customer": order.customer,
        "postings": [
            {
                "kind": posting.kind,
                "state": posting.state,
                "txn_id": posting.txn_id,
                "ref_number": posting.ref_number,
                "amount": decimal_amount(posting.amount),
                "error": posting.error,
            }
            for posting in order.postings
        ],
    }


def _row(order: OrderReport) -> tuple[object, ...]:
    note = next((posting.error for posting in order.postings if posting.error), order.cause)
    return (order.keap_id, order.customer, shown(order.total), order.status, order.number, note)
