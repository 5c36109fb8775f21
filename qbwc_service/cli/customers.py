"""qbwc-service needs-you, customers, choose-customer: what waits, and who a Keap contact is."""

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import customer_choices
from qbwc_service.ledger.held import held_groups
from qbwc_service.ledger.mappings import MappingRefused
from qbwc_service.messages import message
from qbwc_service.people import COMMAND_LINE

_GROUPS = 1000
_ROWS = 100_000

_name = click.argument("name")


@click.command("needs-you")
@_name
@json_option
def needs_you(name: str, as_json: bool) -> None:
    """List what waits for a person, by cause: one fix releases all orders of a line.

    \b
    Example:
      qbwc-service needs-you acme
    """
    with opened() as service, service.database.reading() as db:
        groups = held_groups(db, find_connection(db, name).id, limit=_GROUPS)
    rows = [
        (group, message(group.cause, {"order": group.first_order, **group.details}))
        for group in groups
    ]
    if as_json:
        print_json(
            [
                {
                    "cause": group.cause,
                    "subject": group.subject,
                    "orders": group.orders,
                    "first_order": group.first_order,
                    "what": words.title,
                    "why": words.why,
                    "what_to_do": words.do,
                }
                for group, words in rows
            ]
        )
        return
    print_table(
        ["Orders", "What", "What to do"],
        [(str(group.orders), words.title, words.do) for group, words in rows],
        "Nothing needs you.",
    )


@click.command()
@_name
@json_option
def customers(name: str, as_json: bool) -> None:
    """List the customers that people chose for Keap contacts.

    \b
    Example:
      qbwc-service customers acme
    """
    with opened() as service, service.database.reading() as db:
        found = customer_choices.remembered(db, find_connection(db, name).id, limit=_ROWS)
    if as_json:
        print_json(
            [
                {
                    "contact": row.contact_id,
                    "name": row.contact,
                    "customer": row.customer,
                    "in_quickbooks": row.is_there,
                    "chosen_by": row.chosen_by,
                    "chosen_at": row.chosen_at.isoformat(),
                }
                for _, row in found
            ]
        )
        return
    print_table(
        ["Keap contact", "Name", "QuickBooks customer", "Chosen by"],
        [(row.contact_id, row.contact, row.customer, row.chosen_by) for _, row in found],
        "Nothing was chosen.",
    )


@click.command("choose-customer")
@_name
@click.argument("contact")
@click.argument("customer", required=False)
@click.option("--new", "is_new", is_flag=True, help="Make a new customer for this contact.")
@click.option("--forget", "forgets", is_flag=True, help="Forget what was chosen.")
def choose_customer(
    name: str, contact: str, customer: str | None, is_new: bool, forgets: bool
) -> None:
    """Say which QuickBooks customer (by its full name) a Keap contact is.

    Orders that are not sent yet follow it; what is in QuickBooks stays where it is.

    \b
    Examples:
      qbwc-service choose-customer acme 4417 "Ann Lee"
      qbwc-service choose-customer acme 4417 --new
      qbwc-service choose-customer acme 4417 --forget
    """
    if sum((customer is not None, is_new, forgets)) != 1:
        raise Refused("Give the customer's full name, or --new, or --forget. Nothing was changed.")
    try:
        with opened() as service, service.database.writing("customer.choose") as db:
            connection = lock_connection(db, name)
            if forgets:
                if not customer_choices.forget(db, connection, contact, COMMAND_LINE, utc_now()):
                    raise Refused(
                        f"No customer was chosen for contact {contact}. Nothing was changed."
                    )
                click.echo(f"Forgotten. Contact {contact} is matched by itself again.")
            elif customer is not None:
                chosen = customer_choices.choose_named(
                    db, connection, contact, customer, COMMAND_LINE, utc_now()
                )
                click.echo(f"Keap contact {contact} is the customer {chosen}.")
            else:
                customer_choices.choose(db, connection, contact, "", COMMAND_LINE, utc_now())
                click.echo(f"Keap contact {contact} gets a new customer.")
    except MappingRefused as refused:
        raise Refused(str(refused)) from refused
