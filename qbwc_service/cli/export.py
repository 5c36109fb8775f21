"""qbwc-service export: everything of a connection, as files."""

from pathlib import Path

import click

from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.export import Format
from qbwc_service.export import export as written


@click.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="New folder, or zip file, for example acme.zip.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    default=Format.JSON.value,
    show_default=True,
    help="JSON lines, or CSV for a spreadsheet.",
)
@json_option
def export(name: str, output: Path, format_: str, as_json: bool) -> None:
    """Write everything that is known of a connection into files: a table a file.

    Orders, payments and refunds, records of QuickBooks with their TxnIDs, what waits and why,
    contacts, products, choices, rules, settings, history, audit and error log. export.json tells
    what each column means. No password or key is in it; names and addresses of people are.

    \b
    Examples:
      qbwc-service export acme -o acme.zip
      qbwc-service export acme -o exports/acme --format csv
    """
    with opened() as service, service.database.snapshot() as db:
        counts = written(db, find_connection(db, name), output, Format(format_), utc_now())
    if as_json:
        print_json({"output": str(output), "rows": counts})
        return
    print_table(["Table", "Rows"], counts.items(), "")
    click.echo(f"Wrote {output}. It names people: keep it as you keep your books.")
