"""qbwc-service connection key, login, test, disconnect: the way into Keap."""

import time
import webbrowser
from pathlib import Path

import click

from qbwc_service.cli.connection import (
    keap_account_option,
    key_file_option,
    read_key,
)
from qbwc_service.cli.failures import Refused
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.connections import find_connection
from qbwc_service.keap_access import sign_ins
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.models import KeapSignIn
from qbwc_service.people import COMMAND_LINE
from qbwc_service.staging import logins

_LOOK_EVERY_SECONDS = 1.0


@click.command()
@click.argument("name")
@keap_account_option
@key_file_option
def key(name: str, keap_account: str, keap_key_file: Path | None) -> None:
    """Change the Keap account or key of a connection; the key is tried first.

    A key that Keap refuses changes nothing. One that works is used from then on, also instead of a
    sign-in. If Keap cannot be asked, the key is saved untested.

    \b
    Example:
      qbwc-service connection key acme --keap-key-file new-keap.key
    """
    if not keap_account and keap_key_file is None:
        raise click.UsageError("Give --keap-key-file, --keap-account or both.")
    new_key = read_key(keap_key_file) if keap_key_file is not None else None
    with opened() as service:
        done = logins.change_key(
            _access(service), name, account=keap_account, key=new_key, who=COMMAND_LINE
        )
    if done.account is None:
        click.echo(f"Saved, but Keap could not be asked: {done.reason}")
    elif done.account.tenant:
        click.echo(f"Keap answers as {done.account.name or done.account.app_id}.")
    click.echo(f"Changed. Try it: qbwc-service sync {name}")


@click.command()
@click.argument("name")
@click.option(
    "--wait",
    default=300,
    show_default=True,
    type=click.IntRange(0, 3600),
    metavar="SECONDS",
    help="How long to wait for the sign-in.",
)
def login(name: str, wait: int) -> None:
    """Sign in with Keap in the browser, on the pages of the running service.

    \b
    Example:
      qbwc-service connection login acme
    """
    with opened() as service:
        with service.database.reading() as db:
            connection_id = find_connection(db, name).id
        if not service.config.keap_client_id:
            raise Refused(_no_client_id(name, service))
        before = _in_force(service, connection_id)
        address = service.config.address(f"/c/{name}/keap/sign-in")
        click.echo(f"Sign in here (the service has to be running): {address}")
        webbrowser.open(address)
        found = _wait_for_other(service, connection_id, before, wait)
    if found is None:
        raise Refused(
            f"Nobody signed in within {wait} seconds. Nothing was changed; the address above stays "
            "good."
        )
    account = f"{found.account_name} ({found.tenant.partition('.')[0]})"
    click.echo(f"Signed in: {account if found.account_name else found.tenant}")


@click.command()
@click.argument("name")
def test(name: str) -> None:
    """Ask Keap now whether the login works, and whose account it is.

    \b
    Example:
      qbwc-service connection test acme
    """
    with opened() as service:
        found = logins.try_login(_access(service), name)
    click.echo(f"It works. Keap answers as {found.name or 'an account without a name'}.")
    click.echo(f"App id: {found.app_id or 'not told'}")


@click.command()
@click.argument("name")
@click.confirmation_option(
    prompt="Forget the Keap key and sign-in of this connection?",
    help="Do not ask.",
)
def disconnect(name: str) -> None:
    """Forget the Keap key and sign-in; nothing is read any more, everything else stays.

    \b
    Example:
      qbwc-service connection disconnect acme --yes
    """
    with opened() as service:
        done = logins.disconnect(_access(service), name, who=COMMAND_LINE)
    if not done:
        raise Refused(f'"{name}" was not connected to Keap; nothing was changed.')
    click.echo("Disconnected. Orders, history and the account it belongs to stay.")


def _no_client_id(name: str, service: Surroundings) -> str:
    return (
        "Signing in with Keap needs a client id of this service. Get one with its secret at "
        f"keys.developer.keap.com, register {service.config.keap_redirect_uri} there, and set "
        "KEAP_CLIENT_ID and KEAP_CLIENT_SECRET_FILE. A key works without: make a Service Account "
        "Key in Keap (Settings, API Settings), save it in a file, and run: "
        f"qbwc-service connection key {name} --keap-account ACCOUNT --keap-key-file FILE"
    )


def _in_force(service: Surroundings, connection_id: int) -> KeapSignIn | None:
    with service.database.reading() as db:
        return sign_ins.sign_in_of(db, connection_id)


def _wait_for_other(
    service: Surroundings, connection_id: int, before: KeapSignIn | None, seconds: int
) -> KeapSignIn | None:
    """A sign-in that was not in force before; None when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = _in_force(service, connection_id)
        if found is None:
            before = None
        elif before is None or found.id != before.id:
            return found
        if time.monotonic() >= deadline:
            return None
        time.sleep(_LOOK_EVERY_SECONDS)


def _access(service: Surroundings) -> Access:
    return Access(service.database, service.secrecy, service.config)
