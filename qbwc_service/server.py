"""The server: waitress, with the jobs that read Keap, tell people and clean up beside it.

Exception
  AddressUnavailable    the host and port to listen on cannot be had
"""

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from qbwc_service.alerts.job import Alerting
from qbwc_service.app import create_app
from qbwc_service.clean_up.job import CleaningUp
from qbwc_service.clock import Clock, utc_now
from qbwc_service.collector import share_heaps
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy
from qbwc_service.staging.schedule import Staging
from qbwc_service.web_server import create_server

#: calls that run when the service is stopped get so long to be answered
LAST_ANSWERS_SECONDS = 20

_log = logging.getLogger(__name__)


class AddressUnavailable(Exception):
    """Somebody else listens there, or the host is not one of this machine."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host = host
        self.port = port
        super().__init__(f"Cannot listen on {host} port {port}: {reason}.")


def serve(
    config: Config,
    database: Database,
    secrecy: Secrecy,
    *,
    host: str,
    port: int,
    read_keap: bool = True,
    clock: Clock = utc_now,
    started: Callable[[int], None] = lambda port: None,
) -> None:
    """Serve until SIGTERM or SIGINT; calls that are running then are still answered. `started` is
    told the port, which matters where 0 was asked.

    Raises AddressUnavailable.
    """
    share_heaps()
    staging = Staging(database, secrecy, config) if read_keap else None
    alerting = Alerting(database, secrecy, config, clock=clock) if read_keap else None
    cleaning_up = CleaningUp(database, config.ages, clock=clock) if read_keap else None
    listening = _listen(host, port)
    try:
        application = create_app(
            config,
            database,
            secrecy,
            clock=clock,
            wake=staging.wake if staging else lambda: None,
            wake_after=staging.wake_after if staging else lambda pause: None,
            reader_beats=staging.beats if staging else None,
        )
        server = create_server(application, listening, behind_proxies=config.trusted_proxies > 0)
    except BaseException:
        listening.close()
        raise
    calls = server.task_dispatcher
    # Waitress gives them five seconds. An answer that is lost costs a recovery.
    calls.shutdown = partial(calls.shutdown, timeout=LAST_ANSWERS_SECONDS)
    try:
        with _stopped_by_signals():
            if staging is not None:
                staging.start()
            if alerting is not None:
                alerting.start()
            if cleaning_up is not None:
                cleaning_up.start()
            started(listening.getsockname()[1])
            server.run()
    finally:
        if cleaning_up is not None:
            cleaning_up.stop()
        if alerting is not None:
            alerting.stop()
        if staging is not None:
            staging.stop()
        server.close()
        _log.info("stopped")


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise AddressUnavailable(host, port, _reason(error)) from error


def _reason(error: OSError) -> str:
    # The system's own words; those of create_server repeat the address.
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM and SIGINT end waitress's loop, which then lets running calls finish; a second one
    ends those too."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except SystemExit:
        _log.debug("asked to stop")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
