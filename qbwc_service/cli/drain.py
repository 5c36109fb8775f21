"""qbwc-service drain: let open updates finish and no new one begin, before a deploy."""

import time
from collections.abc import Callable
from datetime import timedelta

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.database import Database
from qbwc_service.ledger import drain as draining
from qbwc_service.ledger.drain import StillOpen
from qbwc_service.people import COMMAND_LINE

#: a little more than the time after which a silent session counts as dead
PATIENCE_SECONDS = 660
_LOOK_EVERY_SECONDS = 1.0
#: an update may have been about to begin in the instant of the first look
_LOOKS = 2


@click.command()
@click.option("--end", is_flag=True, help="Let updates begin again.")
@click.option(
    "--wait",
    "seconds",
    default=PATIENCE_SECONDS,
    show_default=True,
    type=click.IntRange(0),
    help="How many seconds to wait until no update is open; 0 only says which are.",
)
@json_option
def drain(end: bool, seconds: int, as_json: bool) -> None:
    """Let no new update of the Web Connector begin, and wait until the open ones have finished.

    For a deploy: drain, stop the service, replace it, start it, drain --end. A Web Connector that
    calls meanwhile is told "busy" and comes again. Keap is read as usual; that may be stopped at
    any moment. The drain holds for every process on this database, over restarts too, until it is
    ended.

    \b
    Examples:
      qbwc-service drain
      qbwc-service drain --end
    """
    with opened() as service:
        if end:
            _end(service.database, as_json)
            return
        with service.database.writing("drain.begin") as db:
            draining.begin(db, COMMAND_LINE, utc_now())
        if not as_json:
            click.echo("No new update begins from now on.")
        left = _wait(service.database, seconds, (lambda _: None) if as_json else _tell)
    if as_json:
        print_json({"draining": True, "open": left})
    if left:
        names = ", ".join(sorted({one.connection for one in left}))
        raise Refused(
            f"Still open after {seconds} seconds: {names}. The drain goes on; run the command "
            'again to wait longer, or "qbwc-service drain --end" to take it back.'
        )
    if not as_json:
        click.echo(
            "No update is open: the service may be stopped. Once it runs again: "
            "qbwc-service drain --end"
        )


def _end(database: Database, as_json: bool) -> None:
    with database.writing("drain.end") as db:
        was_draining = draining.end(db)
    if as_json:
        print_json({"draining": False, "open": []})
    elif was_draining:
        click.echo("Updates begin again.")
    else:
        click.echo("No drain was on; updates begin as usual.")


def _wait(
    database: Database, seconds: int, tell: Callable[[list[StillOpen]], None]
) -> list[StillOpen]:
    """The updates that are open at the end, none where all have finished."""
    until = utc_now() + timedelta(seconds=seconds)
    told: list[str] = []
    looks = 0
    while True:
        with database.reading() as db:
            found = draining.still_open(db, utc_now())
        looks = 0 if found else looks + 1
        if looks >= _LOOKS or (found and utc_now() >= until):
            return found
        names = [one.connection for one in found]
        if names and names != told:
            tell(found)
            told = names
        time.sleep(_LOOK_EVERY_SECONDS)


def _tell(found: list[StillOpen]) -> None:
    for one in found:
        click.echo(
            f"Open: {one.connection}, from {one.remote_address}, since "
            f"{shown_time(one.started_at)}, last call {shown_time(one.last_call_at)}"
        )
