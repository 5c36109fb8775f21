"""Caddy and nginx, as deploy/ sets them up, in front of the running service on PostgreSQL.

Only names, ports and certificate are put in. Skipped where the programs are not installed.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from qbwc_service.config import make_key_file
from qbwc_service.web_server import MAX_BODY_BYTES
from tests.databases import Engine, empty_url
from tests.deploy.commands import ROOT
from tests.doctor.hospital import root

_SECONDS = 120
#: it makes its tables first
_START_SECONDS = 300

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Site:
    """The service behind a proxy. `https` and `http` are the proxy's ports."""

    folder: Path
    database: str
    inside: int
    https: int
    http: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https}"

    @property
    def trusted(self) -> Path:
        return self.folder / "root.pem"

    def client(self) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.trusted))
        return httpx.Client(verify=context, base_url=self.url, trust_env=False, timeout=_SECONDS)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "QBWC_DATABASE_URL": self.database,
            "QBWC_PUBLIC_URL": self.url,
            "QBWC_SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "QBWC_TRUSTED_PROXIES": "1",
            "KEAP_API_URL": "http://127.0.0.1:9/crm",
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "qbwc_service", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_SECONDS * 2,
        )


def caddy(site: Site) -> list[str]:
    """The arguments that run it; its configuration is deploy/Caddyfile."""
    config = _changed(
        ROOT / "deploy" / "Caddyfile",
        {
            "{\n\tservers {": "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {",
            "\nsync.example.com {": f"\n{site.url} {{\n\tbind 127.0.0.1\n\ttls {_files(site)}",
            "127.0.0.1:8000": f"127.0.0.1:{site.inside}",
        },
    )
    (site.folder / "Caddyfile").write_text(config, encoding="utf-8")
    return ["caddy", "run", "--config", str(site.folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(site: Site) -> list[str]:
    """The arguments that run it; its site is deploy/nginx.conf."""
    certificate, key = _files(site).split()
    config = _changed(
        ROOT / "deploy" / "nginx.conf",
        {
            "listen 80;": f"listen 127.0.0.1:{site.http};",
            "\tlisten [::]:80;\n": "",
            "listen 443 ssl": f"listen 127.0.0.1:{site.https} ssl",
            "\tlisten [::]:443 ssl http2;\n": "",
            "server_name sync.example.com;": "server_name localhost;",
            "/etc/letsencrypt/live/sync.example.com/fullchain.pem": certificate,
            "/etc/letsencrypt/live/sync.example.com/privkey.pem": key,
            "127.0.0.1:8000": f"127.0.0.1:{site.inside}",
        },
    )
    folder = site.folder
    (folder / "site.conf").write_text(config, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    around = [
        *(["user root;"] if os.geteuid() == 0 else []),
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/proxy.log;",
        "events {}",
        "http { access_log off;",
        *(f"{kind}_temp_path {folder}/{kind};" for kind in kinds),
        f"include {folder}/site.conf; }}",
    ]
    (folder / "nginx.conf").write_text("\n".join(around), encoding="utf-8")
    return ["nginx", "-e", f"{folder}/proxy.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]


PROXIES = {"caddy": caddy, "nginx": nginx}


def _changed(file: Path, changes: dict[str, str]) -> str:
    config = file.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in config, f"{file.name} has no {before!r} any more"
        config = config.replace(before, after)
    return config


def _files(site: Site) -> str:
    return f"{site.folder / 'chain.pem'} {site.folder / 'key.pem'}"


@pytest.fixture(scope="module", params=PROXIES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Everything is running."""
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (apt-get install {name})")
    folder = tmp_path_factory.mktemp(name)
    made = Site(folder, empty_url(folder, Engine.POSTGRESQL), *_free_ports())
    authority = root()
    server = authority.sign("localhost")
    made.trusted.write_bytes(authority.pem())
    (folder / "chain.pem").write_bytes(server.pem() + authority.pem())
    (folder / "key.pem").write_bytes(server.key_pem())
    make_key_file(folder / "secret.key")
    up = [sys.executable, "-m", "qbwc_service", "up", "--no-scheduler", "--port", str(made.inside)]
    with ExitStack() as stack:
        stack.enter_context(_running(up, made, made.inside, "service"))
        stack.enter_context(_running(PROXIES[name](made), made, made.https, "proxy"))
        yield made


def _free_ports() -> Iterator[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        yield from [each.getsockname()[1] for each in sockets]


@contextmanager
def _running(arguments: list[str], site: Site, port: int, name: str) -> Iterator[None]:
    """Until it listens there; ended afterwards."""
    log = site.folder / f"{name}.out"
    homes = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
    environment = site.environment | dict.fromkeys(homes, str(site.folder))
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, env=environment, cwd=ROOT, stdout=out, stderr=out)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_START_SECONDS * 10):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, f"{process.args} ended"
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}")


@pytest.fixture(scope="module")
def password(site: Site) -> str:
    """Of the connection acme."""
    made = site.command("connection", "add", "acme", "--json")
    assert made.returncode == 0, made.stderr
    given: str = json.loads(made.stdout)["password"]
    return given


def test_the_doctor_finds_everything_good(site: Site, password: str) -> None:
    (site.folder / "password").write_text(password, encoding="ascii")
    trust = ("--trust", str(site.trusted))
    done = site.command(
        "doctor", "acme", *trust, "--password-file", str(site.folder / "password"), "--json"
    )
    findings = json.loads(done.stdout)["findings"]
    assert [each for each in findings if each["health"] != "good"] == []
    assert {each["check"] for each in findings} >= {"certificate", "large-answers", "log-in"}
    assert done.returncode == 0


@pytest.mark.usefixtures("password")
def test_the_web_connector_may_look_before_it_calls(site: Site) -> None:
    with site.client() as client:
        assert client.get("/qbwc/acme").status_code == 200
        assert client.head("/qbwc/acme").status_code == 200
        assert client.get("/support/acme").status_code in {200, 202}
        assert client.get("/healthz").text == "ok\n"


def test_figures_are_not_passed_to_the_outside(site: Site) -> None:
    """The service says something else to a page that it does not know."""
    with site.client() as client:
        for path in ("/metrics", "/metrics/x", "/readyz", "/readyz/", "/readyz/x"):
            answer = client.get(path, follow_redirects=False)
            assert answer.status_code == 404
            assert "Content-Security-Policy" not in answer.headers


def test_a_body_that_is_too_large_is_refused_before_it_is_read(site: Site) -> None:
    context = ssl.create_default_context(cafile=str(site.trusted))
    with (
        socket.create_connection(("127.0.0.1", site.https), _SECONDS) as line,
        context.wrap_socket(line, server_hostname="localhost") as safe,
    ):
        head = f"POST /qbwc/acme HTTP/1.1\r\nHost: localhost:{site.https}\r\n"
        safe.sendall(f"{head}Content-Length: {MAX_BODY_BYTES + 1}\r\n\r\n".encode())
        safe.settimeout(_SECONDS)
        assert safe.recv(1024).split(b"\r\n")[0].startswith(b"HTTP/1.1 413")


@pytest.mark.usefixtures("password")
def test_the_service_hears_who_calls_and_believes_no_caller(site: Site) -> None:
    body = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
        <authenticate xmlns="http://developer.intuit.com/"><strUserName>nobody</strUserName>
        <strPassword>wrong</strPassword></authenticate></s:Body></s:Envelope>"""
    headers = {"Content-Type": "text/xml", "X-Forwarded-For": "203.0.113.9"}
    with site.client() as client:
        assert client.post("/qbwc/acme", content=body, headers=headers).status_code == 200
    engine = create_engine(site.database)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM login_failure")).all()
    engine.dispose()
    assert "127.0.0.1" in str(rows)
    assert "203.0.113.9" not in str(rows)


def test_http_leads_to_https(site: Site) -> None:
    """Caddy's own redirect is off here: its port would be 80."""
    if not (site.folder / "nginx.conf").exists():
        pytest.skip("Caddy leads there by itself")
    answer = httpx.get(f"http://127.0.0.1:{site.http}/x?y", headers={"Host": "localhost"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://localhost/x?y")
