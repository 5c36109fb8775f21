"""qbwc-service audit: who did what."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy import select

from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.connections import find_connection
from qbwc_service.ledger.audit import Wanted, audit_page
from qbwc_service.ledger.models import AuditEntry, Connection

_day = click.DateTime(["%Y-%m-%d"])
_ROWS_OF_A_CHUNK = 500


@click.command()
@click.option("--who", default="", metavar="PERSON", help="What this person did.")
@click.option("--connection", default="", metavar="NAME", help="What was done to this connection.")
@click.option("--from", "since", type=_day, help="From this day on (UTC).")
@click.option("--to", "until", type=_day, help="Up to this day, included (UTC).")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1), metavar="NUMBER")
@json_option
def audit(
    who: str,
    connection: str,
    since: datetime | None,
    until: datetime | None,
    most: int,
    as_json: bool,
) -> None:
    """Show who did what, newest first: on the pages, by commands, and the sign-ins.

    \b
    Examples:
      qbwc-service audit
      qbwc-service audit --who bea --from 2026-11-01 --to 2026-11-30 --most 1000 --json
    """
    with opened() as service:
        with service.database.reading() as db:
            names = dict(db.execute(select(Connection.id, Connection.name)).all())
            named = find_connection(db, connection).id if connection else None
        wanted = Wanted(
            who,
            named,
            since.replace(tzinfo=UTC) if since else None,
            until.replace(tzinfo=UTC) + timedelta(days=1) if until else None,
        )
        found = [_plain(entry, names) for entry in _entries(service, wanted, most)]
    if as_json:
        print_json(found)
        return
    print_table(
        ["When", "Who", "Connection", "What", "What came of it"],
        [
            (shown_time(one["at"]), one["who"], one["connection"], one["what"], _told(one))
            for one in found
        ],
        "Nobody did anything that fits.",
    )


def _entries(service: Surroundings, wanted: Wanted, most: int) -> Iterator[AuditEntry]:
    """In chunks, so that no transaction stays open."""
    before: int | None = None
    while most > 0:
        with service.database.reading() as db:
            page = audit_page(db, wanted, before=before, size=min(most, _ROWS_OF_A_CHUNK))
        yield from page.rows
        most -= len(page.rows)
        if page.older is None:
            return
        before = page.older


def _plain(entry: AuditEntry, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "who": entry.who,
        "connection": names.get(entry.connection_id or 0),
        "what": entry.what,
        "details": entry.details,
        "address": entry.address,
    }


def _told(one: Mapping[str, Any]) -> str:
    return " ".join(one["details"].get("result", []))
