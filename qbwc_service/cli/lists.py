"""qbwc-service lists: what can be chosen from QuickBooks' lists."""

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.connections import find_connection
from qbwc_service.ledger.chosen_slice import entry_of
from qbwc_service.ledger.list_entries import ENTRIES, ListSummary, entries_of, summaries
from qbwc_service.matching.company import ListEntry


@click.command()
@click.argument("name")
@click.argument("list_name", metavar="[LIST]", required=False)
@json_option
def lists(name: str, list_name: str | None, as_json: bool) -> None:
    """Show QuickBooks' lists as they were read last, or the entries of one LIST.

    These are the names that settings and mappings take; active entries come first.

    \b
    Examples:
      qbwc-service lists acme
      qbwc-service lists acme Terms
      qbwc-service lists acme PaymentMethod --json
    """
    with opened() as service, service.database.reading() as db:
        connection = find_connection(db, name)
        known = summaries(db, connection.id)
        if list_name is None:
            _show_lists(known, as_json=as_json)
            return
        found = _list_called(list_name, known)
        entries = [entry_of(record) for record in entries_of(db, connection.id, found)]
    _show_entries(entries, as_json=as_json)


def _list_called(written: str, known: list[ListSummary]) -> str:
    """The list of that name, in whatever case it is written. Raises Refused."""
    for each in known:
        if each.name.casefold() == written.casefold():
            return each.name
    names = ", ".join(each.name for each in known) or "none yet"
    raise Refused(
        f"No list called {written!r} was read from QuickBooks; these were: {names}. Lists are read "
        "at each update of the Web Connector."
    )


def _show_lists(known: list[ListSummary], *, as_json: bool) -> None:
    if as_json:
        print_json(known)
        return
    print_table(
        ["List", "Entries", "Active", "Read"],
        [(each.name, each.entries, each.active, shown_time(each.read_at)) for each in known],
        "No list was read yet. They are read at the first update of the Web Connector.",
    )


def _show_entries(entries: list[ListEntry], *, as_json: bool) -> None:
    if as_json:
        print_json(entries)
        return
    print_table(
        ["Name", "Kind", "Active"],
        [(entry.full_name, entry.kind, "yes" if entry.is_active else "no") for entry in entries],
        "The list is empty.",
    )
    if len(entries) == ENTRIES:
        click.echo(f"These are the first {ENTRIES}.")
