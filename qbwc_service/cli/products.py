"""qbwc-service items, map-item and the like: products and the items they go to."""

from pathlib import Path
from typing import Any

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.mappings import ProductChoice
from qbwc_service.ledger.product_choices import choose_items, forget_items, write_choices
from qbwc_service.ledger.product_file import (
    COLUMNS,
    ProductFileRefused,
    cells_of,
    read_product_file,
)
from qbwc_service.ledger.product_reports import (
    ALL_STATES,
    NEEDS_YOU,
    STATE_WORDS,
    ProductReport,
    every_product,
)
from qbwc_service.matching.keys import product_key
from qbwc_service.people import COMMAND_LINE
from qbwc_service.spreadsheets import SpreadsheetUnreadable, lines_of, read_rows

_LARGEST_FILE = 10_000_000

_name = click.argument("name")
_by_name = click.option(
    "--by-name",
    is_flag=True,
    help="SKU is the name of a product that has no SKU in Keap.",
)


@click.command()
@_name
@click.option("--needs-match", is_flag=True, help="Only those without an item of their own.")
@json_option
def items(name: str, needs_match: bool, as_json: bool) -> None:
    """List the products that orders sell, and the QuickBooks item that each goes to.

    \b
    Examples:
      qbwc-service items acme --needs-match
      qbwc-service items acme --json
    """
    with opened() as service:
        with service.database.reading() as db:
            connection_id = find_connection(db, name).id
        states = NEEDS_YOU if needs_match else ALL_STATES
        found = list(every_product(service.database, connection_id, states))
    if as_json:
        print_json([_document(product) for product in found])
        return
    print_table(
        ["Keap product", "SKU", "Orders", "QuickBooks item", "Why", "State"],
        [cells_of(product) for product in found],
        "There is no such product.",
    )


@click.command("map-item")
@_name
@click.argument("sku")
@click.argument("item")
@_by_name
def map_item(name: str, sku: str, item: str, by_name: bool) -> None:
    """Choose the QuickBooks item for a product, by the item's full name.

    Orders that are not sent yet follow it; what is in QuickBooks stays as it is.

    \b
    Examples:
      qbwc-service map-item acme HAM-1 Tools:Hammer
      qbwc-service map-item acme "Gold Plan" Plans:Gold --by-name
    """
    wanted = ProductChoice("", sku, item) if by_name else ProductChoice(sku, "", item)
    with opened() as service, service.database.writing("item.choose") as db:
        connection = lock_connection(db, name)
        news = choose_items(db, connection, [wanted], who=COMMAND_LINE, now=utc_now())
        full_name = news[0].full_name if news else item
    click.echo(f'"{sku}" goes to the item "{full_name}"{"" if news else " already"}.')


@click.command("unmap-item")
@_name
@click.argument("sku")
@_by_name
def unmap_item(name: str, sku: str, by_name: bool) -> None:
    """Forget the item that was chosen for a product: its SKU decides again.

    \b
    Example:
      qbwc-service unmap-item acme HAM-1
    """
    key = product_key("", sku) if by_name else product_key(sku, "")
    with opened() as service, service.database.writing("item.forget") as db:
        connection = lock_connection(db, name)
        number = forget_items(db, connection, [key], who=COMMAND_LINE, now=utc_now())
    if not number:
        raise Refused(f'No item was chosen for "{sku}". Nothing was changed.')
    click.echo(f'Forgotten. "{sku}" goes by its SKU and the settings again.')


@click.command("export-items")
@_name
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_items(name: str, file: Path) -> None:
    """Write the products and their items to a spreadsheet file (CSV).

    \b
    Example:
      qbwc-service export-items acme products.csv
    """
    with opened() as service:
        with service.database.reading() as db:
            connection_id = find_connection(db, name).id
        rows = (cells_of(product) for product in every_product(service.database, connection_id))
        with file.open("w", encoding="utf-8", newline="") as written:
            written.writelines(lines_of(COLUMNS, rows))
    click.echo(f"Written to {file}.")


@click.command("import-items")
@_name
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_items(name: str, file: Path) -> None:
    """Choose items for many products from a spreadsheet file (CSV), as export-items writes it.

    The whole file is checked first; where any line is wrong, nothing is changed. An empty cell
    leaves its product as it is.

    \b
    Example:
      qbwc-service import-items acme products.csv
    """
    if file.stat().st_size > _LARGEST_FILE:
        raise Refused("The file is too large. Nothing was changed.")
    try:
        rows = read_rows(file.read_bytes())
        with opened() as service, service.database.writing("item.import") as db:
            connection = lock_connection(db, name)
            choices = read_product_file(db, connection.id, rows)
            news = write_choices(db, connection, choices, who=COMMAND_LINE, now=utc_now())
    except SpreadsheetUnreadable as error:
        raise Refused(f"{error} Nothing was changed.") from error
    except ProductFileRefused as error:
        raise Refused(str(error)) from error
    for choice in news:
        click.echo(f'"{choice.shown}" goes to the item "{choice.full_name}".')
    click.echo(f"Changed: {len(news)}.")


def _document(product: ProductReport) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "orders": product.orders,
        "item": product.item,
        "why": product.why,
        "state": product.state,
        "state_words": STATE_WORDS[product.state],
        "chosen": bool(product.chosen),
        "orders_with_unknown_item": product.unknown_orders,
    }
