"""qbwc-service backup: the whole database into one file, while the service runs."""

from pathlib import Path

import click

from qbwc_service.backup import kept, taking
from qbwc_service.cli.output import json_option, print_json, shown_time
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite the file where it is there already.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    help="TARGET is a folder: afterwards delete all backups in it but the newest so many.",
)
@json_option
def backup(target: Path, replace: bool, keep: int | None, as_json: bool) -> None:
    """Write everything that the service knows into one file. The service may run meanwhile.

    TARGET is a new file, or a folder: there the file is named after the time. It fits SQLite and
    PostgreSQL, whichever it came from, and this version and later ones: "qbwc-service restore"
    takes it. It is one state of the database, and read again before it gets its name. The secret
    key is not in it: keep a copy of the key file in another place.

    \b
    Examples:
      qbwc-service backup /var/backups/qbwc-service --keep 30
      qbwc-service backup before-the-move.zip
    """
    now = utc_now()
    if keep is not None and not target.is_dir():
        raise click.UsageError(f"--keep needs a folder that is there, and {target} is none.")
    is_folder = target.is_dir()
    path = target / kept.name_for(now) if is_folder else target
    with opened("as-it-is") as service:
        # Before it, because they take up the room.
        gone = kept.drop_left_over(target, now) if is_folder else []
        taken = taking.take(service.database, service.secrecy, path, now=now, replace=replace)
        gone += kept.drop_older(target, keep) if keep is not None else []
        if as_json:
            _print(taken, gone)
        else:
            _tell(service, taken, gone)


def _print(taken: taking.Taken, gone: list[Path]) -> None:
    print_json(
        {
            "file": str(taken.path),
            "bytes": taken.size,
            "made_at": taken.manifest.made_at,
            "version": taken.manifest.version,
            "schema_revision": taken.manifest.schema_revision,
            "secret_keys": taken.manifest.secret_keys,
            "unreadable_secrets": taken.unreadable_secrets,
            "rows": {table.name: table.rows for table in taken.manifest.tables},
            "deleted": [str(path) for path in gone],
        }
    )


def _tell(service: Surroundings, taken: taking.Taken, gone: list[Path]) -> None:
    manifest = taken.manifest
    click.echo(
        f"Wrote {taken.path}: {manifest.holdings}, {manifest.rows:,} rows in all, "
        f"{taken.size / 1e6:,.1f} MB, as of {shown_time(manifest.made_at)}. "
        "It was read again and is whole."
    )
    file = service.config.secret_key_file
    where = f"keep a copy of {file}" if file else "keep a copy of QBWC_SECRET_KEY"
    key = f" (key {', '.join(manifest.secret_keys)})" if manifest.secret_keys else ""
    click.echo(f"The secret key is not in it{key}: {where}, in another place.")
    if taken.unreadable_secrets:
        click.echo(
            f"{taken.unreadable_secrets} stored logins belong to no key of this installation; "
            "they are in it as they are."
        )
    for path in gone:
        click.echo(f"Deleted {path}.")
