"""qbwc-service sync: read Keap now; chosen orders and days are a manual sync, as on the page."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import click
from rich.console import Console

from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.numbers import numbers_given
from qbwc_service.cli.output import json_option, print_json
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.connections import find_connection
from qbwc_service.ledger import manual_syncs
from qbwc_service.ledger.manual_syncs import By, Wanted
from qbwc_service.ledger.models import ManualSync
from qbwc_service.ledger.number_outcomes import NumberLine, NumberOutcome, number_lines
from qbwc_service.people import COMMAND_LINE

if TYPE_CHECKING:
    from qbwc_service.staging.reading import Reading

_day = click.DateTime(["%Y-%m-%d"])
#: nothing was read for such a number
_NOT_READ = frozenset({NumberOutcome.NOT_FOUND, NumberOutcome.AMBIGUOUS})


@click.command()
@click.argument("name")
@click.option("--orders", "numbers", default="", help="Only these, for example 101,102-110.")
@click.option(
    "--by",
    type=click.Choice(["order", "invoice"]),
    help="The numbers are order ids, or invoice ids, of Keap; left out, each may be either.",
)
@click.option(
    "--even-if-skipped", is_flag=True, help="Send them even if the settings would skip them."
)
@click.option("--from", "date_from", type=_day, help="Read again what changed from this day on ...")
@click.option("--to", "date_to", type=_day, help="... up to and with this day.")
@json_option
def sync(
    name: str,
    numbers: str,
    by: Literal["order", "invoice"] | None,
    even_if_skipped: bool,
    date_from: datetime | None,
    date_to: datetime | None,
    as_json: bool,
) -> None:
    """Read Keap now, without waiting for the next time.

    Reading twice makes nothing twice. Exit code 1 when a number of --orders was not found, or fits
    one order by its id and another by its invoice id; then neither is sent.

    \b
    Examples:
      qbwc-service sync acme
      qbwc-service sync acme --orders 101,102-110
      qbwc-service sync acme --orders 1048 --by invoice --even-if-skipped
      qbwc-service sync acme --from 2026-10-01 --to 2026-10-31
    """
    wanted = _wanted(numbers, by, _date(date_from), _date(date_to), even_if_skipped=even_if_skipped)
    lines: list[NumberLine] = []
    with opened() as service:
        if wanted is None:
            reading = _read_new(service, name)
        else:
            reading, lines = _read_wanted(service, name, wanted)
    if as_json:
        print_json(_document(name, reading, lines))
    else:
        _show(reading, lines)
    if any(line.outcome in _NOT_READ for line in lines):
        click.get_current_context().exit(REFUSED)


def _wanted(
    numbers: str,
    by: Literal["order", "invoice"] | None,
    first: date | None,
    last: date | None,
    *,
    even_if_skipped: bool,
) -> Wanted | None:
    """None for all that is new. Raises click.UsageError."""
    given = numbers_given([numbers])
    if numbers and (first or last):
        raise click.UsageError("Give --orders or days, not both.")
    if first and last and last < first:
        raise click.UsageError("--to is before --from.")
    if numbers and not given:
        raise click.UsageError("--orders names no order.")
    if by and not given:
        raise click.UsageError("--by says which numbers --orders are; give --orders as well.")
    if given:
        return Wanted(given, By(by or ""), even_if_skipped=even_if_skipped)
    if first or last:
        return Wanted(first=first, last=last, even_if_skipped=even_if_skipped)
    if even_if_skipped:
        raise click.UsageError("--even-if-skipped goes with --orders or with days.")
    return None


def _read_new(service: Surroundings, name: str) -> "Reading":
    # httpx loads slowly: the other commands do without.
    from qbwc_service.keap_access.access import Access
    from qbwc_service.staging.sync import sync as read_keap

    access = Access(service.database, service.secrecy, service.config)
    with Console(stderr=True).status("Reading Keap ...") as told:
        return read_keap(access, name, progress=_telling(told.update))


def _read_wanted(
    service: Surroundings, name: str, wanted: Wanted
) -> tuple["Reading", list[NumberLine]]:
    from qbwc_service.keap_access.access import Access
    from qbwc_service.staging.account import account_of
    from qbwc_service.staging.manual import sync_by_hand

    access = Access(service.database, service.secrecy, service.config)
    with Console(stderr=True).status("Reading Keap ...") as told:
        done = sync_by_hand(access, name, wanted, who=COMMAND_LINE, progress=_telling(told.update))
    with service.database.reading() as db:
        connection = find_connection(db, name)
        row = db.get_one(ManualSync, done.row_id)
        lines = number_lines(
            db,
            connection,
            manual_syncs.found_of(row),
            since=row.asked_at,
            zone=account_of(connection).zone,
        )
    return done.reading, lines


def _telling(tell: Callable[[str], object]) -> Callable[[str, int], object]:
    return lambda resource, count: tell(f"Reading Keap: {resource} {count} ...")


def _date(day: datetime | None) -> date | None:
    return day.date() if day else None


def _document(name: str, reading: "Reading", lines: Sequence[NumberLine]) -> dict[str, Any]:
    return {
        "connection": name,
        **{
            key: value
            for key, value in asdict(reading).items()
            if key not in {"is_unfinished", "calls"}
        },
        "read": [line.number for line in lines if line.outcome not in _NOT_READ],
        "not_read": [line.number for line in lines if line.outcome in _NOT_READ],
        "numbers": [asdict(line) for line in lines],
    }


def _show(reading: "Reading", lines: Sequence[NumberLine]) -> None:
    click.echo(
        f"Read from Keap: {reading.orders} orders, {reading.payments} payments. "
        f"New or changed: {reading.changed}."
    )
    if reading.unreadable:
        click.echo(f"Could not be read: {reading.unreadable}; the error log says which and why.")
    for line in lines:
        click.echo(f"{line.number}: {line.text}")
        if line.outcome is NumberOutcome.AMBIGUOUS:
            click.echo(f"  To send one of them: --orders {line.number} --by order, or --by invoice")
