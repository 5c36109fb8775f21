"""Writes the audit of the command line: one entry for each command that changed something.

A command that was refused changed nothing and leaves no entry. One that does several things, and
was refused some of them, has its entry; the history says which were done.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from qbwc_service.cli.audit_words import AUDIT_WORDS, ONLY_LOOKS
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.database import DatabaseBusy
from qbwc_service.ledger import audit
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import Connection
from qbwc_service.people import COMMAND_LINE


def note_changes(group: click.Group, before: tuple[str, ...] = ()) -> None:
    """Have every command of the group that has words in the audit write its entry."""
    for name, command in group.commands.items():
        path = (*before, name)
        if isinstance(command, click.Group):
            note_changes(command, path)
        elif " ".join(path) in AUDIT_WORDS and command.callback is not None:
            command.callback = _noted(" ".join(path), command.callback)


def _noted(path: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def act_and_note(*arguments: Any, **given: Any) -> Any:
        try:
            result = act(*arguments, **given)
        except click.exceptions.Exit:
            # Some of it was refused, and said so.
            _note(path, given)
            raise
        _note(path, given)
        return result

    return act_and_note


def _note(path: str, given: Mapping[str, Any]) -> None:
    if path in ONLY_LOOKS and ONLY_LOOKS[path](given):
        return
    asked = audit.asked_for((name, _texts(value)) for name, value in given.items())
    try:
        with opened() as service, service.database.writing("audit") as db:
            named = select(Connection.id).where(Connection.name == str(given.get("name", "")))
            connection_id = db.scalar(named)
            audit.record(
                db,
                Author(COMMAND_LINE, utc_now()),
                AUDIT_WORDS[path],
                connection_id=connection_id,
                details={"asked": asked},
            )
    except (DatabaseBusy, SQLAlchemyError) as error:
        click.echo(f"It is done, but could not be written into the audit: {error}", err=True)


def _texts(value: object) -> list[str]:
    if value is None or value is False:
        return []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return ["yes" if value is True else str(value)]
