"""qbwc-service status: one connection at a glance."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import click

from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.connections import find_connection
from qbwc_service.ledger.reports import Figure, StatusReport, status_report
from qbwc_service.messages import CATALOGUE, message
from qbwc_service.planning.money import decimal_amount, shown


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
    with opened() as service, service.database.reading() as db:
        report = status_report(db, find_connection(db, name))
    if as_json:
        print_json(_document(report))
    else:
        _show(report)


def _document(report: StatusReport) -> dict[str, Any]:
    return {
        "connection": report.connection,
        "orders": _amounts(report.orders),
        "payments": _amounts(report.payments),
        "postings": dict(report.postings),
        "unreadable": report.unreadable,
        "last_contact": report.last_contact,
        "last_sync": report.last_sync,
        "oldest_waiting": report.oldest_waiting,
        "write_block": report.write_block,
    }


def _amounts(figures: Mapping[Any, Figure]) -> dict[str, Any]:
    return {
        status: {"count": figure.count, "amount": decimal_amount(figure.amount)}
        for status, figure in figures.items()
    }


def _show(report: StatusReport) -> None:
    print_table(["Orders", "Count", "Amount"], _rows(report.orders), "No order was read yet.")
    print_table(["Payments", "Count", "Amount"], _rows(report.payments), "No payment was read yet.")
    click.echo(f"Keap last read: {shown_time(report.last_sync)}")
    click.echo(f"Web Connector last called: {shown_time(report.last_contact)}")
    click.echo(f"Oldest waiting order read: {shown_time(report.oldest_waiting, 'none waits')}")
    if report.unreadable:
        click.echo(f"Records of Keap that cannot be read: {report.unreadable}")
    if report.write_block:
        known = report.write_block in CATALOGUE
        reason = message(report.write_block).title if known else report.write_block
        click.echo(f"Nothing is sent to QuickBooks: {reason}.")


def _rows(figures: Mapping[Any, Figure]) -> list[tuple[StrEnum, int, str]]:
    return [
        (status, figure.count, shown(figure.amount))
        for status, figure in figures.items()
        if figure.count
    ]
