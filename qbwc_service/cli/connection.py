"""qbwc-service connection: one Keap account joined to one QuickBooks company file."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import click
from sqlalchemy import select

from qbwc_service import connections
from qbwc_service.cli.connection_facts import LOGIN, facts, shown, state_of
from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import NewConnection, find_connection, lock_connection
from qbwc_service.ledger import company_file, pausing, trial
from qbwc_service.ledger.models import Connection
from qbwc_service.people import COMMAND_LINE

key_file_option = click.option(
    "--keap-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='File with the Keap key (Service Account Key); "-" is not taken, keys stay off screens.',
)
keap_account_option = click.option(
    "--keap-account", default="", help="Your Keap account, for example iq146."
)


@click.group()
def connection() -> None:
    """Add, show, pause, suspend and resume connections; connect them to Keap."""


@connection.command()
@click.argument("name")
@keap_account_option
@key_file_option
@click.option(
    "--company-file",
    default="",
    help="Path of the company file as the QuickBooks computer sees it. Left out: the one that is "
    "open at the first update.",
)
@click.option(
    "--start-date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Orders from this day on are sent. Left out: from today on.",
)
@json_option
def add(
    name: str,
    keap_account: str,
    keap_key_file: Path | None,
    company_file: str,
    start_date: datetime | None,
    as_json: bool,
) -> None:
    """Add a connection and show the Web Connector's password, this once.

    NAME becomes part of web addresses: small letters, digits, hyphens.

    \b
    Examples:
      qbwc-service connection add acme --keap-account iq146 --keap-key-file keap.key
      qbwc-service connection add acme --start-date 2026-11-01 --json
    """
    with opened("make") as service, service.database.writing("connection.add") as db:
        made = connections.add_connection(
            db,
            service.secrecy,
            name=name,
            keap_account=keap_account,
            keap_key=read_key(keap_key_file) if keap_key_file else "",
            company_file=company_file,
            start_date=start_date.date() if start_date else None,
            clock=utc_now,
        )
    # A key is not tried here: the connection is to be made where Keap cannot be asked, too.
    into_keap = (
        f"qbwc-service connection test {name}"
        if keap_key_file
        else f"qbwc-service connection login {name}, or qbwc-service connection key {name} "
        "--keap-key-file FILE"
    )
    _show_new(made, as_json, f"Next: {into_keap}; then qbwc-service qwc {name} -o {name}.qwc")


@connection.command()
@click.argument("name")
@json_option
def password(name: str, as_json: bool) -> None:
    """Make a new password for the Web Connector; the old one ends at once.

    \b
    Example:
      qbwc-service connection password acme
    """
    with opened() as service, service.database.writing("connection.password") as db:
        made = connections.new_password(db, service.secrecy, name)
    _show_new(made, as_json, "Enter it in the Web Connector, in the Password column.")


@connection.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List all connections."""
    with opened() as service, service.database.reading() as db:
        found = [shown(db, row) for row in db.scalars(select(Connection).order_by(Connection.name))]
    if as_json:
        print_json(found)
        return
    print_table(
        ["Name", "Keap account", "Keap login", "Company file", "Last contact", "State"],
        [
            (
                one.connection,
                one.keap_account,
                LOGIN[one.keap_login],
                one.company_file,
                shown_time(one.last_contact),
                state_of(one),
            )
            for one in found
        ],
        "There is no connection yet. Add one: qbwc-service connection add NAME --help",
    )


