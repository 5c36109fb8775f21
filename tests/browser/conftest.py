"""A real browser in front of the real service, with the simulated Keap behind it."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from qbwc_service.demo.keap import Account, Shop, SimulatedKeap
from qbwc_service.demo.programs import Program, free_port
from tests.admin.site import Site
from tests.databases import empty_url

PASSWORD = "correct horse battery"
#: Playwright waits by itself for what is asked for, at most so long
PATIENCE_MS = 15_000

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


def chromium() -> str | None:
    """Where the browser is."""
    for name in ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


@dataclass
class Service:
    """`qbwc-service up` on a socket of its own."""

    url: str
    keap: SimulatedKeap
    environment: dict[str, str]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with SimulatedKeap(Shop(Account(name="Acme <b>Studio</b>"))) as keap:
        port = free_port(0)
        url = f"http://localhost:{port}"
        environment = environment_of(tmp_path, url, keap)
        program = Program(
            "the service",
            ["qbwc_service", "up", "--port", str(port), "--no-scheduler"],
            log=tmp_path / "service.log",
            environment=environment,
        )
        try:
            program.wait_for(f"{url}/healthz")
            yield Service(url, keap, environment)
        finally:
            program.stop()


def environment_of(folder: Path, url: str, keap: SimulatedKeap) -> dict[str, str]:
    """What the service is told: its files lie in `folder`."""
    files = {
        "secret.key": "ab" * 32,
        "client.secret": keap.sign_in.secret,
        "admin.password": PASSWORD,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="ascii")
    return {
        "QBWC_DATABASE_URL": empty_url(folder),
        "QBWC_PUBLIC_URL": url,
        "QBWC_SECRET_KEY_FILE": str(folder / "secret.key"),
        "QBWC_ADMIN_PASSWORD_FILE": str(folder / "admin.password"),
        "KEAP_API_URL": keap.url,
        "KEAP_TOKEN_URL": keap.token_url,
        "KEAP_AUTHORIZE_URL": keap.authorize_url,
        "KEAP_CLIENT_ID": keap.sign_in.client_id,
        "KEAP_CLIENT_SECRET_FILE": str(folder / "client.secret"),
    }


@pytest.fixture(scope="session")
def browser() -> Iterator["playwright.Browser"]:
    """One for all tests; each has its own cookies."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
        started = driver.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(
    request: pytest.FixtureRequest, browser: "playwright.Browser"
) -> Iterator["playwright.Page"]:
    """An empty page, without JavaScript: the pages do without."""
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The address of the site's pages while they answer."""
    # Its line in the log for every request is of no use here.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    answering = Thread(target=server.serve_forever, daemon=True)
    answering.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    answering.join()
    server.server_close()
