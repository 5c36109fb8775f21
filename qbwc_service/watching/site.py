"""/healthz, /readyz and /metrics: a WSGI application of its own, beside the pages.

It has no cookies and no log-in, reads no form, and answers under any Host: load balancers and
Prometheus call by an address. What it says to everybody has no names and no secrets in it.
"""

import hmac
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Request, Response

from qbwc_service.clock import Clock
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.watching.exposition import CONTENT_TYPE, Sample, written
from qbwc_service.watching.figures import collect
from qbwc_service.watching.meanings import Metric
from qbwc_service.watching.process import process_figures
from qbwc_service.watching.readiness import checks, database_answers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATHS = ("/healthz", "/readyz", "/metrics")
#: figures of the database are shown again for so long, and for so many times as long as they took
KEPT_SECONDS = 10.0
_KEPT_TIMES = 20

_log = logging.getLogger(__name__)


class Watching:
    """The three pages; mounted at each of PATHS."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        metrics_token: str = "",
        reader_beats: Callable[[], bool] | None = None,
    ) -> None:
        """Without a token nobody gets the metrics. `reader_beats`: see readiness.checks."""
        self._database = database
        self._token = metrics_token.encode()
        self._reader_beats = reader_beats
        self._figures = KeptFigures(database, clock)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        pages = {
            "/healthz": lambda: _healthz(self._database),
            "/readyz": lambda: _readyz(self._database, self._reader_beats),
        }
        if self._may_see_metrics(request):
            pages["/metrics"] = self._metrics
        # Mounted at its whole path: what is behind it is another page, which is not there.
        page = pages.get(request.root_path + request.path.rstrip("/"))
        if page is None:
            return _plain("not found\n", 404)
        if request.method not in {"GET", "HEAD"}:
            return _plain("only GET\n", 405)
        return page()

    def _may_see_metrics(self, request: Request) -> bool:
        """A token alone lets in. Where a call comes from proves nothing: behind a proxy on this
        machine that is not counted, every call of the world comes from 127.0.0.1."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        is_right = hmac.compare_digest(given.strip().encode(), self._token)
        return self._token != b"" and kind.lower() == "bearer" and is_right

    def _metrics(self) -> Response:
        try:
            samples = [*self._figures.get(), *process_figures()]
        except (SQLAlchemyError, DatabaseBusy):
            _log.exception("the figures were not read")
            return _plain("the database does not answer\n", 503)
        return Response(written(samples), content_type=CONTENT_TYPE, headers=_NOT_KEPT)


class KeptFigures:
    """The figures of the database, read again after some seconds: however often they are asked
    for, reading them takes at most a twentieth of the time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: list[Sample] = []
        self._until = 0.0

    def get(self) -> list[Sample]:
        """Raises SQLAlchemyError and DatabaseBusy."""
        with self._lock:
            began = time.monotonic()
            if began >= self._until:
                with self._database.reading() as db:
                    found = collect(db, self._clock())
                took = time.monotonic() - began
                self._kept = [*found, Sample(Metric.COLLECTED_IN, took)]
                self._until = began + max(KEPT_SECONDS, _KEPT_TIMES * took)
            return self._kept


def _healthz(database: Database) -> Response:
    return _plain("ok\n") if database_answers(database) else _plain("database\n", 503)


def _readyz(database: Database, reader_beats: Callable[[], bool] | None) -> Response:
    found = checks(database, reader_beats)
    is_ready = all(check.is_well for check in found)
    lines = ["ready" if is_ready else "not ready"]
    lines += [f"{check.name}: {check.said}" for check in found]
    return _plain("".join(f"{line}\n" for line in lines), 200 if is_ready else 503)


def _plain(said: str, status: int = 200) -> Response:
    return Response(said, status, mimetype="text/plain", headers=_NOT_KEPT)


_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
