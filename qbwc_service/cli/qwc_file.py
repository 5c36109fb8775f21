"""qbwc-service qwc: the file for the Web Connector."""

from pathlib import Path

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.surroundings import opened
from qbwc_service.connections import find_connection, qwc_file
from qwc import QwcInvalid, build


@click.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write, for example acme.qwc.",
)
def qwc(name: str, output: Path) -> None:
    """Write the .qwc file, which the Web Connector on the QuickBooks computer loads.

    It holds no password. The same connection gives the same file each time. QBWC_PUBLIC_URL
    decides which address the QuickBooks computer calls.

    \b
    Example:
      qbwc-service qwc acme -o acme.qwc
    """
    with opened() as service, service.database.reading() as db:
        file = qwc_file(find_connection(db, name), service.config)
    try:
        content = build(file)
    except QwcInvalid as invalid:
        raise Refused(
            f"{invalid} Correct QBWC_PUBLIC_URL, from which these addresses are made. Nothing was "
            "written."
        ) from invalid
    output.write_bytes(content)
    click.echo(
        f"Wrote {output}. On the QuickBooks computer, open QuickBooks as Admin, then in the Web "
        "Connector choose Add an Application and this file."
    )
