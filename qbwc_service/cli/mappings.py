"""qbwc-service mappings, map-payment, map-tax: what of Keap goes to what of QuickBooks' lists."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import mappings as table
from qbwc_service.ledger.choices import Choices
from qbwc_service.ledger.models import MappingKind
from qbwc_service.people import COMMAND_LINE

_IN_FORCE = "What is not sent yet follows it; what is in QuickBooks stays as it is."
_OF_PAYMENT = (MappingKind.PAYMENT_METHOD, MappingKind.DEPOSIT_ACCOUNT)


@click.command()
@click.argument("name")
@json_option
def mappings(name: str, as_json: bool) -> None:
    """Show what was chosen for payments, taxes, items and customers of Keap.

    \b
    Examples:
      qbwc-service mappings acme
      qbwc-service mappings acme --json
    """
    with opened() as service, service.database.reading() as db:
        rows = table.of_connection(db, find_connection(db, name))
    listed = [
        {
            "kind": row.kind.value,
            "for": row.shown,
            "key": row.key,
            "list": row.list_name,
            "entry": row.full_name,
            "list_id": row.list_id,
            "by": row.made_by,
            "at": row.made_at,
        }
        for row in rows
    ]
    if as_json:
        print_json(listed)
        return
    print_table(
        ["Kind", "For", "QuickBooks list", "Entry", "Chosen by"],
        [(row["kind"], row["for"], row["list"], row["entry"], row["by"]) for row in listed],
        "Nothing is mapped; payment methods are found by their names.",
    )


@click.command(name="map-payment")
@click.argument("name")
@click.argument("words", metavar="TYPE_OR_CARD")
@click.option("--method", help="Payment method of QuickBooks.")
@click.option("--deposit-to", help="Bank account, or other current asset, by its full name.")
def map_payment(name: str, words: str, method: str | None, deposit_to: str | None) -> None:
    """Choose payment method and deposit account for payments of a type or card of Keap.

    A card brand counts before the payment type. Without --method a payment method of the same name
    is used where there is one; without --deposit-to the account of the settings.

    \b
    Examples:
      qbwc-service map-payment acme VISA --method Visa --deposit-to "Card Clearing"
      qbwc-service map-payment acme CHECK --deposit-to Checking
    """
    if method is None and deposit_to is None:
        raise click.UsageError("Give --method, --deposit-to or both.")
    with _choosing(name) as choices:
        for kind, entry in zip(_OF_PAYMENT, (method, deposit_to), strict=True):
            if entry is not None:
                choices.map_payment(words, kind, entry)
    click.echo(f"Chosen for {words}. {_IN_FORCE}")


@click.command(name="unmap-payment")
@click.argument("name")
@click.argument("words", metavar="TYPE_OR_CARD")
def unmap_payment(name: str, words: str) -> None:
    """Forget what was chosen for payments of a type or card of Keap.

    \b
    Example:
      qbwc-service unmap-payment acme VISA
    """
    with _choosing(name) as choices:
        forgotten = [choices.unmap_payment(words, kind) for kind in _OF_PAYMENT]
    _tell_forgotten(words, is_forgotten=any(forgotten))


@click.command(name="map-tax")
@click.argument("name")
@click.argument("tax")
@click.argument("item")
def map_tax(name: str, tax: str, item: str) -> None:
    """Choose the QuickBooks item of a sales tax: by its label, else the state, else the rate.

    The state is that of the ship-to address, else of the bill-to address.

    \b
    Examples:
      qbwc-service map-tax acme "label:County tax" "County Tax"
      qbwc-service map-tax acme state:AZ "Arizona Tax"
      qbwc-service map-tax acme rate:8.25 "State Sales Tax"
    """
    with _choosing(name) as choices:
        choices.map_tax(tax, item)
    click.echo(f"Chosen for {tax}. {_IN_FORCE}")


@click.command(name="unmap-tax")
@click.argument("name")
@click.argument("tax")
def unmap_tax(name: str, tax: str) -> None:
    """Forget which item was chosen for a sales tax.

    \b
    Example:
      qbwc-service unmap-tax acme state:AZ
    """
    with _choosing(name) as choices:
        is_forgotten = choices.unmap_tax(tax)
    _tell_forgotten(tax, is_forgotten=is_forgotten)


@contextmanager
def _choosing(name: str) -> Iterator[Choices]:
    """One person's choices in one transaction: all of them, or none."""
    with opened() as service, service.database.writing("mappings") as db:
        yield Choices(db, lock_connection(db, name), COMMAND_LINE, utc_now())


def _tell_forgotten(what: str, *, is_forgotten: bool) -> None:
    if is_forgotten:
        click.echo(f"Forgotten: {what}. {_IN_FORCE}")
    else:
        click.echo(f"Nothing was chosen for {what}; nothing was changed.")