@connection.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show one connection, without its secrets."""
    with opened() as service, service.database.reading() as db:
        found = shown(db, find_connection(db, name))
    if as_json:
        print_json(found)
        return
    print_table(["What", "Value"], facts(found), "")


@connection.command()
@click.argument("name")
def pause(name: str) -> None:
    """Stop reading Keap and sending to QuickBooks for a while; nothing is lost."""
    with opened() as service, service.database.writing("connection.pause") as db:
        pausing.pause(db, lock_connection(db, name), COMMAND_LINE, utc_now())
    click.echo(f"Paused. Go on with: qbwc-service connection resume {name}")


@connection.command()
@click.argument("name")
def resume(name: str) -> None:
    """Go on after a pause."""
    with opened() as service, service.database.writing("connection.resume") as db:
        pausing.resume(db, lock_connection(db, name), COMMAND_LINE, utc_now())
    click.echo("Goes on with the next update.")


@connection.command()
@click.argument("name")
@click.option("--because", "reason", required=True, help="A sentence that people will read.")
def suspend(name: str, reason: str) -> None:
    """Stop a connection by your own word: its people cannot resume it.

    An update that is under way sends no more; the Web Connector and the pages tell the reason. Keap
    is not read. Nothing is lost.

    \b
    Example:
      qbwc-service connection suspend acme --because "The contract has ended"
    """
    with opened() as service, service.database.writing("connection.suspend") as db:
        pausing.suspend(db, lock_connection(db, name), COMMAND_LINE, utc_now(), reason)
    click.echo(f"Suspended. Lift it with: qbwc-service connection reinstate {name}")


@connection.command()
@click.argument("name")
def reinstate(name: str) -> None:
    """Lift a suspension; the connection goes on, unless somebody has paused it as well.

    \b
    Example:
      qbwc-service connection reinstate acme
    """
    with opened() as service, service.database.writing("connection.reinstate") as db:
        found = lock_connection(db, name)
        was_suspended = pausing.reinstate(db, found, COMMAND_LINE, utc_now())
        is_paused = found.paused
    if not was_suspended:
        raise Refused(f'"{name}" is not suspended. Nothing was changed.')
    if is_paused:
        click.echo(f"Lifted. It is still paused: qbwc-service connection resume {name}")
    else:
        click.echo("Goes on with the next update.")


@connection.command(name="switch-on")
@click.argument("name")
def switch_on(name: str) -> None:
    """Send orders from now on: the last step of a set-up that was begun in the pages.

    Until then only orders that were approved for a trial are sent.

    \b
    Example:
      qbwc-service connection switch-on acme
    """
    with opened() as service, service.database.writing("connection.switch-on") as db:
        found = lock_connection(db, name)
        was_on = found.is_on
        trial.switch_on(db, found, COMMAND_LINE, utc_now())
    told = "It is on already." if was_on else "On: what waits is sent with the next update."
    click.echo(told)


@connection.command()
@click.argument("name")
@click.argument("answer", type=click.Choice(["moved", "restored"]))
def confirm(name: str, answer: Literal["moved", "restored"]) -> None:
    """Answer the question for which nothing is sent to QuickBooks.

    moved: it is the same company file at a new place. restored: it is a restored backup; what is
    missing in it then waits for your word, order by order. If it is a copy, answer nothing.

    \b
    Example:
      qbwc-service connection confirm acme moved
    """
    act = {"moved": company_file.confirm_new_place, "restored": company_file.confirm_restored}
    with opened() as service, service.database.writing("connection.confirm") as db:
        done = act[answer](db, lock_connection(db, name), COMMAND_LINE, utc_now())
    if not done:
        raise Refused(f'Nobody asked whether the company file of "{name}" was {answer}.')
    click.echo("Goes on with the next update.")


@connection.command()
@click.argument("name")
def relink(name: str) -> None:
    """Take the company file that is open in QuickBooks at the next update.

    For a file that is the right one and is taken for another: rebuilt, condensed, or renamed and
    moved at once, before anything was sent to it. What was sent stays in the ledger and is not sent
    again. A new, empty company file is a new connection instead: pause this one and add another.

    \b
    Example:
      qbwc-service connection relink acme
    """
    with opened() as service, service.database.writing("connection.relink") as db:
        company_file.take_the_open_one(db, lock_connection(db, name), COMMAND_LINE, utc_now())
    click.echo(
        "Open the company file in QuickBooks and press Update Selected in the Web Connector. "
        "If what was sent before is not in it, nothing is sent and you are asked why."
    )


def read_key(path: Path) -> str:
    """The key in that file. Raises Refused for anything but one word."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not a text file with a Keap key.") from error
    if not text or len(text.split()) != 1:
        raise Refused(f"{path} must hold the Keap key on one line, and nothing else.")
    return text


def _show_new(made: NewConnection, as_json: bool, next_step: str) -> None:
    if as_json:
        print_json(made)
        return
    click.echo(f"Connection: {made.connection}")
    click.echo(f"User name:  {made.username}")
    click.echo(f"Password:   {made.password}   (shown this once)")
    click.echo(next_step)
