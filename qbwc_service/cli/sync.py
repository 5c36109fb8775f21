"""qbwc-service sync: read Keap now."""

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import click
from rich.console import Console

from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.order_numbers import read_order_numbers
from qbwc_service.cli.output import json_option, print_json
from qbwc_service.cli.surroundings import Surroundings, opened

if TYPE_CHECKING:
    from qbwc_service.staging.sync import SyncResult

_day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("name")
@click.option("--orders", "numbers", default="", help="Only these orders, for example 101,102-110.")
@click.option(
    "--by",
    type=click.Choice(["order", "invoice"]),
    default="order",
    show_default=True,
    help="Whether --orders are order ids or invoice numbers of Keap.",
)
@click.option("--from", "date_from", type=_day, help="Read again what changed from this day on ...")
@click.option("--to", "date_to", type=_day, help="... up to and with this day.")
@json_option
def sync(
    name: str,
    numbers: str,
    by: Literal["order", "invoice"],
    date_from: datetime | None,
    date_to: datetime | None,
    as_json: bool,
) -> None:
    """Read Keap now, without waiting for the next time.

    Reading twice makes nothing twice. Exit code 1 when a number of --orders was not found.

    \b
    Examples:
      qbwc-service sync acme
      qbwc-service sync acme --orders 101,102-110
      qbwc-service sync acme --from 2026-10-01 --to 2026-10-31
    """
    if numbers and (date_from or date_to):
        raise click.UsageError("Give --orders or days, not both.")
    if date_from and date_to and date_to < date_from:
        raise click.UsageError("--to is before --from.")
    order_ids = read_order_numbers([numbers])
    with opened() as service:
        result = _read(service, name, order_ids, by, _date(date_from), _date(date_to))
    if as_json:
        print_json(_document(result))
    else:
        _show(result)
    if result.not_read:
        click.get_current_context().exit(REFUSED)


def _read(
    service: Surroundings,
    name: str,
    order_ids: tuple[int, ...],
    by: Literal["order", "invoice"],
    date_from: date | None,
    date_to: date | None,
) -> "SyncResult":
    # httpx loads slowly: the other commands do without.
    from qbwc_service.staging.sync import sync as read_keap

    with Console(stderr=True).status("Reading Keap ...") as told:
        return read_keap(
            service.database,
            service.secrecy,
            service.config,
            name,
            order_ids=order_ids,
            by=by,
            date_from=date_from,
            date_to=date_to,
            progress=lambda resource, count: told.update(f"Reading Keap: {resource} {count} ..."),
        )


def _date(day: datetime | None) -> date | None:
    return day.date() if day else None


def _document(result: "SyncResult") -> dict[str, Any]:
    found = asdict(result.reading)
    # Here it is always read to the end.
    del found["is_unfinished"]
    return {
        "connection": result.connection,
        **found,
        "read": result.read,
        "not_read": result.not_read,
    }


def _show(result: "SyncResult") -> None:
    reading = result.reading
    click.echo(
        f"Read from Keap: {reading.orders} orders, {reading.payments} payments. "
        f"New or changed: {reading.changed}."
    )
    if reading.unreadable:
        click.echo(f"Could not be read: {reading.unreadable}; the error log says which and why.")
    if result.not_read:
        click.echo("Not found in Keap: " + ", ".join(str(number) for number in result.not_read))
