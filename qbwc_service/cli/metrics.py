"""qbwc-service metrics: the figures of the service, for Prometheus."""

import click

from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now


@click.command()
def metrics() -> None:
    """Print the figures that /metrics shows, those of a single process left out.

    For a collector of text files, where nobody is to scrape the service itself.

    \b
    Example:
      qbwc-service metrics > /var/lib/node_exporter/qbwc.prom
    """
    # It draws on the reading of Keap, which loads slowly.
    from qbwc_service.watching.exposition import written
    from qbwc_service.watching.figures import collect

    with opened() as service, service.database.reading() as db:
        click.echo(written(collect(db, utc_now())), nl=False)
