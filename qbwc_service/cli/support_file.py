"""qbwc-service support-file: what somebody who helps needs to see."""

from pathlib import Path

import click

from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.support_file import SupportFileRefused
from qbwc_service.support_file import support_file as made


@click.command("support-file")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write, for example support.zip.",
)
@click.option("--order", type=click.IntRange(min=1), help="Tell of this Keap order too.")
def support_file(name: str, output: Path, order: int | None) -> None:
    """Write a zip file that tells what happened, for somebody who helps.

    It holds versions, settings, counts, what is open in the error log, and the last updates of the
    Web Connector with their messages. Names and addresses are blotted out; no password or key is
    in it.

    \b
    Examples:
      qbwc-service support-file acme -o support.zip
      qbwc-service support-file acme --order 1048 -o support.zip
    """
    with opened() as service, service.database.reading() as db:
        try:
            content = made(
                db,
                find_connection(db, name),
                config=service.config,
                secrecy=service.secrecy,
                now=utc_now(),
                order_id=order,
            )
        except SupportFileRefused as refusal:
            raise click.ClickException(str(refusal)) from None
    output.write_bytes(content)
    click.echo(f"Wrote {output}. It holds no password or key; look into it before you send it.")
