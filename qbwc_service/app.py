"""The web application under one address: the SOAP endpoint, the support page, what Keap calls, the
admin, and what watches the service."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from qbwc_service import admin, hook_endpoint, support_page
from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy
from qbwc_service.watching.site import PATHS, Watching
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import MOUNT, create_endpoint

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# The endpoint has limits of its own: these hold for forms alone.
_MAX_FORM_BYTES = 1024 * 1024
_HERE = ("localhost", "127.0.0.1")


class _Site(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Names the page and not its address, which may hold an invitation or Keap's token."""
        self.logger.error(
            "Exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info
        )


def create_app(
    config: Config,
    database: Database,
    secrecy: Secrecy,
    *,
    clock: Clock = utc_now,
    wake: Callable[[], object] = lambda: None,
    wake_after: Callable[[timedelta], object] = lambda pause: None,
    reader_beats: Callable[[], bool] | None = None,
) -> Flask:
    """The whole site as one WSGI application; the tables have to be there.

    `wake` has the job that reads Keap look at once, where it runs in this process; `wake_after`
    when that time has passed; `reader_beats` says whether it still looks (None: it runs elsewhere).
    """
    app = _Site("qbwc_service", static_folder=None)
    _set_up_limits(app, config, secrecy)
    support_page.register(app, database=database)
    admin.register(app, database=database, secrecy=secrecy, config=config, clock=clock, wake=wake)
    hook_endpoint.register(
        app,
        database=database,
        secrecy=secrecy,
        config=config,
        clock=clock,
        wake_after=wake_after,
    )
    watching = Watching(
        database, clock, metrics_token=config.metrics_token, reader_beats=reader_beats
    )
    _mount(app, Service(database, secrecy, clock), watching, config)
    return app


def _set_up_limits(app: Flask, config: Config, secrecy: Secrecy) -> None:
    address = urlsplit(config.public_url)
    app.config.update(
        SECRET_KEY=secrecy.cookie_key,
        SECRET_KEY_FALLBACKS=secrecy.older_cookie_keys,
        SESSION_COOKIE_NAME="qbwc_service",
        SESSION_COOKIE_SECURE=address.scheme == "https",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_MAX_FORM_BYTES,
        TRUSTED_HOSTS=[address.hostname, *_HERE],
    )


def _mount(app: Flask, service: Service, watching: Watching, config: Config) -> None:
    endpoint = create_endpoint(service, public_url=config.public_url)
    beside: dict[str, WSGIApplication] = {MOUNT: endpoint, **dict.fromkeys(PATHS, watching)}
    site = DispatcherMiddleware(app.wsgi_app, beside)
    near = config.trusted_proxies
    app.wsgi_app = ProxyFix(site, x_for=near, x_proto=near, x_host=near) if near else site  # type: ignore[method-assign]
