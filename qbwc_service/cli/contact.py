"""qbwc-service contact: what is kept of one Keap contact is erased, or kept again."""

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.audit import Author
from qbwc_service.people import COMMAND_LINE


@click.group()
def contact() -> None:
    """Erase what is kept of one Keap contact, by its id, or keep it again.

    \b
    Example:
      qbwc-service contact erase acme 4417
    """


@contact.command()
@click.argument("name")
@click.argument("contact_id", metavar="CONTACT")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(name: str, contact_id: str, yes: bool) -> None:
    """Erase names, e-mail addresses, numbers, addresses and notes of a contact, for good.

    Ids, days, amounts and goods stay, so that nothing is sent twice. Whatever Keap says of it later
    is not kept; an order placed later goes to its customer in QuickBooks by its ListID. Keap and
    QuickBooks keep what they have: erase the contact there first. So do old back-ups.

    \b
    Example:
      qbwc-service contact erase acme 4417
    """
    from qbwc_service.erasure.contact import erase_contact, refuse_unerasable

    with opened() as service:
        # Before anybody is asked for a word that leads to nothing.
        with service.database.reading() as db:
            refuse_unerasable(db, find_connection(db, name), contact_id)
        if not yes:
            click.confirm(f"Erase what {name} keeps of contact {contact_id}, for good?", abort=True)
        orders = erase_contact(service.database, name, contact_id, COMMAND_LINE, utc_now)
    click.echo(f"Erased: contact {contact_id}, {orders} order{'' if orders == 1 else 's'}.")
    click.echo("Still there: what Keap and QuickBooks have, and old back-ups.")


@contact.command()
@click.argument("name")
@click.argument("contact_id", metavar="CONTACT")
def readmit(name: str, contact_id: str) -> None:
    """Keep again what Keap says of an erased contact, from the next reading on.

    \b
    Example:
      qbwc-service contact readmit acme 4417
    """
    from qbwc_service.erasure.contact import readmit_contact

    with opened() as service, service.database.writing("contact.readmit") as db:
        connection = lock_connection(db, name)
        if not readmit_contact(db, connection, contact_id, Author(COMMAND_LINE, utc_now())):
            raise Refused(f"Contact {contact_id} was not erased. Nothing was changed.")
    click.echo("It is kept again. Read its orders with: qbwc-service sync NAME --orders NUMBERS")
