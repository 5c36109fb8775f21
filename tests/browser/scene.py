"""What stands around the browser: the service, Keap, and QuickBooks with its Web Connector.

All are programs and servers on real sockets; the service reads Keap by itself, as it does where it
is installed.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qbwc_service.demo.keap import Shop, SimulatedKeap
from qbwc_service.demo.programs import Program, free_port, run
from qbwc_service.demo.quickbooks.remote import RemoteQuickBooks
from tests.browser.conftest import environment_of


@dataclass
class Scene:
    """`quickbooks` is the address of the company, `pc` the folder of its computer."""

    url: str
    keap: SimulatedKeap
    quickbooks: str
    pc: Path
    environment: dict[str, str]
    is_added: bool = field(default=False)

    def update_selected(self, password: str) -> dict[str, Any]:
        """What the person does in the Web Connector: adds the file once, and presses the button."""
        (self.pc / "password").write_text(password, encoding="ascii")
        arguments = [
            *("qbwc_service.demo.web_connector", "--once", "--quickbooks", self.quickbooks),
            *("--qwc", str(self.pc / "acme.qwc"), "--password-file", str(self.pc / "password")),
        ]
        done = run([*arguments, *([] if self.is_added else ["--add"])], environment={})
        self.is_added = True
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def command(self, *arguments: str) -> str:
        """What `qbwc-service` with these arguments prints."""
        return run(["qbwc_service", *arguments], environment=self.environment).stdout

    def books(self) -> Any:
        with RemoteQuickBooks(self.quickbooks) as quickbooks:
            return quickbooks.books()

    def in_quickbooks(self, action: str, **arguments: str) -> None:
        """What a person does at the QuickBooks computer, as `Person` names it."""
        with RemoteQuickBooks(self.quickbooks) as quickbooks:
            quickbooks.act(action, **arguments)


@contextmanager
def scene_of(
    folder: Path, shop: Shop, *, items: Sequence[str], taken_numbers: Sequence[str] = ()
) -> Iterator[Scene]:
    """The company has `items`, and invoices of `taken_numbers` that somebody typed."""
    port = free_port(0)
    url = f"http://localhost:{port}"
    with ExitStack() as stack:
        keap = stack.enter_context(SimulatedKeap(shop))
        environment = environment_of(folder, url, keap) | {"KEAP_CALLS_PER_SECOND": "0"}
        company = ["qbwc_service.demo.quickbooks", "--company", str(folder / "acme.db")]
        for item in items:
            company += ["--item", item]
        for number in taken_numbers:
            company += ["--taken-number", number]
        quickbooks = Program("quickbooks", company, log=folder / "quickbooks.log")
        stack.callback(quickbooks.stop)
        service = Program(
            "the service",
            ["qbwc_service", "up", "--port", str(port)],
            log=folder / "service.log",
            environment=environment,
        )
        stack.callback(service.stop)
        service.wait_for(f"{url}/healthz")
        yield Scene(url, keap, str(quickbooks.first_line()["url"]), folder, environment)
