"""qbwc-service restore: a backup becomes the database, here or on another machine."""

from pathlib import Path

import click

from qbwc_service.backup import restoring
from qbwc_service.backup.archive import Archive, Holdings, opened_archive
from qbwc_service.backup.restoring import Restored
from qbwc_service.cli.output import json_option, print_json, shown_time
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.people import COMMAND_LINE


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Even where the database has something in it.")
@click.option("--check", is_flag=True, help="Only verify the file and say what is in it.")
@json_option
def restore(file: Path, replace: bool, check: bool, as_json: bool) -> None:
    """Put a backup into the database that QBWC_DATABASE_URL names: SQLite or PostgreSQL.

    Stop the service first. The file is verified before anything is written; a restore that fails
    leaves what was there. A backup of an older version is brought up to this one. Afterwards the
    service asks QuickBooks before it sends anything: what was sent since the backup was made is
    found there and is not made twice.

    \b
    Examples:
      qbwc-service restore before-the-move.zip --check
      qbwc-service restore before-the-move.zip
      QBWC_DATABASE_URL=postgresql://user@host/name qbwc-service restore before-the-move.zip
    """
    with opened("or-nothing") as service, opened_archive(file) as archive:
        missing = sorted(set(archive.manifest.secret_keys) - set(service.secrecy.key_ids))
        restored = None
        there = None
        if not as_json:
            _tell_what_is_in(archive)
        if check:
            restoring.verify(archive)
        else:
            there = restoring.in_database(service.database)
            if there is not None and replace and not as_json:
                click.echo(f"This replaces what is in the database: {there}.")
            restored = restoring.restore(
                service.database, archive, who=COMMAND_LINE, now=utc_now(), replace=replace
            )
    if as_json:
        _print(archive, missing, there, restored)
    else:
        _tell(restored, missing)


def _tell_what_is_in(archive: Archive) -> None:
    manifest = archive.manifest
    click.echo(
        f"Backup of {shown_time(manifest.made_at)}, made by version {manifest.version} from "
        f"{manifest.database}: {manifest.holdings}."
    )


def _tell(restored: Restored | None, missing: list[str]) -> None:
    if restored is None:
        click.echo("It is whole. Nothing was changed.")
    else:
        click.echo(f"Restored: {restored.rows:,} rows.")
    if missing:
        click.echo(
            f"It needs another secret key ({', '.join(missing)}) than this installation has. "
            "Without it the passwords of the Web Connector are refused and the logins to Keap "
            "cannot be read: put the key file of the old installation in its place "
            "(QBWC_SECRET_KEY_FILE), or give both anew: connection password, connection key or "
            "connection login."
        )
    if restored is not None:
        click.echo(
            "Start the service. Each update asks QuickBooks before it sends: what was sent since "
            "the backup is found, not made again."
        )


def _print(
    archive: Archive, missing: list[str], there: Holdings | None, restored: Restored | None
) -> None:
    manifest = archive.manifest
    print_json(
        {
            "file": str(archive.path),
            "made_at": manifest.made_at,
            "version": manifest.version,
            "schema_revision": manifest.schema_revision,
            "connections": manifest.connections,
            "rows": {table.name: table.rows for table in manifest.tables},
            "missing_keys": missing,
            "replaced": there,
            "restored": restored is not None,
        }
    )
