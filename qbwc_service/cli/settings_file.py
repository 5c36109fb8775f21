"""qbwc-service settings-export, settings-import: what people set up for a connection, as a file."""

from pathlib import Path

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.people import COMMAND_LINE
from qbwc_service.settings_file import Taken, read_document, take_over, written

_name = click.argument("name")


@click.command("settings-export")
@_name
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite the file where it is there already.")
def settings_export(name: str, file: Path, *, replace: bool) -> None:
    """Write settings, choices for things of Keap and rules into a JSON file.

    No key or password is in it.

    \b
    Example:
      qbwc-service settings-export acme acme-settings.json
    """
    with opened() as service, service.database.snapshot() as db:
        text = written(db, find_connection(db, name), utc_now())
    if file.exists() and not replace:
        raise Refused(
            f"{file} is there already and was left as it is. Choose another name, or --replace."
        )
    file.write_text(text, encoding="utf-8")
    click.echo(f"Written to {file}.")


@click.command("settings-import")
@_name
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@json_option
def settings_import(name: str, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Take over a file of settings-export: all of it that can be used here, or nothing.

    What the file does not name stays. Entries of QuickBooks' lists are found by their names where
    the file is of another connection; choices whose entry is not there are told, and have to be
    made again. The start date is taken over into the same connection alone.

    \b
    Examples:
      qbwc-service settings-import beta acme-settings.json --dry-run
      qbwc-service settings-import beta acme-settings.json
    """
    document = read_document(file.read_bytes())
    with opened() as service:
        # What was changed while only reading is rolled back.
        database = service.database
        transaction = database.reading() if dry_run else database.writing("settings.import")
        with transaction as db:
            connection = lock_connection(db, name)
            taken = take_over(db, connection, document, who=COMMAND_LINE, now=utc_now())
    if as_json:
        print_json(taken)
    else:
        _show(taken, is_trial=dry_run)
        click.echo(
            "Nothing was changed."
            if dry_run
            else "Taken over. Orders that are not sent yet follow it."
        )


def _show(taken: Taken, *, is_trial: bool) -> None:
    print_table(
        ["Setting", "Before", "After"],
        [(each.setting, _value(each.before), _value(each.after)) for each in taken.settings],
        "No setting would change." if is_trial else "No setting was changed.",
    )
    print_table(
        ["Choice", "For", "Entry"],
        [(each.kind, each.shown, each.full_name) for each in taken.choices],
        "No choice would change." if is_trial else "No choice was changed.",
    )
    if taken.left_out:
        print_table(
            ["Has to be chosen again", "Why"],
            [(each.what, each.why) for each in taken.left_out],
            "",
        )
    click.echo(f"Rules of the file: {taken.rules}.")


def _value(value: object) -> object:
    return "(default)" if value is None else value
