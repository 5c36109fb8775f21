"""Update sessions in this process, call by call, with what each call of ours took."""

import time
from collections import defaultdict
from typing import Any

import httpx
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from qbwc_service.demo.quickbooks import InProcessQuickBooks
from qbwc_service.demo.web_connector.hcp import hcp_request
from qbwc_service.demo.web_connector.soap import SoapClient
from qbwc_service.webconnector.soap import create_endpoint
from tests.benchmarks.many import PASSWORD, Known
from tests.world import World


class Timed:
    """A WSGI application around ours: seconds and processor seconds of each call, by method."""

    def __init__(self, endpoint: Any) -> None:
        self._site = DispatcherMiddleware(endpoint, {"/qbwc": endpoint})
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.cpu: dict[str, list[float]] = defaultdict(list)

    def forget(self) -> None:
        """What came so far was to warm up."""
        self.seconds.clear()
        self.cpu.clear()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        method = environ.get("HTTP_SOAPACTION", "").strip('"').rpartition("/")[2]
        began, used = time.perf_counter(), time.thread_time()
        try:
            return list(self._site(environ, start_response))
        finally:
            self.seconds[method].append(time.perf_counter() - began)
            self.cpu[method].append(time.thread_time() - used)


class Carrier:
    """A Web Connector that stops after so many messages."""

    def __init__(self, world: World) -> None:
        self._quickbooks = InProcessQuickBooks(world.company)
        self.timed = Timed(create_endpoint(world.service, public_url=world.config.public_url))
        self._http = httpx.Client(transport=httpx.WSGITransport(app=self.timed))

    def close(self) -> None:
        self._http.close()

    def session(self, who: Known, *, messages: int, answer: bool = True) -> int:
        """One session; without `answer` it breaks off after its first message was handed out.
        Gives how many messages there were."""
        soap = SoapClient(f"http://localhost:8000/qbwc/{who.name}", self._http)
        ticket, *_ = soap.call_for_list(
            "authenticate", {"strUserName": who.user, "strPassword": PASSWORD}
        )
        if not ticket:
            return 0
        opened = self._quickbooks.begin_session("")
        told, carried = self._quickbooks.process(opened.ticket, hcp_request(who.owner_id)), 0
        while carried < messages:
            request = soap.call(
                "sendRequestXML",
                {
                    "ticket": ticket,
                    "strHCPResponse": "" if carried else told,
                    "strCompanyFileName": opened.company_file,
                    "qbXMLCountry": "US",
                    "qbXMLMajorVers": "13",
                    "qbXMLMinorVers": "0",
                },
            )
            carried += 1
            if not request or not answer:
                break
            response = self._quickbooks.process(opened.ticket, request)
            progress = soap.call(
                "receiveResponseXML",
                {"ticket": ticket, "response": response, "hresult": "", "message": ""},
            )
            if progress == "100":
                break
        self._quickbooks.end_session(opened.ticket)
        soap.call("closeConnection", {"ticket": ticket})
        return carried
