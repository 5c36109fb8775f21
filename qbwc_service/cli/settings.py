"""qbwc-service set: the settings of a connection."""

from collections.abc import Iterable
from typing import Any

import click

from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import change_settings, find_connection, lock_connection
from qbwc_service.ledger.list_entries import check_settings
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.people import COMMAND_LINE
from qbwc_service.public_address import check_hooks_setting
from qbwc_service.settings import SETTINGS, changed


@click.command(name="set")
@click.argument("name")
@click.argument("changes", nargs=-1, metavar="[KEY=VALUE]...")
@json_option
def set_(name: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Change settings, or list them all with types, values and defaults.

    All changes are made, or none where one cannot be used. "KEY=" goes back to the default. What
    names an entry of a QuickBooks list is looked up there once the list was read
    ("qbwc-service lists NAME" shows what there is).

    \b
    Examples:
      qbwc-service set acme
      qbwc-service set acme number_prefix=K- "income_account=Sales:Online"
      qbwc-service set acme number_prefix=
      qbwc-service set acme "terms=Net 30" "deposit_account=Card Clearing"
    """
    pairs = [_pair(text) for text in changes]
    with opened() as service:
        if pairs:
            _change(service, name, pairs)
        listed = _listed(service, name)
    if as_json:
        print_json(listed)
    elif pairs:
        click.echo("Changed. Orders that are not sent yet follow the new settings.")
    else:
        _show(listed)


def _change(service: Surroundings, name: str, pairs: Iterable[tuple[str, str]]) -> None:
    with service.database.writing("connection.set") as db:
        connection = lock_connection(db, name)
        stored = dict(connection.settings)
        for key, value in pairs:
            stored = changed(stored, key, value)
        check_settings(db, connection.id, connection.settings, stored)
        check_hooks_setting(service.config, connection.settings, stored)
        change_settings(db, connection, stored, who=COMMAND_LINE, now=utc_now())


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not KEY=VALUE.")
    return key.strip(), value


def _listed(service: Surroundings, name: str) -> list[dict[str, Any]]:
    """What counts, also where it is neither stored nor a default: the day of set-up."""
    with service.database.reading() as db:
        connection = find_connection(db, name)
        stored, effective = connection.settings, effective_settings(connection)
    return [
        {
            "name": setting.name,
            "type": setting.kind,
            "default": setting.default,
            "value": stored.get(setting.name, setting.default)
            if setting.default is not None
            else getattr(effective, setting.name),
            "meaning": setting.meaning,
        }
        for setting in SETTINGS
    ]


def _show(listed: list[dict[str, Any]]) -> None:
    print_table(
        ["Setting", "Value", "Type", "Default", "Meaning"],
        [
            (one["name"], one["value"], one["type"], one["default"], one["meaning"])
            for one in listed
        ],
        "",
    )
