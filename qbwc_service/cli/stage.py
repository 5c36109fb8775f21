"""qbwc-service stage: reads Keap, tells people and cleans up, and does nothing else."""

import signal
import threading

import click

from qbwc_service.cli.surroundings import opened


@click.command()
def stage() -> None:
    """Read Keap, send alerts and clean up in a process of its own, until Ctrl-C or SIGTERM.

    For a service that runs in several processes: start the others with "up --no-scheduler". Several
    of these share the connections; where one dies, another goes on within a minute. The tables
    have to be there ("migrate").

    \b
    Example:
      qbwc-service stage
    """
    from qbwc_service.alerts.job import Alerting
    from qbwc_service.clean_up.job import CleaningUp
    from qbwc_service.staging.schedule import Staging

    stopped = threading.Event()
    with opened(chatty=True) as service:
        staging = Staging(service.database, service.secrecy, service.config)
        alerting = Alerting(service.database, service.secrecy, service.config)
        cleaning_up = CleaningUp(service.database, service.config.ages)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stopped.set())
        staging.start()
        alerting.start()
        cleaning_up.start()
        click.echo("Reading Keap. Ctrl-C stops it; nothing is lost by that.")
        stopped.wait()
        cleaning_up.stop()
        alerting.stop()
        staging.stop()
