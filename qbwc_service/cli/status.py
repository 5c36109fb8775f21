"""qbwc-service status: one connection at a glance."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.ledger import drain as draining
from qbwc_service.ledger import hooks
from qbwc_service.ledger.kind_words import called
from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile.number_overlap import NumberOverlap, number_overlap
from qbwc_service.ledger.reports import Figure, StatusReport, status_report
from qbwc_service.ledger.states import State
from qbwc_service.messages import CATALOGUE, message
from qbwc_service.planning.money import decimal_amount, shown

if TYPE_CHECKING:
    from qbwc_service.staging.api_use import ApiUse


@click.command()
@click.argument("name")
@json_option
def status(name: str, as_json: bool) -> None:
    """Show orders and payments by status, last contact and oldest waiting order.

    \b
    Examples:
      qbwc-service status acme
      qbwc-service status acme --json
    """
    # httpx loads slowly: the other commands do without.
    from qbwc_service.staging.api_use import api_use

    with opened() as service, service.database.reading() as db:
        connection, now = find_connection(db, name), utc_now()
        report = status_report(db, connection)
        calls = api_use(db, connection, now, service.config.keap_calls_per_second)
        overlap = number_overlap(db, connection, effective_settings(connection))
        drain = draining.current(db)
        keap_hooks = hooks.shown(db, connection)
        trouble = connection.last_sync_trouble
    if as_json:
        draining_since = drain.began_at if drain else None
        more = {
            "draining_since": draining_since,
            "keap_hooks": keap_hooks,
            "last_sync_trouble": trouble,
        }
        print_json(_document(report, calls, now, overlap) | more)
    else:
        _show(report)
        if drain is not None:
            click.echo(
                f"No update begins since {shown_time(drain.began_at)}: the service is being "
                "drained. End it with: qbwc-service drain --end"
            )
        if trouble:
            click.echo(f"Trouble with Keap: {trouble}")
        _show_calls(calls, now)
        if keap_hooks.is_wanted:
            click.echo(f"Calls from Keap: {keap_hooks.sentence}")
        if overlap.overlaps:
            click.echo(overlap.sentence())


def _document(
    report: StatusReport, calls: "ApiUse", now: datetime, overlap: NumberOverlap
) -> dict[str, Any]:
    return {
        "connection": report.connection,
        "orders": _amounts(report.orders),
        "payments": _amounts(report.payments),
        "postings": dict(report.postings),
        "kinds": {kind: dict(counts) for kind, counts in report.kinds.items()},
        "unreadable": report.unreadable,
        "last_contact": report.last_contact,
        "last_sync": report.last_sync,
        "oldest_waiting": report.oldest_waiting,
        "write_block": report.write_block,
        "number_overlap": {
            "quickbooks": overlap.quickbooks,
            "keap": overlap.keap,
            "overlaps": overlap.overlaps,
            "prefix": overlap.prefix,
        },
        "keap_calls": {
            "used": calls.used,
            "limit": calls.limit,
            "left": calls.left,
            "shared_by": calls.shared_by,
            "notes": _notes(calls, now),
        },
    }


def _amounts(figures: Mapping[Any, Figure]) -> dict[str, Any]:
    return {
        status: {"count": figure.count, "amount": decimal_amount(figure.amount)}
        for status, figure in figures.items()
    }


def _show(report: StatusReport) -> None:
    print_table(["Orders", "Count", "Amount"], _rows(report.orders), "No order was read yet.")
    print_table(["Payments", "Count", "Amount"], _rows(report.payments), "No payment was read yet.")
    print_table(
        ["Records", "Waiting", "Held", "In QuickBooks"],
        [_kind_row(kind, counts) for kind, counts in report.kinds.items()],
        "No record was planned yet.",
    )
    click.echo(f"Keap last read: {shown_time(report.last_sync)}")
    click.echo(f"Web Connector last called: {shown_time(report.last_contact)}")
    click.echo(f"Oldest waiting order read: {shown_time(report.oldest_waiting, 'none waits')}")
    if report.unreadable:
        click.echo(f"Records of Keap that cannot be read: {report.unreadable}")
    if report.write_block:
        known = report.write_block in CATALOGUE
        reason = message(report.write_block).title if known else report.write_block
        click.echo(f"Nothing is sent to QuickBooks: {reason}.")


def _kind_row(kind: Kind, counts: Mapping[State, int]) -> tuple[str, int, int, int]:
    waiting = counts[State.READY] + counts[State.SENT]
    return (called(kind), waiting, counts[State.HELD], counts[State.POSTED])


def _show_calls(calls: "ApiUse", now: datetime) -> None:
    click.echo(f"Keap calls today: {calls.calls}")
    for note in _notes(calls, now):
        click.echo(note)


def _notes(calls: "ApiUse", now: datetime) -> list[str]:
    """What holds the readings up, with the times in UTC."""
    return [note for note in (calls.trouble(ZoneInfo("UTC"), now), calls.stretch) if note]


def _rows(figures: Mapping[Any, Figure]) -> list[tuple[StrEnum, int, str]]:
    return [
        (status, figure.count, shown(figure.amount))
        for status, figure in figures.items()
        if figure.count
    ]
