"""The Web Connector of one application: its settings, and one update session after the other."""

import time
from collections.abc import Callable

import httpx

from qbwc_service.demo.quickbooks import Crash, QuickBooksPort

from .faults import Faults
from .outcome import UpdateResult
from .qwc_file import QwcFile
from .soap import SoapClient
from .update_session import UpdateSession


class WebConnector:
    """Carries messages between one service and QuickBooks.

    `http` belongs to the caller. `company_file` is the path told to the service where it differs
    from what QuickBooks says. `sleep` waits between NoOps.
    """

    def __init__(
        self,
        qwc: QwcFile,
        password: str,
        quickbooks: QuickBooksPort,
        http: httpx.Client,
        *,
        company_file: str = "",
        faults: Faults | None = None,
        crash: Crash | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.faults = faults or Faults()
        self._qwc = qwc
        self._password = password
        self._quickbooks = quickbooks
        self._soap = SoapClient(qwc.app_url, http)
        self._company_file = company_file
        self._crash = crash or Crash()
        self._sleep = sleep

    def update(self) -> UpdateResult:
        """One update session, from serverVersion to closeConnection.

        Nothing of the network or of QuickBooks is raised: it is in the UpdateResult, as the log of
        QBWC would have it. Only SimulatedCrash and NotSupported come out.
        """
        session = UpdateSession(
            self._qwc,
            self._password,
            self._quickbooks,
            self._soap,
            self._company_file,
            self.faults,
            self._crash,
            self._sleep,
        )
        return session.run()
