"""qbwc-service connection erase: everything that was kept for one connection."""

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.erasure import NotPaused
from qbwc_service.people import COMMAND_LINE


@click.command(name="erase")
@click.argument("name")
@click.option("--confirm", metavar="NAME", default="", help="The name once more, for scripts.")
def erase(name: str, confirm: str) -> None:
    """Erase a paused connection with everything that was kept for it. It cannot be taken back.

    Gone are its orders, payments and contacts, messages, settings, logins, history and audit; one
    line of the audit says that it was erased. Nothing changes in Keap and in QuickBooks. An erasure
    that was cut short is finished by the same command.

    \b
    Example:
      qbwc-service connection erase acme
    """
    from qbwc_service.erasure.connection import erase_connection

    with opened() as service:
        with service.database.reading() as db:
            if not find_connection(db, name).paused:
                raise NotPaused(name)
        typed = confirm or click.prompt(f"This cannot be taken back. Type {name} to erase it")
        if typed != name:
            raise Refused("That is another name. Nothing was erased.")
        erased = erase_connection(service.database, name, COMMAND_LINE, utc_now)
    click.echo(f"Erased: {name}, {erased:,} rows. Old back-ups still hold it.")
