"""qbwc-service errors: the error log."""

import click

from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.connections import find_connection
from qbwc_service.ledger.reports import error_reports


@click.command()
@click.argument("name")
@click.option("--open", "only_open", is_flag=True, help="Only what is not solved.")
@json_option
def errors(name: str, only_open: bool, as_json: bool) -> None:
    """Show the error log: when, which order, what happened, why, and what to do.

    \b
    Examples:
      qbwc-service errors acme --open
      qbwc-service errors acme --json
    """
    with opened() as service, service.database.reading() as db:
        found = error_reports(db, find_connection(db, name).id, only_open=only_open)
    if as_json:
        print_json(found)
        return
    print_table(
        ["When", "Order", "What", "Why", "What to do", "Solved"],
        [
            (
                shown_time(entry.when),
                entry.order,
                entry.what,
                entry.why,
                entry.what_to_do,
                shown_time(entry.solved, ""),
            )
            for entry in found
        ],
        "The error log is empty.",
    )
