"""qbwc-service stage: reads Keap and tells people, and does nothing else."""

import signal
import threading

import click

from qbwc_service.cli.surroundings import opened


@click.command()
def stage() -> None:
    """Read Keap and send alerts in a process of its own, until Ctrl-C or SIGTERM.

    For a service that runs in several processes: start the others with "up --no-scheduler". Several
    of these share the connections; where one dies, another goes on within a minute. The tables
    have to be there ("migrate").

    \b
    Example:
      qbwc-service stage
    """
    from qbwc_service.alerts.job import Alerting
    from qbwc_service.staging.schedule import Staging

    stopped = threading.Event()
    with opened(chatty=True) as service:
        staging = Staging(service.database, service.secrecy, service.config)
        alerting = Alerting(service.database, service.secrecy, service.config)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stopped.set())
        staging.start()
        alerting.start()
        click.echo("Reading Keap. Ctrl-C stops it; nothing is lost by that.")
        stopped.wait()
        alerting.stop()
        staging.stop()
