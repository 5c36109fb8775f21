"""An independent SOAP client, built from the WSDL, completes an update session on a real socket."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import zeep
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server
from zeep.transports import Transport

from qbwc_service.demo.web_connector.hcp import hcp_request
from qbwc_service.webconnector.soap import create_endpoint
from tests.qbxml_builders.reference import QBXML
from tests.world import World, paid, sale

INTUITS = QBXML.parent / "soap" / "QBWebConnectorSvc.wsdl"
OURS = Path(__file__).parents[2] / "qbwc_service/webconnector/soap/QBWebConnectorSvc.wsdl"


@contextmanager
def served(world: World) -> Iterator[str]:
    endpoint = create_endpoint(world.service, public_url="http://localhost")
    application = DispatcherMiddleware(endpoint, {"/qbwc": endpoint})  # type: ignore[arg-type]
    server = make_server("127.0.0.1", 0, application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/qbwc/acme"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.mark.parametrize(
    "wsdl",
    [
        pytest.param(
            INTUITS,
            marks=pytest.mark.skipif(not INTUITS.exists(), reason="Intuit's WSDL is not here"),
            id="intuit",
        ),
        pytest.param(OURS, id="ours"),
    ],
)
def test_zeep_carries_an_order_into_quickbooks(world: World, wsdl: Path) -> None:
    world.keap_has(sale(1048), payments=[paid(1048, 1000)])
    with served(world) as url, requests.Session() as http:
        client = zeep.Client(str(wsdl), transport=Transport(session=http))
        (binding,) = [
            name for name, found in client.wsdl.bindings.items() if "12" not in name and found
        ][:1]
        service = client.create_service(binding, url)

        assert service.serverVersion()
        assert not service.clientVersion("2.3.0.215")
        ticket, path = service.authenticate(world.new.username, world.new.password)
        assert not path
        progress, trips = 0, 0
        hcp = world.company.process(hcp_request(world.new.owner_id))
        while progress < 100 and trips < 10:
            place = world.company.company_file
            request = service.sendRequestXML(ticket, hcp, place, "US", 16, 0)
            answer = world.company.process(request)
            progress = service.receiveResponseXML(ticket, answer, "", "")
            hcp, trips = "", trips + 1
        closing = service.closeConnection(ticket)

    assert progress == 100
    assert closing == "3 recorded in QuickBooks."
    assert world.invoices() == [("1048", "Ann Lee", "10.00")]
    assert world.payments() == [("K10480", "10.00", "1048")]
