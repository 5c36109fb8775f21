"""qbwc-service migrate: the tables of this version."""

import click

from qbwc_service import database_schema
from qbwc_service.cli.surroundings import opened


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is work to do.")
def migrate(check: bool) -> None:
    """Make the tables, or bring older ones up to this version.

    "up" does the same by itself. Make a backup before a new version.

    \b
    Examples:
      qbwc-service migrate
      qbwc-service migrate --check
    """
    with opened("must-fit" if check else "upgrade") as service:
        database_schema.check_schema(service.database)
    click.echo("The tables are those of this version.")
