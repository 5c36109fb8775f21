"""What the Web Connector reads with GET before it adds the application, and its support link."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import httpx

from qbwc_service.doctor.finding import Finding, good, ill, weak
from qwc import QwcFile

_SLOW_SECONDS: Final = 5.0
_CLOCK_SECONDS: Final = 120
_SUPPORT: Final = frozenset({200, 202})
_TOLD: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        400: (
            "is refused: the service does not know this host name.",
            "Set QBWC_PUBLIC_URL to this address and start it anew, or have the host passed on.",
        ),
        401: ("wants a log-in.", "Let the proxy ask for none below /qbwc, /support and /healthz."),
        403: (
            "is forbidden.",
            "Let the proxy pass all below /qbwc, /support and /healthz to the service.",
        ),
        404: ("is not there.", "Let the proxy pass the whole path on, unchanged."),
    }
)


def examine_pages(file: QwcFile, http: httpx.Client, now: datetime) -> Iterator[Finding]:
    """AppURL first; where it does not answer 200, nothing else is asked."""
    answer = _page("endpoint", file.app_url, http)
    if isinstance(answer, Finding):
        yield answer
        return
    seconds = answer.elapsed.total_seconds()
    if seconds > _SLOW_SECONDS:
        yield weak(
            "endpoint",
            f"It answers, but took {seconds:.0f} seconds.",
            "See what the computer of the service is busy with.",
        )
    else:
        yield good("endpoint", f"{file.app_url} answers 200.")
    yield from _clock(answer, now)
    yield _description(file, http)
    if file.cert_url:
        page = _page("certificate-page", file.cert_url, http)
        said = good("certificate-page", f"{file.cert_url} answers 200.")
        yield page if isinstance(page, Finding) else said
    yield _support(file, http)


def _get(http: httpx.Client, url: str) -> httpx.Response | httpx.HTTPError:
    try:
        return http.get(url)
    except httpx.HTTPError as error:
        return error


def _page(check: str, url: str, http: httpx.Client) -> httpx.Response | Finding:
    """The page, or what stands in its way."""
    answer = _get(http, url)
    if isinstance(answer, httpx.HTTPError):
        sentence = f"{url} broke off: {str(answer) or type(answer).__name__}."
        return ill(check, sentence, "See the log of the proxy and of the service.", 1048)
    if answer.status_code == httpx.codes.OK:
        return answer
    return ill(check, *_other_than_200(url, answer), 1048)


def _other_than_200(url: str, answer: httpx.Response) -> tuple[str, str]:
    """What it answers, and what to do."""
    status = answer.status_code
    if answer.is_redirect:
        there = _origin(str(answer.url.join(answer.headers.get("Location", ""))))
        place = answer.headers.get("Location", "elsewhere")
        return (
            f"{url} leads on to {place}; the Web Connector does not follow.",
            f"Set QBWC_PUBLIC_URL to {there} if that is right, and download the .qwc file anew.",
        )
    if answer.is_server_error:
        return (
            f"{url} answers {status}: the proxy does not reach the service, or it has a defect.",
            "Start the service, and see its log.",
        )
    sentence, fix = _TOLD.get(status, (f"answers {status}, not 200.", "See the log of the proxy."))
    return f"{url} {sentence}", fix


def _clock(answer: httpx.Response, now: datetime) -> Iterator[Finding]:
    try:
        there = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return
    off = (there - now).total_seconds()
    if abs(off) > _CLOCK_SECONDS:
        yield weak(
            "clock",
            f"The clock of the service and that of this computer differ by {abs(off) / 60:.0f} "
            "minutes.",
            "Let both be set by a time server.",
        )
    else:
        yield good("clock", "Both clocks agree.")


def _description(file: QwcFile, http: httpx.Client) -> Finding:
    """The WSDL tells which address the service takes for its own."""
    answer = _get(http, f"{file.app_url}?wsdl")
    text = answer.text if isinstance(answer, httpx.Response) and answer.is_success else ""
    if "QBWebConnectorSvc" not in text:
        return ill(
            "service",
            f"What answers at {file.app_url} is not this service.",
            "Correct the proxy, or QBWC_PUBLIC_URL, and download the .qwc file anew.",
            1048,
        )
    if f'location="{file.app_url}"' not in text:
        return ill(
            "service",
            f"The service does not take {file.app_url} for its own address.",
            f"Set QBWC_PUBLIC_URL to {_origin(file.app_url)} and start it anew; or, if it is right "
            "there, download the .qwc file anew.",
        )
    return good("service", "It is this service, and knows its address.")


def _support(file: QwcFile, http: httpx.Client) -> Finding:
    answer = _get(http, file.app_support)
    if isinstance(answer, httpx.Response) and answer.status_code in _SUPPORT:
        return good("support", f"{file.app_support} answers.")
    told = f"answers {answer.status_code}" if isinstance(answer, httpx.Response) else "broke off"
    return ill(
        "support",
        f"The support page {file.app_support} {told}.",
        "Let the proxy pass everything below /support to the service, without a log-in.",
        1004,
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
