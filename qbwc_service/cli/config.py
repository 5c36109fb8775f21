"""qbwc-service config: what the service is told, where each value came from, what is wrong."""

from collections.abc import Iterator
from typing import Final

import click

from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.config import ConfigError, examined
from qbwc_service.config.effective import Effective, effective
from qbwc_service.config.reading import Reading
from qbwc_service.config.variables import ADMIN_PASSWORD_FILE
from qbwc_service.first_owner import PasswordFileUnusable, read_password_file

_COLUMNS: Final = ("Variable", "Value", "From")


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Say what is wrong, and nothing else.")
@json_option
def config(only_check: bool, as_json: bool) -> None:
    """Show what the environment and the configuration file tell the service.

    Each variable with the value that counts and where it came from: the default, a line of the
    file, or the environment, which wins over the file. Keys and passwords are hidden. All faults
    are told at once. The database is not opened, and nothing is made.

    Exit code 0: nothing is wrong with it; 1: something cannot be used.

    \b
    Examples:
      qbwc-service config
      qbwc-service config --check
      QBWC_CONFIG_FILE=new.env qbwc-service config --check
    """
    reading = examined()
    faults = [*reading.faults, *_of_admin_password(reading)]
    if as_json:
        _print_document(reading, faults, [] if only_check else list(effective(reading)))
    else:
        if not only_check:
            rows = [(each.name, each.value, each.place) for each in effective(reading)]
            print_table(_COLUMNS, rows, "")
        for line in (*reading.sources.warnings, *map(str, faults)):
            click.echo(line, err=True)
        if only_check and not faults:
            click.echo("Nothing is wrong with the configuration. The database was not asked.")
    if faults:
        raise click.exceptions.Exit(REFUSED)


def _of_admin_password(reading: Reading) -> Iterator[ConfigError]:
    """Only `up` reads that file, so that other commands do without the right to."""
    path = reading.optional(ADMIN_PASSWORD_FILE)
    if path is None:
        return
    try:
        read_password_file(path)
    except PasswordFileUnusable as error:
        place = reading.sources.given[ADMIN_PASSWORD_FILE.name].place
        yield ConfigError(ADMIN_PASSWORD_FILE.name, f"{path} {error.reason}", place)


def _print_document(
    reading: Reading, faults: list[ConfigError], variables: list[Effective]
) -> None:
    file = reading.sources.file
    print_json(
        {
            "is_well": not faults,
            "file": str(file) if file else None,
            "variables": variables,
            "faults": [
                {"variable": fault.variable, "place": fault.place, "reason": fault.reason}
                for fault in faults
            ],
            "warnings": reading.sources.warnings,
        }
    )
