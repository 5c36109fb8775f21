"""qbwc-service up: the service itself."""

import errno
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select

from qbwc_service import first_owner, people
from qbwc_service.cli.failures import Refused
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.ledger.models import Connection


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one and says which.",
)
@click.option(
    "--no-scheduler", is_flag=True, help='Do not read Keap by itself; "sync" still reads it.'
)
def up(host: str, port: int, no_scheduler: bool) -> None:
    """Start the service and keep it running; Ctrl-C stops it.

    It makes or updates its tables, answers the Web Connector, reads Keap in the background and
    shows the admin pages. The first start prints the password of the admin pages.

    \b
    Examples:
      qbwc-service up
      qbwc-service up --host 0.0.0.0 --port 8080
    """
    # Spyne and Flask load slowly: the other commands do without.
    from qbwc_service.server import AddressUnavailable, serve

    with opened("upgrade", chatty=True) as service:
        _see_to_owner(service)
        try:
            serve(
                service.config,
                service.database,
                service.secrecy,
                host=host,
                port=port,
                read_keap=not no_scheduler,
                started=lambda real: _tell_what_next(service, host, real, no_scheduler),
            )
        except AddressUnavailable as error:
            raise Refused(f"{error} {_instead(error)}") from error


def _see_to_owner(service: Surroundings) -> None:
    with service.database.writing("people.ensure-owner") as db:
        password = first_owner.ensure_owner(
            db, now=utc_now(), password_file=service.config.admin_password_file
        )
    if password:
        click.echo(f"The admin pages are for you alone. Sign in as: {people.OWNER}")
        click.echo(f"Password: {password}")
        click.echo("It is shown this once. To choose one, see QBWC_ADMIN_PASSWORD_FILE.\n")


def _tell_what_next(service: Surroundings, host: str, port: int, no_scheduler: bool) -> None:
    public_url = service.config.public_url
    is_elsewhere = _is_other_port(public_url, port)
    pages = f"http://localhost:{port}" if is_elsewhere else public_url
    click.echo(f"Listening on {host} port {port}. Admin pages: {pages}/")
    if is_elsewhere:
        click.echo(
            f"The QuickBooks computer is told to call {public_url}, but this is port {port}. "
            f"Set QBWC_PUBLIC_URL=http://localhost:{port} here and for every other command."
        )
    if no_scheduler:
        click.echo('Keap is read by "qbwc-service stage" or "qbwc-service sync NAME", not here.')
    with service.database.reading() as db:
        connections = db.scalar(select(func.count()).select_from(Connection)) or 0
    if not connections:
        click.echo(_FIRST_STEPS)
    click.echo("Ctrl-C stops the service; nothing is lost by that.")


def _instead(error: Exception) -> str:
    """What to do where the port cannot be had."""
    match error.__cause__:
        case OSError(errno=errno.EADDRINUSE):
            return "Stop the other program there, or choose another port with --port."
        case OSError(errno=errno.EACCES):
            return "Choose a port from 1024 on with --port."
        case _:
            return "Choose an address of this machine with --host."


def _is_other_port(public_url: str, port: int) -> bool:
    address = urlsplit(public_url)
    return address.hostname == "localhost" and (address.port or 80) != port


_FIRST_STEPS = """
What to do next, in a second window:
  1. qbwc-service connection add my-books --keap-account iq146 --keap-key-file keap.key
     It shows the password for the Web Connector.
  2. qbwc-service set my-books income_account="Sales" tax_account="Sales Tax Payable"
     The accounts that new items need, by their names in your chart of accounts.
  3. qbwc-service qwc my-books -o my-books.qwc
     Load this file in the Web Connector on the QuickBooks computer, enter the password there,
     tick the line and press Update Selected.
  4. qbwc-service status my-books
     Shows what was read from Keap and what is in QuickBooks.
"""
