"""The web application under one address: the SOAP endpoint, the support page, what Keap calls, the
admin."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from qbwc_service import admin, hook_endpoint, support_page
from qbwc_service.clock import Clock, utc_now
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector.service import Service
from qbwc_service.webconnector.soap import MOUNT, create_endpoint

# The endpoint has limits of its own: these hold for forms alone.
_MAX_FORM_BYTES = 1024 * 1024
_HERE = ("localhost", "127.0.0.1")


def create_app(
    config: Config,
    database: Database,
    secrecy: Secrecy,
    *,
    clock: Clock = utc_now,
    wake: Callable[[], object] = lambda: None,
    wake_after: Callable[[timedelta], object] = lambda pause: None,
) -> Flask:
    """The whole site as one WSGI application; the tables have to be there.

    `wake` has the job that reads Keap look at once, where it runs in this process; `wake_after`
    when that time has passed.
    """
    app = Flask("qbwc_service", static_folder=None)
    _set_up_limits(app, config, secrecy)
    _add_health(app, database)
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
    _mount_endpoint(app, Service(database, secrecy, clock), config)
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


def _add_health(app: Flask, database: Database) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        """For whoever watches the service: 200 while the database answers, else 503."""
        try:
            with database.reading() as db:
                db.execute(text("SELECT 1"))
        except SQLAlchemyError:
            app.logger.exception("the database does not answer")
            return Response("database\n", 503, mimetype="text/plain")
        return Response("ok\n", mimetype="text/plain")


def _mount_endpoint(app: Flask, service: Service, config: Config) -> None:
    endpoint = create_endpoint(service, public_url=config.public_url)
    site = DispatcherMiddleware(app.wsgi_app, {MOUNT: endpoint})
    near = config.trusted_proxies
    app.wsgi_app = ProxyFix(site, x_for=near, x_proto=near, x_host=near) if near else site  # type: ignore[method-assign]
