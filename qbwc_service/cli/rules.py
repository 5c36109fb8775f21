"""qbwc-service rules, rules-add and the like: orders with settings of their own, left out, held."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.rule_file import document_text, read_rules
from qbwc_service.ledger.rule_trial import try_rules
from qbwc_service.ledger.rules import Rules
from qbwc_service.ledger.stored_rules import HITS_DAYS, hits, rows_of_connection, rule_of, stored
from qbwc_service.people import COMMAND_LINE
from qbwc_service.planning.rule import (
    Action,
    ActionKind,
    checked_rule,
    read_action,
    read_condition,
)
from qbwc_service.planning.rule_words import sentence

_IN_FORCE = "What is not sent yet follows it; what is in QuickBooks stays as it is."

_name = click.argument("name")
_number = click.argument("number", type=click.IntRange(min=1))


@click.command()
@_name
@json_option
def rules(name: str, as_json: bool) -> None:
    """List the rules from the top down, with how many orders of 30 days each has matched.

    The first rule that sets something wins; one that leaves out or holds ends the walk.

    \b
    Examples:
      qbwc-service rules acme
      qbwc-service rules acme --json
    """
    with opened() as service, service.database.reading() as db:
        connection = find_connection(db, name)
        rows = rows_of_connection(db, connection.id)
        counted = hits(db, connection.id, utc_now() - timedelta(days=HITS_DAYS))
    listed = [
        {
            "number": number,
            "name": row.name,
            "on": row.is_on,
            "rule": sentence(rule_of(row)),
            "hits": counted.get(row.id, 0),
            "if": stored(rule_of(row).conditions),
            "then": stored(rule_of(row).actions),
            "by": row.made_by,
            "at": row.made_at,
        }
        for number, row in enumerate(rows, start=1)
    ]
    if as_json:
        print_json(listed)
        return
    print_table(
        ["No.", "Name", "On", "Orders in 30 days", "Rule"],
        [
            (row["number"], row["name"], "on" if row["on"] else "off", row["hits"], row["rule"])
            for row in listed
        ],
        "There are no rules; all orders follow the settings.",
    )


@click.command("rules-add")
@_name
@click.option("--name", "title", required=True, help="What the rule is called.")
@click.option(
    "--if",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help='For example "product is HAMMER" or "total more than 500"; all of them have to hold.',
)
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A setting for them.")
@click.option("--skip", is_flag=True, help="Leave these orders out.")
@click.option("--hold", is_flag=True, help="Hold these orders.")
def rules_add(
    name: str,
    title: str,
    conditions: tuple[str, ...],
    values: tuple[str, ...],
    skip: bool,
    hold: bool,
) -> None:
    """Add a rule below the others.

    Fields: product, order status, paid state, source, total, tag, payment method, promo code,
    title, state. Comparisons: is, is not, contains, starts with, ends with; for the total more
    than, less than. --set takes transaction, invoice_class, deposit_account, number_prefix, terms,
    invoice_template, sales_rep and sales_tax.

    \b
    Examples:
      qbwc-service rules-add acme --name Shop --if "source is ONLINE" --set invoice_class=Online
      qbwc-service rules-add acme --name Big --if "total more than 500" --hold
    """
    stops = [Action(ActionKind.SKIP)] if skip else []
    stops += [Action(ActionKind.HOLD)] if hold else []
    rule = checked_rule(
        title,
        [read_condition(text) for text in conditions],
        [*(read_action(text) for text in values), *stops],
    )
    with _changing(name) as changes:
        changes.add(rule)
    click.echo(f"Added: {sentence(rule)}. {_IN_FORCE}")


@click.command("rules-remove")
@_name
@_number
def rules_remove(name: str, number: int) -> None:
    """Delete a rule, by its number in the list.

    \b
    Example:
      qbwc-service rules-remove acme 2
    """
    with _changing(name) as changes:
        deleted = changes.remove(changes.numbered(number).id).name
    click.echo(f'Deleted: "{deleted}". {_IN_FORCE}')


@click.command("rules-move")
@_name
@_number
@click.argument("place", type=click.IntRange(min=1))
def rules_move(name: str, number: int, place: int) -> None:
    """Move a rule to another place of the list, 1 at the top.

    \b
    Example:
      qbwc-service rules-move acme 3 1
    """
    with _changing(name) as changes:
        row = changes.move(changes.numbered(number).id, place)
        told = f'"{row.name}" is number {changes.place(row.id)} now.'
    click.echo(f"{told} {_IN_FORCE}")


@click.command("rules-on")
@_name
@_number
def rules_on(name: str, number: int) -> None:
    """Switch a rule on.

    \b
    Example:
      qbwc-service rules-on acme 2
    """
    _switch(name, number, is_on=True)


@click.command("rules-off")
@_name
@_number
def rules_off(name: str, number: int) -> None:
    """Switch a rule off; it stays in the list.

    \b
    Example:
      qbwc-service rules-off acme 2
    """
    _switch(name, number, is_on=False)


@click.command("rules-test")
@_name
@click.argument("order", type=click.IntRange(min=1))
@json_option
def rules_test(name: str, order: int, as_json: bool) -> None:
    """Show what an order becomes without the rules and with them; nothing is changed.

    \b
    Example:
      qbwc-service rules-test acme 1048
    """
    with opened() as service, service.database.reading() as db:
        trial = try_rules(db, find_connection(db, name), order, utc_now())
    if as_json:
        print_json(trial)
        return
    print_table(
        [f"Order {order}", "Without rules", "With rules", "Differs"],
        [
            (line.label, line.before, line.after, "yes" if line.differs else "")
            for line in trial.lines
        ],
        "",
    )
    click.echo(f"Rules that matched: {', '.join(trial.matched) or 'none'}.")


@click.command("rules-export")
@_name
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def rules_export(name: str, file: Path) -> None:
    """Write all rules to a file, to keep them or to take them over into another connection.

    \b
    Example:
      qbwc-service rules-export acme rules.json
    """
    with opened() as service, service.database.reading() as db:
        rows = rows_of_connection(db, find_connection(db, name).id)
    file.write_text(document_text(rows), encoding="utf-8")
    click.echo(f"Written to {file}: {len(rows)}.")


@click.command("rules-import")
@_name
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rules_import(name: str, file: Path) -> None:
    """Take over the rules of a file, as rules-export writes it: all of them, or none.

    A rule takes the place of the one with the same name; the others stay.

    \b
    Example:
      qbwc-service rules-import acme rules.json
    """
    taken = read_rules(file.read_bytes())
    with _changing(name) as changes:
        changes.take(taken)
    click.echo(f"Taken over: {len(taken)}. {_IN_FORCE}")


def _switch(name: str, number: int, *, is_on: bool) -> None:
    with _changing(name) as changes:
        switched = changes.switch(changes.numbered(number).id, is_on=is_on).name
    click.echo(f'"{switched}" is {"on" if is_on else "off"}. {_IN_FORCE}')


@contextmanager
def _changing(name: str) -> Iterator[Rules]:
    """One person's changes in one transaction: all of them, or none."""
    with opened() as service, service.database.writing("rules") as db:
        yield Rules(db, lock_connection(db, name), COMMAND_LINE, utc_now())
