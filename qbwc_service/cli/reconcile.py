"""qbwc-service reconcile, payments, link-found: Keap against QuickBooks as it was last read."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from qbwc_service.cli.failures import REFUSED, Refused
from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import payment_report
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconcile.linking import Linkable, link_all, linkable
from qbwc_service.ledger.reconciling_report import (
    Bucket,
    Entry,
    ReconcilingReport,
    Section,
    reconciling_report,
)
from qbwc_service.people import COMMAND_LINE
from qbwc_service.planning.money import decimal_amount, shown
from qbwc_service.spreadsheets import lines_of

_name = click.argument("name")
_month = click.option(
    "--month", metavar="YYYY-MM", default="", help="The month, for example 2026-11. Default: now."
)


@click.command()
@_name
@_month
@json_option
@click.option("--ask", is_flag=True, help="Have QuickBooks read for that month at the next update.")
def reconcile(name: str, month: str, as_json: bool, ask: bool) -> None:
    """Hold the orders, payments, refunds and credits of a month against QuickBooks.

    \b
    Examples:
      qbwc-service reconcile acme --month 2026-11
      qbwc-service reconcile acme --month 2026-11 --ask
      qbwc-service reconcile acme --json
    """
    with opened() as service:
        if ask:
            with service.database.writing("reconcile.ask") as db:
                connection = lock_connection(db, name)
                days = _days(connection, month)
                runs.ask(db, connection, who=COMMAND_LINE, now=utc_now(), days=days)
        with service.database.reading() as db:
            connection = find_connection(db, name)
            report = reconciling_report(db, connection, _days(connection, month))
    if as_json:
        print_json(_document(name, report, asked=ask))
        return
    _show(report)
    if ask:
        click.echo("QuickBooks is read for these days at the next update of the Web Connector.")


@click.command()
@_name
@_month
@click.option(
    "--csv", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE"
)
@click.option("--by-day", is_flag=True, help="Added up by day and gateway.")
def payments(name: str, month: str, file: Path, by_day: bool) -> None:
    """Write the payments of a month with their whole references, for the merchant's statement.

    \b
    Examples:
      qbwc-service payments acme --month 2026-11 --csv payments.csv
      qbwc-service payments acme --month 2026-11 --by-day --csv days.csv
    """
    with opened() as service, service.database.reading() as db:
        connection = find_connection(db, name)
        lines = payment_report.payment_lines(db, connection.id, _days(connection, month))
    columns: Sequence[str] = payment_report.COLUMNS
    rows = [payment_report.cells_of(line) for line in lines]
    if by_day:
        columns = payment_report.DAY_COLUMNS
        days = payment_report.by_gateway_and_day(lines)
        rows = [payment_report.cells_of_day(day) for day in days]
    with file.open("w", encoding="utf-8", newline="") as written:
        written.writelines(lines_of(columns, rows))
    click.echo(f"Written to {file}: {len(rows)} lines.")


@click.command("link-found")
@_name
@click.option("--yes", is_flag=True, help="Link them all; without it they are only listed.")
@json_option
def link_found(name: str, yes: bool, as_json: bool) -> None:
    """List orders that QuickBooks has already, by number, customer, total and day; link them.

    \b
    Examples:
      qbwc-service link-found acme
      qbwc-service link-found acme --yes
    """
    with opened() as service:
        with service.database.reading() as db:
            found = linkable(db, find_connection(db, name))
        refused: list[str] = []
        if yes:
            with service.database.writing("link-found") as db:
                connection = lock_connection(db, name)
                order_ids = [each.order_id for each in found]
                outcomes = link_all(db, connection, order_ids, who=COMMAND_LINE, now=utc_now())
            refused = [
                f"Order {each.order_id} was not linked: {each.refusal}."
                for each in outcomes
                if each.refusal
            ]
    if as_json:
        print_json({"found": [_linkable(each) for each in found], "refused": refused})
    else:
        _list(found)
        if yes and found:
            click.echo(f"Linked: {len(found) - len(refused)}. QuickBooks was not changed.")
        elif found:
            click.echo("Nothing was changed. Compare them, then link them with --yes.")
    for sentence in refused:
        click.echo(sentence, err=True)
    if refused:
        raise click.exceptions.Exit(REFUSED)


def _days(connection: Connection, month: str) -> tuple[date, date]:
    if not month:
        return runs.month_of(runs.today(connection, utc_now()))
    try:
        return runs.month_of(date.fromisoformat(f"{month}-01"))
    except ValueError as error:
        raise Refused(f'"{month}" is no month; write it like 2026-11.') from error


def _show(report: ReconcilingReport) -> None:
    for section in report.sections.values():
        click.echo(f"{section.part.capitalize()}: {section.sentence()}")
    for sentence in report.foreign_sentences():
        click.echo(f"In another currency than the books, and in no sum: {sentence}.")
    rows = [
        (section.part, bucket, figure.count, shown(figure.amount))
        for section in report.sections.values()
        for bucket in Bucket
        if (figure := section.figure(bucket)).count
    ]
    print_table(["", "Where", "Count", "Amount"], rows, "Keap has nothing in this month.")
    _list_entries("Not in QuickBooks", report.to_do())
    changed = [each for section in report.sections.values() for each in section.changed()]
    for entry in changed:
        click.echo(
            f"Changed in QuickBooks: order {entry.order_id}, posted with {entry.posted}, now "
            f"{entry.found}."
        )
    if report.unreadable:
        click.echo(f"Records of Keap that cannot be read, not counted: {report.unreadable}")
    if report.undated:
        click.echo(f"Records of Keap without a date, not counted: {report.undated}")
    read = report.read.ended_at if report.read else None
    click.echo(f"QuickBooks last read for this month: {shown_time(read)}")


def _list_entries(title: str, entries: tuple[Entry, ...]) -> None:
    if entries:
        click.echo(f"{title}:")
        rows = [
            (each.order_id, each.day, each.customer, shown(each.amount), each.bucket)
            for each in entries
        ]
        print_table(["Order", "Date", "Customer", "Total", "Where"], rows, "")


def _list(found: list[Linkable]) -> None:
    print_table(
        ["Order", "Customer", "Date", "Total", "QuickBooks", "Customer there", "Date there"],
        [
            (
                each.order_id,
                each.customer,
                each.placed_on,
                shown(each.total),
                f"{each.kind} {each.number}",
                each.customer_there,
                each.day_there,
            )
            for each in found
        ],
        "QuickBooks has no record that fits an order.",
    )


def _document(name: str, report: ReconcilingReport, *, asked: bool) -> dict[str, Any]:
    return {
        "connection": name,
        "from": report.first_day,
        "to": report.last_day,
        "quickbooks_read": report.read.ended_at if report.read else None,
        "asked": asked,
        "unreadable": report.unreadable,
        "undated": report.undated,
        **{part.value: _section(section) for part, section in report.sections.items()},
        "orders_not_in_quickbooks": [each.order_id for each in report.to_do()],
    }


def _section(section: Section) -> dict[str, Any]:
    figures = {bucket: section.figure(bucket) for bucket in Bucket}
    return {
        "sentence": section.sentence(),
        "keap": {"count": section.keap.count, "amount": decimal_amount(section.keap.amount)},
        "buckets": {
            bucket.value: {"count": figure.count, "amount": decimal_amount(figure.amount)}
            for bucket, figure in figures.items()
        },
        "difference": decimal_amount(section.difference),
        "entries": [_entry(each) for each in section.entries],
        "other_currencies": {
            currency: {"count": figure.count, "amount": decimal_amount(figure.amount)}
            for currency, figure in section.foreign_sums().items()
        },
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "order": entry.order_id or None,
        "payment": entry.payment_id or None,
        "date": entry.day,
        "customer": entry.customer,
        "amount": decimal_amount(entry.amount),
        "where": entry.bucket.value,
        "cause": entry.cause,
        "number": entry.number,
        "txn_id": entry.txn_id,
        "in_quickbooks": decimal_amount(entry.in_books),
        "posted": entry.posted,
        "found": entry.found,
    }


def _linkable(each: Linkable) -> dict[str, Any]:
    return {
        "order": each.order_id,
        "customer": each.customer,
        "date": each.placed_on,
        "total": decimal_amount(each.total),
        "kind": each.kind.value,
        "txn_id": each.txn_id,
        "number": each.number,
        "customer_there": each.customer_there,
        "date_there": each.day_there,
    }
