"""qbwc-service secret-key: change the key that everything stored is encrypted with."""

from pathlib import Path

import click

from qbwc_service import key_rotation
from qbwc_service.cli.failures import Refused
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.key_rotation import Applied


@click.group(name="secret-key")
def secret_key() -> None:
    """Change the key that stored logins are encrypted with.

    \b
    Examples:
      qbwc-service secret-key rotate
      qbwc-service secret-key forget
    """


@secret_key.command()
def rotate() -> None:
    """Make a new key and encrypt everything under it; the old key stays in the file for now.

    The running service notices by itself. Back up the key file afterwards.

    \b
    Example:
      qbwc-service secret-key rotate
    """
    with opened() as service:
        path = _key_file(service)
        config = service.config
        key_rotation.new_first_key(path, (config.secret_key, *config.older_secret_keys))
        click.echo(f"A new key stands first in {path}.")
        _tell(key_rotation.apply_first_key(service.database, service.secrecy))
    click.echo(
        "Old Web Connector passwords move at their next call. Then: qbwc-service secret-key forget"
    )


@secret_key.command()
def apply() -> None:
    """Encrypt everything under the first key; harmless to repeat.

    \b
    Example:
      qbwc-service secret-key apply
    """
    with opened() as service:
        _tell(key_rotation.apply_first_key(service.database, service.secrecy))


@secret_key.command()
def forget() -> None:
    """Drop the old keys; refused while anything still belongs to one of them.

    \b
    Example:
      qbwc-service secret-key forget
    """
    with opened() as service:
        path = _key_file(service)
        config = service.config
        keys = (config.secret_key, *config.older_secret_keys)
        gone = key_rotation.forget_old_keys(service.database, service.secrecy, path, keys)
    click.echo(f"Dropped: {gone} old key{'' if gone == 1 else 's'}." if gone else "No old key.")


def _key_file(service: Surroundings) -> Path:
    path = service.config.secret_key_file
    if path is None:
        raise Refused(
            "The keys are in QBWC_SECRET_KEY, which only you can change. To rotate: make a key "
            "with openssl rand -hex 32, set QBWC_SECRET_KEY to it, a comma and the present value, "
            'start the service anew and run "qbwc-service secret-key apply". To forget the old '
            "key later, leave it out of QBWC_SECRET_KEY."
        )
    return path


def _tell(applied: Applied) -> None:
    click.echo(
        f"Encrypted anew: {applied.encrypted_anew}. Already under it: {applied.current_already}."
    )
    if applied.unreadable:
        raise Refused(
            f"No key opens {', '.join(applied.unreadable)}. Put the key back that it was stored "
            "with, or sign in or enter the Keap key again."
        )
