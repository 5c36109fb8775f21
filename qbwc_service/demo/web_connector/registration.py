"""Adding an application to the Web Connector: the server is looked at, the FileID is written."""

import httpx

from qbwc_service.demo.quickbooks import QuickBooksPort

from .qwc_file import QwcFile, QwcRefused


def add_application(qwc: QwcFile, quickbooks: QuickBooksPort, http: httpx.Client) -> None:
    """Checks the server as QBWC does, then writes the FileID into the open company.

    Raises QwcRefused: QBWC1048 where CertURL (or AppURL) does not answer 200, QBWC1003 and
    QBWC1004 where AppSupport does not (guide, appendix A). HResult comes from QuickBooks.
    """
    if _status(http, qwc.cert_url, "QBWC1048") != httpx.codes.OK:
        raise QwcRefused("QBWC1048", f"could not verify the server at {qwc.cert_url}")
    if _status(http, qwc.app_support, "QBWC1004") not in {httpx.codes.OK, httpx.codes.ACCEPTED}:
        raise QwcRefused("QBWC1003", f"support URL could not be reached: {qwc.app_support}")
    session = quickbooks.begin_session("")
    try:
        quickbooks.write_file_id(qwc.owner_id, qwc.file_id)
    finally:
        quickbooks.end_session(session.ticket)


def _status(http: httpx.Client, url: str, code: str) -> int:
    try:
        return http.get(url).status_code
    except httpx.HTTPError as error:
        raise QwcRefused(code, f"{url}: {error}") from error
