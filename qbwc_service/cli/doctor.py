"""qbwc-service doctor: what would keep the Web Connector from working, and what to do."""

import ssl
from pathlib import Path

import click

from qbwc_service.cli.failures import REFUSED
from qbwc_service.cli.output import json_option, print_json
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, qwc_file
from qbwc_service.doctor import Finding, Health, Target, examine
from qwc import build

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SIGNS = {Health.GOOD: "good", Health.WEAK: "LOOK", Health.ILL: "WRONG"}


@click.command()
@click.argument("name", required=False, default="")
@click.option("--qwc", "qwc_path", type=_FILE, help="A .qwc file, instead of the name.")
@click.option("--password-file", type=_FILE, help="File with the Web Connector's password.")
@click.option("--trust", type=_FILE, help="Certificates to believe (PEM), instead of the usual.")
@json_option
def doctor(
    name: str,
    qwc_path: Path | None,
    password_file: Path | None,
    trust: Path | None,
    as_json: bool,
) -> None:
    """Look at the service from outside, as the Web Connector does.

    Name, port, certificate, pages, calls and log-in, in the order in which the Web Connector meets
    them; it ends at the first thing that is wrong. With a .qwc file it needs no database, and runs
    on any computer. With a password an update begins and is closed at once; else nothing changes.

    Exit code 0: nothing is wrong; 1: something is.

    \b
    Examples:
      qbwc-service doctor acme
      qbwc-service doctor --qwc acme.qwc --password-file acme.password
    """
    if bool(name) == bool(qwc_path):
        raise click.UsageError("Name a connection, or a file with --qwc.")
    password = password_file.read_text(encoding="utf-8").strip() if password_file else ""
    trusted = ssl.create_default_context(cafile=str(trust) if trust else None)
    target = Target(qwc_path.read_bytes() if qwc_path else _qwc_of(name), password, trusted)
    found: list[Finding] = []
    for finding in examine(target, utc_now()):
        found.append(finding)
        if not as_json:
            _show(finding)
    is_ill = any(finding.is_ill for finding in found)
    if as_json:
        print_json({"is_well": not is_ill, "findings": found})
    elif not is_ill:
        click.echo("The Web Connector can work with this service.")
    if is_ill:
        raise click.exceptions.Exit(REFUSED)


def _qwc_of(name: str) -> bytes:
    with opened() as service, service.database.reading() as db:
        return build(qwc_file(find_connection(db, name), service.config))


def _show(finding: Finding) -> None:
    code = f" (QBWC{finding.code})" if finding.code else ""
    click.echo(f"{_SIGNS[finding.health]:<6} {finding.sentence}{code}")
    if finding.fix:
        click.echo(f"       {finding.fix}")
