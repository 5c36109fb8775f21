"""qbwc-service sync: read Keap now."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

import click

from qbwc_service.cli.order_numbers import read_order_numbers
from qbwc_service.cli.output import json_option, print_json
from qbwc_service.cli.surroundings import opened

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
@click.option("--to", "date_to", type=_day, help="... to this day.")
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

    Reading twice makes nothing twice.

    \b
    Examples:
      qbwc-service sync acme
      qbwc-service sync acme --orders 101,102-110
      qbwc-service sync acme --from 2026-10-01 --to 2026-10-31
    """
    # httpx loads slowly: the other commands do without.
    from qbwc_service.staging.sync import sync as read_keap

    if (date_from is None) != (date_to is None):
        raise click.UsageError("Give --from and --to together.")
    with opened() as service:
        result = read_keap(
            service.database,
            service.secrecy,
            service.config,
            name,
            order_ids=read_order_numbers([numbers]),
            by=by,
            date_from=date_from.date() if date_from else None,
            date_to=date_to.date() if date_to else None,
        )
    print_json(asdict(result))
