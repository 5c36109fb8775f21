"""The simulated Web Connector as a program, between a QuickBooks and a service on real sockets."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx

from qbwc_service.demo.quickbooks import Company, read_books
from tests.demo.quickbooks.talk import customer_add, message
from tests.demo.quickbooks.test_server import running_quickbooks

from .scripted import ScriptedService, qwc_text


@contextmanager
def serving(service: ScriptedService):
    """The scripted service on 127.0.0.1; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(httpx.Response(200, content=b"here"))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(service(httpx.Request("POST", "http://localhost/", content=content)))

        def _send(self, response: httpx.Response) -> None:
            self.send_response(response.status_code)
            self.send_header("Content-Type", response.headers.get("Content-Type", "text/plain"))
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(10)


def test_the_program_adds_the_application_and_carries_messages(tmp_path):
    service = ScriptedService({"sendRequestXML": [message(customer_add("Ann"))]})
    company_path = tmp_path / "c.qbw"
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    with (
        serving(service) as port,
        running_quickbooks("--company", str(company_path)) as (_, quickbooks_url),
    ):
        base = f"http://localhost:{port}"
        (tmp_path / "a.qwc").write_bytes(qwc_text(AppURL=f"{base}/q", AppSupport=f"{base}/s"))
        arguments = [
            *("--qwc", str(tmp_path / "a.qwc"), "--password-file", str(tmp_path / "password")),
            *("--quickbooks", quickbooks_url, "--add", "--every", "0", "--max-sessions", "2"),
        ]
        done = subprocess.run(
            [sys.executable, "-m", "qbwc_service.demo.web_connector", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )

    first, second = map(json.loads, done.stdout.splitlines())
    assert (
        first
        == second
        == {
            "ended": "done",
            "authenticate": [""],
            "round_trips": 1,
            "messages_with_writes": 1,
            "status": "OK",
            "errors": [],
        }
    )
    assert service.arguments("authenticate")[0]["strPassword"] == "secret"
    assert (
        "<DataExtName>FileID</DataExtName>"
        in service.arguments("sendRequestXML")[0]["strHCPResponse"]
    )
    with Company(company_path) as company:
        assert [one.full_name for one in read_books(company).customers] == ["Ann"]
